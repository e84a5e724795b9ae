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

/// A batch is long enough to be compared from this time on.
constexpr std::int64_t kEnoughNs = 2'000'000;
/// A tenth of a nanosecond an iteration comes to more than that here; a recorder takes room for every one.
constexpr std::uint64_t kMostN = std::uint64_t{1} << 25;
/// Each n is run so often, in turns, and its least time counts: others can only make a run longer.
constexpr int kTurns = 3;
/// More work takes at least this much more time; a large fixed part of a batch may hide what is less.
constexpr double kLeastGrowth = 1.25;
/// It is looked for over so many doublings at least, and for so long in all.
constexpr std::uint64_t kLeastFactor = 16;
constexpr std::int64_t kMostNs = 5'000'000'000;

/// Time of the last batch: on the device's clock where it has one, of the host's where devices work while it waits,
/// else of all threads on their processors, which others disturb least.
std::optional<std::int64_t> time_of(const measure::BatchRow& row, bool by_span, bool devices) {
  if (by_span && row.span_ns) return row.span_ns;
  return devices ? row.wall_ns : row.cpu_ns;
}

class Growth {
 public:
  Growth(Stage& stage, Check& check, const Scene& scene)
      : stage_(stage),
        check_(check),
        benchmark_(*scene.benchmark),
        clock_(*scene.clock),
        by_span_(measure::timing_need(benchmark_, [](std::uint32_t) { return false; }).by_span),
        devices_(scene.devices != nullptr) {}

  void examine() {
    const std::int64_t begin = clock_.now_ns();
    const std::uint64_t least = least_n(benchmark_);
    std::uint64_t n = least;
    std::optional<std::int64_t> time = best_of_turns(n);
    const std::int64_t at_least_n = time.value_or(0);
    while (time && *time < kEnoughNs && 2 * n <= kMostN && allowed_n(benchmark_, 2 * n) == 2 * n) {
      n *= 2;
      time = best_of_turns(n);
    }
    if (!time) return;
    if (allowed_n(benchmark_, 2 * n) != 2 * n) {
      check_.not_applicable(fmt::format("batches of the largest n that it takes, {}, are too short to be compared", n));
      return;
    }
    const auto elided = [&](std::uint64_t small, std::int64_t small_ns) {
      check_.fail(fmt::format("run({}) takes {} ns and run({}) {} ns: the loop was optimised away, or n is ignored",
                              small, small_ns, n, *time));
    };
    if (*time < kEnoughNs && n >= kLeastFactor * least) return elided(least, at_least_n);
    const std::uint64_t first_n = n;
    const std::int64_t first = *time;
    while (allowed_n(benchmark_, 2 * n) == 2 * n && (n < kMostN || n < kLeastFactor * first_n)) {
      n *= 2;
      time = best_of_turns(n);
      if (!time) return;
      if (static_cast<double>(*time) >= kLeastGrowth * static_cast<double>(std::max<std::int64_t>(first, 1))) return;
      if (n >= kLeastFactor * first_n && clock_.now_ns() - begin > kMostNs) break;
    }
    if (n >= kLeastFactor * first_n) return elided(first_n, first);
    check_.not_applicable(
        fmt::format("batches of up to the largest n that it takes, {}, differ too little to be compared", n));
  }

 private:
  /// nullopt: it failed, and the check with it, or has no time.
  std::optional<std::int64_t> best_of_turns(std::uint64_t n) {
    std::optional<std::int64_t> best;
    for (int turn = 0; turn < kTurns; ++turn) {
      if (const CallEnd ended = stage_.batch(n); !ended.ok()) {
        check_.fail(fmt::format("n = {}: {}", n, to_text(ended)));
        return std::nullopt;
      }
      const auto time = time_of(stage_.last(), by_span_, devices_);
      if (!time) {
        check_.not_applicable("neither the device nor the system tells a time");
        return std::nullopt;
      }
      best = std::min(best.value_or(*time), *time);
      // What is long is not made so by others.
      if (*best > kMostNs / 10) break;
    }
    return best;
  }

  Stage& stage_;
  Check& check_;
  const protocol::BenchmarkRecord& benchmark_;
  platform::Clock& clock_;
  bool by_span_;
  bool devices_;
};

// ---- corruption -----------------------------------------------------------------------------------------------------

/// Blocks of one place beyond these are not looked at: copies of them are taken.
constexpr std::size_t kMostBlocks = 8;
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

using Bytes = std::vector<unsigned char>;

/// Memory in which results may lie, and what it held before run.
struct Block {
  std::string name;
  bool on_device = false;
  measure::DeviceBlock memory;
  Bytes before;
  bool written = false;  ///< run changed it
};

/// Memory of the host's, behind the interface of a device's. `services` outlive it.
measure::DeviceBlock host_block(const measure::HostServices& services, void* data, std::uint64_t size) {
  // What run gave back is gone.
  const auto check = [&services, data, size]() -> Result<void> {
    const auto taken = services.memory_blocks();
    if (std::ranges::find(taken, std::pair(data, size)) == taken.end()) return make_error("", "it was given back");
    return {};
  };
  return {"", size,
          [=](std::span<unsigned char> into) -> Result<void> {
            BH_CHECK(check());
            std::memcpy(into.data(), data, into.size());
            return {};
          },
          [=](std::span<const unsigned char> from) -> Result<void> {
            BH_CHECK(check());
            std::memcpy(data, from.data(), from.size());
            return {};
          }};
}

