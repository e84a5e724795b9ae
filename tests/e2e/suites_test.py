"""What a suite asks beside its cases: limits that trip a gate, demands on the machine, reports, order; and hostile suites."""

import json
import resource
import subprocess
import time
import unittest

from support import BINARY, COPY, NULL, PLUGINS, STEADY, E2eTest

# A stopwatch of a loaded machine in a debug build: what the test is about ends in a fraction of it, or never.
SOON_S = 30


class Suites(E2eTest):
    def setUp(self):
        super().setUp()
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(STEADY)
        self.place.env["STEADY_COUNTER"] = str(self.place.root / "counter")

    def suite(self, entry, head=""):
        """A suite of one entry over 40 GB/s, a percent more, a percent less; and 10 GB/s where `bytes` is large."""
        return self.place.write("s.yaml", f"name: s\n{head}defaults: {{invocations: 3, time: 30 ms}}\nentries:\n  - {entry}\n")

    def run_suite(self, entry, *flags, head="", code=0):
        ended = self.place.run("run", "--suite", self.suite(entry, head), *flags)
        self.assert_code(ended, code)
        return ended

    def gates(self):
        return self.place.sql("SELECT kind, bound, verdict, reason FROM gates ORDER BY result, position")


class Gates(Suites):
    def test_a_limit_that_is_kept_is_stored_and_ends_with_0(self):
        self.run_suite("{benchmarks: steady.copy, thresholds: {bandwidth: {at_least: 30 GB/s, at_most: 50 GB/s}}}")
        self.assertEqual(self.gates(), [("at_least", 30e9, "held", ""), ("at_most", 50e9, "held", "")])

    def test_a_limit_that_the_whole_interval_breaks_ends_with_3_and_says_so(self):
        ended = self.run_suite("{benchhmarks: x, benchmarks: steady.copy}", code=2)
        self.assertIn("did you mean 'benchmarks'?", ended.err)
        ended = self.run_suite("{benchmarks: steady.copy, thresholds: {bandwidth: {at_least: 50 GB/s}}}", code=3)
        self.assertIn("limit not kept", ended.out)
        self.assertIn("and at least 50 GB/s is asked", ended.out)
        self.assertIn("1 limit of the suite is not kept (exit status 3)", ended.err)
        ((kind, bound, verdict, reason),) = self.gates()
        self.assertEqual((kind, bound, verdict), ("at_least", 50e9, "tripped"))
        self.assertIn("by its interval", reason)
        self.assertEqual(self.place.sql("SELECT exit_code FROM runs"), [(3,)])

    def test_a_limit_inside_the_interval_is_undecided_and_trips_only_where_noise_does(self):
        entry = "{benchmarks: steady.copy, thresholds: {bandwidth: {at_least: 40 GB/s}}}"
        ended = self.run_suite(entry)
        self.assertIn("limit undecided", ended.out)
        self.assertEqual([row[2] for row in self.gates()], ["undecided"])
        self.run_suite(entry, "--fail-on", "noise", code=3)
        self.run_suite(entry, "--fail-on", "any", code=3)

    def test_one_invocation_decides_no_limit(self):
        ended = self.run_suite("{benchmarks: steady.copy, thresholds: {bandwidth: {at_least: 900 GB/s}}}", "--invocations", "1")
        self.assertIn("at least two invocations are needed", ended.out)

    def test_limits_stand_in_json_and_markdown(self):
        ended = self.run_suite(
            "{benchmarks: steady.copy, thresholds: {bandwidth: {at_least: 50 GB/s}}}", "--format", "json", "--report", "md:r.md", code=3
        )
        report = ended.json()
        self.assertEqual(report["run"]["exit_code"], 3)
        (gate,) = report["results"][0]["gates"]
        self.assertEqual((gate["metric"], gate["kind"], gate["bound"], gate["verdict"]), ("bandwidth", "at_least", 50e9, "tripped"))
        self.assertIn("limit not kept", (self.place.work / "r.md").read_text())

    def test_a_skipped_case_trips_the_gate_only_if_asked(self):
        entry = "{benchmarks: steady.copy, parameters: {threads: [1, 99999]}}"
        self.run_suite(entry)
        ended = self.run_suite(entry, "--fail-on", "skipped", code=3)
        self.assertIn("1 case was skipped (exit status 3)", ended.err)

    def test_changes_are_kept_and_said_not_to_be_compared(self):
        ended = self.run_suite("{benchmarks: steady.copy, thresholds: 3 %}")
        self.assertIn("thresholds on changes of 1 case are not compared: there are no baselines yet", ended.err)
        refused = self.run_suite("{benchmarks: steady.copy}", "--fail-on", "regression", code=2)
        self.assertIn("error[BH0001]", refused.err)


