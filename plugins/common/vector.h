// The vectors of the instruction set that a translation unit is compiled for, spelt out so that compilers and flags do
// not decide what is measured.
#pragma once

#include <cstddef>

namespace simd {

// Without a name of its own in each translation unit, the linker would take one set's values for all.
namespace {

#if defined(__AVX512F__)
constexpr std::size_t kVectorBytes = 64;
constexpr const char* kIsa = "x86-64-v4";
#elif defined(__AVX2__)
constexpr std::size_t kVectorBytes = 32;
constexpr const char* kIsa = "x86-64-v3";
#elif defined(__SSE2__)
constexpr std::size_t kVectorBytes = 16;
constexpr const char* kIsa = "x86-64-v1";
#else
constexpr std::size_t kVectorBytes = 16;
constexpr const char* kIsa = "base";
#endif

}  // namespace

}  // namespace simd
