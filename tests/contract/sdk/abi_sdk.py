"""Copies of the SDK to break, and the gate run on them. For the tests of the ABI gate."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

CODE = ("abi_gate.py", "make_layout.py", "versions.py", "witness.py")


def skip_without_abidiff():
    """Ends the program where libabigail is missing: 77, in CI 1."""
    missing = [tool for tool in ("abidw", "abidiff") if shutil.which(tool) is None]
    if missing:
        print(f"{'failed' if os.environ.get('CI') else 'skipped'}: {' and '.join(missing)} not installed; scripts/bootstrap installs it")
        raise SystemExit(1 if os.environ.get("CI") else 77)


class Copy:
    """An SDK of its own: headers, layout folder with the scripts, changelog."""

    def __init__(self, source, folder, cc):
        self.folder, self.cc = pathlib.Path(folder), cc
        shutil.copytree(source / "include", self.folder / "include")
        shutil.copytree(source / "layout", self.folder / "layout", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(source / "CHANGELOG.md", self.folder)

    def header(self, name):
        return self.folder / "include/benchhost" / name

    def layout(self, name):
        return self.folder / "layout" / name

    def without_assertions(self):
        """The headers' own assertions end a compilation first: the gate must not depend on them."""
        for path in self.header("").glob("*.h"):
            path.write_text(re.sub(r"^BH_ASSERT_(SIZE|OFFSET)\(.*\n", "", path.read_text(), flags=re.M))
        return self

    @staticmethod
    def replace(path, pattern, replacement):
        """Fails if the pattern is not there: the test must follow the file."""
        changed, count = re.subn(pattern, replacement, path.read_text(), count=1, flags=re.M)
        if count != 1:
            raise LookupError(f"{path.name} has no {pattern}")
        path.write_text(changed)

    def say_version(self, major, minor):
        self.replace(self.header("base.h"), r"(BH_ABI_MAJOR) \d+", rf"\1 {major}")
        self.replace(self.header("base.h"), r"(BH_ABI_MINOR) \d+", rf"\1 {minor}")
        self.replace(self.header("backend.h"), r"(BH_BACKEND_ABI_VERSION) BH_ABI_MAKE\(\d+, \d+\)", rf"\1 BH_ABI_MAKE({major}, {minor})")

    def write_history(self, title, accepted):
        """A section with the words that accept printed."""
        words = re.findall(r"`(?:plugin|backend) [^`]*`", accepted)
        path = self.folder / "CHANGELOG.md"
        path.write_text(path.read_text() + f"\n## {title}\n\n" + "\n".join(words) + "\n")

    def script(self, name, *arguments, cc=None, env=None):
        """(exit status, output) of one of the scripts of this copy."""
        done = subprocess.run([sys.executable, "-B", str(self.layout(name)), *arguments, "--cc", cc or self.cc], capture_output=True,
                              text=True, check=False, env={**os.environ, **(env or {})})
        return done.returncode, done.stdout + done.stderr

    def gate(self, *arguments, **more):
        return self.script("abi_gate.py", *arguments, **more)

    def publish(self, major, minor):
        """Declares a version, as at a release."""
        self.say_version(major, minor)
        status, output = self.gate("accept", "--publish")
        if status != 0:
            raise RuntimeError(output)
        self.write_history(f"ABI {major}.{minor}, backend ABI {major}.{minor}", output)
        return self
