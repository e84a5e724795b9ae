"""Completions in the shells themselves: keys go in at a terminal, and what the shell then runs is what counts.

usage: completions_test.py SHELL     bash, zsh, fish: with that shell; if it is not installed 77, or 1 where CI is set
       completions_test.py           what needs no shell
"""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time

from support import COPY, PATIENCE_S, TINY, TRIAD, ZOO, E2eTest, run_tests, skip_or_fail

BREAKS = " \t\n\"'@><=;|&(:"

# What the command line would give to the program: the shell runs this in its place, completion finds the file.
SHOW = {
    "bash": "benchhost() { printf 'BEGIN\\n'; printf '<%s>\\n' \"$@\"; printf 'E%s\\n' ND; }",
    "zsh": "benchhost() { printf 'BEGIN\\n'; printf '<%s>\\n' \"$@\"; printf 'E%s\\n' ND; }",
    "fish": "function benchhost; printf 'BEGIN\\n'; printf '<%s>\\n' $argv; printf 'E%s\\n' ND; end",
}


def make_interactive(shell, folder, script):
    """The command line of an interactive shell with nobody's settings but these."""
    settings = {
        "bash": "PS1='ready> '\nbind 'set enable-bracketed-paste off'\nbind 'set show-all-if-ambiguous on'\n",
        "zsh": f"fpath=({folder} $fpath)\nautoload -Uz compinit\ncompinit -u -D\nPS1='ready> '\nunset zle_bracketed_paste\n",
        "fish": "function fish_prompt; echo -n 'ready> '; end\nfunction fish_greeting; end\n",
    }[shell]
    file = folder / {"bash": "benchhost", "zsh": "_benchhost", "fish": "benchhost.fish"}[shell]
    file.write_text(script)
    start = folder / {"bash": "bashrc", "zsh": ".zshrc", "fish": "start.fish"}[shell]
    # Zsh finds the file by its folder, the others read it.
    start.write_text(settings + (f"source '{file}'\n" if shell != "zsh" else "") + SHOW[shell] + "\n")
    return {
        "bash": ["bash", "--noprofile", "--rcfile", str(start), "-i"],
        "zsh": ["zsh", "-d", "-i"],
        "fish": ["fish", "--no-config", "-i", "-C", f"source '{start}'"],
    }[shell]


class Terminal:
    """A shell at a terminal."""

    def __init__(self, shell, place):
        folder = place.root / f"shell_{shell}"
        folder.mkdir(exist_ok=True)
        script = place.run("completions", shell).out
        self.raw = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(place.work)
            env = place.environment(
                {"PATH": f"{place.binary.parent}:{place.env['PATH']}", "TERM": "xterm", "ZDOTDIR": folder,
                 "XDG_CONFIG_HOME": None, "PS1": None}
            )  # fmt: skip
            command = make_interactive(shell, folder, script)
            os.execvpe(command[0], command, env)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 400, 0, 0))
        self.wait_for("ready> ")

    def wait_for(self, text):
        """Everything that came up to and with `text`."""
        give_up = time.monotonic() + PATIENCE_S
        while text not in self.raw:
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, give_up - time.monotonic()))
            if not ready:
                raise AssertionError(f"the shell does not say {text!r}:\n{self.raw!r}")
            more = os.read(self.terminal, 65536)
            # Fish asks the terminal who it is, and waits for it.
            if b"\x1b[c" in more or b"\x1b[0c" in more:
                os.write(self.terminal, b"\x1b[?62c")
            self.raw += more.decode("utf-8", "replace")
        end = self.raw.index(text) + len(text)
        found, self.raw = self.raw[:end], self.raw[end:]
        return found

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def completed(self, keys):
        """The words of the command line that these keys, then Return, give."""
        self.type(keys + "\r")
        said = self.wait_for("END\r\n")
        return re.findall(r"(?m)^<(.*)>\r?$", said[said.rindex("BEGIN\r\n") :])

    def close(self):
        os.close(self.terminal)
        try:
            os.kill(self.pid, 9)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)


