#!/usr/bin/env python3
"""Breaks the interface of an SDK that has published 1.0, in every way that is known, and prints which part of the gate notices.

usage: abi_breaks.py SDK_DIR CC
  layout     rows of layout.tsv without functions differ from the headers
  signature  rows of functions differ
  abidiff    libabigail finds a difference to witness.abi
  record     somebody regenerated layout.tsv, and versions.tsv still tells
  rule       somebody raised the minor, and accept still refuses, because 1.x only adds
Fails if a break is not noticed by just the parts that are named with it, or a harmless change by any.
"""
import hashlib
import pathlib
import re
import shutil
import sys
import tempfile

import abi_sdk

sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "layout"))
sys.dont_write_bytecode = True
import abi_gate  # noqa: E402
import make_layout  # noqa: E402

PARTS = ("layout", "signature", "abidiff", "record", "rule")
ALL, DATA, FUNCTION = set(PARTS), set(PARTS) - {"signature"}, set(PARTS) - {"layout"}
TEXT = DATA - {"abidiff"}  # strings are in no debug information


def insert(before, line):
    return rf"(?={before})", line


# kind, what is done, header, pattern, replacement, who notices
BREAKS = [
    ("append without size", "a reserved member becomes another", "host.h", r"(BH_PIN_\* \*/\n  uint32_t) reserved;", r"\1 stack_kib;", DATA),
    ("append without size", "into padding that was left at the end", "params.h", r"(  uint32_t max_count;[^\n]*\n(?:  [ ]+[^\n]*\n)*)  uint32_t reserved;[^\n]*\n",
     r"\1", DATA),
    ("append without size", "a member that leaves padding behind", "host.h", *insert(r"\} bh_recorder_request_t", "  uint32_t tail;\n"),
     DATA - {"rule"}),
    ("reorder", "two members swapped", "plugin.h", r"(  uint64_t batch_max;[^\n]*\n)(  uint64_t workload_revision;[^\n]*\n)", r"\2\1", DATA),
    ("reorder", "two functions swapped", "device_ext.h", r"(?s)(  bh_status_t\(BH_CALL \*begin\).*?;\n)(.*?)(  bh_status_t\(BH_CALL \*end\).*?;\n)",
     r"\3\2\1", ALL - {"layout"}),
    ("reorder", "a member in the middle", "plugin.h", *insert(r"  uint64_t batch_max;", "  uint64_t middle;\n"), DATA),
    ("signature", "an argument of another type", "host.h", r"(\*cancelled\)\()const bh_host_t \*host", r"\1const void *host", FUNCTION),
    ("signature", "one argument more", "backend.h", r"(\*score\)\()void", r"\1uint32_t reserved", FUNCTION),
    ("signature", "another result", "host.h", r"int64_t(\(BH_CALL \*now_ns\))", r"uint64_t\1", FUNCTION),
    ("signature", "const added behind a pointer", "host.h", r"(\*memory_take\)\(const bh_host_t \*host, )bh_memory_t", r"\1const bh_memory_t",
     FUNCTION),
    ("signature", "a type of callback", "host.h", r"(\*bh_team_function_t\)\(void \*argument, )uint32_t", r"\1uint64_t", FUNCTION),
    ("signature", "the plugin's entry", "plugin.h", r"(bh_plugin_entry\(const bh_offer_t \*offer, bh_answer_t \*answer)\);",
     r"\1, uint32_t flags);", FUNCTION),
    ("signature", "the type of a status", "base.h", r"typedef int32_t bh_status_t;", "typedef uint32_t bh_status_t;", DATA),
    ("enum value", "a status code renumbered", "base.h", r"BH_E_IO \(\(bh_status_t\)-11\)", "BH_E_IO ((bh_status_t)-21)", DATA),
    ("enum value", "a flag moved", "plugin.h", r"BH_SLOT_SHAREABLE 4u", "BH_SLOT_SHAREABLE 8u", DATA),
    ("enum value", "a constant removed", "host.h", r"#define BH_PIN_SPREAD 2u", "#define BH_PINNED_SPREAD 2u", DATA),
    ("enum value", "a fact renamed", "capabilities.h", r'"mem\.bytes"', '"memory.bytes"', TEXT),
    ("enum value", "a fact of another kind", "capabilities.h", r"X\(BH_CAP_NUMA_NODE, INT\)", "X(BH_CAP_NUMA_NODE, STRING)", TEXT),
    ("enum value", "a text around another's", "metrics.h", r'"ops\." type', '"op." type', TEXT),
    ("removed function", "the last one of a table", "host.h", r"(?s)  bh_status_t\(BH_CALL \*attach\).*?;\n", "", ALL),
    ("removed function", "one in the middle", "host.h", r"  int32_t\(BH_CALL \*team_cpu\)[^\n]*\n", "", ALL),
    ("removed function", "replaced by a pointer", "host.h", r"(?s)void\(BH_CALL \*log\)\(.*?\);", "const void *log;", ALL),
    ("new required field", "the first size raised with the append", "metrics.h", *insert(r"\} bh_metric_t", "  double appended;\n"), DATA),
    ("new required field", "a table that asks for more", None, None, None, {"record", "rule"}),
    ("type", "a member of another size", "host.h", r"  uint64_t capacity;", "  uint32_t capacity;", DATA),
    ("type", "a member of another sign", "device_ext.h", r"  int64_t time_ns;", "  uint64_t time_ns;", DATA),
    ("type", "padding inside", "device.h", r"  uint32_t flags;        /\* BH_BUILT_\* \*/\n", "", DATA),
    ("type", "no struct_size", "roles.h", r"(typedef struct bh_role \{\n  uint32_t) struct_size;", r"\1 size;", DATA),
    ("type", "a frozen struct that grows", "base.h", *insert(r"\} bh_bytes_t", "  uint64_t more;\n"), DATA),
]
HARMLESS = [
    ("nothing", "plugin.h", r"\Z", ""),
    ("a comment", "plugin.h", r"Frozen since 0\.1", "Frozen since ABI 0.1"),
    ("another header guard", "host.h", r"(?s)BENCHHOST_HOST_H(.*?)BENCHHOST_HOST_H", r"BENCHHOST_HOST_TABLE_H\1BENCHHOST_HOST_TABLE_H"),
    ("a declaration on two lines", "host.h", r"(void\(BH_CALL \*record\)\()(bh_recorder_t \*recorder,) ", r"\1\2\n      "),
    ("a macro with arguments", "metrics.h", *insert(r"#define BH_UNIT_COUNT", '#define BH_UNIT_IS_TIME(unit) ((unit)[0] == (BH_UNIT_NS)[0])\n')),
]


