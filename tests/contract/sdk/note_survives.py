#!/usr/bin/env python3
"""The note is the same bytes after everything that a packager does to a file. usage: note_survives.py SDK_DIR DRIVER WORK"""
import pathlib
import shutil
import struct
import subprocess
import sys


def run(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def without_section_headers(path):
    """What sstrip does: the file knows its segments only."""
    data = bytearray(path.read_bytes())
    data[40:48] = struct.pack("<Q", 0)
    data[60:64] = struct.pack("<HH", 0, 0)
    path.write_bytes(data)


def main():
    sdk, driver, work = (pathlib.Path(part) for part in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    link = ["-shared", "-fPIC", "-fvisibility=hidden", f"-I{sdk}/include", f"-Wl,--version-script={sdk}/link/benchhost.map",
            sdk / "template/c/example_c.c"]
    original = work / "original.so"
    run("cc", "-std=c99", "-O2", "-g", *link, "-o", original)

    def note(path):
        return subprocess.run([str(driver), "note", str(path)], capture_output=True, text=True, check=False).stdout

    wanted = note(original)
    if "id=org.example.example_c\n" not in wanted or "abi=0.1-0.1\n" not in wanted:
        print(f"no note in {original}: '{wanted}'")
        return 1

    def treated(name, action):
        copy = work / f"{name}.so"
        shutil.copy(original, copy)
        action(copy)
        return copy

    files = [treated("strip", lambda p: run("strip", p)),
             treated("strip_all", lambda p: run("strip", "--strip-all", "-R", ".comment", p)),
             treated("objcopy", lambda p: run("objcopy", "--strip-unneeded", "--remove-section=.comment", p)),
             treated("debuglink", lambda p: (run("objcopy", "--only-keep-debug", p, f"{p}.debug"),
                                             run("objcopy", "--strip-debug", f"--add-gnu-debuglink={p}.debug", p))),
             treated("added_section", lambda p: run("objcopy", f"--add-section=.signature={sys.argv[0]}", p)),
             treated("no_sections", without_section_headers)]
    for tool in ("llvm-strip", "llvm-strip-14"):
        if shutil.which(tool):
            files.append(treated(tool, lambda p, tool=tool: run(tool, "--strip-all", p)))
            break
    collected = ["-O2", "-flto", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections,--strip-all"]
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler) is None or (compiler == "clang" and shutil.which("ld.lld") is None):
            continue
        path = work / f"lto_{compiler}.so"
        run(compiler, "-std=c99", *collected, *(["-fuse-ld=lld"] if compiler == "clang" else []), *link, "-o", path)
        files.append(path)

    lost = [path.name for path in files if note(path) != wanted]
    removed = treated("removed", lambda p: run("objcopy", "--remove-section=.note.benchhost", p))
    if note(removed):
        lost.append("the note is found in a file that has none")
    print(f"{len(files)} files; changed or lost: {', '.join(lost) or 'none'}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
