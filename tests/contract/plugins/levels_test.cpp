// Which instruction sets run: planted answers of CPUID, XGETBV and the auxiliary vector, and what this machine says.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "common/core_clock.h"
#include "common/fp_units.h"
#include "common/levels.h"

using namespace cpu;

namespace {

constexpr std::uint32_t bit(std::uint32_t n) { return 1u << n; }

/// Everything there is, saved by the operating system.
Registers all_of_x86() {
  Registers r;
  r.is_x86 = true;
  r.leaf_1_ecx = r.leaf_7_ebx = r.leaf_7_ecx = r.leaf_7_edx = r.leaf_7_1_eax = 0xffffffff;
  r.xcr0 = ~0ull;
  return r;
}

constexpr Level kX86[] = {Level::sse2,        Level::avx2,        Level::avx_vnni, Level::avx512,  Level::avx512_vnni,
                          Level::avx512_bf16, Level::avx512_fp16, Level::amx_int8, Level::amx_bf16};
constexpr Level kArm[] = {Level::neon, Level::neon_dot, Level::neon_fp16};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a processor with everything lacks nothing of its architecture and all of the other") {
  for (const Level level : kX86) CHECK(missing(level, all_of_x86()) == "");
  for (const Level level : kArm) CHECK(has(missing(level, all_of_x86()), "an instruction set of AArch64"));
  Registers arm;
  arm.is_aarch64 = true;
  arm.hwcap = ~0ull;
  for (const Level level : kArm) CHECK(missing(level, arm) == "");
  for (const Level level : kX86) CHECK(has(missing(level, arm), "an instruction set of x86-64"));
  for (const Level level : kArm) CHECK(missing(level, Registers()) != "");
}

TEST_CASE("a feature that is not there is named") {
  Registers r = all_of_x86();
  r.leaf_7_edx &= ~bit(23);
  CHECK(missing(Level::avx512_fp16, r) == "avx512_fp16: this processor does not have avx512_fp16");
  CHECK(missing(Level::avx512, r) == "");
  r = all_of_x86();
  r.leaf_1_ecx &= ~bit(12);
  CHECK(missing(Level::avx2, r) == "avx2: this processor does not have fma");
  r = all_of_x86();
  r.leaf_7_ebx &= ~bit(31);
  CHECK(missing(Level::avx512_vnni, r) == "avx512_vnni: this processor does not have avx512vl");
  r = all_of_x86();
  r.leaf_7_1_eax &= ~bit(4);
  CHECK(missing(Level::avx_vnni, r) == "avx_vnni: this processor does not have avx_vnni");
  Registers arm;
  arm.is_aarch64 = true;
  arm.hwcap = bit(1);
  CHECK(missing(Level::neon, arm) == "");
  CHECK(has(missing(Level::neon_dot, arm), "asimddp"));
  CHECK(has(missing(Level::neon_fp16, arm), "asimdhp"));
}

TEST_CASE("registers that the operating system does not save are no feature") {
  Registers r = all_of_x86();
  r.xcr0 = 0x3;  // SSE only
  CHECK(missing(Level::sse2, r) == "");
  CHECK(missing(Level::avx2, r) == "avx2: the operating system does not save its registers (XCR0 is 0x3)");
  r.xcr0 = 0x7;
  CHECK(missing(Level::avx2, r) == "");
  CHECK(missing(Level::avx512, r) == "avx512: the operating system does not save its registers (XCR0 is 0x7)");
  r.xcr0 = 0xe7;
  CHECK(missing(Level::avx512_bf16, r) == "");
  CHECK(has(missing(Level::amx_int8, r), "XCR0 is 0xe7"));
  r.xcr0 = 0x600e7;
  CHECK(missing(Level::amx_int8, r) == "");
}

#if defined(__x86_64__)
TEST_CASE("what is read agrees with what the compiler's run-time library reads") {
  const Registers here = read_registers();
  __builtin_cpu_init();
  CHECK(missing(Level::sse2, here) == "");
  CHECK((missing(Level::avx2, here) == "") ==
        (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0));
  CHECK((missing(Level::avx512, here) == "") ==
        (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0));
  CHECK((missing(Level::avx512_vnni, here) == "") ==
        (missing(Level::avx512, here) == "" && __builtin_cpu_supports("avx512vnni") != 0));
  CHECK(here.vendor[0] != '\0');
  CHECK(here.family != 0);
}
#endif

namespace {

Registers model(const std::string& vendor, std::uint32_t family, std::uint32_t number) {
  Registers r;
  r.is_x86 = true;
  std::copy(vendor.begin(), vendor.end(), r.vendor);
  r.family = family;
  r.model = number;
  return r;
}

}  // namespace

TEST_CASE("operations in a cycle are those that vendors state") {
  // Two FMA of 256 bits: 16 fp64 and 32 fp32 operations; vectors of 512 bits take both. Source: AMD publication 57647.
  const Registers genoa = model("AuthenticAMD", 0x19, 0x11);
  CHECK(*fma_units(genoa, Level::avx512, 512, 64).operations_per_cycle == 16);
  CHECK(*fma_units(genoa, Level::avx512, 512, 32).operations_per_cycle == 32);
  CHECK(*fma_units(genoa, Level::avx2, 256, 32).operations_per_cycle == 32);
  CHECK(*fma_units(genoa, Level::avx2, 128, 64).operations_per_cycle == 8);
  // Two of 512 bits: Intel's "32 double precision operations per cycle".
  const Registers sapphire = model("GenuineIntel", 6, 0x8f);
  CHECK(*fma_units(sapphire, Level::avx512, 512, 64).operations_per_cycle == 32);
  CHECK(*fma_units(sapphire, Level::avx512, 256, 64).operations_per_cycle == 16);
  CHECK(*fma_units(sapphire, Level::avx2, 256, 64).operations_per_cycle == 16);
  CHECK(*fma_units(model("AuthenticAMD", 0x17, 0x01), Level::avx2, 256, 64).operations_per_cycle == 8);
}

TEST_CASE("units that are not on record have a reason and no number") {
  const auto reason = [](const UnitsAnswer& answer) {
    CHECK_FALSE(answer.operations_per_cycle);
    return answer.reason;
  };
  CHECK(has(reason(fma_units(model("GenuineIntel", 6, 0xfe), Level::avx2, 256, 64)), "family 6, model 254"));
  CHECK(has(reason(fma_units(Registers(), Level::avx2, 256, 64)), "unknown vendor"));
  CHECK(has(reason(fma_units(model("AuthenticAMD", 0x19, 0x11), Level::sse2, 128, 64)), "not for sse2"));
  // Some have one unit and some two.
  CHECK(has(reason(fma_units(model("GenuineIntel", 6, 0x55), Level::avx512, 512, 64)), "Skylake-SP"));
}

TEST_CASE("a chain of additions takes as many cycles whatever the compiler thinks of it") {
  if (!has_core_clock()) return;
  add_chain(0);
  add_chain(1);
  add_chain(1000);
}
