#!/usr/bin/env python3
"""Compiles growth.c as C and C++ under the sanitizers and runs it. usage: growth.py INCLUDE_DIR WORK"""
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SANITIZE = ["-g", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"]


def main():
    include, work = sys.argv[1], pathlib.Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    wrong = tried = 0

    def build_and_run(command, *more):
        binary = work / "growth"
        built = subprocess.run([*command, *SANITIZE, "-Wall", "-Wextra", *more, f"-I{include}", str(HERE / "growth.c"), "-o",
                                str(binary)], capture_output=True, text=True, check=False)
        if built.returncode != 0:
            return built
        return subprocess.run([str(binary)], capture_output=True, text=True, check=False)

    for compiler, language in (("gcc", ["-std=c99"]), ("clang", ["-std=c99"]), ("g++", ["-x", "c++", "-std=c++17"]),
                               ("clang++", ["-x", "c++", "-std=c++17"])):
        if shutil.which(compiler) is None:
            continue
        for level in ("-O0", "-O2"):
            tried += 1
            result = build_and_run([compiler, level, *language])
            if result.returncode != 0:
                wrong += 1
                print(f"{compiler} {level}: {result.stdout}{result.stderr[:2000]}")
    if shutil.which("clang"):
        # A check that cannot fail proves nothing: the naive macro is undefined behaviour, and clang sees it.
        if "insufficient space" not in build_and_run(["clang", "-O2", "-std=c99"], "-DWITH_NAIVE_HAS", "-Wno-all").stderr:
            wrong += 1
            print("the naive BH_HAS was not caught")
    print(f"{tried} builds, {wrong} wrong")
    return 1 if wrong or tried == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
