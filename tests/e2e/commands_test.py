"""Every subcommand: its text, its JSON, its errors with the nearest name."""

import itertools
import json
import os
import re
import shlex
import shutil
import unittest

from support import BINARY, COPY, ECHO, PLUGINS, SUITES, TINY, TRIAD, ZOO, E2eTest, Place


class Stored(unittest.TestCase):
    """Commands over a database with one run of two cases."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        done = cls.place.run("run", COPY, "--param", "bytes=16KiB,64KiB", *TINY, "--label", "kind=first")
        assert done.code == 0, str(done)

    def text(self, *args, code=0):
        ended = self.place.run(*args)
        self.assertEqual(ended.code, code, str(ended))
        return ended.out

    def json(self, *args, code=0):
        ended = self.place.run(*args, "--format", "json")
        self.assertEqual(ended.code, code, str(ended))
        return ended.json()

    def test_list_plugins(self):
        self.assertIn("org.benchhost.cpu_stream 1.0.0", self.text("list", "plugins"))
        plugins = self.json("list", "plugins")["plugins"]
        stream = next(p for p in plugins if p["id"] == "org.benchhost.cpu_stream")
        self.assertTrue(stream["usable"])
        self.assertEqual(stream["benchmarks"], 8)
        self.assertTrue(stream["fingerprint"].startswith("sha256:"))
        self.assertIsNone(stream["refusal"])

    def test_list_benchmarks(self):
        text = self.text("list", "benchmarks")
        self.assertIn(COPY, text)
        benchmarks = {b["id"]: b for b in self.json("list", "benchmarks")["benchmarks"]}
        self.assertIn("org.benchhost.null.empty", benchmarks)
        self.assertEqual(benchmarks[COPY]["plugin"], "org.benchhost.cpu_stream")

    def test_list_devices_and_backends(self):
        self.assertIn("cpu:0", self.text("list", "devices"))
        self.assertIn("cache.line.bytes", self.text("list", "devices", "--facts"))
        devices = self.json("list", "devices")["devices"]
        self.assertIn("org.benchhost.cpu", [d["backend"] for d in devices])
        self.assertIn("org.benchhost.cpu", self.text("list", "backends"))
        self.assertTrue(all(b["usable"] for b in self.json("list", "backends")["backends"]))

    def test_list_suites(self):
        self.assertEqual(self.json("list", "suites")["suites"], [])
        text = self.place.run("list", "suites", env={"BENCHHOST_SUITE_PATH": SUITES})
        self.assertIn("quick", text.out)

    def test_list_runs_counts_cases_and_not_the_null_benchmark(self):
        self.assertIn("2 passed", self.text("list", "runs"))
        run = self.json("list", "runs")["runs"][-1]
        self.assertEqual((run["id"], run["state"], run["exit_code"]), (1, "finished", 0))
        self.assertEqual(run["counts"], {"passed": 2})

    def test_show(self):
        text = self.text("show", "1/0")
        for word in ("outcome", "passed", "repeat", "case key", "benchhost run org.benchhost.cpu_stream.copy"):
            self.assertIn(word, text)
        result = self.json("show", "1/0")
        self.assertEqual(result["outcome"], "passed")
        self.assertEqual(len(result["runs"]), 2)
        self.assertTrue(any(s["phase"] == "measure" for s in result["runs"][0]["segments"]))
        self.text("show", "1/0", "--log")
        by_title = self.json("show", f"1/{result['case']}")
        self.assertEqual(by_title["result"], result["result"])
        by_number = self.json("show", str(result["result"]))
        self.assertEqual(by_number["case"], result["case"])

    def test_report_by_number_latest_and_label(self):
        for reference in ("1", "latest", "kind=first"):
            self.assertIn("2 passed", self.text("report", reference))
        self.assertIn("| case |", self.text("report", "latest", "--as", "md"))
        self.assertEqual(self.json("report", "1")["counts"], {"passed": 2})

    def test_query(self):
        rows = self.json("query", "SELECT outcome, count(*) FROM results WHERE role = 'primary' GROUP BY 1")
        self.assertEqual(rows["columns"], ["outcome", "count(*)"])
        self.assertEqual(rows["rows"], [["passed", 2]])
        self.assertIn("passed", self.text("query", "SELECT outcome FROM result_view"))

    def test_query_refuses_all_but_reading(self):
        before = self.place.sql("SELECT count(*) FROM runs")
        for sql in (
            "ATTACH 'other.db' AS other",
            "PRAGMA user_version = 7",
            "PRAGMA journal_mode",
            "DELETE FROM runs",
            "UPDATE runs SET seed = '1'",
            "INSERT INTO run_labels VALUES (1, 'a', 'b')",
            "CREATE TABLE t(a)",
            "DROP TABLE runs",
            "VACUUM INTO 'copy.db'",
            "BEGIN",
            "SELECT load_extension('x')",
            "SELECT writefile('x', 'y')",
            "SELECT 1; DELETE FROM runs",
            "",
            "SELEC 1",
            "SELECT * FROM run",
        ):
            with self.subTest(sql=sql):
                answer = self.json("query", sql, code=2)
                self.assertEqual((answer["format"], answer["code"]), ("benchhost.error", "BH0410"))
        self.assertEqual(self.place.sql("SELECT count(*) FROM runs"), before)
        self.assertEqual(list(self.place.work.iterdir()), [])

    def test_a_query_that_would_never_end_is_ended(self):
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        self.assertEqual(self.json("query", endless, code=2)["code"], "BH0411")

    def test_an_answer_may_be_read_slowly(self):
        # More than a pipe holds, and a reader that pauses for longer than a query may compute (2 s, and 3 s to spare).
        rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900)"
        sql = f"{rows} SELECT i, '{'x' * 200}' AS z FROM n"
        ended = self.place.shell(f'"$BENCHHOST" query "{sql}" | (sleep 7; cat); exit 0')
        self.assertNotIn("took too long", ended.err)
        self.assertEqual(ended.out.count("x" * 200), 900)

    def test_rows_that_were_cut_off_are_said_beside_the_answer(self):
        rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) SELECT i{} FROM n"
        ended = self.place.run("query", rows.format(""))
        self.assertIn("at most 1000 rows", ended.err)
        self.assertNotIn("more", ended.out)
        self.assertTrue(self.json("query", rows.format(""))["truncated"])
        ended = self.place.run("query", rows.format(", '" + "y" * 90_000 + "'"))
        self.assertRegex(ended.err, r"the first \d{3} rows of more: an answer has at most 64 MB")

    def test_why_shows_each_gate_up_to_the_last_verdict(self):
        text = self.text("why", COPY, "--param", "bytes=16KiB")
        for gate in ("file", "note", "abi", "probe", "requirement", "verdict"):
            self.assertRegex(text, rf"ok +{gate}")
        gates = self.json("why", COPY, "--param", "bytes=16KiB")["gates"]
        self.assertTrue(all(g["open"] for g in gates))
        self.assertEqual(gates[-1]["gate"], "verdict")

    def test_why_names_the_requirement_that_is_not_met(self):
        gates = self.json("why", TRIAD, "--param", "threads=64", code=1)["gates"]
        shut = [g for g in gates if not g["open"]]
        self.assertEqual([g["gate"] for g in shut], ["requirement"])
        self.assertIn("cores", shut[0]["text"])

    def test_why_of_a_case_by_the_name_that_tables_print(self):
        for case in self.json("report", "latest")["results"]:
            with self.subTest(case=case["case"]):
                gates = self.json("why", case["case"])["gates"]
                self.assertEqual([g["gate"] for g in gates[-2:]], ["requirement", "verdict"])
                self.assertEqual(gates[-2]["text"], case["case"])

    def test_why_of_a_case_that_never_ran_is_taken_from_its_name(self):
        gates = self.json("why", "cpu_stream.copy{bytes=128 KiB}@cpu:0")["gates"]
        self.assertEqual((gates[-1]["gate"], gates[-1]["text"]), ("requirement", "cpu_stream.copy{bytes=128 KiB}@cpu:0"))
        gates = self.json("why", "cpu_stream.copy{threads=64}@cpu:0", code=1)["gates"]
        self.assertIn("cores", gates[-1]["text"])
        self.assertIn("bytse", self.place.run("why", "cpu_stream.copy{bytse=1}").err)
        self.assertIn("cpu:7", str(self.place.run("why", "cpu_stream.copy@cpu:7")))

    def test_why_of_a_name_whose_bracket_is_open_is_no_usage(self):
        ended = self.place.run("why", "cpu_stream.copy{bytes=16 KiB")
        self.assertEqual(ended.code, 2, str(ended))
        self.assertIn("does not close", ended.err)

    def test_why_of_a_case_takes_parameters_and_device_from_its_name(self):
        # The first is stored and swept; the second never ran; both are asked for as tables show them.
        for name, outcome in (
            ("cpu_stream.copy{bytes=64 KiB}@cpu:0", "run 1: passed"),
            ("cpu_stream.copy{bytes=128 KiB,type=fp32}@cpu:0", None),
            ("cpu_stream.copy{bytes=64 KiB}", "run 1: passed"),
        ):
            with self.subTest(name=name):
                gates = self.json("why", name)["gates"]
                self.assertTrue(all(g["open"] for g in gates), gates)
                (case,) = [g["text"] for g in gates if g["gate"] == "requirement"]
                self.assertIn(name.split("@")[0].split("{")[0], case)
                verdicts = [g["text"] for g in gates if g["gate"] == "verdict"]
                self.assertEqual(verdicts, [outcome] if outcome else [])
        gates = self.json("why", "cpu_stream.triad{threads=64}@cpu:0", code=1)["gates"]
        self.assertFalse(gates[-1]["open"])
        self.assertIn("threads", gates[-1]["text"])
        wrong = self.place.run("why", "cpu_stream.copy{byts=64 KiB}@cpu:0")
        self.assertEqual(wrong.code, 2, str(wrong))
        self.assertIn("did you mean 'bytes'?", wrong.err)

    def test_why_of_a_benchmark_in_a_refused_plugin_names_the_gate(self):
        env = {"BENCHHOST_PLUGIN_PATH": f"{ZOO}:{PLUGINS}"}
        for name in ("org.benchhost.zoo.wrong_abi.run", "wrong_abi.run", "wrong_abi.run{x=1}@cpu:0", "org.benchhost.zoo.wrong_abi"):
            with self.subTest(name=name):
                ended = self.place.run("why", name, "--format", "json", env=env)
                self.assertEqual(ended.code, 1, str(ended))
                shut = [g for g in ended.json()["gates"] if not g["open"]]
                self.assertEqual(shut[0]["gate"], "abi")

    def test_why_of_something_unknown_gives_the_nearest_name(self):
        ended = self.place.run("why", "org.benchhost.cpu_stream.copi")
        self.assertEqual(ended.code, 2, str(ended))
        self.assertIn(f"did you mean '{COPY}'?", ended.err)
        self.assertEqual(self.json("why", "nothing_like_it", code=2)["code"], "BH0102")

    def test_doctor(self):
        text = self.text("doctor")
        for check in ("worker", "plugins", "quarantine", "devices", "machine", "clock", "database"):
            self.assertRegex(text, rf"(?m)^ok +{check} ")
        states = {c["state"] for c in self.json("doctor")["checks"]}
        self.assertLessEqual(states, {"ok", "warn"})

    def test_db_check_and_backup(self):
        self.assertIn("sound", self.text("db", "check"))
        self.assertTrue(self.json("db", "check")["sound"])
        copy = self.place.root / "copy.db"
        answer = self.json("db", "backup", copy)
        self.assertEqual(answer["bytes"], copy.stat().st_size)
        self.assertEqual(self.place.sql("SELECT count(*) FROM results", db=copy), self.place.sql("SELECT count(*) FROM results"))
        again = self.place.run("db", "backup", copy)
        self.assertNotEqual(again.code, 0)
        self.assertIn("exists already", again.err)
        self.assertIn("up to date", self.place.run("db", "migrate").err)
        self.assertEqual(self.json("db", "migrate")["steps"], [])

    def test_explain(self):
        self.assertTrue(self.text("explain", "BH0102").startswith("BH0102: "))
        self.assertEqual(self.json("explain", "BH0102")["code"], "BH0102")
        self.assertIn("did you mean 'BH0099'?", self.place.run("explain", "BH9999").err)

    def test_what_is_not_stored_is_said_with_exit_2(self):
        for args in (("show", "latest/77"), ("show", "99/0"), ("show", "nothing"), ("report", "99"), ("replay", "99/0")):
            with self.subTest(args=args):
                self.assertIn(self.json(*args, code=2)["code"], ("BH0408", "BH0001"))


class Suites(E2eTest):
    def test_check_says_what_is_right_and_every_error_with_its_place(self):
        good = self.place.run("suite", "check", SUITES / "quick.yaml", "--format", "json")
        self.assert_code(good, 0)
        self.assertEqual(good.json()["entries"], 4)
        bad = self.place.write(
            "bad.yaml",
            "name: bad\nentries:\n  - id: a\n    benchmarks: x\n    wibble: 1\n  - id: a\n    benchmarks: y\n    timeout: soon\n",
        )
        ended = self.place.run("suite", "check", bad)
        self.assert_code(ended, 2)
        for line in (5, 6, 8):
            self.assertRegex(ended.err, rf"bad\.yaml:{line}:\d+", str(ended))
        self.assertEqual(self.place.run("suite", "check", bad, "--format", "json").json()["exit_code"], 2)

    def test_shipped_suites_are_valid_and_expand(self):
        for suite in sorted(SUITES.glob("*.yaml")):
            with self.subTest(suite=suite.name):
                self.assert_code(self.place.run("suite", "check", suite), 0)
                expanded = self.place.run("suite", "expand", "--suite", suite, "--format", "json")
                self.assert_code(expanded, 0)
                self.assertGreater(len(expanded.json()["cases"]), 5)
                for case in expanded.json()["cases"]:
                    self.assertIsNone(case["fail_reason"])

    def test_schema_is_a_json_schema(self):
        schema = self.place.run("suite", "schema")
        self.assert_code(schema, 0)
        self.assertIn("$schema", schema.json())
        self.assertIn("entries", schema.json()["properties"])

    def test_an_unknown_suite_gives_the_nearest(self):
        ended = self.place.run("run", "--suite", "quik", env={"BENCHHOST_SUITE_PATH": SUITES})
        self.assert_code(ended, 2)
        self.assertIn("did you mean 'quick'?", ended.err)


class Help(E2eTest):
    def commands(self):
        page = self.place.run("--help")
        self.assert_code(page, 0)
        # Names stand two blanks in; the summary begins after two blanks or more.
        names = re.findall(r"(?m)^  ([a-z]+(?: [a-z]+)*)  +[A-Z]", page.out)
        self.assertGreater(len(names), 18, page.out)
        return names

    def test_every_command_has_help_and_examples_that_parse(self):
        # Every example must get past parsing: what is meant to be there is there, the rest may be missing.
        self.place.write("benchhost.yaml", "")
        shutil.copytree(SUITES, self.place.work / "suites")
        for name in self.commands():
            page = self.place.run(*name.split(), "--help", env={"COLUMNS": "200"})
            self.assert_code(page, 0)
            self.assertIn(f"usage: benchhost {name}", page.out)
            self.assertEqual(page.out, self.place.run("help", *name.split(), env={"COLUMNS": "200"}).out)
            self.assertEqual(page.out, self.place.run(*name.split(), "-h", env={"COLUMNS": "200"}).out)
            _, _, examples = page.out.partition("\nexamples:\n")
            lines = examples.strip().splitlines()
            self.assertTrue(lines, name)
            for line in lines:
                with self.subTest(example=line):
                    # Where its output goes is the shell's business.
                    words = list(itertools.takewhile(lambda w: w not in ("|", ">"), shlex.split(line)))
                    self.assertEqual(words[0], "benchhost")
                    extra = ["--dry-run"] if name == "run" else []
                    ended = self.place.run(*words[1:], *extra)
                    # BH0001 is the command line's own code.
                    self.assertNotIn("BH0001", ended.err, str(ended))
                    self.assertNotIn("no such table", ended.err)
                    self.assertIn(ended.code, (0, 1, 2, 5), str(ended))

    def test_every_flag_that_help_names_is_taken(self):
        for name in self.commands():
            page = self.place.run(*name.split(), "--help", env={"COLUMNS": "200"}).out
            for flag, argument in re.findall(r"(?m)^  (--[a-z-]+)( [A-Z][^ ]*)?  ", page):
                with self.subTest(command=name, flag=flag):
                    # --help wins over whatever else is given, once the line is parsed.
                    ended = self.place.run(*name.split(), flag, *(["1"] if argument else []), "--help")
                    self.assert_code(ended, 0)

    def test_no_command_at_all_is_a_usage_error_with_the_overview(self):
        ended = self.place.run()
        self.assert_code(ended, 2)
        self.assertIn("usage: benchhost COMMAND", ended.err)
        self.assertEqual(ended.out, "")

    def test_version(self):
        ended = self.place.run("--version")
        self.assert_code(ended, 0)
        self.assertRegex(ended.out, r"^benchhost \d+\.\d+\.\d+")


class Mistakes(E2eTest):
    """Whatever is unknown: exit status 2, nothing ran, the nearest name, one JSON text if JSON was asked for."""

    CASES = (
        (("rum",), "did you mean 'run'?"),
        (("list", "plugin"), "did you mean 'plugins'?"),
        (("lst", "plugins"), "did you mean 'list plugins'?"),
        (("list",), "plugins, benchmarks, devices"),
        (("run", "--sute", "quick"), "did you mean '--suite'?"),
        (("run", COPY, "--invocation", "2"), "did you mean '--invocations'?"),
        (("list", "plugins", "--pluginz", "x"), "did you mean '--plugins'?"),
        (("run", "org.benchhost.cpu_stream.tirad"), f"did you mean '{TRIAD}'?"),
        (("run", "org.benchost.*"), "benchhost list benchmarks"),
        (("run", COPY, "--param", "byte=3"), "did you mean 'bytes'?"),
        (("run", COPY, "--param", "type=fp63"), "did you mean 'fp64'?"),
        (("run", COPY, "--param", "bytes=many"), "bytes"),
        (("run", COPY, "--device", "gpu"), "did you mean 'cpu'?"),
        (("run", COPY, "--device", "cpu:7"), "cpu:0"),
        (("run", COPY, "--filter", "'x' in tagz"), "did you mean 'tags'?"),
        (("run", COPY, "--filter", "1 +"), "column"),
        (("run", COPY, "--time", "abc"), "250ms"),
        (("run", COPY, "--time"), "--time"),
        (("run", COPY, "--invocations", "0"), "MIN..MAX"),
        (("run", COPY, "--invocations", "3..2"), "MIN..MAX"),
        (("run", COPY, "--precision", "2"), "1%"),
        (("run", COPY, "--seed", "-1"), "whole number"),
        (("run", COPY, "--label", "x"), "NAME=VALUE"),
        (("run", COPY, "--report", "jsn"), "did you mean 'json'?"),
        (("run", COPY, "--suite", "x"), "do not go together"),
        (("run",), "--suite quick.yaml"),
        (("run", "--db", "--dry-run"), "needs a value"),
        (("show",), "RUN/CASE"),
        (("show", "1/0", "2/0"), "2/0"),
        (("explain", "BH9999"), "BH0102"),
        (("list", "runs", "--color", "alway"), "did you mean 'always'?"),
        (("list", "runs", "-C", "/nowhere"), "/nowhere"),
        (("report", "--as", "mdd"), "did you mean 'md'?"),
        (("suite", "check", "nowhere.yaml"), "list suites"),
    )

    def test_the_nearest_name_is_given_and_nothing_runs(self):
        for args, expected in self.CASES:
            with self.subTest(args=args):
                ended = self.place.run(*args)
                # The report's format is wrong whether or not there is a database.
                self.assertEqual(ended.code, 2, str(ended))
                self.assertIn(expected, ended.err)
                self.assertRegex(ended.err, r"(?m)^error\[BH\d{4}\]: ")
                self.assertEqual(ended.out, "")
                self.assertFalse(self.place.db.exists())

    def test_json_on_errors_is_one_text_that_repeats_the_exit_status(self):
        for args, _ in self.CASES:
            with self.subTest(args=args):
                ended = self.place.run(*args, "--format", "json")
                self.assert_code(ended, 2)
                error = ended.json()
                self.assertEqual((error["format"], error["exit_code"], error["exit_reason"]), ("benchhost.error", 2, "usage"))
                self.assertTrue(error["message"])
                self.assertIn(error["message"].splitlines()[0][:20], ended.err)


class Refused(E2eTest):
    def test_why_and_doctor_name_the_gate_of_a_refused_file(self):
        folder = self.place.root / "plugins"
        folder.mkdir()
        (folder / "broken.so").write_bytes(b"\x7fELF but not really" * 20)
        shutil.copy(PLUGINS / "cpu_stream.so", folder)
        env = {"BENCHHOST_PLUGIN_PATH": folder}
        why = self.place.run("why", "broken.so", "--format", "json", env=env)
        self.assert_code(why, 1)
        gates = why.json()["gates"]
        self.assertTrue(gates[0]["open"])
        self.assertFalse(gates[1]["open"])
        self.assertTrue(gates[1]["text"])
        doctor = self.place.run("doctor", env=env)
        self.assert_code(doctor, 0)
        self.assertRegex(doctor.out, r"warn +plugin .*broken\.so")
        self.assertIn("1 of 2 files", doctor.out)


    def test_why_of_a_benchmark_in_a_refused_plugin_names_the_gate(self):
        folder = self.place.root / "plugins"
        folder.mkdir()
        shutil.copy(ZOO / "wrong_abi.so", folder)
        env = {"BENCHHOST_PLUGIN_PATH": folder}
        note = self.place.run("list", "plugins", "--format", "json", env=env).json()["plugins"][0]["id"]
        for asked in (note, note + ".any", note.split(".")[-1] + ".any{n=4}@cpu:0"):
            with self.subTest(asked=asked):
                why = self.place.run("why", asked, "--format", "json", env=env)
                self.assert_code(why, 1)
                self.assertEqual([(g["gate"], g["open"]) for g in why.json()["gates"]], [("file", True), ("abi", False)])
        self.assert_code(self.place.run("why", note + "x.any", env=env), 2)


class Repeats(E2eTest):
    """The command that a result keeps, and replay, run exactly that case again."""

    HOSTILE = {
        "text": r"""it's "a" [64, 1], {x: y} $(id) `id` \n #no *? é""",
        "words": '[["", "a,b", "yes", "null", "- x", "[[1]]", "\\x00"]]'.replace('"\\x00"', '"sweep"'),
        "sizes": "[[64, 64, 1]]",
        "number": "1e-300",
        "count": "-9223372036854775808",
        "flag": "true",
        "kind": '"yes"',
    }

    def setUp(self):
        super().setUp()
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(ECHO)

    def told(self, run):
        """What the case of a run was told, by its own words."""
        rows = self.place.sql(
            "SELECT DISTINCT l.text FROM logs l JOIN invocations i ON i.id = l.invocation JOIN results r ON r.id = i.result "
            "WHERE r.run = ? AND r.role = 'primary' AND l.source = 'plugin'",
            run,
        )
        return dict(text.split(" is ", 1) for text, in rows if " is " in text)

    def repeat(self, fewest, most=None):
        """Runs the newest result again by its command, without the environment that found its plugin, and by replay.

        How many invocations there are between fewest and most is the measured values' choice, each time anew.
        """
        (command,), = self.place.sql("SELECT repeat_command FROM results r WHERE role = 'primary' AND run = 1")
        bare = {"BENCHHOST_PLUGIN_PATH": None}
        ended = self.place.shell(command.replace("benchhost run", '"$BENCHHOST" run', 1), env=bare)
        self.assert_code(ended, 0)
        ended = self.place.run("replay", "1/0", env=bare)
        self.assert_code(ended, 0)
        self.assertIn("before: ", ended.out)
        rows = self.place.sql(
            "SELECT r.run, c.key, r.seed, r.repeat_command, (SELECT count(*) FROM invocations i WHERE i.result = r.id) "
            "FROM results r JOIN cases c ON c.id = r.case_id WHERE r.role = 'primary' ORDER BY r.run"
        )
        self.assertEqual([row[0] for row in rows], [1, 2, 3])
        for column in range(1, 4):
            self.assertEqual(len({row[column] for row in rows}), 1, str(rows))
        for row in rows:
            self.assertIn(row[4], range(fewest, (most or fewest) + 1), str(row))
        self.assertTrue(self.told(1))
        # The name alone, cut where it is long, is enough to find the case again.
        (name,), = self.place.sql("SELECT DISTINCT c.title FROM results r JOIN cases c ON c.id = r.case_id WHERE r.role = 'primary'")
        why = self.place.run("why", name, "--plugins", ECHO, "--format", "json", env=bare)
        self.assert_code(why, 0)
        self.assertEqual([g["gate"] for g in why.json()["gates"][-2:]], ["requirement", "verdict"])
        self.assertEqual(self.told(2), self.told(1))
        self.assertEqual(self.told(3), self.told(1))

    def test_hostile_values_of_every_type(self):
        text = json.dumps(self.HOSTILE["text"])
        params = [f"text={text}"] + [f"{k}={v}" for k, v in self.HOSTILE.items() if k != "text"]
        flags = [word for p in params for word in ("--param", p)]
        done = self.place.run("run", "org.benchhost_e2e.echo.values", *flags, "--seed", "11", *TINY, "--timeout", "2m")
        self.assert_code(done, 0)
        told = self.told(1)
        self.assertEqual(bytes.fromhex(told["text"]).decode(), self.HOSTILE["text"])
        self.assertEqual((told["sizes"], told["count"], told["flag"]), ("64;64;1;", "-9223372036854775808", "true"))
        self.assertEqual(bytes.fromhex(told["kind"]), b"yes")
        self.assertEqual(len(told["words"].split(";")), 8)
        self.repeat(2)

    def test_empty_values(self):
        done = self.place.run(
            "run", "org.benchhost_e2e.echo.values", "--param", 'text=""', "--param", "words=[[]]", "--param", "sizes=[[]]",
            "--invocations", "3..4", "--precision", "90%", "--time", "60ms",
        )  # fmt: skip
        self.assert_code(done, 0)
        self.assertEqual([self.told(1)[name] for name in ("text", "words", "sizes")], ["", "", ""])
        self.repeat(3, 4)

    def test_inputs_and_settings_of_cases_that_were_found(self):
        name = "a*b?[c]\\{d}, 'e' \"f\": $g #h!"
        self.place.write(
            "found.yaml",
            "name: found\nentries:\n  - benchmarks: org.benchhost_e2e.echo.found\n    inputs: 'a*'\n"
            "    settings: {greeting: \"it's, [a] \\\"b\\\"\", times: [3, 4, 5]}\n"
            "    invocations: 2\n    time: 40 ms\n    timeout: 90 s\n",
        )
        self.assert_code(self.place.run("run", "--suite", "found.yaml"), 0)
        told = self.told(1)
        self.assertEqual(bytes.fromhex(told["input"]).decode(), name)
        self.assertEqual((bytes.fromhex(told["greeting"]).decode(), told["times"]), ('it\'s, [a] "b"', "3"))
        self.repeat(2)

    def test_settings_and_inputs_are_checked(self):
        for args, words in (
            (("--setting", "greting=x"), "did you mean 'greeting'?"),
            (("--setting", "times=1,2"), "a setting has one value"),
            (("--setting", "greeting=a", "--setting", "greeting=b"), "given twice"),
            (("--input", "[a"), "BH0006"),
            (("--suite", "quick.yaml", "--input", "a"), "not with a suite"),
        ):
            with self.subTest(args=args):
                ended = self.place.run("suite", "expand", *([] if "--suite" in args else ["echo.found"]), *args)
                self.assert_code(ended, 2)
                self.assertIn(words, ended.err)


