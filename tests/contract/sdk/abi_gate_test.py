#!/usr/bin/env python3
"""The gate of the ABI: how a version moves, and that it fails where there is nothing to compare.

usage: abi_gate_test.py SDK_DIR CC
"""
import os
import pathlib
import re
import shutil
import stat
import sys
import tempfile
import unittest

import abi_sdk

SDK, CC = pathlib.Path(sys.argv[1]), sys.argv[2]
APPEND = ("metrics.h", r"(?=\} bh_metric_t)", "  double appended;\n")


class GateTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.sdk = abi_sdk.Copy(SDK, self.folder / "sdk", CC).without_assertions()

    def change(self, header, pattern, replacement):
        self.sdk.replace(self.sdk.header(header), pattern, replacement)

    def passes(self, *arguments, **more):
        status, output = self.sdk.gate(*arguments, **more)
        self.assertEqual(status, 0, output)
        return output

    def fails(self, said, *arguments, **more):
        status, output = self.sdk.gate(*arguments, **more)
        self.assertEqual(status, 1, output)
        self.assertIn(said, output)
        return output


class Versions(GateTest):
    def test_the_tree_is_on_record(self):
        self.passes("tables")
        self.passes("abidiff")

    def test_a_draft_changes_only_with_an_entry_in_the_changelog(self):
        self.sdk.publish(0, 8)
        self.sdk.say_version(0, 9)
        self.sdk.write_history("ABI 0.9, backend ABI 0.9", self.passes("accept"))
        self.passes("tables")
        self.change(*APPEND)
        self.fails("the headers say otherwise", "tables")
        self.fails("abidiff: the interface differs", "abidiff")
        said = self.passes("accept")
        self.assertIn("`plugin 0.9 = ", said)
        self.assertNotIn("`backend 0.9 = ", said)  # nothing of its changed
        self.fails("CHANGELOG.md: the section of plugin ABI 0.9", "tables")
        # Another version's section will not do, nor a word that is near.
        self.sdk.write_history("ABI 0.90, backend ABI 0.90", said)
        self.fails("CHANGELOG.md: the section of plugin ABI 0.9", "tables")
        self.sdk.write_history("ABI 0.9 once more", said)
        self.passes("tables")
        self.passes("abidiff")

    def test_a_published_version_changes_only_with_its_number_also_before_1_0(self):
        self.sdk.publish(0, 9)
        self.passes("tables")
        self.change(*APPEND)
        record = self.sdk.layout("versions.tsv").read_text()
        self.fails("plugin ABI 0.9 is published and does not change: raise BH_ABI_MINOR", "accept")
        self.assertEqual(self.sdk.layout("versions.tsv").read_text(), record)
        self.sdk.say_version(0, 10)
        self.sdk.write_history("ABI 0.10, backend ABI 0.10", self.passes("accept"))
        self.passes("tables")
        self.assertIn("plugin\t0.9\tpublished", self.sdk.layout("versions.tsv").read_text())

    def test_before_1_0_a_new_minor_may_break_the_old_one(self):
        self.sdk.publish(0, 9)
        self.change("host.h", r"  int32_t\(BH_CALL \*team_cpu\)[^\n]*\n", "")
        self.sdk.say_version(0, 10)
        self.passes("accept")

    def test_from_1_0_on_a_new_minor_appends_and_is_on_record_with_its_history(self):
        self.sdk.publish(1, 0)
        self.change(*APPEND)
        self.change("host.h", r"(?=\n\};\n\n/\* fail with)", "\n  void(BH_CALL *appended)(const bh_host_t *host);\n")
        self.change("host.h", r"#define BH_PIN_SIBLINGS 3u", "#define BH_PIN_LAST 4u\n#define BH_PIN_SIBLINGS 3u")
        self.change("roles.h", r"(?=typedef struct bh_role \{)", "typedef struct bh_new {\n  uint32_t struct_size;\n} bh_new_t;\n\n")
        self.fails("raise BH_ABI_MINOR in base.h", "accept")
        self.sdk.say_version(1, 1)
        said = self.passes("accept")
        self.fails("does not name the change", "tables")
        self.sdk.write_history("ABI 1.1, backend ABI 1.1", said)
        self.passes("tables")
        self.passes("abidiff")
        row = re.search(r"^struct\tbh_metric\t\t\t(\d+)\t(\d+)", self.sdk.layout("layout.tsv").read_text(), re.M)
        self.assertEqual(int(row[1]), int(row[2]) + 8)  # the first size stays

    def test_from_1_0_on_a_break_is_refused_and_a_forced_one_is_found(self):
        self.sdk.publish(1, 0)
        self.change("host.h", r"  int32_t\(BH_CALL \*team_cpu\)[^\n]*\n", "")
        self.sdk.say_version(1, 1)
        self.fails("plugin ABI 1.0 is broken: bh_host.team_cpu is gone", "accept")
        # Whoever takes the table of 1.0 away, or rewrites it, is found as well.
        shutil.rmtree(self.sdk.layout("published"))
        self.fails("its table cannot be read", "accept")

    def test_a_table_of_a_published_version_is_not_edited(self):
        self.sdk.publish(1, 0)
        self.sdk.replace(self.sdk.layout("published/plugin-1.0.tsv"), r"^member\tbh_host\tteam_cpu\t.*\n", "")
        self.fails("is not the table that was published", "tables")

    def test_a_version_does_not_go_back(self):
        self.sdk.publish(0, 9)
        self.sdk.say_version(0, 8)
        self.fails("0.8 is older", "accept")
        self.fails("knows no plugin ABI 0.8", "tables")

    def test_a_backend_module_s_interface_has_a_version_of_its_own(self):
        self.sdk.publish(0, 9)
        self.change("backend.h", r"(\*score\)\()void", r"\1uint32_t reserved")
        said = self.fails("backend ABI 0.9 is published", "accept")
        self.assertNotIn("plugin ABI", said)


