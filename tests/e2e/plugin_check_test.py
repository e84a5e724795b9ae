"""benchhost plugin check: finds what mutants break, and nothing in plugins that break nothing."""

import os
import subprocess
import unittest
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor

from support import BACKENDS, SOURCE, ZOO, E2eTest, path_of

MUTANTS = path_of("MUTANTS")

# What a zoo plugin does, as the number of a requirement that names it.
ANIMALS = {
    "abort": 403,
    "segv": 403,
    "throws": 413,
    "exits": 105,
    "falls": 105,
    "garbage": 402,
    "floods": 614,
    "wrong_abi": 201,
    "blocks_term": 403,
}

# Mutants of requirements that take devices or roles to be broken; 3020 is a second one of 302.
FAMILIES = {"device_mutant": (415, 508, 509), "roles_mutant": (302, 3020, 306, 503)}

# A run that never returns is given up after six times as long; all others get what a loaded machine needs.
HANGS = {"BENCHHOST_PROBE_TIMEOUT": "3s"}


class PluginCheckTest(E2eTest):
    def check(self, file, *flags, env=None):
        ended = self.place.run("plugin", "check", file, "--backends", BACKENDS, "--format", "json", "-q", *flags, env=env)
        report = ended.json()
        self.assertEqual(report["format"], "benchhost.plugin_check", ended)
        self.assertEqual(ended.code, 0 if report["passed"] else 1, ended)
        return report

    @staticmethod
    def broken(report):
        return {r["number"]: r for r in report["requirements"] if r["verdict"] in ("FAIL", "WARN")}


class Mutants(PluginCheckTest):
    def test_each_mutant_is_found_by_the_number_of_its_requirement(self):
        files = {int(f.stem.split("_")[1]): f for f in MUTANTS.glob("mutant_*.so")}
        numbers = {r["number"] for r in self.check(files[0], "--strictness", "5")["requirements"]}
        self.assertEqual(set(files) - {0}, numbers, "a mutant for every requirement")

        def examine(number):
            env = HANGS if number == 504 else None
            return number, self.check(files[number], "--strictness", "5", env=env)

        with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            for number, report in pool.map(examine, sorted(numbers)):
                broken = self.broken(report)
                others = sorted(set(broken) - {number})
                found = broken.get(number)
                print(f"{number}  {found['verdict'] if found else 'MISSED':6}  also {others or 'none'}")
                with self.subTest(mutant=number):
                    self.assertIsNotNone(found, report)
                    self.assertTrue(any(p["text"] for p in found["places"]), found)
                    must = next(r["must"] for r in report["requirements"] if r["number"] == number)
                    # A published metric that is not the primary may lack a value: a warning, though the primary must not.
                    self.assertEqual(found["verdict"], "FAIL" if must and number != 409 else "WARN")
                    self.assertEqual(report["passed"], "FAIL" not in {r["verdict"] for r in broken.values()})

    def test_a_plugin_that_keeps_to_everything_passes_everything(self):
        report = self.check(MUTANTS / "mutant_0.so", "--strictness", "5")
        self.assertEqual({r["verdict"] for r in report["requirements"]}, {"PASS"}, report)


class Zoo(PluginCheckTest):
    def test_what_each_animal_does_is_named(self):
        for animal, number in ANIMALS.items():
            with self.subTest(animal=animal):
                report = self.check(ZOO / f"{animal}.so", env=HANGS if animal == "blocks_term" else None)
                broken = self.broken(report)
                self.assertIn(number, broken, report)
                print(f"{animal:12} {number} {broken[number]['places'][0]['text'][:90]}")


