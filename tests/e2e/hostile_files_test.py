"""Files in the search path that are damaged, shut, exchanged or somebody else's: each is one line, and nothing of it runs."""

import os
import random
import shutil
import subprocess
import unittest

from support import COPY, PLUGINS, TINY, E2eTest

NOBODY = 65534


class HostileFiles(E2eTest):
    def setUp(self):
        super().setUp()
        del self.place.env["BENCHHOST_PLUGIN_PATH"]
        self.folder = self.place.root / "plugins"
        self.folder.mkdir()

    def drop(self, name="cpu_stream.so", folder=None):
        folder = folder or self.folder
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PLUGINS / "cpu_stream.so", folder / name)
        return folder / name

    def listed(self, *args, cwd=None, env=None):
        ended = self.place.run("list", "plugins", "--format", "json", *args, cwd=cwd, env=env)
        self.assert_code(ended, 0)
        return {os.path.basename(p["file"]): p for p in ended.json()["plugins"]}

    def test_bits_flipped_anywhere_are_a_refusal_or_a_plugin_and_never_the_end_of_the_host(self):
        whole = (PLUGINS / "cpu_stream.so").read_bytes()
        numbers = random.Random(20240612)
        names = set()
        for i in range(60):
            changed = bytearray(whole)
            for _ in range(1 + i % 4):
                # Half of them in the headers, where a reader believes most.
                at = numbers.randrange(1024 if i % 2 else len(changed))
                changed[at] ^= 1 << numbers.randrange(8)
            names.add(f"flipped_{i:02}.so")
            (self.folder / f"flipped_{i:02}.so").write_bytes(changed)
        self.drop("a_whole.so")
        found = self.listed("--plugins", self.folder)
        self.assertEqual(set(found), names | {"a_whole.so"})
        self.assertTrue(found["a_whole.so"]["usable"])
        for name in names:
            with self.subTest(file=name):
                self.assertFalse(found[name]["usable"])  # at best a twin of the whole one
                self.assertRegex(found[name]["refusal"]["code"], r"^BH\d{4}$")

    def test_a_file_that_may_not_be_read_is_one_line(self):
        shut = self.drop("shut.so")
        self.drop("good.so")
        shut.chmod(0)
        if os.geteuid() == 0:
            # Nothing is shut to root: the listing runs as somebody else, to whom the rest is open.
            for path in (self.place.root, self.folder):
                path.chmod(0o755)
            command = [str(self.place.binary), "list", "plugins", "--plugins", str(self.folder), "--cache-dir", ""]
            if not self.can_be_run_by_others(command[0]):
                self.skipTest("the build folder is shut to other users, so nobody but root can run the program")
            done = subprocess.run(command, cwd="/", env={**self.place.env, "HOME": "/nonexistent", "TMPDIR": "/tmp"}, user=NOBODY,
                                  group=NOBODY, extra_groups=[], capture_output=True, text=True, timeout=180, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            text = done.stdout
        else:
            text = self.place.run("list", "plugins", "--plugins", self.folder).out
        self.assertRegex(text, r"(?s)not used +\S*shut\.so\n +refused at gate file \[BH0201\]: [^\n]*denied")
        self.assertRegex(text, r"org\.benchhost\.cpu_stream [^\n]*good\.so")

    def can_be_run_by_others(self, program):
        try:
            done = subprocess.run([program, "--version"], cwd="/", user=NOBODY, group=NOBODY, extra_groups=[],
                                  capture_output=True, check=False)
        except PermissionError:
            return False
        return done.returncode == 0

    def test_a_link_out_of_the_folder_is_followed_only_to_where_nobody_else_can_exchange_it(self):
        self.place.write("benchhost.yaml", "")
        plugins = self.place.work / "plugins"
        plugins.mkdir()
        own, shared = self.place.root / "own", self.place.root / "shared"
        self.drop("one.so", own)
        self.drop("two.so", shared)
        shared.chmod(0o1777)
        (plugins / "own.so").symlink_to(own / "one.so")
        (plugins / "shared.so").symlink_to(shared / "two.so")
        found = self.listed()
        self.assertTrue(found["own.so"]["usable"])
        self.assertEqual((found["shared.so"]["refusal"]["gate"], found["shared.so"]["refusal"]["code"]), ("trust", "BH0212"))
        self.assertIn(str(shared), found["shared.so"]["refusal"]["message"])
        # Named on the command line it is the user's own word; then the two are twins, and the first is used.
        found = self.listed("--plugins", plugins)
        self.assertEqual(found["shared.so"]["refusal"]["gate"], "identity")

    def test_a_project_in_a_folder_that_everybody_writes_to_is_none(self):
        shared = self.place.root / "shared"
        inside = shared / "mine"
        inside.mkdir(parents=True)
        self.drop("evil.so", shared / "plugins")
        (shared / "benchhost.yaml").write_text("")
        shared.chmod(0o1777)
        self.assertEqual(self.listed(cwd=inside), {})
        text = self.place.run("list", "plugins", cwd=inside).out
        self.assertRegex(text, rf"folder {shared}/benchhost\.yaml \(project\) is not searched: of its folder: everybody")
        # Nor is its database.
        del self.place.env["BENCHHOST_DB"]
        self.place.run("run", COPY, "--plugins", PLUGINS, "--param", "bytes=16KiB", *TINY, cwd=inside)
        self.assertFalse((shared / "benchhost.db").exists())
        shared.chmod(0o755)
        self.assertTrue(self.listed(cwd=inside)["evil.so"]["usable"])

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_what_belongs_to_another_user_is_not_run_by_itself(self):
        self.place.write("benchhost.yaml", "")
        plugin = self.drop("foreign.so", self.place.work / "plugins")
        os.chown(plugin, NOBODY, NOBODY)
        self.assertEqual(self.listed()["foreign.so"]["refusal"]["gate"], "trust")
        os.chown(plugin, 0, 0)
        os.chown(self.place.work / "benchhost.yaml", NOBODY, NOBODY)
        self.assertRegex(self.place.run("list", "plugins").out, r"benchhost\.yaml \(project\) is not searched: it belongs to another")

    def test_a_plugin_that_is_rewritten_while_it_is_listed_over_and_over_never_hurts(self):
        target = self.drop("changing.so")
        contents = [(PLUGINS / name).read_bytes() for name in ("cpu_stream.so", "null.so")]
        contents.append(contents[0][: len(contents[0]) // 2])
        for i in range(12):
            going = self.place.start("list", "plugins", "--plugins", self.folder, "--format", "json")
            # In place, so that the same file has other bytes under the reader.
            with open(target, "r+b") as file:
                file.write(contents[i % 3])
                file.truncate()
            self.assert_code(going.wait(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
