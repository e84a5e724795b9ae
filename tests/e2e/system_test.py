"""benchhost system show | noise | tune | restore, and what is found of the machine before a run.

Settings are those of a folder that looks like /sys and /proc (BENCHHOST_SYSTEM_ROOT): no test changes those of the machine.
"""

import json
import os
import re
import signal
import subprocess
import unittest

from support import COPY, NULL, PATIENCE_S, TINY, E2eTest, make_system_tree, run_tests

GOVERNOR = "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
PARANOID = "proc/sys/kernel/perf_event_paranoid"
THP = "sys/kernel/mm/transparent_hugepage/enabled"


class SystemTest(E2eTest):
    def setUp(self):
        super().setUp()
        self.tree = make_system_tree(self.place.root / "tree")
        self.place.env["BENCHHOST_SYSTEM_ROOT"] = str(self.tree)
        self.state = self.place.root / "state" / "tune.json"

    def put(self, file, text):
        path = self.tree / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def get(self, file):
        return (self.tree / file).read_text().strip()

    def untuned(self):
        self.put(GOVERNOR, "powersave\n")
        self.put(THP, "[always] madvise never\n")
        self.put(PARANOID, "4\n")

    def contents(self):
        return {str(p): p.read_bytes() for p in self.tree.rglob("*") if p.is_file()}