class Shells(E2eTest):
    """What every shell does. Keys are written as one presses them; \\t is the key that completes."""

    shell = ""

    def setUp(self):
        super().setUp()
        # A name with blanks in it, and a folder to go into.
        self.place.write("suites/my nightly.yaml", "name: x\nentries: []\n")
        self.place.write("some/deep file.txt", "")

    def terminal(self):
        terminal = Terminal(self.shell, self.place)
        self.addCleanup(terminal.close)
        return terminal

    def test_commands_flags_and_words_are_completed(self):
        terminal = self.terminal()
        for keys, words in (
            ("benchhost repo\tlatest --a\tmd", ["report", "latest", "--as", "md"]),
            ("benchhost sui\tsch\t", ["suite", "schema"]),
            ("benchhost run --color alw\t--dry\t", ["run", "--color", "always", "--dry-run"]),
            ("benchhost run --color=nev\t", ["run", "--color=never"]),
            ("benchhost completions zs\t", ["completions", "zsh"]),
            ("benchhost man suite sch\t", ["man", "suite", "schema"]),
            ("benchhost explain BH0214\t", ["explain", "BH0214"]),
            ("benchhost explain BH009\t", ["explain", "BH0099"]),
            ("benchhost --vers\t", ["--version"]),
        ):
            with self.subTest(keys=keys):
                self.assertEqual(terminal.completed(keys), words)

    def test_names_with_blanks_and_paths_are_completed(self):
        terminal = self.terminal()
        for keys, words in (
            ("benchhost run --suite my\t", ["run", "--suite", "my nightly"]),
            ("benchhost run --suite=my\t", ["run", "--suite=my nightly"]),
            ("benchhost run --suite 'my\t", ["run", "--suite", "my nightly"]),
            ("benchhost run --db som\tdeep\t", ["run", "--db", "some/deep file.txt"]),
            ("benchhost run --db=som\tdeep\t", ["run", "--db=some/deep file.txt"]),
            ("benchhost run -C som\t", ["run", "-C", "some/"]),
        ):
            with self.subTest(keys=keys):
                self.assertEqual([w.rstrip("/") for w in terminal.completed(keys)], [w.rstrip("/") for w in words])

    def test_benchmarks_runs_and_cases_are_completed_once_they_are_known(self):
        self.assert_code(self.place.run("run", TRIAD, "--param", "bytes=16KiB", *TINY), 0)
        terminal = self.terminal()
        title = "cpu_stream.triad{bytes=16 KiB}@cpu:0"
        for keys, words in (
            ("benchhost run org.benchhost.cpu_stream.tri\t", ["run", TRIAD]),
            (f"benchhost run {TRIAD} --param by\t16KiB", ["run", TRIAD, "--param", "bytes=16KiB"]),
            ("benchhost show lat\t0", ["show", "latest/0"]),
            ("benchhost show latest/0\t", ["show", "latest/0"]),
            ("benchhost why cpu_st\t", ["why", title]),
            ("benchhost why 'cpu_stream.triad{bytes=16 \t", ["why", title]),
            ("benchhost run --device cp\t", ["run", "--device", "cpu:0"]),
        ):
            with self.subTest(keys=keys):
                self.assertEqual(terminal.completed(keys), words)

    def test_what_is_typed_is_never_evaluated(self):
        terminal = self.terminal()
        # Inside single quotes the shell itself leaves it alone, so only completion could run it.
        words = terminal.completed("benchhost run '$(touch pwned)' --dry\t")
        self.assertEqual(words, ["run", "$(touch pwned)", "--dry-run"])
        # Bash looks for the beginning of a command behind these, quoted or not, and may find none to complete.
        words = terminal.completed("benchhost run '`touch pwned`; $(touch pwned)' '$(touch pwned)\t'")
        self.assertEqual(words[:2], ["run", "`touch pwned`; $(touch pwned)"])
        self.assertFalse((self.place.work / "pwned").exists())

    def test_a_program_that_fails_leaves_the_line_as_it_is(self):
        broken = self.place.root / "broken"
        broken.mkdir()
        (broken / "benchhost").write_text("#!/bin/sh\necho noise >&2\nexit 70\n")
        (broken / "benchhost").chmod(0o755)
        terminal = self.terminal()
        terminal.type("PATH=" + str(broken) + ":$PATH\r" if self.shell != "fish" else f"set -x PATH {broken} $PATH\r")
        self.assertEqual(terminal.completed("benchhost run --dry\t"), ["run", "--dry"])


