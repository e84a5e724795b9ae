"""Reports in every form, read by programs that know nothing of benchhost: an XML parser, a CSV reader."""

import base64
import csv
import hashlib
import io
import re
import unittest
import xml.etree.ElementTree as ET

from support import COPY, ECHO, PLUGINS, TINY, ZOO, E2eTest, Place

HOSTILE = "</style><script src='http://evil.example/'>alert(1)</script>\"'&amp;=1+1\x1b[2J"


class WithRun(E2eTest):
    """One run of three cases that pass and one that crashes, made once."""

    @classmethod
    def setUpClass(cls):
        cls.source = Place()
        cls.addClassCleanup(cls.source.remove)
        cls.source.env["BENCHHOST_PLUGIN_PATH"] = f"{ZOO}:{PLUGINS}"
        cls.files = {form: cls.source.root / f"report.{form}" for form in ("console", "md", "html", "csv", "json", "junit")}
        flags = [word for form, file in cls.files.items() for word in ("--report", f"{form}:{file}")]
        suite = cls.source.write(
            "all.yaml",
            f"name: all\nentries:\n  - benchmarks: {COPY}\n    parameters: {{bytes: [16KiB, 64KiB, 256KiB]}}\n"
            "  - benchmarks: org.benchhost.zoo.segv.run\n",
        )
        done = cls.source.run("run", "--suite", suite, "--invocations", "2", "--time", "60ms", "--label", f"note={HOSTILE}", *flags)
        assert done.code == 1, str(done)

    def setUp(self):
        self.place = self.source

    def text(self, form):
        return self.files[form].read_text(encoding="utf-8")

    def report(self, form, **env):
        ended = self.place.run("report", "latest", "--as", form, env=env)
        self.assert_code(ended, 0)
        return ended.out


class Forms(WithRun):
    def test_a_run_writes_each_form_and_a_report_of_it_is_the_same_later(self):
        for form in ("md", "html", "csv", "junit"):
            with self.subTest(form=form):
                self.assertEqual(self.files[form].read_bytes().decode(), self.report(form))

    def test_html_is_one_file_that_fetches_and_runs_nothing(self):
        page = self.text("html")
        root = ET.fromstring(page)
        for element in root.iter():
            self.assertNotIn(element.tag, ("script", "link", "img", "iframe", "object", "embed", "form", "base"))
            for name, value in element.attrib.items():
                self.assertNotIn(name, ("src", "srcset", "style", "action", "data"))
                self.assertFalse(name.startswith("on"), name)
                if name == "href":
                    self.assertTrue(value.startswith("#"), value)
        ids = {element.get("id") for element in root.iter() if element.get("id")}
        for element in root.iter():
            if element.get("href"):
                self.assertIn(element.get("href")[1:], ids)
            for name in (element.get("aria-labelledby") or "").split():
                self.assertIn(name, ids)
        style = root.find("head/style").text
        self.assertNotRegex(style, r"url\(|@import|https?:")
        policy = next(e.get("content") for e in root.iter("meta") if e.get("http-equiv") == "Content-Security-Policy")
        # The browser hashes the text between the tags.
        inside = page[page.index("<style>") + 7 : page.index("</style>")].encode()
        wanted = base64.b64encode(hashlib.sha256(inside).digest()).decode()
        self.assertIn(f"style-src 'sha256-{wanted}'", policy)
        self.assertIn("default-src 'none'", policy)

    def test_html_shows_every_case_with_its_samples_and_why_one_did_not_pass(self):
        page = self.text("html")
        root = ET.fromstring(page)
        said = "".join(root.itertext())
        for part in ("16 KiB", "64 KiB", "256 KiB", "segv", "SIGSEGV", "this machine resolves", "Bandwidth over bytes"):
            self.assertIn(part, said)
        self.assertIn("alert(1)", said)
        headings = [e.text for e in root.iter("figcaption")]
        self.assertEqual(headings.count("Run order"), 3)
        self.assertEqual(headings.count("Distribution"), 3)
        for picture in root.iter("svg"):
            if picture.get("aria-hidden"):
                continue
            self.assertEqual(picture.get("role"), "img")
            self.assertTrue(picture.find("title").text)
            self.assertGreater(len(picture.find("desc").text), 20)
            for path in picture.iter("path"):
                self.assertNotRegex(path.get("d"), "nan|inf")

    def test_csv_has_a_row_a_number_with_its_unit(self):
        raw = self.files["csv"].read_bytes().decode()
        self.assertNotRegex(raw, r"[^\r]\n")
        rows = list(csv.DictReader(io.StringIO(raw, newline="")))
        bandwidth = [r for r in rows if r["metric"] == "bandwidth"]
        self.assertEqual([r["unit"] for r in bandwidth], ["By/s"] * 3)
        self.assertEqual([r["param.bytes"] for r in bandwidth], ["16384", "65536", "262144"])
        stored = self.place.sql(
            "SELECT m.value FROM measurement_view m WHERE m.metric = 'bandwidth' AND m.role = 'primary' ORDER BY m.ordinal"
        )
        self.assertEqual([float(r["value"]) for r in bandwidth], [v for (v,) in stored])
        crashed = [r for r in rows if r["outcome"] == "crashed"]
        self.assertEqual(len({r["ordinal"] for r in crashed}), 1)
        self.assertIn("SIGSEGV", crashed[0]["reason"])

    def test_junit_says_what_failed(self):
        root = ET.fromstring(self.text("junit"))
        self.assertEqual(root.tag, "testsuites")
        suite = root.find("testsuite")
        cases = suite.findall("testcase")
        self.assertEqual(len(cases), 4)
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")), ("4", "0", "1", "0"))
        bad = [c for c in cases if c.find("error") is not None]
        self.assertEqual(bad[0].get("classname"), "org.benchhost.zoo.segv.run")
        self.assertIn("SIGSEGV", bad[0].find("error").get("message"))
        for case in cases:
            float(case.get("time"))

    def test_forms_that_are_none_name_those_there_are(self):
        ended = self.place.run("report", "--as", "htm")
        self.assert_code(ended, 2)
        self.assertIn("did you mean 'html'?", ended.err)
        ended = self.place.run("report", "--as", "pdf")
        self.assertIn("console, md, html, csv, json, junit", ended.err)
        for form in ("html", "csv", "junit"):
            ended = self.place.run("report", "--as", form, "--format", "json")
            self.assert_code(ended, 2)
            self.assertIn("both want standard output", ended.err)
        self.assert_code(self.place.run("report", "--as", "html:/nowhere/at/all/x.html"), 2)


