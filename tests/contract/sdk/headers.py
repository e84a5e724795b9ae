#!/usr/bin/env python3
"""Compiles every header alone and all together, and the templates, in every language version, with every warning as an error.

usage: headers.py gcc|clang|mingw INCLUDE_DIR LAYOUT_ASSERT_H TEMPLATE_DIR
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
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"]
# C++23 is c++2b to a compiler that is older than the standard.
C_STANDARDS, CXX_STANDARDS = ["c99", "c11", "c17"], ["c++17", "c++20", "c++2b"]


def find(name):
    return shutil.which(name) or (shutil.which(name[: -len("-posix")]) if name.endswith("-posix") else None)


def main():
    family, include, layout, template = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
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
    for standard in C_STANDARDS:
        command = [cc, "-xc", f"-std={standard}"]
        jobs += [(command, including(c_headers)), (command, including(c_headers[::-1])), (command, including(c_headers, [layout]))]
    for standard in CXX_STANDARDS:
        command = [cxx, "-xc++", f"-std={standard}"]
        jobs += [(command, including(c_headers + cxx_headers)), (command, including(cxx_headers[::-1] + c_headers)),
                 (command, including(c_headers, [layout]))]
    # That a header stands alone does not hang on how new the language is: in the oldest two it is tried one by one.
    jobs += [([cc, "-xc", f"-std={standard}"], including([h])) for standard in C_STANDARDS[:2] for h in c_headers]
    jobs += [([cxx, "-xc++", f"-std={standard}"], including([h])) for standard in CXX_STANDARDS[:2] for h in c_headers + cxx_headers]
    # What `plugin new` copies; once optimised, since some warnings come from there.
    sources = sorted(template.glob("*/*.c")) + sorted(template.glob("*/*.cpp"))
    if len(sources) < 4:
        print(f"only {len(sources)} templates under {template}")
        return 1
    for source in sources:
        compiler, standards = ([cc, "-xc"], C_STANDARDS) if source.suffix == ".c" else ([cxx, "-xc++"], CXX_STANDARDS)
        jobs += [([*compiler, f"-std={standard}", *(["-O2"] if standard == standards[0] else [])], source.read_text())
                 for standard in standards]

    def compile_one(job):
        command, source = job
        output = ["-S", "-o", os.devnull] if "-O2" in command else ["-fsyntax-only"]
        result = subprocess.run([*command, f"-I{include}", *WARNINGS, *output, "-"], input=source, text=True, capture_output=True,
                                check=False)
        return None if result.returncode == 0 else f"{' '.join(command)}\n{source}{result.stderr[:2000]}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        failures = [failure for failure in pool.map(compile_one, jobs) if failure]
    print("\n".join(failures))
    print(f"{len(jobs)} compilations, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
