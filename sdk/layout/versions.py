"""What a version of the ABI promises: the rows of layout.tsv that belong to it, their digest, and whether a later layout
still keeps them. README.md says how versions move.

A side is "plugin" or "backend": two interfaces with a version each, which share the headers that both include.
"""
import hashlib
import pathlib
import re

import make_layout

SIDES = ("plugin", "backend")
STATES = ("draft", "published")
RECORD_HEAD = "side\tversion\tstate\trows\tdigest"
# A version is not part of what it is the version of.
VERSION_CONSTANTS = {"BH_ABI_MAJOR", "BH_ABI_MINOR", "BH_BACKEND_ABI_VERSION"}
RAISE = {"plugin": "BH_ABI_MINOR in base.h", "backend": "BH_BACKEND_ABI_VERSION in backend.h"}


def parse(text):
    """The rows of a layout table. ValueError if it is none, or empty."""
    lines = text.splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    if not rows or lines[0] != make_layout.HEAD or any(len(row) != 7 for row in rows):
        raise ValueError("is no layout table, or one without rows")
    return rows


def owners(include):
    """Name of each struct, typedef, macro and entry: the header that defines it."""
    found = {}
    for header in make_layout.HEADERS:
        text = (pathlib.Path(include) / "benchhost" / header).read_text()
        for pattern in (r"struct (bh_\w+) \{", r"BH_DEFINE_LIST\((bh_\w+),", r"^#define (BH_\w+)", r"^typedef .*\(BH_CALL \*(bh_\w+)\)",
                        r"^typedef \w+ (bh_\w+_t);", r"^BH_EXPORT_ATTRIBUTE bh_status_t BH_CALL (bh_\w+_entry)\("):
            for name in re.findall(pattern, text, re.M):
                found.setdefault(name, header)
    return found


def included(include, header):
    """A header and all that it includes of the SDK."""
    seen, new = set(), {header}
    while new:
        seen |= new
        texts = [(pathlib.Path(include) / "benchhost" / name).read_text() for name in new]
        new = {name for text in texts for name in re.findall(r"#include <benchhost/([\w.]+)>", text)} - seen
    return seen


def of_side(side, rows, include):
    """The rows that a side promises. Of the plugin's: all but what backend.h defines. Of the backend's: what backend.h
    defines, the structs that it reaches, and the constants of the headers that it includes."""
    owner = owners(include)
    unknown = sorted({row[1] for row in rows} - set(owner))
    if unknown:
        raise ValueError(f"no header defines {', '.join(unknown)}")
    rows = [row for row in rows if row[1] not in VERSION_CONSTANTS]
    if side == "plugin":
        return [row for row in rows if owner[row[1]] != "backend.h"]
    mentions = {}
    for row in rows:
        mentions.setdefault(row[1].removesuffix("_t"), set()).update(name.removesuffix("_t") for name in re.findall(r"\bbh_\w+", row[6]))
    reached, new = set(), {row[1].removesuffix("_t") for row in rows if owner[row[1]] == "backend.h"}
    while new:
        reached |= new
        new = {name for one in new for name in mentions.get(one, ())} - reached
    headers = included(include, "backend.h")
    return [row for row in rows if row[1].removesuffix("_t") in reached or
            (row[0] in ("fact", "constant", "text", "template") and owner[row[1]] in headers)]


def version(side, rows):
    """(major, minor) that the headers say."""
    value = {row[1]: int(row[6]) for row in rows if row[1] in VERSION_CONSTANTS}
    if side == "plugin":
        return value["BH_ABI_MAJOR"], value["BH_ABI_MINOR"]
    return value["BH_BACKEND_ABI_VERSION"] >> 16, value["BH_BACKEND_ABI_VERSION"] & 0xFFFF


def text_of(pair):
    return f"{pair[0]}.{pair[1]}"