class DevicesAndRoles(PluginCheckTest):
    """Requirements that take devices or several workers. That those which break nothing pass: false_alarms_test.py."""

    def test_each_mutant_is_found_by_the_number_of_its_requirement(self):
        for family, numbers in FAMILIES.items():
            for number in numbers:
                with self.subTest(family=family, mutant=number):
                    broken = self.broken(self.check(MUTANTS / f"{family}_{number}.so", "--strictness", "5"))
                    named = number // 10 if number > 999 else number
                    print(f"{family} {number}  also {sorted(set(broken) - {named}) or 'none'}")
                    self.assertIn(named, broken)
                    self.assertTrue(any(p["text"] for p in broken[named]["places"]), broken)

    def test_a_spoilt_buffer_of_a_device_is_noticed_or_cannot_be_reached(self):
        def places(number):
            report = self.check(MUTANTS / f"device_mutant_{number}.so", "--strictness", "5")
            return next(r for r in report["requirements"] if r["number"] == 415)

        self.assertEqual(places(0)["verdict"], "PASS")
        self.assertIn("buffer 1 on null:0 (16384 bytes)", places(415)["places"][-1]["text"])
        self.assertTrue(any("read results back itself" in p["text"] for p in places(1)["places"]))

    def test_of_several_roles_what_one_worker_cannot_examine_is_said(self):
        report = self.check(MUTANTS / "roles_mutant_0.so", "--strictness", "5")
        verdicts = {r["number"]: r["verdict"] for r in report["requirements"]}
        self.assertEqual({n for n in (301, 302, 306, 412, 413, 503, 601, 611) if verdicts[n] == "PASS"},
                         {301, 302, 306, 412, 413, 503, 601, 611}, verdicts)
        for number in (401, 404, 406, 414, 415, 501, 508):
            result = next(r for r in report["requirements"] if r["number"] == number)
            self.assertEqual(result["verdict"], "N/A")
            self.assertIn("several workers", result["places"][0]["text"])


class Answers(PluginCheckTest):
    def test_the_page_has_a_line_for_each_requirement_and_what_to_do(self):
        ended = self.place.run("plugin", "check", MUTANTS / "mutant_406.so", "--backends", BACKENDS)
        self.assert_code(ended, 1)
        self.assertIn("FAIL 406 Its results are right", ended.out)
        self.assertIn("nothing is ever right", ended.out)
        for word in ("rule: ", "else: ", "do:   "):
            self.assertIn(word, ended.out)
        self.assertRegex(ended.out, r"\d+ passed, \d+ failed, \d+ warned, \d+ not applicable \(strictness 3, seed 1, \d+ processes\)")

    def test_junit_can_be_read_and_counts_what_it_holds(self):
        ended = self.place.run("plugin", "check", MUTANTS / "mutant_614.so", "--backends", BACKENDS, "--format", "junit", "-q")
        self.assert_code(ended, 0)
        suite = xml.etree.ElementTree.fromstring(ended.out)
        cases = suite.findall("testcase")
        self.assertEqual(int(suite.get("tests")), len(cases))
        self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
        self.assertEqual(int(suite.get("skipped")), len(suite.findall("testcase/skipped")))
        self.assertTrue(any("warning" in (o.text or "") for o in suite.findall("testcase/system-out")))

    def test_strictness_adds_requirements(self):
        sizes = []
        for level in "12345":
            sizes.append(len(self.check(MUTANTS / "mutant_0.so", "--strictness", level)["requirements"]))
        self.assertEqual(sizes, sorted(set(sizes)), "each level adds some")

    def test_what_cannot_be_checked_is_said(self):
        text = self.place.write("not_a_plugin.so", "text\n")
        for args, code, words in (
            (("absent.so",), 2, "BH0002"),
            ((".",), 2, "BH0002"),
            ((text, "--strictness", "6"), 2, "--strictness is a whole number from 1 to 5"),
            ((text, "--seed", "x"), 2, "--seed is a whole number"),
            ((), 2, "FILE"),
        ):
            with self.subTest(args=args):
                ended = self.place.run("plugin", "check", *args)
                self.assert_code(ended, code)
                self.assertIn(words, ended.err)

    def test_a_file_that_is_no_plugin_fails_and_never_passes_for_want_of_checks(self):
        for name, content in (("text.so", "text\n"), ("empty.so", "")):
            with self.subTest(file=name):
                ended = self.place.run("plugin", "check", self.place.write(name, content))
                self.assert_code(ended, 1)
                self.assertIn("FAIL 102", ended.out)

    def test_the_document_is_what_the_program_prints(self):
        ended = self.place.run("plugin", "requirements")
        self.assert_code(ended, 0)
        self.assertEqual((SOURCE / "sdk" / "REQUIREMENTS.md").read_text(), ended.out)

    def test_a_stripped_plugin_is_examined_as_well(self):
        if b"libasan" in (MUTANTS / "mutant_0.so").read_bytes():
            self.skipTest("a sanitizer adds an initialiser, which has no name in a stripped file")
        stripped = self.place.root / "stripped.so"
        subprocess.run(["strip", "-o", stripped, MUTANTS / "mutant_0.so"], check=True)
        self.assertEqual(self.broken(self.check(stripped, "--strictness", "5")), {})


if __name__ == "__main__":
    unittest.main(verbosity=2)
