#!/usr/bin/env python3
"""Nothing in the tree is built or run by nobody: every source is in a CMakeLists.txt, every folder with a CMakeLists.txt is
in its parent's, every test script is run, and every CTest test has one label, a folder's name, and a time limit.

usage: registered.py ROOT BUILD CTEST
"""
import json
import pathlib
import re
import subprocess
import sys

import tracked

TOPS = ("host", "plugins", "backends", "tests")


def named(word, content):
    """Whether a list names a file or folder."""
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", content) is not None


def check_sources(lists, scripts, paths):
    """`lists`: text of each CMakeLists.txt and included *.cmake by folder; `scripts`: text of each Python file of the tests.
    Returns the problems."""
    problems = []
    for path in paths:
        above = [folder for folder in path.parents if folder in lists]
        found = any(named(path.name, lists[folder]) for folder in above)
        if not found and above and path.parts[0] == "tests":
            # The lists of tests also loop over stems, and over folders that have no list of their own.
            nearest = lists[above[0]]
            found = named(path.stem, nearest) or (path.parent != above[0] and named(path.parent.name, nearest))
        # Sources that siblings share are named with their folder; some tests compile theirs themselves.
        shared = f"{path.parent.name}/{path.name}"
        found = found or any(named(shared, content) for folder, content in lists.items() if folder.parts[:1] == path.parts[:1])
        found = found or any(named(path.name, content) for name, content in scripts.items() if name.parent == path.parent)
        if not found:
            problems.append(f"{path}: is in no CMakeLists.txt")
    return problems


def check_folders(lists):
    """Every folder with a CMakeLists.txt is added by one above it."""
    problems = []
    for folder in lists:
        above = [other for other in folder.parents if other in lists]
        if above and not any(f"add_subdirectory({folder.relative_to(other)}" in lists[other] for other in above):
            problems.append(f"{folder}/CMakeLists.txt: no list above it adds the folder")
    return problems


def check_scripts(lists, scripts, arguments):
    """A Python file of the tests is run by CMake or by a test, of which `arguments` are all there are, or imported by one that
    lies beside it or above it."""
    problems = []
    for path, content in scripts.items():
        used = any(named(path.name, lists[folder]) or named(path.stem, lists[folder]) for folder in path.parents
                   if folder in lists) or any(argument.endswith(f"/{path}") for argument in arguments)
        imports = re.compile(rf"^\s*(import|from)\b.*\b{path.stem}\b", re.MULTILINE)
        if not used and not any(name != path and name.parent in path.parents and imports.search(other) for name, other in
                                scripts.items()):
            problems.append(f"{path}: no test runs it")
    return problems


def read_scripts(root):
    """Text of the Python files of the tests, those without a suffix included."""
    scripts = {}
    for path in tracked.files(root):
        if path.parts[0] == "tests" and path.suffix in (".py", ""):
            content = tracked.text(root, path) or ""
            if path.suffix or re.match(r"#!.*python", content):
                scripts[path] = content
    return scripts


def check_tests(tests, folders):
    """`tests`: as `ctest --show-only=json-v1` lists them."""
    problems, names = [], set()
    for test in tests:
        name = test["name"]
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        labels = properties.get("LABELS", [])
        if name in names:
            problems.append(f"{name}: two tests have this name")
        names.add(name)
        if len(labels) != 1 or labels[0] not in folders:
            problems.append(f"{name}: its label is {labels or 'absent'}, not one of {', '.join(sorted(folders))}")
        elif not name.startswith(labels[0] + "."):
            problems.append(f"{name}: does not begin with its label, '{labels[0]}.'")
        if not 0 < float(properties.get("TIMEOUT", 0)) <= 1800:
            problems.append(f"{name}: has no time limit, or one above half an hour")
    return problems


def main():
    root, build, ctest = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    lists = {pathlib.Path("."): tracked.text(root, "CMakeLists.txt")}
    for path in tracked.files(root):
        if path.parts[0] in TOPS and (path.name == "CMakeLists.txt" or path.suffix == ".cmake"):
            lists[path.parent] = lists.get(path.parent, "") + tracked.text(root, path)
    sources = [path for path in tracked.files(root, (".c", ".cpp")) if path.parts[0] in TOPS]
    scripts = read_scripts(root)
    listed = subprocess.run([ctest, "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True, check=True)
    tests = json.loads(listed.stdout)["tests"]
    arguments = {argument for test in tests for argument in test.get("command", [])}
    folders = {path.name for path in (root / "tests").iterdir() if path.is_dir()}

    problems = check_sources(lists, scripts, sources) + check_folders(lists) + check_scripts(lists, scripts, arguments)
    problems += check_tests(tests, folders) if tests else [f"{build}: no tests"]
    tracked.finish(problems, len(sources) + len(scripts) + len(tests))


if __name__ == "__main__":
    main()
