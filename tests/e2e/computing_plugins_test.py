"""The plugins that compute, through the real program: what a processor lacks is skipped with the reason, winners, ceilings and
series come out as they are described."""

import os
import platform
import unittest

from support import E2eTest, Place, run_tests

PEAK = "org.benchhost.cpu_peak.multiply_add"
POINT = "org.benchhost.cpu_roofline.point"
MEMORY = "org.benchhost.cpu_roofline.memory"
PRODUCT = "org.benchhost.cpu_isa.product"
SUSTAINED = "org.benchhost.cpu_sustained.multiply_add"

IS_X86 = platform.machine().lower() in ("x86_64", "amd64")
FOREIGN, OWN = ("neon", "sse2") if IS_X86 else ("avx2", "neon")
TINY = ("--invocations", "2", "--time", "20ms")


class Computing(E2eTest):
    def results(self, *args, code=0):
        ended = self.place.run("run", *args, "--format", "json", "-q")
        self.assertEqual(ended.code, code, str(ended))
        return self.place.sql("SELECT benchmark, parameters, outcome, reason, flags FROM result_view WHERE role = 'primary' "
                              "AND run = (SELECT max(id) FROM runs) ORDER BY result")

    def summaries(self):
        return {(name, group): value for name, group, value in self.place.sql(
            "SELECT summary, group_key, value FROM summaries WHERE run = (SELECT max(id) FROM runs)")}

    def values(self, metric):
        return self.place.sql("SELECT label, value, null_reason FROM measurement_view WHERE role = 'primary' AND metric = ? AND "
                              "run = (SELECT max(id) FROM runs)", metric)

    def test_an_instruction_set_that_the_processor_lacks_is_skipped_because_of_it(self):
        for benchmark in (PEAK, POINT):
            ((_, _, outcome, reason, _),) = self.results(benchmark, "--param", f"isa={FOREIGN}", *TINY, code=4)
            self.assertEqual(outcome, "skipped")
            self.assertIn(f"{FOREIGN}: an instruction set of", reason)

    def test_more_threads_than_cores_are_said_before_anything_starts(self):
        for benchmark in (PEAK, POINT, SUSTAINED):
            ((_, _, outcome, reason, _),) = self.results(benchmark, "--param", "threads=1000", *TINY, code=4)
            self.assertEqual(outcome, "skipped")
            self.assertIn("cores", reason)

    def test_an_array_larger_than_the_memory_is_said_before_anything_starts(self):
        if os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >= 128 << 30:
            self.skipTest("this machine has room for the largest array that can be asked for")
        ((_, _, outcome, reason, _),) = self.results(POINT, "--param", "bytes=64GiB", *TINY, code=4)
        self.assertEqual(outcome, "skipped")
        self.assertIn("memory", reason)

    def test_combinations_that_no_instruction_set_has_are_no_cases(self):
        rows = self.results(PEAK, "--param", "type=bf16,fp32", "--param", f"isa={OWN}", *TINY)
        self.assertEqual(len(rows), 1)
        self.assertIn("fp32", rows[0][1])

    def test_a_sweep_over_chains_names_the_winner(self):
        rows = self.results(PEAK, "--param", f"isa={OWN}", "--param", "chains=1,12", *TINY)
        self.assertEqual([row[2] for row in rows], ["passed", "passed"])
        named = {name: value for (name, _), value in self.summaries().items()}
        self.assertIn(named["best_chains"], (1.0, 12.0))
        self.assertGreater(named["best_rate"], 0)
        for label, value, reason in self.values("peak_share"):
            self.assertTrue(reason if value is None else value <= 1.02, (label, value, reason))

    def test_all_threads_are_those_of_the_machine(self):
        rows = self.results(PEAK, "--param", "threads=0", *TINY)
        self.assertEqual(rows[0][2], "passed")
        ((cores,),) = set(self.place.sql("SELECT json_array_length(i.cores) FROM invocations i JOIN result_view r ON "
                                         "r.result = i.result WHERE r.role = 'primary'"))
        ((amount,),) = set(self.place.sql("SELECT w.amount FROM work_items w JOIN invocations i ON i.id = w.invocation JOIN "
                                          "result_view r ON r.result = i.result WHERE r.role = 'primary'"))
        self.results(PEAK, "--param", "threads=1", *TINY)
        ((single,),) = set(self.place.sql("SELECT w.amount FROM work_items w JOIN invocations i ON i.id = w.invocation JOIN "
                                          "result_view r ON r.result = i.result WHERE r.role = 'primary' AND "
                                          "r.run = (SELECT max(id) FROM runs)"))
        self.assertEqual(amount, cores * single)

    def test_a_roofline_has_its_ceilings_and_its_points(self):
        rows = self.results(POINT, "--param", "bytes=16KiB", "--param", "fmas=1,4,16,64,1024", *TINY)
        self.assertEqual({row[2] for row in rows}, {"passed"})
        named = {name: value for (name, _), value in self.summaries().items()}
        self.assertGreater(named["compute_ceiling"], 0)
        self.assertGreater(named["memory_ceiling"], 0)
        self.assertIn("knee", named)
        self.assertEqual(sorted(value for _, value, _ in self.values("intensity")), [0.25, 1, 4, 16, 256])
        self.assertEqual(self.results(MEMORY, "--param", "bytes=16KiB", *TINY)[0][2], "passed")

    def test_instruction_sets_are_compared_with_scalar_code(self):
        rows = self.results(PRODUCT, "--param", "type=fp32,int8", "--param", "rung=sweep", *TINY)
        outcomes = {row[1]: (row[2], row[3]) for row in rows}
        self.assertEqual(outcomes["{rung=0,type=fp32}"][0], "passed")
        self.assertEqual(outcomes["{rung=1,type=int8}"][0], "passed")
        for parameters, (outcome, reason) in outcomes.items():
            self.assertIn(outcome, ("passed", "skipped"), parameters)
            if outcome == "skipped":
                self.assertRegex(reason, r"^\w+: (an instruction set of|this processor|the operating system|the compiler)", parameters)
        self.assertEqual(len([1 for name, _ in self.summaries() if name == "speedup"]), 2)

    def test_a_sustained_rate_is_a_series_with_its_ends_compared(self):
        rows = self.results(SUSTAINED, "--param", "duration=200ms", "--param", "window=10ms", "--param", "threads=1",
                            "--invocations", "1")
        self.assertEqual(rows[0][2], "passed")
        self.assertEqual({label for label, _, _ in self.values("by_tenth")}, {f"tenth {i}" for i in range(1, 11)})
        ((_, ratio, _),) = self.values("last_first")
        tenths = {label: value for label, value, _ in self.values("by_tenth")}
        self.assertAlmostEqual(ratio, tenths["tenth 10"] / tenths["tenth 1"])
        ((windows,),) = self.place.sql("SELECT count(*) FROM sample_view s JOIN result_view r ON r.result = s.result WHERE "
                                       "r.role = 'primary' AND s.metric = 'rate' AND s.quantity = 'amount'")
        self.assertGreaterEqual(windows, 1)


if __name__ == "__main__":
    run_tests(Computing)
