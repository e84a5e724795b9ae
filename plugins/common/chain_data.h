// What chains begin with and are multiplied by, and where they end: the oracle, in scalar code of its own that knows
// nothing of vectors. Pure.
//
// A lane is its bits in the low end of a word, whatever its type.
#pragma once

#include <cstdint>

#include "common/chain_kernels.h"

namespace chains {

using Lane = std::uint64_t;

struct Operands {
  Lane p = 0;
  Lane q = 0;
};

/// Start of a lane from 64 random bits: fractions in [1, 2) with every bit of the significand, small whole numbers for
/// bf16, any bits for integers.
Lane start_of(Type type, std::uint64_t random);

/// Operands of a lane from 64 random bits. Chosen so that kSteps steps overflow nothing and never come to a value that
/// stays as it is: see chain_kernels.h. For bf16 every sum is exact.
Operands operands_of(Type type, std::uint64_t random);

/// Where a lane is after kSteps steps. fused: fp64 and fp32 round once a step, as FMA does; fp16 always does.
Lane replay(Type type, bool fused, Lane start, const Operands& operands);

/// What a sum must be after `done` iterations of a lane with these ends of its kStarts starts, modulo 2^bits.
Lane sum_after(Type type, const Lane (&ends)[kStarts], std::uint64_t done);

/// The bits of the fp16 number nearest to it, ties to even. Requires: 2^-14 <= |value| < 65520, so that it is a normal
/// number.
std::uint16_t half_of(double value);
double value_of_half(std::uint16_t half);

}  // namespace chains
