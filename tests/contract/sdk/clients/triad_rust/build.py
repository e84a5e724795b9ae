#!/usr/bin/env python3
"""Builds triad.rs with plain rustc, checks its one export, and runs it. 77 if there is no rustc that can.

usage: build.py SDK_DIR BUILD_DIR SDK_DRIVER
"""
import os
import pathlib
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
    if rustc is None:
        print("skipped: no rustc")
        return 77
    version = subprocess.run([rustc, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)\.(\d+)", version.stdout)
    if version.returncode != 0 or found is None or tuple(map(int, found.groups())) < (1, 77):
        print(f"skipped: rustc 1.77 or newer is needed for offset_of!, found '{version.stdout.strip()}'")
        return 77
    build.mkdir(parents=True, exist_ok=True)
    pairs = [f"{name}=bh_{name.lower()}" for name in STRUCTS]
    layout = subprocess.run([sys.executable, str(sdk / "layout/make_asserts.py"), "rust", str(sdk / "layout/layout.tsv"), *pairs],
                            check=True, capture_output=True, text=True).stdout
    (build / "layout.rs").write_text(layout)
    plugin = build / "triad_rust.so"
    subprocess.run([rustc, "--edition", "2021", "--crate-type", "cdylib", "-O", "-D", "warnings", "-o", str(plugin),
                    str(HERE / "triad.rs")], check=True, env={**os.environ, "BH_LAYOUT_DIR": str(build)})
    subprocess.run([sys.executable, str(HERE.parent.parent / "single_export.py"), str(plugin), "bh_plugin_entry"], check=True)
    # A layout that differs must not compile: the assertions are really there.
    broken = layout.replace("offset_of!(Batch, n) == 8", "offset_of!(Batch, n) == 12")
    assert broken != layout
    (build / "broken").mkdir(exist_ok=True)
    (build / "broken/layout.rs").write_text(broken)
    refused = subprocess.run([rustc, "--edition", "2021", "--crate-type", "cdylib", "-o", str(build / "broken/triad.so"),
                              str(HERE / "triad.rs")], env={**os.environ, "BH_LAYOUT_DIR": str(build / "broken")},
                             capture_output=True, check=False)
    if refused.returncode == 0:
        print("a wrong offset compiled")
        return 1
    return subprocess.run([str(driver), "check", str(plugin)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
