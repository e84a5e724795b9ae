#!/usr/bin/env python3
"""An older and a newer SDK made from this one, and every host against every plugin of the three, under the sanitizers.

usage: generations.py SDK_DIR WORK
Within a version that both speak, structs may be shorter or longer than the reader's. The older SDK lacks members at the end of
structs, the newer has more of them; the version number stays, so that only struct_size tells.
Then the newer one gets the next minor too: who speaks both works with either, who speaks one is refused by the other.
"""
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SANITIZE = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
PLAIN = ["cc", "-std=c99", *SANITIZE, "-Wall", "-Wextra", "-Werror"]
PLUGIN = ["-shared", "-fPIC", "-fvisibility=hidden"]
APPENDED = "  uint64_t appended;\n  const char *appended_text;\n"

OLDER = {
    "metrics.h": [(r"  double noise_floor_ratio;.*?\n(?=\} bh_metric_t)", "")],
    "host.h": [(r"  bh_status_t\(BH_CALL \*attach\).*?;\n", "")],
    "plugin.h": [(r"  uint64_t seed;[^\n]*\n", ""), (r"  const char \*what; /\* e\.g\.[^\n]*\n", "")],
}
NEWER = {
    "metrics.h": [(r"(?=\} bh_metric_t)", APPENDED)],
    "params.h": [(r"(?=\} bh_param_t)", APPENDED)],
    "host.h": [(r"(?=\n\};\n\n/\* fail with)", "\n" + APPENDED), (r"(?=\} bh_memory_t)", APPENDED)],
    "plugin.h": [(rf"(?=\}} {name})", APPENDED) for name in
                 ("bh_create_t", "bh_prepare_t", "bh_verdict_t", "bh_lifecycle_t", "bh_batch_t", "bh_benchmark_t", "bh_case_t",
                  "bh_plugin_t", "bh_answer_t", "bh_offer_t")],
}


def make_include(source, target, edits):
    shutil.copytree(source, target)
    for header, changes in edits.items():
        path = target / "benchhost" / header
        text = path.read_text()
        for pattern, replacement in changes:
            text, count = re.subn(pattern, replacement, text, count=1, flags=re.S)
            if count != 1:
                raise SystemExit(f"{header} has no {pattern}: the test must follow the header")
        path.write_text(text)


def minor_of(include):
    return int(re.search(r"#define BH_ABI_MINOR (\d+)", (include / "benchhost/base.h").read_text())[1])


def make_next_minor(source, target):
    """The headers of an SDK to come: longer structs and the next minor. Returns the minor that was."""
    make_include(source, target, NEWER)
    minor = minor_of(source)
    path = target / "benchhost/base.h"
    path.write_text(path.read_text().replace(f"#define BH_ABI_MINOR {minor}\n", f"#define BH_ABI_MINOR {minor + 1}\n"))
    if minor_of(target) != minor + 1:
        raise SystemExit("base.h: the minor was not raised: the test must follow the header")
    return minor


def next_minor(sdk, work, build, wrong):
    """Hosts and plugins of the minor to come against those of today. Returns the number of pairs."""
    folder = work / "next"
    minor = make_next_minor(sdk / "include", folder / "include")
    major = re.search(r"#define BH_ABI_MAJOR (\d+)", (sdk / "include/benchhost/base.h").read_text())[1]
    for name, define in (("one", []), ("both", [f"-DOLDEST_MINOR={minor}"])):
        build([*PLAIN, f"-I{folder}/include", *define, str(HERE / "generation_host.c"), "-ldl"], folder / f"host_{name}")
        build([*PLAIN, f"-I{folder}/include", *define, *PLUGIN, str(HERE / "generation_plugin.c")], folder / f"plugin_{name}.so")
    today, later = f"abi {major}.{minor}\n", f"abi {major}.{minor + 1}\n"
    host, plugin = work / "same/host", work / "same/plugin.so"
    pairs = ((host, folder / "plugin_both.so", today), (host, folder / "plugin_one.so", "refused: the plugin speaks ABI"),
             (folder / "host_both", plugin, today), (folder / "host_both", folder / "plugin_both.so", later),
             (folder / "host_both", folder / "plugin_one.so", later), (folder / "host_one", folder / "plugin_both.so", later),
             (folder / "host_one", plugin, "refused: the plugin speaks ABI"))
    for one, other, said in pairs:
        result = subprocess.run([str(one), str(other)], capture_output=True, text=True, check=False)
        if not result.stdout.startswith(said) or (result.returncode, "ran; verdict ok" in result.stdout) != (
                (3, False) if said.startswith("refused") else (0, True)):
            wrong.append(f"{one.name}, {other.name}: expected '{said.strip()}':\n{result.stdout}{result.stderr[:2000]}")
    return len(pairs)


def main():
    sdk, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    shutil.rmtree(work, ignore_errors=True)
    wrong = []

    def build(command, output):
        result = subprocess.run([*command, "-o", str(output)], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise SystemExit(f"{' '.join(command)}\n{result.stderr[:3000]}")

    generations = {"older": (OLDER, ["-DSDK_OLDER"]), "same": ({}, []), "newer": (NEWER, [])}
    plugin_source = (HERE / "generation_plugin.c").read_text()
    for name, (edits, define) in generations.items():
        folder = work / name
        folder.mkdir(parents=True)
        make_include(sdk / "include", folder / "include", edits)
        include = [f"-I{folder}/include", *define]
        build([*PLAIN, *include, str(HERE / "generation_host.c"), "-ldl"], folder / "host")
        build([*PLAIN, *PLUGIN, *include, str(HERE / "generation_plugin.c")], folder / "plugin.so")

    def runs(host, plugin):
        result = subprocess.run([str(host), str(plugin)], capture_output=True, text=True, check=False)
        return result.returncode == 0 and "ran; verdict ok" in result.stdout, result.stdout + result.stderr

    for host in generations:
        for plugin in generations:
            good, text = runs(work / host / "host", work / plugin / "plugin.so")
            if not good:
                wrong.append(f"{host} host, {plugin} plugin:\n{text[:2000]}")

    # Mutants: a host and a plugin that forget their guard, and must be caught by the same matrix.
    host_source = (HERE / "generation_host.c").read_text()
    for what, source, pattern, replacement, flags, pair in (
            ("host", host_source, "BH_HAS(bh_metric_t, m, target)", "1", ["-ldl"], ("same", "older")),
            ("plugin", plugin_source, "BH_SET(bh_verdict_t, verdict, what, ", "verdict->what = (", PLUGIN, ("older", "same"))):
        if pattern not in source:
            raise SystemExit(f"the mutant of the {what} has lost its place: {pattern}")
        mutant = work / f"mutant_{what}.c"
        mutant.write_text(source.replace(pattern, replacement))
        output = work / (f"mutant_{what}" + (".so" if what == "plugin" else ""))
        build(["cc", "-std=c99", *SANITIZE, f"-I{work}/same/include", str(mutant), *flags], output)
        good, _ = runs(output, work / pair[1] / "plugin.so") if what == "host" else runs(work / pair[0] / "host", output)
        if good:
            wrong.append(f"a {what} without its guard was not caught")
    pairs = len(generations) ** 2 + next_minor(sdk, work, build, wrong)
    print("\n".join(wrong))
    print(f"{pairs} pairs and 2 mutants, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
