// The instruction sets that kernels are built for, and which of them this processor and its operating system run. It is
// asked before anybody knows what the processor can do: the code behind it is built for the baseline.
#pragma once

#include <cstdint>
#include <string>

namespace cpu {

enum class Level : std::uint32_t {
  sse2,
  avx2,  ///< with fma
  avx_vnni,
  avx512,  ///< f, vl, dq and bw
  avx512_vnni,
  avx512_bf16,
  avx512_fp16,
  amx_int8,
  amx_bf16,
  neon,
  neon_dot,
  neon_fp16,
};
inline constexpr std::uint32_t kLevels = 12;

/// Its word in parameters, logs and reasons: "avx512_vnni".
const char* name_of(Level level);

/// What the processor and the operating system say of themselves. All zero: neither x86-64 nor AArch64 with Linux.
struct Registers {
  bool is_x86 = false;
  char vendor[13] = {};  ///< "AuthenticAMD"
  std::uint32_t family = 0;
  std::uint32_t model = 0;
  std::uint32_t leaf_1_ecx = 0;
  std::uint32_t leaf_7_ebx = 0;
  std::uint32_t leaf_7_ecx = 0;
  std::uint32_t leaf_7_edx = 0;
  std::uint32_t leaf_7_1_eax = 0;
  std::uint64_t xcr0 = 0;  ///< registers that the operating system saves; 0: it says nothing
  bool is_aarch64 = false;
  std::uint64_t hwcap = 0;  ///< AT_HWCAP of Linux
};

/// Reads them with CPUID and XGETBV, or from the auxiliary vector.
Registers read_registers();

/// Why the level does not run there; "" if it does. Pure.
std::string missing(Level level, const Registers& registers);

}  // namespace cpu