class Settings(E2eTest):
    """Flag over environment over the project's file over the user's."""

    def setUp(self):
        super().setUp()
        for name in ("BENCHHOST_DB", "BENCHHOST_PLUGIN_PATH"):
            self.place.env.pop(name)
        self.user = self.place.root / "home" / ".config" / "benchhost" / "config.yaml"
        self.user.parent.mkdir(parents=True)

    def stored_in(self, *flags, env=None):
        """The one database that the run made, told from the folder where the command ran."""
        ended = self.place.run("run", COPY, "--param", "bytes=16KiB", *TINY, "--quiet", *flags, env=env)
        self.assert_code(ended, 0)
        found = [os.path.relpath(p, self.place.work) for p in self.place.root.rglob("*.db")]
        for p in self.place.root.rglob("*.db*"):
            p.unlink()
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_the_nearest_word_on_the_database_counts(self):
        self.user.write_text(f"db: {self.place.root}/user.db\nplugins: {PLUGINS}\n")
        self.assertEqual(self.stored_in(), "../user.db")
        self.place.write("benchhost.yaml", "db: project.db  # beside this file\n")
        sub = self.place.work / "sub"
        sub.mkdir()
        self.assertEqual(self.stored_in("--directory", "sub"), "project.db")
        self.place.write("other.yaml", "db: other.db\n")
        self.assertEqual(self.stored_in("--config", "other.yaml"), "other.db")
        environment = {"BENCHHOST_DB": self.place.root / "environment.db"}
        self.assertEqual(self.stored_in("--config", "other.yaml", env=environment), "../environment.db")
        self.assertEqual(self.stored_in("--db", "flag.db", env=environment), "flag.db")

    def test_a_project_without_settings_is_one_all_the_same(self):
        self.place.write("benchhost.yaml", "# nothing yet\n")
        self.assertEqual(self.stored_in("--plugins", PLUGINS), "benchhost.db")

    def test_format_colour_and_progress(self):
        self.place.write("benchhost.yaml", f"plugins: {PLUGINS}\nformat: json\ncolor: always\nprogress: none\n")
        self.assertEqual(self.place.run("list", "plugins").json()["format"], "benchhost.plugins")
        self.assertNotIn("{", self.place.run("list", "suites", "--format", "text").out)
        self.assertNotIn("{", self.place.run("list", "suites", env={"BENCHHOST_FORMAT": "text"}).out)
        ended = self.place.run("run", COPY, "--param", "bytes=16KiB", *TINY, "--format", "text")
        self.assertIn("\x1b[", ended.out)
        self.assertNotIn("[1/1]", ended.err)
        # What goes wrong later is said in the format that the settings ask for.
        self.assertEqual(self.place.run("report", "99").json()["exit_code"], 2)

    def test_folders_of_suites_are_searched_and_go_into_the_repeat_command(self):
        self.place.write("benchhost.yaml", f"plugins: [{PLUGINS}]\nsuites: elsewhere\n")
        self.place.write("elsewhere/mine.yaml", f"name: mine\ndefaults: {{invocations: 1, time: 20 ms}}\nentries:\n  - benchmarks: {COPY}\n    parameters: {{bytes: 16 KiB}}\n")
        self.assert_code(self.place.run("run", "--suite", "mine"), 0)
        command = self.place.sql("SELECT repeat_command FROM results WHERE role = 'primary'", db=self.place.work / "benchhost.db")[0][0]
        self.assertIn(f"--plugins {PLUGINS}", command)
        origins = {p["origin"] for p in self.place.run("list", "plugins", "--format", "json").json()["plugins"]}
        self.assertIn("settings", origins)

    def test_what_is_wrong_is_said_with_its_place_and_nothing_runs(self):
        file = self.place.write("benchhost.yaml", "plugns: x\nformat: jsn\n")
        for args in (("list", "plugins"), ("run", COPY), ("explain", "BH0001")):
            ended = self.place.run(*args)
            self.assert_code(ended, 2)
            self.assertIn(f"{file}:1:1", ended.err)
            self.assertIn("did you mean 'plugins'?", ended.err)
            self.assertIn(f"{file}:2:9", ended.err)
        self.assert_code(self.place.run("list", "suites", "--help"), 0)
        self.assert_code(self.place.run("list", "suites", "--config", "missing.yaml"), 2)
        file.unlink()
        wrong = self.place.run("list", "suites", env={"BENCHHOST_COLOR": "alwys"})
        self.assert_code(wrong, 2)
        self.assertIn("BENCHHOST_COLOR is one of auto, always, never, not 'alwys'", wrong.err)


