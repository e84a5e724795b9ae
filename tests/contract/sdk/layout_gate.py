#!/usr/bin/env python3
"""Breaks copies of the headers on purpose: make_layout.py --check must notice each break, and only then.

usage: layout_gate.py SDK_DIR CC
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BREAKS = [
    # name, header, pattern, replacement, what the check says
    ("nothing", None, None, None, None),
    ("a comment", "plugin.h", r"Frozen since 0\.1", "Frozen since ABI 0.1", None),
    ("two members swapped", "plugin.h", r"(  uint64_t batch_max;[^\n]*\n)(  uint64_t workload_revision;[^\n]*\n)", r"\2\1",
     "batch_max"),
    ("a member appended", "metrics.h", r"(?=\} bh_metric_t)", "  double appended;\n", "appended"),
    ("a member of another size", "host.h", r"  uint64_t capacity;", "  uint32_t capacity;", "capacity"),
    ("padding at the end", "host.h", r"(?=\} bh_recorder_request_t)", "  uint32_t tail;\n", "bytes of padding at the end"),
    ("padding inside", "device.h", r"  uint32_t flags;        /\* BH_BUILT_\* \*/\n", "", "bytes of padding before"),
    ("another signature", "host.h", r"(\*cancelled\)\()const bh_host_t \*host", r"\1const void *host", "cancelled"),
    ("a function removed", "host.h", r"  int32_t\(BH_CALL \*team_cpu\)[^\n]*\n", "", "team_cpu"),
    ("a status code renumbered", "base.h", r"BH_E_IO \(\(bh_status_t\)-11\)", "BH_E_IO ((bh_status_t)-21)", "BH_E_IO"),
    ("a fact renamed", "capabilities.h", r'"mem\.bytes"', '"memory.bytes"', "memory.bytes"),
    ("no struct_size", "roles.h", r"typedef struct bh_role \{\n  uint32_t struct_size;", "typedef struct bh_role {\n  uint32_t size;",
     "not with struct_size"),
    ("another entry", "plugin.h", r"bh_plugin_entry\(const bh_offer_t \*offer, bh_answer_t \*answer\);",
     "bh_plugin_entry(const bh_offer_t *offer, bh_answer_t *answer, uint32_t flags);", "uint32_t flags"),
]


def main():
    sdk, cc = pathlib.Path(sys.argv[1]), sys.argv[2]
    wrong = 0
    for name, header, pattern, replacement, said in BREAKS:
        with tempfile.TemporaryDirectory() as folder:
            include = pathlib.Path(folder) / "include"
            shutil.copytree(sdk / "include", include)
            if header is not None:
                path = include / "benchhost" / header
                # The headers' own assertions would end the compilation first: the gate must not depend on them.
                text = re.sub(r"^BH_ASSERT_(SIZE|OFFSET)\(.*\n", "", path.read_text(), flags=re.M)
                path.write_text(text)
                changed, count = re.subn(pattern, replacement, text, count=1)
                if count != 1:
                    print(f"{name}: {header} has no {pattern}")
                    wrong += 1
                    continue
                path.write_text(changed)
            result = subprocess.run([sys.executable, str(sdk / "layout/make_layout.py"), "--check", "--cc", cc, "--include",
                                     str(include), "--layout", str(sdk / "layout/layout.tsv")], capture_output=True, text=True,
                                    check=False)
            expected = 0 if said is None else 1
            if result.returncode != expected or (said or "") not in result.stdout:
                print(f"{name}: exit {result.returncode}, expected {expected} and '{said}':\n{result.stdout}{result.stderr}")
                wrong += 1
    print(f"{len(BREAKS)} changes, {wrong} judged wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
