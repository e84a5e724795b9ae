// Whether a batch of n does the work of n, and whether the oracle would notice if it did not.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "worker/conform/trials.h"

namespace benchhost::conform {
namespace {

using measure::CallEnd;
using protocol::Requirement;

// ---- growth ---------------------------------------------------------------------------------------------------------

/// A batch is long enough to be compared from this processor (or device) time on.
constexpr std::int64_t kEnoughNs = 2'000'000;
/// A tenth of a nanosecond an iteration comes to more than that here; a recorder takes room for every one.
constexpr std::uint64_t kMostN = std::uint64_t{1} << 25;
/// Each n is run so often, in turns, and its least time counts: others can only make a run longer.
constexpr int kTurns = 5;
/// More turns, where the first say that something is wrong.
constexpr int kSecondLooks = 4;
/// Twice the work takes at least this much more: a run with a large fixed part has less than twice the time.
constexpr double kLeastGrowth = 1.25;

/// Time of the last batch: on the device's clock where it has one, else of all threads on their processors.
std::optional<std::int64_t> time_of(const measure::BatchRow& row, bool by_span) {
  if (by_span && row.span_ns) return row.span_ns;
  return row.cpu_ns;
}

class Growth {
 public:
  Growth(Stage& stage, Check& check, const protocol::BenchmarkRecord& benchmark)
      : stage_(stage),
        check_(check),
        benchmark_(benchmark),
        by_span_(measure::timing_need(benchmark, [](std::uint32_t) { return false; }).by_span) {}

  void examine() {
    std::uint64_t n = least_n(benchmark_);
    std::optional<std::int64_t> time = run(n);
    const std::optional<std::int64_t> first = time;
    while (time && *time < kEnoughNs && n < kMostN && allowed_n(benchmark_, 4 * n) == 4 * n) {
      n *= 2;
      time = run(n);
    }
    if (!time) return;
    if (allowed_n(benchmark_, 2 * n) != 2 * n) {
      check_.not_applicable(fmt::format("batches of the largest n, {}, are too short to be compared", n));
      return;
    }
    if (n >= kMostN) {
      check_.fail(fmt::format("run({}) takes {} ns and run({}) {} ns: the loop was optimised away, or n is ignored",
                              least_n(benchmark_), *first, n, *time));
      return;
    }
    std::int64_t once = *time;
    std::optional<std::int64_t> twice;
    for (int look = 0; look <= kSecondLooks; ++look) {
      for (int turn = 0; turn < kTurns; ++turn) {
        const auto two = run(2 * n);
        const auto one = run(n);
        if (!one || !two) return;
        once = std::min(once, *one);
        twice = std::min(twice.value_or(*two), *two);
      }
      if (ratio(once, *twice) >= kLeastGrowth) return;
    }
    check_.fail(
        fmt::format("run({}) takes {} ns and run({}) {} ns: the work does not grow with n", n, once, 2 * n, *twice));
  }

 private:
  static double ratio(std::int64_t once, std::int64_t twice) {
    return static_cast<double>(twice) / static_cast<double>(std::max<std::int64_t>(once, 1));
  }
  /// nullopt: it failed, and the check with it, or has no time.
  std::optional<std::int64_t> run(std::uint64_t n) {
    if (const CallEnd ended = stage_.batch(n); !ended.ok()) {
      check_.fail(fmt::format("n = {}: {}", n, to_text(ended)));
      return std::nullopt;
    }
    const auto time = time_of(stage_.last(), by_span_);
    if (!time) check_.not_applicable("neither the device nor the system tells a time");
    return time;
  }

