#!/usr/bin/env python3
"""Builds the templates as a stranger would, and loads what comes out.

usage: consumer.py WAY --source DIR --build DIR --work DIR --driver FILE --cmake FILE --cc CC --cxx CXX
ways  build_tree     find_package against this build tree
      install_tree   the SDK configured alone, installed, moved elsewhere, its build tree removed; find_package
      pkg_config     the same prefix with pkg-config and one compiler line
      by_hand        the same prefix with one compiler line and nothing else
      windows        find_package, cross-compiled to a DLL with mingw-w64
      readme         the plugin that sdk/README.md shows, by its compiler line
  options        assets, names and folders of benchhost_add_plugin, and what it refuses
  rust           the template in Rust against a prefix, what benchhost_add_rust_plugin and benchhost_test_plugin refuse, and cargo
  wrong_version  find_package of a version that is not there must say so
77 (skipped) if a tool is missing; in CI (environment variable CI) a missing mingw-w64 is a failure.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# The template's folder, the file that it makes, and the id in its note.
TEMPLATES = {language: (f"example_{language}", f"org.example.example_{language}") for language in ("c", "cpp", "opencl", "cuda")}


class Failure(Exception):
    pass


def run(*command, expect=0, **options):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if (result.returncode == 0) != (expect == 0):
        raise Failure(f"{' '.join(map(str, command))}\nended with {result.returncode}\n{result.stdout[-3000:]}{result.stderr[-3000:]}")
    return result.stdout + result.stderr


def environment(**more):
    """A stranger's: nothing of this build in it."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return {**kept, **more}


