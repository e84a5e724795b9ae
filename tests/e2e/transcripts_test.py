"""What commands print, letter by letter: on a terminal and through a pipe, wide and narrow, with and without colour and UTF-8.

The expected texts are the files of transcripts/. After a change that is meant to be seen, BENCHHOST_UPDATE_TRANSCRIPTS=1
writes them anew; read the difference as a user would before it is committed. Commands read a database in which nothing
depends on the machine (prepared_database.cpp) and a plugin whose rates are known (plugins/steady.cpp); only what cannot be
the same twice is masked.
"""

import os
import re
import shutil
import signal
import unittest

from support import (
    STEADY,
    ZOO,
    E2eTest,
    Place,
    Terminal,
    make_prepared_database,
    make_system_tree,
    path_of,
    poll_until,
    run_on_terminal,
)

UPDATE = bool(os.environ.get("BENCHHOST_UPDATE_TRANSCRIPTS"))

# A case that claims more cores than there are says how many there are: for runs, whose lines are compared loosely.
BEYOND = """\
  - id: beyond
    benchmarks: steady.copy
    parameters: {threads: 99999}
"""
SUITE = """\
name: known
description: Rates that are known beforehand
defaults:
  invocations: 3
  time: 60 ms
entries:
  - id: rates
    benchmarks: steady.copy
    parameters: {bytes: [4 KiB, 1 MiB]}
    thresholds: {bandwidth: {at_least: 20 GB/s}}
  - id: dies
    benchmarks: zoo.segv.run
    priority: low
    invocations: 1
"""

# What most readers look at, and then all that is worth a look.
FEW = [
    ("report",),
    ("show", "1/1"),
    ("list", "benchmarks"),
    ("suite", "expand", "--suite", "known.yaml"),
    ("report", "--as", "html5"),
]
ALL = [
    ("--help",),
    ("report", "--help"),
    *FEW,
    ("show", "1/3", "--log"),
    ("show", "1/6"),
    ("list", "runs"),
    ("list", "suites"),
    ("system", "tune"),
    ("suite", "check", "known.yaml"),
    ("query", "SELECT ordinal, outcome, reason FROM result_view ORDER BY ordinal"),
    ("explain", "BH0102"),
]

# Name: columns, whether it is a terminal, changes of the environment, commands.
SEEN = {
    "pipe-40": (40, False, {}, ALL),
    "pipe-80": (80, False, {}, ALL),
    "pipe-200": (200, False, {}, FEW),
    "terminal-40": (40, True, {}, FEW),
    "terminal-80": (80, True, {}, ALL),
    "terminal-200": (200, True, {}, FEW),
    "terminal-80-no-color": (80, True, {"NO_COLOR": "1"}, FEW),
    "terminal-80-dumb": (80, True, {"TERM": "dumb"}, FEW),
    "terminal-80-ascii": (80, True, {"LC_ALL": "C"}, FEW),
    "pipe-80-ascii": (80, False, {"LC_ALL": "C"}, ALL),
}

# Name of the mistake: the command line. Each is refused with code, place where there is one, cause and next step.
MISTAKES = {
    "a command that is misspelt": ("rnu",),
    "a command of a group that is misspelt": ("list", "plugin"),
    "a group without its command": ("suite",),
    "a flag that is misspelt": ("run", "--siute", "known.yaml"),
    "a word that is not one of the flag's": ("report", "--format", "jsn"),
    "a flag without its value": ("run", "--suite"),
    "an operand too few": ("show",),
    "an operand too many": ("report", "1", "2"),
    "a suite that is not there": ("run", "--suite", "knwon"),
    "a key that is misspelt": ("suite", "check", "bad/key.yaml"),
    "a key given twice": ("suite", "check", "bad/twice.yaml"),
    "a value of the wrong kind": ("suite", "check", "bad/value.yaml"),
    "several mistakes at once": ("suite", "check", "bad/many.yaml"),
    "an include that leads back": ("suite", "check", "bad/loop.yaml"),
    "a demand that nobody knows": ("suite", "check", "bad/demand.yaml"),
    "a report that nobody writes": ("suite", "check", "bad/report.yaml"),
    "a benchmark that is misspelt": ("run", "steady.cpoy"),
    "a parameter that is misspelt": ("run", "steady.copy", "--param", "byts=4KiB"),
    "a metric that is misspelt": ("run", "--suite", "bad/metric.yaml"),
    "a limit in another unit": ("run", "--suite", "bad/unit.yaml"),
    "a range of nothing": ("run", "steady.copy", "--param", "bytes={range: [8, 4]}"),
    "an unknown unit": ("run", "steady.copy", "--param", "bytes=4 KiBB"),
    "a duration without a unit": ("run", "steady.copy", "--time", "30"),
    "a device that is not there": ("run", "steady.copy", "--device", "cpuu"),
    "a filter with an unknown name": ("run", "steady.copy", "--filter", "bench == 'x'"),
    "a run that is not there": ("report", "77"),
    "a case that is not there": ("show", "1/stream.triad{bytes=64 KB}@cpu:0"),
    "a report format that is misspelt": ("report", "--as", "jsno"),
    "a code that nobody knows": ("explain", "BH0203x"),
    "a database that is none": ("report", "--db", "known.yaml"),
    "a query that writes": ("query", "DELETE FROM runs"),
    "a gate without anything to compare": ("run", "steady.copy", "--fail-on", "regression"),
    "settings that are wrong": ("list", "suites", "--config", "bad/settings.yaml"),
}