class Folders(E2eTest):
    """Folders that are not there."""

    ONE = (COPY, "--param", "bytes=16KiB", *TINY)

    def test_a_temporary_folder_that_is_not_there_is_no_bug(self):
        gone = self.place.root / "gone"
        for args in (("run", *self.ONE), ("list", "plugins"), ("list", "devices"), ("why", "org.benchhost.null")):
            with self.subTest(args=args):
                ended = self.place.run(*args, env={"TMPDIR": gone})
                self.assert_code(ended, 2)
                self.assertIn("BH0003", ended.err)
                self.assertIn(f"TMPDIR is '{gone}'", ended.err)

    def test_a_current_folder_that_was_removed_is_no_bug(self):
        for args in ("run org.benchhost.cpu_stream.copy", "list plugins", "list suites", "suite expand --suite quick.yaml",
                     "run org.benchhost.cpu_stream.copy --plugins here"):  # fmt: skip
            with self.subTest(args=args):
                ended = self.place.shell(f'mkdir -p gone && cd gone && rmdir ../gone && "$BENCHHOST" {args}')
                self.assert_code(ended, 2)
                self.assertIn("the current folder cannot be used", ended.err)

    def test_a_temporary_folder_that_goes_while_a_run_is_under_way_ends_cases_and_not_the_host(self):
        tmp = self.place.root / "other"
        tmp.mkdir()
        self.place.run("list", "plugins")
        going = self.place.start("run", *self.ONE[:1], "--param", "bytes=16KiB,32KiB,64KiB", *TINY, "--progress", "lines", env={"TMPDIR": tmp})
        self.addCleanup(lambda: going.process.poll() is None and going.process.kill())
        going.wait_for_line(r"^run 1:")
        tmp.rename(self.place.root / "elsewhere")
        ended = going.wait()
        # The cases that had begun may have come to their end before it went.
        self.assertIn(ended.code, (0, 5), str(ended))
        reasons = [r for r, in self.place.sql("SELECT reason FROM results WHERE outcome = 'infra_error'")]
        self.assertEqual(ended.code == 5, bool(reasons), str(ended))
        for reason in reasons:
            self.assertRegex(reason, "there is no folder for temporary files|entering its working folder")
        self.assert_sound()


