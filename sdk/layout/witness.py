"""The witness: a library with one function for each struct and each function type of the headers, and a structure of
enumerations, one for each constant. libabigail reads its debug information, and compares it with witness.abi in the tree.

abidiff finds nothing where there is nothing to compare, and says so with status 0. So whatever it is given is first
counted against layout.tsv: every struct, member, constant and function must be in it.
"""
import pathlib
import shutil
import subprocess
import xml.etree.ElementTree as xml

import make_layout
import versions

TOOLS = ("abidw", "abidiff")


def missing_tools():
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def functions(rows):
    """(name of the witness function, its C parameter) for each type that crosses the boundary."""
    for kind, name, member, *_, what in rows:
        if kind == "struct":
            yield f"witness_{name}", f"struct {name} *"
        elif kind == "member" and "( *)(" in what:
            yield f"witness_{name}__{member}", f"__typeof__(((struct {name} *)0)->{member})"
        elif kind == "entry":
            yield f"witness_{name}", f"__typeof__(&{name})"
        elif kind == "typedef":
            yield f"witness_{name}", name


def constants(rows):
    return {row[1]: int(row[6]) for row in rows if row[0] == "constant" and row[1] not in versions.VERSION_CONSTANTS}


def source(rows):
    lines = [f"#include <benchhost/{header}>" for header in make_layout.HEADERS]
    # An enumeration for each constant: within one, libabigail takes two of the same value for one.
    lines += ["struct witness_constants {", *(f"  enum type_of_{name} {{ value_of_{name} = {name} }} {name.lower()};" for name in
                                              constants(rows)), "};"]
    for name, type_ in [*functions(rows), ("witness_constants", "struct witness_constants *")]:
        lines += [f"void {name}({type_} subject);", f"void {name}({type_} subject) {{ (void)subject; }}"]
    return "\n".join(lines) + "\n"


def describe(cc, include, rows, folder, debug="-g"):
    """The witness of these headers as libabigail's XML. CalledProcessError if it cannot be made."""
    folder = pathlib.Path(folder)
    (folder / "witness.c").write_text(source(rows))
    # The folder is no part of the description: it says the same wherever it is made.
    subprocess.run([cc, "-std=gnu11", debug, "-O0", "-shared", "-fPIC", f"-I{include}", "witness.c", "-o", "witness.so"], cwd=folder,
                   check=True)
    subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--type-id-style", "hash", "witness.so",
                    "--out-file", "witness.abi"], cwd=folder, check=True)
    return (folder / "witness.abi").read_text()


def gaps(text, rows):
    """What of the rows a description lacks or says otherwise."""
    try:
        root = xml.fromstring(text)
    except xml.ParseError as error:
        return [f"cannot be read: {error}"]
    structs = {one.get("name"): one for one in root.iter("class-decl") if one.get("size-in-bits")}
    members = {(name, one.find("var-decl").get("name")): int(one.get("layout-offset-in-bits")) for name, struct in structs.items()
               for one in struct.iter("data-member")}
    values = {one.get("name"): int(one.get("value")) for one in root.iter("enumerator")}
    written = {one.get("name") for one in root.iter("function-decl")}
    found = []
    for kind, name, member, offset, size, *_ in rows:
        if kind == "struct" and (name not in structs or int(structs[name].get("size-in-bits")) != 8 * int(size)):
            found.append(f"has no struct {name} of {size} bytes")
        elif kind == "member" and members.get((name, member)) != 8 * int(offset):
            found.append(f"has no {name}.{member} at {offset}")
    found += [f"has no constant {name} = {value}" for name, value in constants(rows).items() if values.get(f"value_of_{name}") != value]
    found += [f"has no function {name}" for name, _ in functions(rows) if name not in written]
    return found


def compare(old, new):
    """(problem or None, abidiff's report) of two descriptions. Harmless changes count: whatever differs is to be accepted."""
    result = subprocess.run(["abidiff", "--harmless", str(old), str(new)], capture_output=True, text=True, check=False)
    report = result.stdout + result.stderr
    if result.returncode == 0:
        return None, report
    # Bits: 1 an error, 2 wrong usage, 4 a change, 8 an incompatible one.
    if result.returncode in (4, 8, 12):
        return f"abidiff: the interface differs from witness.abi (status {result.returncode})", report
    return f"abidiff failed (status {result.returncode}): nothing was compared", report
