// Every kernel of cpu_isa against the product in whole numbers.
#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "cpu_isa/kernels.h"
#include "cpu_isa/values.h"

using namespace isa;

namespace {

constexpr cpu::Level kAll[] = {
    cpu::Level::sse2,        cpu::Level::avx2,     cpu::Level::avx_vnni, cpu::Level::avx512, cpu::Level::avx512_vnni,
    cpu::Level::avx512_bf16, cpu::Level::amx_int8, cpu::Level::amx_bf16, cpu::Level::neon,   cpu::Level::neon_dot};

struct Data {
  explicit Data(Type t) : type(t) {
    std::vector<std::uint8_t> random(kRandomBytes);
    std::mt19937 engine(11);
    for (std::uint8_t& byte : random) byte = static_cast<std::uint8_t>(engine());
    m = matrices_of(random.data());
    const std::size_t step = packed(type), words = kDepth / step;
    for (std::size_t word = 0; word < words; ++word) {
      for (std::size_t row = 0; row < kRows; ++row) {
        put(a, row * words + word, word_of(type, [&](std::size_t k) { return m.a[row][word * step + k]; }));
      }
      for (std::size_t column = 0; column < kColumns; ++column) {
        put(b, word * kColumns + column, word_of(type, [&](std::size_t k) { return m.b[word * step + k][column]; }));
      }
    }
    std::memset(c, 0xa5, sizeof c);  // what stood in C before the first iteration does not matter
  }
  void put(unsigned char* array, std::size_t index, std::uint64_t word) const {
    std::memcpy(array + index * word_bytes(type), &word, word_bytes(type));
  }
  [[nodiscard]] double element(std::size_t index) const {
    double fp64 = 0;
    float fp32 = 0;
    std::int32_t whole = 0;
    const unsigned char* at = c + index * word_bytes(type);
    std::memcpy(&fp64, at, 8);
    std::memcpy(&fp32, at, 4);
    std::memcpy(&whole, at, 4);
    return type == Type::fp64 ? fp64 : type == Type::int8 ? whole : static_cast<double>(fp32);
  }
  [[nodiscard]] int wrong(std::uint64_t done) const {
    int wrong = 0;
    for (std::size_t row = 0; row < kRows; ++row) {
      for (std::size_t column = 0; column < kColumns; ++column) {
        // In plain whole numbers, apart from expected(), which is what is tested as well.
        std::int64_t product = 0;
        for (std::size_t k = 0; k < kDepth; ++k) product += m.a[row][k] * m.b[k][column];
        const std::int64_t want = product * static_cast<std::int64_t>((done - 1) % 61 + 1);
        REQUIRE(expected(m, row, column, done) == want);
        wrong += element(row * kColumns + column) == static_cast<double>(want) ? 0 : 1;
      }
    }
    return wrong;
  }

  Type type;
  Matrices m{};
  alignas(64) unsigned char a[kRows * kDepth * 8] = {};
  alignas(64) unsigned char b[kDepth * kColumns * 8] = {};
  alignas(64) unsigned char c[(kRows * kColumns + 8) * 8] = {};
};

void check_set(const Set& set) {
  for (std::uint32_t t = 0; t < kTypes; ++t) {
    if (set.kernels[t] == nullptr) continue;
    CAPTURE(t);
    Data data(static_cast<Type>(t));
    std::uint64_t done = 0;
    for (const std::uint64_t n : {1u, 2u, 57u, 1u, 1u, 200u}) {
      set.kernels[t]({data.a, data.b, data.c}, done, n);
      done += n;
      CHECK(data.wrong(done) == 0);
    }
    const std::size_t size = kRows * kColumns * word_bytes(data.type);
    for (std::size_t i = size; i < sizeof data.c; ++i) REQUIRE(data.c[i] == 0xa5);
  }
}

}  // namespace

TEST_CASE("every instruction set that runs here gives the same product, and writes nothing else") {
  const cpu::Registers here = cpu::read_registers();
  check_set(scalar_set());
  for (const Kernel kernel : scalar_set().kernels) CHECK((kernel != nullptr));
  int checked = 0;
  for (const cpu::Level level : kAll) {
    const std::string name = cpu::name_of(level);
    CAPTURE(name);
    if (set_of(level) == nullptr || !cpu::missing(level, here).empty()) continue;
    if ((level == cpu::Level::amx_int8 || level == cpu::Level::amx_bf16) && !permit_tiles()) continue;
    check_set(*set_of(level));
    ++checked;
  }
  CHECK(checked > 0);
}

TEST_CASE("the largest values stay exact over a whole lap") {
  for (std::uint32_t t = 0; t < kTypes; ++t) {
    Matrices m{};
    for (auto& row : m.a) row.fill(7);
    for (auto& row : m.b) row.fill(-7);
    CHECK(expected(m, 3, 5, kLap) == -7 * 7 * 64 * 61);
    CHECK(expected(m, 3, 5, kLap + 1) == -7 * 7 * 64);
  }
}
