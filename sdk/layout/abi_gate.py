#!/usr/bin/env python3
"""The gate of the ABI: what the headers say must be what the tree has on record, and a record changes by the rules only.

usage: abi_gate.py tables [--sdk DIR] [--cc CC]              layout and signatures, versions, history, coverage of the witness
       abi_gate.py abidiff [--sdk DIR] [--cc CC]             the witness against witness.abi
       abi_gate.py accept [--sdk DIR] [--cc CC] [--publish]  puts the headers on record, or says why it must not be
README.md beside this file says what to do when. Exit status: 0; 1 with a line for each problem; 77 if abidiff is to run and
is not installed, but 1 where the environment variable CI is set.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import make_layout
import versions
import witness

HERE = pathlib.Path(__file__).resolve().parent


class Sdk:
    """Where the files of an SDK are."""

    def __init__(self, folder):
        self.include = folder / "include"
        self.changelog = folder / "CHANGELOG.md"
        self.layout = folder / "layout/layout.tsv"
        self.record = folder / "layout/versions.tsv"
        self.witness = folder / "layout/witness.abi"
        self.published = folder / "layout/published"

    def table(self, side, number):
        return self.published / f"{side}-{versions.text_of(number)}.tsv"


def forgotten_headers(sdk):
    there = {path.name for path in (sdk.include / "benchhost").glob("*.h")}
    return [f"{name}: is a header, and not in the list of make_layout.py, or the other way round" for name in
            sorted(there ^ set(make_layout.HEADERS))]


def broken_promises(sdk, side, rows, record, number):
    """What published versions of the same major would miss. Major 0 promises nothing to another minor."""
    found = []
    for old, (state, _, digest) in sorted(record.of(side).items()):
        if state != "published" or old[0] == 0:
            continue
        where = sdk.table(side, old)
        try:
            promised = versions.parse(where.read_text())
        except (OSError, ValueError) as error:
            found.append(f"{where.name}: {side} ABI {versions.text_of(old)} is published, and its table cannot be read: {error}")
            continue
        if versions.digest(promised) != digest:
            found.append(f"{where.name}: is not the table that was published; versions.tsv has another digest")
        if old[0] == number[0]:
            found += [f"{side} ABI {versions.text_of(old)} is broken: {what}" for _, what in versions.breaks(promised, rows)]
    return found


def foreign_tables(sdk, record):
    """Tables in published/ that no published version of the record answers for."""
    known = {sdk.table(side, number).name for (side, number), entry in record.entries.items() if entry[0] == "published"}
    there = {path.name for path in sdk.published.iterdir()} if sdk.published.exists() else set()
    return [f"published/{name}: versions.tsv has no such published version" for name in sorted(there - known)]


def check_tables(sdk, cc):
    """Problems of the tables, and the number of rows that were compared."""
    rows, problems = make_layout.read(cc, sdk.include)
    accepted = sdk.layout.read_text()
    layout = versions.parse(accepted)
    problems += forgotten_headers(sdk)
    if make_layout.with_first_sizes(rows, accepted) != accepted:
        problems.append("layout.tsv: the headers say otherwise; make_layout.py --check shows where")
    record = versions.Record(sdk.record.read_text())
    for side in versions.SIDES:
        number = versions.version(side, rows)
        mine = versions.of_side(side, layout, sdk.include)
        digest = versions.digest(mine)
        known = record.of(side)
        if number not in known:
            problems.append(f"versions.tsv: knows no {side} ABI {versions.text_of(number)}: run abi_gate.py accept")
        elif known[number][1:] != [len(mine), digest]:
            problems.append(f"versions.tsv: layout.tsv is not what was accepted as {side} ABI {versions.text_of(number)}; if it is "
                            f"published, raise {versions.RAISE[side]}; then run abi_gate.py accept")
        elif number != max(known):
            problems.append(f"versions.tsv: {side} ABI {versions.text_of(max(known))} came after {versions.text_of(number)}")
        there, words = versions.named_in(sdk.changelog.read_text(), side, number, digest)
        if not there:
            problems.append(f"CHANGELOG.md: the section of {side} ABI {versions.text_of(number)} does not name the change: say there "
                            f"what changed, with {words}")
        problems += broken_promises(sdk, side, mine, record, number)
    problems += foreign_tables(sdk, record)
    problems += [f"witness.abi: {what}" for what in witness.gaps(sdk.witness.read_text(), layout)]
    return problems, len(rows)


def check_witness(sdk, cc):
    """Problems of the witness, and the number of functions that were compared."""
    layout = versions.parse(sdk.layout.read_text())
    rows, _ = make_layout.read(cc, sdk.include)
    with tempfile.TemporaryDirectory() as folder:
        fresh = witness.describe(cc, sdk.include, rows, folder)
        problems = [f"the witness of the headers: {what}" for what in witness.gaps(fresh, rows)]
        problems += [f"witness.abi: {what}" for what in witness.gaps(sdk.witness.read_text(), layout)]
        changed, report = witness.compare(sdk.witness, pathlib.Path(folder) / "witness.abi")
    if changed:
        problems.append(f"{changed}\n{report[:6000]}")
    return problems, len(list(witness.functions(rows)))


def refusals(sdk, rows, record):
    """Why the rows must not be put on record. Changes the record to what it would be."""
    found = []
    for side in versions.SIDES:
        number = versions.version(side, rows)
        mine = versions.of_side(side, rows, sdk.include)
        digest = versions.digest(mine)
        known = record.of(side)
        state, _, before = known.get(number, ("draft", 0, ""))
        if state == "published" and digest != before:
            found.append(f"{side} ABI {versions.text_of(number)} is published and does not change: raise {versions.RAISE[side]}")
        if any(number < other for other in known):
            found.append(f"{side} ABI {versions.text_of(max(known))} is on record, and {versions.text_of(number)} is older")
        found += broken_promises(sdk, side, mine, record, number)
        # A draft that a higher version replaced was never anybody's.
        for other in [other for other, entry in known.items() if entry[0] == "draft" and other < number]:
            del record.entries[side, other]
        record.entries[side, number] = [state, len(mine), digest]
    return found


def accept(sdk, cc, publish):
    """Puts the headers on record. Returns why it did not, and what is still to be done by hand."""
    owed = []
    rows, problems = make_layout.read(cc, sdk.include)
    # A missing file is no beginning: first sizes and published versions would be forgotten.
    layout = make_layout.with_first_sizes(rows, sdk.layout.read_text())
    record = versions.Record(sdk.record.read_text())
    problems += forgotten_headers(sdk) + foreign_tables(sdk, record) + refusals(sdk, versions.parse(layout), record)
    if problems:
        return problems, owed
    with tempfile.TemporaryDirectory() as folder:
        description = witness.describe(cc, sdk.include, rows, folder)
    sdk.layout.write_text(layout)
    sdk.witness.write_text(description)
    for side in versions.SIDES:
        number = versions.version(side, rows)
        mine = versions.of_side(side, versions.parse(layout), sdk.include)
        if publish:
            record.entries[side, number][0] = "published"
            if number[0] > 0:
                sdk.published.mkdir(exist_ok=True)
                sdk.table(side, number).write_text("\n".join([make_layout.HEAD, *("\t".join(row) for row in mine)]) + "\n")
        there, words = versions.named_in(sdk.changelog.read_text(), side, number, versions.digest(mine))
        if not there:
            owed.append(f"still to be written in CHANGELOG.md, section of {side} ABI {versions.text_of(number)}: what changed, and "
                        f"{words}")
    sdk.record.write_text(record.text())
    return [], owed


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("what", choices=("tables", "abidiff", "accept"))
    options.add_argument("--cc", default="cc")
    options.add_argument("--sdk", type=pathlib.Path, default=HERE.parent)
    options.add_argument("--publish", action="store_true")
    args = options.parse_args()
    sdk = Sdk(args.sdk.resolve())

    missing = witness.missing_tools() if args.what != "tables" else []
    if missing:
        required = args.what == "accept" or bool(os.environ.get("CI"))
        print(f"{'failed' if required else 'skipped'}: {' and '.join(missing)} not installed; scripts/bootstrap installs the package "
              "abigail-tools")
        return 1 if required else 77
    try:
        if args.what == "accept":
            problems, owed = accept(sdk, args.cc, args.publish)
            print("\n".join(problems + owed + ["not accepted" if problems else "accepted"]))
            return 1 if problems else 0
        problems, compared = (check_tables if args.what == "tables" else check_witness)(sdk, args.cc)
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        problems, compared = [f"cannot be checked: {error}"], 0
    print("\n".join(problems + [f"{compared} compared, {len(problems)} problems"]))
    return 1 if problems or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
