// SPDX-License-Identifier: MIT
//
// cpu_scaling: what more threads gain, where the processor is the limit and where memory is. The work is the same for
// every number of threads, and so is its checksum.
#include <benchhost/plugin.hpp>

#include <string>
#include <vector>

#include "common/allowed_cpus.h"
#include "expected.h"
#include "loads.h"

namespace {

namespace bb = benchhost;

constexpr bh_value_t kPinning[] = {BH_ENUM("cores"), BH_ENUM("compact"), BH_ENUM("spread"), BH_ENUM("none")};
constexpr bh_value_t kThreads[] = {BH_UINT(1),  BH_UINT(2),  BH_UINT(4),  BH_UINT(8),
                                   BH_UINT(16), BH_UINT(32), BH_UINT(64), BH_UINT(128)};

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kGiB = 1 << 30;

std::uint32_t pin_of(std::string_view name) {
  if (name == "compact") return BH_PIN_SIBLINGS;
  if (name == "spread") return BH_PIN_SPREAD;
  return name == "none" ? BH_PIN_NONE : BH_PIN_HOST;
}

// All logical CPUs of the machine are claimed, so that the way of pinning decides which of them are used, and nothing
// else runs on the others meanwhile.
constexpr bb::About about(const char* id, const char* title, const char* text, const char* requirement) {
  return bb::about(id, title, text, BH_CATEGORY_HARDWARE)
      .tags("threads,scaling")
      .requirement(requirement)
      .claim_cores("if(known(machine.threads), machine.threads, threads)");
}

constexpr bb::Param kThreadsParam =
    bb::param("threads", bb::u64(1), "threads that share the work; more than the machine has only with pinning none")
        .range(bb::u64(1), bb::u64(1024))
        .sweep(kThreads);
constexpr bb::Param kPinningParam =
    bb::param("pinning", bb::choice("cores"),
              "cores: a physical core each, node by node; compact: all hardware threads of a core before the next; "
              "spread: a physical core each, round the memory nodes; none: wherever the system puts them")
        .choices(kPinning)
        .sweep(kPinning);

constexpr bb::Metric kChecksum =
    bb::metric("checksum", "Checksum", BH_UNIT_NONE, BH_KIND_COUNT, BH_DIRECTION_NONE, BH_DOMAIN_NONE,
               "upper 32 bits of the sum over one pass: the same for every number of threads");

constexpr bb::Summary speedup_over(std::uint32_t threads) {
  return bb::summary(BH_SUMMARY_SPEEDUP, "speedup", "Speed-up", BH_UNIT_NONE, BH_DIRECTION_HIGHER, 0, threads,
                     "rate with the most threads over that with the fewest");
}
constexpr bb::Summary efficiency_over(std::uint32_t threads) {
  return bb::summary(BH_SUMMARY_EFFICIENCY, "efficiency", "Efficiency", BH_UNIT_NONE, BH_DIRECTION_HIGHER, 0, threads,
                     "speed-up per thread added: 1 is as much again with each");
}
constexpr bb::Summary knee_over(std::uint32_t threads) {
  return bb::summary(BH_SUMMARY_KNEE, "enough", "Enough threads", BH_UNIT_NONE, BH_DIRECTION_NONE, 0, threads,
                     "threads from which on a doubling gains less than half of what one gained before");
}

/// The threads, each with its part of `units`.
class Crew {
 public:
  Crew(const bb::Prepare& p, std::uint64_t units) : host_(p.host), count_(p.u64("threads")), units_(units) {
    team_ = p.team(static_cast<std::uint32_t>(count_), pin_of(p.choice("pinning")));
    if (pin_of(p.choice("pinning")) == BH_PIN_NONE) warn_if_too_many();
  }

  /// f(index, part) on every thread.
  template <class F>
  void each(F f) const {
    bb::run_team(host_, team_, [&](std::uint32_t i) { f(i, scaling::part_of(units_, i, count_)); });
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  // Pinned threads are never more than there are processors; of others the result says so.
  void warn_if_too_many() const {
    const std::uint64_t places = cpu::allowed_cpus();
    if (places == 0 || count_ <= places) return;
    const std::string text = std::to_string(count_) + " threads take turns on " + std::to_string(places) +
                             (places == 1 ? " processor" : " processors");
    host_->log(host_, BH_LOG_WARNING, text.c_str());
  }

  const bh_host_t* host_;
  std::uint64_t count_;
  std::uint64_t units_;
  bh_team_t* team_ = nullptr;
};

/// What each thread found. On lines of its own.
struct alignas(2 * scaling::kLineBytes) Found {
  std::uint64_t sum = 0;
};

/// Of a sum, as many bits as a metric holds exactly; the lower ones are often 0, for sums of 2^k terms.
double shown(std::uint64_t sum) { return static_cast<double>(sum >> 32); }

struct Compute final : bb::Benchmark {
  static constexpr auto about = ::about("org.benchhost.cpu_scaling.compute", "Scaling of computation",
                                        "131072 chains of 64 dependent multiplications and additions of 64-bit "
                                        "integers, shared by the threads; no memory "
                                        "is touched",
                                        "param.pinning == 'none' || machine.threads >= param.threads");
  static constexpr bb::Param parameters[] = {kThreadsParam, kPinningParam};
  static constexpr bb::Metric metrics[] = {
      bb::rate("rate", "Rate", BH_UNIT_RATE("op"), BH_WORK_OPS("int64"), "multiplications and additions of all threads")
          .primary(),
      bb::time("time", "Time of a pass", "all chains once"), kChecksum};
  static constexpr bb::Summary summaries[] = {speedup_over(0), efficiency_over(0), knee_over(0)};

