// Every kernel of chains of every instruction set that this machine runs, against the scalar replay; the replay against
// answers from elsewhere.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "common/chain_data.h"
#include "common/chain_team.h"
#include "contract/sdk/driver/test_host.h"

using namespace chains;
using benchhost::contract::TestHost;
namespace bb = benchhost;

namespace {

constexpr Type kAllTypes[] = {Type::fp64, Type::fp32, Type::fp16, Type::bf16, Type::int32, Type::int8};

struct Fixture {
  TestHost host;
  Fixture() { host.set_state(benchhost::contract::State::preparing); }
  Worker worker(const Choice& choice, std::uint32_t index = 0) { return Worker(host.table(), choice, index); }
};

/// Every kernel that runs here.
template <class F>
void for_each_kernel(F f) {
  const cpu::Registers here = cpu::read_registers();
  for (const cpu::Level level : kOrder) {
    const Set* set = set_of(level);
    if (set == nullptr || !cpu::missing(level, here).empty()) continue;
    for (const Type type : kAllTypes) {
      for (std::uint32_t width = 0; width < kWidths; ++width) {
        for (std::uint32_t count = 0; count < kCounts; ++count) {
          const Kernel kernel = set->kernels[static_cast<std::uint32_t>(type)][width][count];
          if (kernel != nullptr) f(Choice{type, level, set->is_fused, kBits[width], kChains[count], kernel});
        }
      }
    }
  }
}

std::string text_of(const Choice& c) {
  return std::string(cpu::name_of(c.level)) + " " + kTypeNames[static_cast<std::uint32_t>(c.type)] + " " +
         std::to_string(c.bits) + " bits " + std::to_string(c.chains) + " chains";
}

bb::Error error_of(std::string_view type, std::string_view isa, std::uint64_t bits, std::uint64_t chains,
                   const cpu::Registers& registers) {
  try {
    choose(type, isa, bits, chains, registers);
  } catch (const bb::Error& error) {
    return error;
  }
  return {BH_OK, "it was chosen"};
}

template <class T>
T as(Lane lane) {
  T value;
  std::memcpy(&value, &lane, sizeof value);
  return value;
}

}  // namespace

TEST_CASE("every kernel that runs here agrees with the replay, in any split of iterations") {
  int kernels = 0;
  for_each_kernel([&](const Choice& choice) {
    const std::string what = text_of(choice);
    CAPTURE(what);
    Fixture f;
    Worker worker = f.worker(choice);
    for (const std::uint64_t n : {1u, 3u, 2u}) worker.run(n);
    CHECK(worker.done() == 6);
    CHECK(worker.wrong() == 0);
    CHECK(worker.lanes() == choice.chains * (choice.bits / lane_bits(choice.type)));
    ++kernels;
  });
  CHECK(kernels > 0);
}

namespace {

/// Runs right and then spoils what is said.
Kernel g_kernel = nullptr;
void skips_one(const State& state, std::uint64_t first, std::uint64_t n) { g_kernel(state, first, n - 1); }
void repeats_starts(const State& state, std::uint64_t, std::uint64_t n) { g_kernel(state, 0, n); }
void runs_nothing(const State&, std::uint64_t, std::uint64_t) {}
void flips_a_bit(const State& state, std::uint64_t first, std::uint64_t n) {
  g_kernel(state, first, n);
  // Not back by the second time.
  state.sums[0] = static_cast<std::byte>(std::to_integer<int>(state.sums[0]) + 1);
}
void takes_wrong_operands(const State& state, std::uint64_t first, std::uint64_t n) {
  State other = state;
  other.operands += kVectorBytes;
  alignas(kVectorBytes) std::byte operands[3 * kVectorBytes] = {};
  std::memcpy(operands, state.operands + kVectorBytes, kVectorBytes);
  std::memcpy(operands + kVectorBytes, state.operands, kVectorBytes);
  other.operands = operands;
  g_kernel(other, first, n);
}

}  // namespace

TEST_CASE("the oracle notices each planted error, in every type") {
  for_each_kernel([&](const Choice& choice) {
    if (choice.chains != 4) return;
    const std::string what = text_of(choice);
    CAPTURE(what);
    g_kernel = choice.kernel;
    for (const Kernel planted : {skips_one, repeats_starts, runs_nothing, flips_a_bit, takes_wrong_operands}) {
      // Products of bf16 are the same whichever is first.
      if (planted == takes_wrong_operands && choice.type == Type::bf16) continue;
      Choice wrong = choice;
      wrong.kernel = planted;
      Fixture f;
      Worker worker = f.worker(wrong);
      worker.run(3);
      worker.run(2);
      CHECK(worker.wrong() > 0);
    }
  });
}

