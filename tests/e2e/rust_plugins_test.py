"""Plugins in Rust on the simulated device and with cases from outside, and what becomes of each way to panic there. Roles: the
test host of contract.sdk.rust_crate."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from support import BACKENDS, SIGINT, SOURCE, E2eTest, Place, poll_until, run_tests, skip_or_fail

CRATE = SOURCE / "sdk" / "rust"
CLIENTS = SOURCE / "tests" / "contract" / "sdk" / "clients" / "rust_crate"
# The example of the SDK, and plugins that use what it does not, or misuse it.
SOURCES = {"saxpy": CRATE / "examples", "outside": CLIENTS, "device_panics": CLIENTS}
# What a loaded machine needs to compile one of them.
PATIENCE_S = 300
ID = "org.example.rust_device_panics"
# One cycle or a few, and not longer.
BRIEFLY = ("--invocations", "1", "--time", "20ms")


def compiled(rustc, *options):
    done = subprocess.run(
        [rustc, "--edition", "2021", "-O", *map(str, options)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"rustc {options}:\n{done.stderr}")


class RustPlugins(E2eTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="benchhost-e2e-rust-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        library = cls.folder / "libbenchhost.rlib"
        rustc = shutil.which("rustc")
        compiled(rustc, "--crate-name", "benchhost", "--crate-type", "rlib", "-o", library, CRATE / "src" / "lib.rs")
        for name, source in SOURCES.items():
            plugin = cls.folder / name / f"{name}.so"
            plugin.parent.mkdir()
            compiled(rustc, "--crate-type", "cdylib", "--extern", f"benchhost={library}", "-o", plugin, source / f"{name}.rs")

    def setUp(self):
        self.place = Place(plugins=None, backends=BACKENDS)
        self.addCleanup(self.place.remove)

    def using(self, name):
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(self.folder / name)

    def reasons(self):
        """(outcome, reason) of each case of the newest run, by the last part of the benchmark's id."""
        rows = self.place.sql(
            "SELECT c.benchmark, r.outcome, r.reason FROM results r JOIN cases c ON c.id = r.case_id "
            "WHERE r.role = 'primary' AND r.run = (SELECT max(id) FROM runs)"
        )
        return {name.rsplit(".", 1)[-1]: (outcome, reason or "") for name, outcome, reason in rows}


class Devices(RustPlugins):
    def test_the_example_measures_on_the_simulated_device(self):
        self.using("saxpy")
        ended = self.place.run(
            "run", "org.example.saxpy_rust.saxpy", "--device", "null:0", "--param", "n=4096,100000", "--invocations", "2", "--time", "40ms"
        )
        self.assert_code(ended, 0)
        results = self.place.sql(
            "SELECT r.outcome, r.is_verified, count(*) FROM results r WHERE r.role = 'primary' GROUP BY 1, 2"
        )
        self.assertEqual(results, [("passed", 1, 2)])
        # 2 us a command and 1 ns an item, as the backend says; 256 items a group.
        for n, groups in ((4096, 16), (100000, 391)):
            ((value,),) = self.place.sql(
                "SELECT m.value FROM measurements m JOIN results r ON r.id = m.result JOIN cases c ON c.id = r.case_id "
                "JOIN metrics t ON t.id = m.metric WHERE t.metric = 'time' AND c.parameters LIKE ?", f'%"value":{n}}}%',
            )  # fmt: skip
            self.assertAlmostEqual(value, 2000 + groups * 256, delta=0.1 * value)

    def test_a_device_that_does_not_fill_the_slot_is_refused_with_the_part_that_is_not_met(self):
        self.using("saxpy")
        ended = self.place.run("run", "org.example.saxpy_rust.saxpy", "--device", "null:0", "--param", f"n={1 << 30}", *BRIEFLY)
        outcome, reason = self.reasons()["saxpy"]
        self.assertEqual(outcome, "skipped", ended)
        self.assertIn("mem.bytes", reason)

    def test_each_way_to_panic_fails_its_case_with_its_text_and_no_other(self):
        self.using("device_panics")
        ended = self.place.run("run", f"{ID}.*", "--device", "null:0", "--param", "mark=/dev/null/nowhere", *BRIEFLY)
        self.assert_code(ended, 1)
        found = self.reasons()
        wanted = {
            "nowhere": ("passed", ""),
            **{name: ("failed", f"the plugin panicked: planted in {name}") for name in ("prepare", "run", "finish", "drop")},
            "native": ("failed", "a native function: the plugin panicked: planted in native"),
            "slot": ("failed", "the benchmark has no device slot 'nothing'"),
            "arguments": ("failed", "argument 1 is U64, and the parameter is U32"),
            # By the host's words.
            "groups": ("failed", "dispatch: "),
            "memory": ("out_of_memory", "buffer_create: "),
            "hide": ("failed", "was used after its benchmark had been dropped"),
            # Rather no process than one with slices of memory that the host took back.
            "leak": ("crashed", "SIGABRT"),
            "endless": ("failed", "Not a directory"),
            "busy": ("failed", "Not a directory"),
        }
        self.assertEqual(set(found), set(wanted))
        for name, (outcome, reason) in wanted.items():
            with self.subTest(benchmark=name):
                self.assertEqual(found[name][0], outcome, found[name])
                self.assertIn(reason, found[name][1])
                self.assertGreater(len(found[name][1]), len(reason) if reason.endswith(": ") else 0 if reason else -1)

    def test_a_run_on_a_device_that_is_stopped_ends_by_itself(self):
        self.using("device_panics")
        mark = self.place.work / "begun"
        going = self.place.start(
            "run", f"{ID}.endless", "--device", "null:0", "--param", f"mark={mark}", "--timeout", "60m", "--invocations", "1"
        )
        poll_until("the first run", mark.exists)
        going.send(SIGINT)
        self.assert_code(going.wait(), 130)
        outcome, reason = self.reasons()["endless"]
        self.assertEqual(outcome, "interrupted")
        self.assertIn("the run was stopped", reason)

    def test_what_a_function_writes_to_lives_as_long_as_it_runs(self):
        self.using("device_panics")
        mark = self.place.work / "begun"
        going = self.place.start(
            "run", f"{ID}.busy", "--device", "cpu:0", "--param", f"mark={mark}", "--timeout", "60m", "--invocations", "1"
        )
        poll_until("the first run", mark.exists)
        going.send(SIGINT)
        self.assert_code(going.wait(), 130)
        self.assertEqual(self.reasons()["busy"][0], "interrupted")
        self.assertEqual(Path(f"{mark}.ended").read_text(), "ended")


