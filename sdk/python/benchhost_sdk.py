#!/usr/bin/env python3
"""Looks at a plugin from Python: its note without running it, its descriptors by calling it in a child process.

usage: benchhost_sdk.py note FILE                     prints the note as JSON; runs nothing of the file
       benchhost_sdk.py describe FILE [--timeout S]   loads the file in a child and prints its descriptors as JSON
Exit status: 0; 1 if the file is refused (the reason is on standard error); 2 for a command line that cannot be used.

The classes of the C interface (`interface().bh_param` and so on) are made from layout.tsv when they are first asked for, and
compared with it member by member: there is nothing here that could drift. The JSON is that of `benchhost list benchmarks
--format json`, with what `show` says of the plugin around it. Python's standard library only; Linux and others with ELF.
"""
import argparse
import ctypes
import functools
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import types

HERE = pathlib.Path(__file__).resolve().parent
SIMPLE = {"uint32_t": ctypes.c_uint32, "int32_t": ctypes.c_int32, "uint64_t": ctypes.c_uint64, "int64_t": ctypes.c_int64,
          "double": ctypes.c_double, "bh_status_t": ctypes.c_int32}


class Refused(Exception):
    """Why a file is no plugin that can be used."""


# ---- The interface ---------------------------------------------------------------------------------------------------------


def layout_file():
    """Beside this file's folder in a prefix, and in the source tree."""
    for path in (HERE.parent / "layout.tsv", HERE.parent / "layout/layout.tsv"):
        if path.is_file():
            return path
    raise FileNotFoundError(f"layout.tsv is not in {HERE.parent}: install the SDK whole")


def value_type(text, structs):
    """ctypes for a C type of the layout file. Pointers but those to text are addresses: what they point to is read with `at`."""
    function = re.fullmatch(r"(.*?) ?\( ?\*\)\((.*)\)", text)
    if function:
        result, arguments = function.groups()
        kinds = [] if arguments.strip() == "void" else [argument_type(a, structs) for a in arguments.split(",")]
        return ctypes.CFUNCTYPE(None if result == "void" else value_type(result, structs), *kinds)
    array = re.fullmatch(r"(.*)\[(\d+)\]", text)
    if array:
        return value_type(array.group(1), structs) * int(array.group(2))
    if text == "const char *":
        return ctypes.c_char_p
    if text.endswith("*") or text in ("bh_team_function_t", "bh_native_fn_t"):
        return ctypes.c_void_p
    if text in SIMPLE:
        return SIMPLE[text]
    return structs[text[:-2]]


def argument_type(text, structs):
    kind = re.fullmatch(r"\s*(.*?)\w+(?:\[\d*\])?\s*", text).group(1).strip()
    return ctypes.c_void_p if text.rstrip().endswith("]") else value_type(kind, structs)


def read_layout(text):
    """The interface of a layout file: a structure for each struct, constants and texts by name.
    Raises AssertionError where ctypes would lay a struct out otherwise than the file says."""
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    structs, members, sizes, found = {}, {}, {}, {}
    for kind, name, member, offset, size, _, value in rows:
        if kind == "struct":
            structs[name], sizes[name] = type(name, (ctypes.Structure,), {}), int(size)
            members[name] = []
        elif kind == "member":
            members[name].append((member, int(offset), int(size), value))
        elif kind == "constant":
            found[name] = int(value)
        elif kind == "text":
            found[name] = value.replace("\\n", "\n")
    for name, kind in structs.items():
        # A struct that holds another one comes after it in the file.
        kind._fields_ = [(member, value_type(value, structs)) for member, _, _, value in members[name]]
        assert ctypes.sizeof(kind) == sizes[name], f"{name} has {ctypes.sizeof(kind)} bytes here, {sizes[name]} in the layout"
        for member, offset, size, _ in members[name]:
            place = getattr(kind, member)
            assert (place.offset, place.size) == (offset, size), f"{name}.{member}: {place} is not at {offset}, {size} bytes"
    return types.SimpleNamespace(**structs, **found)


@functools.lru_cache(maxsize=None)
def interface():
    return read_layout(layout_file().read_text(encoding="utf-8"))


# ---- The note --------------------------------------------------------------------------------------------------------------

MAX_FILE_BYTES = 1 << 30


