#!/usr/bin/env python3
"""Writes the C interface in Rust, sdk/rust/src/raw.rs, from layout.tsv: structs, constants, and what holds them to the layout.

usage: make_rust.py [--check] [--layout FILE] [--output FILE]
  --check    compares with FILE instead of writing it: 1 and the lines that differ

What a plugin never sees (backend.h) is left out. A member called `type` is `ty`. Sizes are asserted when the crate is compiled,
offsets in its test, since Rust before 1.77 knows them at run time only.
"""
import argparse
import difflib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SIMPLE = {"uint32_t": "u32", "uint64_t": "u64", "int32_t": "i32", "int64_t": "i64", "double": "f64", "bh_status_t": "i32",
          "char": "c_char", "void": "c_void", "size_t": "usize"}
KEYWORDS = {"type": "ty", "self": "this"}

HEAD = """// Generated from layout.tsv by layout/make_rust.py: do not edit.
//! The C interface as it is: structs, functions behind them, and constants. `benchhost/*.h` is their contract.
#![allow(non_camel_case_types)]

use std::mem::size_of;
use std::os::raw::{c_char, c_void};

/// A struct that begins with its own size.
///
/// # Safety
/// The first member is a `u32` called `struct_size`, and a value of zeroes is one.
pub unsafe trait Growing: Copy {}

/// A value of zeroes with its size filled in, as BH_STRUCT does it.
pub fn sized<T: Growing>() -> T {
    let mut value = std::mem::MaybeUninit::<T>::zeroed();
    // Sound by the contract of Growing.
    unsafe {
        *(value.as_mut_ptr() as *mut u32) = size_of::<T>() as u32;
        value.assume_init()
    }
}
"""


class Types:
    """Turns C types into Rust; remembers which handles have no body here."""

    def __init__(self, structs, functions):
        self.structs = structs
        self.functions = functions
        self.opaque = set()

    def named(self, name):
        if name in SIMPLE:
            return SIMPLE[name]
        if name in self.functions:
            return name
        if not re.fullmatch(r"bh_\w+_t", name):
            raise SystemExit(f"layout.tsv has a type that is not known here: {name}")
        if name[:-2] not in self.structs:
            self.opaque.add(name)
        return name

    def plain(self, text):
        """`const bh_value_t *`, `uint32_t[3]`, `void *const *`."""
        array = re.fullmatch(r"(.*)\[(\d+)\]", text)
        if array:
            return f"[{self.plain(array.group(1))}; {array.group(2)}]"
        tokens = re.findall(r"\w+|\*", re.sub(r"\bstruct (\w+)\b", r"\1_t", text))
        constant, base, rest = False, None, []
        for position, token in enumerate(tokens):
            if token == "const" and base is None:
                constant = True
            elif base is None:
                base = token
            else:
                rest = tokens[position:]
                break
        rust = self.named(base)
        while rest:
            if rest.pop(0) == "const":
                constant = True
                continue
            rust, constant = f"*{'const' if constant else 'mut'} {rust}", False
        return rust

    def arguments(self, text):
        if text.strip() == "void":
            return ""
        out = []
        for argument in text.split(","):
            kind, name, array = re.fullmatch(r"\s*(.*?)(\w+)(\[\d*\])?\s*", argument).groups()
            pointer = f"{kind}*" if array else kind
            out.append(f"{KEYWORDS.get(name, name)}: {self.plain(pointer.strip())}")
        return ", ".join(out)

    def member(self, text):
        function = re.fullmatch(r"(.*?) ?\( ?\*\)\((.*)\)", text)
        if not function:
            return self.plain(text)
        result, arguments = function.groups()
        answer = "" if result == "void" else f" -> {self.plain(result)}"
        return f"Option<unsafe extern \"C\" fn({self.arguments(arguments)}){answer}>"


def constant(name, value):
    number = int(value)
    kind = "i32" if number < 0 or name == "BH_OK" else "u32" if number < 2**32 else "i64"
    return f"pub const {name}: {kind} = {value};"


def generated(rows):
    rows = [row for row in rows if not row[1].startswith(("bh_be_", "bh_backend", "BH_BE_", "BH_BACKEND"))]
    structs = {row[1] for row in rows if row[0] == "struct"}
    # Pointers to functions that the headers name.
    functions = {row[1]: row[6] for row in rows if row[0] == "typedef" and "( *)(" in row[6]}
    types = Types(structs, functions)
    bodies, sizes, offsets = {}, [], []
    for kind, name, member, offset, size, _, c_type in rows:
        if kind == "struct":
            bodies[name] = []
            sizes.append(f"const _: () = assert!(size_of::<{name}_t>() == {size});")
            offsets.append(f"    let it = MaybeUninit::<{name}_t>::uninit();")
        elif kind == "member":
            field = KEYWORDS.get(member, member)
            bodies[name].append((field, types.member(c_type)))
            offsets.append(f"    assert_eq!(place(it.as_ptr(), unsafe {{ addr_of!((*it.as_ptr()).{field}) }}), ({offset}, {size}), "
                           f"\"{name}.{member}\");")
    text = HEAD
    for name, members in bodies.items():
        fields = "".join(f"    pub {field}: {kind},\n" for field, kind in members)
        text += f"\n#[repr(C)]\n#[derive(Clone, Copy)]\npub struct {name}_t {{\n{fields}}}\n"
        if members[0] == ("struct_size", "u32"):
            text += f"unsafe impl Growing for {name}_t {{}}\n"
    text += "\n// ---- Functions and handles\n\n"
    for name, signature in functions.items():
        text += f"pub type {name} = {types.member(signature)};\n"
    for name in sorted(types.opaque):
        text += f"\n#[repr(C)]\npub struct {name} {{\n    _opaque: [u8; 0],\n}}\n"
    text += "\n// ---- Constants\n\n"
    for kind, name, _, _, _, _, value in rows:
        if kind == "constant":
            text += constant(name, value) + "\n"
        elif kind == "text":
            text += f"pub const {name}: &str = \"{value}\";\n"
    text += "\n// ---- The layout\n\n" + "\n".join(sizes) + "\n"
    text += ("\n#[cfg(test)]\nfn place<S, M>(whole: *const S, member: *const M) -> (usize, usize) {\n"
             "    (member as usize - whole as usize, size_of::<M>())\n}\n\n"
             "#[test]\nfn every_member_lies_where_the_layout_file_says() {\n"
             "    use std::mem::MaybeUninit;\n    use std::ptr::addr_of;\n" + "\n".join(offsets) + "\n}\n")
    return text


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--layout", type=pathlib.Path, default=HERE / "layout.tsv")
    options.add_argument("--output", type=pathlib.Path, default=HERE.parent / "rust/src/raw.rs")
    options.add_argument("--check", action="store_true")
    args = options.parse_args()
    text = generated([line.split("\t") for line in args.layout.read_text().splitlines()[1:]])
    if not args.check:
        args.output.write_text(text)
        return 0
    old = args.output.read_text() if args.output.exists() else ""
    drift = list(difflib.unified_diff(old.splitlines(), text.splitlines(), "raw.rs", "layout.tsv", lineterm="", n=0))
    if drift:
        print("\n".join(drift))
        print("raw.rs and layout.tsv differ: run sdk/layout/make_rust.py")
    return 1 if drift else 0


if __name__ == "__main__":
    sys.exit(main())
