#!/usr/bin/env python3
"""Checks that every include in the tree follows the layers of host/README.md; run by CTest.

usage: check_layers.py ROOT

Rules
  - host/ is three wings: common, worker, host. Within a wing a module includes itself and the modules above it.
  - The host wing includes no SDK header and no worker header; the worker wing no host-wing header; common neither.
  - Library headers stay in the module that owns them (LIBRARIES).
  - plugins/ include the SDK and themselves; backends/ likewise plus one vendor API.
  - Every *_test.cpp, and every test program, is named in a CMakeLists.txt: a test that is not registered tests nothing.
  - Nothing but host/cli prints to the standard streams.
Exits 1 and prints file:line: rule for each violation; zero files checked is a failure.
"""
import pathlib
import re
import sys

COMMON = ["common/base", "common/platform", "common/stats", "common/protocol"]
WORKER = ["worker/loader", "worker/device", "worker/measure", "worker/main"]
HOST = ["supervise", "discover", "suite", "store", "analysis", "schedule", "report", "source", "server", "cli"]
# Which headers of third parties belong to which modules.
LIBRARIES = {
    r"boost/json": {"common/base"},
    r"boost/dll": {"worker/loader"},
    r"boost/program_options": {"cli"},
    r"boost/(beast|asio)": {"server"},
    r"yaml-cpp/": {"suite"},
    r"sqlite3\.h": {"store"},
    r"hwloc": {"common/platform"},
    r"sodium": {"discover"},
    r"CL/": {"backends"},
}
PRINTS = re.compile(r"\bstd::(cout|cerr|clog)\b|\b(std::)?(printf|puts|putchar)\s*\(|\bfmt::print\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def module_of(path):
    """Module of a file or include path below host/, or None."""
    for name in COMMON + WORKER + HOST:
        if path == name or path.startswith(name + "/"):
            return name
    return None


def allowed(user, used):
    """Whether module `user` may include module `used`."""
    if user == used or used in COMMON and user not in COMMON:
        return True
    for wing in (COMMON, WORKER, HOST):
        if user in wing and used in wing:
            # common/stats uses base alone; for the rest the table's order is the rule.
            if user == "common/stats" and used == "common/platform":
                return False
            return wing.index(used) < wing.index(user)
    return False


def check_file(root, file, report):
    where = file.relative_to(root)
    text = file.read_text(encoding="utf-8", errors="replace")
    top = where.parts[0]
    user = module_of("/".join(where.parts[1:])) if top == "host" else None
    if top == "host" and user is None:
        report(where, 1, "lies in no module of the table")
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            path = match.group(2)
            used = module_of(path) if match.group(1) == '"' else None
            if top == "host":
                if used is not None and not allowed(user, used):
                    report(where, number, f"{user} may not include {used}")
                if path.startswith("benchhost/") and user not in WORKER:
                    report(where, number, f"{user} may not include the SDK: plugins reach the host as protocol records")
            elif top in ("plugins", "backends", "sdk"):
                if used is not None:
                    report(where, number, f"{top} may not include the host")
            for pattern, owners in LIBRARIES.items():
                if re.match(pattern, path) and top == "host" and user not in owners:
                    report(where, number, f"{path} belongs to {', '.join(sorted(owners))}")
        elif top == "host" and user != "cli" and PRINTS.search(line.split("//")[0]):
            report(where, number, "only cli prints")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    problems = []

    def report(where, number, rule):
        problems.append(f"{where}:{number}: {rule}")

    checked = 0
    for top in ("host", "sdk", "plugins", "backends"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".h", ".hpp", ".c", ".cpp") and "node_modules" not in file.parts:
                check_file(root, file, report)
                checked += 1
    tests = root / "tests"
    for file in sorted(tests.rglob("*_test.cpp")):
        folder = file.parent
        lists = []
        while folder != root and folder != folder.parent:
            if (folder / "CMakeLists.txt").exists():
                lists.append((folder / "CMakeLists.txt").read_text(encoding="utf-8"))
            folder = folder.parent
        if not any(file.name in text for text in lists):
            report(file.relative_to(root), 1, "is registered in no CMakeLists.txt: it never runs")
        checked += 1
    for line in problems:
        print(line)
    print(f"{checked} files checked, {len(problems)} problems")
    return 1 if problems or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