class Tune(SystemTest):
    def test_the_plan_is_shown_and_nothing_is_changed(self):
        self.untuned()
        before = self.contents()
        done = self.place.run("system", "tune")
        self.assertEqual(done.code, 0, done)
        self.assertIn("governor: powersave -> performance", done.out)
        self.assertIn(str(self.tree / GOVERNOR), done.out)
        self.assertIn("nothing was changed: benchhost system tune --yes", done.err)
        self.assertEqual(before, self.contents())
        self.assertFalse(self.state.exists())
        plan = self.place.run("system", "tune", "--format", "json").json()
        self.assertEqual(plan["format"], "benchhost.system_tune")
        self.assertFalse(plan["applied"])
        self.assertEqual([c["name"] for c in plan["plan"]["changes"]], ["governor", "huge_pages", "perf_event_paranoid"])

    def test_tune_changes_and_restore_puts_back(self):
        self.untuned()
        done = self.place.run("system", "tune", "--yes")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.get(GOVERNOR), "performance")
        self.assertEqual(self.get(PARANOID), "2")
        self.assertIn("changed", done.out)
        self.assertIn(str(self.state), done.err)
        saved = json.loads(self.state.read_text())
        self.assertEqual({s["file"]: s["before"] for s in saved["settings"]}, {GOVERNOR: "powersave", THP: "always", PARANOID: "4"})
        self.assertEqual(self.state.stat().st_mode & 0o777, 0o600)

        # A second one has nothing to do and takes nothing for what was there before.
        again = self.place.run("system", "tune", "--yes")
        self.assertEqual(again.code, 0, again)
        self.assertEqual(json.loads(self.state.read_text()), saved)

        self.put(PARANOID, "3\n")
        # The same root, written otherwise.
        relative = os.path.relpath(self.tree, self.place.work) + "/./"
        back = self.place.run("system", "restore", env={"BENCHHOST_SYSTEM_ROOT": relative})
        self.assertEqual(back.code, 0, back)
        self.assertEqual((self.get(GOVERNOR), self.get(THP), self.get(PARANOID)), ("powersave", "always", "4"))
        self.assertIn("changed in between: tune had set 2", back.out)
        self.assertFalse(self.state.exists())

        nothing = self.place.run("system", "restore", "--format", "json")
        self.assertEqual(nothing.code, 0, nothing)
        self.assertIs(nothing.json()["saved"], False)
        self.assertIn("nothing is to be put back", nothing.err)

    def test_damaged_saved_settings_are_said_and_nothing_is_touched(self):
        self.untuned()
        self.state.parent.mkdir()
        for text in ("", "{", '{"format": "benchhost.tune_state", "version": 1}', "\0\xff" * 100):
            self.state.write_text(text)
            self.state.chmod(0o600)
            before = self.contents()
            for command in (("tune", "--yes"), ("restore",)):
                done = self.place.run("system", *command, "--format", "json")
                self.assertEqual(done.code, 5, done)
                self.assertEqual(done.json()["code"], "BH0751", done)
            self.assertEqual(before, self.contents())
            self.assertEqual(self.state.read_text(), text)

    def test_saved_settings_lead_nowhere_else(self):
        victim = self.place.root / "victim"
        victim.write_text("mine\n")
        self.state.parent.mkdir()
        entry = {"name": "x", "file": "../victim", "before": "theirs", "after": "mine"}
        body = {"format": "benchhost.tune_state", "version": 1, "root": str(self.tree), "saved_wall_ns": 1, "settings": [entry]}
        self.state.write_text(json.dumps(body))
        self.state.chmod(0o600)
        done = self.place.run("system", "restore")
        self.assertEqual(done.code, 5, done)
        self.assertIn("BH0751", done.err)
        self.assertEqual(victim.read_text(), "mine\n")

    def test_a_link_in_place_of_a_setting_is_no_setting(self):
        self.untuned()
        victim = self.place.root / "victim"
        victim.write_text("4\n")
        (self.tree / PARANOID).unlink()
        os.symlink(victim, self.tree / PARANOID)
        done = self.place.run("system", "tune", "--yes")
        self.assertEqual(done.code, 5, done)
        self.assertRegex(done.out, r"failed +\S*perf_event_paranoid")
        self.assertEqual(self.get(GOVERNOR), "performance")
        self.assertEqual(victim.read_text(), "4\n")

    def test_without_permission_nothing_is_changed_and_the_files_are_named(self):
        if os.geteuid() != 0:
            for file in (GOVERNOR, THP, PARANOID):
                self.untuned()
                (self.tree / file).chmod(0o444)
            done = self.place.run("system", "tune", "--yes")
        else:
            self.untuned()
            self.place.root.chmod(0o755)
            home = self.place.root / "nobody"
            home.mkdir()
            os.chown(home, 65534, 65534)
            raw = subprocess.run(
                [str(self.place.binary), "system", "tune", "--yes", "--state-dir", str(home / "state")],
                cwd="/", env=self.place.environment({}), user=65534, group=65534, extra_groups=[], capture_output=True,
                text=True, timeout=PATIENCE_S)
            self.assertFalse((home / "state" / "tune.json").exists())
            done = type("Done", (), {"code": raw.returncode, "err": raw.stderr, "out": raw.stdout})
        self.assertEqual(done.code, 5, done.err)
        self.assertIn("BH0750", done.err)
        self.assertIn(str(self.tree / GOVERNOR), done.err)
        self.assertIn("sudo benchhost", done.err)
        self.assertEqual((self.get(GOVERNOR), self.get(PARANOID)), ("powersave", "4"))
        self.assertFalse(self.state.exists())

    def test_what_was_lies_below_the_machines_root_whoever_asks(self):
        self.untuned()
        saved = self.tree / "var/lib/benchhost/tune.json"
        nowhere = {"BENCHHOST_STATE_DIR": None, "HOME": None}
        done = self.place.run("system", "tune", "--yes", env=nowhere)
        self.assertEqual(done.code, 0, done)
        self.assertIn(str(saved), done.err)
        self.assertTrue(saved.exists())
        # A project's folder of state is for what crashed, and whoever restores may be in another project.
        self.place.write("benchhost.yaml", "state_dir: elsewhere\n")
        if os.geteuid() == 0:
            self.place.root.chmod(0o755)
            raw = subprocess.run(
                [str(self.place.binary), "system", "restore"], cwd="/", env=self.place.environment(nowhere), user=65534,
                group=65534, extra_groups=[], capture_output=True, text=True, timeout=PATIENCE_S)
            self.assertEqual(raw.returncode, 5, raw)
            self.assertIn("BH0751", raw.stderr)
            self.assertIn("sudo benchhost", raw.stderr)
        back = self.place.run("system", "restore", env={**nowhere, "HOME": str(self.place.root / "other")})
        self.assertEqual(back.code, 0, back)
        self.assertEqual((self.get(GOVERNOR), self.get(PARANOID)), ("powersave", "4"))
        self.assertFalse(saved.exists())
        if os.geteuid() == 0:
            # Nothing is left to be put back, whosever the folder is.
            raw = subprocess.run(
                [str(self.place.binary), "system", "restore"], cwd="/", env=self.place.environment(nowhere), user=65534,
                group=65534, extra_groups=[], capture_output=True, text=True, timeout=PATIENCE_S)
            self.assertEqual(raw.returncode, 0, raw)
            self.assertIn("nothing is to be put back", raw.stderr)

    def test_without_a_folder_for_it_nothing_is_changed(self):
        self.untuned()
        done = self.place.run("system", "tune", "--yes", "--state-dir", "")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(self.get(GOVERNOR), "powersave")


