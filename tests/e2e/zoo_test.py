"""The zoo beside good plugins: each animal comes to its outcome, the rest of the suite runs to its end.

The outcomes are those of the table in tests/zoo/README.md.
"""

import json
import unittest

from support import PLUGINS, SOURCE, ZOO, E2eTest, Place

OUTCOMES = {
    "segv": ("crashed", "BH0303", "SIGSEGV"),
    "abort": ("crashed", "BH0303", "SIGABRT"),
    "throws": ("protocol_error", "BH0302", "exception"),
    "blocks_term": ("timed_out", "BH0304", ""),
    "garbage": ("protocol_error", "BH0302", ""),
    "floods": ("passed", "", ""),
}


class Zoo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place(plugins=f"{ZOO}:{PLUGINS}")
        cls.addClassCleanup(cls.place.remove)
        cls.ended = cls.place.run("run", "--suite", SOURCE / "tests" / "zoo" / "zoo.yaml")
        rows = cls.place.sql(
            "SELECT c.benchmark, r.parameters, r.outcome, r.code, r.reason, r.flags "
            "FROM results r JOIN cases c ON c.id = r.case_id WHERE r.role = 'primary' ORDER BY r.ordinal"
        )
        cls.wild, cls.tame, cls.good = {}, {}, []
        for benchmark, parameters, *rest in rows:
            if ".zoo." not in benchmark:
                cls.good.append((benchmark, *rest))
            else:
                into = cls.tame if "true" in parameters else cls.wild
                into[benchmark.split(".")[-2]] = rest

    def test_the_host_lives_and_says_1(self):
        self.assertEqual(self.ended.code, 1, str(self.ended))
        self.assertEqual(self.place.sql("SELECT state, exit_code FROM runs"), [("finished", 1)])

    def test_each_animal_comes_to_its_outcome_with_its_reason(self):
        self.assertEqual(set(self.wild), set(OUTCOMES))
        for animal, (outcome, code, word) in OUTCOMES.items():
            with self.subTest(animal=animal):
                got_outcome, got_code, reason, _ = self.wild[animal]
                self.assertEqual((got_outcome, got_code), (outcome, code), reason)
                self.assertIn(word, reason)
                if outcome != "passed":
                    self.assertGreater(len(reason), 10)

    def test_flags_tell_what_else_happened(self):
        self.assertIn("killed", json.loads(self.wild["blocks_term"][3]))
        self.assertIn("noisy", json.loads(self.wild["floods"][3]))
        for animal, (outcome, _, _) in OUTCOMES.items():
            if outcome != "passed":
                self.assertNotIn("unverified", json.loads(self.wild[animal][3]))

    def test_what_a_flood_printed_is_kept_with_a_cap(self):
        size = self.place.sql("SELECT sum(length(text)) FROM logs")[0][0] or 0
        self.assertLess(size, 4 << 20)
        self.assertGreater(size, 1000)

    def test_the_same_plugins_pass_when_they_behave(self):
        self.assertEqual(set(self.tame), set(OUTCOMES))
        self.assertEqual({row[0] for row in self.tame.values()}, {"passed"}, str(self.tame))

    def test_good_plugins_pass_before_and_after(self):
        self.assertEqual([row[:2] for row in self.good], [
            ("org.benchhost.cpu_stream.copy", "passed"),
            ("org.benchhost.cpu_stream.triad", "passed"),
        ])  # fmt: skip

    def test_the_report_names_every_failure_and_how_to_see_more(self):
        for animal, (outcome, _, _) in OUTCOMES.items():
            if outcome != "passed":
                self.assertRegex(self.ended.out, rf"(?m)^ +{animal}\.run@cpu:0: {outcome.replace('_', ' ')}: ")
        self.assertRegex(self.ended.out, r"details: benchhost show 1/\d+ --log")

    def test_a_crash_takes_no_number_with_it(self):
        rows = self.place.sql(
            "SELECT m.value, m.null_reason FROM measurements m JOIN results r ON r.id = m.result WHERE r.outcome <> 'passed'"
        )
        self.assertTrue(rows)
        for value, reason in rows:
            self.assertIsNone(value)
            self.assertTrue(reason)


class MaxFailures(E2eTest):
    def test_a_run_that_gives_up_says_what_it_never_came_to(self):
        ended = self.place.run(
            "run", "org.benchhost.zoo.segv.run", "org.benchhost.zoo.abort.run", "--plugins", ZOO, "--max-failures", "1",
            "--invocations", "1", "--time", "20ms",
        )  # fmt: skip
        self.assert_code(ended, 1)
        self.assertIn("1 crashed, 1 not begun", ended.out)
        self.assertIn("stopped", ended.err)
        self.assertEqual([o for _, o in self.place.outcomes()], ["crashed"])
        listed = self.place.run("list", "runs", "--format", "json").json()["runs"][0]
        self.assertEqual((listed["counts"], listed["not_begun"]), ({"crashed": 1}, 1))


class Refused(E2eTest):
    def test_animals_that_cannot_be_loaded_are_listed_with_gate_and_reason(self):
        listed = self.place.run("list", "plugins", "--format", "json", env={"BENCHHOST_PLUGIN_PATH": ZOO})
        self.assert_code(listed, 0)
        refused = {p["file"].split("/")[-1].split(".")[0]: p["refusal"] for p in listed.json()["plugins"] if not p["usable"]}
        self.assertEqual(set(refused), {"exits", "falls", "wrong_abi"})
        self.assertEqual(refused["exits"]["gate"], "probe")
        self.assertEqual(refused["falls"]["gate"], "probe")
        self.assertEqual(refused["wrong_abi"]["gate"], "abi")
        self.assertIn("7.0", refused["wrong_abi"]["message"])
        for refusal in refused.values():
            self.assertRegex(refusal["code"], r"^BH\d{4}$")
        text = self.place.run("list", "plugins", env={"BENCHHOST_PLUGIN_PATH": ZOO})
        self.assertIn("refused at gate probe", text.out)
        self.assertIn("refused at gate abi", text.out)

    def test_a_refused_benchmark_is_unknown_and_the_run_says_that_files_are_not_used(self):
        ended = self.place.run("run", "org.benchhost.zoo.exits.run", env={"BENCHHOST_PLUGIN_PATH": ZOO})
        self.assert_code(ended, 2)
        self.assertIn("3 files or folders are not used", ended.err)
        self.assertFalse(self.place.db.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