def without_names(signature):
    """A signature without the names of its parameters, which nobody's binary knows."""
    head, opened, arguments = signature.rpartition("(")
    if not opened or not arguments.endswith(")"):
        return signature
    bare = [re.sub(r"^((?:const |struct )*\w.*?[ *])\w+(\[\d*\])?$", r"\1\2", one.strip()).strip() for one in arguments[:-1].split(",")]
    return head + "(" + ", ".join(bare) + ")"


def plain(rows):
    return [row[:6] + [without_names(row[6]) if row[0] in ("member", "entry", "typedef") else row[6]] for row in rows]


def digest(rows):
    """sha256 of the rows, in an order that no header decides."""
    return hashlib.sha256("\n".join(sorted("\t".join(row) for row in plain(rows))).encode()).hexdigest()


def breaks(old, new):
    """What of the old rows a binary built with them would miss in the new ones, as (kind, sentence); kind is "layout" or
    "signature". Nothing for what was only added: structs and macros, and members after the end."""
    now = {tuple(row[:3]): row for row in plain(new)}
    size, found = {}, []
    for row in plain(old):
        kind, name, member, offset, bytes_, first_size, what = row
        said = f"{name}.{member}" if member else name
        here = now.get(tuple(row[:3]))
        is_function = "(" in what and kind in ("member", "entry", "typedef")
        if here is None:
            found.append(("signature" if is_function else "layout", f"{said} is gone"))
        elif kind == "struct":
            size[name] = int(bytes_)
            frozen = name in make_layout.FROZEN or name.endswith("_list")
            if int(here[4]) < int(bytes_) or (frozen and here[4] != bytes_):
                found.append(("layout", f"{said} has {here[4]} bytes, not {bytes_}"))
            if here[5] != first_size:
                found.append(("layout", f"{said} needs {here[5]} bytes, not {first_size}: a member became mandatory"))
        else:
            if here[3:5] != [offset, bytes_]:
                found.append(("layout", f"{said} is at {here[3]} with {here[4]} bytes, not at {offset} with {bytes_}"))
            if here[6] != what:
                found.append(("signature" if is_function else "layout", f"{said} is '{here[6]}', not '{what}'"))
    for kind, name, member, offset, *_ in new:
        if kind == "member" and int(offset) < size.get(name, 0) and all(row[1:3] != [name, member] for row in old):
            found.append(("layout", f"{name}.{member} is new at {offset}, inside the {size[name]} bytes that were there"))
    return found


class Record:
    """versions.tsv: what was accepted as each version."""

    def __init__(self, text):
        lines = text.splitlines()
        if not lines or lines[0] != RECORD_HEAD:
            raise ValueError("is no record of versions")
        self.entries = {}
        for line in lines[1:]:
            side, number, state, count, digest_ = line.split("\t")
            if side not in SIDES or state not in STATES or not re.fullmatch(r"[0-9a-f]{64}", digest_):
                raise ValueError(f"cannot be read: '{line}'")
            self.entries[side, tuple(map(int, number.split(".")))] = [state, int(count), digest_]

    def of(self, side):
        return {number: entry for (one, number), entry in self.entries.items() if one == side}

    def text(self):
        lines = [f"{side}\t{text_of(number)}\t{state}\t{count}\t{digest_}" for (side, number), (state, count, digest_) in
                 sorted(self.entries.items(), key=lambda item: (SIDES.index(item[0][0]), item[0][1]))]
        return "\n".join([RECORD_HEAD, *lines]) + "\n"


def named_in(changelog, side, number, digest_):
    """Whether the section of a version names the digest, and the words that it should have."""
    words = f"`{side} {text_of(number)} = {digest_[:12]}`"
    title = ("backend " if side == "backend" else r"(?<!backend )") + "ABI " + re.escape(text_of(number)) + r"(?!\d)"
    sections = re.split(r"^(?=## )", changelog, flags=re.M)
    return any(re.search(title, section.split("\n")[0]) and words in section for section in sections), words