class FailsClosed(GateTest):
    def test_a_table_or_witness_that_is_missing_empty_or_incomplete_fails(self):
        whole = {name: self.sdk.layout(name).read_text() for name in ("layout.tsv", "versions.tsv", "witness.abi")}
        head = whole["layout.tsv"].split("\n")[0] + "\n"
        of_metric = re.compile(r"<class-decl name='bh_metric' .*?</class-decl>\n", re.S)
        some = re.compile(r"^ *<function-decl name='witness_bh_host__log'.*?</function-decl>\n", re.S | re.M)
        for name, contents in (("layout.tsv", (None, "", head, whole["layout.tsv"].replace("\t", " "))),
                               ("versions.tsv", (None, "", "side\tversion\tstate\trows\tdigest\n")),
                               ("witness.abi", (None, "", "<abi-corpus version='2.1'/>", of_metric.sub("", whole["witness.abi"]),
                                                some.sub("", whole["witness.abi"])))):
            for content in contents:
                with self.subTest(name=name, content=content and content[:40]):
                    self.assertNotEqual(content, whole[name])
                    self.sdk.layout(name).unlink()
                    if content is not None:
                        self.sdk.layout(name).write_text(content)
                    for what in ("tables", "abidiff"):
                        if what == "tables" or name != "versions.tsv":
                            status, output = self.sdk.gate(what)
                            self.assertEqual(status, 1, f"{what}: {output}")
                    self.sdk.layout(name).write_text(whole[name])
        self.passes("tables")

    def test_nothing_is_accepted_on_top_of_a_lost_table(self):
        for name in ("layout.tsv", "versions.tsv"):
            with self.subTest(name=name):
                whole = self.sdk.layout(name).read_text()
                self.sdk.layout(name).unlink()
                self.fails(name, "accept")
                self.assertFalse(self.sdk.layout(name).exists())
                self.sdk.layout(name).write_text(whole)
        self.passes("accept")

    def test_a_published_table_whose_version_is_off_the_record_fails(self):
        self.sdk.publish(1, 0)
        self.passes("tables")
        for said, changed in (("", r"^plugin\t1\.0\t.*\n"), ("draft", r"(?<=^plugin\t1\.0\t)published")):
            with self.subTest(said=said):
                whole = self.sdk.layout("versions.tsv").read_text()
                self.sdk.replace(self.sdk.layout("versions.tsv"), changed, said)
                for what in ("tables", "accept"):
                    self.fails("published/plugin-1.0.tsv: versions.tsv has no such published version", what)
                self.sdk.layout("versions.tsv").write_text(whole)

    def compiler(self, body):
        path = self.folder / "compiler"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_a_witness_without_debug_information_fails(self):
        # abidiff itself finds no difference here: it has nothing to compare.
        stripping = self.compiler(f'for word; do shift; [ "$word" = -g ] || set -- "$@" "$word"; done; exec "{CC}" "$@"')
        self.fails("the witness of the headers: has no struct bh_host", "abidiff", cc=stripping)

    def test_a_compiler_that_fails_or_says_nothing_fails(self):
        for body in ("exit 1", "exit 0"):
            for what in ("tables", "abidiff"):
                with self.subTest(body=body, what=what):
                    status, output = self.sdk.gate(what, cc=self.compiler(body))
                    self.assertEqual(status, 1, output)

    def test_an_abidiff_that_fails_fails(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for body in ("exit 1", "exit 2", "exit 3", "exit 5", "exit 127", "kill -9 $$"):
            with self.subTest(body=body):
                (tools / "abidiff").write_text(f"#!/bin/sh\n{body}\n")
                (tools / "abidiff").chmod(0o755)
                self.fails("nothing was compared", "abidiff", env={"PATH": f"{tools}:{os.environ['PATH']}"})

    def test_without_abidiff_it_is_skipped_with_the_package_and_in_ci_it_fails(self):
        nothing = {"PATH": str(self.folder)}
        status, output = self.sdk.gate("abidiff", env={**nothing, "CI": ""})
        self.assertEqual(status, 77, output)
        self.assertIn("abigail-tools", output)
        self.fails("abigail-tools", "abidiff", env={**nothing, "CI": "1"})
        self.fails("abigail-tools", "accept", env={**nothing, "CI": ""})

    def test_a_header_that_no_list_names_fails(self):
        self.sdk.header("forgotten.h").write_text("/* nothing */\n")
        self.fails("forgotten.h", "tables")

    def test_a_macro_whose_value_the_table_cannot_hold_fails(self):
        self.change("host.h", r"#define BH_PIN_SPREAD 2u", "#define BH_PIN_SPREAD (1u << 1)")
        self.fails("BH_PIN_SPREAD: '(1u << 1)'", "tables")

    def test_padding_is_never_accepted(self):
        self.change("host.h", r"(?=\} bh_recorder_request_t)", "  uint32_t tail;\n")
        self.fails("bytes of padding at the end", "accept")


if __name__ == "__main__":
    abi_sdk.skip_without_abidiff()
    unittest.main(argv=sys.argv[:1])
