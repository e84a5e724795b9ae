"""The install: moved away from where it was installed, it runs; outside plugins are built against its SDK alone."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import COPY, SOURCE, TINY, Place, path_of

BUILD = path_of("BUILD")
CMAKE = os.environ.get("BENCHHOST_E2E_CMAKE", "cmake")
CXX = os.environ.get("BENCHHOST_E2E_CXX", "c++")
# A build of the shipped plugins on a loaded machine takes a while.
BUILD_PATIENCE_S = 1200
# A folder is a plugin, its file and the last part of its id.
SHIPPED = sorted(
    file.parent.name
    for file in (SOURCE / "plugins").glob("*/CMakeLists.txt")
    if "benchhost_add_plugin(" in file.read_text()
)

OUTSIDE_CMAKE = """
cmake_minimum_required(VERSION 3.20)
project(outside LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
find_package(benchhost-sdk REQUIRED)
benchhost_add_plugin(outside_sum SOURCES sum.cpp LANG CXX OUTPUT_NAME outside_sum OUTPUT_DIRECTORY "${OUT}")
"""

OUTSIDE_SOURCE = """
#include <benchhost/plugin.hpp>

#include <cmath>
#include <numeric>
#include <vector>

namespace bb = benchhost;

struct Sum final : bb::Benchmark {
  static constexpr auto about = bb::about("com.example.outside.sum", "Sum", "adds whole numbers", BH_CATEGORY_HARDWARE);
  static constexpr bb::Param parameters[] = {
      bb::param("items", bb::u64(256), "numbers to add").range(bb::u64(1), bb::u64(1000000))};
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time of a sum", "adding all numbers once").primary()};

  std::vector<std::uint64_t> data;
  std::uint64_t sum = 0;

  explicit Sum(const bb::Prepare& p) : data(p.u64("items")) {
    std::iota(data.begin(), data.end(), 1u);
    p.work({{BH_WORK_ITEMS, static_cast<double>(data.size())}});
  }
  void run(const bb::Batch& batch) override {
    for (std::uint64_t left = batch.n; left > 0; --left) {
      bh_keep(data.data());
      sum = std::accumulate(data.begin(), data.end(), std::uint64_t{0});
      bh_keep(&sum);
    }
  }
  void verify(bb::Verdict& verdict) override {
    const double n = static_cast<double>(data.size());
    verdict.checked = 1;
    verdict.error = std::fabs(static_cast<double>(sum) - n * (n + 1) / 2);
    verdict.tolerance = 0.0;
    verdict.what = "the sum of 1 to n";
  }
};

BH_PLUGIN_CXX("com.example.outside", "0.1.0", "A third party", "MIT", "", Sum);
"""


def call(*command, cwd=None, env=None):
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BUILD_PATIENCE_S, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"{command} -> {done.returncode}\n{done.stdout.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


class Install(unittest.TestCase):
    """One install, moved; every test uses the moved one."""

    @classmethod
    def setUpClass(cls):
        if not (BUILD / "cmake_install.cmake").is_file():
            raise unittest.SkipTest("there is no build to install")
        cls.root = Path(tempfile.mkdtemp(prefix="benchhost-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        first = cls.root / "first"
        call(CMAKE, "--install", BUILD, "--prefix", first)
        # Whatever remembers the first place, or the build tree, must not be found there.
        cls.prefix = cls.root / "moved" / "away"
        cls.prefix.parent.mkdir()
        first.rename(cls.prefix)
        cls.place = Place(binary=cls.prefix / "bin" / "benchhost", plugins=None, backends=None)
        cls.addClassCleanup(cls.place.remove)

    def run_installed(self, *args, code=0, **more):
        ended = self.place.run(*args, **more)
        self.assertEqual(ended.code, code, str(ended))
        return ended

    def configure_and_build(self, source, build, *flags):
        call(
            CMAKE, "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={CXX}",
            "-DCMAKE_BUILD_TYPE=Release", *flags,
        )  # fmt: skip
        call(CMAKE, "--build", build, "--parallel", "2")

    def test_files_stand_where_they_belong(self):
        for name in (
            "bin/benchhost",
            "libexec/benchhost/benchhost-worker",
            "include/benchhost/plugin.h",
            "include/benchhost/plugin.hpp",
            "share/benchhost/suites/quick.yaml",
            "share/benchhost/sdk/README.md",
            "share/benchhost/sdk/CHANGELOG.md",
            "share/benchhost/sdk/rust/Cargo.toml",
            "share/benchhost/sdk/rust/src/lib.rs",
            "share/benchhost/sdk/rust/examples/saxpy.rs",
            "share/benchhost/sdk/template/c/.gitignore",
        ):
            self.assertTrue((self.prefix / name).is_file(), name)
        for name, words in (
            ("share/man/man1/benchhost.1", ("man",)),
            ("share/bash-completion/completions/benchhost", ("completions", "bash")),
            ("share/zsh/site-functions/_benchhost", ("completions", "zsh")),
            ("share/fish/vendor_completions.d/benchhost.fish", ("completions", "fish")),
        ):
            self.assertEqual((self.prefix / name).read_text(), self.run_installed(*words).out, name)
        for package in ("benchhost-sdk-config.cmake", "benchhost-sdk.pc"):
            self.assertTrue(list(self.prefix.rglob(package)), package)
        names = {p.name for p in (self.prefix).rglob("*.so")}
        self.assertLessEqual({f"{name}.so" for name in (*SHIPPED, "cpu")}, names)

    @unittest.skipIf("BENCHHOST_E2E_SANITIZED" in os.environ, "Python has no sanitizer's runtime for a plugin that needs it")
    def test_the_python_file_of_the_sdk_reads_a_plugin_of_the_prefix(self):
        (plugin,) = self.prefix.rglob("cpu_stream.so")
        program = self.prefix / "share" / "benchhost" / "sdk" / "python" / "benchhost_sdk.py"
        told = json.loads(call(program, "describe", plugin, "--timeout", "120"))
        self.assertEqual(told["id"], "org.benchhost.cpu_stream")

    def test_nothing_of_it_names_the_build_or_the_source_tree(self):
        for path in self.prefix.rglob("*"):
            if not path.is_file() or path.suffix not in (".cmake", ".pc", ".yaml"):
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            for folder in (BUILD, SOURCE, self.root / "first"):
                self.assertNotIn(str(folder), text, path)

    def test_the_moved_program_finds_its_own_parts_and_no_others(self):
        doctor = self.run_installed("doctor")
        self.assertIn(str(self.prefix / "libexec"), doctor.out)
        plugins = self.run_installed("list", "plugins", "--format", "json").json()["plugins"]
        self.assertEqual(
            {p["id"] for p in plugins if p["usable"]},
            {f"org.benchhost.{name}" for name in SHIPPED},
        )
        for plugin in plugins:
            self.assertTrue(plugin["file"].startswith(str(self.prefix)), plugin["file"])
        backends = self.run_installed("list", "backends", "--format", "json").json()["backends"]
        self.assertTrue(all(b["file"].startswith(str(self.prefix)) for b in backends))
        self.assertIn("cpu:0", self.run_installed("list", "devices").out)
        suites = self.run_installed("list", "suites", "--format", "json").json()["suites"]
        self.assertIn("quick", [s["name"] for s in suites])

    def test_the_moved_program_runs_a_suite_by_name(self):
        ended = self.run_installed(
            "run", "--suite", "quick.yaml", "--filter", "'bandwidth' in tags", "--param", "bytes=16KiB",
            "--invocations", "2", "--time", "40ms",
        )  # fmt: skip
        self.assertIn("passed", ended.out)

    def test_a_plugin_built_outside_against_the_prefix_alone_is_dropped_in_and_run_by_a_suite(self):
        outside = self.root / "outside"
        (outside / "source").mkdir(parents=True)
        (outside / "source" / "CMakeLists.txt").write_text(OUTSIDE_CMAKE)
        (outside / "source" / "sum.cpp").write_text(OUTSIDE_SOURCE)
        project = self.place.work / "project"
        (project / "plugins").mkdir(parents=True)
        self.configure_and_build(outside / "source", outside / "build", f"-DOUT={outside / 'out'}")
        self.assertNotIn(str(BUILD), (outside / "build" / "CMakeCache.txt").read_text())
        shutil.copy(outside / "out" / "outside_sum.so", project / "plugins")
        (project / "benchhost.yaml").write_text("")
        (project / "suites").mkdir()
        (project / "suites" / "mine.yaml").write_text(
            "name: mine\ndefaults: {invocations: 2, time: 40 ms}\n"
            "entries:\n  - id: sum\n    benchmarks: com.example.outside.sum\n    parameters: {items: [64, 4096]}\n"
        )
        ended = self.run_installed("run", "--suite", "mine.yaml", cwd=project)
        self.assertIn("2 passed", ended.out)
        self.assertEqual([o for _, o in self.place.outcomes()], ["passed", "passed"])
        verified = self.place.sql(
            "SELECT is_verified FROM results WHERE role = 'primary' AND run = (SELECT max(id) FROM runs)"
        )
        self.assertEqual(verified, [(1,), (1,)])

    def test_the_shipped_plugins_build_alone_against_the_prefix(self):
        source = self.root / "plugins_source"
        shutil.copytree(SOURCE / "plugins", source)
        build = self.root / "plugins_build"
        self.configure_and_build(source, build)
        built = {p.name: p for p in build.rglob("*.so")}
        self.assertEqual({f"{name}.so" for name in SHIPPED}, set(built))
        folder = self.root / "plugins_built"
        folder.mkdir()
        for file in built.values():
            shutil.copy(file, folder)
        ended = self.run_installed(
            "run", COPY, "org.benchhost.cpu_latency.chase", "--param", "bytes=16KiB", *TINY,
            "--plugins", folder,
        )  # fmt: skip
        self.assertIn("2 passed", ended.out)
        used = {Path(f).parent for (f,) in self.place.sql(
            "SELECT p.file FROM results r JOIN plugins p ON p.id = r.plugin WHERE r.run = (SELECT max(id) FROM runs)"
        )}  # fmt: skip
        self.assertEqual(used, {folder})


if __name__ == "__main__":
    unittest.main(verbosity=2)
