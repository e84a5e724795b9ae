"""Streams that are closed, full or narrow; terminals, colours, encodings."""

import re
import unittest

from support import COPY, PLUGINS, ZOO, E2eTest, run_on_terminal

RUN = ("run", COPY, "--param", "bytes=16KiB,64KiB", "--invocations", "2", "--time", "40ms")
QUOTED = " ".join(f"'{word}'" for word in RUN)
BOTH = [
    ("cpu_stream.copy{bytes=16 KiB}@cpu:0", "passed"),
    ("cpu_stream.copy{bytes=64 KiB}@cpu:0", "passed"),
]


class Streams(E2eTest):
    def assert_stored(self):
        self.assertEqual(self.place.outcomes(), BOTH)
        self.assertEqual(self.place.sql("SELECT state, exit_code FROM runs"), [("finished", 0)])
        self.assert_sound()

    def test_a_full_standard_output_loses_no_result(self):
        self.assert_code(self.place.shell(f'"$BENCHHOST" {QUOTED} > /dev/full'), 0)
        self.assert_stored()

    def test_full_streams_lose_no_result(self):
        self.assert_code(self.place.shell(f'"$BENCHHOST" {QUOTED} > /dev/full 2> /dev/full'), 0)
        self.assert_stored()

    def test_closed_streams_lose_no_result_and_nothing_is_written_into_other_files(self):
        for redirection in (">&-", "2>&-", "<&- >&- 2>&-"):
            with self.subTest(redirection=redirection):
                self.place.db.unlink(missing_ok=True)
                self.assert_code(self.place.shell(f'"$BENCHHOST" {QUOTED} {redirection}'), 0)
                self.assert_stored()

    def test_a_reader_that_goes_away_loses_no_result(self):
        script = f'{{ "$BENCHHOST" {QUOTED}; echo "status $?" >&3; }} 3>&2 2>&1 | head -n 1'
        ended = self.place.shell(script)
        self.assert_code(ended, 0)
        self.assertEqual(ended.out.count("\n"), 1, str(ended))
        self.assertIn("status 0", ended.err)
        self.assert_stored()

    def test_lists_end_quietly_when_their_reader_goes_away(self):
        ended = self.place.shell('"$BENCHHOST" list benchmarks | head -n 1')
        self.assert_code(ended, 0)
        self.assertEqual(ended.err, "")

    def test_data_goes_to_standard_output_and_the_rest_to_standard_error(self):
        ended = self.place.run(*RUN)
        self.assertNotIn("[1/2]", ended.out)
        self.assertNotIn("± 95 %", ended.err)

    def test_quiet_says_nothing_but_the_data(self):
        ended = self.place.run(*RUN, "--quiet")
        self.assert_code(ended, 0)
        self.assertEqual(ended.err, "")
        self.assertIn("2 passed", ended.out)


class Looks(E2eTest):
    def setUp(self):
        super().setUp()
        # One case that is skipped beside one that passes: whatever colours are used for.
        done = self.place.run(*RUN[:2], "--param", "bytes=64KiB", "--param", "threads=1,64", *RUN[4:])
        self.assert_code(done, 0)

    def report(self, env=None, *args):
        ended = self.place.run("report", *args, env=env)
        self.assert_code(ended, 0)
        return ended.out

    def test_without_a_utf8_locale_everything_is_ascii(self):
        for env in ({"LANG": "C"}, {"LANG": None}, {"LANG": "C.UTF-8", "LC_ALL": "POSIX"}, {"TERM": "dumb"}):
            with self.subTest(env=env):
                for args in (("report",), ("show", "latest/0"), ("list", "runs"), RUN, ("doctor",), ("list", "devices", "--facts")):
                    ended = self.place.run(*args, env=env)
                    self.assertTrue(ended.out.isascii(), str(ended))
                    self.assertTrue(ended.err.isascii(), str(ended))

    def test_with_a_utf8_locale_there_are_lines_and_signs(self):
        for env in ({"LANG": "C.UTF-8"}, {"LANG": None, "LC_CTYPE": "en_US.utf8"}):
            text = self.report(env)
            self.assertIn("─", text)
            self.assertIn("±", text)

    def test_colour_is_asked_for_refused_and_forced(self):
        escape = "\x1b["
        self.assertNotIn(escape, self.report())
        self.assertIn(escape, self.report({"FORCE_COLOR": "1"}))
        self.assertNotIn(escape, self.report({"FORCE_COLOR": "1", "NO_COLOR": "1"}))
        self.assertIn(escape, self.report({"NO_COLOR": "1"}, "--color", "always"))
        self.assertNotIn(escape, self.report({"FORCE_COLOR": "1"}, "--color", "never"))
        self.assertNotIn(escape, self.report({"FORCE_COLOR": "1"}, "--as", "json"))
        error = self.place.run("rum", env={"FORCE_COLOR": "1"})
        self.assertIn(escape, error.err)

    def test_tables_fit_the_width(self):
        for columns in (60, 80, 200):
            for args in (("report",), ("list", "runs"), ("list", "benchmarks")):
                with self.subTest(columns=columns, args=args):
                    ended = self.place.run(*args, env={"COLUMNS": columns})
                    self.assert_code(ended, 0)
                    table = [line for line in ended.out.splitlines() if "─" in line]
                    self.assertTrue(table or columns < 200, "a narrow one may be records")
                    for line in table:
                        self.assertLessEqual(len(line), columns, ended.out)

    def test_a_table_that_is_too_wide_becomes_records(self):
        for args in (("report",), ("list", "runs"), ("list", "benchmarks")):
            with self.subTest(args=args):
                text = self.report({"COLUMNS": 40}) if args == ("report",) else self.place.run(*args, env={"COLUMNS": 40}).out
                self.assertNotIn("─", text)
                self.assertRegex(text, r"(?m)^  (value|state|parameters) +\S")

    def test_numbers_are_never_cut_however_narrow_it_is(self):
        for columns in (40, 80, 200):
            text = self.report({"COLUMNS": columns})
            self.assertRegex(text, r" \d[\d.]* [kMGT]?B/s\s+(± 95 % +)?±[\d.e+]+ %")

    def test_a_query_into_a_pipe_is_whole(self):
        sql = "SELECT key, canonical_parameters, device_models, title FROM cases"
        text = self.place.run("query", sql).out
        for row in self.place.sql(sql):
            for cell in row:
                self.assertIn(cell, text)

    def test_help_fits_the_width(self):
        for columns in (40, 80, 200):
            for args in (("--help",), ("run", "--help")):
                text = self.place.run(*args, env={"COLUMNS": columns}).out
                flags = text.partition("\nexamples:")[0].partition("\nusage:")[2] or text
                for line in flags.splitlines()[1:]:
                    if line.startswith("  "):
                        self.assertLessEqual(len(line), columns, text)

    def test_a_width_that_is_none_is_not_believed(self):
        for columns in ("", "0", "-3", "many", "99999999999999999999"):
            self.assertTrue(self.report({"COLUMNS": columns}))

    def test_what_a_plugin_prints_can_steer_neither_terminal_nor_ci_system(self):
        place = self.place
        place.env["BENCHHOST_PLUGIN_PATH"] = f"{ZOO}:{PLUGINS}"
        done = place.run("run", "org.benchhost.zoo.floods.run", "--invocations", "1", "--time", "20ms")
        self.assert_code(done, 0)
        shown = place.run("show", "latest/0", "--log")
        self.assert_code(shown, 0)
        # It is there: colours, a broken sequence, a zero; and it does nothing there.
        for part in (r"\x1b[2J\x1b[31mred\x1b[0m", r"\xc3(", r"\x00 zero", "::error::"):
            self.assertTrue(part in shown.out, part)
        self.assertFalse(re.search(r"[\x00-\x08\x0b-\x1f\x7f]", shown.out))
        # Lines that a CI system would take for commands begin with something else.
        self.assertFalse(re.search(r"(?m)^\s*(::|##\[)", shown.out))
        for text in (done.out, done.err, place.run("report", "--as", "md").out):
            self.assertNotIn("::error::", text)