class Environment(Suites):
    # Nobody's machine has so many cores; everybody's has one.
    IMPOSSIBLE = "min_cores: 1000000"

    def test_what_is_met_is_not_spoken_of(self):
        ended = self.run_suite("{benchmarks: steady.copy, environment: {min_cores: 1, max_load: 100000, min_memory: 1 MiB}}")
        self.assertNotIn("demanded", ended.err)

    def test_a_demand_that_is_not_met_is_a_warning_that_is_stored(self):
        ended = self.run_suite(f"{{benchmarks: steady.copy, environment: {{{self.IMPOSSIBLE}}}}}")
        self.assertRegex(ended.err, r"warning: the environment is not as demanded \(min_cores: 1000000\): \d+ cores? may be used")
        ((environment,),) = self.place.sql("SELECT environment FROM runs")
        (unmet,) = json.loads(environment)["unmet"]
        self.assertEqual((unmet["demand"], unmet["cases"], unmet["then"]), ("min_cores", 1, "warn"))
        self.assertEqual(self.place.sql("SELECT count(*) FROM events WHERE kind = 'warning'"), [(1,)])

    def test_or_its_cases_are_skipped_with_the_reason(self):
        self.run_suite(f"{{benchmarks: steady.copy, environment: {{{self.IMPOSSIBLE}, unmet: skip}}}}", code=4)
        ((outcome, reason),) = self.place.sql("SELECT outcome, reason FROM results")
        self.assertEqual(outcome, "skipped")
        self.assertTrue(reason.startswith("the environment is not as demanded (min_cores: 1000000)"))

    def test_or_the_run_is_incomplete(self):
        ended = self.run_suite(f"{{benchmarks: steady.copy, environment: {{{self.IMPOSSIBLE}, unmet: fail}}}}", code=5)
        self.assertIn("infra error", ended.out)
        self.assertEqual(self.place.sql("SELECT outcome FROM results"), [("infra_error",)])

    def test_a_dry_run_shows_what_would_be_skipped(self):
        ended = self.run_suite(f"{{benchmarks: steady.copy, environment: {{{self.IMPOSSIBLE}, unmet: skip}}}}", "--dry-run")
        self.assertIn("the environment is not", ended.out.replace("\n", " "))

    def test_what_the_machine_resolves_is_that_of_its_newest_run(self):
        entry = "{benchmarks: steady.copy, environment: {max_resolution: 0.99, unmet: fail}}"
        # Nothing has run here yet, so nobody knows.
        ended = self.run_suite(entry, code=5)
        self.assertIn("what this machine resolves is not known here", ended.out)
        self.place.env["BENCHHOST_PLUGIN_PATH"] = f"{STEADY}:{PLUGINS}"
        self.run_suite("{benchmarks: steady.copy, invocations: 3}")
        self.assertIsNotNone(self.place.sql("SELECT resolution_ratio FROM runs ORDER BY id DESC LIMIT 1")[0][0])
        self.run_suite(entry)


class Reports(Suites):
    ENTRY = "{benchmarks: steady.copy}"

    def test_reports_of_the_suite_go_into_the_output_folder_which_is_made(self):
        ended = self.run_suite(self.ENTRY, "--output-dir", "new/out", "--report", "json:more.json", head='reports: [console, "md:run.md"]\n')
        out = self.place.work / "new" / "out"
        self.assertTrue((out / "run.md").read_text().startswith("## Run 1"))
        self.assertEqual(json.loads((out / "more.json").read_text())["format"], "benchhost.run")
        self.assertIn("steady.copy", ended.out)

    def test_without_a_folder_they_lie_where_the_run_was_started(self):
        self.run_suite(self.ENTRY, head='reports: "md:run.md"\n')
        self.assertTrue((self.place.work / "run.md").exists())

    def test_json_on_standard_output_stays_one_text(self):
        ended = self.run_suite(self.ENTRY, "--format", "json", head="reports: console\n")
        self.assertEqual(ended.json()["format"], "benchhost.run")

    def test_a_suite_cannot_write_outside_of_the_output_folder(self):
        for file in ("../up.md", "/tmp/up.md", "a/../../up.md"):
            ended = self.run_suite(self.ENTRY, head=f"reports: {{format: md, file: {file}}}\n", code=2)
            self.assertRegex(ended.err, r"s\.yaml:2:\d+")
            self.assertIn("outside of the output folder", ended.err)
        self.assertFalse((self.place.root / "up.md").exists())

    def test_a_folder_that_is_not_there_is_refused_at_its_place_before_anything_runs(self):
        ended = self.run_suite(self.ENTRY, head='reports: "md:no/run.md"\n', code=2)
        self.assertRegex(ended.err, r"--> .*s\.yaml:2:10")
        self.assertFalse(self.place.db.exists())

    def test_a_dry_run_makes_no_folder(self):
        self.run_suite(self.ENTRY, "--output-dir", "out", "--dry-run", head='reports: "md:run.md"\n')
        self.assertFalse((self.place.work / "out").exists())


