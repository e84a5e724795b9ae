"""Databases that cannot be used: a clear message, nothing runs, nothing is changed."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import unittest

from support import COPY, E2eTest, Place

RUN = ("run", COPY, "--param", "bytes=16KiB", "--invocations", "1", "--time", "20ms")


class WithOneRun(E2eTest):
    """A place whose database holds one run."""

    @classmethod
    def setUpClass(cls):
        cls.source = Place()
        cls.addClassCleanup(cls.source.remove)
        done = cls.source.run(*RUN)
        assert done.code == 0, str(done)

    def setUp(self):
        super().setUp()
        shutil.copy(self.source.db, self.place.db)


class Databases(WithOneRun):
    @contextlib.contextmanager
    def held(self, statement):
        """Another process inside a transaction. It must be another one: closing a file here would drop our locks."""
        script = (
            "import sqlite3, sys\n"
            "other = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "other.execute(sys.argv[2])\n"
            "print('held', flush=True)\n"
            "sys.stdin.read()\n"
            "other.execute('ROLLBACK')\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, str(self.place.db), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            self.assertEqual(other.stdout.readline(), b"held\n")
            yield
            other.stdin.close()
            self.assertEqual(other.wait(), 0)

    def assert_refused(self, code, pattern, *args):
        """The run is refused before anything is started, and leaves the file as it was."""
        before = self.place.db.read_bytes() if self.place.db.is_file() else None
        for form in ((), ("--format", "json")):
            ended = self.place.run(*(args or RUN), *form)
            self.assert_code(ended, 5)
            self.assertIn(f"error[{code}]", ended.err)
            self.assertRegex(ended.err, pattern)
            self.assertIn("--> ", ended.err)
            self.assertIn("help: ", ended.err)
            self.assertNotRegex(ended.err, r"run \d+: ")
            if form:
                self.assertEqual(ended.json()["code"], code)
                self.assertEqual(ended.json()["exit_code"], 5)
        if before is not None:
            self.assertEqual(self.place.db.read_bytes(), before)

    def test_one_that_another_process_keeps_locked(self):
        with self.held("BEGIN EXCLUSIVE"):
            self.assert_refused("BH0405", "locked")
        self.assert_code(self.place.run(*RUN), 0)

    def test_reading_goes_on_while_another_process_writes(self):
        with self.held("BEGIN IMMEDIATE"):
            self.assert_code(self.place.run("list", "runs"), 0)
            self.assert_code(self.place.run("report", "latest"), 0)

    def test_one_that_is_damaged(self):
        size = self.place.db.stat().st_size
        with open(self.place.db, "r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * min(8 * 4096, size - 4096))
        self.assert_refused("BH0403", "damaged")
        checked = self.place.run("db", "check", "--format", "json")
        self.assert_code(checked, 5)
        self.assertFalse(checked.json().get("sound", False))

    def test_one_that_is_cut_off(self):
        with open(self.place.db, "r+b") as file:
            file.truncate(self.place.db.stat().st_size // 2)
        self.assert_refused("BH0403", "damaged")

    def test_one_of_a_newer_benchhost_is_read_and_never_written(self):
        with contextlib.closing(sqlite3.connect(self.place.db)) as newer:
            newer.execute("PRAGMA user_version = 99")
            newer.commit()
        self.assert_refused("BH0402", "schema 99")
        listed = self.place.run("list", "runs")
        self.assert_code(listed, 0)
        self.assertIn("1 passed", listed.out)
        self.assertIn("newer", listed.err)

    def test_a_file_that_is_no_sqlite_database(self):
        self.place.db.write_text("These are my notes, and no database.\n" * 100)
        self.assert_refused("BH0401", "no SQLite database")
        self.assert_refused("BH0401", "no SQLite database", "list", "runs")

    def test_a_database_of_another_program(self):
        self.place.db.unlink()
        with contextlib.closing(sqlite3.connect(self.place.db)) as other:
            other.execute("CREATE TABLE mine(a)")
            other.commit()
        self.assert_refused("BH0401", "another program|no database of benchhost")
        self.assertEqual(self.place.sql("SELECT name FROM sqlite_master"), [("mine",)])

    def test_an_empty_file(self):
        self.place.db.write_bytes(b"")
        self.assert_refused("BH0401", "empty")

    def test_a_directory(self):
        self.place.db.unlink()
        self.place.db.mkdir()
        self.assert_refused("BH0401", "directory")

    def test_a_fifo_is_not_waited_for(self):
        self.place.db.unlink()
        os.mkfifo(self.place.db)
        self.assert_refused("BH0401", "FIFO|fifo|regular")

    def test_a_folder_that_is_not_there(self):
        ended = self.place.run(*RUN, "--db", "/nowhere/at/all/results.db")
        self.assert_code(ended, 5)
        self.assertIn("/nowhere/at/all", ended.err)

    def test_reading_what_is_not_there_makes_nothing(self):
        self.place.db.unlink()
        for args in (("list", "runs"), ("report",), ("show", "1/0"), ("query", "SELECT 1"), ("db", "check"), ("db", "migrate")):
            with self.subTest(args=args):
                ended = self.place.run(*args)
                self.assertNotEqual(ended.code, 0)
                self.assertIn("there is no such database", ended.err)
                self.assertFalse(self.place.db.exists())

    def test_the_users_own_data_folder_is_made(self):
        ended = self.place.run(*RUN, env={"BENCHHOST_DB": None, "XDG_DATA_HOME": self.place.root / "data"})
        self.assert_code(ended, 0)
        self.assertTrue((self.place.root / "data" / "benchhost" / "benchhost.db").is_file())

    def test_a_project_has_its_own(self):
        self.place.write("benchhost.yaml", "")
        inside = self.place.work / "deep" / "inside"
        inside.mkdir(parents=True)
        self.assert_code(self.place.run(*RUN, cwd=inside, env={"BENCHHOST_DB": None}), 0)
        self.assertTrue((self.place.work / "benchhost.db").is_file())


class Permissions(WithOneRun):
    """What only an unprivileged user is refused; root tries it as nobody."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            return
        # To another user the private folders must be open, and the programs reachable.
        self.place.root.chmod(0o755)
        tried = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", str(self.place.binary), "--version"],
            cwd="/", capture_output=True, check=False,
        )  # fmt: skip
        if tried.returncode != 0:
            self.skipTest("the program cannot be run as another user: " + tried.stderr.decode())

    def run_unprivileged(self, *args):
        place = self.place
        for folder in ("home", "tmp"):
            (place.root / folder).chmod(0o777)
        prefix = "" if os.geteuid() != 0 else "setpriv --reuid=65534 --regid=65534 --clear-groups "
        quoted = " ".join("'" + a + "'" for a in args)
        return place.shell(f'{prefix}"$BENCHHOST" {quoted}')

    def assert_not_writable(self):
        before = self.place.db.read_bytes()
        ended = self.run_unprivileged(*RUN)
        self.assert_code(ended, 5)
        self.assertRegex(ended.err, r"error\[BH0(406|401)\]")
        self.assertIn(str(self.place.db.parent), ended.err)
        self.assertNotRegex(ended.err, r"run \d+: ")
        self.assertEqual(self.place.db.read_bytes(), before)

    def test_a_file_that_may_only_be_read(self):
        self.place.root.chmod(0o777)
        self.place.db.chmod(0o444)
        self.assert_not_writable()
        self.assert_code(self.run_unprivileged("list", "runs"), 0)

    def test_a_folder_that_may_only_be_read(self):
        self.place.db.chmod(0o666)
        folder = self.place.root / "readonly"
        folder.mkdir()
        self.place.db = shutil.move(self.place.db, folder) and folder / self.place.db.name
        self.place.env["BENCHHOST_DB"] = str(self.place.db)
        folder.chmod(0o555)
        self.addCleanup(folder.chmod, 0o755)
        self.assert_not_writable()
        self.assert_code(self.run_unprivileged("list", "runs"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
