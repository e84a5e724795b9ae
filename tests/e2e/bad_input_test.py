"""Everything that a hostile or careless author can put into descriptors, through the program: each is refused by its gate, with
the place, while its neighbours are used. Every member of every descriptor: tests/unit/worker/loader/bad_input_test.cpp."""

import resource
import shutil
import unittest

from support import BACKENDS, PLUGINS, E2eTest, path_of

BAD = path_of("BAD_INPUT")

FIRST = "benchmark 'org.benchhost_test.bad_input.first'"
# What is put in: the code, the number of the requirement, and words of the one message.
KINDS = {
    "million_benchmarks": ("BH0209", 302, "there are more than 1024"),
    "gigabytes": ("BH0209", 301, "are more than 16 MiB"),
    "lying_count": ("BH0209", 301, f"{FIRST}, metrics: has 1000000 items, more than 1024"),
    "nowhere": ("BH0210", 301, "SIGSEGV"),
    "null_title": ("BH0209", 301, f"{FIRST}, title: is mandatory and absent"),
    "not_utf8": ("BH0209", 301, f"{FIRST}, metric 'time', title: is not UTF-8"),
    "megabyte_text": ("BH0209", 301, f"{FIRST}, description: is longer than 4095 bytes"),
    "twice": ("BH0209", 302, "benchmark 1: id 'org.benchhost_test.bad_input.first' is there twice"),
    "circle": ("BH0209", 302, f"{FIRST}, metric 'latency', source: 'tail' has a source itself"),
    "list_of_itself": ("BH0209", 302, f"{FIRST}, parameter 'ratio', default_value[0]: is not of the list's element type"),
    "nan_bound": ("BH0209", 302, f"{FIRST}, parameter 'ratio', maximum: is a double that is not finite"),
    "crossed_bounds": ("BH0209", 302, f"{FIRST}, parameter 'ratio', minimum: is above the maximum"),
    "default_outside": ("BH0209", 302, f"{FIRST}, parameter 'ratio', default_value: is above the maximum"),
    "unit": ("BH0209", 302, f"{FIRST}, metric 'time', unit: 'ms' is not in the registry of units"),
    "expression": ("BH0209", 302, f"{FIRST}, requirement: column 10"),
    "terminal_sequence": ("BH0209", 301, f"{FIRST}, parameter 0, name: is not UTF-8"),
}
# Of a worker; the one that publishes gigabytes must be refused long before.
MOST_KIB = 512 * 1024


class BadInput(E2eTest):
    def test_every_kind_is_one_refusal_with_its_gate_and_place_and_the_neighbour_is_used(self):
        del self.place.env["BENCHHOST_PLUGIN_PATH"]
        folder = self.place.root / "plugins"
        folder.mkdir()
        for file in sorted(BAD.glob("bad_*.so")):
            shutil.copy(file, folder)
        shutil.copy(PLUGINS / "null.so", folder)
        ended = self.place.run("list", "plugins", "--plugins", folder, "--format", "json")
        self.assert_code(ended, 0)
        found = {p["file"].rsplit("/", 1)[-1]: p for p in ended.json()["plugins"]}
        self.assertTrue(found.pop("null.so")["usable"])
        self.assertEqual(set(found), {f"bad_{kind}.so" for kind in KINDS})
        for kind, (code, _, words) in KINDS.items():
            with self.subTest(kind=kind):
                refusal = found[f"bad_{kind}.so"]["refusal"]
                self.assertEqual((refusal["gate"], refusal["code"]), ("descriptors" if code == "BH0209" else "probe", code))
                self.assertIn(words, refusal["message"])
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, MOST_KIB)

    def test_for_people_nothing_of_a_text_reaches_the_terminal_raw(self):
        ended = self.place.run("list", "plugins", "--plugins", BAD)
        self.assert_code(ended, 0)
        self.assertNotIn("\x1b", ended.out + ended.err)
        self.assertIn("column 10: '&&' stands where", " ".join(ended.out.split()))

    def test_the_validator_names_requirement_and_place(self):
        for kind, (_, number, words) in KINDS.items():
            with self.subTest(kind=kind):
                ended = self.place.run("plugin", "check", BAD / f"bad_{kind}.so", "--backends", BACKENDS, "--format", "json", "-q")
                self.assert_code(ended, 1)
                report = ended.json()
                failed = {r["number"]: r["places"] for r in report["requirements"] if r["verdict"] == "FAIL"}
                self.assertEqual(set(failed), {number}, failed)
                self.assertTrue(any(words in place["text"] for place in failed[number]), failed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
