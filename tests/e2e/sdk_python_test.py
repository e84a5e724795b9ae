"""The SDK's Python file: it reads notes and descriptors as benchhost does, from any file, and survives what is in it."""

import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import BINARY, PLUGINS, SOURCE, ZOO, Place

FILE = SOURCE / "sdk" / "python" / "benchhost_sdk.py"
spec = importlib.util.spec_from_file_location("benchhost_sdk", FILE)
sdk = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sdk)

CXX = os.environ.get("BENCHHOST_E2E_CXX", "c++")
ENTRY = """
#include <benchhost/note.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
BH_NOTE(BH_NOTE_CONTENT("org.example.entry", "1", "Example Ltd", "MIT", ""));
BH_EXPORT bh_status_t BH_CALL bh_plugin_entry(const bh_offer_t*, bh_answer_t* answer) {
  answer->note = bh_note.text;
  BODY
}
"""

# A loaded machine may take its time; the child that hangs on purpose gets a deadline of its own.
PATIENCE_S = 120


class SameAsBenchhost(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="benchhost-sdk-python-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.files = {}
        # Beside the shipped ones, those with everything a descriptor can have: roles, labels, lists, enumerate.
        clients = BINARY.parent.parent / "tests" / "contract" / "sdk" / "clients" / "plugins"
        for file in sorted(PLUGINS.glob("*.so")) + sorted(clients.glob("*.so")):
            cls.files[file.name] = Path(shutil.copy(file, cls.folder))
        cls.place = Place(plugins=None, backends=None)
        cls.addClassCleanup(cls.place.remove)

    def listed(self, what):
        ended = self.place.run("list", what, "--plugins", self.folder, "--format", "json")
        self.assertEqual(ended.code, 0, str(ended))
        return ended.json()[what]

    def test_every_descriptor_reads_as_the_host_reads_it(self):
        theirs = {}
        for benchmark in self.listed("benchmarks"):
            theirs.setdefault(benchmark.pop("plugin"), []).append(benchmark)
        usable = {p["id"]: p for p in self.listed("plugins") if p["usable"]}
        self.assertGreaterEqual(len(usable), 3)
        for plugin in usable.values():
            with self.subTest(plugin=plugin["id"]):
                mine = sdk.describe(plugin["file"], PATIENCE_S)
                self.assertEqual(mine["benchmarks"], theirs[plugin["id"]])
                self.assertEqual((mine["id"], mine["version"]), (plugin["id"], plugin["version"]))
                self.assertEqual(len(mine["benchmarks"]), plugin["benchmarks"])

    def test_the_program_prints_what_the_functions_answer(self):
        file = PLUGINS / "cpu_stream.so"
        for command, expected in (("note", sdk.read_note(file)), ("describe", sdk.describe(file, PATIENCE_S))):
            ended = subprocess.run([sys.executable, FILE, command, file], capture_output=True, check=True, timeout=PATIENCE_S)
            self.assertEqual(json.loads(ended.stdout), expected)
        ended = subprocess.run([sys.executable, FILE, "note", FILE], capture_output=True, check=False, timeout=PATIENCE_S)
        self.assertEqual((ended.returncode, ended.stdout), (1, b""))
        self.assertIn(b"it is no ELF file", ended.stderr)


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="benchhost-sdk-python-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def refused(self, path, timeout=PATIENCE_S):
        with self.assertRaises(sdk.Refused) as caught:
            sdk.describe(path, timeout)
        return str(caught.exception)

    def built(self, body):
        """A plugin whose entry does this."""
        source, file = self.folder / "entry.cpp", self.folder / "entry.so"
        source.write_text(ENTRY.replace("BODY", body))
        command = [CXX, "-std=c++17", "-shared", "-fPIC", f"-I{SOURCE}/sdk/include", source, "-o", file]
        subprocess.run(list(map(str, command)), check=True, timeout=PATIENCE_S)
        return file

    def test_an_entry_that_ends_or_holds_its_process_is_refused_with_what_it_did(self):
        self.assertEqual(self.refused(self.built("std::abort();")), "it ended its process by SIGABRT")
        # A signal without a name.
        number = signal.SIGRTMIN + 5
        self.assertEqual(self.refused(self.built(f"kill(getpid(), {int(number)});")), f"it ended its process by signal {int(number)}")
        self.assertIn("ended with 7 and without an answer", self.refused(self.built("std::_Exit(7);")))
        self.assertEqual(self.refused(self.built("for (;;) ::pause();"), 1), "it did not answer within 1 s")

    def test_an_entry_that_answers_what_it_must_not_is_refused(self):
        self.assertIn("version 0x70000", self.refused(ZOO / "wrong_abi.so"))
        self.assertEqual(self.refused(self.built('answer->reason = "not today"; return BH_E_FAILED;')),
                         "its entry answers -1: not today")
        self.assertIn("and no plugin", self.refused(self.built("answer->abi = BH_ABI_VERSION; return BH_OK;")))
        self.assertIn("another note", self.refused(self.built(
            'static bh_plugin_t p{}; p.struct_size = sizeof p; answer->abi = BH_ABI_VERSION; answer->plugin = &p; '
            'answer->note = "BHNOTE1\\nid=a.b\\nversion=1\\nvendor=x\\nlicence=MIT\\nabi=0.1-0.1\\nos=linux\\narch=x86_64\\n'
            'isa=base\\n"; return BH_OK;')))

    def test_what_an_entry_prints_is_not_taken_for_its_answer(self):
        said = self.refused(self.built('std::puts("{}"); std::fflush(stdout); answer->reason = "quiet"; return BH_E_FAILED;'))
        self.assertEqual(said, "its entry answers -1: quiet")

    def test_files_that_are_no_plugins_are_refused(self):
        self.assertEqual(self.refused(self.folder / "none.so"), "there is no such file")
        self.assertEqual(self.refused(self.folder), "it is no regular file")
        for content in (b"", b"\x7fELF", b"#!/bin/sh\n", bytes(4096)):
            (self.folder / "x.so").write_bytes(content)
            self.assertEqual(self.refused(self.folder / "x.so"), "it is no ELF file")

    def test_a_damaged_file_is_read_or_refused_and_never_more(self):
        data = (PLUGINS / "null.so").read_bytes()
        dice = random.Random(3)
        file = self.folder / "x.so"
        answers = {"read": 0, "refused": 0}
        for turn in range(300):
            damaged = bytearray(data[: dice.randrange(1, len(data))] if turn % 3 == 0 else data)
            for _ in range(turn % 7):
                # The heads and the note are where damage matters.
                damaged[dice.randrange(min(len(damaged), 4096))] = dice.randrange(256)
            file.write_bytes(damaged)
            try:
                sdk.read_note(file)
                answers["read"] += 1
            except sdk.Refused:
                answers["refused"] += 1
        self.assertGreater(answers["read"], 20)
        self.assertGreater(answers["refused"], 20)

    def test_a_note_with_a_bad_line_is_refused(self):
        good = b"BHNOTE1\nid=a.b\nversion=1\nvendor=x\nlicence=MIT\nabi=0.1-0.1\nos=linux\narch=x86_64\nisa=base\n"
        self.assertEqual(sdk.note_lines(good + b"\0")["id"], "a.b")
        for bad in (b"", b"\0", good, good[:-1] + b"\0", good.replace(b"BHNOTE1", b"BHNOTE2") + b"\0", good + b"id=c\n\0",
                    good + b"Key=1\n\0", good + b"key\n\0", good + b"key=\x01\n\0", good + b"key=\xff\n\0",
                    good.replace(b"isa=base\n", b"") + b"\0", good + b"long=" + b"x" * 4096 + b"\n\0"):
            with self.subTest(note=bad[-40:]), self.assertRaises(sdk.Refused):
                sdk.note_lines(bad)


class Layout(unittest.TestCase):
    def setUp(self):
        self.text = (SOURCE / "sdk" / "layout" / "layout.tsv").read_text()

    def test_the_structures_have_the_layout_of_the_file(self):
        read = sdk.read_layout(self.text)
        # Two that the C headers pin themselves.
        self.assertEqual(sdk.ctypes.sizeof(read.bh_value), 48)
        self.assertEqual(read.bh_answer.reason.offset, 24)
        self.assertEqual(read.BH_NOTE_MAGIC, "BHNOTE1\n")

    def test_a_layout_that_ctypes_would_not_make_is_refused(self):
        for old, new in (("struct\tbh_batch\t\t\t24\t", "struct\tbh_batch\t\t\t32\t"),
                         ("member\tbh_batch\tn\t8\t8", "member\tbh_batch\tn\t16\t8"),
                         ("member\tbh_batch\tn\t8\t8\t\tuint64_t", "member\tbh_batch\tn\t8\t8\t\tuint32_t"),
                         ("member\tbh_prepare\tseed\t32\t8\t\tuint64_t\n", "")):
            self.assertIn(old, self.text)
            with self.subTest(change=new), self.assertRaises(AssertionError):
                sdk.read_layout(self.text.replace(old, new))


if __name__ == "__main__":
    if "BENCHHOST_E2E_SANITIZED" in os.environ:
        print("Python has no sanitizer's runtime for plugins that need it")
        sys.exit(77)
    unittest.main(verbosity=2)
