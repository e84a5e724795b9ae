#!/usr/bin/env python3
"""Says whether a module exports exactly one symbol. usage: single_export.py FILE SYMBOL"""
import pathlib
import re
import shutil
import subprocess
import sys


def exports(path):
    if pathlib.Path(path).read_bytes()[:2] == b"MZ":
        tool = shutil.which("x86_64-w64-mingw32-objdump") or "objdump"
        text = subprocess.run([tool, "-p", path], check=True, capture_output=True, text=True).stdout
        table = text[text.index("[Ordinal/Name Pointer] Table"):]
        return re.findall(r"^\s*\[\s*\d+\]\s+(?:\+base\[\s*\d+\]\s+\S+\s+)?(\S+)$", table, re.M)
    text = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True).stdout
    # Absolute symbols are names of versions, not code.
    return [line.split()[-1] for line in text.splitlines() if " A " not in line]


def main():
    path, wanted = sys.argv[1:3]
    found = exports(path)
    if found == [wanted]:
        return 0
    print(f"{path} exports {len(found)} symbols, wanted {wanted} alone: {' '.join(found[:20])}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
