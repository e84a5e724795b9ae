"""Schemas: the one of suites, with a validator that others use; and those of every command's JSON, which only ever grow.

schemas/FORMAT.json says what version 1 of `"format": FORMAT` has: members that are always there, and the types that they may
have. A member that vanishes or changes its type breaks somebody's script, and this test; new members are no error. With
BENCHHOST_UPDATE_SCHEMAS=1 new members are written down; nothing is ever taken away by it.
"""

import copy
import json
import os
import re
import unittest

from support import (
    COPY,
    PLUGINS,
    STEADY,
    SUITES,
    TINY,
    E2eTest,
    Place,
    make_prepared_database,
    make_system_tree,
    path_of,
    skip_or_fail,
)

try:
    import jsonschema
    import yaml
except ImportError as missing:
    skip_or_fail(f"{missing}: scripts/bootstrap installs python3-jsonschema and python3-yaml")

UPDATE = bool(os.environ.get("BENCHHOST_UPDATE_SCHEMAS"))
FOLDER = path_of("SOURCE") / "tests" / "e2e" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def validator(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


# ---- what commands print

# Objects whose members are names of somebody's: labels, counts, facts.
FREE = {"labels", "counts", "environment", "facts", "checks_by_status"}


def schema_of(value, name=""):
    """The schema of one value: its members are all required, those of free objects are not looked at."""
    if isinstance(value, bool):
        return {"type": ["boolean"]}
    if isinstance(value, (int, float)):
        return {"type": ["number"]}
    if isinstance(value, str):
        return {"type": ["string"]}
    if value is None:
        return {"type": ["null"]}
    if isinstance(value, list):
        out = {"type": ["array"]}
        for item in value:
            out["items"] = merged(out["items"], schema_of(item)) if "items" in out else schema_of(item)
        return out
    if name in FREE:
        return {"type": ["object"]}
    return {
        "type": ["object"],
        "required": sorted(value),
        "properties": {member: schema_of(one, member) for member, one in value.items()},
    }


def merged(a, b):
    """What both allow: types of either; required is what both require."""
    out = {"type": sorted(set(a.get("type", ["null"])) | set(b.get("type", ["null"])))}
    if "properties" in a and "properties" in b:
        out["required"] = sorted(set(a["required"]) & set(b["required"]))
        names = sorted(set(a["properties"]) | set(b["properties"]))
        both = {n: [s["properties"][n] for s in (a, b) if n in s["properties"]] for n in names}
        out["properties"] = {n: merged(*s) if len(s) == 2 else s[0] for n, s in both.items()}
    else:
        for one in (a, b):
            out |= {k: one[k] for k in ("required", "properties") if k in one}
    items = [s["items"] for s in (a, b) if "items" in s]
    if items:
        out["items"] = merged(*items) if len(items) == 2 else items[0]
    return out


# What was never seen but null may be anything: nothing is said of it.
ONLY_NULL = {"type": "null"}


def opened(schema):
    if isinstance(schema, list):
        return [opened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {} if schema == ONLY_NULL else {name: opened(one) for name, one in schema.items()}


def with_types(schema, shape):
    """The schema with each `type` in another shape: a list for merging, a word for reading where there is one."""
    if isinstance(schema, list):
        return [with_types(one, shape) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: shape(one) if name == "type" and isinstance(one, (str, list)) else with_types(one, shape)
        for name, one in schema.items()
    }


def read_schema(path):
    return with_types(json.loads(path.read_text(encoding="utf-8")), lambda t: [t] if isinstance(t, str) else t)


def write_schema(path, title, body):
    body = {"$schema": DIALECT, "title": title, **{k: v for k, v in body.items() if k not in ("$schema", "title")}}
    body = opened(with_types(body, lambda t: t[0] if len(t) == 1 else t))
    path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


class Outputs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.place.write("benchhost.yaml", "")
        cls.place.env["BENCHHOST_SUITE_PATH"] = str(SUITES)
        cls.place.env["BENCHHOST_PLUGIN_PATH"] = f"{PLUGINS}:{STEADY}"
        make_prepared_database(cls.place.db)
        tree = make_system_tree(cls.place.root / "tree")
        (tree / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").write_text("powersave\n")
        cls.place.env["BENCHHOST_SYSTEM_ROOT"] = str(tree)
        cls.place.write("not.so", "no library")
        cls.seen = {}

    # Every command that can print JSON, well and badly.
    GOOD = [
        ("run", COPY, "--param", "bytes=16KiB", *TINY),
        ("run", "steady.copy", "--param", "threads=1,99999", *TINY),
        ("run", COPY, "--dry-run"),
        ("replay", "latest/0"),
        ("list", "plugins"),
        ("list", "plugins", "--plugins", "."),
        ("list", "benchmarks"),
        ("list", "devices"),
        ("list", "backends"),
        ("list", "backends", "--backends", "."),
        ("list", "suites"),
        ("list", "runs"),
        ("show", "1/0"),
        ("show", "1/3"),
        ("show", "1/6"),
        ("report", "1"),
        ("query", "SELECT id, state, resolution_ratio FROM runs"),
        ("why", COPY),
        ("why", "not.so", "--plugins", "."),
        ("suite", "check", "quick.yaml"),
        ("suite", "expand", "--suite", "quick.yaml"),
        ("db", "check"),
        ("db", "backup", "copy.db"),
        ("db", "migrate"),
        ("doctor",),
        ("system", "show"),
        ("system", "noise", "--duration", "20s"),
        ("system", "tune"),
        ("system", "tune", "--yes"),
        ("system", "restore"),
        ("explain", "BH0102"),
        ("explain",),
    ]
    BAD = [
        ("run",),
        ("run", "--suite", "nothing.yaml"),
        ("run", COPY, "--filter", "'never' in tags"),
        ("run", COPY, "--siute", "x"),
        ("show", "1/99"),
        ("report", "99"),
        ("query", "DELETE FROM runs"),
        ("list", "plugin"),
        ("suite", "check", "nothing.yaml"),
        ("explain", "BH9999"),
        ("db", "check", "--db", "not.so"),
    ]

    def answer(self, args):
        ended = self.place.run(*args, "--format", "json")
        value = ended.json()
        self.assertIsInstance(value, dict, str(ended))
        self.assertRegex(value.get("format", ""), r"^benchhost\.[a-z_]+$", str(ended))
        self.assertEqual(value["version"], 1, str(ended))
        return ended, value

    def check(self, value):
        name = value["format"]
        path = FOLDER / f"{name.removeprefix('benchhost.')}.json"
        if UPDATE:
            FOLDER.mkdir(exist_ok=True)
            body = schema_of(value)
            if path.exists():
                body = merged(read_schema(path), body)
            write_schema(path, f"{name}, version 1", body)
        self.assertTrue(path.exists(), f"{path} is missing; BENCHHOST_UPDATE_SCHEMAS=1 writes it")
        errors = list(validator(json.loads(path.read_text())).iter_errors(value))
        self.assertEqual([f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in errors], [])

    def test_every_answer_fits_its_schema(self):
        formats = set()
        for args in self.GOOD:
            with self.subTest(args=args):
                ended, value = self.answer(args)
                self.assertNotEqual(value["format"], "benchhost.error", str(ended))
                formats.add(value["format"])
                self.check(value)
        self.assertGreater(len(formats), 12)

    def test_every_failure_is_one_text_that_fits_its_schema_and_repeats_the_exit_status(self):
        for args in self.BAD:
            with self.subTest(args=args):
                ended, value = self.answer(args)
                self.assertNotEqual(ended.code, 0)
                self.assertEqual(value["format"], "benchhost.error", str(ended))
                self.assertEqual(value["exit_code"], ended.code)
                self.check(value)

    def test_a_member_that_vanishes_is_found(self):
        value = self.answer(("report", "99"))[1]
        self.check(value)
        path = FOLDER / "error.json"
        check = validator(json.loads(path.read_text()))
        self.assertTrue(check.is_valid(value))
        for member in value:
            less = copy.deepcopy(value)
            del less[member]
            self.assertFalse(check.is_valid(less), member)
        self.assertTrue(check.is_valid({**value, "news": 1}))


# ---- suites


class SuiteSchema(E2eTest):
    def setUp(self):
        super().setUp()
        self.schema = json.loads(self.place.run("suite", "schema").out)

    def test_it_is_a_schema(self):
        validator(self.schema)
        self.assertEqual(self.schema["$schema"], DIALECT)

    def test_every_shipped_suite_is_valid(self):
        suites = sorted(SUITES.glob("*.yaml"))
        self.assertGreater(len(suites), 1)
        for path in suites:
            errors = list(validator(self.schema).iter_errors(yaml.safe_load(path.read_text(encoding="utf-8"))))
            self.assertEqual([e.message for e in errors], [], path)

    def test_every_example_of_the_documentation_is_valid(self):
        text = (path_of("SOURCE") / "host" / "suite" / "README.md").read_text(encoding="utf-8")
        examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        self.assertGreater(len(examples), 3)
        for example in examples:
            errors = list(validator(self.schema).iter_errors(yaml.safe_load(example)))
            self.assertEqual([e.message for e in errors], [], example)

    def test_schema_and_reader_agree(self):
        """JSON is YAML: the same text goes to both."""
        entry = {"benchmarks": "x"}

        def with_entry(**more):
            return {"name": "s", "entries": [{**entry, **more}]}

        rows = [
            ({"name": "s", "entries": [entry]}, True),
            ({"entries": [entry]}, False),
            ({"name": "s"}, False),
            ({"name": "s", "entries": []}, False),
            ({"name": "s", "entrys": [entry]}, False),
            ({"name": "s", "entries": [entry], "reports": ["md:a.md", "console"]}, True),
            ({"name": "s", "entries": [entry], "reports": ["mdx:a.md"]}, False),
            ({"name": "s", "entries": [entry], "seed": -1}, False),
            (with_entry(time="30 s", timeout="5 min", precision=0.01), True),
            (with_entry(time="30"), False),
            (with_entry(precision=1), False),
            (with_entry(invocations={"min": 5, "max": 40}), True),
            (with_entry(invocations={"min": 5, "mx": 40}), False),
            (with_entry(priority="critical"), True),
            (with_entry(priority="urgent"), False),
            (with_entry(parameters={"a": [1, 2], "b": {"log2": [1, 8], "per_octave": 2}, "c": {"range": [1, 4]}}), True),
            (with_entry(parameters={"a": []}), False),
            (with_entry(parameters={"a": {"log": [1, 8]}}), False),
            (with_entry(zip={"a": [1, 2], "b": [3, 4]}), True),
            (with_entry(zip={"a": [1, 2]}), False),
            (with_entry(thresholds="3 %"), True),
            (with_entry(thresholds={"time": {"at_most": "5 ms"}, "*": "3 %"}), True),
            (with_entry(thresholds={"time": {"at_mst": "5 ms"}}), False),
            (with_entry(thresholds={"time": {"at_most": "soon"}}), False),
            (with_entry(environment={"governor": "performance", "unmet": "skip"}), True),
            (with_entry(environment={"governor": "fast"}), False),
            (with_entry(environment={"min_cores": 0}), False),
            (with_entry(environment={}), False),
        ]
        check = validator(self.schema)
        for suite, good in rows:
            with self.subTest(suite=suite):
                path = self.place.write("s.yaml", json.dumps(suite))
                self.assertEqual(self.place.run("suite", "check", path).code, 0 if good else 2)
                self.assertEqual(check.is_valid(suite), good)


if __name__ == "__main__":
    unittest.main(verbosity=2)
