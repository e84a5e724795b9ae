"""What crashes is remembered by what it is, not started again, seen by whoever asks, and set free again."""

import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path
from signal import SIGINT, SIGKILL

from support import BINARY, COPY, PLUGINS, TINY, WORKER, ZOO, E2eTest, Place, path_of, poll_until, workers_of

MENDED = path_of("ZOO_MENDED")
FALLS = "org.benchhost.zoo.falls"
SEGV = "org.benchhost.zoo.segv.run"
ONCE = ("--invocations", "1", "--time", "20ms")

# The worker, and a line in a file for each that is started.
COUNTING_WORKER = """#!/bin/sh
echo started >> '{trace}'
exec '{worker}' "$@"
"""


class QuarantineTest(E2eTest):
    """A place with a folder of plugins and a worker that counts its starts."""

    def setUp(self):
        super().setUp()
        bin_folder = self.place.root / "bin"
        bin_folder.mkdir()
        shutil.copy(BINARY, bin_folder / BINARY.name)
        worker = bin_folder / WORKER.name
        worker.write_text(COUNTING_WORKER.format(trace=self.place.root / "starts", worker=WORKER))
        worker.chmod(0o755)
        self.place.binary = bin_folder / BINARY.name
        self.plugins = self.place.root / "plugins"
        self.plugins.mkdir()
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(self.plugins)
        self.state = self.place.root / "state" / "quarantine.json"
        self._seen = 0

    def started(self):
        """Workers since the last question."""
        trace = self.place.root / "starts"
        now = len(trace.read_text().splitlines()) if trace.exists() else 0
        before, self._seen = self._seen, now
        return now - before

    def drop(self, source, name=None):
        """A plugin of the zoo, as a new file: what was there may be mapped, and its times say that it is another."""
        file = self.plugins / (name or source.name)
        file.unlink(missing_ok=True)
        shutil.copy(source, file)
        return file

    def listed(self, name, **more):
        ended = self.place.run("list", "plugins", "--format", "json", **more)
        self.assert_code(ended, 0)
        return next(p for p in ended.json()["plugins"] if Path(p["file"]).name == name)

    def forget_probes(self):
        shutil.rmtree(self.place.root / "home" / ".cache", ignore_errors=True)

    def crash(self, code=1, **more):
        ended = self.place.run("run", SEGV, *ONCE, **more)
        self.assert_code(ended, code)
        return ended

    def entries(self):
        ended = self.place.run("plugin", "quarantine", "--format", "json")
        self.assert_code(ended, 0)
        return ended.json()["entries"]


