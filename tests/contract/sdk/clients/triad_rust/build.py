#!/usr/bin/env python3
"""Builds triad.rs with plain rustc, checks its one export, and runs it. 77 if there is no rustc that can.

usage: build.py SDK_DIR BUILD_DIR SDK_DRIVER
"""
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
STRUCTS = ["Value", "Param", "Metric", "Work", "Memory", "Host", "Create", "Prepare", "Batch", "Verdict", "Lifecycle",
           "Benchmark", "Plugin", "Offer", "Answer"]


def main():
    sdk, build, driver = map(pathlib.Path, sys.argv[1:4])
    rustc = shutil.which("rustc")
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("skipped: the note of triad.rs is written for Linux on x86_64")
        return 77
    if rustc is None:
        print("skipped: no rustc; scripts/bootstrap installs it")
        return 77
    version = subprocess.run([rustc, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)\.(\d+)", version.stdout)
    if version.returncode != 0 or found is None or tuple(map(int, found.groups())) < (1, 63):
        print(f"skipped: rustc 1.63 or newer is needed, found '{version.stdout.strip()}'")
        return 77
    compile_time = tuple(map(int, found.groups())) >= (1, 77)  # offset_of!

    def compiled(layout, output, *options):
        """rustc with this layout.rs; its exit status."""
        folder = output.parent
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "layout.rs").write_text(layout)
        return subprocess.run([rustc, "--edition", "2021", *options, "-o", str(output), str(HERE / "triad.rs")], check=False,
                              env={**os.environ, "BH_LAYOUT_DIR": str(folder)}, stderr=subprocess.STDOUT).returncode

    pairs = [f"{name}=bh_{name.lower()}" for name in STRUCTS]
    layout = subprocess.run([sys.executable, str(sdk / "layout/make_asserts.py"), "rust" if compile_time else "rust-test",
                             str(sdk / "layout/layout.tsv"), *pairs], check=True, capture_output=True, text=True).stdout
    # A layout that differs must be refused: the assertions are really there.
    broken = re.sub(r"(assert!\(std::mem::size_of::<Batch>\(\) == |assert_eq!\(size_of::<Batch>\(\), )24", r"\g<1>32", layout)
    assert broken != layout
    for text, holds in ((layout, True), (broken, False)):
        output = build / ("right" if holds else "broken") / "layout_test"
        good = compiled(text, output, "--test") == 0 and subprocess.run([str(output)], check=False).returncode == 0
        if good != holds:
            print(f"the layout assertions {'fail' if holds else 'accept a wrong size'}")
            return 1

    plugin = build / "plugin/triad_rust.so"
    if compiled(layout, plugin, "--crate-type", "cdylib", "-O", "-D", "warnings") != 0:
        return 1
    subprocess.run([sys.executable, str(HERE.parent.parent / "single_export.py"), str(plugin), "bh_plugin_entry"], check=True)
    return subprocess.run([str(driver), "check", str(plugin)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
