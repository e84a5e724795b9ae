// SPDX-License-Identifier: MIT
//
// cpu_roofline: what a processor makes of an array by how much it computes with each element that it fetches: bound by
// memory at the one end, by its units at the other, and where the one turns into the other.
#include <benchhost/plugin.hpp>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/open_team.h"
#include "kernels.h"
#include "worker.h"

namespace {

namespace bb = benchhost;

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = kKiB * kKiB;
constexpr std::uint64_t kGiB = kKiB * kMiB;

constexpr bh_value_t kTypes[] = {BH_ENUM("fp64"), BH_ENUM("fp32")};
constexpr bh_value_t kIsas[] = {BH_ENUM("best"), BH_ENUM("sse2"), BH_ENUM("avx2"), BH_ENUM("avx512"), BH_ENUM("neon")};
constexpr bh_value_t kThreads[] = {BH_UINT(1), BH_UINT(0)};

constexpr bb::Param kType = bb::param("type", bb::choice("fp32"), "type of an element").choices(kTypes);
constexpr bb::Param kBytes =
    bb::param("bytes", bb::u64(64 * kMiB),
              "size of the arrays of all threads together, rounded down to whole blocks of 768 bytes per thread")
        .unit(BH_UNIT_BYTES)
        .range(bb::u64(4 * kKiB), bb::u64(64 * kGiB))
        .constraint("bytes >= 1 KiB * threads")
        .log2(bb::u64(16 * kKiB), bb::u64(kGiB), 1, 4);
constexpr bb::Param kThreadCount =
    bb::param("threads", bb::u64(1),
              "threads, each on a core and with an array of its own; 0: one on each core that the "
              "case may use")
        .range(bb::u64(0), bb::u64(1024))
        .sweep(kThreads);
constexpr bb::Param kIsa =
    bb::param(
        "isa", bb::choice("best"),
        "instruction set; best: the widest that this processor and the operating system run. One that they lack is "
        "skipped with the reason")
        .choices(kIsas);

constexpr bb::Metric kBandwidth = bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_ALL_BYTES,
                                           "bytes of the array, read and written once a pass");
constexpr bb::Metric kTime = bb::time("time", "Time of a pass", "one pass over all arrays");

constexpr bb::About about_of(const char* id, const char* title, const char* text) {
  return bb::about(id, title, text, BH_CATEGORY_HARDWARE)
      .tags("compute,memory,roofline")
      .requirement("cores >= param.threads && memory_bytes >= 2 * param.bytes")
      .claim_cores("if(threads == 0, machine.cores, threads)")
      .claim_memory_bytes("bytes + 1 MiB * if(threads == 0, machine.cores, threads)");
}

/// The widest set, or the one that is named.
const roofline::Set& pick(std::string_view isa) {
  const cpu::Registers registers = cpu::read_registers();
  const roofline::Set* best = nullptr;
  std::string reason;
  for (const cpu::Level level : {cpu::Level::sse2, cpu::Level::neon, cpu::Level::avx2, cpu::Level::avx512}) {
    if (isa != "best" && isa != cpu::name_of(level)) continue;
    reason = cpu::missing(level, registers);
    const roofline::Set* set = roofline::set_of(level);
    if (reason.empty() && set == nullptr) {
      reason = std::string(cpu::name_of(level)) + ": the compiler that built this plugin did not know it";
    }
    if (reason.empty()) best = set;
  }
  if (best != nullptr) return *best;
  if (!reason.empty()) throw bb::Error(BH_E_UNSUPPORTED, reason);
  throw bb::Error(BH_E_ARGUMENT, "there is no isa '" + std::string(isa) + "'");
}

// The threads' workers and how to run them, for one type.
template <class T>
class Team {
 public:
  Team(const bb::Prepare& p, const roofline::Set& set, std::uint32_t fmas)
      : host_(p.host), team_(cpu::open_team(p, p.u64("threads"))), workers_(team_.size) {
    const std::uint64_t slice = p.u64("bytes") / team_.size / roofline::kBlockBytes * roofline::kBlockBytes;
    if (slice == 0) {
      throw bb::Error(BH_E_ARGUMENT, "the array of a thread is smaller than a block of 768 bytes: raise 'bytes'");
    }
    each([&](std::uint32_t i) {
      workers_[i] =
          std::make_unique<roofline::Worker<T>>(host_, roofline::kernels_of<T>(set), fmas, i, slice / sizeof(T));
    });
  }

  void run(std::uint64_t n) {
    each([&](std::uint32_t i) { workers_[i]->run(n); });
  }

  void verify(bb::Verdict& verdict) {
    std::vector<std::uint64_t> wrong(workers_.size());
    each([&](std::uint32_t i) { wrong[i] = workers_[i]->check(); });
    verdict.error = 0;
    verdict.tolerance = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      if (workers_[i]->done() != 0) verdict.checked += workers_[i]->size();
      verdict.error += static_cast<double>(wrong[i]);
    }
    verdict.what = "elements that differ from the closed form of all passes";
  }

  [[nodiscard]] double elements() const {
    return static_cast<double>(workers_[0]->size()) * static_cast<double>(workers_.size());
  }

 private:
  template <class F>
  void each(F f) {
    bb::run_team(host_, team_.team, f);
  }

  const bh_host_t* host_;
  cpu::OpenTeam team_;
  std::vector<std::unique_ptr<roofline::Worker<T>>> workers_;
};

