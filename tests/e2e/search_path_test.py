"""Where plugins are looked for, and what else lies there."""

import os
import shutil
import socket
import unittest

from support import PLUGINS, TINY, E2eTest


class SearchPath(E2eTest):
    def setUp(self):
        super().setUp()
        del self.place.env["BENCHHOST_PLUGIN_PATH"]

    def plugins(self, *args, cwd=None):
        ended = self.place.run("list", "plugins", "--format", "json", *args, cwd=cwd)
        self.assert_code(ended, 0)
        return ended.json()["plugins"]

    def drop(self, folder, name="cpu_stream.so"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PLUGINS / "cpu_stream.so", folder / name)

    def test_a_plugin_dropped_into_the_projects_folder_is_found_from_below(self):
        self.place.write("benchhost.yaml", "")
        self.drop(self.place.work / "plugins")
        inside = self.place.work / "a" / "b"
        inside.mkdir(parents=True)
        (found,) = self.plugins(cwd=inside)
        self.assertTrue(found["usable"])
        self.place.write(
            "suites/dropped.yaml",
            "name: dropped\nentries:\n  - id: copy\n    benchmarks: org.benchhost.cpu_stream.copy\n    parameters: {bytes: 16 KiB}\n",
        )
        ended = self.place.run("run", "--suite", "dropped.yaml", *TINY, cwd=inside)
        self.assert_code(ended, 0)
        self.assertEqual([o for _, o in self.place.outcomes()], ["passed"])

    def test_a_plugins_folder_without_a_project_is_used_where_it_is_the_users_alone(self):
        self.drop(self.place.work / "plugins")
        (self.place.work / "plugins").chmod(0o755)
        (found,) = self.plugins()
        self.assertTrue(found["usable"])

    def test_one_that_others_may_write_to_is_refused_with_the_reason(self):
        self.drop(self.place.work / "plugins")
        for mode in (0o777, 0o775, 0o1777):
            (self.place.work / "plugins").chmod(mode)
            self.assertEqual(self.plugins(), [])
            text = self.place.run("list", "plugins").out
            self.assertRegex(text, r"folder .*plugins.* is not searched: .*(writ|others)")
            ended = self.place.run("run", "org.benchhost.cpu_stream.copy")
            self.assert_code(ended, 2)
            self.assertIn("1 files or folders are not used", ended.err)

    def test_the_flag_comes_before_the_environment(self):
        first, second = self.place.root / "first", self.place.root / "second"
        self.drop(first)
        self.drop(second)
        found = self.place.run(
            "list", "plugins", "--format", "json", "--plugins", first, env={"BENCHHOST_PLUGIN_PATH": second}
        ).json()["plugins"]
        usable = [p for p in found if p["usable"]]
        self.assertEqual([p["file"] for p in usable], [str(first / "cpu_stream.so")])
        shut = [p for p in found if not p["usable"]]
        self.assertEqual([p["file"] for p in shut], [str(second / "cpu_stream.so")])
        self.assertIn(str(first), shut[0]["refusal"]["message"] + shut[0]["refusal"]["help"])

    def test_a_folder_that_is_not_there_is_said(self):
        text = self.place.run("list", "plugins", "--plugins", self.place.root / "nowhere").out
        self.assertIn("nowhere", text)
        self.assertIn("is not searched", text)

    def test_whatever_lies_in_the_folder_is_listed_with_its_gate_and_nothing_hangs(self):
        folder = self.place.root / "plugins"
        self.drop(folder)
        whole = (PLUGINS / "cpu_stream.so").read_bytes()
        os.mkfifo(folder / "fifo.so")
        (folder / "directory.so").mkdir()
        (folder / "empty.so").write_bytes(b"")
        (folder / "text.so").write_text("#!/bin/sh\nexit 0\n")
        (folder / "foreign.so").write_bytes(b"MZ" + bytes(5000))
        arch = bytearray(whole)
        arch[18:20] = (0xF3, 0x00)  # e_machine: RISC-V
        (folder / "other_machine.so").write_bytes(arch)
        (folder / "dangling.so").symlink_to(folder / "nothing")
        (folder / "loop.so").symlink_to(folder / "loop.so")
        shutil.copy("/lib/x86_64-linux-gnu/libc.so.6", folder / "library.so") if os.path.exists(
            "/lib/x86_64-linux-gnu/libc.so.6"
        ) else None
        with open(folder / "sparse.so", "wb") as sparse:
            sparse.truncate(2 << 30)
        for cut in (16, 64, 1024, 4096, len(whole) // 2, len(whole) - 1):
            (folder / f"cut_{cut}.so").write_bytes(whole[:cut])
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        cwd = os.getcwd()
        os.chdir(folder)
        listener.bind("socket.so")
        os.chdir(cwd)

        found = {os.path.basename(p["file"]): p for p in self.plugins("--plugins", folder)}
        self.assertEqual(set(found), {entry.name for entry in folder.iterdir()})
        self.assertTrue(found.pop("cpu_stream.so")["usable"])
        for name, plugin in found.items():
            with self.subTest(file=name):
                # A byte may be missing that nothing needs; then it is the same plugin a second time.
                self.assertFalse(plugin["usable"])
                self.assertTrue(plugin["refusal"]["gate"])
                self.assertRegex(plugin["refusal"]["code"], r"^BH\d{4}$")
                self.assertTrue(plugin["refusal"]["message"])
        text = self.place.run("list", "plugins", "--plugins", folder).out
        self.assertEqual(text.count("refused at gate"), len(found))
        # The good one beside them runs.
        ended = self.place.run("run", "org.benchhost.cpu_stream.copy", "--plugins", folder, "--param", "bytes=16KiB", *TINY)
        self.assert_code(ended, 0)

    def test_names_with_control_characters_do_not_reach_the_terminal(self):
        folder = self.place.root / "plugins"
        folder.mkdir()
        (folder / "evil\x1b[2J.so").write_text("x")
        text = self.place.run("list", "plugins", "--plugins", folder)
        self.assert_code(text, 0)
        self.assertNotIn("\x1b", text.out)
        self.assertTrue(self.plugins("--plugins", folder))

    def test_a_plugin_that_is_replaced_is_seen_anew(self):
        folder = self.place.root / "plugins"
        self.drop(folder, "changing.so")
        first = self.plugins("--plugins", folder)[0]
        shutil.copy(PLUGINS / "null.so", folder / "changing.so")
        second = self.plugins("--plugins", folder)[0]
        self.assertEqual((first["id"], second["id"]), ("org.benchhost.cpu_stream", "org.benchhost.null"))
        self.assertNotEqual(first["fingerprint"], second["fingerprint"])

    def test_a_cache_that_is_damaged_or_cannot_be_written_stops_nothing(self):
        folder = self.place.root / "plugins"
        self.drop(folder)
        cache = self.place.root / "cache"
        self.assertTrue(self.plugins("--plugins", folder, "--cache-dir", cache)[0]["usable"])
        (probes,) = cache.rglob("*.json")
        for content in (b"", b"{", b"[1, 2]", b"\xff" * 100, probes.read_bytes()[:-10]):
            probes.write_bytes(content)
            self.assertTrue(self.plugins("--plugins", folder, "--cache-dir", cache)[0]["usable"])
        self.assertTrue(self.plugins("--plugins", folder, "--cache-dir", "/dev/null/cache")[0]["usable"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