def note_segments(data):
    """(offset, size) of each note segment and section of a 64-bit little-endian ELF file."""
    if len(data) < 64 or data[:4] != b"\x7fELF":
        raise Refused("it is no ELF file")
    if data[4] != 2 or data[5] != 1:
        raise Refused("it is not for a 64-bit little-endian machine")
    (program_at, section_at, _, _, program_size, program_count, section_size, section_count) = struct.unpack_from(
        "<QQIHHHHH", data, 32)
    tables = ((program_at, program_size, program_count, 56, 0, 4, 8, 32), (section_at, section_size, section_count, 64, 4, 7, 24, 32))
    for at, size, count, least, kind_at, wanted, offset_at, size_at in tables:
        for index in range(count):
            entry = at + index * size
            if size < least or entry + least > len(data):
                break
            if struct.unpack_from("<I", data, entry + kind_at)[0] == wanted:
                yield struct.unpack_from("<Q", data, entry + offset_at)[0], struct.unpack_from("<Q", data, entry + size_at)[0]


def notes_between(data, begin, size):
    """Texts of benchhost's notes in one segment."""
    sdk = interface()
    at, end = begin, begin + size
    while at + 12 <= end <= len(data):
        name_size, text_size, kind = struct.unpack_from("<III", data, at)
        name_at, text_at = at + 12, at + 12 + (name_size + 3 & ~3)
        if text_at + text_size > end:
            return
        name = data[name_at:name_at + name_size]
        if kind == sdk.BH_NOTE_ELF_TYPE and name == sdk.BH_NOTE_ELF_NAME.encode() + b"\0":
            yield text_at, data[text_at:text_at + text_size]
        at = text_at + (text_size + 3 & ~3)


def note_lines(text):
    """The lines of a note's text. Raises Refused."""
    sdk = interface()
    magic = sdk.BH_NOTE_MAGIC.encode()
    if len(text) > sdk.BH_NOTE_MAX_BYTES or not text.startswith(magic) or not text.endswith(b"\n\0"):
        raise Refused("its note does not begin with BHNOTE1, does not end, or is too long")
    lines = {}
    for line in text[len(magic):-2].split(b"\n"):
        key, separator, value = line.partition(b"=")
        if not separator or not re.fullmatch(rb"[a-z][a-z0-9.]*", key) or re.search(rb"[\0-\x1f\x7f]", value) or key.decode() in lines:
            raise Refused(f"its note has a line that cannot be read: {line!r}")
        try:
            lines[key.decode()] = value.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(f"its note has a line that is not UTF-8: {line!r}") from None
    missing = [key for key in ("id", "version", "vendor", "licence", "abi", "os", "arch", "isa") if not lines.get(key)]
    if missing:
        raise Refused(f"its note has no {', '.join(missing)}")
    return lines


