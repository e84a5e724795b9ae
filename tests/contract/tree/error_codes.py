#!/usr/bin/env python3
"""Every code that the program can print is in the table of `benchhost explain`, and no row explains what nobody prints.

usage: error_codes.py ROOT
"""
import re
import sys

import tracked

TABLE = "host/common/base/error_codes.cpp"
CODE = re.compile(r"\bBH\d{4}\b")
ROW = re.compile(r'^\s*\{"(BH\d{4})"', re.MULTILINE)


def check(table, uses, documented):
    """`uses`: pairs of a place and its text, `documented`: texts of documents. Returns the problems."""
    rows = set(ROW.findall(table))
    problems = [] if rows else [f"{TABLE}: no row found"]
    used = set()
    for place, content in uses:
        for number, line in enumerate(content.splitlines(), 1):
            for code in CODE.findall(line):
                used.add(code)
                if code not in rows:
                    problems.append(f"{place}:{number}: {code} has no row in {TABLE}")
    explained = {code for content in documented for code in CODE.findall(content)}
    problems += [f"{TABLE}: {code} is used nowhere in host/ and no document names it" for code in
                 sorted(rows - used - explained)]
    return problems


def main():
    root = sys.argv[1]
    sources = [path for path in tracked.files(root, tracked.SOURCES) if path.parts[0] == "host" and str(path) != TABLE]
    documents = tracked.files(root, (".md",))
    uses = [(path, tracked.text(root, path) or "") for path in sources]
    problems = check(tracked.text(root, TABLE), uses, [tracked.text(root, path) or "" for path in documents])
    tracked.finish(problems, len(sources))


if __name__ == "__main__":
    main()
