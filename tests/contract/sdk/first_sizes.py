#!/usr/bin/env python3
"""The host and the entry's macros ask of a struct what it had at its first publication, and nothing since: a host that asked
for more would refuse every older plugin.

usage: first_sizes.py SOURCE_DIR
  BH_SIZE_TO(type, member) in host/ reaches to the first size of layout.tsv exactly.
  Each BH_HAS of bh_negotiate and bh_be_negotiate reaches to it, and not beyond.
"""
import pathlib
import re
import sys

USE = r"\((bh_\w+)_t, (?:\w+, )?(\w+)\)"


def wrong_uses(where, text, pattern, first, end):
    """Problems of the uses in a text, and their number."""
    uses = re.findall(pattern + USE, text)
    return [f"{where}: {pattern}({name}_t, {member}) is {end.get((name, member))} bytes; first published with {first.get(name)}"
            for name, member in uses if end.get((name, member)) != first.get(name)], len(uses)


def main():
    source = pathlib.Path(sys.argv[1])
    rows = [line.split("\t") for line in (source / "sdk/layout/layout.tsv").read_text().splitlines()[1:]]
    first = {row[1]: int(row[5]) for row in rows if row[0] == "struct"}
    end = {(row[1], row[2]): int(row[3]) + int(row[4]) for row in rows if row[0] == "member"}
    problems, in_host, in_entries = [], 0, 0
    for path in sorted((source / "host").rglob("*.cpp")):
        found, uses = wrong_uses(path.relative_to(source), path.read_text(), "BH_SIZE_TO", first, end)
        problems += found
        in_host += uses
    for header, function in (("plugin.h", "bh_negotiate"), ("backend.h", "bh_be_negotiate")):
        text = (source / "sdk/include/benchhost" / header).read_text()
        body = re.search(rf"bh_status_t {function}\(.*?\n}}\n", text, re.S)
        found, uses = wrong_uses(header, body[0] if body else "", "BH_HAS", first, end)
        problems += found
        in_entries += uses
    # A check that cannot fail proves nothing.
    planted, _ = wrong_uses("planted", "BH_SIZE_TO(bh_metric_t, unit)", "BH_SIZE_TO", first, end)
    if len(planted) != 1 or in_host < 10 or in_entries != 4:
        problems.append(f"{in_host} uses in host and {in_entries} in the entries: are the patterns still right?")
    print("\n".join(problems + [f"{in_host + in_entries} first sizes, {len(problems)} wrong"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