/// nullopt: a device does not give it.
std::optional<Bytes> contents(const Block& block) {
  Bytes bytes(block.memory.size_bytes);
  if (!block.memory.fetch(bytes).ok()) return std::nullopt;
  return bytes;
}

/// What the plugin took of the host, then what it made on devices. The same in every instance that does the same.
std::vector<Block> blocks_of(Stage& stage, const Scene& scene) {
  std::vector<Block> all;
  for (const auto& [data, size] : stage.services().memory_blocks()) {
    if (all.size() == kMostBlocks) break;
    all.push_back({fmt::format("block {}", all.size()), false, host_block(stage.services(), data, size), {}, false});
  }
  if (scene.devices != nullptr) {
    std::size_t index = 0;
    for (measure::DeviceBlock& block : scene.devices->memory_blocks()) {
      if (index == kMostBlocks) break;
      all.push_back({fmt::format("buffer {} on {}", index++, block.device), true, std::move(block), {}, false});
    }
  }
  std::uint64_t bytes = 0;
  std::erase_if(all, [&](Block& block) {
    if (bytes + block.memory.size_bytes > kMostBytes) return true;
    auto before = contents(block);
    if (!before) return true;
    bytes += block.memory.size_bytes;
    block.before = std::move(*before);
    return false;
  });
  return all;
}

/// Every byte becomes another one: of a number, sign and exponent too. False: a device does not take it.
bool corrupt(const Block& block) {
  auto bytes = contents(block);
  if (!bytes) return false;
  for (unsigned char& byte : *bytes) byte ^= 0x5a;
  return block.memory.store(*bytes).ok();
}

/// What run left.
struct Results {
  std::vector<Block> blocks;  ///< memory that can be reached
  bool read_back = false;     ///< run took from a device into memory of its own, where nobody can spoil it
};

/// Prepares and runs. nullopt: the check has an answer already.
std::optional<Results> results_of(Stage& stage, const Scene& scene, Check& check) {
  const auto read_backs = [&] { return scene.devices == nullptr ? 0 : scene.devices->read_backs(); };
  CallEnd ended = stage.create();
  if (ended.ok()) ended = stage.prepare();
  std::vector<Block> blocks;
  const std::uint64_t before = read_backs();
  if (ended.ok()) {
    blocks = blocks_of(stage, scene);
    ended = stage.batch(least_n(*scene.benchmark));
  }
  if (declined(ended)) {
    check.not_applicable(to_text(ended));
  } else if (!ended.ok()) {
    check.fail(to_text(ended));
  }
  if (!check.good()) return std::nullopt;
  for (Block& block : blocks) {
    const auto now = contents(block);
    block.written = now && *now != block.before;
  }
  return Results{std::move(blocks), read_backs() > before};
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
  } else if (b.batch != protocol::BatchPolicy::hot) {
    check.not_applicable("its batches do not grow");
  } else if (!need.fitted) {
    check.not_applicable("the host takes no time of its iterations");
  }
  if (!check.good()) return;
  Stage stage(scene, notes, b.id);
  CallEnd ended = stage.create();
  if (ended.ok()) ended = stage.prepare();
  if (declined(ended)) {
    check.not_applicable(to_text(ended));
  } else if (!ended.ok()) {
    check.fail(to_text(ended));
  }
  if (!check.good()) return;
  Growth(stage, check, scene).examine();
}

void try_corruption(const Scene& scene, Notebook& notes) {
  const std::string& id = scene.benchmark->id;
  if (!scene.benchmark->has_verify) {
    notes.note(Requirement::oracle_notices, protocol::Finding::not_applicable, id, "the benchmark has no verify");
    return;
  }
  std::vector<std::string> names;
  {
    Check check(notes, Requirement::oracle_notices, id + ", results as they are");
    if (!check) return;
    Stage stage(scene, notes, id);
    const auto results = results_of(stage, scene, check);
    if (!results) return;
    for (const Block& block : results->blocks) {
      if (block.written) names.push_back(block.name);
    }
    if (names.empty()) {
      check.not_applicable("run writes to no memory of the host or of its devices, so nothing can be planted");
      return;
    }
    if (!accepts(stage)) {
      check.fail("verify does not accept results that nobody touched");
      return;
    }
  }
  // One block after the other, each in an instance of its own: an oracle need not look at every byte, but must at some
  // of what run wrote. A verify that does not survive what it finds has noticed as well: such a case does not pass.
  std::vector<std::string> quiet;
  for (const std::string& name : names) {
    Check check(notes, Requirement::oracle_notices, fmt::format("{}, {} spoilt", id, name));
    if (!check) return;
    Stage stage(scene, notes, id);
    const auto results = results_of(stage, scene, check);
    if (!results) return;
    // Here it may hold the results of the instance before, so that run changed nothing.
    const auto block = std::ranges::find(results->blocks, name, &Block::name);
    if (block == results->blocks.end() || !corrupt(*block)) {
      check.not_applicable("this instance has no such memory, or it cannot be written");
      return;
    }
    if (!accepts(stage)) return;
    if (block->on_device && results->read_back) {
      check.not_applicable("verify does not look at it; run read results back itself, to where they cannot be reached");
      continue;
    }
    quiet.push_back(fmt::format("{} ({} bytes)", name, block->memory.size_bytes));
    check.not_applicable("verify does not look at it, or not closely enough");
  }
  if (quiet.empty()) return;
  notes.fail(Requirement::oracle_notices, id,
             fmt::format("verify accepts what run wrote when every byte of it was changed: {}. Are these the results, "
                         "and does it compare them?",
                         fmt::join(quiet, ", ")));
}

}  // namespace benchhost::conform