def raise_first_sizes(copy):
    """As somebody would who makes a new member mandatory: the table is told that it always was."""
    if not re.search(r"^member\tbh_metric\tappended\t", copy.layout("layout.tsv").read_text(), re.M):
        copy.replace(copy.layout("layout.tsv"), r"^(struct\tbh_verdict\t\t\t\d+\t)\d+", r"\g<1>999")
    else:
        copy.replace(copy.layout("layout.tsv"), r"^(struct\tbh_metric\t\t\t)(\d+)\t\d+", r"\1\2\t\2")


def differing_rows(old, new):
    return [line.split("\t") for line in set(old.splitlines()) ^ set(new.splitlines())]


def noticed_by(copy, kind):
    """The parts of the gate that see what was done to a copy, and all that they said."""
    sdk, parts = abi_gate.Sdk(copy.folder), set()
    rows, wrong = make_layout.read(copy.cc, sdk.include)
    accepted = sdk.layout.read_text()
    regenerated = make_layout.with_first_sizes(rows, accepted)
    differing = differing_rows(accepted, regenerated)
    is_function = [row[0] in ("member", "entry", "typedef") and "(" in row[-1] for row in differing]
    if any(is_function):
        parts.add("signature")
    # Of a function that only moved or went, the size of its struct tells the table of layouts.
    if wrong or not all(is_function):
        parts.add("layout")
    problems, _ = abi_gate.check_witness(sdk, copy.cc)
    said = [*wrong, *map(str, differing), *problems]
    if any(problem.startswith("abidiff: the interface differs") for problem in problems):
        parts.add("abidiff")

    sdk.layout.write_text(regenerated)
    if kind == "new required field":
        raise_first_sizes(copy)
    problems, _ = abi_gate.check_tables(sdk, copy.cc)
    said += problems
    if any(problem.startswith("versions.tsv: layout.tsv is not what was accepted") for problem in problems):
        parts.add("record")
    copy.say_version(1, 1)
    problems, _ = abi_gate.accept(sdk, copy.cc, False)
    said += problems
    if any("ABI 1.0 is broken" in problem for problem in problems):
        parts.add("rule")
    elif not problems:
        said.append("accept took it as 1.1")
    return parts, "\n".join(said)


def read_once():
    """Headers are compiled once for each content: the gate reads them several times."""
    known, read = {}, make_layout.read

    def remembered(cc, include):
        key = hashlib.sha256(b"".join(path.read_bytes() for path in sorted((include / "benchhost").glob("*.h")))).digest()
        if key not in known:
            known[key] = read(cc, include)
        rows, wrong = known[key]
        return [list(row) for row in rows], list(wrong)

    make_layout.read = remembered


def main():
    abi_sdk.skip_without_abidiff()
    sdk, cc = pathlib.Path(sys.argv[1]), sys.argv[2]
    wrong, kinds = [], set()
    read_once()
    with tempfile.TemporaryDirectory() as folder:
        base = abi_sdk.Copy(sdk, pathlib.Path(folder) / "base", cc).without_assertions().publish(1, 0)

        def copy():
            target = pathlib.Path(folder) / "copy"
            shutil.rmtree(target, ignore_errors=True)
            return abi_sdk.Copy(base.folder, target, cc)

        print(f"{'kind':20}{'break':42}" + "".join(f"{part:11}" for part in PARTS))
        for kind, name, header, pattern, replacement, expected in BREAKS:
            one = copy()
            if header is not None:
                one.replace(one.header(header), pattern, replacement)
            parts, said = noticed_by(one, kind)
            kinds.add(kind)
            print(f"{kind:20}{name:42}" + "".join(f"{'caught' if part in parts else '-':11}" for part in PARTS))
            if parts != expected:
                wrong.append(f"{kind}, {name}: noticed by {sorted(parts)}, expected {sorted(expected)}:\n{said[:3000]}")
        for name, header, pattern, replacement in HARMLESS:
            one = copy()
            one.replace(one.header(header), pattern, replacement)
            parts, said = noticed_by(one, "harmless")
            print(f"{'harmless':20}{name:42}" + "".join(f"{'FLAGGED' if part in parts else '-':11}" for part in PARTS))
            if parts or "accept took it as 1.1" not in said:
                wrong.append(f"harmless, {name}: flagged by {sorted(parts)}:\n{said[:2000]}")
    print("\n".join(wrong))
    print(f"{len(BREAKS)} breaks of {len(kinds)} kinds, {len(HARMLESS)} harmless changes, {len(wrong)} judged wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
