// SPDX-License-Identifier: MIT
//
// cpu_isa: what each instruction set of this processor makes of the same work: scalar, vectors of 128, 256 and 512
// bits, dot products, matrix tiles.
#include <benchhost/plugin.hpp>

#include <cmath>
#include <string>
#include <vector>

#include "kernels.h"
#include "values.h"

namespace {

namespace bb = benchhost;
using cpu::Level;
using isa::Type;

constexpr bh_value_t kTypes[] = {BH_ENUM("fp64"), BH_ENUM("fp32"), BH_ENUM("bf16"), BH_ENUM("int8")};
constexpr const char* kWorkKeys[isa::kTypes] = {BH_WORK_OPS("fp64"), BH_WORK_OPS("fp32"), BH_WORK_OPS("bf16"),
                                                BH_WORK_OPS("int8")};
constexpr bh_value_t kRungs[] = {BH_UINT(0), BH_UINT(1), BH_UINT(2), BH_UINT(3), BH_UINT(4), BH_UINT(5)};

/// Iterations beyond what ran, by which the check tells who leaves some out.
constexpr std::uint64_t kProbe = 37;

struct Picked {
  std::string name;
  isa::Kernel kernel = nullptr;
};

Type type_of(std::string_view name) {
  for (std::uint32_t i = 0; i < isa::kTypes; ++i) {
    if (name == kTypes[i].s) return static_cast<Type>(i);
  }
  throw bb::Error(BH_E_ARGUMENT, "there is no type '" + std::string(name) + "'");
}

/// Instruction sets of a rung, the best first.
std::vector<Level> levels_of(std::uint64_t rung, Type type) {
  switch (rung) {
    case 1:
      return {Level::sse2, Level::neon};
    case 2:
      return {Level::avx2};
    case 3:
      return {Level::avx512};
    case 4:
      if (type == Type::int8) return {Level::avx512_vnni, Level::avx_vnni, Level::neon_dot};
      return {Level::avx512_bf16};
    case 5:
      return {type == Type::int8 ? Level::amx_int8 : Level::amx_bf16};
    default:
      throw bb::Error(BH_E_ARGUMENT, "there is no rung " + std::to_string(rung));
  }
}

Picked pick(std::uint64_t rung, Type type) {
  const auto place = static_cast<std::uint32_t>(type);
  if (rung == 0) return {"scalar", isa::scalar_set().kernels[place]};
  if (rung >= 4 && type != Type::int8 && type != Type::bf16) {
    throw bb::Error(BH_E_ARGUMENT, "dot products and tiles are for int8 and bf16");
  }
  const cpu::Registers registers = cpu::read_registers();
  std::string reasons;
  for (const Level level : levels_of(rung, type)) {
    std::string why = cpu::missing(level, registers);
    const isa::Set* set = isa::set_of(level);
    if (why.empty() && set == nullptr) {
      why = std::string(cpu::name_of(level)) + ": the compiler that built this plugin did not know it";
    }
    if (why.empty() && rung == 5 && !isa::permit_tiles()) {
      why = std::string(cpu::name_of(level)) + ": the operating system does not give its registers";
    }
    if (why.empty()) return {cpu::name_of(level), set->kernels[place]};
    reasons += (reasons.empty() ? "" : "; ") + why;
  }
  throw bb::Error(BH_E_UNSUPPORTED, reasons);
}

struct Product final : bb::Benchmark {
  static constexpr auto about =
      bb::about(
          "org.benchhost.cpu_isa.product", "Matrix product by instruction set",
          "C += A B of 16 x 64 by 64 x 32, in the first cache level, with the same data for every instruction set and "
          "the same result to the bit; one thread",
          BH_CATEGORY_HARDWARE)
          .tags("compute,isa,matrix")
          .claim_memory_bytes("1 MiB");
  static constexpr bb::Param parameters[] = {
      bb::param("type", bb::choice("fp32"), "of A and B; C is fp64, fp32, fp32 and int32").choices(kTypes),
      bb::param(
          "rung", bb::u64(0),
          "0 scalar; 1 vectors of 128 bits (sse2, neon); 2 of 256 (avx2 with FMA); 3 of 512 (avx512); 4 dot products "
          "of "
          "bytes or bf16 (avx512_vnni, avx_vnni, avx512_bf16, neon_dot); 5 matrix tiles (amx_int8, amx_bf16). One that "
          "the processor or the operating system lacks is skipped with the reason")
          .choices(kRungs)
          .sweep(kRungs)
          .constraint("rung <= 3 || type in ['int8', 'bf16']")};
  static constexpr bb::Metric metrics[] = {
      bb::rate("rate", "Rate", BH_UNIT_RATE("op"), BH_WORK_ALL_OPS,
               "multiplications and additions of the product, 65536 an iteration, whatever instructions do them")
          .primary(),
      bb::time("time", "Time of a product", "one iteration")};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_SPEEDUP, "speedup", "Speed-up", BH_UNIT_NONE, BH_DIRECTION_HIGHER, metrics, "rate",
                  parameters, "rung",
                  "rate of the highest rung that the processor has over that of the lowest: over scalar"),
      bb::summary(BH_SUMMARY_BEST_AT, "best_rung", "Best rung", BH_UNIT_NONE, BH_DIRECTION_NONE, metrics, "rate",
                  parameters, "rung", "the lowest rung that reaches the best rate within its error")};

  const bh_host_t* host;
  Type type;
  Picked picked;
  bb::Array<std::byte> a, b, c;
  std::uint64_t done = 0;

  explicit Product(const bb::Prepare& p)
      : host(p.host),
        type(type_of(p.choice("type"))),
        picked(pick(p.u64("rung"), type)),
        a(p.host, isa::kRows * isa::kDepth / isa::packed(type) * isa::word_bytes(type), 0, BH_NODE_ANY, 64),
        b(p.host, isa::kDepth * isa::kColumns / isa::packed(type) * isa::word_bytes(type), 0, BH_NODE_ANY, 64),
        c(p.host, isa::kRows * isa::kColumns * isa::word_bytes(type), 0, BH_NODE_ANY, 64) {
    const isa::Matrices m = matrices();
    const std::size_t step = isa::packed(type);
    const std::size_t words = isa::kDepth / step;
    for (std::size_t word = 0; word < words; ++word) {
      for (std::size_t row = 0; row < isa::kRows; ++row) {
        put(a, row * words + word, isa::word_of(type, [&](std::size_t k) { return m.a[row][word * step + k]; }));
      }
      for (std::size_t column = 0; column < isa::kColumns; ++column) {
        put(b, word * isa::kColumns + column,
            isa::word_of(type, [&](std::size_t k) { return m.b[word * step + k][column]; }));
      }
    }
    p.host->log(p.host, BH_LOG_INFO, picked.name.c_str());
    p.work({{kWorkKeys[static_cast<std::uint32_t>(type)], 2.0 * isa::kRows * isa::kColumns * isa::kDepth}});
  }

  void run(const bb::Batch& batch) override { iterate(batch.n); }

  // C is held against the exact result where the runs must have ended, and again some iterations later: what leaves
  // iterations out can be right at one of them by chance, and not at both.
  void verify(bb::Verdict& verdict) override {
    const bool ran = done != 0;
    std::uint64_t wrong = ran ? wrong_elements() : 0;
    iterate(kProbe);
    wrong += wrong_elements();
    verdict.checked = ran ? isa::kRows * isa::kColumns : 0;
    verdict.error = static_cast<double>(wrong);
    verdict.tolerance = 0;
    verdict.what = "elements of C that differ from the product in whole numbers";
  }

 private:
  void iterate(std::uint64_t n) {
    picked.kernel({a.data(), b.data(), c.data()}, done, n);
    bh_keep(c.data());
    done += n;
  }

  [[nodiscard]] isa::Matrices matrices() const {
    std::vector<std::uint8_t> random(isa::kRandomBytes);
    host->random_fill(host, 0, 0, random.data(), random.size());
    return isa::matrices_of(random.data());
  }

  void put(const bb::Array<std::byte>& array, std::size_t index, std::uint64_t word) const {
    std::memcpy(array.data() + index * isa::word_bytes(type), &word, isa::word_bytes(type));
  }

  [[nodiscard]] double element(std::size_t index) const {
    const std::byte* at = c.data() + index * isa::word_bytes(type);
    if (type == Type::fp64) return value_at<double>(at);
    return type == Type::int8 ? value_at<std::int32_t>(at) : static_cast<double>(value_at<float>(at));
  }
  template <class T>
  static T value_at(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

  [[nodiscard]] std::uint64_t wrong_elements() const {
    const isa::Matrices m = matrices();
    std::uint64_t wrong = 0;
    for (std::size_t row = 0; row < isa::kRows; ++row) {
      for (std::size_t column = 0; column < isa::kColumns; ++column) {
        const double want = static_cast<double>(isa::expected(m, row, column, done));
        if (!(element(row * isa::kColumns + column) == want)) ++wrong;
      }
    }
    return wrong;
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_isa", "1.0.0", "The benchhost authors", "MIT", "", Product);