  Stage& stage_;
  Check& check_;
  const protocol::BenchmarkRecord& benchmark_;
  bool by_span_;
};

// ---- corruption -----------------------------------------------------------------------------------------------------

/// Blocks beyond these are not looked at: copies of them are taken.
constexpr std::size_t kMostBlocks = 8;
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

struct Block {
  unsigned char* data = nullptr;
  std::uint64_t size = 0;
  std::vector<unsigned char> before;
};

std::vector<Block> blocks_of(const measure::HostServices& services) {
  std::vector<Block> all;
  std::uint64_t bytes = 0;
  for (const auto& [data, size] : services.memory_blocks()) {
    if (all.size() == kMostBlocks || bytes + size > kMostBytes) break;
    bytes += size;
    auto* const begin = static_cast<unsigned char*>(data);
    all.push_back({begin, size, {begin, begin + size}});
  }
  return all;
}

/// Every byte becomes another one: of a number, sign and exponent too.
void corrupt(const Block& block) {
  for (std::uint64_t i = 0; i < block.size; ++i) block.data[i] ^= 0x5a;
}

/// Prepares, runs, and says which blocks run wrote. nullopt: the check has an answer already.
std::optional<std::vector<std::size_t>> written_blocks(Stage& stage, const Scene& scene, Check& check,
                                                       std::vector<Block>& blocks) {
  CallEnd ended = stage.create();
  if (ended.ok()) ended = stage.prepare();
  if (ended.ok()) {
    blocks = blocks_of(stage.services());
    ended = stage.batch(least_n(*scene.benchmark));
  }
  if (!ended.ok()) {
    check.fail(to_text(ended));
    return std::nullopt;
  }
  std::vector<std::size_t> written;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (std::memcmp(blocks[i].data, blocks[i].before.data(), blocks[i].size) != 0) written.push_back(i);
  }
  return written;
}

/// Whether verify accepts what the last run left.
bool accepts(Stage& stage) {
  std::optional<measure::Judgement> judgement;
  const CallEnd ended = stage.verify(judgement);
  return ended.ok() && judgement && !judgement->wrong;
}

}  // namespace

void try_growth(const Scene& scene, Notebook& notes) {
  const protocol::BenchmarkRecord& b = *scene.benchmark;
  Check check(notes, Requirement::work_grows_with_n, b.id);
  if (!check) return;
  const measure::TimingNeed need = measure::timing_need(b, [](std::uint32_t) { return false; });
  if (b.is_null) {
    check.not_applicable("a null benchmark does nothing on purpose");
  } else if (b.batch == protocol::BatchPolicy::once) {
    check.not_applicable("every batch of a ONCE benchmark has n = 1");
  } else if (!need.fitted) {
    check.not_applicable("the host takes no time of its iterations");
  }
  if (!check.good()) return;
  Stage stage(scene, notes, b.id);
  CallEnd ended = stage.create();
  if (ended.ok()) ended = stage.prepare();
  if (!ended.ok()) {
    check.fail(to_text(ended));
    return;
  }
  Growth(stage, check, b).examine();
}

void try_corruption(const Scene& scene, Notebook& notes) {
  const std::string& id = scene.benchmark->id;
  if (!scene.benchmark->has_verify) {
    notes.note(Requirement::oracle_notices, protocol::Finding::not_applicable, id, "the benchmark has no verify");
    return;
  }
  std::vector<Block> blocks;
  std::vector<std::size_t> written;
  {
    Check check(notes, Requirement::oracle_notices, id + ", results as they are");
    if (!check) return;
    Stage stage(scene, notes, id);
    auto found = written_blocks(stage, scene, check, blocks);
    if (!found) return;
    written = std::move(*found);
    if (written.empty()) {
      check.not_applicable("run writes to no memory of the host, so nothing can be planted");
      return;
    }
    if (!accepts(stage)) {
      check.fail("verify does not accept results that nobody touched");
      return;
    }
  }
  // One block after the other, each in an instance of its own: an oracle need not look at every byte, but must at some
  // of what run wrote. A verify that does not survive what it finds has noticed as well: such a case does not pass.
  std::string quiet;
  for (const std::size_t index : written) {
    Check check(notes, Requirement::oracle_notices, fmt::format("{}, block {} of {} spoilt", id, index, blocks.size()));
    if (!check) return;
    Stage stage(scene, notes, id);
    std::vector<Block> own;
    if (!written_blocks(stage, scene, check, own)) return;
    if (index >= own.size()) {
      check.not_applicable("this instance took other memory");
      return;
    }
    corrupt(own[index]);
    if (!accepts(stage)) return;
    quiet += fmt::format("{}{} ({} bytes)", quiet.empty() ? "" : ", ", index, own[index].size);
    check.not_applicable("verify does not look at this block, or not closely enough");
  }
  notes.fail(Requirement::oracle_notices, id,
             fmt::format("verify accepts results whose every byte was changed: blocks {}", quiet));
}

}  // namespace benchhost::conform