class Terminal(E2eTest):
    def check(self, screen, columns):
        self.assertEqual(screen.code, 0, screen.text)
        self.assertEqual(screen.settings_before, screen.settings_after)
        # The bar is gone: nothing of it stands on the screen, and the last line is ended.
        lines = screen.lines()
        self.assertEqual(lines[-1], "")
        for line in lines:
            self.assertNotRegex(line, r"[█░]{8,} \d+/\d+", screen.text)
            self.assertNotRegex(line, r"[#-]{8,} \d+/\d+")
        # No colour stays on, the cursor is not hidden.
        self.assertNotIn("\x1b[?25l", screen.text)
        colours = re.findall(r"\x1b\[[0-9;]*m", screen.text)
        if colours:
            self.assertEqual(colours[-1], "\x1b[0m")
        for drawn in re.findall(r"\r([^\r\n]*)\x1b\[K", screen.text):
            self.assertLess(len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn)), columns)

    def test_a_bar_shows_and_leaves_a_clean_screen(self):
        for columns in (40, 100, 200):
            with self.subTest(columns=columns):
                screen = run_on_terminal(self.place, *RUN, columns=columns, stdout_too=columns != 40)
                self.check(screen, columns)
                self.assertIn("█", screen.text)
                self.assertRegex(screen.text, r"\d/2")

    def test_a_bar_without_utf8_is_ascii(self):
        screen = run_on_terminal(self.place, *RUN, env={"LANG": "C"})
        self.check(screen, 100)
        self.assertTrue(screen.text.isascii())
        self.assertRegex(screen.text, r"[#]+-* \d/2")

    def test_a_dumb_terminal_gets_lines(self):
        screen = run_on_terminal(self.place, *RUN, env={"TERM": "dumb"})
        self.assertEqual(screen.code, 0)
        self.assertNotIn("\x1b", screen.text)
        self.assertNotIn("\r", screen.text)
        self.assertIn("[2/2] passed", screen.text)

    def test_progress_is_what_is_asked_for(self):
        lines = run_on_terminal(self.place, *RUN, "--progress", "lines")
        self.assertIn("[2/2] passed", lines.text)
        self.assertNotRegex(lines.text, r"[█░]{8,} \d+/\d+")
        none = run_on_terminal(self.place, *RUN, "--progress", "none")
        self.assertNotIn("[2/2]", none.text)
        self.assertNotRegex(none.text, r"[█░]{8,} \d+/\d+")

    def test_a_bar_that_is_asked_for_is_drawn_into_a_pipe_too(self):
        ended = self.place.run(*RUN, "--progress", "bar")
        self.assert_code(ended, 0)
        self.assertRegex(ended.err, r"\r[█░]{16} \d/2")
        self.assertNotIn("[2/2]", ended.err)

    def test_a_failure_stands_above_the_bar(self):
        self.place.env["BENCHHOST_PLUGIN_PATH"] = f"{ZOO}:{PLUGINS}"
        screen = run_on_terminal(
            self.place, "run", "org.benchhost.zoo.segv.run", COPY,
            "--invocations", "2", "--time", "40ms", stdout_too=False,
        )  # fmt: skip
        self.assertEqual(screen.code, 1, screen.text)
        self.assertTrue(any(line.startswith("crashed") and "SIGSEGV" in line for line in screen.lines()), screen.text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
