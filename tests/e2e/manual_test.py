"""The manual page, help, explain and README tell the same of the same program.

usage: manual_test.py FORMATTER     groff or mandoc: with that; if it is not installed 77, or 1 where CI is set
       manual_test.py               what needs none
"""

import re
import shlex
import shutil
import subprocess
import sys

from support import PATIENCE_S, SOURCE, E2eTest, run_tests, skip_or_fail

# The page has no date, so that it is the same on every day.
NO_DATE = 'missing date, using ""'


class Manual(E2eTest):
    def text(self, *args):
        ended = self.place.run(*args)
        self.assert_code(ended, 0)
        self.assertEqual(ended.err, "")
        return ended.out

    def candidates(self, *words):
        return [line.split("\t")[0] for line in self.text("complete", "zsh", "--", *words).splitlines()[1:]]

    def commands(self):
        """The commands that completion knows, each a list of words."""
        found = []
        for word in self.candidates(""):
            ended = self.place.run("help", word)
            found += [[word]] if ended.code == 0 else [[word, second] for second in self.candidates(word, "")]
        self.assertGreater(len(found), 10)
        return found


class Agreement(Manual):
    def test_overview_manual_and_completion_have_the_same_commands(self):
        commands = [" ".join(c) for c in self.commands()]
        overview = re.findall(r"(?m)^  ([a-z]+(?: [a-z]+)?) {2,}", self.text("--help"))
        manual = re.findall(r"(?m)^\.SS (.*)$", self.text("man"))
        self.assertEqual(sorted(overview), sorted(commands))
        self.assertEqual(sorted(manual), sorted(commands))

    def test_help_manual_and_completion_have_the_same_flags(self):
        flag = r"(?:-\w, )?--([a-z][a-z-]*)"
        sections = self.text("man").replace("\\fB", "").replace("\\fR", "").replace("\\-", "-").split("\n.S")
        whole = {section.split("\n")[0].partition(" ")[2]: section for section in sections}
        shared = re.findall(rf"(?m)^{flag}", whole["GLOBAL FLAGS"])
        for command in self.commands():
            with self.subTest(command=command):
                said = re.findall(r"(?m)^  --([a-z][a-z-]*)", self.text(*command, "--help"))
                offered = [f.removeprefix("--") for f in self.candidates(*command, "--")]
                own_page = self.text("man", *command).replace("\\fB", "").replace("\\-", "-")
                self.assertEqual(said, offered)
                own = re.findall(rf"(?m)^{flag}", whole[" ".join(command)])
                # A command that takes more of a global flag has a row of its own for it.
                self.assertEqual(said, own + [name for name in shared if name not in own])
                self.assertEqual(said, re.findall(rf"(?m)^\.TP\n{flag}", own_page.replace("\\fR", "")))

    def test_explain_lists_what_it_explains(self):
        listed = self.place.run("explain", "--format", "json").json()["codes"]
        text = self.text("explain").splitlines()
        self.assertEqual([line.split("  ")[0] for line in text], [c["code"] for c in listed])
        offered = self.candidates("explain", "")
        self.assertEqual(offered, [c["code"] for c in listed])
        for code in listed:
            page = self.text("explain", code["code"])
            self.assertTrue(page.startswith(f"{code['code']}: {code['title']}\n"), page)
            # A page is broken into lines where the terminal ends.
            self.assertIn(" ".join(code["explanation"].split()), " ".join(page.split()))

    def test_the_command_lines_of_the_readme_can_be_typed(self):
        known = [" ".join(c) for c in self.commands()]
        lines = re.findall(r"(?m)(?:`|^\$ |^|bin/)benchhost ([^`\n|>#\\\\]*)", (SOURCE / "README.md").read_text())
        checked = 0
        for line in lines:
            words = shlex.split(line.replace("…", "x"))
            if not words or not re.fullmatch("[a-z]+", words[0]) or words[0] not in {k.split()[0] for k in known}:
                # "benchhost finds them": prose begins with a small letter too, and is no code.
                self.assertNotIn(f"`benchhost {line}`", (SOURCE / "README.md").read_text())
                continue
            command = words[:2] if " ".join(words[:2]) in known else words[:1]
            with self.subTest(line=line):
                self.assertIn(" ".join(command), known)
                flags = {f.removeprefix("--") for f in self.candidates(*command, "--")}
                self.assertLessEqual({w[2:].split("=")[0] for w in words if re.match("--[a-z]", w)}, flags)
                checked += 1
        self.assertGreater(checked, 10)

    def test_the_readme_has_the_exit_statuses_of_the_manual(self):
        manual = self.text("man").split(".SH EXIT STATUS")[1].split(".SH")[0]
        statuses = re.findall(r"(?m)^\.TP\n\\fB(\d+)\\fR$", manual)
        table = (SOURCE / "README.md").read_text().split("| exit | meaning |")[1].split("\n\n")[0]
        self.assertEqual(re.findall(r"\d+", " ".join(re.findall(r"(?m)^\| ([\d /]+) \|", table))), statuses)

    def test_the_pages_do_not_depend_on_who_asks(self):
        first = self.text("man")
        env = {"COLUMNS": "40", "LANG": "C", "TERM": "dumb", "NO_COLOR": "1", "BENCHHOST_FORMAT": "json", "HOME": None}
        self.assertEqual(self.place.run("man", env=env).out, first)
        self.assertTrue(first.isascii())


class Formatter(Manual):
    """Every page is clean, and is read as it was meant."""

    command = ()

    def pages(self):
        return [self.text("man")] + [self.text("man", *command) for command in self.commands()]

    def format(self, page, *command):
        done = subprocess.run(command, input=page, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        said = [line for line in (done.stderr + (done.stdout if "lint" in command[1] else "")).splitlines() if NO_DATE not in line]
        self.assertEqual(said, [])
        return done.stdout


class Groff(Formatter):
    def test_nothing_is_warned_of(self):
        for page in self.pages():
            self.format(page, "groff", "-man", "-Tutf8", "-ww", "-z")

    def test_the_page_reads_as_it_was_meant(self):
        shown = self.format(self.text("man"), "groff", "-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-o", "-P-u")
        shown = " ".join(shown.split())
        for text in ("NAME", "--param PARAM=VALUE", "benchhost suite check quick.yaml", "{log2: [A, B]}", "'memory' in tags",
                     "~/.config/benchhost/config.yaml", "BENCHHOST_PROBE_TIMEOUT"):  # fmt: skip
            self.assertIn(text, shown)
        self.assertNotIn("\\", shown)


class Mandoc(Formatter):
    def test_nothing_is_warned_of(self):
        for page in self.pages():
            self.format(page, "mandoc", "-Tlint", "-Wwarning")

    def test_the_page_reads_as_it_was_meant(self):
        shown = re.sub(".\b", "", self.format(self.text("man"), "mandoc", "-Tutf8"))
        for text in ("--param PARAM=VALUE", "benchhost suite check quick.yaml", "'memory' in tags"):
            self.assertIn(text, shown)


if __name__ == "__main__":
    formatter = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1] in ("groff", "mandoc") else ""
    if formatter and not shutil.which(formatter):
        skip_or_fail(f"{formatter} is not installed; scripts/bootstrap installs it")
    run_tests({"groff": Groff, "mandoc": Mandoc}.get(formatter, Agreement))
