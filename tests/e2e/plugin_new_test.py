"""plugin new: what it makes, and what it refuses to make."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import BACKENDS, BINARY, SOURCE, WORKER, E2eTest, Place, path_of

BUILD = path_of("BUILD")
CMAKE = os.environ.get("BENCHHOST_E2E_CMAKE", "cmake")
CXX = os.environ.get("BENCHHOST_E2E_CXX", "c++")
LANGUAGES = {"c": "c", "cpp": "cpp", "rust": "rs", "cuda": "cpp", "opencl": "cpp"}
TEMPLATES = SOURCE / "sdk" / "template"
BUILD_PATIENCE_S = 500


class PluginNew(E2eTest):
    def setUp(self):
        # In its build tree, where the SDK lies beside it as in a prefix.
        self.place = Place(binary=BINARY, plugins=None, backends=None)
        self.addCleanup(self.place.remove)

    def files(self):
        return sorted(str(p.relative_to(self.place.work)) for p in self.place.work.rglob("*"))

    def refused(self, *args, said, code=2, env=None):
        """Nothing is made, and both forms of the answer say why."""
        before = self.files()
        ended = self.place.run("plugin", "new", *args, env=env)
        self.assert_code(ended, code)
        self.assertEqual(ended.out, "")
        self.assertIn(said, ended.err)
        answer = self.place.run("plugin", "new", "--format", "json", *args, env=env)
        self.assert_code(answer, code)
        self.assertEqual(answer.json()["exit_code"], code)
        self.assertEqual(self.files(), before)

    def test_each_language_gives_a_project_with_names_of_its_own(self):
        for language, suffix in LANGUAGES.items():
            with self.subTest(language=language):
                ended = self.place.run(
                    "plugin", "new", f"mine_{language}", "--lang", language, "--id", f"com.acme.mine_{language}",
                    "--vendor", "Acme & Söhne", "--licence", "Apache-2.0 OR MIT", "--format", "json",
                )  # fmt: skip
                self.assert_code(ended, 0)
                answer = ended.json()
                folder = self.place.work / f"mine_{language}"
                self.assertEqual(answer["format"], "benchhost.plugin_new")
                self.assertEqual(Path(answer["folder"]), folder)
                made = {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}
                self.assertEqual(sorted(made), sorted(answer["files"]))
                wanted = {"CMakeLists.txt", "README.md", ".gitignore", f"suites/mine_{language}.yaml", f"mine_{language}.{suffix}"}
                self.assertEqual(set(made), wanted | ({"Cargo.toml"} if language == "rust" else set()))
                source = made[f"mine_{language}.{suffix}"]
                for text in (f'"com.acme.mine_{language}"', '"Acme & Söhne"', '"Apache-2.0 OR MIT"'):
                    self.assertIn(text, source)
                self.assertIn(f"com.acme.mine_{language}.*", made[f"suites/mine_{language}.yaml"])
                for path, text in made.items():
                    self.assertNotIn("example_", text, path)
                    self.assertNotIn("org.example", text, path)
                checked = self.place.run("suite", "check", folder / "suites" / f"mine_{language}.yaml")
                self.assert_code(checked, 0)

    def test_the_steps_that_it_names_are_those_for_this_folder(self):
        ended = self.place.run("plugin", "new", "mine", "--dir", "a folder/of mine")
        self.assert_code(ended, 0)
        self.assertTrue((self.place.work / "a folder" / "of mine" / "mine.cpp").is_file())
        self.assertIn(f"cd '{self.place.work}/a folder/of mine'\n", ended.out)
        self.assertIn(f"  {BINARY} run --suite suites/mine.yaml --plugins build/plugins\n", ended.out)
        self.assertIn("The id begins with org.example", ended.out)
        path = f"{BINARY.parent}:{self.place.env['PATH']}"
        own = self.place.run("plugin", "new", "mine", "--id", "com.acme.mine", env={"PATH": path})
        self.assertNotIn("org.example", own.out)
        self.assertIn("  benchhost run --suite", own.out)

    def test_a_bad_name_gets_one_to_take(self):
        for name, better in (("My-Bench", "take 'my_bench'"), ("a b", "take 'a_b'"), ("ÄÖ", "take a name like"),
                             ("", "take a name like"), ("..", "take a name like"), ("../up", "take 'up'"),
                             ("test", "take 'test_bench'"), ("9x", "take 'n9x'"), ("x" * 4000, "take 'xxx"),
                             ("a\x1b[2J", "take 'a_2j'")):  # fmt: skip
            with self.subTest(name=name[:20]):
                self.refused(name, said=better)
        self.refused("--", "-x", said="take 'x'")

    def test_what_the_command_line_lacks_is_said(self):
        self.refused(said="needs NAME")
        self.refused("a", "b", said="'b'")
        self.refused("mine", "--lang", "rsut", said="did you mean 'rust'?")
        self.refused("mine", "--lang", "fortran", said="there are c, cpp, rust, cuda, opencl")
        self.refused("mine", "--lang", "../c", said="there is no template for the language '../c'")
        self.refused("mine", "--id", "mine", said="reverse DNS")
        self.refused("mine", "--id", "com.Acme", said="reverse DNS")
        self.refused("mine", "--vendor", 'a"b', said="quotation mark")
        self.refused("mine", "--licence", "", said="the licence is empty")

    def test_nothing_that_is_there_is_overwritten(self):
        work = self.place.work
        (work / "folder").mkdir()
        (work / "file").write_text("mine")
        (work / "dangling").symlink_to(work / "nowhere")
        for name in ("folder", "file", "dangling"):
            with self.subTest(name=name):
                self.refused(name, said="is there already, and nothing is overwritten")
        self.assertEqual((work / "file").read_text(), "mine")
        self.refused("mine", "--dir", ".", said="is there already")

    def test_a_place_that_cannot_be_written_to_is_refused_and_nothing_is_left(self):
        (self.place.work / "file").write_text("")
        self.refused("mine", "--dir", "file/mine", said="BH0003")
        self.refused("mine", "--dir", "/proc/mine", said="BH0003")
        # The first files fit, the next does not: a disk that is full.
        ended = self.place.shell("trap '' XFSZ; ulimit -f 1; \"$BENCHHOST\" plugin new mine --lang cpp")
        self.assert_code(ended, 2)
        self.assertIn("BH0003", ended.err)
        self.assertEqual(self.files(), ["file"])

    def test_without_an_sdk_beside_it_benchhost_says_so(self):
        bare = Place(plugins=None, backends=None)
        self.addCleanup(bare.remove)
        ended = bare.run("plugin", "new", "mine")
        self.assert_code(ended, 2)
        self.assertIn("the SDK is not installed beside this benchhost", ended.err)
        self.assertIn("help: install benchhost whole", ended.err)


class OtherPrefixes(E2eTest):
    """A prefix made by hand, to have one whose SDK is damaged."""

    def setUp(self):
        super().setUp()
        self.prefix = Path(tempfile.mkdtemp(prefix="benchhost-prefix-")) / "with blanks & \"quotes\""
        self.addCleanup(shutil.rmtree, self.prefix.parent, ignore_errors=True)
        (self.prefix / "bin").mkdir(parents=True)
        for program in (BINARY, WORKER):
            shutil.copy(program, self.prefix / "bin")
        self.templates = self.prefix / "share" / "benchhost" / "sdk" / "template"
        shutil.copytree(TEMPLATES, self.templates)
        self.place.binary = self.prefix / "bin" / BINARY.name

    def new(self, *args):
        return self.place.run("plugin", "new", *args)

    def test_a_prefix_with_odd_letters_is_written_as_toml_and_the_shell_take_it(self):
        ended = self.new("mine", "--lang", "rust")
        self.assert_code(ended, 0)
        self.assertIn("'-DCMAKE_PREFIX_PATH=" + str(self.prefix) + "'", ended.out)
        cargo = (self.place.work / "mine" / "Cargo.toml").read_text()
        path = str(self.prefix / "share" / "benchhost" / "sdk" / "rust").replace('"', '\\"')
        self.assertIn(f'benchhost = {{ path = "{path}" }}', cargo)

    def test_a_template_that_is_damaged_makes_nothing(self):
        (self.templates / "c" / "CMakeLists.txt").write_text("project(other)\n")
        ended = self.new("mine", "--lang", "c")
        self.assert_code(ended, 2)
        self.assertIn("has no CMakeLists.txt that builds example_c", ended.err)
        os.mkfifo(self.templates / "cpp" / "pipe")
        ended = self.new("mine", "--lang", "cpp")
        self.assert_code(ended, 2)
        self.assertIn("BH0002", ended.err)
        for i in range(300):
            (self.templates / "rust" / f"file{i}").write_text("")
        ended = self.new("mine", "--lang", "rust")
        self.assert_code(ended, 2)
        self.assertIn("more than 256 files", ended.err)
        (self.templates / "cuda" / "large").write_bytes(bytes(2 << 20))
        self.assert_code(self.new("mine", "--lang", "cuda"), 2)
        self.assertEqual(list(self.place.work.iterdir()), [])


class Devices(E2eTest):
    """Those that the walk of the README leaves out."""

    def test_plugins_for_devices_pass_their_own_tests_on_the_simulated_device(self):
        place = Place(binary=BINARY, plugins=None, backends=BACKENDS)
        self.addCleanup(place.remove)
        for language in ("opencl", "cuda"):
            with self.subTest(language=language):
                made = place.run("plugin", "new", f"mine_{language}", "--lang", language, "--format", "json").json()
                folder = Path(made["folder"])
                for command in ((CMAKE, "-S", folder, "-B", folder / "build", made["cmake_flag"], f"-DCMAKE_CXX_COMPILER={CXX}"),
                                (CMAKE, "--build", folder / "build"),
                                (Path(CMAKE).with_name("ctest"), "--test-dir", folder / "build", "--no-tests=error", "--output-on-failure")):
                    done = subprocess.run(
                        [str(c) for c in command], env=place.environment({}), stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BUILD_PATIENCE_S, check=False,
                    )  # fmt: skip
                    self.assertEqual(done.returncode, 0, done.stdout.decode(errors="replace"))
                used = place.sql(
                    "SELECT r.outcome, r.is_verified, count(*) FROM results r WHERE r.role = 'primary' GROUP BY 1, 2",
                    db=folder / "build" / f"mine_{language}.db",
                )
                self.assertEqual(used, [("passed", 1, 3)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