class Console(WithRun):
    def test_a_wide_table_has_a_line_of_the_run_order(self):
        narrow = self.place.run("report", env={"COLUMNS": 80})
        self.assertNotIn("run order", narrow.out)
        wide = self.place.run("report", env={"COLUMNS": 120})
        self.assertRegex(wide.out, "[▁▂▃▄▅▆▇█]{2,16}")
        rows = [line for line in wide.out.splitlines() if "─" in line or "B/s" in line]
        self.assertGreater(len(rows), 3)
        for line in rows:
            self.assertLessEqual(len(line), 120)
        plain = self.place.run("report", env={"COLUMNS": 120, "LANG": "C"})
        self.assertTrue(plain.out.isascii())
        self.assertIn("run order", plain.out)

    def test_a_result_is_shown_with_its_samples_as_bars(self):
        shown = self.place.run("show", "latest/0")
        self.assert_code(shown, 0)
        self.assertRegex(shown.out, r"time per iteration, in run order \(\d+ samples of 2 invocations\)\n  [▁▂▃▄▅▆▇█]+\n")
        counts = shown.out[shown.out.index("time per iteration, how often") :]
        drawn = sum(int(n) for n in re.findall(r"(?m)^ *(?:over )?[\d.e+]+ [num\u00b5]?s +(\d+)", counts))
        stored = self.place.sql(
            "SELECT count(*) FROM sample_view WHERE result = (SELECT id FROM results WHERE ordinal = 0 AND role = 'primary') "
            "AND phase = 'measure' AND quantity = 'wall'"
        )
        self.assertEqual(drawn, stored[0][0])
        plain = self.place.run("show", "latest/0", env={"LANG": "C"})
        self.assertTrue(plain.out.isascii())
        self.assertIn("#", plain.out)


class Models(E2eTest):
    def test_the_query_of_the_earlier_framework_runs_unchanged_on_a_model(self):
        self.place.env["BENCHHOST_PLUGIN_PATH"] = str(ECHO)
        done = self.place.run("run", "org.benchhost_e2e.echo.model", "--param", "batch=1,8", *TINY)
        self.assert_code(done, 0)
        typical = (
            "SELECT m.model_family, h.hardware_type, AVG(pr.throughput_items_per_second) AS avg_throughput "
            "FROM performance_results pr JOIN models m ON pr.model_id = m.model_id "
            "JOIN hardware_platforms h ON pr.hardware_id = h.hardware_id "
            "GROUP BY m.model_family, h.hardware_type ORDER BY avg_throughput DESC"
        )
        rows = self.place.sql(typical)
        self.assertEqual([row[:2] for row in rows], [("sums", "cpu")])
        measured = self.place.sql("SELECT avg(value) FROM measurement_view WHERE metric = 'throughput'")
        self.assertAlmostEqual(rows[0][2] / measured[0][0], 1)
        asked = self.place.run("query", typical, "--format", "json")
        self.assert_code(asked, 0)
        self.assertEqual(asked.json()["rows"][0][:2], ["sums", "cpu"])
        self.assertEqual(
            self.place.sql("SELECT batch_size, precision FROM performance_results ORDER BY 1"), [(1, "int32"), (8, "int32")]
        )
        self.assertEqual(self.place.sql("SELECT model_name, modality FROM models"), [("org.benchhost_e2e.echo.model", "numbers")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