class Probe(QuarantineTest):
    def test_a_plugin_that_crashes_in_its_probe_is_started_once(self):
        file = self.drop(ZOO / "falls.so")
        first = self.listed("falls.so")
        self.assertEqual((first["refusal"]["gate"], first["refusal"]["code"]), ("probe", "BH0210"))
        self.assertIn(f"plugin quarantine --clear {FALLS}", first["refusal"]["help"])
        self.assertEqual(self.started(), 1)

        self.forget_probes()
        for _ in range(2):
            second = self.listed("falls.so")
            self.assertEqual((second["refusal"]["gate"], second["refusal"]["code"]), ("quarantine", "BH0215"))
            self.assertRegex(second["refusal"]["message"], r"SIG(ILL|TRAP) while loading, \d{4}-\d\d-\d\d \d\d:\d\d UTC")
            self.assertIn(f"plugin quarantine --clear {FALLS}", second["refusal"]["help"])
        self.assertIn("refused at gate quarantine [BH0215]", self.place.run("list", "plugins").out)
        for name in (FALLS, f"{FALLS}.run", str(file)):
            why = self.place.run("why", name)
            self.assert_code(why, 1)
            self.assertRegex(why.out, r"FAIL quarantine +its probe is in quarantine: SIG")
        self.assertRegex(self.place.run("doctor").out, r"warn +quarantine +1 that crashed is not started")
        # A benchmark of it is as unknown as those of every refused plugin.
        refused = self.place.run("run", f"{FALLS}.run")
        self.assert_code(refused, 2)
        self.assertIn("1 files or folders are not used", refused.err)
        self.assertEqual(self.started(), self.backends_asked(why=3, doctor=1, run=1))

        (entry,) = self.entries()
        self.assertEqual((entry["plugin"], entry["benchmark"], entry["kind"]), (FALLS, None, "crash"))
        self.assertEqual((entry["faults"], entry["in_quarantine"], entry["file"]), (1, True, str(file)))
        self.assertEqual(entry["fingerprint"], first["fingerprint"])
        self.assertEqual(oct(self.state.stat().st_mode & 0o777), "0o600")

    def backends_asked(self, **commands):
        """Each of these asks every backend module in a worker of its own."""
        modules = len(list(Path(self.place.env["BENCHHOST_BACKEND_PATH"]).glob("*.so")))
        return modules * sum(commands.values())

    def test_a_stripped_or_signed_file_stays_and_a_new_build_is_free(self):
        file = self.drop(ZOO / "falls.so")
        self.listed("falls.so")
        self.started()
        signature = self.place.write("signature", "trusted comment: timestamp:1\n")
        treatments = (
            ["strip", file],
            ["strip", "--strip-all", "-R", ".comment", file],
            ["objcopy", "--strip-debug", file],
            ["objcopy", f"--add-section=.signature={signature}", file],
        )
        for command in treatments:
            with self.subTest(command=command[:2]):
                self.drop(ZOO / "falls.so")
                before = file.read_bytes()
                subprocess.run(list(map(str, command)), check=True)
                self.assertNotEqual(file.read_bytes(), before)
                self.assertEqual(self.listed("falls.so")["refusal"]["gate"], "quarantine")
        file.rename(self.plugins / "renamed.so")
        self.assertEqual(self.listed("renamed.so")["refusal"]["gate"], "quarantine")
        self.assertEqual(self.started(), 0)
        (self.plugins / "renamed.so").unlink()

        self.drop(MENDED / "falls.so")
        self.assertTrue(self.listed("falls.so")["usable"])
        self.assertEqual(self.started(), 1)
        self.assert_code(self.place.run("run", f"{FALLS}.run", *ONCE), 0)
        # The old build is in quarantine still.
        self.drop(ZOO / "falls.so")
        self.assertEqual(self.listed("falls.so")["refusal"]["gate"], "quarantine")

    def test_what_is_cleared_is_tried_again(self):
        names = (lambda file, print_: FALLS, lambda file, print_: print_, lambda file, print_: print_.split(":")[1][:12],
                 lambda file, print_: file, lambda file, print_: file.name)  # fmt: skip
        for name in names:
            file = self.drop(ZOO / "falls.so")
            self.assertEqual(self.listed("falls.so")["refusal"]["gate"], "probe")
            asked = name(file, self.entries()[0]["fingerprint"])
            self.started()
            with self.subTest(asked=asked):
                cleared = self.place.run("plugin", "quarantine", "--clear", asked)
                self.assert_code(cleared, 0)
                self.assertEqual(cleared.out, f"cleared: {FALLS} (its probe)\n")
                self.assertEqual(self.entries(), [])
                self.assertEqual(self.started(), 0)
                # The probe itself, not what a cache remembers of it.
                self.assertEqual(self.listed("falls.so")["refusal"]["gate"], "probe")
                self.assertEqual(self.started(), 1)
            self.assert_code(self.place.run("plugin", "quarantine", "--clear-all"), 0)
        self.assertEqual(self.place.run("plugin", "quarantine").out, "nothing is in quarantine\n")

    def test_a_copy_elsewhere_is_meant_by_what_is_in_it(self):
        self.drop(ZOO / "falls.so")
        self.listed("falls.so")
        copy = shutil.copy(ZOO / "falls.so", self.place.work / "copy.so")
        subprocess.run(["strip", copy], check=True)
        self.assert_code(self.place.run("plugin", "quarantine", "--clear", "copy.so"), 0)
        self.assertEqual(self.entries(), [])

    def test_a_name_that_is_not_there_clears_nothing(self):
        self.drop(ZOO / "falls.so")
        self.listed("falls.so")
        ended = self.place.run("plugin", "quarantine", "--clear", FALLS, "--clear", "org.benchhost.zoo.fals")
        self.assert_code(ended, 2)
        self.assertIn("BH0102", ended.err)
        self.assertIn(f"did you mean '{FALLS}'?", ended.err)
        self.assertEqual(len(self.entries()), 1)
        both = self.place.run("plugin", "quarantine", "--clear", FALLS, "--clear-all")
        self.assert_code(both, 2)

    def test_plugin_check_examines_it_all_the_same_counts_nothing_and_says_so(self):
        file = self.drop(ZOO / "falls.so")
        for _ in range(2):
            fresh = self.place.run("plugin", "check", file)
            self.assert_code(fresh, 1)
            self.assertNotIn("quarantine", fresh.err)
        self.assertFalse(self.state.exists())
        self.listed("falls.so")
        before = self.state.read_bytes()
        checked = self.place.run("plugin", "check", file, "--format", "json")
        self.assert_code(checked, 1)
        self.assertIn("is in quarantine, and is started here all the same", checked.err)
        self.assertIn(f"benchhost plugin quarantine --clear {FALLS}", checked.err)
        self.assertEqual({r["number"] for r in checked.json()["requirements"] if r["verdict"] == "FAIL"},
                         {r["number"] for r in self.place.run("plugin", "check", file, "--state-dir", "", "--format", "json")
                          .json()["requirements"] if r["verdict"] == "FAIL"})  # fmt: skip
        self.assertEqual(self.state.read_bytes(), before)