def read_note(path):
    """The note of a plugin's file by key. Runs nothing of it. Raises Refused, OSError."""
    path = pathlib.Path(path)
    if not path.is_file():
        raise Refused("there is no such file" if not path.exists() else "it is no regular file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused("it is larger than a plugin can be")
    data = path.read_bytes()
    texts = {at: text for begin, size in note_segments(data) for at, text in notes_between(data, begin, size)}
    if len(texts) != 1:
        raise Refused(f"it carries {len(texts)} notes of benchhost, not one")
    return note_lines(next(iter(texts.values())))


# ---- Descriptors -----------------------------------------------------------------------------------------------------------


def text(value):
    return (value or b"").decode("utf-8")


def at(kind, address):
    """The struct at an address, grown or short: members past its struct_size are zeroes. A list's items are read so, too."""
    if not address:
        raise Refused(f"a {kind.__name__} is NULL")
    size = ctypes.sizeof(kind)
    if kind._fields_[0][0] == "struct_size":
        size = min(size, ctypes.c_uint32.from_address(address).value)
    out = kind()
    ctypes.memmove(ctypes.addressof(out), address, size)
    return out


def items(kind, listed):
    sdk = interface()
    if listed.count > sdk.BH_MAX_ITEMS or listed.stride > sdk.BH_MAX_STRIDE:
        raise Refused(f"a list of {kind.__name__} has {listed.count} items, {listed.stride} bytes apart")
    return [at(kind, listed.items + i * listed.stride) for i in range(listed.count)]


TYPES = ["none", "int", "uint", "double", "bool", "string", "enum"]


def scalar(kind, value):
    """What a value of one type holds."""
    return {"int": value.i, "uint": value.u, "double": value.f, "bool": value.u != 0, "string": text(value.s),
            "enum": text(value.s)}[TYPES[kind]]


def value_of(value):
    """As the host writes it: None, or type and value."""
    sdk = interface()
    kind, listed = value.type & ~sdk.BH_TYPE_LIST, bool(value.type & sdk.BH_TYPE_LIST)
    if kind >= len(TYPES):
        raise Refused(f"{value.type} is no type of a value")
    if kind == sdk.BH_TYPE_NONE:
        return None
    if not listed:
        return {"type": TYPES[kind], "value": scalar(kind, value)}
    if value.count > sdk.BH_MAX_ITEMS:
        raise Refused(f"a list has {value.count} items")
    size = ctypes.sizeof(sdk.bh_value)
    return {"type": "list of " + TYPES[kind],
            "value": [scalar(kind, at(sdk.bh_value, value.items + i * size)) for i in range(value.count)]}


def parameter(param):
    sdk = interface()
    return {
        "name": text(param.name), "type": param.type & ~sdk.BH_TYPE_LIST, "list": bool(param.type & sdk.BH_TYPE_LIST),
        "flags": param.flags, "sweep": param.sweep, "unit": text(param.unit), "description": text(param.description),
        "constraint": text(param.constraint), "default": value_of(param.default_value), "minimum": value_of(param.minimum),
        "maximum": value_of(param.maximum), "choices": [value_of(v) for v in items(sdk.bh_value, param.choices)],
        "sweep_values": [value_of(v) for v in items(sdk.bh_value, param.sweep_values)],
        "sweep_first": value_of(param.sweep_first), "sweep_last": value_of(param.sweep_last),
        "sweep_step": value_of(param.sweep_step), "sweep_per_octave": max(param.sweep_per_octave, 1),
        "min_count": param.min_count, "max_count": param.max_count}


def metric(found):
    sdk = interface()
    return {
        "id": text(found.id), "title": text(found.title), "unit": text(found.unit), "description": text(found.description),
        "kind": found.kind, "direction": found.direction, "domain": found.domain,
        "primary": bool(found.flags & sdk.BH_METRIC_PRIMARY), "labelled": bool(found.flags & sdk.BH_METRIC_LABELLED),
        "declared_late": False, "work": text(found.work), "statistic": text(found.statistic), "source": text(found.source),
        "noise_floor_ratio": found.noise_floor_ratio or None,
        "target": found.target if found.direction == sdk.BH_DIRECTION_TARGET else None}


def summary(found):
    return {"id": text(found.id), "title": text(found.title), "unit": text(found.unit), "description": text(found.description),
            "limit": text(found.limit), "kind": found.kind, "direction": found.direction, "metric": found.metric,
            "parameter": found.parameter, "basis": found.basis}


def slot(found):
    sdk = interface()
    return {"id": text(found.id), "requirement": text(found.requirement), "description": text(found.description),
            "optional": bool(found.flags & sdk.BH_SLOT_OPTIONAL), "shared": bool(found.flags & sdk.BH_SLOT_SHARED),
            "shareable": bool(found.flags & sdk.BH_SLOT_SHAREABLE)}


def roles(plugin, benchmark_id):
    sdk = interface()
    address = plugin.extension(sdk.BH_EXT_ROLES.encode()) if plugin.extension else None
    out = []
    while address:
        found = at(sdk.bh_plugin_roles, address).role(benchmark_id.encode(), len(out))
        if not found:
            break
        if len(out) == sdk.BH_MAX_ITEMS:
            raise Refused(f"{benchmark_id} has no end of roles")
        role = at(sdk.bh_role, found)
        # The primary always has its devices and its oracle.
        flags = role.flags | (0 if out else sdk.BH_ROLE_DEVICES | sdk.BH_ROLE_VERIFIES)
        out.append({"id": text(role.id), "description": text(role.description), "count": text(role.count),
                    "claim_cores": text(role.claim_cores), "flags": flags})
    return out


def benchmark(plugin, index, address):
    sdk = interface()
    found = at(sdk.bh_benchmark, address)
    life = at(sdk.bh_lifecycle, found.lifecycle)
    categories = ["other", "hardware", "model", "pool", "host"]
    if found.category >= len(categories):
        raise Refused(f"benchmark {index}: {found.category} is no category")

    def flag(bit):
        return bool(found.flags & bit)

    return {
        "index": index, "id": text(found.id), "title": text(found.title), "description": text(found.description),
        "category": categories[found.category], "tags": [tag for tag in text(found.tags).split(",") if tag],
        "is_null": flag(sdk.BH_BENCHMARK_NULL), "fresh_process": flag(sdk.BH_BENCHMARK_FRESH_PROCESS),
        "exclusive": flag(sdk.BH_BENCHMARK_EXCLUSIVE), "spawns": flag(sdk.BH_BENCHMARK_SPAWNS),
        "enumerated": flag(sdk.BH_BENCHMARK_ENUMERATED), "batch": found.batch, "batch_min": max(found.batch_min, 1),
        "batch_max": found.batch_max, "workload_revision": found.workload_revision, "requirement": text(found.requirement),
        "claim_cores": text(found.claim_cores), "claim_memory_bytes": text(found.claim_memory_bytes),
        "claim_seconds": text(found.claim_seconds), "has_verify": bool(life.verify), "has_process": bool(life.process),
        "slots": [slot(s) for s in items(sdk.bh_slot, found.slots)],
        "parameters": [parameter(p) for p in items(sdk.bh_param, found.parameters)],
        "metrics": [metric(m) for m in items(sdk.bh_metric, found.metrics)],
        "summaries": [summary(s) for s in items(sdk.bh_summary, found.summaries)],
        "roles": roles(plugin, text(found.id))}


def sized(kind, **members):
    """A struct with its size filled in, as BH_STRUCT does it."""
    return kind(struct_size=ctypes.sizeof(kind), **members)


def negotiate(library):
    """The plugin that the entry answers, the version, and the note that it claims."""
    sdk = interface()
    entry = library.bh_plugin_entry
    entry.restype, entry.argtypes = ctypes.c_int32, [ctypes.c_void_p, ctypes.c_void_p]
    version = sdk.BH_ABI_MAJOR << 16 | sdk.BH_ABI_MINOR
    offer = sized(sdk.bh_offer, abi_min=version, abi_max=version, host_name=b"benchhost_sdk.py", host_version=b"1")
    answer = sized(sdk.bh_answer)
    status = entry(ctypes.addressof(offer), ctypes.addressof(answer))
    if status != sdk.BH_OK:
        raise Refused(f"its entry answers {status}: {text(answer.reason) or 'no reason given'}")
    if answer.abi != version or not answer.plugin:
        raise Refused(f"its entry answers version {answer.abi:#x}" + ("" if answer.plugin else " and no plugin"))
    return at(sdk.bh_plugin, answer.plugin), answer.abi, answer.note


def describe_here(path):
    """Loads the file into this process, for ever, and reads all that it publishes."""
    sdk = interface()
    note = read_note(path)
    try:
        library = ctypes.CDLL(str(pathlib.Path(path).resolve()))
    except OSError as error:
        raise Refused(f"it cannot be loaded: {error}") from None
    if not hasattr(library, sdk.BH_ENTRY_NAME):
        raise Refused(f"it has no {sdk.BH_ENTRY_NAME}")
    plugin, abi, answered = negotiate(library)
    if note_lines((answered or b"") + b"\0") != note:
        raise Refused("its entry answers another note than the file has")
    benchmarks = []
    while address := plugin.benchmark(len(benchmarks)):
        if len(benchmarks) == sdk.BH_MAX_ITEMS:
            raise Refused("it has no end of benchmarks")
        benchmarks.append(benchmark(plugin, len(benchmarks), address))
    return {"id": note["id"], "version": note["version"], "vendor": note["vendor"], "licence": note["licence"],
            "url": note.get("url", ""), "sdk_version": note.get("sdk", ""), "abi": abi,
            "own_threads": None if plugin.own_threads == sdk.BH_THREADS_UNKNOWN else plugin.own_threads,
            "spawns": bool(plugin.flags & sdk.BH_PLUGIN_SPAWNS), "has_enumerate": bool(plugin.enumerate),
            "settings": [parameter(p) for p in items(sdk.bh_param, plugin.settings)], "benchmarks": benchmarks}


def answer_from_here(path):
    """What the child does: the answer goes where standard output went; what the plugin prints goes nowhere."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        try:
            found = describe_here(path)
        except Refused as refusal:
            found = {"refused": str(refusal)}
        except UnicodeDecodeError:
            found = {"refused": "a text of its descriptors is not UTF-8"}
        json.dump(found, out)


def signal_text(number):
    """Its name; real-time signals have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def describe(path, timeout_s=10.0):
    """The descriptors, read in a child process, which a plugin may crash or hang. Raises Refused, OSError."""
    read_note(path)
    child = [sys.executable, str(pathlib.Path(__file__).resolve()), "describe", "--here", str(path)]
    try:
        ended = subprocess.run(child, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired:
        raise Refused(f"it did not answer within {timeout_s:g} s") from None
    if ended.returncode < 0:
        raise Refused(f"it ended its process by {signal_text(-ended.returncode)}")
    try:
        found = json.loads(ended.stdout)
    except ValueError:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Refused(f"its process ended with {ended.returncode} and without an answer{': ' if said else ''}{''.join(said[-1:])}"
                      ) from None
    if "refused" in found:
        raise Refused(found["refused"])
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("command", choices=["note", "describe"])
    options.add_argument("file")
    options.add_argument("--timeout", type=float, default=10.0, help="seconds that the child may take")
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.here:
        answer_from_here(args.file)
        return 0
    try:
        found = read_note(args.file) if args.command == "note" else describe(args.file, args.timeout)
    except (Refused, OSError) as error:
        print(f"{args.file}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
