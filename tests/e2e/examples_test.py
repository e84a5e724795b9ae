"""Every example that a help page or the manual shows is run as it stands, by a shell, in a project that has what it names."""

import re
import shutil
import unittest

from support import BACKENDS, BINARY, PLUGINS, SOURCE, STEADY, WORKER, E2eTest, make_prepared_database

# Suites of the names that examples use, as small as they can be.
QUICK = "name: quick\ndefaults: {invocations: 1, time: 20 ms}\nentries:\n  - {benchmarks: cpu_stream.copy, parameters: {bytes: 16 KiB}}\n"
NIGHTLY = "name: nightly\ndefaults: {invocations: {min: 5, max: 6}, time: 20 ms}\nentries:\n  - benchmarks: steady.copy\n"

# Statuses that an example may end with beside 0, and why.
OTHERWISE = {
    # What it finds is its answer: this machine is not quiet, that plugin is no model.
    "doctor": {1},
    "plugin check": {1},
    # The case does not run here, and that is what it says.
    "why": {1, 4},
    # Nothing has crashed here, so there is nothing to set free.
    "plugin quarantine": {2},
}


class Examples(E2eTest):
    def setUp(self):
        super().setUp()
        place = self.place
        # A prefix as an installation makes it, with the SDK that `plugin new` begins from.
        prefix = place.root / "prefix"
        (prefix / "bin").mkdir(parents=True)
        for program in (BINARY, WORKER):
            shutil.copy(program, prefix / "bin")
        shutil.copytree(SOURCE / "sdk" / "template", prefix / "share" / "benchhost" / "sdk" / "template")
        place.binary = prefix / "bin" / BINARY.name
        place.write("benchhost.yaml", "")
        place.write("suites/quick.yaml", QUICK)
        place.write("suites/nightly.yaml", NIGHTLY)
        plugins = place.work / "plugins"
        plugins.mkdir()
        for source in (PLUGINS / "cpu_stream.so", PLUGINS / "null.so", STEADY / "steady.so"):
            shutil.copy(source, plugins)
        (place.work / "build" / "plugins").mkdir(parents=True)
        shutil.copy(PLUGINS / "null.so", place.work / "build" / "plugins" / "example_triad.so")
        shutil.copy(PLUGINS / "null.so", place.work / "example.so")
        place.env["BENCHHOST_BACKEND_PATH"] = str(BACKENDS)
        place.env["BENCHHOST_PLUGIN_PATH"] = ""
        place.env["PATH"] = f"{place.binary.parent}:{place.env['PATH']}"
        # Examples speak of run 12; and latest/0 is one that can be run again.
        make_prepared_database(place.db, runs=12)
        for shard in (1, 2):
            make_prepared_database(place.work / f"shard-{shard}.db", runs=shard)
        self.assert_code(place.run("run", "--suite", "quick.yaml"), 0)
        shutil.copy(place.db, place.work / "results.db")

    def commands(self):
        page = self.place.run("--help", env={"COLUMNS": "200"})
        return re.findall(r"(?m)^  ([a-z]+(?: [a-z]+)*)  +[A-Z]", page.out)

    def examples(self, command):
        page = self.place.run(*command.split(), "--help", env={"COLUMNS": "200"})
        _, _, lines = page.out.partition("\nexamples:\n")
        return [line.strip() for line in lines.strip().splitlines()]

    def test_every_example_runs(self):
        ran = 0
        for command in self.commands():
            for example in self.examples(command):
                if "| man " in example and shutil.which("man") is None:
                    example = example.partition(" | man ")[0]
                with self.subTest(example=example):
                    ended = self.place.shell(example)
                    self.assertIn(ended.code, {0} | OTHERWISE.get(command, set()), str(ended))
                    self.assertNotIn("error[BH0001]", ended.err, str(ended))
                    ran += 1
                # Two examples begin a plugin of the same name.
                shutil.rmtree(self.place.work / "my_bench", ignore_errors=True)
        self.assertGreater(ran, 35)

    def test_every_command_has_an_example(self):
        commands = self.commands()
        self.assertGreater(len(commands), 20)
        for command in commands:
            self.assertTrue(self.examples(command), command)

    def test_the_first_steps_of_the_overview_run(self):
        page = self.place.run("--help", env={"COLUMNS": "200"}).out
        steps = re.findall(r"(?m)^  (benchhost .*)$", page)
        self.assertEqual(len(steps), 2, page)
        for step in steps:
            self.assert_code(self.place.shell(step), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