class Run(QuarantineTest):
    def setUp(self):
        super().setUp()
        self.file = self.drop(ZOO / "segv.so")
        shutil.copy(PLUGINS / "cpu_stream.so", self.plugins)

    def test_a_benchmark_that_crashes_in_three_runs_in_a_row_is_started_no_more(self):
        for number in range(1, 4):
            ended = self.crash()
            self.assertEqual("is in quarantine" in ended.err, number == 3, str(ended))
            (entry,) = self.entries()
            self.assertEqual((entry["faults"], entry["in_quarantine"]), (number, number == 3))
        self.assertEqual((entry["fault"], entry["phase"], entry["kind"]), ("SIGSEGV", "calibrating", "crash"))
        self.assertEqual((entry["run"], entry["case"], entry["database"]), (3, 0, str(self.place.db)))

        ended = self.place.run("run", SEGV, COPY, "--param", "bytes=16KiB", *TINY)
        self.assert_code(ended, 5)
        rows = self.place.sql("SELECT outcome, code, reason FROM results WHERE run = 4 AND role = 'primary' ORDER BY ordinal")
        (segv,) = [row for row in rows if row[0] != "passed"]
        self.assertEqual((len(rows), segv[:2]), (2, ("infra_error", "BH0215")))
        self.assertRegex(segv[2], r"SIGSEGV while calibrating, 3 times in a row in 3 runs.*benchhost show 3/0 --log")
        self.assertIn(f"benchhost plugin quarantine --clear {SEGV}", ended.out)
        self.assertEqual(self.place.sql("SELECT count(*) FROM invocations i JOIN results r ON r.id = i.result WHERE r.code = 'BH0215'"),
                         [(0,)])  # fmt: skip
        # What to look at is what is said.
        listed = self.place.run("plugin", "quarantine")
        self.assert_code(listed, 0)
        look = next(line for line in listed.out.splitlines() if "look: " in line).split("look: ")[1].split("  (")[0]
        shown = self.place.shell(look.replace("benchhost", '"$BENCHHOST"', 1))
        self.assert_code(shown, 0)
        self.assertIn("SIGSEGV", shown.out)

        why = self.place.run("why", SEGV)
        self.assert_code(why, 1)
        self.assertRegex(why.out, rf"FAIL quarantine +{SEGV} is in quarantine: SIGSEGV while calibrating, 3 times in a row")
        text = self.place.run("list", "plugins").out
        self.assertIn(f"in quarantine: {SEGV}: SIGSEGV", text)
        plugin = self.listed("segv.so")
        self.assertTrue(plugin["usable"])
        self.assertEqual([e["benchmark"] for e in plugin["quarantine"]], [SEGV])
        planned = self.place.run("run", SEGV, "--dry-run", "--format", "json").json()["cases"][0]
        self.assertIn("is in quarantine", planned["quarantine"])
        self.assertIn("warn  quarantine", self.place.run("doctor").out)

        # Stripped it is the same code, built anew it is not.
        subprocess.run(["strip", self.file], check=True)
        self.crash(code=5)
        self.drop(MENDED / "segv.so")
        self.assert_code(self.place.run("run", SEGV, *ONCE), 0)
        self.drop(ZOO / "segv.so")
        self.crash(code=5)

        for name in ("segv.run", "org.benchhost.zoo.segv"):
            with self.subTest(name=name):
                cleared = self.place.run("plugin", "quarantine", "--clear", name)
                self.assert_code(cleared, 0)
                self.assertEqual(cleared.out, f"cleared: {SEGV}\n")
                for _ in range(3):
                    self.crash()
                self.crash(code=5)

    def test_the_third_crash_stops_neither_its_run_nor_what_passes_in_it(self):
        self.place.write(
            "many.yaml",
            "name: many\nentries:\n"
            f"  - id: bad\n    benchmarks: {SEGV}\n"
            f"  - id: good\n    benchmarks: {COPY}\n    parameters: {{bytes: 16 KiB}}\n",
        )
        for _ in range(2):
            self.crash()
        ended = self.place.run("run", "--suite", self.place.work / "many.yaml", *TINY)
        self.assert_code(ended, 1)
        self.assertEqual(sorted(o for _, o in self.place.outcomes()), ["crashed", "passed"])
        # All of the benchmark is meant, also a case that would have passed.
        tame = self.place.run("run", SEGV, "--param", "well_behaved=true", *ONCE)
        self.assert_code(tame, 5)

    def test_a_pass_of_the_benchmark_ends_the_row(self):
        for _ in range(2):
            for _ in range(2):
                self.crash()
            self.assert_code(self.place.run("run", SEGV, "--param", "well_behaved=true", *ONCE), 0)
            self.assertEqual(self.entries(), [])
        self.crash()
        self.assertEqual([e["in_quarantine"] for e in self.entries()], [False])

    def test_replay_and_plugin_check_start_it_all_the_same_and_count_nothing(self):
        for _ in range(3):
            self.crash()
        before = self.state.read_bytes()
        replayed = self.place.run("replay", "1/0")
        self.assert_code(replayed, 1)
        self.assertIn("is in quarantine, and is started here all the same", replayed.err)
        self.assertEqual([o for _, o in self.place.outcomes()], ["crashed"])
        self.assert_code(self.place.run("plugin", "quarantine", "--clear-all"), 0)
        self.assert_code(self.place.run("run", SEGV, "--param", "well_behaved=true", *ONCE), 0)
        self.state.write_bytes(before)
        # A pass that was replayed sets nothing free.
        self.assert_code(self.place.run("replay", "latest/0"), 0)
        self.assertEqual(self.state.read_bytes(), before)
        checked = self.place.run("plugin", "check", self.file)
        self.assert_code(checked, 1)
        self.assertIn(f"benchhost plugin quarantine --clear {SEGV}", checked.err)
        self.assertEqual(self.state.read_bytes(), before)

    def test_two_runs_at_once_lose_nothing_of_each_others(self):
        going = [self.place.start("run", SEGV, *ONCE, "--db", self.place.root / f"{i}.db") for i in range(2)]
        for one in going:
            self.assert_code(one.wait(), 1)
        self.assertEqual([e["faults"] for e in self.entries()], [2])

    def test_what_people_end_is_never_counted(self):
        for number in (SIGKILL, SIGINT):
            with self.subTest(signal=number):
                going = self.place.start(
                    "run", COPY, "--param", "bytes=16KiB", "--invocations", "1", "--time", "1h", "--progress", "lines"
                )
                # Before the case there are the workers of backend modules, which end by themselves.
                poll_until("the case", lambda: self.place.db.exists() and self.begun())
                worker = poll_until("its worker", lambda: self.measuring_worker(going.pid))
                os.kill(worker if number == SIGKILL else going.pid, number)
                self.assertIn(going.wait().code, (1, 130))
        self.assertEqual([o for _, o in self.place.outcomes()], ["interrupted"])
        self.assertFalse(self.state.exists())

    def begun(self):
        return self.place.sql("SELECT 1 FROM results r JOIN runs u ON u.id = r.run WHERE u.state = 'running'")

    @staticmethod
    def measuring_worker(host):
        """The worker once it computes: then it is past its start, in which no plugin has run."""
        for pid in workers_of(host):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[11]) >= 20:  # user time, in ticks of 10 ms
                return pid
        return None