TEST_CASE("threads have data of their own, and one seed gives the same again") {
  const Choice choice = choose("int32", "best", 0, 4, cpu::read_registers());
  CHECK(start_of(Type::int32, 1) != start_of(Type::int32, 2));
  Fixture f, g;
  Worker one = f.worker(choice, 0), other = f.worker(choice, 1), again = g.worker(choice, 0);
  for (Worker* worker : {&one, &other, &again}) {
    worker->run(5);
    CHECK(worker->wrong() == 0);
  }
}

TEST_CASE("the replay of whole numbers is the closed form of a linear recurrence") {
  // x·p^n + q·(p^n - 1)/(p - 1) modulo 2^32, by doubling: (p, q) after two steps is (p², q·p + q).
  for (const std::uint64_t random : {1ull, 0x123456789abcdef0ull, ~0ull}) {
    const Operands operands = operands_of(Type::int32, random);
    std::uint32_t p = static_cast<std::uint32_t>(operands.p), q = static_cast<std::uint32_t>(operands.q);
    CHECK(p % 2 == 1);
    for (std::uint32_t n = 1; n < kSteps; n *= 2) {
      q = q * p + q;
      p = p * p;
    }
    const auto start = static_cast<std::uint32_t>(start_of(Type::int32, random));
    CHECK(replay(Type::int32, false, start, operands) == static_cast<std::uint32_t>(start * p + q));
  }
}

TEST_CASE("the replay of bf16 is a multiple of what one step adds, exactly") {
  const auto value = [](std::uint64_t bits) { return as<float>((bits & 0xffff) << 16); };
  for (const std::uint64_t random : {0ull, 0xfffull, 0x5a5ull}) {
    const Operands o = operands_of(Type::bf16, random);
    const float step = value(o.p) * value(o.q) + value(o.p >> 16) * value(o.q >> 16);
    CHECK(step >= 2);
    CHECK(step <= 128);
    const Lane start = start_of(Type::bf16, random);
    CHECK(as<float>(replay(Type::bf16, true, start, o)) == as<float>(start) + kSteps * step);
  }
}

namespace {

/// x after each pair of steps must differ from what it was, so that no number of steps can stand for another.
template <class T>
void check_pairs(T x, T p, T q) {
  for (std::uint32_t pair = 0; pair < kSteps / 2; ++pair) {
    const T before = x;
    x = std::fma(std::fma(x, p, x), q, std::fma(x, p, x));
    REQUIRE(x > before);
  }
  CHECK(x < 16);
}

}  // namespace

TEST_CASE("chains of fractions move on with every pair of steps and stay small, fused or not") {
  for (std::uint64_t random = 1; random != 0; random = random << 1 | random >> 63 << 7) {
    for (const Type type : {Type::fp64, Type::fp32}) {
      const Lane start = start_of(type, random);
      const Operands o = operands_of(type, random);
      const auto value = [&](Lane lane) {
        return type == Type::fp64 ? as<double>(lane) : static_cast<double>(as<float>(lane));
      };
      if (type == Type::fp64) {
        check_pairs(as<double>(start), as<double>(o.p), as<double>(o.q));
      } else {
        check_pairs(as<float>(start), as<float>(o.p), as<float>(o.q));
      }
      for (const bool fused : {true, false}) {
        // (1 + 2^-11)^2048 is e less a quarter of a thousandth.
        CHECK(value(replay(type, fused, start, o)) == doctest::Approx(2.7176 * value(start)).epsilon(0.001));
      }
    }
    double x = value_of_half(static_cast<std::uint16_t>(start_of(Type::fp16, random)));
    const Operands o = operands_of(Type::fp16, random);
    const double p = value_of_half(static_cast<std::uint16_t>(o.p)), q = value_of_half(static_cast<std::uint16_t>(o.q));
    for (std::uint32_t pair = 0; pair < kSteps / 2; ++pair) {
      const double before = x;
      x = value_of_half(half_of(x + x * p));
      x = value_of_half(half_of(x + x * q));
      REQUIRE(x > before);
    }
    CHECK(x < 1000);
    if (random >> 63 != 0) break;
  }
}

