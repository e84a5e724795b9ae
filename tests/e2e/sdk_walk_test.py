"""The walk of sdk/README.md, its very lines: install, move the source tree away, begin plugins, build, check, drop in, run."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import SOURCE, Place, path_of, run_tests, skip_or_fail

BUILD = path_of("BUILD")
CMAKE = Path(os.environ.get("BENCHHOST_E2E_CMAKE", "cmake"))
SECTION = "From nothing to a measurement"
# Builds on a loaded machine take a while.
PATIENCE_S = 1500


def blocks_of(section, document):
    """The shell blocks of a section, in order."""
    found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## )", document, re.M | re.S)
    return re.findall(r"^```sh\n(.*?)^```", found.group(1), re.M | re.S) if found else []


def can_hide_folders():
    """Whether this user may have a mount namespace of his own."""
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    ) if shutil.which("unshare") else None  # fmt: skip
    return tried is not None and tried.returncode == 0


def mentions(text, folder):
    """Whether a build file's text has this folder's path, or one below it: whole parts of a path, also behind -I and -L."""
    return re.search(rf"(?:(?<![\w.+-])|(?<=\s-[IL])){re.escape(str(folder))}(?![\w.+-])", text) is not None


class Paths(unittest.TestCase):
    def test_a_folder_is_told_from_others_whose_paths_hold_its_own(self):
        for text in ("/benchhost", "x=/benchhost/sdk", 'set("/benchhost")', "cc -I/benchhost/sdk/include", "file:///benchhost/a"):
            with self.subTest(text=text):
                self.assertTrue(mentions(text, "/benchhost"))
        for text in ("", "/tmp/home/benchhost/lib", "/benchhost-walk-1/home", "/benchhost.old", "cc -I/home/benchhost/include"):
            with self.subTest(text=text):
                self.assertFalse(mentions(text, "/benchhost"))


class Walk(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="benchhost-walk-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.home = self.root / "home"
        self.work = self.root / "work"
        for folder in (self.home, self.work, self.root / "tmp"):
            folder.mkdir()
        kept = ("PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS")
        self.env = {name: os.environ[name] for name in kept if name in os.environ}
        self.env |= {"HOME": str(self.home), "TMPDIR": str(self.root / "tmp"), "BENCHHOST_PROBE_TIMEOUT": "150s"}
        self.env["PATH"] = f"{CMAKE.resolve().parent}:{self.env.get('PATH', '/usr/bin:/bin')}"
        # A compiler of Rust that is installed for its user alone keeps to that user's home.
        for name, folder in (("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo")):
            there = os.environ.get(name) or str(Path.home() / folder)
            if Path(there).is_dir():
                self.env[name] = there

    def run_lines(self, script, hidden=()):
        """Runs lines as a shell does that stops at the first failure; `hidden` folders look empty to it."""
        command = ["sh", "-eu", "-c", script]
        if hidden:
            mounts = " && ".join(f"mount -t tmpfs none '{folder}'" for folder in hidden)
            command = ["unshare", "-rm", "sh", "-c", f'{mounts} && exec sh -eu -c "$0"', script]
        done = subprocess.run(
            command, cwd=self.work, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        said = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, f"{script}\n{said}")
        return said

    def test_a_stranger_gets_from_nothing_to_a_measurement_by_the_lines_of_the_readme(self):
        install, *rest = blocks_of(SECTION, (SOURCE / "sdk" / "README.md").read_text(encoding="utf-8"))
        self.assertGreaterEqual(len(rest), 3)
        # The walk begins beside a tree that was built.
        (self.work / "benchhost" / "build").mkdir(parents=True)
        (self.work / "benchhost" / "build" / "release").symlink_to(BUILD)
        self.run_lines(install)
        self.assertFalse((self.work / "benchhost").exists())

        # Whoever keeps temporary files in the tree would lose the walk itself.
        mine = self.root.resolve().parents
        hidden = [folder for folder in (BUILD, SOURCE) if folder.resolve() not in mine] if can_hide_folders() else []
        said = self.run_lines("".join(rest), hidden)
        for lang in ("c", "cpp", "rust"):
            self.assertIn(f"org.example.my_{lang}", said)
            built = self.work / f"my_{lang}" / "build"
            for file in (built / "CMakeCache.txt", *built.rglob("*.make"), *built.rglob("*.ninja")):
                text = file.read_text(errors="replace")
                for folder in (BUILD, SOURCE):
                    self.assertFalse(mentions(text.replace(str(CMAKE), ""), folder), f"{file} names {folder}")
        lab = Place(plugins=None, backends=None)
        self.addCleanup(lab.remove)
        results = lab.sql(
            "SELECT p.id, r.outcome, r.is_verified, count(*) FROM results r JOIN plugins p ON p.id = r.plugin "
            "WHERE r.role = 'primary' GROUP BY 1, 2, 3 ORDER BY 1", db=self.work / "lab" / "benchhost.db",
        )  # fmt: skip
        self.assertEqual([row[1:] for row in results], [("passed", 1, 3)] * 3, said)


if __name__ == "__main__":
    if not (BUILD / "cmake_install.cmake").is_file():
        skip_or_fail("there is no build to install")
    if shutil.which("rustc") is None:
        skip_or_fail("rustc is not installed; scripts/bootstrap installs it")
    run_tests(Paths, Walk)
