"""The files of the tree, for the checks beside this file."""
import pathlib
import subprocess

SOURCES = (".c", ".h", ".cpp", ".hpp")


def files(root, suffixes=None):
    """Paths below root that git tracks and that are there, relative, sorted; without git (an unpacked archive), every file
    outside build folders. An empty answer is an error: a check of nothing is no check."""
    root = pathlib.Path(root)
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = [pathlib.Path(name) for name in listed.stdout.decode().split("\0") if name]
    else:
        skipped = {".git", "build", "out", "node_modules", "__pycache__"}
        found = [path.relative_to(root) for path in root.rglob("*") if not skipped & set(path.relative_to(root).parts)]
    found = sorted(path for path in found if (root / path).is_file() and (suffixes is None or path.suffix in suffixes))
    if not found:
        raise SystemExit(f"no files under {root}")
    return found


def text(root, path):
    """Content of a text file, or None for another."""
    content = (pathlib.Path(root) / path).read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def finish(problems, checked):
    """Prints the problems, and ends the program: 0 without any, 1 otherwise or if nothing was checked."""
    for problem in problems:
        print(problem)
    print(f"{checked} checked, {len(problems)} problems")
    raise SystemExit(1 if problems or checked == 0 else 0)
