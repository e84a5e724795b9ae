"""A database over the years: runs that were killed, pruned, and taken over from other databases."""

import shutil
import sqlite3
import unittest

from support import COPY, SIGKILL, SIGSTOP, E2eTest, Place, open_process, poll_until, state_of, wait_for_end, workers_of

RUN = ("run", COPY, "--param", "bytes=16KiB", "--invocations", "1", "--time", "20ms")


class Killed(E2eTest):
    def test_a_run_whose_process_is_gone_is_interrupted_before_anybody_writes(self):
        going = self.place.start(
            "run", COPY, "--param", "bytes={log2: [4KiB, 16MiB]}", "--invocations", "2", "--time", "40ms", "--progress", "lines"
        )
        going.wait_for_line(r"^\[2/")
        listed = self.place.run("list", "runs", "--format", "json")
        self.assertEqual(listed.json()["runs"][0]["state"], "running")
        going.send(SIGSTOP)
        poll_until("the host stopped", lambda: state_of(going.pid) == "T")
        self.assertEqual(self.place.run("list", "runs", "--format", "json").json()["runs"][0]["state"], "running")
        ends = [open_process(pid) for pid in workers_of(going.pid)]
        going.send(SIGKILL)
        going.wait()
        for end in ends:
            wait_for_end(end)
        # A reader writes nothing, and says so all the same.
        self.assertEqual(self.place.run("list", "runs", "--format", "json").json()["runs"][0]["state"], "interrupted")
        self.assertIn("interrupted", self.place.run("list", "runs").out)
        self.assertIn("(interrupted)", self.place.run("report").out)
        self.assertEqual(self.place.sql("SELECT state FROM runs"), [("running",)])


class WithRuns(E2eTest):
    """Three runs, of which the second has a label."""

    @classmethod
    def setUpClass(cls):
        cls.source = Place()
        cls.addClassCleanup(cls.source.remove)
        for label in ((), ("--label", "baseline=1.0"), ()):
            done = cls.source.run(*RUN, *label)
            assert done.code == 0, str(done)

    def setUp(self):
        super().setUp()
        shutil.copy(self.source.db, self.place.db)

    def runs(self):
        return [run for (run,) in self.place.sql("SELECT id FROM runs ORDER BY id")]


class Pruned(WithRuns):
    def test_the_newest_and_those_with_a_label_stay(self):
        dry = self.place.run("db", "prune", "--keep", "1", "--keep-label", "baseline", "--dry-run", "--format", "json")
        self.assert_code(dry, 0)
        answer = dry.json()
        self.assertEqual((answer["format"], answer["version"], answer["dry_run"]), ("benchhost.db_prune", 1, True))
        self.assertEqual([r["run"] for r in answer["runs"]], [1])
        self.assertEqual(answer["kept"], [{"run": 2, "reason": "it has the label baseline=1.0"}])
        self.assertEqual(self.runs(), [1, 2, 3])
        done = self.place.run("db", "prune", "--keep", "1", "--keep-label", "baseline")
        self.assert_code(done, 0)
        self.assertIn("run 2 stays: it has the label baseline=1.0", done.out)
        self.assertIn("1 run gone", done.out)
        self.assertEqual(self.runs(), [2, 3])
        self.assert_sound()
        self.assert_code(self.place.run("report", "3"), 0)

    def test_runs_go_by_name_and_by_age(self):
        self.assert_code(self.place.run("db", "prune", "2", "latest"), 0)
        self.assertEqual(self.runs(), [1])
        self.assert_code(self.place.run("db", "prune", "--older-than", "1d"), 0)
        self.assertEqual(self.runs(), [1])
        self.assert_code(self.place.run("db", "prune", "--older-than", "0s"), 0)
        self.assertEqual(self.runs(), [])
        self.assert_sound()

    def test_what_is_said_wrongly_deletes_nothing(self):
        for args, pattern in (
            ((), "nothing says which runs go"),
            (("--keep", "many"), "--keep takes a number"),
            (("--keep", "-1"), "--keep takes a number"),
            (("--older-than", "90"), "BH0005"),
            (("--older-than", "soon"), "BH0005"),
            (("--label", "nightly"), "NAME=VALUE"),
            (("--label", "=x"), "NAME=VALUE"),
            (("--keep-label", "baseline"), "nothing says which runs go"),
            (("1", "--keep", "1"), "do not go together"),
            (("99",), "BH0408"),
            (("nonsense",), "BH0408"),
        ):
            with self.subTest(args=args):
                ended = self.place.run("db", "prune", *args)
                self.assertNotEqual(ended.code, 0)
                self.assertRegex(ended.err, pattern)
                self.assertEqual(self.runs(), [1, 2, 3])

    def test_a_run_under_way_is_not_touched(self):
        going = self.place.start(
            "run", COPY, "--param", "bytes={log2: [4KiB, 16MiB]}", "--invocations", "2", "--time", "40ms", "--progress", "lines"
        )
        going.wait_for_line(r"^\[1/")
        done = self.place.run("db", "prune", "--keep", "0")
        self.assert_code(done, 0)
        self.assertIn("run 4 stays: it is under way", done.out)
        self.assertIn("the file was not made smaller: run 4 is under way", done.out)
        merged = self.place.run("db", "merge", self.source.db)
        self.assert_code(merged, 5)
        self.assertIn("error[BH0412]", merged.err)
        ended = going.wait()
        self.assert_code(ended, 0)
        self.assertEqual(self.runs(), [4])
        self.assert_sound()


