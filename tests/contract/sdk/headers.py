#!/usr/bin/env python3
"""Compiles every header alone and all together, in every language version, with every warning as an error.

usage: headers.py gcc|clang|mingw INCLUDE_DIR LAYOUT_ASSERT_H
77 (skipped) if the compiler is missing; in CI (environment variable CI) that is a failure.
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

COMPILERS = {"gcc": ("gcc", "g++"), "clang": ("clang", "clang++"),
             "mingw": ("x86_64-w64-mingw32-gcc-posix", "x86_64-w64-mingw32-g++-posix")}
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror", "-fsyntax-only"]


def find(name):
    return shutil.which(name) or (shutil.which(name[: -len("-posix")]) if name.endswith("-posix") else None)


def main():
    family, include, layout = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    cc, cxx = map(find, COMPILERS[family])
    if cc is None or cxx is None:
        print(f"{'failed' if os.environ.get('CI') else 'skipped'}: {' or '.join(COMPILERS[family])} is not installed; "
              "scripts/bootstrap installs it")
        return 1 if os.environ.get("CI") else 77

    def names(pattern):
        return sorted(str(path.relative_to(include)) for path in include.glob(pattern))

    c_headers, cxx_headers = names("benchhost/*.h"), names("benchhost/*.hpp") + names("benchhost/cpp/*.hpp")
    if len(c_headers) < 10 or len(cxx_headers) < 8:
        print(f"only {len(c_headers)} C and {len(cxx_headers)} C++ headers under {include}")
        return 1

    def including(headers, more=()):
        return "".join(f"#include <{h}>\n" for h in headers) + "".join(f'#include "{h}"\n' for h in more) + "int bh_dummy;\n"

    jobs = []
    for standard in ("c99", "c11"):
        command = [cc, "-xc", f"-std={standard}"]
        jobs += [(command, including([h])) for h in c_headers]
        jobs += [(command, including(c_headers)), (command, including(c_headers[::-1])), (command, including(c_headers, [layout]))]
    for standard in ("c++17", "c++20"):
        command = [cxx, "-xc++", f"-std={standard}"]
        jobs += [(command, including([h])) for h in c_headers + cxx_headers]
        jobs += [(command, including(c_headers + cxx_headers)), (command, including(cxx_headers[::-1] + c_headers)),
                 (command, including(c_headers, [layout]))]

    def compile_one(job):
        command, source = job
        result = subprocess.run([*command, f"-I{include}", *WARNINGS, "-"], input=source, text=True, capture_output=True,
                                check=False)
        return None if result.returncode == 0 else f"{' '.join(command)}\n{source}{result.stderr[:2000]}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        failures = [failure for failure in pool.map(compile_one, jobs) if failure]
    print("\n".join(failures))
    print(f"{len(jobs)} compilations, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
