#!/usr/bin/env python3
"""Compiles the kernels that the templates for devices and the example in Rust carry, with clang: OpenCL C by its own front end,
CUDA C for the device alone, with the few built-ins that need no toolkit. And plants an error in each, so that a compiler that says
nothing is noticed.

usage: kernels.py TEMPLATE_DIR
77 (skipped) without clang; in CI (environment variable CI) that is a failure.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

# What the backends define besides the group's size (device.h), and what a CUDA compiler brings by itself.
GROUP = "#define BH_GROUP_X 16\n#define BH_GROUP_Y 16\n#define BH_GROUP_Z 1\n"
CUDA = """
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __device__ __attribute__((device))
typedef unsigned long size_t;
struct bh_dim { unsigned int x, y, z; };
extern const __device__ struct bh_dim threadIdx, blockIdx, blockDim, gridDim;
__device__ void __syncthreads();
"""
OPENCL = ["-xcl", "-cl-std=CL1.2", "-Xclang", "-finclude-default-header", "-target", "spir64"]
# The file below the folder of templates, what stands before its kernel and behind it, the compiler's options.
LANGUAGES = {
    "opencl": ("opencl/example_opencl.cpp", 'kOpenClC = R"(', ')"', "", OPENCL),
    "rust": ("../rust/examples/saxpy.rs", 'OPENCL_C: &str = r#"', '"#', "", OPENCL),
    "cuda": ("cuda/example_cuda.cpp", 'kCudaC = R"(', ')"', CUDA, ["-xcuda", "-nocudainc", "-nocudalib", "-Wno-unknown-cuda-version", "--cuda-device-only", "--cuda-gpu-arch=sm_70", "-std=c++14"]),
}


def compiled(clang, options, text):
    command = [clang, *options, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-"]
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    return done.returncode, done.stderr


def main():
    template, clang = pathlib.Path(sys.argv[1]), shutil.which("clang++")
    if clang is None:
        print("skipped: clang++ is not installed; scripts/bootstrap installs it")
        return 1 if os.environ.get("CI") else 77
    failures = 0
    for language, (file, begin, end, prelude, options) in LANGUAGES.items():
        kernel = re.search(rf"{re.escape(begin)}(.*?){re.escape(end)}", (template / file).read_text(), re.S).group(1)
        status, said = compiled(clang, options, prelude + GROUP + kernel)
        if status != 0:
            print(f"{language}: its kernel does not compile\n{said}")
            failures += 1
        spoilt = kernel.replace("] = ", "] = nothing ", 1).replace("] += ", "] += nothing ", 1)
        status, said = compiled(clang, options, prelude + GROUP + spoilt)
        if spoilt == kernel or status == 0 or "nothing" not in said:
            print(f"{language}: a planted error is not found\n{said}")
            failures += 1
    print(f"{len(LANGUAGES)} kernels, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