  Crew crew;
  bb::Sample checksum;
  std::vector<Found> found;
  std::uint64_t done = 0;

  explicit Compute(const bb::Prepare& p) : crew(p, scaling::kGroups), checksum(p, "checksum"), found(crew.count()) {
    p.work({{BH_WORK_OPS("int64"), 2.0 * scaling::kStarts * scaling::kSteps}});
  }

  void run(const bb::Batch& batch) override {
    crew.each([&](std::uint32_t i, scaling::Part part) { found[i].sum += scaling::compute(part, done, batch.n); });
    done += batch.n;
  }

  // The sum over all passes, and that of one more, which is what the checksum shows.
  void verify(bb::Verdict& verdict) override {
    std::uint64_t all = 0, pass = 0;
    for (const Found& one : found) all += one.sum;
    std::vector<Found> once(crew.count());
    crew.each([&](std::uint32_t i, scaling::Part part) { once[i].sum = scaling::compute(part, 0, 1); });
    for (const Found& one : once) pass += one.sum;
    checksum(shown(pass));
    constexpr scaling::Part kAll{0, scaling::kGroups};
    verdict.checked = done;
    verdict.error = (all == scaling::expected_compute(kAll, 0, done) ? 0 : 1) +
                    (pass == scaling::expected_compute(kAll, 0, 1) ? 0 : 1);
    verdict.tolerance = 0;
    verdict.what = "sums that differ from the closed form: that of all passes, and that of one";
  }
};

struct Memory final : bb::Benchmark {
  static constexpr auto about =
      ::about(
          "org.benchhost.cpu_scaling.memory", "Scaling of memory reads",
          "adds up an array of 64-bit integers, a contiguous part for each thread, in memory of that thread",
          "(param.pinning == 'none' || machine.threads >= param.threads) && machine.memory_bytes >= 2 * param.bytes")
          .claim_memory_bytes("bytes + 1 MiB * threads");
  static constexpr bb::Param parameters[] = {
      bb::param("bytes", bb::u64(256 * kMiB),
                "size of the array; four times the last level cache to be bound by memory")
          .unit(BH_UNIT_BYTES)
          .range(bb::u64(kMiB), bb::u64(64 * kGiB)),
      kThreadsParam, kPinningParam};
  static constexpr bb::Metric metrics[] = {
      bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_BYTES_READ, "bytes read by all threads")
          .primary(),
      bb::time("time", "Time of a pass", "the array once"), kChecksum};
  static constexpr bb::Summary summaries[] = {speedup_over(1), efficiency_over(1), knee_over(1)};

  std::uint64_t lines;
  Crew crew;
  bb::Sample checksum;
  std::vector<bb::Array<std::uint64_t>> words;
  std::vector<Found> found;
  std::uint64_t done = 0;

  explicit Memory(const bb::Prepare& p)
      : lines(p.u64("bytes") / scaling::kLineBytes),
        crew(p, lines),
        checksum(p, "checksum"),
        words(crew.count()),
        found(crew.count()) {
    // Taken and filled by the thread that will read it, so that it lies on that thread's node.
    crew.each([&](std::uint32_t i, scaling::Part part) {
      const std::uint64_t begin = part.begin * scaling::kLineWords;
      words[i] = bb::Array<std::uint64_t>(p.host, (part.end - part.begin) * scaling::kLineWords);
      for (std::size_t k = 0; k < words[i].size(); ++k) words[i][k] = scaling::word_of(begin + k);
    });
    p.work({{BH_WORK_BYTES_READ, static_cast<double>(lines * scaling::kLineBytes)}});
  }

  void run(const bb::Batch& batch) override {
    crew.each([&](std::uint32_t i, scaling::Part) {
      found[i].sum += scaling::sum(words[i].data(), words[i].size(), batch.n);
    });
    done += batch.n;
  }

  void verify(bb::Verdict& verdict) override {
    std::uint64_t all = 0, pass = 0;
    for (const Found& one : found) all += one.sum;
    std::vector<Found> once(crew.count());
    crew.each([&](std::uint32_t i, scaling::Part) { once[i].sum = scaling::sum(words[i].data(), words[i].size(), 1); });
    for (const Found& one : once) pass += one.sum;
    checksum(shown(pass));
    const std::uint64_t expected = scaling::expected_sum({0, lines});
    verdict.checked = done;
    verdict.error = (all == expected * done ? 0 : 1) + (pass == expected ? 0 : 1);
    verdict.tolerance = 0;
    verdict.what = "sums that differ from the closed form: that of all passes, and that of one";
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_scaling", "1.0.0", "The benchhost authors", "MIT", "", Compute, Memory);
