"""The plugins that come with benchhost, through the real program: what they answer to what cannot be, and what holds
over a sweep."""

import os

from support import TINY, E2eTest, run_tests

GIB = 1 << 30

# One benchmark of each plugin whose arrays have a size, and a number of threads.
SIZED = ("org.benchhost.cpu_cache.read", "org.benchhost.cpu_scaling.memory")
THREADED = (*SIZED, "org.benchhost.cpu_scaling.compute", "org.benchhost.cpu_atomics.add")


class BadInputs(E2eTest):
    def reason(self):
        return self.place.sql("SELECT reason FROM results WHERE role = 'primary' ORDER BY id DESC LIMIT 1")[0][0]

    def test_sizes_and_threads_of_zero_are_refused_before_anything_runs(self):
        for benchmark in SIZED:
            ended = self.place.run("run", benchmark, "--param", "bytes=0", *TINY)
            self.assert_code(ended, 2)
            self.assertIn("bytes", ended.err)
        # For cpu_cache 0 is every core.
        for benchmark in THREADED[1:]:
            ended = self.place.run("run", benchmark, "--param", "threads=0", *TINY)
            self.assert_code(ended, 2)
            self.assertIn("threads", ended.err)
        self.assertFalse(self.place.db.exists())

    def test_a_size_of_zero_in_a_list_of_a_suite_is_refused_with_its_place(self):
        suite = self.place.write(
            "zero.yaml",
            "name: zero\nentries:\n  - id: cache\n    benchmarks: org.benchhost.cpu_cache.read\n"
            "    parameters:\n      bytes: [16 KiB, 0]\n",
        )
        ended = self.place.run("run", "--suite", suite)
        self.assert_code(ended, 2)
        self.assertRegex(ended.err, r"zero\.yaml:6:")
        self.assertFalse(self.place.db.exists())

    def test_arrays_larger_than_memory_are_skipped_and_the_reason_says_what_there_is(self):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if memory >= 128 * GIB:
            self.skipTest("this machine has memory for the largest arrays")
        for benchmark in SIZED:
            ended = self.place.run("run", benchmark, "--param", "bytes=64GiB", *TINY)
            self.assert_code(ended, 4)
            self.assertEqual([o for _, o in self.place.outcomes()], ["skipped"])
            self.assertIn("memory_bytes", self.reason())

    def test_more_pinned_threads_than_the_machine_has_are_skipped_and_the_reason_says_so(self):
        if len(os.sched_getaffinity(0)) >= 1024:
            self.skipTest("this machine has as many")
        for benchmark in THREADED:
            sizes = ("--param", "bytes=4MiB") if benchmark in SIZED else ()
            ended = self.place.run("run", benchmark, "--param", "threads=1024", *sizes, *TINY)
            self.assert_code(ended, 4)
            self.assertEqual([o for _, o in self.place.outcomes()], ["skipped"])
            self.assertIn("param.threads is 1024", self.reason())

    def test_a_number_of_bits_that_no_operation_has_is_refused_with_those_there_are(self):
        ended = self.place.run("run", "org.benchhost.cpu_atomics.add", "--param", "bits=16", *TINY)
        self.assert_code(ended, 2)
        self.assertIn("32", ended.err)

    def test_unpinned_threads_may_be_more_than_the_machine_has_and_the_result_says_so(self):
        cpus = len(os.sched_getaffinity(0))
        ended = run_calm(
            self.place, "org.benchhost.cpu_scaling.compute", "--param", "pinning=none", "--param", f"threads={cpus + 1}"
        )
        self.assert_code(ended, 0)
        lines = [text for (text,) in self.place.sql("SELECT text FROM logs")]
        self.assertTrue(any(f"{cpus + 1} threads take turns on {cpus}" in line for line in lines), lines)


def run_calm(place, *args):
    """Runs benchmarks of several threads. On a machine that does other work, threads that wait for each other may take so
    long for little that the time seems not to grow with the work, which fails a case as elided: then again."""
    for _ in range(10):
        ended = place.run("run", *args, *TINY)
        reasons = [r for (r,) in place.sql("SELECT reason FROM results WHERE run = (SELECT max(id) FROM runs) AND outcome = 'failed'")]
        if not reasons or not all("does not grow" in reason for reason in reasons):
            break
    return ended


class OverASweep(E2eTest):
    def test_the_work_is_the_same_for_any_number_of_threads_and_speedup_and_efficiency_are_summaries(self):
        ended = run_calm(self.place, "org.benchhost.cpu_scaling.*", "--param", "threads=1,2,3", "--param", "pinning=none")
        self.assert_code(ended, 0)
        for benchmark in ("compute", "memory"):
            values = self.place.sql(
                "SELECT DISTINCT parameters, value FROM measurement_view WHERE metric = 'checksum' AND benchmark = ? AND value IS NOT NULL",
                f"org.benchhost.cpu_scaling.{benchmark}",
            )
            self.assertEqual(len(values), 3)
            self.assertEqual(len({value for _, value in values}), 1, values)
        summaries = {name for (name,) in self.place.sql("SELECT summary FROM summaries WHERE value IS NOT NULL")}
        self.assertLessEqual({"speedup", "efficiency"}, summaries)


    def test_no_threads_are_one_on_every_core_and_levels_have_their_bandwidth(self):
        sizes = "{log2: [8 KiB, 512 KiB]}"
        ended = run_calm(self.place, "org.benchhost.cpu_cache.read", "--param", "threads=0", "--param", f"bytes={sizes}")
        self.assert_code(ended, 0)
        outcomes = [o for _, o in self.place.outcomes()]
        self.assertEqual(outcomes.count("passed") + outcomes.count("skipped"), 7, outcomes)
        # Whether there is a step depends on the machine; without one the summary has its reason.
        for value, reason in self.place.sql("SELECT value, null_reason FROM summaries WHERE summary = 'level_bandwidth'"):
            self.assertTrue(value is not None and value > 0 or reason)
        self.assertGreater(len(self.place.sql("SELECT 1 FROM summaries WHERE summary = 'level_bandwidth'")), 0)


class Sys(E2eTest):
    def test_all_of_sys_passes_or_says_what_it_lacks_and_is_verified(self):
        ended = run_calm(self.place, "org.benchhost.sys.*")
        self.assert_code(ended, 0)
        rows = self.place.sql(
            "SELECT outcome, reason, is_verified FROM results WHERE role = 'primary' AND run = (SELECT max(id) FROM runs)"
        )
        self.assertEqual(len(rows), 8)
        for outcome, reason, verified in rows:
            if outcome == "skipped":
                self.assertTrue(reason)
            else:
                self.assertEqual((outcome, verified), ("passed", 1), reason)
        self.assert_sound()


if __name__ == "__main__":
    run_tests(BadInputs, OverASweep, Sys)