TEST_CASE("a dot product adds what its bytes say") {
  // By hand: x = 0x04030201 with p = 0x01020304 adds 1·4 + 2·3 + 3·2 + 4·1 = 20 in its first step.
  std::uint32_t x = 0x04030201;
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    x += (x & 0xff) * 4 + (x >> 8 & 0xff) * 3 + (x >> 16 & 0xff) * 2 + (x >> 24);
    if (step == 0) REQUIRE(x == 0x04030201 + 20);
  }
  CHECK(replay(Type::int8, true, 0x04030201, {0x01020304, 0x00010001}) == x);
  for (std::uint64_t random = 1; random != 0; random <<= 1) {
    const Operands o = operands_of(Type::int8, random);
    for (std::uint32_t at = 0; at < 32; at += 8) {
      CHECK((o.p >> at & 0xff) >= 1);
      CHECK((o.p >> at & 0xff) <= 63);
    }
  }
}

TEST_CASE("sums count every iteration") {
  const Lane ends[kStarts] = {1, 10, 100, 0xffffffff};
  Lane sum = 0;
  for (std::uint64_t done = 0; done < 20; ++done) {
    CHECK(sum_after(Type::int32, ends, done) == (sum & 0xffffffff));
    sum += ends[done % kStarts];
  }
  CHECK(sum_after(Type::fp16, ends, 4) == ((111 + 0xffff) & 0xffff));
}

TEST_CASE("half precision is rounded to the nearest, ties to even") {
  // Source: IEEE 754-2019, binary16.
  CHECK(half_of(1.0) == 0x3c00);
  CHECK(half_of(-0.5) == 0xb800);
  CHECK(half_of(1.0 / 3) == 0x3555);
  CHECK(half_of(65504) == 0x7bff);
  CHECK(half_of(1 + 0x1p-11) == 0x3c00);
  CHECK(half_of(1 + 3 * 0x1p-11) == 0x3c02);
  CHECK(half_of(1 + 0x1p-11 + 0x1p-40) == 0x3c01);
  CHECK(half_of(2 - 0x1p-12) == 0x4000);
  for (std::uint32_t half = 0x0400; half < 0x7c00; ++half) {
    REQUIRE(half_of(value_of_half(static_cast<std::uint16_t>(half))) == half);
  }
}

TEST_CASE("what a processor lacks is said, and what nobody knows is refused") {
  const cpu::Registers nothing;
  for (const char* type : {"fp64", "fp32", "int32", "int8", "bf16", "fp16"}) {
    const bb::Error error = error_of(type, "best", 0, 12, nothing);
    CHECK(error.code == BH_E_UNSUPPORTED);
    CHECK(std::string(error.what()).size() > 20);
  }
  cpu::Registers here = cpu::read_registers();
  CHECK(error_of("fp64", "best", 0, 12, here).code == BH_OK);
  const bool x86 = here.is_x86;
  const bb::Error foreign = error_of("fp64", x86 ? "neon" : "avx2", 0, 12, here);
  CHECK(foreign.code == BH_E_UNSUPPORTED);
  CHECK(std::string(foreign.what()).find("which this processor is not") != std::string::npos);
  CHECK(error_of("fp64", x86 ? "sse2" : "neon", 256, 12, here).code == BH_E_UNSUPPORTED);
  CHECK(error_of("int8", x86 ? "sse2" : "neon", 0, 12, here).code == BH_E_UNSUPPORTED);
  CHECK(error_of("fp8", "best", 0, 12, here).code == BH_E_ARGUMENT);
  CHECK(error_of("fp64", "mmx", 0, 12, here).code == BH_E_ARGUMENT);
  CHECK(error_of("fp64", "best", 100, 12, here).code == BH_E_ARGUMENT);
  CHECK(error_of("fp64", "best", 0, 3, here).code == BH_E_ARGUMENT);
  CHECK(error_of("fp64", "best", 0, (1ull << 32) + 12, here).code == BH_E_ARGUMENT);
  if (!x86) return;
  const bb::Error narrow = error_of("fp64", "sse2", 0, 24, here);
  CHECK(narrow.code == BH_E_UNSUPPORTED);
  CHECK(std::string(narrow.what()).find("16 registers") != std::string::npos);
  // Without what the operating system saves the best is what is left.
  here.xcr0 = 0x3;
  CHECK(choose("fp32", "best", 0, 12, here).level == cpu::Level::sse2);
  CHECK(error_of("int8", "best", 0, 12, here).code == BH_E_UNSUPPORTED);
}