BAD = {
    "key": "name: s\nentries:\n  - benchmarks: x\n    parametres: {a: 1}\n",
    "twice": "name: s\nentries:\n  - benchmarks: x\n    time: 1 s\n    time: 2 s\n",
    "value": "name: s\nentries:\n  - benchmarks: x\n    precision: 3\n",
    "many": "nam: s\nentries:\n  - benchmarks: x\n    time: 30\n    priority: hihg\n",
    "loop": "name: s\nincludes: [loop.yaml]\n",
    "demand": "name: s\nentries:\n  - benchmarks: x\n    environment: {governer: performance}\n",
    "report": "name: s\nreports: gbench\nentries:\n  - benchmarks: x\n",
    "metric": "name: s\nentries:\n  - benchmarks: steady.copy\n    thresholds: {bandwith: {at_least: 1 GB/s}}\n",
    "unit": "name: s\nentries:\n  - benchmarks: steady.copy\n    thresholds: {bandwidth: {at_least: 1 ms}}\n",
    "settings": "colour: always\n",
}


def make_project(place):
    """A project with a suite, plugins that are known, and a prepared database."""
    place.write("benchhost.yaml", "")
    place.write("suites/known.yaml", SUITE)
    place.write("known.yaml", SUITE)
    for name, text in BAD.items():
        place.write(f"bad/{name}.yaml", text)
    plugins = place.root / "plugins"
    plugins.mkdir()
    for source in (STEADY / "steady.so", ZOO / "segv.so"):
        shutil.copy(source, plugins)
    place.env["BENCHHOST_PLUGIN_PATH"] = str(plugins)
    # What is found of the machine must not hang on the one that runs this: one setting is wrong, all else is quiet.
    tree = make_system_tree(place.root / "system")
    (tree / "sys/devices/system/cpu/cpufreq/boost").write_text("1\n")
    place.env["BENCHHOST_SYSTEM_ROOT"] = str(tree)
    make_prepared_database(place.db)


def masked(text, place):
    """What cannot be the same twice: where things lie, and how many cores there are."""
    text = text.replace(str(place.root), "/place")
    return re.sub(r"the machine gives \d+", "the machine gives N", text)


def visible(text):
    """Control characters as words, so that they can be read in the file."""
    return text.replace("\x1b", "<ESC>").replace("\r", "<CR>")


