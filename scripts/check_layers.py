#!/usr/bin/env python3
"""Checks that every include in the tree follows the layers of host/README.md; run by CTest.

usage: check_layers.py ROOT

Rules
  - host/ is three wings: common, worker, host. Within a wing a module includes itself and the modules above it.
  - The host wing includes no SDK header and no worker header; the worker wing no host-wing header; common neither.
  - Library headers stay in the module that owns them (LIBRARIES); the SDK has none.
  - plugins/ include the SDK, themselves and what plugins share; backends/ likewise (SHARED), and one vendor API each.
  - Nothing but host/cli prints to the standard streams.
How an include is written, with quotes or angles, from host/ or by a relative path, makes no difference. That every source
and every test is built and run is contract.tree.registered's to check.
Exits 1 and prints file:line: rule for each violation; zero files checked is a failure.
"""
import pathlib
import posixpath
import re
import sys

COMMON = ["common/base", "common/platform", "common/stats", "common/protocol"]
WORKER = ["worker/loader", "worker/device", "worker/measure", "worker/conform", "worker/main"]
HOST = ["tuning", "supervise", "discover", "suite", "store", "analysis", "schedule", "conform", "report", "scaffold", "source", "server", "cli"]
# Which headers of third parties belong to which modules. A family of headers that "backends" own is a vendor API.
LIBRARIES = {
    r"boost/json": {"common/base"},
    r"boost/dll": {"worker/loader"},
    r"boost/program_options": {"cli"},
    r"boost/(beast|asio)": {"server"},
    r"yaml-cpp/": {"suite"},
    r"sqlite3\.h": {"store"},
    r"hwloc": {"common/platform", "backends"},
    r"sodium": {"discover"},
    r"CL/": {"backends"},
    r"cuda|nvrtc|nvml": {"backends"},
    r"hip/|rocm": {"backends"},
    r"level_zero/|ze_api": {"backends"},
    r"vulkan/": {"backends"},
    r"webgpu/|dawn/": {"backends"},
    r"Metal/": {"backends"},
}
# Folders that every plugin or backend may include.
SHARED = {"plugins/common", "backends/native"}
# Folders of the system's headers: in angles they are these, whatever a plugin is called.
SYSTEM = {"sys"}
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


def target_of(where, path):
    """The path from the root that an include in file `where` may mean: by its own folder if it is written relative, else
    as a path from host/; libraries and the SDK stay as they are."""
    if path.startswith("."):
        return posixpath.normpath(posixpath.join(where.parent.as_posix(), path))
    path = posixpath.normpath(path)
    return path if path.startswith("host/") else "host/" + path


def check_file(root, file, report, apis=None):
    """`apis`: family of library headers by backend, gathered over calls."""
    where = file.relative_to(root)
    text = file.read_text(encoding="utf-8", errors="replace")
    top = where.parts[0]
    user = module_of("/".join(where.parts[1:])) if top == "host" else None
    if top == "host" and user is None:
        report(where, 1, "lies in no module of the table")
        return
    owner = user if top == "host" else top
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            path = match.group(2)
            if match.group(1) == "<" and path.split("/")[0] in SYSTEM:
                continue
            target = target_of(where, path)
            used = module_of(target.removeprefix("host/")) if target.startswith("host/") else None
            if top == "host":
                if used is not None and not allowed(user, used):
                    report(where, number, f"{user} may not include {used}")
                if (path.startswith("benchhost/") or target.startswith("sdk/")) and user not in WORKER:
                    report(where, number, f"{user} may not include the SDK: plugins reach the host as protocol records")
                if target.split("/")[0] in ("plugins", "backends", "tests"):
                    report(where, number, f"{user} may not include {target.split('/')[0]}")
            elif top in ("plugins", "backends", "sdk"):
                if used is not None:
                    report(where, number, f"{top} may not include the host")
                check_neighbour(root, where, path, target, number, report)
            for pattern, owners in LIBRARIES.items():
                if not re.match(pattern, path):
                    continue
                if owner not in owners:
                    report(where, number, f"{path} belongs to {', '.join(sorted(owners))}")
                elif owner == "backends" and apis is not None:
                    first = apis.setdefault(where.parts[1], pattern)
                    if first != pattern:
                        report(where, number, f"{path}: backends/{where.parts[1]} has another vendor API already ({first})")
        elif top == "host" and user != "cli" and PRINTS.search(line.split("//")[0]):
            report(where, number, "only cli prints")


def check_neighbour(root, where, path, target, number, report):
    """A plugin or backend does not include another one."""
    top, own = where.parts[0], where.parts[1]
    parts = target.split("/")
    if parts[0] == "host":
        # Written from the folder of all plugins or backends, or from its own.
        if path.startswith(".") or not (root / top / path.split("/")[0]).is_dir() or (root / where.parent / path).exists():
            return
        parts = [top, path.split("/")[0]]
    if parts[0] not in ("plugins", "backends") or len(parts) < 2:
        return
    if parts[0] != top or (parts[1] != own and f"{top}/{parts[1]}" not in SHARED):
        report(where, number, f"{top}/{own} may not include {parts[0]}/{parts[1]}")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    problems = []

    def report(where, number, rule):
        problems.append(f"{where}:{number}: {rule}")

    checked = 0
    apis = {}
    for top in ("host", "sdk", "plugins", "backends"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".h", ".hpp", ".c", ".cpp") and "node_modules" not in file.parts:
                check_file(root, file, report, apis)
                checked += 1
    for line in problems:
        print(line)
    print(f"{checked} files checked, {len(problems)} problems")
    return 1 if problems or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
