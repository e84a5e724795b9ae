#!/usr/bin/env python3
"""What the program reads is what its tables tell of: environment variables and flags, in both directions. Commands, codes and
exit statuses are compared by tests/e2e/manual_test.py on the program itself.

usage: interface.py ROOT
"""
import re
import sys

import tracked

VARIABLES = "host/cli/environment_table.cpp"
# A name of ours in quotes anywhere, and another's where the environment is asked.
OURS = re.compile(r'"(BENCHHOST_[A-Z_]+)"')
ASKED = re.compile(r'(?:getenv|environment|environment\.get|first_set)\(\s*"?([^)]*)')
NAME = re.compile(r'"([A-Z][A-Z0-9_]*)"')
LOOP = re.compile(r'for \(const char\* name : \{([^}]*)\}\)')
ROW = re.compile(r'\{"([A-Z][A-Z0-9_ ]*)",')
DOCUMENTED = re.compile(r"\bBENCHHOST_[A-Z_]+\b")

# A row of flags: name, what its value may be (in capitals, or words between bars, or nothing), sentence.
OPTION = re.compile(r'\{"([a-z][a-z-]*)",\s*"(?:[^"]*[A-Z|][^"]*)?",\s*(?:fmt::format\()?"')
READ = re.compile(r'\b(?:args|arguments|args_|typed|parsed)\.(?:has|values?)\("([a-z-]+)"\)')


def code(content):
    """A source without its comments: what they name is not read."""
    return re.sub(r"//[^\n]*", "", content)


def check_variables(table, sources, documents):
    """`sources` and `documents`: pairs of a place and its text. Returns the problems."""
    rows = {name for names in ROW.findall(code(table)) for name in names.split()}
    problems = [] if rows else [f"{VARIABLES}: no row found"]
    read = {}
    for place, content in sources:
        content = code(content)
        names = set(OURS.findall(content))
        for asked in ASKED.findall(content) + LOOP.findall(content):
            names |= set(NAME.findall('"' + asked))
        for name in names:
            read.setdefault(name, place)
    problems += [f"{read[name]}: {name} is read and has no row in {VARIABLES}" for name in sorted(set(read) - rows)]
    problems += [f"{VARIABLES}: {name} is read nowhere" for name in sorted(rows - set(read))]
    for place, content in documents:
        problems += [f"{place}: {name} is read by nothing" for name in sorted(set(DOCUMENTED.findall(content)) - rows)]
    return problems


def check_flags(sources):
    """Every flag of a table is read somewhere, and every flag that is read is in a table. Returns the problems."""
    declared, read, words = {}, {}, {}
    for place, content in sources:
        content = code(content)
        for name in OPTION.findall(content):
            declared.setdefault(name, place)
        for name in READ.findall(content):
            read.setdefault(name, place)
        for word in re.findall(r'"([a-z][a-z-]*)"', content):
            words[word] = words.get(word, 0) + 1
    problems = [] if declared else ["no flag found"]
    problems += [f"{read[name]}: --{name} is read and no command takes it" for name in sorted(set(read) - set(declared))]
    # Some are read through other tables, but none without being named once more.
    rows = {name: sum(name == row for _, content in sources for row in OPTION.findall(code(content))) for name in declared}
    problems += [f"{declared[name]}: --{name} is read nowhere" for name in sorted(declared) if words.get(name, 0) <= rows[name]]
    return problems


def main():
    root = sys.argv[1]
    sources = [path for path in tracked.files(root, tracked.SOURCES) if path.parts[0] == "host" and str(path) != VARIABLES]
    texts = [(path, tracked.text(root, path) or "") for path in sources]
    # That one is for scripts/bootstrap.
    readme = tracked.text(root, "README.md").replace("BENCHHOST_NO_INSTALL", "")
    problems = check_variables(tracked.text(root, VARIABLES), texts, [("README.md", readme)])
    problems += check_flags([(path, content) for path, content in texts if path.parts[:2] == ("host", "cli")])
    tracked.finish(problems, len(sources))


if __name__ == "__main__":
    main()