class Bash(Shells):
    shell = "bash"

    def replies(self, line, **env):
        """COMPREPLY for a line, and what was asked of compopt, without a terminal."""
        script = (
            'source /dev/stdin <<<"$SCRIPT"; compopt() { echo "compopt $*"; }; read -ra COMP_WORDS <<<"$COMP_LINE"; '
            'COMP_POINT=${#COMP_LINE}; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _benchhost benchhost "" ""; '
            '((${#COMPREPLY[@]})) && printf "%s\\n" "${COMPREPLY[@]}"; exit 0'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", script], cwd=self.place.work, capture_output=True, text=True, timeout=PATIENCE_S,
            env=self.place.environment({
                "SCRIPT": self.place.run("completions", "bash").out, "COMP_LINE": line, "COMP_WORDBREAKS": BREAKS,
                "PATH": f"{self.place.binary.parent}:{self.place.env['PATH']}", **env}),
            check=True,
        )  # fmt: skip
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines()

    def test_the_function_fills_compreply(self):
        self.assertEqual(self.replies("benchhost sui"), ["suite "])
        self.assertEqual(self.replies("benchhost run --color a"), ["auto ", "always "])
        self.assertEqual(self.replies("benchhost run --db "), ["compopt -o default +o nospace"])
        self.assertEqual(self.replies("benchhost run --plugins "), ["compopt -o dirnames +o nospace"])
        self.assertEqual(self.replies("benchhost nonsense "), [])
        self.assertEqual(self.replies("benchhost run 'unfinished \"quotes"), [])

    def test_the_program_that_is_typed_is_the_one_that_is_asked(self):
        path = {"PATH": "/usr/bin:/bin"}
        self.assertEqual(self.replies(f"{self.place.binary} sui", **path), ["suite "])
        home = self.place.root / "home"
        (home / "bin").symlink_to(self.place.binary.parent)
        self.assertEqual(self.replies("~/bin/benchhost sui", **path), ["suite "])
        self.assertEqual(self.replies("/nowhere/benchhost sui", **path), [])
        self.assertEqual(self.replies("$(touch${IFS}pwned) sui", **path), [])
        self.assertFalse((self.place.work / "pwned").exists())

    def test_the_script_is_sound_and_replaces_no_other_name(self):
        script = self.place.run("completions", "bash").out
        done = subprocess.run(["bash", "--norc", "-uec", script + "complete -p; compgen -A function"],
                              capture_output=True, text=True, check=True)  # fmt: skip
        self.assertEqual(done.stdout.split("\n"), ["complete -o nospace -F _benchhost benchhost", "_benchhost", ""])


class Zsh(Shells):
    shell = "zsh"

    def test_the_script_can_be_sourced_too(self):
        (self.place.work / "script").write_text(self.place.run("completions", "zsh").out)
        done = subprocess.run(
            ["zsh", "-f", "-c", "autoload -Uz compinit; compinit -u -D; source ./script; echo $_comps[benchhost]"],
            cwd=self.place.work, env=self.place.environment({}), capture_output=True, text=True, check=True,
        )  # fmt: skip
        self.assertEqual((done.stdout, done.stderr), ("_benchhost\n", ""))


