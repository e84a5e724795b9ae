#include "common/fp_units.h"

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

struct Units {
  const char* vendor;
  std::uint32_t family;
  std::uint32_t first_model, last_model;
  const char* name;
  std::uint32_t pipes;      ///< fused multiply-adds begun in a cycle
  std::uint32_t bits_avx2;  ///< of each of them
  std::uint32_t
      bits_avx512;  ///< per pipe, two halves counting as one; 0: no AVX-512, or not the same for all of the model
};

constexpr const char* kAmd = "AuthenticAMD";
constexpr const char* kIntel = "GenuineIntel";

// A pipe is counted by what it takes in a cycle: two of 256 bits that join for one of 512 are two of 256. Left out are
// processors with cores of two kinds, of which nobody says which one ran, and Skylake-SP and Cascade Lake with AVX-512,
// of which some have one unit and some two under the same model.
constexpr Units kUnits[] = {
    {kAmd, 0x17, 0x00, 0x2f, "Zen", 2, 128, 0},
    {kAmd, 0x17, 0x30, 0xff, "Zen 2", 2, 256, 0},
    {kAmd, 0x19, 0x00, 0x0f, "Zen 3", 2, 256, 0},
    {kAmd, 0x19, 0x10, 0x1f, "Zen 4", 2, 256, 256},
    {kAmd, 0x19, 0x20, 0x5f, "Zen 3", 2, 256, 0},
    {kAmd, 0x19, 0x60, 0x7f, "Zen 4", 2, 256, 256},
    {kAmd, 0x19, 0xa0, 0xaf, "Zen 4", 2, 256, 256},
    {kAmd, 0x1a, 0x00, 0x1f, "Zen 5", 2, 256, 512},
    {kIntel, 6, 0x3c, 0x3c, "Haswell", 2, 256, 0},
    {kIntel, 6, 0x3f, 0x3f, "Haswell", 2, 256, 0},
    {kIntel, 6, 0x45, 0x46, "Haswell", 2, 256, 0},
    {kIntel, 6, 0x3d, 0x3d, "Broadwell", 2, 256, 0},
    {kIntel, 6, 0x47, 0x47, "Broadwell", 2, 256, 0},
    {kIntel, 6, 0x4f, 0x4f, "Broadwell", 2, 256, 0},
    {kIntel, 6, 0x56, 0x56, "Broadwell", 2, 256, 0},
    {kIntel, 6, 0x4e, 0x4e, "Skylake", 2, 256, 0},
    {kIntel, 6, 0x5e, 0x5e, "Skylake", 2, 256, 0},
    {kIntel, 6, 0x55, 0x55, "Skylake-SP", 2, 256, 0},
    {kIntel, 6, 0x8e, 0x8e, "Kaby Lake", 2, 256, 0},
    {kIntel, 6, 0x9e, 0x9e, "Kaby Lake", 2, 256, 0},
    {kIntel, 6, 0xa5, 0xa6, "Comet Lake", 2, 256, 0},
    {kIntel, 6, 0x6a, 0x6a, "Ice Lake-SP", 2, 256, 512},
    {kIntel, 6, 0x6c, 0x6c, "Ice Lake-SP", 2, 256, 512},
    {kIntel, 6, 0x7d, 0x7e, "Ice Lake", 2, 256, 256},
    {kIntel, 6, 0x8c, 0x8d, "Tiger Lake", 2, 256, 256},
    {kIntel, 6, 0xa7, 0xa7, "Rocket Lake", 2, 256, 256},
    {kIntel, 6, 0x8f, 0x8f, "Sapphire Rapids", 2, 256, 512},
    {kIntel, 6, 0xcf, 0xcf, "Emerald Rapids", 2, 256, 512},
    {kIntel, 6, 0xad, 0xad, "Granite Rapids", 2, 256, 512},
};

}  // namespace

UnitsAnswer fma_units(const Registers& registers, Level level, std::uint32_t vector_bits, std::uint32_t lane_bits) {
  if (level != Level::avx2 && level != Level::avx512) {
    return {std::nullopt, std::string("what a core does in a cycle is on record for fused multiply-adds of avx2 and "
                                      "avx512, not for ") +
                              name_of(level)};
  }
  for (const Units& units : kUnits) {
    if (std::strcmp(units.vendor, registers.vendor) != 0 || units.family != registers.family) continue;
    if (registers.model < units.first_model || registers.model > units.last_model) continue;
    const std::uint32_t widest = level == Level::avx512 ? units.bits_avx512 : units.bits_avx2;
    if (widest == 0) {
      return {std::nullopt, std::string(units.name) + " is on record with more than one number of units for " +
                                name_of(level) + ", or with none"};
    }
    return {2.0 * units.pipes * std::min(widest, vector_bits) / lane_bits, units.name};
  }
  return {std::nullopt, std::string("the units of this processor are not on record: ") +
                            (registers.vendor[0] == '\0' ? "unknown vendor" : registers.vendor) + ", family " +
                            std::to_string(registers.family) + ", model " + std::to_string(registers.model)};
}

}  // namespace cpu
