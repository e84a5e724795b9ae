#!/usr/bin/env python3
"""The SDK's Rust crate: its layout, what must not compile, and plugins that use it through the test host. 77 without rustc.

usage: check.py SDK_DIR BUILD_DIR SDK_DRIVER
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MISUSE = {
    "recorder_in_team": "cannot be shared between threads safely", "host_in_team": "cannot be shared between threads safely",
    "team_in_team": "cannot be shared between threads safely", "write_shared": "cannot assign to", "keep_member": "cannot be shared between threads safely",
    "dispatch_unsaid": "is unsafe and requires unsafe", "fill_while_mapped": "cannot borrow", "mapped_twice": "cannot borrow",
    "buffer_gone": "cannot borrow", "device_in_team": "cannot be shared between threads safely",
    "roles_in_thread": "cannot be sent between threads safely", "text_gone": "cannot return value referencing local variable",
    "native_with_state": "a native function captures nothing", "share_of_plain": "Shareable` is not",
    "memory_in_thread": "cannot be s", "memory_of_references": "Plain` is not", "note_without_id": "are mandatory",
    "note_with_two_lines": "has a control character"}


class Failure(Exception):
    pass


class Crate:
    def __init__(self, rustc, sdk, build):
        self.rustc, self.sdk, self.build = rustc, sdk, build
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True)

    def compiled(self, *options, source=None):
        """rustc's answer: status and messages."""
        command = [self.rustc, "--edition", "2021", *options, str(source or self.sdk / "rust/src/lib.rs")]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, cwd=self.build)
        return done.returncode, done.stderr

    def must(self, *options, source=None):
        status, said = self.compiled(*options, source=source)
        if status != 0:
            raise Failure(f"{source or 'the crate'} {options}:\n{said}")

    def library(self):
        path = self.build / "libbenchhost.rlib"
        self.must("--crate-name", "benchhost", "--crate-type", "rlib", "-O", "-D", "warnings", "-o", path)
        return path

    def plugin(self, source, *options):
        path = self.build / f"{'-'.join([source.stem, *options[1::2]])}.so"
        self.must("--crate-type", "cdylib", "-O", "-D", "warnings", "--extern", f"benchhost={self.build}/libbenchhost.rlib", *options,
                  "-o", path, source=source)
        return path


def python(*command):
    return subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=False)


def layout(crate):
    """raw.rs is that of the layout file, holds to it, and would not hold to another one."""
    generator, file = crate.sdk / "layout/make_rust.py", crate.sdk / "layout/layout.tsv"
    checked = python(generator, "--check")
    if checked.returncode != 0:
        raise Failure(checked.stdout + checked.stderr)
    crate.must("--test", "-o", crate.build / "right")
    subprocess.run([str(crate.build / "right"), "--quiet"], check=True, capture_output=True)

    text = file.read_text()
    for name, old, new in (
            ("size", "struct\tbh_batch\t\t\t24\t", "struct\tbh_batch\t\t\t32\t"),
            ("order", "member\tbh_verdict\terror\t16\t8\t\tdouble\nmember\tbh_verdict\ttolerance\t24\t8\t\tdouble\n",
             "member\tbh_verdict\ttolerance\t24\t8\t\tdouble\nmember\tbh_verdict\terror\t16\t8\t\tdouble\n"),
            ("type", "member\tbh_batch\tflags\t4\t4\t\tuint32_t", "member\tbh_batch\tflags\t4\t4\t\tuint64_t")):
        if old not in text:
            raise Failure(f"layout.tsv has no {old!r}: plant another fault")
        changed, copy = crate.build / f"{name}.tsv", crate.build / f"crate_{name}"
        changed.write_text(text.replace(old, new))
        if python(generator, "--check", "--layout", changed).returncode == 0:
            raise Failure(f"make_rust.py --check does not see another {name}")
        shutil.copytree(crate.sdk / "rust/src", copy)
        made = python(generator, "--layout", changed, "--output", copy / "raw.rs")
        if made.returncode != 0:
            raise Failure(made.stderr)
        status, _ = crate.compiled("--test", "-o", copy / "test", source=copy / "lib.rs")
        if status == 0 and subprocess.run([str(copy / "test")], capture_output=True, check=False).returncode == 0:
            raise Failure(f"the crate holds to a layout with another {name}")


def versions(crate):
    """One version of the SDK, in C, Rust and Cargo."""
    wanted = re.search(r'BH_SDK_VERSION "(.*)"', (crate.sdk / "include/benchhost/base.h").read_text()).group(1)
    for file, pattern in (("rust/src/note.rs", r'SDK_VERSION: &str = "(.*)"'), ("rust/Cargo.toml", r'^version = "(.*)"')):
        found = re.search(pattern, (crate.sdk / file).read_text(), re.M).group(1)
        if found != wanted:
            raise Failure(f"{file}: the version is {found}, base.h says {wanted}")