class Show(SystemTest):
    def test_the_machine_is_shown_with_what_was_found(self):
        self.put(GOVERNOR, "powersave\n")
        done = self.place.run("system", "show")
        self.assertEqual(done.code, 0, done)
        self.assertIn(f"as seen below {self.tree}", done.out)
        self.assertRegex(done.out, r"governor +powersave")
        self.assertIn("warning[BH0701]", done.out)
        shown = self.place.run("system", "show", "--format", "json").json()
        self.assertEqual(shown["format"], "benchhost.system")
        self.assertEqual(shown["settings"]["governor"], "powersave")
        self.assertEqual(shown["findings"][0]["code"], "BH0701")
        for counter in shown["counters"]:
            self.assertEqual(counter["available"], counter["reason"] is None, counter)

    def test_where_nothing_can_be_read_nothing_passes(self):
        empty = self.place.root / "empty"
        empty.mkdir()
        for root in (empty, self.place.root / "not-there"):
            shown = self.place.run("system", "show", "--format", "json", env={"BENCHHOST_SYSTEM_ROOT": root})
            self.assertEqual(shown.code, 0, shown)
            body = shown.json()
            found = {f["subject"]: f["severity"] for f in body["findings"]}
            self.assertEqual(len(found), 15, found)
            self.assertEqual(set(found.values()), {"unknown"})
            self.assertIsNone(body["settings"]["governor"])
            self.assertIsNone(body["load"]["busy_ratio"])

    def test_this_machine_can_be_looked_at(self):
        done = self.place.run("system", "show", "--format", "json", env={"BENCHHOST_SYSTEM_ROOT": None})
        self.assertEqual(done.code, 0, done)
        body = done.json()
        self.assertEqual(body["root"], "/")
        self.assertGreaterEqual(body["machine"]["threads_available"], 1)
        for finding in body["findings"]:
            self.assertRegex(finding["code"], r"^BH07\d\d$")
            self.assertEqual(self.place.run("explain", finding["code"]).code, 0)


class Audit(SystemTest):
    def test_findings_are_told_before_the_run_stored_with_it_and_in_its_reports(self):
        self.put(GOVERNOR, "powersave\n")
        done = self.place.run("run", COPY, "--param", "bytes=16KiB", *TINY, "--report", "junit:r.xml", "--report", "html:r.html",
                              "--report", "md:r.md", "--report", "json:r.json")
        self.assertEqual(done.code, 0, done)
        self.assertIn("warning[BH0701]: the governor is powersave", done.err)
        self.assertIn("warning[BH0701]: the governor is powersave", done.out)
        self.assertNotIn("unknown[", done.err)
        rows = self.place.sql("SELECT position, code, subject, severity, help FROM run_findings ORDER BY position")
        self.assertEqual(rows[0], (0, "BH0701", "governor", "warning", "benchhost system tune"))
        self.assertEqual([r[0] for r in rows], list(range(len(rows))))
        self.assertIn(("BH0706", "unknown"), [(r[1], r[3]) for r in rows])
        self.assertEqual(json.loads(self.place.sql("SELECT environment FROM runs")[0][0])["system_root"], str(self.tree))
        work = self.place.work
        self.assertIn('<property name="finding.governor" value="warning: the governor is powersave', (work / "r.xml").read_text())
        self.assertIn("BH0701", (work / "r.html").read_text())
        self.assertIn("- warning BH0701: the governor is powersave", (work / "r.md").read_text())
        self.assertEqual(json.loads((work / "r.json").read_text())["run"]["findings"][0]["subject"], "governor")
        self.assertIn("unknown[BH0706]", self.place.run("report", "--verbose").out)

    def test_a_dry_run_shows_them_too(self):
        self.put(GOVERNOR, "powersave\n")
        done = self.place.run("run", NULL, "--dry-run", "--verbose")
        self.assertEqual(done.code, 0, done)
        self.assertIn("warning[BH0701]", done.err)
        self.assertIn("unknown[BH0706]", done.err)
        plan = self.place.run("run", NULL, "--dry-run", "--format", "json").json()
        self.assertEqual(plan["findings"][0]["code"], "BH0701")
        self.assertNotIn("BH0701", self.place.run("run", NULL, "--dry-run", "--quiet").err)

    def test_a_quiet_machine_is_warned_of_nothing(self):
        done = self.place.run("run", NULL, "--dry-run")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn("[BH07", done.err)

    def test_nothing_readable_stops_no_run_and_passes_nothing(self):
        empty = self.place.root / "empty"
        empty.mkdir()
        done = self.place.run("run", NULL, *TINY, env={"BENCHHOST_SYSTEM_ROOT": empty})
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.place.sql("SELECT DISTINCT severity FROM run_findings"), [("unknown",)])


