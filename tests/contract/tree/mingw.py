#!/usr/bin/env python3
"""The pure part of the common wing compiles for Windows: what the Windows bodies will stand on does not drift away from it.

usage: mingw.py ROOT
77 (skipped) if the cross compiler is missing; in CI (environment variable CI) that is a failure.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

import tracked

COMPILER = "x86_64-w64-mingw32-g++"
FOLDERS = ("host/common/base", "host/common/stats", "host/common/protocol")
# The cross compiler's distribution has no libraries for Windows: what includes one is left to a Windows build.
LIBRARY = re.compile(r'^\s*#\s*include\s*<(boost|fmt)/', re.MULTILINE)
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror"]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    compiler = shutil.which(COMPILER + "-posix") or shutil.which(COMPILER)
    if compiler is None:
        print(f"{'failed' if os.environ.get('CI') else 'skipped'}: {COMPILER} is not installed; scripts/bootstrap installs it")
        return 1 if os.environ.get("CI") else 77

    sources, left = [], []
    for path in tracked.files(root, (".cpp",)):
        if str(path.parent) in FOLDERS:
            (left if LIBRARY.search(tracked.text(root, path)) else sources).append(path)
    if len(sources) < 20:
        print(f"only {len(sources)} sources found in {', '.join(FOLDERS)}")
        return 1

    def compile_one(path):
        command = [compiler, *FLAGS, f"-I{root / 'host'}", str(root / path)]
        result = subprocess.run(command, text=True, capture_output=True, check=False)
        return None if result.returncode == 0 else result.stderr[:3000]

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        failures = [failure for failure in pool.map(compile_one, sources) if failure]
    print("\n".join(failures))
    print(f"{len(sources)} sources, {len(failures)} do not compile; left out for their libraries: {', '.join(map(str, left))}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