/// What both benchmarks share: an array of either type, and passes over it.
class Passes : public bb::Benchmark {
 public:
  Passes(const bb::Prepare& p, std::uint32_t fmas) {
    const roofline::Set& set = pick(p.choice("isa"));
    p.host->log(p.host, BH_LOG_INFO, (std::string("kernels for ") + cpu::name_of(set.level)).c_str());
    if (p.choice("type") == "fp64") {
      make<double>(p, set, fmas);
    } else {
      make<float>(p, set, fmas);
    }
  }

  void run(const bb::Batch& batch) override {
    on_team([&](auto& team) { team.run(batch.n); });
  }

  void verify(bb::Verdict& verdict) override {
    on_team([&](auto& team) { team.verify(verdict); });
  }

 private:
  template <class T>
  void make(const bb::Prepare& p, const roofline::Set& set, std::uint32_t fmas) {
    team_ = std::make_unique<Team<T>>(p, set, fmas);
    const double elements = std::get<std::unique_ptr<Team<T>>>(team_)->elements();
    p.work({{BH_WORK_BYTES_READ, elements * sizeof(T)},
            {BH_WORK_BYTES_WRITTEN, elements * sizeof(T)},
            {sizeof(T) == 4 ? BH_WORK_OPS("fp32") : BH_WORK_OPS("fp64"), elements * 2 * fmas}});
  }

  template <class F>
  void on_team(F f) {
    std::visit(
        [&](auto& team) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(team)>, std::monostate>) f(*team);
        },
        team_);
  }

  std::variant<std::monostate, std::unique_ptr<Team<float>>, std::unique_ptr<Team<double>>> team_;
};

struct Point final : Passes {
  static constexpr auto about = about_of(
      "org.benchhost.cpu_roofline.point", "Roofline point",
      "reads each element of an array, takes it through a number of dependent multiply-adds, 12 vectors at a time, "
      "and writes it back: 1 to 1024 of them, from bound by memory to bound by the units");
  static constexpr bb::Param parameters[] = {
      bb::param("fmas", bb::u64(16),
                "multiply-adds per element; each is two operations, and each element is read and written once")
          .range(bb::u64(1), bb::u64(roofline::kMostFmas))
          .log2(bb::u64(1), bb::u64(roofline::kMostFmas)),
      kBytes, kType, kThreadCount, kIsa};
  static constexpr bb::Metric metrics[] = {
      bb::rate("performance", "Performance", BH_UNIT_RATE("op"), BH_WORK_ALL_OPS, "operations of all threads")
          .primary(),
      kBandwidth,
      bb::metric("intensity", "Arithmetic intensity", BH_UNIT_NONE, BH_KIND_OTHER, BH_DIRECTION_NONE, BH_DOMAIN_NONE,
                 "operations per byte that is read or written"),
      kTime};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_BEST, "compute_ceiling", "Compute ceiling", BH_UNIT_RATE("op"), BH_DIRECTION_HIGHER,
                  metrics, "performance", parameters, "fmas", "the best performance of the sweep: the flat roof"),
      bb::summary(BH_SUMMARY_BEST, "memory_ceiling", "Memory ceiling", BH_UNIT_BYTES_PER_SECOND, BH_DIRECTION_HIGHER,
                  metrics, "bandwidth", parameters, "fmas",
                  "the best bandwidth of the sweep: the slope of the roof, for the level that holds the array"),
      bb::summary(
          BH_SUMMARY_KNEE, "knee", "Knee", BH_UNIT_NONE, BH_DIRECTION_NONE, metrics, "performance", parameters, "fmas",
          "multiply-adds per element where the two roofs meet: below it memory bounds, above it the units. Divided by "
          "the bytes of an element it is the intensity there")};

  explicit Point(const bb::Prepare& p) : Passes(p, static_cast<std::uint32_t>(p.u64("fmas"))) {
    // Two operations by one read and one write.
    const double size = p.choice("type") == "fp64" ? 8 : 4;
    p.report("intensity", static_cast<double>(p.u64("fmas")) / size);
  }
};

struct Memory final : Passes {
  static constexpr auto about = about_of(
      "org.benchhost.cpu_roofline.memory", "Roofline without arithmetic",
      "the same passes with no multiply-add: each element is read, a bit of it is flipped, and it is written back");
  static constexpr bb::Param parameters[] = {kBytes, kType, kThreadCount, kIsa};
  static constexpr bb::Metric metrics[] = {kBandwidth.primary(), kTime};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_LEVELS, "level_bytes", "Level sizes", BH_UNIT_BYTES, BH_DIRECTION_NONE, metrics,
                  "bandwidth", parameters, "bytes", "sizes at which the slope of the roof changes")};

  explicit Memory(const bb::Prepare& p) : Passes(p, 0) {}
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_roofline", "1.0.0", "The benchhost authors", "MIT", "", Point, Memory);