def misuse(crate):
    source = HERE / "misuse.rs"
    crate.plugin(source)
    for name, reason in MISUSE.items():
        status, said = crate.compiled("--crate-type", "cdylib", "--extern", f"benchhost={crate.build}/libbenchhost.rlib", "--cfg", name,
                                      "-o", crate.build / "misuse.so", source=source)
        if status == 0 or reason not in said:
            raise Failure(f"misuse '{name}': ended with {status}, wanted '{reason}':\n{said}")
    status, said = crate.compiled("--crate-type", "rlib", "-C", "panic=abort", "-o", crate.build / "abort.rlib")
    if status == 0 or "must not end its process" not in said:
        raise Failure(f"a crate that aborts at a panic compiles: {said}")


def exports(plugin, driver):
    checked = python(HERE.parent.parent / "single_export.py", plugin, "bh_plugin_entry")
    if checked.returncode != 0:
        raise Failure(checked.stdout + checked.stderr)
    # Descriptors live as long as the process, so a sanitized driver must not miss them.
    env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    return subprocess.run([str(driver), "check", str(plugin)], capture_output=True, text=True, check=False, env=env)


def roles(crate, driver):
    """A server that is killed and followed by another, and a load that panics beside its client."""
    for plugin, benchmark, wrong, said in (
            ("outside", "org.example.rust_outside.recovery", 0, ("0.0: all calls 0 ; checked 1;", "1.0: all calls 0 ; checked 0; incarnation 2")),
            ("device_panics", "org.example.rust_device_panics.load", 1, ("0.0: all calls 0", "1.0: run -1 the plugin panicked: planted in a load;"))):
        done = subprocess.run([str(driver), "roles", str(crate.build / f"{plugin}.so"), benchmark, "1", "1"], capture_output=True, text=True,
                              check=False, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        if done.returncode != wrong or any(text not in done.stdout for text in said):
            raise Failure(f"{benchmark} ended with {done.returncode}, wanted {said}: {done.stdout}{done.stderr}")


def plugins(crate, driver):
    template = crate.sdk / "template/rust/example_rust.rs"
    for source in (template, HERE / "services.rs"):
        done = exports(crate.plugin(source), driver)
        print(done.stdout, end="")
        if done.returncode != 0:
            raise Failure(f"{source.name}: {done.stdout}{done.stderr}")
    # What needs devices or settings is driven by the real host: e2e.rust_plugins.
    for source in (crate.sdk / "rust/examples/saxpy.rs", HERE / "outside.rs", HERE / "device_panics.rs"):
        done = exports(crate.plugin(source), driver)
        if done.returncode not in (0, 1):
            raise Failure(f"{source.name}: {done.returncode} {done.stdout}{done.stderr}")
    roles(crate, driver)
    note = subprocess.run([str(driver), "note", str(crate.plugin(template, "-C", "target-cpu=x86-64-v3"))], capture_output=True,
                          text=True, check=True).stdout
    if os.uname().machine == "x86_64" and "\nisa=x86-64-v3\n" not in note:
        raise Failure(f"the note does not say what the compiler was told: {note}")


def panics(crate, driver):
    """The reason of each benchmark, by the last part of its id."""
    done = exports(crate.plugin(HERE / "panics.rs"), driver)
    wanted = {name: f"the plugin panicked: planted in {name}" for name in ("prepare", "run", "verify", "drop")}
    wanted |= {"member": "member 1: the plugin panicked: planted in member", "error": "not on this machine",
               "use_hidden": "was used after its benchmark had been dropped", "parameter": "has no parameter 'nothing'",
               "metric": "has no metric 'nothing'", "payload": "the plugin panicked: without a text", "hide": "all calls 0",
               "old_recorder": "recorder 0 was opened in another cycle than the team"}
    for name, reason in wanted.items():
        line = re.search(rf"^org\.example\.rust_panics\.{name}: (.*)$", done.stdout, re.M)
        if line is None or reason not in line.group(1):
            raise Failure(f"{name}: wanted '{reason}':\n{done.stdout}{done.stderr}")
    done = exports(crate.plugin(HERE / "panics.rs", "--cfg", "planted_in_about"), driver)
    if "its descriptors could not be made: the plugin panicked: planted in about" not in done.stdout:
        raise Failure(done.stdout + done.stderr)
    # Rather no process than one with slices of memory that the host took back.
    done = exports(crate.plugin(HERE / "panics.rs", "--cfg", "planted_leak"), driver)
    if done.returncode != -signal.SIGABRT or "a Memory, Shared or Mapped outlived its benchmark" not in done.stderr:
        raise Failure(f"memory was leaked, and the process ended with {done.returncode}: {done.stdout}{done.stderr}")


def main():
    sdk, build, driver = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    rustc = shutil.which("rustc")
    found = re.search(r"(\d+)\.(\d+)", subprocess.run([rustc, "--version"], capture_output=True, text=True, check=False).stdout
                      ) if rustc else None
    if found is None or tuple(map(int, found.groups())) < (1, 63):
        print("skipped: there is no rustc of 1.63 or newer; scripts/bootstrap installs it")
        return 1 if os.environ.get("CI") else 77
    crate = Crate(rustc, sdk, build)
    try:
        layout(crate)
        versions(crate)
        crate.library()
        misuse(crate)
        plugins(crate, driver)
        panics(crate, driver)
    except Failure as failure:
        print(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