class Cases(RustPlugins):
    def test_what_enumerate_finds_are_cases_with_their_values(self):
        self.using("outside")
        ended = self.place.run("run", "org.example.rust_outside.sum", "--setting", "count=2", *BRIEFLY)
        self.assert_code(ended, 0)
        cases = self.place.sql("SELECT c.input, c.parameters, r.is_verified FROM results r JOIN cases c ON c.id = r.case_id ORDER BY 1")
        self.assertEqual([row[0] for row in cases], ["sums/1", "sums/2"])
        # The second was added with a value of its own, the first left it to the suite.
        for (_, parameters, verified), mode in zip(cases, ("up", "down")):
            self.assertEqual(dict(json.loads(parameters))["mode"]["value"], mode)
            self.assertEqual(verified, 1)

    def test_a_panic_in_enumerate_is_its_failure_and_has_its_text(self):
        for name, setting in (("outside", "count=101"), ("device_panics", "plant=true")):
            with self.subTest(plugin=name):
                self.using(name)
                benchmark = "org.example.rust_outside.sum" if name == "outside" else f"{ID}.endless"
                ended = self.place.run("run", benchmark, "--setting", setting, *BRIEFLY)
                self.assertNotEqual(ended.code, 0)
                self.assertIn("the plugin panicked: planted in enumerate", ended.err)


class Check(RustPlugins):
    def test_plugins_for_devices_roles_and_cases_from_outside_keep_to_the_rules(self):
        for name in ("saxpy", "outside"):
            with self.subTest(plugin=name):
                ended = self.place.run(
                    "plugin", "check", self.folder / name / f"{name}.so", "--backends", BACKENDS, "--strictness", "5", "--format", "json", "-q"
                )
                self.assert_code(ended, 0)
                report = ended.json()
                verdicts = {r["verdict"] for r in report["requirements"]}
                self.assertTrue(report["passed"] and "PASS" in verdicts, report)
                self.assertLessEqual(verdicts, {"PASS", "N/A"}, [r for r in report["requirements"] if r["verdict"] not in ("PASS", "N/A")])


def rustc_is_there():
    rustc = shutil.which("rustc")
    said = subprocess.run([rustc, "--version"], capture_output=True, text=True, check=False).stdout if rustc else ""
    found = re.search(r"^rustc (\d+)\.(\d+)", said)
    return found is not None and tuple(map(int, found.groups())) >= (1, 63)


if __name__ == "__main__":
    if not rustc_is_there():
        skip_or_fail("there is no rustc of 1.63 or newer; scripts/bootstrap installs it")
    run_tests(Devices, Cases, Check)
