"""Plugins of other SDK versions: binaries that were built with an older one, and some of one that is still to come.

The old ones lie in tests/contract/sdk/fixtures, a folder for each version of the ABI, as they were built then. A host that speaks
the version reads the same descriptors as then and runs them; another one refuses them, naming both versions.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import unittest

from support import SOURCE, TINY, E2eTest, run_tests

sys.path.insert(0, str(SOURCE / "tests" / "contract" / "sdk"))
import generations  # noqa: E402

FIXTURES = SOURCE / "tests" / "contract" / "sdk" / "fixtures"


# The host speaks the version of the headers beside it and, before 1.0, no other.
BASE_H = (SOURCE / "sdk" / "include" / "benchhost" / "base.h").read_text()
MAJOR, MINOR = (int(re.search(rf"#define BH_ABI_{part} (\d+)", BASE_H)[1]) for part in ("MAJOR", "MINOR"))


def is_spoken(version):
    """From 1.0 on every older minor of the major; before that the minor alone."""
    major, minor = map(int, version.split("."))
    return major == MAJOR and (minor == MINOR if MAJOR == 0 else minor <= MINOR)


def missing(expected, actual, where=""):
    """What of a JSON value another one lacks or says otherwise; more members are no difference: the format only grows."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [text for key, value in expected.items() for text in (
            missing(value, actual[key], f"{where}.{key}") if key in actual else [f"{where}.{key} is gone"])]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [text for i, value in enumerate(expected) for text in missing(value, actual[i], f"{where}[{i}]")]
    return [] if expected == actual else [f"{where} is {actual!r}, was {expected!r}"]


class VersionsTest(E2eTest):
    def plugins(self, folder):
        """What `list plugins` says of the files of a folder, by name."""
        listed = self.place.run("list", "plugins", "--plugins", folder, "--format", "json")
        self.assert_code(listed, 0)
        return {one["file"].rpartition("/")[2]: one for one in listed.json()["plugins"] if one["file"].startswith(f"{folder}/")}

    def assert_refused(self, plugin, *words):
        self.assertFalse(plugin["usable"], plugin)
        refusal = plugin["refusal"]
        self.assertEqual((refusal["gate"], refusal["code"]), ("abi", "BH0203"), refusal)
        for word in words:
            self.assertIn(word, refusal["message"] + " " + refusal["help"])

    def assert_passes(self, folder, benchmark, *more):
        # Sizes stay small: what is tested is that it runs, not how fast.
        ended = self.place.run("run", benchmark, "--plugins", folder, *more, *TINY)
        self.assert_code(ended, 0)
        self.assertEqual({outcome for _, outcome in self.place.outcomes()}, {"passed"}, str(ended))