class Statuses(E2eTest):
    def test_a_missing_worker_is_an_incomplete_installation(self):
        folder = self.place.root / "bin"
        folder.mkdir()
        shutil.copy(BINARY, folder / BINARY.name)
        place = Place(binary=folder / BINARY.name)
        self.addCleanup(place.remove)
        ended = place.run("list", "plugins", "--format", "json")
        self.assert_code(ended, 5)
        self.assertEqual((ended.json()["code"], ended.json()["exit_code"]), ("BH0010", 5))

    def test_a_report_that_cannot_be_written_is_part_of_how_the_run_ended(self):
        target = self.place.work / "report.json"
        target.mkdir()
        good = self.place.work / "good.json"
        ended = self.place.run(
            "run", COPY, "--param", "bytes=16KiB", *TINY,
            "--report", f"json:{target}", "--report", f"json:{good}", "--report", "json",
        )  # fmt: skip
        self.assert_code(ended, 5)
        self.assertEqual(self.place.sql("SELECT state, exit_code FROM runs"), [("finished", 5)])
        self.assertIn("could not be written", self.place.sql("SELECT exit_reason FROM runs")[0][0])
        for said in (ended.json(), json.loads(good.read_text())):
            self.assertEqual((said["run"]["state"], said["run"]["exit_code"]), ("finished", 5))


if __name__ == "__main__":
    unittest.main(verbosity=2)