class State(QuarantineTest):
    def setUp(self):
        super().setUp()
        self.drop(ZOO / "falls.so")

    def gate(self, **more):
        return self.listed("falls.so", **more)["refusal"]["gate"]

    def test_it_is_where_flag_environment_settings_and_home_say(self):
        nowhere = {"BENCHHOST_STATE_DIR": None}
        root = self.place.root
        for env, folder in (
            (nowhere, root / "home" / ".local" / "state" / "benchhost"),
            ({**nowhere, "XDG_STATE_HOME": root / "xdg"}, root / "xdg" / "benchhost"),
            ({"BENCHHOST_STATE_DIR": root / "named"}, root / "named"),
        ):
            self.assertEqual(self.gate(env=env), "probe")
            self.assertTrue((folder / "quarantine.json").exists(), folder)
            self.assertEqual(self.gate(env=env), "quarantine")
        flag = self.place.run("list", "plugins", "--state-dir", self.place.root / "flag")
        self.assertIn("refused at gate probe", flag.out)
        self.assertTrue((self.place.root / "flag" / "quarantine.json").exists())
        self.place.write("benchhost.yaml", "state_dir: kept\n")
        self.assertEqual(self.gate(env=nowhere), "probe")
        self.assertTrue((self.place.work / "kept" / "quarantine.json").exists())
        for _ in range(2):
            nothing = self.place.run("list", "plugins", "--state-dir", "")
            self.assertIn("refused at gate probe", nothing.out)

    def test_a_damaged_file_is_said_and_kept_and_stops_nothing(self):
        self.assertEqual(self.gate(), "probe")
        self.state.write_text('{"version": 1, "entries": [')
        said = self.place.run("list", "plugins")
        self.assert_code(said, 0)
        self.assertIn("is damaged", said.err)
        self.assertEqual((self.state.parent / "quarantine.json.damaged").read_text(), '{"version": 1, "entries": [')
        again = self.place.run("list", "plugins")
        self.assertEqual(again.err, "")
        self.assertIn("refused at gate quarantine", again.out)
        json.loads(self.state.read_text())

    def test_what_a_newer_benchhost_wrote_is_left_alone(self):
        newer = '{"version": 99, "entries": {}}'
        self.state.parent.mkdir()
        self.state.write_text(newer)
        for command in (("list", "plugins"), ("run", f"{FALLS}.run"), ("plugin", "quarantine")):
            ended = self.place.run(*command)
            self.assertIn("newer benchhost", ended.err)
        self.assert_code(self.place.run("plugin", "quarantine", "--clear-all"), 2)
        self.assertEqual(self.state.read_text(), newer)

    def test_a_place_that_cannot_be_written_is_said_and_stops_nothing(self):
        shutil.copy(PLUGINS / "cpu_stream.so", self.plugins)
        ended = self.place.run("run", COPY, "--param", "bytes=16KiB", *TINY, "--state-dir", "/dev/null/state")
        self.assert_code(ended, 0)
        self.assertIn("not kept in quarantine", ended.err)

    def test_completion_offers_what_is_in_quarantine(self):
        self.gate()
        self.started()
        ended = self.place.run("complete", "zsh", "--", "plugin", "quarantine", "--clear", "")
        self.assert_code(ended, 0)
        self.assertIn(FALLS, [line.split("\t")[0] for line in ended.out.splitlines()])
        self.assertEqual(self.started(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