class Consumer:
    def __init__(self, args):
        self.args = args
        self.work = args.work
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def copied(self, template):
        """The template in a folder of its own, as its reader is told to take it."""
        return shutil.copytree(self.args.source / "sdk/template" / template, self.work / template)

    def prefix(self):
        """An installed SDK whose source and build tree it does not know."""
        build, first, final = self.work / "sdk-build", self.work / "first", self.work / "prefix"
        run(self.args.cmake, "-S", self.args.source, "-B", build, "-DBENCHHOST_SDK_ONLY=ON", f"-DCMAKE_INSTALL_PREFIX={first}",
            f"-DCMAKE_C_COMPILER={self.args.cc}", f"-DCMAKE_CXX_COMPILER={self.args.cxx}", env=environment())
        run(self.args.cmake, "--build", build, env=environment())
        run(self.args.cmake, "--install", build, env=environment())
        shutil.rmtree(build)
        first.rename(final)
        for path in final.rglob("*"):
            if path.is_file():
                text = path.read_text(errors="replace")
                for known in (str(self.args.source), str(self.args.build), str(build), str(first)):
                    if known in text:
                        raise Failure(f"{path} names {known}")
        return final

    def cmake_build(self, template, *definitions):
        source, build = self.copied(template), self.work / f"build-{template}"
        compilers = [] if any("CMAKE_SYSTEM_NAME" in d for d in definitions) else [
            f"-DCMAKE_C_COMPILER={self.args.cc}", f"-DCMAKE_CXX_COMPILER={self.args.cxx}"]
        run(self.args.cmake, "-S", source, "-B", build, "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF", *compilers, *definitions,
            env=environment())
        text = run(self.args.cmake, "--build", build, "--verbose", env=environment())
        return build, text

    def check(self, path, template):
        if not path.exists():
            raise Failure(f"{path} was not made")
        run(sys.executable, HERE / "single_export.py", path, "bh_plugin_entry")
        note = run(self.args.driver, "note", path)
        if f"id={TEMPLATES[template][1]}\n" not in note:
            raise Failure(f"{path}: the note is {note!r}")
        if path.suffix == ".so":
            dynamic = run("readelf", "-d", path)
            # One entry is the C runtime's own: the plugin runs nothing when it is loaded.
            if not re.search(r"INIT_ARRAYSZ\)\s+8 \(bytes\)", dynamic) or "BIND_NOW" not in dynamic:
                raise Failure(f"{path}: initialisers of its own, or lazy binding:\n{dynamic}")
            text = run(self.args.driver, "check", path, env={**environment(), "ASAN_OPTIONS": "detect_leaks=0"})
            print(text.strip())

    # ---- The ways ------------------------------------------------------------------------------------------------------

    def build_tree(self):
        for template, (name, _) in TEMPLATES.items():
            build, _ = self.cmake_build(template, f"-Dbenchhost-sdk_DIR={self.args.build}/sdk")
            self.check(build / f"plugins/{name}.so", template)

    def install_tree(self):
        prefix = self.prefix()
        for template, (name, _) in TEMPLATES.items():
            build, text = self.cmake_build(template, f"-DCMAKE_PREFIX_PATH={prefix}")
            if str(self.args.source / "sdk") in text:
                raise Failure("the consumer was compiled against the source tree")
            self.check(build / f"plugins/{name}.so", template)
            target = self.work / f"target-{template}"
            run(self.args.cmake, "--install", build, "--prefix", target, env=environment())
            found = [str(p.relative_to(target)) for p in target.rglob("*.so")]
            if len(found) != 1 or not found[0].endswith(f"benchhost/plugins/{name}.so"):
                raise Failure(f"installed: {found}")

    def lines(self, include, link):
        """The compiler lines of sdk/README.md."""
        common = ["-O2", "-shared", "-fPIC", "-fvisibility=hidden", *include, f"-Wl,--version-script={link}", "-Wl,-z,now",
                  "-Wl,--no-undefined"]
        for template, (name, _) in TEMPLATES.items():
            language, suffix = ([self.args.cc, "-std=c99"], "c") if template == "c" else ([self.args.cxx, "-std=c++17"], "cpp")
            output = self.work / f"{name}.so"
            run(*language, *common, self.copied(template) / f"{name}.{suffix}", "-o", output, env=environment())
            self.check(output, template)

    def pkg_config(self):
        if shutil.which("pkg-config") is None:
            print("skipped: no pkg-config")
            return 77
        prefix = self.prefix()
        folder = next(prefix.rglob("benchhost-sdk.pc")).parent

        def ask(*what):
            return run("pkg-config", *what, "benchhost-sdk", env=environment(PKG_CONFIG_PATH=str(folder))).strip()

        if ask("--modversion").split(".")[:2] != ["0", "1"]:
            raise Failure(f"version {ask('--modversion')}")
        plugins = pathlib.Path(ask("--variable=plugindir")).resolve()
        if prefix.resolve() not in plugins.parents or plugins.name != "plugins":
            raise Failure(f"plugindir is {plugins}")
        self.lines(ask("--cflags").split(), ask("--variable=linkscript"))
        return 0

    def by_hand(self):
        prefix = self.prefix()
        self.lines([f"-I{prefix}/include"], prefix / "share/benchhost/sdk/link/benchhost.map")

    def windows(self):
        tools = {name: shutil.which(f"x86_64-w64-mingw32-{name}-posix") or shutil.which(f"x86_64-w64-mingw32-{name}")
                 for name in ("gcc", "g++")}
        if None in tools.values():
            print("skipped: x86_64-w64-mingw32-g++ is not installed; scripts/bootstrap installs it")
            return 1 if os.environ.get("CI") else 77
        prefix = self.prefix()
        for template, (name, _) in TEMPLATES.items():
            build, _ = self.cmake_build(template, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_SYSTEM_NAME=Windows",
                                        f"-DCMAKE_C_COMPILER={tools['gcc']}", f"-DCMAKE_CXX_COMPILER={tools['g++']}")
            self.check(build / f"plugins/{name}.dll", template)
        return 0

    def readme(self):
        prefix = self.prefix()
        blocks = re.findall(r"^```cpp\n(.*?)^```", (prefix / "share/benchhost/sdk/README.md").read_text(), re.M | re.S)
        whole = [block for block in blocks if block.startswith("#include") and "BH_PLUGIN" in block]
        if not whole:
            raise Failure("README.md shows no whole plugin")
        for number, block in enumerate(whole):
            source, output = self.work / f"shown{number}.cpp", self.work / f"shown{number}.so"
            source.write_text(block)
            run(self.args.cxx, "-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden",
                f"-I{prefix}/include", f"-Wl,--version-script={prefix}/share/benchhost/sdk/link/benchhost.map", "-Wl,-z,now",
                "-Wl,--no-undefined", source, "-o", output, env=environment())
            run(sys.executable, HERE / "single_export.py", output, "bh_plugin_entry")
            print(run(self.args.driver, "check", output, env={**environment(), "ASAN_OPTIONS": "detect_leaks=0"}).strip())

    def options(self):
        prefix = self.prefix()
        project = self.copied("cpp")
        (project / "data/deep").mkdir(parents=True)
        (project / "data/deep/model.txt").write_text("weights")

        def configure(call, expect=0):
            (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\nproject(x LANGUAGES C CXX)\n"
                                                    f"find_package(benchhost-sdk REQUIRED)\n{call}\n")
            build = self.work / "build-options"
            shutil.rmtree(build, ignore_errors=True)
            text = run(self.args.cmake, "-S", project, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
                       "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF", f"-DCMAKE_C_COMPILER={self.args.cc}",
                       f"-DCMAKE_CXX_COMPILER={self.args.cxx}", env=environment(), expect=expect)
            return build, " ".join(text.split())

        build, _ = configure("benchhost_add_plugin(x SOURCES example_cpp.cpp OUTPUT_NAME shown OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/here "
                             "ASSETS data INSTALL)")
        run(self.args.cmake, "--build", build, env=environment())
        run(self.args.cmake, "--install", build, "--prefix", self.work / "target", env=environment())
        self.check(build / "here/shown.so", "cpp")
        if not (build / "here/shown.assets/deep/model.txt").exists():
            raise Failure("the assets are not beside the plugin")
        installed = sorted(path.name for path in (self.work / "target").rglob("*") if path.is_file())
        if installed != ["model.txt", "shown.so"]:
            raise Failure(f"installed: {installed}")
        for call, said in (("benchhost_add_plugin(x)", "SOURCES is missing"),
                           ("benchhost_add_plugin(x SOURCES example_cpp.cpp LANG Rust)", "neither C nor CXX"),
                           ("benchhost_add_plugin(x SOURCES example_cpp.cpp ASSETS nowhere)", "is no folder"),
                           ("benchhost_add_plugin(x INSTAL SOURCES example_cpp.cpp)", "unknown arguments: INSTAL")):
            _, text = configure(call, expect=1)
            if said not in text:
                raise Failure(f"{call}: {text}")

    def rust(self):
        if shutil.which("rustc") is None:
            print("skipped: no rustc; scripts/bootstrap installs it")
            return 1 if os.environ.get("CI") else 77
        prefix = self.prefix()
        project, name = self.copied("rust"), "example_rust"

        def configured(call, expect=0, *definitions):
            (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\nproject(x LANGUAGES NONE)\n"
                                                    f"find_package(benchhost-sdk REQUIRED)\nenable_testing()\n{call}\n")
            shutil.rmtree(self.work / "build-x", ignore_errors=True)
            return " ".join(run(self.args.cmake, "-S", project, "-B", self.work / "build-x", f"-DCMAKE_PREFIX_PATH={prefix}",
                                "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF", *definitions, env=environment(), expect=expect).split())

        # The template as it is. A prefix of the SDK alone has no benchhost to test with, and says so.
        build = self.work / "build-rust"
        text = run(self.args.cmake, "-S", project, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF",
                   env=environment())
        if shutil.which("benchhost") is None and "no tests, as there is no benchhost" not in text:
            raise Failure(text)
        run(self.args.cmake, "--build", build, env=environment())
        target = self.work / "target"
        run(self.args.cmake, "--install", build, "--prefix", target, env=environment())
        found = [str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()]
        if found != [f"lib/benchhost/plugins/{name}.so"]:
            raise Failure(f"installed: {found}")
        run(sys.executable, HERE / "single_export.py", target / found[0], "bh_plugin_entry")
        print(run(self.args.driver, "check", target / found[0], env={**environment(), "ASAN_OPTIONS": "detect_leaks=0"}).strip())

        for call, said in (("benchhost_add_rust_plugin(x)", "SOURCE is missing"),
                           ("benchhost_add_rust_plugin(x SOURCE example_rust.rs INSTAL)", "unknown arguments: INSTAL"),
                           ("benchhost_test_plugin(x SUITE s.yaml)", "there is no such target"),
                           ("add_custom_target(x)\nbenchhost_test_plugin(x)", "SUITE is missing"),
                           ("add_custom_target(x)\nbenchhost_test_plugin(x SUITE s.yaml DEVICES y)", "unknown arguments: DEVICES;y")):
            if said not in configured(call, 1):
                raise Failure(f"{call}: {configured(call, 1)}")
        old = self.work / "rustc-old"
        old.write_text("#!/bin/sh\necho 'rustc 1.62.1 (old)'\n")
        old.chmod(0o755)
        broken = self.work / "rustc-broken"
        broken.write_text("#!/bin/sh\necho 'no toolchain' >&2\nexit 1\n")
        broken.chmod(0o755)
        call = "benchhost_add_rust_plugin(x SOURCE example_rust.rs)"
        for program, said in ((old, "rustc 1.63 or newer is needed"), (broken, "no toolchain")):
            text = configured(call, 1, f"-DBENCHHOST_RUSTC={program}")
            if said not in text:
                raise Failure(text)

        # The example for devices, from the prefix.
        example = prefix / "share/benchhost/sdk/rust/examples/saxpy.rs"
        configured(f"benchhost_add_rust_plugin(saxpy SOURCE {example})")
        run(self.args.cmake, "--build", self.work / "build-x", env=environment())
        run(sys.executable, HERE / "single_export.py", self.work / "build-x/plugins/saxpy.so", "bh_plugin_entry")

        # Cargo without a network; the crate of the prefix, which it writes nothing into.
        if shutil.which("cargo") is None:
            print("cargo is not installed, and its way was not tried; scripts/bootstrap installs it")
            return 1 if os.environ.get("CI") else 0
        cargo = (project / "Cargo.toml").read_text()
        (project / "Cargo.toml").write_text(cargo.replace('"../../rust"', f'"{prefix}/share/benchhost/sdk/rust"'))
        before = sorted(prefix.rglob("*"))
        run("cargo", "build", "--release", "--offline", cwd=project, env=environment())
        if sorted(prefix.rglob("*")) != before:
            raise Failure("cargo wrote into the prefix")
        run(sys.executable, HERE / "single_export.py", project / f"target/release/lib{name}.so", "bh_plugin_entry")
        return 0

    def wrong_version(self):
        prefix = self.prefix()
        for version, found in (("0.1", True), ("0.1.0", True), ("0.2", False), ("0.0.9", False), ("1.0", False)):
            project = self.work / f"version-{version}"
            project.mkdir()
            (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\nproject(x LANGUAGES C)\n"
                                                    f"find_package(benchhost-sdk {version} REQUIRED)\n")
            text = run(self.args.cmake, "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
                       "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF", f"-DCMAKE_C_COMPILER={self.args.cc}", env=environment(),
                       expect=0 if found else 1)
            if not found and "version: 0.1.0" not in text:
                raise Failure(f"{version}: the message does not name the version that is there:\n{text}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("way", choices=["build_tree", "install_tree", "pkg_config", "by_hand", "windows", "readme", "options", "rust", "wrong_version"])
    for name in ("source", "build", "work", "driver"):
        options.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("cmake", "cc", "cxx"):
        options.add_argument(f"--{name}", required=True)
    args = options.parse_args()
    try:
        return getattr(Consumer(args), args.way)() or 0
    except Failure as failure:
        print(failure)
        return 1


if __name__ == "__main__":
    sys.exit(main())
