#!/usr/bin/env python3
"""Wrong uses that must not compile, each beside its right twin that must. usage: misuse.py INCLUDE_DIR"""
import concurrent.futures
import shutil
import subprocess
import sys

HEAD = """#include <benchhost/device.hpp>
namespace bb = benchhost;
"""
CLASS = """struct X %s {
  static constexpr auto about = bb::about("org.x.y", "t", "d", BH_CATEGORY_OTHER);
  %s
  explicit X(const bb::Prepare&) {}
  void run(const bb::Batch&) override {}
  %s
};
BH_PLUGIN_CXX("org.x", "1", "v", "MIT", "u", X);
"""
METRICS = 'static constexpr bb::Metric metrics[] = {bb::time("t", "T", "x").primary()};'


def plugin(hook="", base=": bb::Benchmark", metrics=METRICS):
    return HEAD + CLASS % (base, metrics, hook)


C_HEAD = "#include <benchhost/host.h>\n#include <benchhost/note.h>\n"
# (language, right, wrong, why)
PAIRS = [
    ("c++17", plugin("void prepare_batch(const bb::Batch&) override {}"), plugin("void prepareBatch(const bb::Batch&) override {}"),
     "a misspelt hook"),
    ("c++17", plugin("void finish_batch(const bb::Batch&) override {}"), plugin("void finish_batch(std::uint64_t) {}"),
     "a hook with another parameter"),
    ("c++17", plugin("void verify(bb::Verdict&) override {}"), plugin("void verify(const bb::Verdict&) {}"), "verify by const reference"),
    ("c++17", plugin("void process() override {}"), plugin("void process() const {}"), "a const hook"),
    ("c++17", plugin(), plugin(metrics=""), "a benchmark without metrics"),
    ("c++17", plugin(), plugin(base=""), "a class that is no Benchmark"),
    ("c++17", HEAD + "void f(const bb::Prepare& p) { auto a = p.array<double>(4); }",
     HEAD + "void f(const bb::Prepare& p) { auto a = p.array<std::string>(4); }", "host memory for what has a constructor"),
    ("c++17", HEAD + "auto s = bb::scalar_type<float>();", HEAD + "auto s = bb::scalar_type<bool>();", "bool as a device scalar"),
    ("c++17", HEAD + 'bh_status_t f(const bh_host_t* h) { return bh_failf(h, BH_E_IO, "%d", 1); }',
     HEAD + 'bh_status_t f(const bh_host_t* h) { return bh_failf(h, BH_E_IO, "%d", "one"); }', "a format that does not fit"),
    ("c11", C_HEAD + 'BH_PLUGIN("org.x", "1", "v", "MIT", "u", NULL);',
     C_HEAD + 'BH_PLUGIN("org.x", "1", "%s", "MIT", "u", NULL);' % ("v" * 5000), "a note that is too long"),
    ("c11", C_HEAD + "int f(const bh_batch_t *b) { return BH_HAS(bh_batch_t, b, n) ? 1 : 0; }",
     C_HEAD + "int f(const bh_batch_t *b) { return BH_HAS(bh_batch_t, b, iterations) ? 1 : 0; }", "BH_HAS of no member"),
]


def main():
    include = sys.argv[1]
    jobs = {}  # by what is compiled: several pairs share their right twin
    for families in (("gcc", "g++"), ("clang", "clang++")):
        for language, right, bad, why in PAIRS:
            compiler = shutil.which(families["++" in language])
            if compiler is not None:
                jobs[compiler, language, right] = (True, why)
                jobs[compiler, language, bad] = (False, why)

    def judge(job):
        (compiler, language, source), (compiles, why) = job
        result = subprocess.run([compiler, "-x", "c++" if "++" in language else "c", f"-std={language}", f"-I{include}",
                                 "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-"], input=source, text=True,
                                capture_output=True, check=False)
        if (result.returncode == 0) == compiles:
            return None
        return f"{compiler}: {why}: {'does not compile' if compiles else 'compiles'}\n{source}\n{result.stderr[:1500]}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wrong = [text for text in pool.map(judge, jobs.items()) if text]
    print("\n".join(wrong))
    print(f"{len(jobs)} compilations, {len(wrong)} wrong")
    return 1 if wrong or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
