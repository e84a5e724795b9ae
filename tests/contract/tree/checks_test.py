#!/usr/bin/env python3
"""The checks of the tree find what was planted for them, and leave its correct twin alone."""
import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(HERE), str(ROOT / "scripts")]
sys.dont_write_bytecode = True

import check_layers
import error_codes
import interface
import registered
import words


def load_tidy():
    """scripts/tidy has no suffix, so it is loaded by name."""
    loader = importlib.machinery.SourceFileLoader("tidy", str(ROOT / "scripts" / "tidy"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
    loader.exec_module(module)
    return module


class Layers(unittest.TestCase):
    def findings(self, path, text, apis=None, folders=()):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for other in folders:
                (root / other).mkdir(parents=True)
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
            found = []
            check_layers.check_file(root, root / path, lambda where, number, rule: found.append((number, rule)), apis)
            return found

    def test_a_module_may_not_include_one_below_it(self):
        self.assertEqual(self.findings("host/suite/a.cpp", '#include "discover/catalogue.h"\n'), [])
        self.assertEqual(self.findings("host/discover/a.cpp", '\n#include "suite/expand.h"\n'),
                         [(2, "discover may not include suite")])

    def test_wings_do_not_see_each_other(self):
        self.assertTrue(self.findings("host/store/a.cpp", '#include "worker/main/job.h"\n'))
        self.assertTrue(self.findings("host/worker/main/a.cpp", '#include "store/records.h"\n'))
        self.assertTrue(self.findings("host/common/base/a.cpp", '#include "store/records.h"\n'))
        self.assertTrue(self.findings("host/common/stats/a.cpp", '#include "common/platform/clock.h"\n'))

    def test_the_host_wing_does_not_see_the_sdk_and_the_worker_does(self):
        self.assertTrue(self.findings("host/suite/a.cpp", "#include <benchhost/plugin.h>\n"))
        self.assertEqual(self.findings("host/worker/loader/a.cpp", "#include <benchhost/plugin.h>\n"), [])

    def test_how_an_include_is_written_makes_no_difference(self):
        for text in ('#include <worker/main/job.h>\n', '#include "../worker/main/job.h"\n', '#include <../worker/main/job.h>\n',
                     '#include "../store/../worker/main/job.h"\n',
                     '#include "worker/../worker/main/job.h"\n', '# include\t"../../host/worker/main/job.h"\n',
                     '#include "host/worker/main/job.h"\n', '#include "../../sdk/include/benchhost/plugin.h"\n',
                     '#include "../../backends/cpu/module.h"\n'):
            self.assertEqual(len(self.findings("host/store/a.cpp", text)), 1, text)
        for text in ('#include "records.h"\n', '#include "../common/base/json.h"\n', "#include <common/base/json.h>\n",
                     '#include "./records.h"\n', "#include <vector>\n", "#include <sys/stat.h>\n"):
            self.assertEqual(self.findings("host/store/a.cpp", text), [], text)

    def test_plugins_and_backends_include_the_sdk_and_themselves(self):
        folders = ("plugins/one", "plugins/two", "plugins/common", "plugins/sys", "backends/cpu", "backends/native", "backends/gpu")
        for path, text in (("plugins/one/a.cpp", '#include "two/a.h"'), ("plugins/one/a.cpp", '#include "../two/a.h"'),
                           ("plugins/one/a.cpp", '#include "../../backends/cpu/a.h"'), ("plugins/one/a.cpp", '#include <cli/site.h>'),
                           ("plugins/one/a.cpp", '#include "../../host/cli/site.h"'), ("backends/gpu/a.cpp", '#include "cpu/a.h"'),
                           ("plugins/one/a.cpp", '#include "sys/a.h"'), ("plugins/common/a.cpp", '#include "one/a.h"'), ("backends/gpu/a.cpp", '#include "../../plugins/common/a.h"'),
                           ("plugins/one/a.cpp", '#include "../../backends/native/a.h"'), ("sdk/include/a.h", '#include "common/base/json.h"')):
            self.assertEqual(len(self.findings(path, text + "\n", folders=folders)), 1, text)
        for path, text in (("plugins/one/a.cpp", '#include "a.h"'), ("plugins/one/a.cpp", "#include <benchhost/cpp/plugin.hpp>"),
                           ("plugins/one/a.cpp", '#include "common/a.h"'), ("plugins/one/a.cpp", '#include <sys/stat.h>'),
                           ("plugins/one/deep/a.cpp", '#include "../b.h"'), ("backends/gpu/a.cpp", '#include "gpu/a.h"'),
                           ("backends/gpu/a.cpp", '#include "native/a.h"'), ("backends/gpu/a.cpp", '#include "../native/a.h"')):
            self.assertEqual(self.findings(path, text + "\n", folders=folders), [], text)

    def test_a_backend_has_one_vendor_api_and_plugins_and_the_sdk_have_no_library(self):
        apis = {}
        self.assertEqual(self.findings("backends/gpu/a.cpp", "#include <CL/cl.h>\n#include <CL/cl_ext.h>\n", apis), [])
        self.assertEqual(self.findings("backends/cpu/a.cpp", "#include <hwloc.h>\n", apis), [])
        self.assertEqual(self.findings("backends/gpu/b.cpp", "#include <CL/cl.h>\n", apis), [])
        self.assertEqual(len(self.findings("backends/gpu/b.cpp", "#include <cuda.h>\n", apis)), 1)
        for path in ("plugins/one/a.cpp", "sdk/include/a.h", "backends/gpu/c.cpp"):
            for header in ("sqlite3.h", "boost/json.hpp", "yaml-cpp/yaml.h"):
                self.assertEqual(len(self.findings(path, f"#include <{header}>\n", {})), 1, (path, header))
        self.assertEqual(len(self.findings("plugins/one/a.cpp", "#include <hwloc.h>\n", {})), 1)
        self.assertEqual(len(self.findings("host/cli/a.cpp", "#include <CL/cl.h>\n", {})), 1)

    def test_libraries_stay_with_their_module_and_only_cli_prints(self):
        self.assertTrue(self.findings("host/cli/a.cpp", "#include <sqlite3.h>\n"))
        self.assertEqual(self.findings("host/store/a.cpp", "#include <sqlite3.h>\n"), [])
        self.assertTrue(self.findings("host/store/a.cpp", "  std::cerr << 1;\n"))
        self.assertEqual(self.findings("host/cli/a.cpp", "  std::cerr << 1;\n"), [])


class Interface(unittest.TestCase):
    TABLE = '{"BENCHHOST_DB LANG", "Says."},\n{"NO_COLOR", "None."},'
    SOURCES = [("a.cpp", 'x.environment.get("BENCHHOST_DB"); std::getenv("NO_COLOR");'),
               ("b.cpp", 'for (const char* name : {"LANG"}) use(environment(name));  // "BENCHHOST_OLD"')]

    def test_variables_that_are_read_and_those_of_the_table_are_the_same(self):
        check = lambda table=self.TABLE, more=(), documents=(): interface.check_variables(table, self.SOURCES + list(more), documents)
        self.assertEqual(check(documents=[("README.md", "BENCHHOST_DB")]), [])
        self.assertEqual(len(check(more=[("c.cpp", 'const char* kName = "BENCHHOST_NEW";')])), 1)
        self.assertEqual(len(check(more=[("c.cpp", 'getenv("CI_NEW")')])), 1)
        self.assertEqual(len(check(more=[("c.cpp", 'first_set(place, {"BENCHHOST_DB", "OTHER"})')])), 1)
        self.assertEqual(len(check(table=self.TABLE + '{"BENCHHOST_GONE", "Was."},')), 1)
        self.assertEqual(len(check(documents=[("README.md", "`BENCHHOST_GONE`")])), 1)
        self.assertTrue(check(table=""))

    def test_flags_that_are_read_and_those_of_tables_are_the_same(self):
        table = 'options = {{"dry-run", "", "Show only."}, {"mode", "fast|slow", "how."}, {"db",\n "FILE", "Where."}};'
        reads = 'args.has("dry-run"); context.args.value("mode"); other("db");'
        check = lambda *texts: interface.check_flags([("a.cpp", text) for text in texts])
        self.assertEqual(check(table, reads), [])
        self.assertEqual(len(check(table, reads, 'args.values("lost")')), 1)
        self.assertEqual(len(check(table, reads, '{"unread", "N", "Nobody asks."}')), 1)
        self.assertEqual(len(check(table, reads.replace('other("db")', '// "db"'))), 1)
        self.assertTrue(check(""))


class Quickstart(unittest.TestCase):
    """What scripts/quickstart gives to `benchhost run`, with the installation, the build and the program replaced."""

    def run_with(self, *arguments, database=None):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            for name, text in (("scripts/bootstrap", ""), ("scripts/build", ""),
                               ("build/release/bin/benchhost", 'printf "[%s]" "$@"; echo')):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
                (root / name).chmod(0o755)
            (root / "scripts/quickstart").write_bytes((ROOT / "scripts/quickstart").read_bytes())
            environment = {k: v for k, v in os.environ.items() if k != "BENCHHOST_DB"}
            if database:
                environment["BENCHHOST_DB"] = database
            done = subprocess.run(["bash", root / "scripts/quickstart", *arguments], env=environment, capture_output=True,
                                  text=True, check=True)
            lines = done.stdout.replace(str(root), "ROOT").splitlines()
            return lines[0], lines[2].removeprefix("database: ")

    def test_what_is_given_takes_the_place_of_the_defaults(self):
        own = "ROOT/build/results.db"
        for arguments, wanted, database in (
                ((), f"[run][--suite][quick.yaml][--db][{own}]", own),
                (("--precision", "1%"), f"[run][--precision][1%][--suite][quick.yaml][--db][{own}]", own),
                (("--db", "my results.db"), "[run][--db][my results.db][--suite][quick.yaml]", "my results.db"),
                (("--db=x.db", "--suite", "n.yaml"), "[run][--db=x.db][--suite][n.yaml]", "x.db"),
                (("--suite=n.yaml",), f"[run][--suite=n.yaml][--db][{own}]", own),
                (("--resume",), f"[run][--resume][--db][{own}]", own),
                (("org.benchhost.null.empty",), f"[run][org.benchhost.null.empty][--db][{own}]", own)):
            self.assertEqual(self.run_with(*arguments), (wanted, database), arguments)
        self.assertEqual(self.run_with(database="/d.db"), ("[run][--suite][quick.yaml][--db][/d.db]", "/d.db"))


class ErrorCodes(unittest.TestCase):
    TABLE = '    {"BH0001", "one", "One."},\n    {"BH0002", "two", "Two."},\n'

    def test_rows_and_uses_agree(self):
        self.assertEqual(error_codes.check(self.TABLE, [("a.cpp", '"BH0001" "BH0002"')], []), [])

    def test_a_code_without_a_row_is_found_with_its_line(self):
        found = error_codes.check(self.TABLE, [("a.cpp", '"BH0001"\n"BH0002"\n"BH0003"')], [])
        self.assertEqual(len(found), 1)
        self.assertIn("a.cpp:3: BH0003", found[0])

    def test_a_row_that_nobody_uses_is_found_unless_a_document_names_it(self):
        self.assertEqual(len(error_codes.check(self.TABLE, [("a.cpp", '"BH0001"')], [])), 1)
        self.assertEqual(error_codes.check(self.TABLE, [("a.cpp", '"BH0001"')], ["`two`: BH0002"]), [])

    def test_no_rows_at_all_are_a_problem(self):
        self.assertTrue(error_codes.check("", [], []))


class Words(unittest.TestCase):
    def test_planted_words_are_found(self):
        for text in ("// TO" "DO: later", "FIX" "ME", "see /ro" "ot/x", "/ho" "me/ann/x", "C:\\Us" "ers\\ann",
                     "a place" "holder", "enough for" " now", "https://registry.npm" "js.org/a"):
            self.assertEqual(len(words.check_words("f", "fine\n" + text)), 1, text)

    def test_their_twins_are_not(self):
        for text in ("TODOS", "/usr/lib", "~/root/x", "${ROOT}/root/x", "https://example.org/root/", "/home/u/.cache",
                     "before nowhere", "org.example.placeholder_00"):
            self.assertEqual(words.check_words("f", text), [], text)

    def test_links_must_resolve_to_files_and_headings(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            text = "# A `b` c\n[x](#a-b-c) [y](d/e.md) [z](https://example.org)\n```\n[not](a.link)\n```\n"
            (root / "d").mkdir()
            (root / "d/e.md").write_text("# E\n", encoding="utf-8")
            (root / "a.md").write_text(text, encoding="utf-8")
            self.assertEqual(words.check_links(root, pathlib.Path("a.md"), text), [])
            bad = "[x](#none) [y](d/f.md) [z](d/e.md#none) [w](d/e.md#e)"
            self.assertEqual(len(words.check_links(root, pathlib.Path("a.md"), bad)), 3)


class Registered(unittest.TestCase):
    LISTS = {pathlib.Path("."): "add_subdirectory(tests)", pathlib.Path("tests"): "add_subdirectory(unit/a)",
             pathlib.Path("tests/unit/a"): "set(animals cat)\nbh_unit_test(a SOURCES a_test.cpp)\nrun.py"}

    def test_sources_are_named_or_looped_over(self):
        def found(*paths):
            scripts = {pathlib.Path("tests/unit/a/run.py"): "compile('c.c')"}
            return registered.check_sources(self.LISTS, scripts, [pathlib.Path(path) for path in paths])

        self.assertEqual(found("tests/unit/a/a_test.cpp", "tests/unit/a/cat.cpp", "tests/unit/a/c.c"), [])
        self.assertEqual(len(found("tests/unit/a/b_test.cpp", "tests/unit/a/xa_test.cpp", "tests/unit/a/dog.c")), 3)

    def test_folders_are_added_by_one_above(self):
        self.assertEqual(registered.check_folders(self.LISTS), [])
        self.assertEqual(len(registered.check_folders({**self.LISTS, pathlib.Path("tests/unit/b"): ""})), 1)

    def test_scripts_are_run_or_imported(self):
        folder = pathlib.Path("tests/unit/a")
        scripts = {folder / "run.py": "import shared\nfrom parts import (one,\n", folder / "shared.py": "", folder / "lost.py": "",
                   folder / "parts/one.py": "import lost\n", folder / "by_name.py": ""}
        arguments = {"python3", "/tree/tests/unit/a/by_name.py", "lost.py"}
        self.assertEqual(registered.check_scripts(self.LISTS, scripts, arguments), [f"{folder / 'lost.py'}: no test runs it"])

    def test_tests_have_one_label_that_begins_their_name_and_a_time_limit(self):
        def found(name, labels, timeout=60):
            properties = [{"name": "LABELS", "value": labels}, {"name": "TIMEOUT", "value": timeout}]
            return registered.check_tests([{"name": name, "properties": properties}], {"unit", "contract"})

        self.assertEqual(found("unit.a", ["unit"]), [])
        for bad in (("unit.a", ["quick"]), ("unit.a", []), ("unit.a", ["unit", "contract"]), ("unit.a", ["contract"]),
                    ("unit.a", ["unit"], 0), ("unit.a", ["unit"], 9999)):
            self.assertEqual(len(found(*bad)), 1, bad)


class TidyCache(unittest.TestCase):
    def setUp(self):
        self.tidy = load_tidy()
        self.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.folder.name).resolve() / "tree"
        self.tidy.ROOT = root
        (root / "host").mkdir(parents=True)
        (root / ".clang-tidy").write_text("Checks: -*\n", encoding="utf-8")
        (root / "host/a.cpp").write_text('#include "b.h"\n#include <vector>\n', encoding="utf-8")
        (root / "host/b.h").write_text('#include "c.h"\n', encoding="utf-8")
        (root / "host/c.h").write_text("int c();\n", encoding="utf-8")
        (root / "host/d.h").write_text("int d();\n", encoding="utf-8")
        self.root = root

    def tearDown(self):
        self.folder.cleanup()

    def key(self, flags="-DA -O1", version="14.0.6"):
        unit = self.tidy.Unit({"directory": str(self.root), "file": "host/a.cpp",
                               "command": f"ccache c++ {flags} -I{self.root}/host -o a.o -c host/a.cpp"})
        return self.tidy.key_of(unit, self.tidy.Headers(self.root / "build"), version)

    def test_a_key_changes_with_what_the_answer_depends_on_and_with_nothing_else(self):
        key = self.key()
        (self.root / "host/d.h").write_text("int other();\n", encoding="utf-8")
        self.assertEqual(self.key(), key)
        self.assertNotEqual(self.key(version="15.0.0"), key)
        self.assertNotEqual(self.key(flags="-DB -O1"), key)
        for name in ("host/c.h", ".clang-tidy", "host/a.cpp"):
            before = self.key()
            with (self.root / name).open("a", encoding="utf-8") as file:
                file.write("// more\n")
            self.assertNotEqual(self.key(), before, name)

    def test_the_cache_remembers_clean_keys_alone_and_drops_old_ones(self):
        os.environ["XDG_CACHE_HOME"] = str(self.root / "cache")
        cache = self.tidy.Cache(True)
        self.assertFalse(cache.has("k"))
        cache.add("k")
        cache.add("old")
        os.utime(cache.folder / "old", (0, 0))
        cache.drop_old()
        self.assertTrue(cache.has("k"))
        self.assertFalse(cache.has("old"))
        self.assertFalse(self.tidy.Cache(False).has("k"))

    def test_findings_end_with_1_and_come_again(self):
        if self.tidy.find_tool()[0] is None:
            self.skipTest("no clang-tidy 14")
        scripts = self.root / "scripts"
        scripts.mkdir()
        (scripts / "tidy").write_bytes((ROOT / "scripts/tidy").read_bytes())
        (self.root / ".clang-tidy").write_text("Checks: '-*,bugprone-branch-clone'\nWarningsAsErrors: '*'\n", encoding="utf-8")
        (self.root / "host/a.cpp").write_text("int a(bool b) {\n  if (b) return 1;\n  else return 1;\n}\n", encoding="utf-8")
        entry = f'[{{"directory": "{self.root}", "file": "host/a.cpp", "command": "c++ -c host/a.cpp"}}]'
        (self.root / "compile_commands.json").write_text(entry, encoding="utf-8")
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.root / "cache")}

        def run():
            return subprocess.run([sys.executable, scripts / "tidy", "--build", self.root], env=environment,
                                  capture_output=True, text=True, check=False)

        for _ in range(2):
            result = run()
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("host/a.cpp:2:3", result.stdout)
        (self.root / "host/a.cpp").write_text("int a(bool b) { return b ? 1 : 2; }\n", encoding="utf-8")
        self.assertIn("1 units, 1 checked", run().stdout)
        self.assertIn("1 units, 0 checked", run().stdout)


if __name__ == "__main__":
    unittest.main()
