#include "common/levels.h"

#include <cstdio>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace cpu {

namespace {

enum class Word : std::uint32_t { leaf_1_ecx, leaf_7_ebx, leaf_7_ecx, leaf_7_edx, leaf_7_1_eax, hwcap };

struct Feature {
  Word word;
  std::uint32_t bit;
  const char* name;  ///< as the kernel's /proc/cpuinfo spells it
};

// Source: Intel 64 and IA-32 manual, volume 2, CPUID; AMD64 manual, volume 3, appendix E; Linux asm/hwcap.h.
constexpr Feature kFma = {Word::leaf_1_ecx, 12, "fma"}, kAvx = {Word::leaf_1_ecx, 28, "avx"},
                  kAvx2 = {Word::leaf_7_ebx, 5, "avx2"}, kAvx512f = {Word::leaf_7_ebx, 16, "avx512f"},
                  kAvx512dq = {Word::leaf_7_ebx, 17, "avx512dq"}, kAvx512bw = {Word::leaf_7_ebx, 30, "avx512bw"},
                  kAvx512vl = {Word::leaf_7_ebx, 31, "avx512vl"}, kAvx512vnni = {Word::leaf_7_ecx, 11, "avx512_vnni"},
                  kAvxVnni = {Word::leaf_7_1_eax, 4, "avx_vnni"}, kAvx512bf16 = {Word::leaf_7_1_eax, 5, "avx512_bf16"},
                  kAvx512fp16 = {Word::leaf_7_edx, 23, "avx512_fp16"}, kAmxBf16 = {Word::leaf_7_edx, 22, "amx_bf16"},
                  kAmxTile = {Word::leaf_7_edx, 24, "amx_tile"}, kAmxInt8 = {Word::leaf_7_edx, 25, "amx_int8"},
                  kAsimd = {Word::hwcap, 1, "asimd"}, kAsimdHp = {Word::hwcap, 10, "asimdhp"},
                  kAsimdDp = {Word::hwcap, 20, "asimddp"};

[[maybe_unused]] constexpr std::uint32_t kOsxsave = 1u << 27;  // leaf 1, ecx: XGETBV may be asked
constexpr std::uint64_t kYmm = 0x6;                            // SSE and AVX state
constexpr std::uint64_t kZmm = kYmm | 0xe0;                    // opmask, upper halves, registers 16 to 31
constexpr std::uint64_t kTiles = kZmm | (3ull << 17);          // TILECFG and TILEDATA

struct Needs {
  const char* name;
  bool x86;
  std::uint64_t saved;  ///< bits of XCR0
  Feature features[8];  ///< up to the first without a name
};

constexpr Needs kNeeds[kLevels] = {
    {"sse2", true, 0, {}},  // x86-64 has it
    {"avx2", true, kYmm, {kAvx, kAvx2, kFma}},
    {"avx_vnni", true, kYmm, {kAvx, kAvx2, kFma, kAvxVnni}},
    {"avx512", true, kZmm, {kAvx2, kFma, kAvx512f, kAvx512vl, kAvx512dq, kAvx512bw}},
    {"avx512_vnni", true, kZmm, {kAvx2, kFma, kAvx512f, kAvx512vl, kAvx512dq, kAvx512bw, kAvx512vnni}},
    {"avx512_bf16", true, kZmm, {kAvx2, kFma, kAvx512f, kAvx512vl, kAvx512dq, kAvx512bw, kAvx512bf16}},
    {"avx512_fp16", true, kZmm, {kAvx2, kFma, kAvx512f, kAvx512vl, kAvx512dq, kAvx512bw, kAvx512fp16}},
    {"amx_int8", true, kTiles, {kAmxTile, kAmxInt8}},
    {"amx_bf16", true, kTiles, {kAmxTile, kAmxBf16}},
    {"neon", false, 0, {kAsimd}},
    {"neon_dot", false, 0, {kAsimd, kAsimdDp}},
    {"neon_fp16", false, 0, {kAsimd, kAsimdHp}},
};

const Needs& needs_of(Level level) { return kNeeds[static_cast<std::uint32_t>(level)]; }

std::uint64_t word_of(const Registers& registers, Word word) {
  switch (word) {
    case Word::leaf_1_ecx:
      return registers.leaf_1_ecx;
    case Word::leaf_7_ebx:
      return registers.leaf_7_ebx;
    case Word::leaf_7_ecx:
      return registers.leaf_7_ecx;
    case Word::leaf_7_edx:
      return registers.leaf_7_edx;
    case Word::leaf_7_1_eax:
      return registers.leaf_7_1_eax;
    case Word::hwcap:
      return registers.hwcap;
  }
  return 0;
}

}  // namespace

const char* name_of(Level level) { return needs_of(level).name; }

Registers read_registers() {
  Registers r;
#if defined(__x86_64__)
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  r.is_x86 = true;
  const std::uint32_t leaves = __get_cpuid_max(0, nullptr);
  __cpuid(0, eax, ebx, ecx, edx);
  std::memcpy(r.vendor, &ebx, 4);
  std::memcpy(r.vendor + 4, &edx, 4);
  std::memcpy(r.vendor + 8, &ecx, 4);
  __cpuid(1, eax, ebx, ecx, edx);
  r.leaf_1_ecx = ecx;
  // Source: AMD64 manual, volume 3, CPUID Fn0000_0001_EAX; Intel's adds the extended model for family 6 too.
  const std::uint32_t base = eax >> 8 & 0xf;
  r.family = base + (base == 0xf ? eax >> 20 & 0xff : 0);
  r.model = (eax >> 4 & 0xf) + (base == 0xf || base == 6 ? (eax >> 16 & 0xf) << 4 : 0);
  if (leaves >= 7) {
    __cpuid_count(7, 0, eax, ebx, ecx, edx);
    r.leaf_7_ebx = ebx;
    r.leaf_7_ecx = ecx;
    r.leaf_7_edx = edx;
    if (eax >= 1) {
      __cpuid_count(7, 1, eax, ebx, ecx, edx);
      r.leaf_7_1_eax = eax;
    }
  }
  if ((r.leaf_1_ecx & kOsxsave) != 0) {
    std::uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    r.xcr0 = static_cast<std::uint64_t>(high) << 32 | low;
  }
#elif defined(__aarch64__) && defined(__linux__)
  r.is_aarch64 = true;
  r.hwcap = getauxval(AT_HWCAP);
#endif
  return r;
}

std::string missing(Level level, const Registers& registers) {
  const Needs& needs = needs_of(level);
  const std::string name = needs.name;
  if (needs.x86 ? !registers.is_x86 : !registers.is_aarch64) {
    return name + ": an instruction set of " + (needs.x86 ? "x86-64" : "AArch64") + ", which this processor is not";
  }
  for (const Feature& feature : needs.features) {
    if (feature.name == nullptr) break;
    if ((word_of(registers, feature.word) >> feature.bit & 1) == 0) {
      return name + ": this processor does not have " + feature.name;
    }
  }
  if ((registers.xcr0 & needs.saved) != needs.saved) {
    char text[96];
    std::snprintf(text, sizeof text, ": the operating system does not save its registers (XCR0 is 0x%llx)",
                  static_cast<unsigned long long>(registers.xcr0));
    return name + text;
  }
  return {};
}

}  // namespace cpu
