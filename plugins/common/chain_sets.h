// The sets that chain_kernels.cpp is compiled to.
#pragma once

#include "common/chain_kernels.h"

namespace chains {

/// Defined for the levels that the build names: LEVEL_AVX2 and so on.
template <cpu::Level level>
const Set& built_set();
template <>
const Set& built_set<cpu::Level::sse2>();
template <>
const Set& built_set<cpu::Level::avx2>();
template <>
const Set& built_set<cpu::Level::avx_vnni>();
template <>
const Set& built_set<cpu::Level::avx512>();
template <>
const Set& built_set<cpu::Level::avx512_vnni>();
template <>
const Set& built_set<cpu::Level::avx512_bf16>();
template <>
const Set& built_set<cpu::Level::avx512_fp16>();
template <>
const Set& built_set<cpu::Level::neon>();
template <>
const Set& built_set<cpu::Level::neon_dot>();
template <>
const Set& built_set<cpu::Level::neon_fp16>();

}  // namespace chains