@unittest.skipUnless((platform.system(), platform.machine()) == ("Linux", "x86_64"), "the fixtures are for Linux on x86_64")
class OlderPlugins(VersionsTest):
    def private(self, folder):
        """A copy that is the user's alone: other folders are not searched."""
        target = self.place.root / "fixtures" / folder.name
        target.mkdir(parents=True)
        for path in folder.glob("*.so"):
            shutil.copyfile(path, target / path.name)
        return target

    def check_version(self, version, folder, record):
        found = self.plugins(folder)
        self.assertEqual(set(found), {entry["file"] for entry in record})
        if not is_spoken(version):
            for plugin in found.values():
                self.assert_refused(plugin, f"ABI {version}", f"this host {MAJOR}.{MINOR}", "rebuild")
            return "refused"
        listed = self.place.run("list", "benchmarks", "--plugins", folder, "--format", "json").json()["benchmarks"]
        for entry in record:
            with self.subTest(version=version, file=entry["file"]):
                plugin = found[entry["file"]]
                self.assertTrue(plugin["usable"], plugin)
                self.assertEqual((plugin["id"], plugin["version"]), (entry["id"], entry["version"]))
                mine = [one for one in listed if one["plugin"] == entry["id"]]
                self.assertEqual(missing(entry["benchmarks"], mine), [])
                for benchmark in entry["benchmarks"]:
                    on_devices = [("--device", kind) for kind in ("null", "cpu")] if benchmark["slots"] else [()]
                    for device in on_devices:
                        self.assert_passes(folder, benchmark["id"], "--param", "n=4096", *device)
        return "ran"

    def records(self):
        folders = sorted(path for path in FIXTURES.iterdir() if re.fullmatch(r"\d+\.\d+", path.name))
        self.assertTrue(folders)
        return [(folder, json.loads((folder / "fixtures.json").read_text())) for folder in folders]

    def test_a_descriptor_may_have_gained_members_and_nothing_else(self):
        was = {"id": "a", "metrics": [{"unit": "ns"}]}
        self.assertEqual(missing(was, {"id": "a", "new": 1, "metrics": [{"unit": "ns", "new": None}]}), [])
        self.assertEqual(missing(was, {"id": "a"}), [".metrics is gone"])
        self.assertEqual(len(missing(was, {"id": "b", "metrics": [{"unit": "s"}]})), 2)
        self.assertEqual(len(missing(was, {"id": "a", "metrics": []})), 1)

    def test_fixtures_are_the_files_that_were_built_and_small(self):
        total = 0
        for folder, record in self.records():
            self.assertEqual({path.name for path in folder.glob("*.so")}, {entry["file"] for entry in record})
            self.assertGreaterEqual(len(record), 3)
            for entry in record:
                content = (folder / entry["file"]).read_bytes()
                self.assertEqual(hashlib.sha256(content).hexdigest(), entry["sha256"], entry["file"])
                self.assertEqual(entry["abi"], folder.name)
                self.assertLessEqual(len(content), 40 * 1024)
                self.assertTrue(entry["benchmarks"])
                total += len(content)
        self.assertLess(total, 300 * 1024)

    def test_each_old_plugin_runs_as_it_did_or_is_refused_for_its_version(self):
        outcomes = {folder.name: self.check_version(folder.name, self.private(folder), record) for folder, record in self.records()}
        self.assertEqual(outcomes.get(f"{MAJOR}.{MINOR}", "ran"), "ran")

    def test_an_old_plugin_of_a_minor_that_is_not_spoken_any_more_is_refused_for_that(self):
        # The same files, as if they had been built for a minor that no host speaks: only the note says so.
        folder, record = self.records()[0]
        as_if = "0.0"
        private = self.private(folder)
        for path in private.glob("*.so"):
            said = f"\nabi={folder.name}-{folder.name}\n".encode()
            content = path.read_bytes()
            self.assertEqual(content.count(said), 1)
            path.write_bytes(content.replace(said, f"\nabi={as_if}-{as_if}\n".encode()))
            self.assertEqual(path.stat().st_size, len(content))
        self.assertEqual(self.check_version(as_if, private, record), "refused")


class NewerPlugins(VersionsTest):
    @classmethod
    def setUpClass(cls):
        if shutil.which("cc") is None and not os.environ.get("CI"):
            raise unittest.SkipTest("no C compiler is installed; scripts/bootstrap installs one")

    def build(self, name, *defines):
        """The counting plugin of the SDK tests with the headers to come: the next minor, with longer structs."""
        include = self.place.root / "include"
        if not include.exists():
            generations.make_next_minor(SOURCE / "sdk" / "include", include)
        folder = self.place.root / name
        folder.mkdir()
        subprocess.run(
            ["cc", "-std=c99", *generations.PLUGIN, f"-I{include}", *defines, str(generations.HERE / "generation_plugin.c"), "-o",
             str(folder / "counting.so")], check=True)
        return folder

    def test_a_plugin_that_speaks_the_next_minor_alone_is_refused_from_its_note(self):
        plugin = self.plugins(self.build("one"))["counting.so"]
        self.assert_refused(plugin, f"it speaks ABI {MAJOR}.{MINOR + 1}", f"this host {MAJOR}.{MINOR}", "update the host")

    def test_one_whose_note_promises_more_than_its_entry_is_refused_with_the_entry_s_reason(self):
        plugin = self.plugins(self.build("liar", f"-DOLDEST_MINOR={MINOR}", "-DENTRY_SPEAKS_ONE"))["counting.so"]
        self.assert_refused(plugin, f"refuses versions {MAJOR}.{MINOR} to {MAJOR}.{MINOR}", f"speaks ABI {MAJOR}.{MINOR + 1}", "update the host")

    def test_one_that_still_speaks_this_minor_runs_and_its_longer_structs_are_read_as_far_as_they_are_known(self):
        folder = self.build("both", f"-DOLDEST_MINOR={MINOR}")
        plugin = self.plugins(folder)["counting.so"]
        self.assertTrue(plugin["usable"], plugin)
        listed = self.place.run("list", "benchmarks", "--plugins", folder, "--format", "json").json()["benchmarks"]
        (mine,) = [one for one in listed if one["plugin"] == plugin["id"]]
        # By the stride of a longer item the second one is where it is.
        self.assertEqual([(one["name"], one["default"]["value"]) for one in mine["parameters"]], [("n", 64), ("k", 3)])
        self.assertEqual([one["id"] for one in mine["metrics"]], ["time", "seen"])
        self.assert_passes(folder, mine["id"])


if __name__ == "__main__":
    run_tests(OlderPlugins, NewerPlugins)