class Order(Suites):
    def test_what_matters_most_runs_first(self):
        self.place.write(
            "s.yaml",
            "name: s\ndefaults: {invocations: 1, time: 20 ms}\nentries:\n"
            "  - {benchmarks: steady.copy, parameters: {bytes: 1}, priority: low}\n"
            "  - {benchmarks: steady.copy, parameters: {bytes: 2}}\n"
            "  - {benchmarks: steady.copy, parameters: {bytes: 3}, priority: critical}\n"
            "  - {benchmarks: steady.copy, parameters: {bytes: 4}, priority: high}\n"
            "  - {benchmarks: steady.copy, parameters: {bytes: 5}}\n",
        )
        planned = self.place.run("suite", "expand", "--suite", "s.yaml", "--format", "json").json()["cases"]
        self.assertEqual([c["priority"] for c in planned], ["critical", "high", "medium", "medium", "low"])
        self.assertEqual([c["parameters"] for c in planned], [f"{{bytes={b},threads=1}}" for b in (3, 4, 2, 5, 1)])


class Hostile(Suites):
    """Suites that would eat the machine: refused, with a place, soon and in little memory."""

    def refused(self, text, *args):
        self.place.write("s.yaml", text)
        started = time.monotonic()
        done = subprocess.run(
            [str(self.place.binary), *(args or ("suite", "check", "s.yaml"))],
            cwd=self.place.work,
            env=self.place.env,
            capture_output=True,
            timeout=SOON_S,
            preexec_fn=self.little_memory,
        )
        self.assertLess(time.monotonic() - started, SOON_S)
        self.assertEqual(done.returncode, 2, done)
        err = done.stderr.decode()
        self.assertRegex(err, r"(?m)^  --> s\.yaml(:\d+:\d+)?$")
        return err

    @staticmethod
    def little_memory():
        # What a sanitizer reserves of addresses is no memory.
        if not any(name in str(BINARY) for name in ("asan", "tsan")):
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

    def test_aliases_that_multiply(self):
        lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
        for before, name in zip("abcdefghi", "bcdefghij"):
            lines.append(f"{name}: &{name} [{', '.join(['*' + before] * 10)}]")
        self.refused("\n".join(lines) + "\n")

    def test_nesting_without_end(self):
        self.refused("a: " + "[" * 100_000 + "\n")
        self.refused("{a: " * 50_000 + "\n")

    def test_a_file_that_is_too_large(self):
        self.refused("name: s\n# " + "x" * (2 << 20) + "\nentries:\n  - benchmarks: x\n")

    def test_more_combinations_than_anybody_measures(self):
        ten = ", ".join(str(n + 1) for n in range(1000))
        entry = f"{{benchmarks: steady.copy, parameters: {{bytes: [{ten}], threads: {{range: [1, 100000]}}}}}}"
        err = self.refused(f"name: s\nentries:\n  - {entry}\n", "suite", "expand", "--suite", "s.yaml")
        self.assertIn("BH0104", err)

    def test_a_range_of_more_values_than_fit(self):
        fine = "{log2: [1, 18446744073709551615], per_octave: 1000}, threads: {range: [1, 1000]}"
        for values in ("{range: [0, 18446744073709551615]}", fine):
            entry = f"{{benchmarks: steady.copy, parameters: {{bytes: {values}}}}}"
            self.refused(f"name: s\nentries:\n  - {entry}\n", "suite", "expand", "--suite", "s.yaml")

    def test_lists_of_nothing_and_of_zero(self):
        self.refused("name: s\nentries:\n  - {benchmarks: steady.copy, parameters: {bytes: []}}\n")
        for values in ("{log2: [0, 8]}", "{range: [1, 8], step: 0}"):
            entry = f"{{benchmarks: steady.copy, parameters: {{bytes: {values}}}}}"
            self.refused(f"name: s\nentries:\n  - {entry}\n", "suite", "expand", "--suite", "s.yaml")
        # cpu_stream has no use for arrays of nothing, and says so itself.
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(PLUGINS)
        entry = f"{{benchmarks: {COPY}, parameters: {{bytes: [0, 0]}}}}"
        err = self.refused(f"name: s\nentries:\n  - {entry}\n", "suite", "expand", "--suite", "s.yaml")
        self.assertRegex(err, r"s\.yaml:3:\d+")

    def test_the_null_benchmark_has_no_parameters_to_search(self):
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(PLUGINS)
        err = self.refused(f"name: s\nentries:\n  - {{benchmarks: {NULL}, parameters: {{n: sweep}}}}\n", "suite", "expand", "--suite", "s.yaml")
        self.assertIn("BH0102", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