class Fish(Shells):
    shell = "fish"

    def test_candidates_have_their_sentences(self):
        (self.place.work / "script").write_text(self.place.run("completions", "fish").out)
        env = self.place.environment({"PATH": f"{self.place.binary.parent}:{self.place.env['PATH']}"})
        done = subprocess.run(
            ["fish", "--no-config", "-c", "source ./script; complete -C 'benchhost run --dry'; complete -C 'benchhost nonsense '"],
            cwd=self.place.work, env=env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        self.assertEqual((done.stdout, done.stderr), ("--dry-run\tShow the cases and run nothing.\n", ""))


class Program(E2eTest):
    """What the scripts ask, without a shell."""

    def answer(self, *words, env=None):
        ended = self.place.run("complete", "zsh", "--", *words, env=env)
        self.assert_code(ended, 0)
        self.assertEqual(ended.err, "")
        paths, *lines = ended.out.splitlines()
        return paths, [line.split("\t")[0] for line in lines]

    def test_no_worker_starts_and_nothing_is_written(self):
        env = {"BENCHHOST_PLUGIN_PATH": f"{ZOO}:{self.place.env['BENCHHOST_PLUGIN_PATH']}"}
        for words in (("run", ""), ("why", ""), ("run", "--device", ""), ("run", "--tag", ""), ("show", ""), ("run", COPY, "--param", "")):
            self.assertEqual(self.answer(*words, env=env)[1], [])
        self.assertEqual(list((self.place.root / "home").iterdir()), [])
        self.assertEqual(list((self.place.root / "tmp").iterdir()), [])
        self.assertFalse(self.place.db.exists())

    def test_a_plugin_that_changed_since_it_was_listed_is_not_offered(self):
        folder = self.place.root / "plugins"
        folder.mkdir()
        plugin = shutil.copy(self.place.env["BENCHHOST_PLUGIN_PATH"] + "/cpu_stream.so", folder)
        env = {"BENCHHOST_PLUGIN_PATH": folder}
        # A file that changed a moment ago is read anew until a moment has passed.
        deadline = time.monotonic() + PATIENCE_S
        while COPY not in self.answer("run", "", env=env)[1]:
            self.assertLess(time.monotonic(), deadline, "the plugin is never offered")
            self.assert_code(self.place.run("list", "plugins", env=env), 0)
        with open(plugin, "ab") as file:
            file.write(b"\0")
        self.assertNotIn(COPY, self.answer("run", "", env=env)[1])

    def test_broken_settings_databases_and_caches_stop_nothing(self):
        self.place.write("benchhost.yaml", "plugns: [\n")
        self.place.db.write_bytes(b"no database")
        cache = self.place.root / "home" / ".cache" / "benchhost"
        cache.mkdir(parents=True)
        (cache / "probes.json").write_text("{")
        self.assertIn("run", self.answer("")[1])
        self.assertIn("--suite", self.answer("run", "--")[1])
        for words in (("run", ""), ("show", ""), ("report", ""), ("run", "-C", "/nowhere", "")):
            ended = self.place.run("complete", "zsh", "--", *words)
            self.assert_code(ended, 0)
            self.assertEqual(ended.out, "none\n")
        for args in (("man",), ("completions", "bash"), ("help",)):
            self.assert_code(self.place.run(*args, env={"BENCHHOST_FORMAT": "nonsense"}), 0)

    def test_where_the_line_says_names_are_looked_for_they_are(self):
        self.place.write("elsewhere/benchhost.yaml", "suites: mine\n")
        self.place.write("elsewhere/mine/weekly.yaml", "name: w\nentries: []\n")
        self.assertNotIn("weekly", self.answer("run", "--suite", "")[1])
        paths, names = self.answer("run", "-C", "elsewhere", "--suite", "")
        self.assertEqual(paths, "files")
        self.assertIn("weekly", names)

    def test_a_relative_folder_is_gone_into_once_though_several_kinds_of_names_are_asked_for(self):
        # Plugins and database are where the settings of the folder say, and nowhere else.
        env = {"BENCHHOST_DB": None, "BENCHHOST_PLUGIN_PATH": None}
        self.place.write("lab/benchhost.yaml", f"db: mine.db\nplugins: {self.place.env['BENCHHOST_PLUGIN_PATH']}\n")
        self.assert_code(self.place.run("run", TRIAD, "--param", "bytes=16KiB", *TINY, "-C", "lab", env=env), 0)
        # `why` takes a benchmark, of which the plugins tell, or a case, of which the database does.
        names = self.answer("why", "-C", "lab", "", env=env)[1]
        self.assertIn(TRIAD, names)
        self.assertIn("cpu_stream.triad{bytes=16 KiB}@cpu:0", names)

    def test_bad_questions_are_usage_errors(self):
        for args, expected in (
            (("complete",), "bash|zsh|fish"),
            (("complete", "bahs"), "did you mean 'bash'?"),
            (("complete", "bash"), "COMP_WORDBREAKS"),
            (("complete", "fish"), "the words"),
            (("completions",), "bash|zsh|fish"),
            (("completions", "bsh"), "did you mean 'bash'?"),
            (("completions", "powershell"), "bash, zsh, fish"),
            (("completions", "bash", "zsh"), "'zsh'"),
            (("man", "rum"), "did you mean 'run'?"),
            (("man", "suite", "chek"), "did you mean 'check'?"),
            (("man", "run", "fast"), "run"),
            (("help", "rum"), "did you mean 'run'?"),
            (("explain", "BH0302 "), "did you mean 'BH0302'?"),
            (("explain", "bh23"), "codes look like"),
        ):
            with self.subTest(args=args):
                ended = self.place.run(*args)
                self.assert_code(ended, 2)
                self.assertIn(expected, ended.err)
                self.assertEqual(ended.out, "")

    def test_strange_lines_are_answered(self):
        for line in ("", " ", "benchhost", "benchhost '", 'benchhost "\\', "benchhost run --", "benchhost \xff", "b " + "x " * 5000):
            with self.subTest(line=line[:20]):
                self.assert_code(self.place.run("complete", "bash", "--", line, BREAKS), 0)


if __name__ == "__main__":
    shell = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1] in SHOW else ""
    if shell and not shutil.which(shell):
        skip_or_fail(f"{shell} is not installed; scripts/bootstrap installs it")
    run_tests({"bash": Bash, "zsh": Zsh, "fish": Fish}.get(shell, Program))