class Noise(SystemTest):
    def test_times_that_tell_nothing_are_refused_with_the_least_one(self):
        for duration, code, said in (("1s", "BH0001", "at least --duration"), ("0s", "BH0001", "at least --duration"),
                                     ("-5s", "BH0005", ""), ("25h", "BH0001", "24h"), ("1000y", "BH0005", ""),
                                     ("30", "BH0005", "unit"), ("", "BH0001", "")):
            done = self.place.run("system", "noise", f"--duration={duration}", "--format", "json")
            self.assertEqual(done.code, 2, done)
            self.assertEqual(done.json()["code"], code, done)
            self.assertIn(said, done.json()["help"])
        least = re.search(r"--duration (\d+)s", self.place.run("system", "noise", "--duration", "1s").err)
        self.assertIsNotNone(least)
        self.assertLessEqual(int(least.group(1)), 30)

    def test_one_case_is_measured_and_no_more(self):
        done = self.place.run("system", "noise", COPY, "--param", "bytes=4KiB,8KiB")
        self.assertEqual(done.code, 2, done)
        self.assertIn("one case", done.err)
        self.assertEqual(self.place.run("system", "noise", "no.such").code, 2)
        self.assertEqual(self.place.run("system", "noise", "--seed", "x").code, 2)

    def test_a_session_says_what_each_length_resolves_or_why_not(self):
        least = re.search(r"--duration (\d+s)", self.place.run("system", "noise", "--duration", "1s").err).group(1)
        done = self.place.run("system", "noise", "--duration", least, "--seed", "3", "--format", "json")
        self.assertEqual(done.code, 0, done)
        body = done.json()
        self.assertEqual(body["format"], "benchhost.system_noise")
        self.assertEqual([b["body_ns"] for b in body["bodies"]], [1000, 10_000, 100_000, 1_000_000, 10_000_000])
        self.assertEqual(body["seed"], 3)
        for one in body["bodies"]:
            # A loaded machine may not have come to five pairs in its time: then it says so.
            self.assertEqual(one["resolution_ratio"] is None, one["null_reason"] is not None, one)
            self.assertEqual(one["pairs"] >= 5, one["resolution_ratio"] is not None, one)
            if one["resolution_ratio"] is not None:
                self.assertGreaterEqual(one["resolution_ratio"], one["clock_step_ratio"])
                self.assertGreater(one["resolution_ratio"], 0)
                self.assertLessEqual(one["a_over_b_low"], one["a_over_b_high"])
                self.assertEqual(one["level"], 0.99)
            self.assertGreater(one["n"], 0)
        self.assertGreater(body["bodies"][4]["n"], body["bodies"][0]["n"] * 1000)
        self.assertFalse(self.place.db.exists())

    def test_an_interrupted_session_shows_what_it_has(self):
        going = self.place.start("system", "noise", "--duration", "10m", "--format", "json")
        going.wait_for_line("processes measured")
        going.send(signal.SIGINT)
        done = going.wait()
        self.assertEqual(done.code, 130, done)
        self.assertEqual(len(done.json()["bodies"]), 5)
        self.assertIn("stopped", done.json()["bodies"][0]["stopped_because"])

    def test_a_worker_that_fails_is_told(self):
        done = self.place.run("system", "noise", "zoo.segv.run", env={"BENCHHOST_PLUGIN_PATH": os.environ["BENCHHOST_E2E_ZOO"]})
        self.assertEqual(done.code, 1, done)
        self.assertIn("a worker crashed", done.out)


if __name__ == "__main__":
    run_tests(Tune, Show, Audit, Noise)
