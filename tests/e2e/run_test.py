"""benchhost run: selecting, measuring, storing, reporting, and what its exit status says."""

import json
import unittest

from support import COPY, NULL, SUITES, TINY, TRIAD, E2eTest, Place


class StoredRun(unittest.TestCase):
    """One run by id with two sizes, looked at from every side."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.ended = cls.place.run(
            "run", COPY, "--param", "bytes=16KiB,64KiB", *TINY, "--seed", "7",
            "--label", "kind=e2e", "--label", "note=a=b",
        )  # fmt: skip

    def test_passes_and_prints_a_row_per_case(self):
        self.assertEqual(self.ended.code, 0, str(self.ended))
        for size in ("16 KiB", "64 KiB"):
            self.assertIn(f"cpu_stream.copy{{bytes={size}}}", self.ended.out)
        self.assertIn("2 passed", self.ended.out)
        self.assertIn("this machine resolves differences", self.ended.out)
        self.assertIn("[2/2] passed", self.ended.err)
        self.assertIn(str(self.place.db), self.ended.err)

    def test_every_case_has_outcome_value_and_interval(self):
        rows = self.place.sql(
            "SELECT r.outcome, m.value, m.low, m.high, m.level, m.invocations, m.spread_ratio, x.unit "
            "FROM results r JOIN measurements m ON m.result = r.id JOIN metrics x ON x.id = m.metric "
            "WHERE r.role = 'primary' AND x.is_primary"
        )
        self.assertEqual(len(rows), 2)
        for outcome, value, low, high, level, invocations, spread, unit in rows:
            self.assertEqual((outcome, invocations, unit, level), ("passed", 2, "By/s", 0.95))
            self.assertLess(0, low)
            self.assertLess(low, value)
            self.assertLess(value, high)
            self.assertGreaterEqual(spread, 0)

    def test_samples_lie_in_segments_with_n_phase_and_invocation(self):
        rows = self.place.sql(
            "SELECT i.result, i.position, s.phase, s.n, s.count, s.first_sample, "
            "(SELECT count(*) FROM samples x WHERE x.id >= s.first_sample AND x.id < s.first_sample + s.count "
            " AND x.value > 0) "
            "FROM segments s JOIN invocations i ON i.id = s.invocation "
            "JOIN results r ON r.id = i.result WHERE r.role = 'primary' AND s.quantity = 'wall'"
        )
        measured = {(result, position) for result, position, phase, *_ in rows if phase == "measure"}
        self.assertEqual(len(measured), 4, "two cases of two invocations")
        for _, _, phase, n, count, _, stored in rows:
            self.assertIn(phase, ("calibration", "warmup", "fit", "measure"))
            self.assertGreaterEqual(n, 1)
            self.assertEqual(stored, count)
        everything = self.place.sql("SELECT (SELECT count(*) FROM samples), (SELECT sum(count) FROM segments)")
        self.assertEqual(everything[0][0], everything[0][1], "no sample without a segment")

    def test_every_invocation_tells_what_it_counted_and_used_or_why_not(self):
        invocations = self.place.sql(
            "SELECT i.id, (SELECT max(s.n) FROM segments s WHERE s.invocation = i.id AND s.quantity = 'wall' "
            "AND s.phase = 'measure') FROM invocations i JOIN results r ON r.id = i.result WHERE r.role = 'primary'"
        )
        self.assertEqual(len(invocations), 4)
        for invocation, n in invocations:
            events = self.place.sql(
                "SELECT event, value, running_ratio, is_scaled, null_reason, batches, iterations FROM event_counts "
                "WHERE invocation = ? ORDER BY position", invocation,
            )  # fmt: skip
            self.assertEqual(len(events), 9)
            for event, value, ratio, scaled, reason, batches, iterations in events:
                self.assertEqual(value is None, reason != "", event)
                self.assertEqual(value is None, ratio is None, event)
                self.assertEqual(value is None, scaled is None, event)
                self.assertLessEqual(batches, 5)
                self.assertEqual(iterations, batches * n)
                self.assertTrue(value is None or batches >= 1)
            zones = self.place.sql("SELECT joules, null_reason FROM energies WHERE invocation = ?", invocation)
            self.assertGreaterEqual(len(zones), 1)
            for joules, reason in zones:
                self.assertEqual(joules is None, reason != "")

    def test_the_value_follows_from_the_samples_and_the_work_of_an_iteration(self):
        rows = self.place.sql(
            "SELECT r.id, m.value, (SELECT sum(w.amount) FROM work_items w JOIN invocations i ON i.id = w.invocation "
            "  WHERE i.result = r.id AND i.position = 0 AND w.key IN ('bytes.read', 'bytes.written')) "
            "FROM results r JOIN measurements m ON m.result = r.id JOIN metrics x ON x.id = m.metric "
            "WHERE r.role = 'primary' AND x.metric = 'bandwidth'"
        )
        self.assertEqual(len(rows), 2)
        for result, bandwidth, work in rows:
            low, high = self.place.sql(
                "SELECT min(ns_per_iteration), max(ns_per_iteration) FROM sample_view "
                "WHERE result = ? AND phase = 'measure' AND quantity = 'wall'", result,
            )[0]  # fmt: skip
            self.assertLessEqual(work / high * 1e9, bandwidth * 1.000001)
            self.assertGreaterEqual(work / low * 1e9, bandwidth * 0.999999)

    def test_events_are_numbered_without_gaps_and_tell_the_run(self):
        rows = self.place.sql("SELECT sequence, kind FROM events WHERE run = 1 ORDER BY sequence")
        self.assertGreater(len(rows), 4)
        numbers = [sequence for sequence, _ in rows]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))

    def test_the_run_keeps_labels_seed_command_line_and_exit(self):
        state, seed, line, code, resolution = self.place.sql(
            "SELECT state, seed, command_line, exit_code, resolution_ratio FROM runs"
        )[0]
        self.assertEqual((state, seed, code), ("finished", "7", 0))
        self.assertIn("--param bytes=16KiB,64KiB", line)
        self.assertGreater(resolution, 0)
        labels = dict(self.place.sql("SELECT label, value FROM run_labels"))
        self.assertEqual(labels, {"kind": "e2e", "note": "a=b"})

    def test_the_testbed_the_devices_and_the_plugin_are_known(self):
        self.assertEqual(self.place.sql("SELECT count(*) FROM testbeds")[0][0], 1)
        names = {name for (name,) in self.place.sql("SELECT d.name FROM run_devices x JOIN devices d ON d.id = x.device")}
        self.assertIn("cpu:0", names)
        plugin, fingerprint = self.place.sql(
            "SELECT plugin, fingerprint FROM plugins WHERE plugin = 'org.benchhost.cpu_stream'"
        )[0]
        self.assertEqual(plugin, "org.benchhost.cpu_stream")
        self.assertTrue(fingerprint.startswith("sha256:"))

    def test_the_repeat_command_gives_the_same_case_with_the_same_data(self):
        key, seed, command = self.place.sql(
            "SELECT c.key, r.seed, r.repeat_command FROM results r JOIN cases c ON c.id = r.case_id "
            "WHERE r.role = 'primary' ORDER BY r.ordinal LIMIT 1"
        )[0]
        self.assertTrue(command.startswith("benchhost run "))
        other = self.place.root / "again.db"
        again = self.place.shell(command.replace("benchhost", '"$BENCHHOST"', 1), {"BENCHHOST_DB": other})
        self.assertEqual(again.code, 0, str(again))
        rows = self.place.sql(
            "SELECT c.key, r.seed FROM results r JOIN cases c ON c.id = r.case_id WHERE r.role = 'primary'", db=other
        )
        self.assertEqual(rows, [(key, seed)])


class Selecting(E2eTest):
    def titles(self, *args):
        ended = self.place.run("run", *args, "--dry-run", "--format", "json")
        self.assert_code(ended, 0)
        return [case["case"] for case in ended.json()["cases"]]

    def test_a_glob_with_lists_crosses_them(self):
        titles = self.titles("org.benchhost.cpu_stream.[ct]*", "--param", "bytes=16KiB,64KiB", "--param", "type=fp32,fp64")
        self.assertEqual(len(titles), 8)
        self.assertEqual(len(set(titles)), 8)
        self.assertEqual({t.split("{")[0] for t in titles}, {"cpu_stream.copy", "cpu_stream.triad"})

    def test_ranges_and_sweeps_of_the_command_line(self):
        self.assertEqual(len(self.titles(COPY, "--param", "bytes={log2: [16 KiB, 128 KiB]}")), 4)
        self.assertGreater(len(self.titles(COPY, "--param", "bytes=sweep")), 4)

    def test_a_filter_and_a_tag_keep_what_they_say(self):
        everything = self.titles("*")
        memory = self.titles("*", "--tag", "latency")
        self.assertTrue(0 < len(memory) < len(everything))
        self.assertTrue(all("chase" in t for t in memory), memory)
        filtered = self.titles("*", "--filter", "'latency' in tags")
        self.assertEqual(filtered, memory)

    def test_a_dry_run_stores_and_runs_nothing(self):
        ended = self.place.run("run", COPY, "--dry-run")
        self.assert_code(ended, 0)
        self.assertIn("1 case", ended.out)
        self.assertFalse(self.place.db.exists())

    def test_what_is_left_out_is_said(self):
        ended = self.place.run("run", COPY, TRIAD, "--filter", "id == 'org.benchhost.cpu_stream.triad'", "--dry-run")
        self.assert_code(ended, 0)
        self.assertIn("org.benchhost.cpu_stream.copy: 1 combination is no case", ended.err)

    def test_a_suite_is_found_by_its_file_and_by_its_name(self):
        by_file = self.titles("--suite", SUITES / "quick.yaml")
        self.place.write("suites/mine.yaml", (SUITES / "quick.yaml").read_text(encoding="utf-8"))
        self.place.write("benchhost.yaml", "")
        self.assertEqual(self.titles("--suite", "mine"), by_file)
        self.assertEqual(self.titles("--suite", "mine.yaml"), by_file)
        self.assertIn("mine", self.place.run("list", "suites").out)


class SuiteRun(E2eTest):
    def test_a_suite_runs_with_its_name_labels_and_digest(self):
        suite = self.place.write(
            "small.yaml",
            "name: small\nlabels: {level: indicative}\n"
            "defaults: {devices: cpu, invocations: 2, time: 40 ms}\n"
            "entries:\n"
            "  - id: bandwidth\n    benchmarks: org.benchhost.cpu_stream.copy\n    parameters: {bytes: [16 KiB, 32 KiB]}\n"
            "  - id: latency\n    benchmarks: org.benchhost.cpu_latency.chase\n    parameters: {bytes: 16 KiB}\n",
        )
        ended = self.place.run("run", "--suite", suite)
        self.assert_code(ended, 0)
        self.assertEqual([o for _, o in self.place.outcomes()], ["passed"] * 3)
        name, digest = self.place.sql("SELECT suite_name, suite_hash FROM runs")[0]
        self.assertEqual(name, "small")
        self.assertTrue(digest)
        self.assertEqual(self.place.sql("SELECT label, value FROM run_labels"), [("level", "indicative")])
        self.assert_sound()


class Reports(E2eTest):
    def test_reports_go_to_files_and_standard_output(self):
        md, js = self.place.root / "r.md", self.place.root / "r.json"
        ended = self.place.run("run", COPY, "--param", "bytes=16KiB", *TINY, "--report", f"md:{md}", "--report", f"json:{js}")
        self.assert_code(ended, 0)
        self.assertIn("1 passed", ended.out)
        self.assertIn("| case |", md.read_text())
        report = json.loads(js.read_text())
        self.assertEqual((report["format"], report["version"]), ("benchhost.run", 1))
        self.assertEqual(report["counts"], {"passed": 1})
        self.assertEqual(report["run"]["exit_code"], 0)
        again = self.place.run("report", "latest", "--as", "json")
        self.assertEqual(json.loads(again.out), report)

    def test_json_output_is_one_text_with_code_reason_and_counts(self):
        ended = self.place.run("run", COPY, "--param", "bytes=16KiB", *TINY, "--format", "json")
        self.assert_code(ended, 0)
        report = ended.json()
        self.assertEqual(report["run"]["exit_code"], 0)
        self.assertTrue(report["run"]["exit_reason"])
        self.assertEqual(report["counts"], {"passed": 1})
        (case,) = report["results"]
        self.assertEqual(case["outcome"], "passed")
        primary = [m for m in case["measurements"] if m["primary"]]
        self.assertLess(primary[0]["low"], primary[0]["value"])

    def test_two_texts_on_standard_output_are_refused_before_anything_runs(self):
        ended = self.place.run("run", COPY, *TINY, "--format", "json", "--report", "md")
        self.assert_code(ended, 2)
        self.assertEqual(ended.json()["code"], "BH0001")
        self.assertFalse(self.place.db.exists())

    def test_a_report_into_a_folder_that_is_not_there_is_refused_before_anything_runs(self):
        for request in ("md:/nowhere/at/all.md", "md:"):
            ended = self.place.run("run", COPY, *TINY, "--report", request)
            self.assert_code(ended, 2)
            self.assertFalse(self.place.db.exists())

    def test_a_report_that_cannot_be_written_loses_neither_the_run_nor_the_other_reports(self):
        folder = self.place.root / "folder"
        folder.mkdir()
        js = self.place.root / "r.json"
        ended = self.place.run("run", COPY, "--param", "bytes=16KiB", *TINY, "--report", f"md:{folder}", "--report", f"json:{js}")
        self.assert_code(ended, 5)
        self.assertIn(str(folder), ended.err)
        self.assertIn("1 passed", ended.out)
        self.assertEqual(json.loads(js.read_text())["counts"], {"passed": 1})
        self.assertEqual(self.place.outcomes(), [("cpu_stream.copy{bytes=16 KiB}@cpu:0", "passed")])


class ExitStatus(E2eTest):
    def test_4_where_nothing_is_selected(self):
        ended = self.place.run("run", COPY, "--tag", "no_such_tag")
        self.assert_code(ended, 4)
        self.assertIn("nothing was selected", ended.err)
        self.assertFalse(self.place.db.exists())

    def test_4_where_everything_is_skipped_and_the_skip_has_its_reason(self):
        ended = self.place.run("run", TRIAD, "--param", "threads=64")
        self.assert_code(ended, 4)
        self.assertIn("cores >= param.threads", ended.out)
        self.assertEqual(self.place.outcomes(), [("cpu_stream.triad{threads=64}@cpu:0", "skipped")])
        reason = self.place.sql("SELECT reason FROM results")[0][0]
        self.assertIn("param.threads is 64", reason)
        self.assertEqual(self.place.sql("SELECT exit_code FROM runs"), [(4,)])

    def test_0_where_some_are_skipped(self):
        ended = self.place.run("run", TRIAD, "--param", "threads=1,64", "--param", "bytes=64KiB", *TINY)
        self.assert_code(ended, 0)
        self.assertEqual(sorted(o for _, o in self.place.outcomes()), ["passed", "skipped"])

    def test_2_for_a_suite_with_an_error_that_names_its_place(self):
        suite = self.place.write("bad.yaml", "name: bad\nentries:\n  - id: a\n    benchmark: x\n")
        ended = self.place.run("run", "--suite", suite)
        self.assert_code(ended, 2)
        self.assertRegex(ended.err, r"bad\.yaml:4:5")
        self.assertIn("did you mean 'benchmarks'?", ended.err)
        self.assertFalse(self.place.db.exists())

    def test_5_where_the_database_cannot_be_written(self):
        ended = self.place.run("run", COPY, *TINY, "--db", "/nowhere/results.db")
        self.assert_code(ended, 5)
        self.assertNotIn("run 1:", ended.err)


class Repeating(E2eTest):
    def seeds(self, *args):
        ended = self.place.run("run", COPY, "--param", "bytes=16KiB,32KiB", "--invocations", "1", "--time", "20ms", *args)
        self.assert_code(ended, 0)
        return dict(
            self.place.sql(
                "SELECT c.key, r.seed FROM results r JOIN cases c ON c.id = r.case_id "
                "WHERE r.role = 'primary' AND r.run = (SELECT max(id) FROM runs)"
            )
        )

    def test_the_same_seed_gives_the_same_data_seeds_and_another_others(self):
        first, second, other = self.seeds("--seed", "3"), self.seeds("--seed", "3"), self.seeds("--seed", "4")
        self.assertEqual(first, second)
        self.assertEqual(first.keys(), other.keys())
        self.assertTrue(all(first[key] != other[key] for key in first))
        self.assertEqual(len(set(first.values())), 2, "each case has data of its own")

    def test_a_replay_has_the_key_and_the_seed_of_the_result(self):
        self.seeds("--seed", "9")
        ended = self.place.run("replay", "latest/1")
        self.assert_code(ended, 0)
        self.assertIn("before:", ended.out)
        rows = self.place.sql(
            "SELECT c.key, r.seed FROM results r JOIN cases c ON c.id = r.case_id "
            "WHERE r.role = 'primary' AND (r.run = 2 OR (r.run = 1 AND r.ordinal = 1))"
        )
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[0], rows[1])
        self.assertEqual(self.place.sql("SELECT value FROM run_labels WHERE label = 'replay_of'"), [("1/1",)])


class PlannedRun(E2eTest):
    """A wanted precision: what is planned, stored and shown of it, and what goes first where it cannot be had."""

    def test_a_precision_that_is_reached_has_its_plan_and_what_was_spent(self):
        place = self.place
        ended = place.run("run", COPY, "--param", "bytes=16KiB", "--precision", "90%", "--invocations", "3..5")
        self.assertEqual(ended.code, 0, str(ended))
        plan = place.sql(
            "SELECT p.precision_ratio, p.time_ns, p.least_invocations, p.most_invocations, p.stopped, p.planned_invocations, "
            "p.batch_cost_ns > 0, p.invocation_cost_ns > 0 "
            "FROM plans p JOIN results r ON r.id = p.result WHERE r.role = 'primary'"
        )
        self.assertEqual(plan, [(0.9, None, 3, 5, "precise", 3, 1, 1)])
        times = place.sql(
            "SELECT count(*), sum(t.measure_ns > 0 AND t.settle_ns > 0 AND "
            "t.prepare_ns + t.settle_ns + t.measure_ns < i.duration_ns) "
            "FROM phase_times t JOIN invocations i ON i.id = t.invocation JOIN results r ON r.id = i.result "
            "WHERE r.role = 'primary'"
        )
        self.assertEqual(times, [(3, 3)])
        shown = place.run("show", "latest/0")
        for part in ("3 to 5 invocations, to a precision of 90 %", "3 invocations of", "the wanted precision is reached"):
            self.assertIn(part, shown.out)
        report = json.loads(place.run("show", "latest/0", "--format", "json").out)
        self.assertEqual(report["plan"]["stopped"], "precise")
        self.assertEqual(report["plan"]["planned_invocations"], 3)

    def test_time_goes_before_a_precision_that_it_has_no_room_for_and_both_are_told(self):
        place = self.place
        ended = place.run("run", COPY, "--param", "bytes=16KiB", "--precision", "0.0001%", "--time", "8ms")
        self.assertEqual(ended.code, 0, str(ended))
        self.assertIn("a time of 8.00 ms leaves each of at least 8 invocations 1.00 ms", ended.err)
        self.assertIn("time goes first", ended.err)
        self.assertIn("the time that was allowed ended 1 case before the wanted precision", ended.err)
        self.assertIn("imprecise", ended.out)
        stopped = place.sql("SELECT p.stopped FROM plans p JOIN results r ON r.id = p.result WHERE r.role = 'primary'")
        self.assertEqual(stopped, [("budget_spent",)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
