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
PARAM = 'static constexpr bb::Param parameters[] = {bb::param("n", bb::u64(8), "x")%s};'
METRICS = 'static constexpr bb::Metric metrics[] = {bb::time("t", "T", "x").primary()};'
SLOT = 'static constexpr bb::Slot slots[] = {bb::slot("device", "time.span", "x")};'
RATE = 'static constexpr bb::Metric metrics[] = {bb::rate("r", "R", "%s", "%s", "x").primary()};'
TWO = ('static constexpr bb::Metric metrics[] = {bb::self_time("a", "T", "x").primary(), '
       'bb::self_time("%s", "T", "x").statistic("p99").source("%s")};')
SUMMARY = ('static constexpr bb::Summary summaries[] = {bb::summary(BH_SUMMARY_RATIO, "s", "S", "1", '
           'BH_DIRECTION_LOWER, %s, "x")};')
ROLES = 'static constexpr bb::Role roles[] = {bb::role("a", "x")%s, bb::role("b", "x").load()};'


def plugin(hook="", base=": bb::Benchmark", metrics=METRICS):
    return HEAD + CLASS % (base, metrics, hook)


FOREIGN = (plugin().replace('BH_CATEGORY_OTHER)', 'BH_CATEGORY_OTHER).flags(BH_BENCHMARK_ENUMERATED)')
           .replace('BH_PLUGIN_CXX', 'struct P : bb::Plugin<X> { %s };\nBH_PLUGIN_CXX').replace(', X);', ', P);'))
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
    ("c++17", plugin(PARAM % ""), plugin((PARAM % "").replace("parameters", "parameter")), "a list under a name that nobody reads"),
    ("c++17", plugin(SLOT), plugin(SLOT.replace("slots", "slot")), "slots under a name that nobody reads"),
    ("c++17", plugin(), plugin(metrics=METRICS.replace(".primary()", "")), "no primary metric"),
    ("c++17", plugin(), plugin(metrics=METRICS.replace('"t"', '"T-1"')), "an ill-formed id"),
    ("c++17", plugin(), plugin().replace('about("org.x.y", "t"', 'about("org.x.y", ""'), "an empty title"),
    ("c++17", plugin(), plugin().replace('about("org.x.y"', 'about("org.y.y"'), "an id that does not begin with the plugin's"),
    ("c++17", plugin(), plugin(metrics=RATE % ("MB/s", "bytes")), "a unit outside the registry"),
    ("c++17", plugin(metrics=RATE % ("By/s", "bytes")), plugin(metrics=RATE % ("By/s", "byte")), "an unknown key of work"),
    ("c++17", plugin(metrics=TWO % ("b", "a")), plugin(metrics=TWO % ("a", "a")), "two metrics of one id"),
    ("c++17", plugin(metrics=TWO % ("b", "a")), plugin(metrics=TWO % ("b", "q")), "a source that does not exist"),
    ("c++17", plugin(), plugin(metrics=METRICS.replace('"x")', '"x").domain(BH_DOMAIN_QUEUE)')), "a queue metric without a slot"),
    ("c++17", plugin(PARAM % ".range(bb::u64(1), bb::u64(9))"), plugin(PARAM % ".range(bb::f64(1), bb::i64(9))"), "a range of other types"),
    ("c++17", plugin(PARAM % ".range(bb::u64(1), bb::u64(9))"), plugin(PARAM % ".range(bb::u64(9), bb::u64(9))"), "a default outside its range"),
    ("c++17", plugin(PARAM % ""), plugin((PARAM % "").replace('"n"', '"a.b"')), "a name of two parts"),
    ("c++17", plugin(PARAM % "" + SUMMARY % '0, 0'), plugin(PARAM % "" + SUMMARY % '0, 9'), "a summary of no parameter"),
    ("c++17", plugin(PARAM % "" + SUMMARY % 'metrics, "t", parameters, "n"'),
     plugin(PARAM % "" + SUMMARY % 'metrics, "t", parameters, "m"'), "a summary of a name that is not there"),
    ("c++17", plugin(ROLES % ""), plugin(ROLES % ".mortal()"), "a primary that may be killed"),
    ("c++17", FOREIGN % "static void enumerate(const bb::Enumerate&) {}", FOREIGN % "static void enumerates(const bb::Enumerate&) {}",
     "a misspelt enumerate"),
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