class Merged(WithRuns):
    def test_runs_come_in_once(self):
        other = Place()
        self.addCleanup(other.remove)
        self.assert_code(other.run(*RUN), 0)
        done = self.place.run("db", "merge", other.db, self.source.db, "--format", "json")
        self.assert_code(done, 0)
        answer = done.json()
        self.assertEqual((answer["format"], answer["version"]), ("benchhost.db_merge", 1))
        self.assertEqual(len(answer["runs"]), 1)
        self.assertEqual(answer["runs_present"], 3)
        self.assertEqual(len(self.runs()), 4)
        self.assert_sound()
        ours = self.place.run("report", str(answer["runs"][0]), "--as", "json").json()
        theirs = other.run("report", "1", "--as", "json").json()
        for report in (ours, theirs):
            report["run"].pop("id")
            for result in report["results"]:
                result.pop("result")
        self.assertEqual(ours, theirs)
        again = self.place.run("db", "merge", other.db)
        self.assert_code(again, 0)
        self.assertIn("0 runs taken", again.out)
        self.assertEqual(len(self.runs()), 4)
        # Left as it was, and nothing beside it.
        self.assertEqual(list(self.place.root.glob("*.merging*")), [])
        self.assertEqual(other.sql("SELECT count(*) FROM runs"), [(1,)])

    def test_a_new_database_is_made_of_others(self):
        made = self.place.root / "made.db"
        done = self.place.run("db", "merge", self.source.db, "--db", made)
        self.assert_code(done, 0)
        self.assertEqual(self.place.sql("SELECT count(*) FROM runs", db=made), [(3,)])

    def test_what_cannot_be_merged_changes_nothing(self):
        bad = self.place.root / "bad.db"
        before = self.place.sql("SELECT count(*), max(id) FROM results")

        def refused(code):
            ended = self.place.run("db", "merge", self.source.db, bad)
            self.assert_code(ended, 5)
            self.assertIn(f"error[{code}]", ended.err)
            self.assertIn("bad.db", ended.err)
            self.assertEqual(self.place.sql("SELECT count(*), max(id) FROM results"), before)
            self.assertEqual(list(self.place.root.glob("*.merging*")), [])

        refused("BH0401")
        bad.write_bytes(b"")
        refused("BH0401")
        bad.write_text("no database\n" * 500)
        refused("BH0401")
        shutil.copy(self.source.db, bad)
        connection = sqlite3.connect(bad)
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
        connection.close()
        refused("BH0402")
        shutil.copy(self.source.db, bad)
        with open(bad, "r+b") as file:
            file.truncate(bad.stat().st_size // 2)
        refused("BH0403")
        itself = self.place.run("db", "merge", self.place.db)
        self.assert_code(itself, 5)
        self.assertIn("the database to merge into", itself.err)
        self.assert_code(self.place.run("db", "merge"), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
