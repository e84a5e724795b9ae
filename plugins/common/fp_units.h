// What processors can do in a cycle, looked up by model: what no processor says of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/levels.h"

namespace cpu {

/// Floating-point operations of one core in a cycle with fused multiply-adds (2 operations) of vectors of so many bits.
/// lane_bits: 64 for fp64, 32 for fp32.
/// Source: Intel 64 and IA-32 optimisation manual; AMD software optimisation guides for families 17h, 19h and 1Ah.
struct UnitsAnswer {
  std::optional<double> operations_per_cycle;
  std::string reason;  ///< why it is not known; else the processor's name
};
UnitsAnswer fma_units(const Registers& registers, Level level, std::uint32_t vector_bits, std::uint32_t lane_bits);

}  // namespace cpu