class Goldens(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        make_project(cls.place)

    def compare(self, name, text):
        path = path_of("SOURCE") / "tests" / "e2e" / "transcripts" / f"{name}.txt"
        if UPDATE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.assertTrue(path.exists(), f"{path} is missing; BENCHHOST_UPDATE_TRANSCRIPTS=1 writes it")
        self.assertMultiLineEqual(path.read_text(encoding="utf-8"), text, f"see the head of {__file__}")

    def through_pipe(self, args, columns, env):
        ended = self.place.run(*args, env={"COLUMNS": columns, **env})
        text = f"$ benchhost {' '.join(args)}\n{ended.out}"
        if ended.err:
            text += f"--- standard error\n{ended.err}"
        return f"{text}--- exit status {ended.code}\n\n"

    def on_terminal(self, args, columns, env):
        screen = run_on_terminal(self.place, *args, columns=columns, env=env)
        self.assertEqual(screen.settings_before, screen.settings_after)
        return f"$ benchhost {' '.join(args)}\n{screen.text}--- exit status {screen.code}\n\n"

    def transcript(self, name):
        columns, terminal, env, commands = SEEN[name]
        see = self.on_terminal if terminal else self.through_pipe
        text = "".join(see(args, columns, env) for args in commands)
        return masked(visible(text), self.place)

    def test_every_view_is_as_expected(self):
        for name in SEEN:
            with self.subTest(name):
                self.compare(name, self.transcript(name))

    def test_tables_fit_the_width_in_every_view(self):
        """Lines of tables; sentences are wrapped by the terminal, and commands are copied whole."""
        for name, (columns, _, _, _) in SEEN.items():
            text = re.sub(r"<ESC>\[[0-9;]*m", "", self.transcript(name))
            # Through a pipe the answer of a query is whole.
            text = re.sub(r"\$ benchhost query.*?--- exit status", "", text, flags=re.DOTALL) if "pipe" in name else text
            for line in text.splitlines():
                rule = set(line.replace(" ", "")) <= {"─", "-"} and line != ""
                if rule and not line.startswith("---"):
                    self.assertLessEqual(len(line), columns, f"{name}: {line}")

    def test_without_utf8_every_byte_is_ascii(self):
        for name in ("terminal-80-ascii", "pipe-80-ascii"):
            text = self.transcript(name)
            # A query's cells are data: a program that reads on gets them byte by byte.
            text = re.sub(r"\$ benchhost query.*?--- exit status", "", text, flags=re.DOTALL)
            self.assertTrue(text.isascii(), text)

    def test_colour_is_for_terminals_that_want_it(self):
        self.assertIn("<ESC>[", self.transcript("terminal-80"))
        for name in ("pipe-80", "terminal-80-no-color", "terminal-80-dumb"):
            self.assertNotIn("<ESC>", self.transcript(name))

    def test_every_mistake_is_told_with_code_place_cause_and_next_step(self):
        text = ""
        for what, args in MISTAKES.items():
            with self.subTest(what):
                ended = self.place.run(*args)
                self.assertIn(ended.code, (2, 4, 5), str(ended))
                self.assertEqual(ended.out, "", str(ended))
                self.assertRegex(ended.err, r"(?m)^error\[BH\d{4}\]: ", str(ended))
                self.assertRegex(ended.err, r"(?m)^  (help: |--> )", str(ended))
                text += f"# {what}\n$ benchhost {' '.join(args)}\n{ended.err}--- exit status {ended.code}\n\n"
        self.compare("mistakes", masked(text, self.place))

    def test_every_code_of_a_mistake_has_its_page(self):
        codes = set()
        for args in MISTAKES.values():
            codes |= set(re.findall(r"^error\[(BH\d{4})\]", self.place.run(*args).err, re.MULTILINE))
        self.assertGreater(len(codes), 8)
        for code in codes:
            self.assertEqual(self.place.run("explain", code).code, 0, code)


class Runs(E2eTest):
    """Runs as they go on. Rates are known; what load does to a case (disturbed) and times are taken out."""

    def setUp(self):
        super().setUp()
        make_project(self.place)
        self.place.write("known.yaml", SUITE + BEYOND)
        self.place.db.unlink()
        self.place.env["STEADY_COUNTER"] = str(self.place.root / "counter")

    def loosely(self, text):
        text = masked(text, self.place)
        text = re.sub(r"\b\d{4}-\d\d-\d\d \d\d:\d\d", "YYYY-MM-DD hh:mm", text)
        text = re.sub(r"  in [\d.]+ m?s\b", "  in T", text)
        text = re.sub(r",? ?\bdisturbed\b", "", text)
        text = re.sub(r"(?m)^slow: .*\n", "", text)
        return "\n".join(re.sub(r"[─-]{3,}", "───", re.sub(r" {2,}", "  ", line)).rstrip() for line in text.splitlines())

    compare = Goldens.compare

    def test_a_run_through_a_pipe(self):
        (self.place.root / "counter").unlink(missing_ok=True)
        ended = self.place.run("run", "--suite", "known.yaml")
        self.assertEqual(ended.code, 1, str(ended))
        self.compare("run-pipe", self.loosely(f"{ended.out}\n--- standard error\n{ended.err}") + "\n")

    def test_a_run_on_a_terminal_leaves_its_table_and_nothing_of_the_bar(self):
        for columns in (40, 80, 200):
            with self.subTest(columns=columns):
                (self.place.root / "counter").unlink(missing_ok=True)
                self.place.db.unlink(missing_ok=True)
                # What crashed before is remembered there, and after the third time not started again.
                env = {"BENCHHOST_STATE_DIR": self.place.root / f"state-{columns}"}
                screen = run_on_terminal(self.place, "run", "--suite", "known.yaml", columns=columns, env=env)
                self.assertEqual(screen.code, 1, screen.text)
                self.assertEqual(screen.settings_before, screen.settings_after)
                self.compare(f"run-terminal-{columns}", self.loosely("\n".join(screen.lines())) + "\n")

    def long_run(self, columns=100, around=()):
        self.place.env["STEADY_MS"] = "5"
        run = ("run", "steady.copy", "--param", "bytes=4KiB,1MiB", "--invocations", "2", "--time", "12s")
        terminal = Terminal(self.place, *run, columns=columns, around=around)
        terminal.wait_for(r"\d/2")
        return terminal

    def assert_clean(self, screen):
        self.assertEqual(screen.settings_before, screen.settings_after)
        for line in screen.lines():
            # What stood there when a key stopped the run is the shell's to write behind.
            self.assertNotRegex(line, "[█░](?!.*stopped: )", screen.text)

    def test_a_bar_follows_the_width_of_its_window(self):
        terminal = self.long_run(100)
        for columns in (60, 34, 120):
            terminal.resize(columns)
            at = len(terminal.raw)
            # The frame that was being written may still be of the old width.
            at = terminal.wait_for(r"\x1b\[K", at)
            for _ in range(3):
                end = terminal.wait_for(r"\r[^\r\n]*\x1b\[K", at)
                frame = terminal.raw[at:end].decode()
                drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", frame)
                self.assertLess(len(drawn), columns, frame)
                at = end
        terminal.type(b"\x03")
        self.assert_clean(terminal.end())

    def test_control_c_ends_a_run_in_order_and_leaves_the_terminal_as_it_was(self):
        terminal = self.long_run()
        terminal.type(b"\x03")
        screen = terminal.end()
        self.assertEqual(screen.code, 130, screen.text)
        self.assert_clean(screen)
        self.assertIn("interrupted; what was finished is stored (exit status 130)", screen.text)
        self.assertEqual(self.place.sql("SELECT state, exit_code FROM runs"), [("finished", 130)])

    def test_control_z_stops_a_run_and_fg_goes_on_with_it(self):
        # A shell with job control: what is in nobody's session cannot be stopped from its terminal.
        script = 'set -m; "$@"; for round in 1 2 3; do echo "stopped: $?"; read key; fg; done; exit $?'
        # A bar is drawn just before a worker is started: the first keys come while it is.
        terminal = self.long_run(around=("sh", "-c", script, "sh"))
        at = 0
        for _ in range(3):
            terminal.type(b"\x1a")
            at = terminal.wait_for(r"stopped: \d+", at)
            terminal.type(b"\n")
            at = terminal.wait_for(r"\r[█░]{16}", at)
        terminal.type(b"\x03")
        screen = terminal.end()
        self.assertEqual(screen.code, 130, screen.text)
        self.assert_clean(screen)

    def test_a_run_says_what_is_running_to_whoever_asks(self):
        for flags in (("--progress", "lines"), ("--progress", "none"), ("--quiet",)):
            with self.subTest(flags=flags):
                (self.place.root / "counter").unlink(missing_ok=True)
                self.place.env["STEADY_MS"] = "5"
                going = self.place.start("run", "steady.copy", "--invocations", "1", "--time", "60s", *flags)
                poll_until("it measures", lambda: (self.place.root / "counter").exists())
                going.send(signal.SIGUSR1)
                going.wait_for_line(r"^run \d+: running steady\.copy@cpu:0, invocation 1, for \d+s; 0/1 cases finished")
                going.send(signal.SIGINT)
                self.assertEqual(going.wait().code, 130)


if __name__ == "__main__":
    unittest.main(verbosity=2)
