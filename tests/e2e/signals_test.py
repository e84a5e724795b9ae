"""Signals: what is done is stored, what is not is said, nothing stays behind.

The suite under test never ends by itself: 16 short cases and one whose body loops for ever with SIGTERM blocked. Cases
run in blocks in the order of the plan (17 cases are 8 and 9), so the first 8 finish and the last block does not.
"""

import os
import shutil
import unittest

from support import (
    ECHO,
    PLUGINS,
    SIGCONT,
    SIGHUP,
    SIGINT,
    SIGKILL,
    SIGSTOP,
    SIGTERM,
    ZOO,
    E2eTest,
    open_process,
    poll_until,
    signals_of,
    state_of,
    wait_for_end,
    workers_of,
)

SHORT = ", ".join(f"{4 * n} KiB" for n in range(1, 17))
SUITE = f"""
name: endless
defaults: {{invocations: 1, time: 20 ms}}
entries:
  - id: short
    benchmarks: org.benchhost.cpu_stream.copy
    parameters: {{bytes: [{SHORT}]}}
  - id: endless
    benchmarks: org.benchhost.zoo.blocks_term.run
    timeout: 60 min
"""
LINES = ("--progress", "lines")


class Signals(E2eTest):
    def setUp(self):
        super().setUp()
        plugins = self.place.root / "plugins"
        plugins.mkdir()
        # Without the null benchmark, so that every worker is one of a case.
        shutil.copy(PLUGINS / "cpu_stream.so", plugins)
        shutil.copy(ZOO / "blocks_term.so", plugins)
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(plugins)
        self.suite = self.place.write("endless.yaml", SUITE)

    def start(self):
        """A run whose first block is finished and whose last never will be."""
        going = self.place.start("run", "--suite", self.suite, *LINES)
        self.addCleanup(self.end, going)
        going.wait_for_line(r"^\[8/17\]")
        return going

    @staticmethod
    def end(going):
        if going.process.poll() is None:
            going.process.kill()
            going.wait()

    def start_endless(self):
        """A run of the endless case alone, and its worker."""
        going = self.place.start("run", "org.benchhost.zoo.blocks_term.run", "--invocations", "1", "--timeout", "60m", *LINES)
        self.addCleanup(self.end, going)
        going.wait_for_line(r"^run 1: 1 case")
        (worker,) = poll_until("a worker", lambda: workers_of(going.pid))
        return going, worker

    def assert_stopped(self, ended, code):
        self.assert_code(ended, code)
        self.assertIn("what was finished is stored", ended.err)
        state, stored_code, planned = self.place.sql("SELECT state, exit_code, planned_cases FROM runs")[0]
        self.assertEqual((state, stored_code, planned), ("finished", code, 17))
        outcomes = [outcome for _, outcome in self.place.outcomes()]
        self.assertGreaterEqual(outcomes.count("passed"), 8)
        self.assertLessEqual(set(outcomes), {"passed", "interrupted"})
        for reason, in self.place.sql("SELECT reason FROM results WHERE outcome = 'interrupted'"):
            self.assertIn("the run was stopped", reason)
        listed = self.place.run("list", "runs", "--format", "json").json()["runs"][0]
        self.assertEqual(sum(listed["counts"].values()) + listed["not_begun"], 17)
        # A finished case has its value.
        self.assertEqual(
            self.place.sql(
                "SELECT count(*) FROM results r WHERE outcome = 'passed' AND NOT EXISTS "
                "(SELECT 1 FROM measurements m WHERE m.result = r.id AND m.value > 0)"
            ),
            [(0,)],
        )
        self.assert_sound()

    def test_sigint_once_keeps_what_is_done_and_says_130(self):
        going = self.start()
        going.send(SIGINT)
        self.assert_stopped(going.wait(), 130)

    def test_sigterm_says_143(self):
        going = self.start()
        going.send(SIGTERM)
        self.assert_stopped(going.wait(), 143)

    def test_what_was_ignored_at_the_start_stays_ignored(self):
        # nohup benchhost run &: the end of the session must not end the night's run.
        for ignored, ends, code in ((SIGHUP, SIGINT, 130), (SIGINT, SIGTERM, 143)):
            with self.subTest(ignored=ignored):
                self.place.db.unlink(missing_ok=True)
                going = self.place.start("run", "--suite", self.suite, *LINES, ignored=(ignored,))
                self.addCleanup(self.end, going)
                going.wait_for_line(r"^\[8/17\]")
                self.assertIn(ignored, signals_of(going.pid, "SigIgn"))
                self.assertIn(ends, signals_of(going.pid, "SigCgt"))
                going.send(ignored)
                poll_until("it is taken", lambda: ignored not in signals_of(going.pid, "ShdPnd"))
                going.send(ends)
                self.assert_stopped(going.wait(), code)

    def test_a_hangup_that_nobody_ignores_ends_the_run_in_order(self):
        going = self.start()
        going.send(SIGHUP)
        self.assert_stopped(going.wait(), 143)

    def test_sigint_ends_a_worker_that_does_not_listen(self):
        going, worker = self.start_endless()
        end = open_process(worker)
        going.send(SIGINT)
        ended = going.wait()
        self.assert_code(ended, 130)
        wait_for_end(end)
        self.assertEqual([o for _, o in self.place.outcomes()], ["interrupted"])
        self.assert_sound()

    def end_endless(self, *signals):
        """Ends a run whose worker listens to nothing but SIGKILL; status, and what is said of the invocation."""
        self.place.db.unlink(missing_ok=True)
        going, worker = self.start_endless()
        end = open_process(worker)
        # Stopped, the host finds all of them when it goes on, so no time passes between them.
        going.send(SIGSTOP)
        poll_until("the host stopped", lambda: state_of(going.pid) == "T")
        for number in signals:
            going.send(number)
        going.send(SIGCONT)
        ended = going.wait()
        wait_for_end(end)
        self.assertEqual([o for _, o in self.place.outcomes()], ["interrupted"])
        self.assert_sound()
        ((outcome, reason),) = self.place.sql("SELECT outcome, reason FROM invocations")
        self.assertEqual(outcome, "interrupted")
        return ended.code, reason

    def test_the_second_signal_forces(self):
        # The first asks, waits for the grace and kills; the second kills at once. What was done is what is said.
        code, reason = self.end_endless(SIGINT)
        self.assertEqual(code, 130)
        self.assertIn("stopped on request", reason)
        code, reason = self.end_endless(SIGINT, SIGTERM)
        self.assertIn(code, (130, 143))
        self.assertIn("ended at once on request", reason)

    def test_the_end_is_taken_while_cases_are_looked_for(self):
        suite = self.place.write(
            "found.yaml",
            "name: found\nentries:\n  - benchmarks: org.benchhost_e2e.echo.found\n    settings: {wait: true}\n",
        )
        for number, code in ((SIGINT, 130), (SIGTERM, 143)):
            with self.subTest(number=number):
                going = self.place.start("run", "--suite", suite, "--plugins", ECHO, *LINES)
                self.addCleanup(self.end, going)
                going.wait_for_line("org.benchhost_e2e.echo is asked for its cases")
                (worker,) = poll_until("the worker that looks", lambda: workers_of(going.pid))
                end = open_process(worker)
                going.send(number)
                ended = going.wait()
                self.assert_code(ended, code)
                self.assertIn("interrupted" if number == SIGINT else "terminated", ended.err)
                wait_for_end(end)
                self.assertEqual(os.listdir(self.place.root / "tmp"), [], "nothing stays behind")
                self.assertFalse(self.place.db.exists(), "nothing was run")

    def test_killing_the_host_leaves_no_worker_and_the_finished_cases(self):
        going = self.start()
        going.send(SIGSTOP)
        poll_until("the host stopped", lambda: state_of(going.pid) == "T")
        ends = [open_process(pid) for pid in workers_of(going.pid)]
        going.send(SIGKILL)
        self.assertEqual(going.wait().code, -SIGKILL)
        for end in ends:
            wait_for_end(end)

        before = self.place.outcomes()
        self.assertGreaterEqual([o for _, o in before].count("passed"), 8)
        checked = self.place.run("db", "check", "--format", "json")
        self.assert_code(checked, 0)
        self.assertEqual(checked.json()["interrupted_runs"], 1)
        self.assertIn("run 1 was interrupted", self.place.run("db", "check").out)

        after = self.place.run("run", "org.benchhost.cpu_stream.copy", "--param", "bytes=16KiB", "--invocations", "1", "--time", "20ms")
        self.assert_code(after, 0)
        self.assertEqual(self.place.sql("SELECT id, state FROM runs ORDER BY id"), [(1, "interrupted"), (2, "finished")])
        kept = self.place.outcomes(1)
        self.assertEqual([c for c in kept if c[1] == "passed"], [c for c in before if c[1] == "passed"])
        self.assertLessEqual({o for _, o in kept}, {"passed", "interrupted"})
        incomplete = self.place.sql(
            "SELECT count(*) FROM results r WHERE r.outcome = 'passed' AND r.role = 'primary' AND NOT EXISTS "
            "(SELECT 1 FROM invocations i JOIN segments s ON s.invocation = i.id "
            " WHERE i.result = r.id AND s.phase = 'measure' AND s.count > 0)"
        )
        self.assertEqual(incomplete, [(0,)])
        self.assert_sound()

    def test_the_host_can_be_killed_while_it_lists(self):
        # A probe of a plugin is a worker too.
        going = self.place.start("list", "plugins", "--plugins", ZOO)
        workers = poll_until("a probe or the end", lambda: workers_of(going.pid) or going.process.poll() is not None)
        ends = []
        if workers is not True:
            for pid in workers:
                try:
                    ends.append(open_process(pid))
                except ProcessLookupError:
                    pass
        going.send(SIGKILL)
        going.wait()
        for end in ends:
            wait_for_end(end)

    def test_a_worker_that_is_killed_from_outside_has_crashed(self):
        going, worker = self.start_endless()
        os.kill(worker, SIGKILL)
        ended = going.wait()
        self.assert_code(ended, 1)
        outcome, code, reason = self.place.sql("SELECT outcome, code, reason FROM results")[0]
        self.assertEqual((outcome, code), ("crashed", "BH0303"))
        self.assertIn("SIGKILL", reason)
        self.assert_sound()

    def test_a_worker_that_is_stopped_for_a_moment_goes_on(self):
        suite = self.place.write("two.yaml", SUITE.replace("blocks_term.run", "blocks_term.run\n    parameters: {well_behaved: true}"))
        going = self.place.start("run", "--suite", suite, *LINES)
        self.addCleanup(self.end, going)
        going.wait_for_line(r"^\[1/17\]")
        for pid in workers_of(going.pid):
            try:
                os.kill(pid, SIGSTOP)
                os.kill(pid, SIGCONT)
            except ProcessLookupError:
                pass
        ended = going.wait()
        self.assert_code(ended, 0)
        self.assertEqual({o for _, o in self.place.outcomes()}, {"passed"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
