// SPDX-License-Identifier: MIT
//
// cpu_latency: how long a load waits for its data, by the size of what it walks through.
#include <benchhost/plugin.hpp>

#include <array>
#include <string>

#include "chain.h"

namespace {

namespace bb = benchhost;
using latency::Node;
using latency::Pattern;

constexpr bh_value_t kPatterns[] = {BH_ENUM("random"), BH_ENUM("linear"), BH_ENUM("page")};
constexpr bh_value_t kChains[] = {BH_UINT(1), BH_UINT(2), BH_UINT(4), BH_UINT(8), BH_UINT(16), BH_UINT(32)};
constexpr bh_value_t kPages[] = {BH_ENUM("normal"), BH_ENUM("huge")};

constexpr std::uint64_t kProbeHops = 1001;
constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kGiB = kKiB * kKiB * kKiB;

// The host's random numbers, drawn in blocks.
class Stream {
 public:
  Stream(const bh_host_t* host, std::uint64_t stream) : host_(host), stream_(stream) {}
  static std::uint64_t draw(void* self) { return static_cast<Stream*>(self)->next(); }

 private:
  std::uint64_t next() {
    if (used_ == block_.size()) {
      host_->random_fill(host_, stream_, offset_, block_.data(), sizeof block_);
      // Long permutations are slow to make: one sign of life every million draws.
      if (offset_ % (8u << 20) == 0) host_->progress(host_, offset_ / 8, 0, "linking the chain");
      offset_ += sizeof block_;
      used_ = 0;
    }
    return block_[used_++];
  }

  const bh_host_t* host_;
  std::uint64_t stream_;
  std::uint64_t offset_ = 0;
  std::array<std::uint64_t, 512> block_{};
  std::size_t used_ = 512;
};

Pattern pattern_of(std::string_view name) {
  if (name == "linear") return Pattern::linear;
  return name == "page" ? Pattern::page : Pattern::random;
}

struct Chase final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.benchhost.cpu_latency.chase", "Pointer chase",
                "one load after the other along a cycle through all lines of a buffer", BH_CATEGORY_HARDWARE)
          .tags("memory,latency,cache")
          .requirement("memory_bytes >= 2 * param.bytes")
          .claim_memory_bytes("bytes + 1 MiB");
  static constexpr bb::Param parameters[] = {
      bb::param("bytes", bb::u64(64 * kKiB * kKiB), "size of what is walked through, all chains together")
          .unit(BH_UNIT_BYTES)
          .range(bb::u64(4 * kKiB), bb::u64(64 * kGiB))
          .log2(bb::u64(4 * kKiB), bb::u64(2 * kGiB), 2),
      bb::param("pattern", bb::choice("random"),
                "random or linear over all lines, or random over one line of each page")
          .choices(kPatterns),
      bb::param("chains", bb::u64(1), "independent chains, each with its own part of the buffer, advanced together")
          .choices(kChains)
          .sweep(kChains)
          .constraint("bytes >= 128 * chains && (pattern != 'page' || bytes >= 8 KiB * chains)"),
      bb::param("pages", bb::choice("normal"), "huge: skipped where the system has none to give").choices(kPages)};
  static constexpr bb::Metric metrics[] = {
      bb::time("latency", "Latency", "one step: one dependent load in each chain").primary(),
      bb::rate("accesses", "Accesses", BH_UNIT_RATE("access"), BH_WORK_ITEMS, "loads of all chains together")};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_LEVELS, "level_bytes", "Level sizes", BH_UNIT_BYTES, BH_DIRECTION_NONE, 0, 0,
                  "sizes at which latency steps up: the caches, as a load sees them"),
      bb::summary(BH_SUMMARY_SPEEDUP, "parallelism", "Memory-level parallelism", BH_UNIT_NONE, BH_DIRECTION_HIGHER, 1,
                  2, "accesses per second of the most chains over those of the fewest")};

  std::uint32_t chains;
  Pattern pattern;
  bb::Array<std::byte> memory;
  std::size_t part_bytes;
  std::array<Node*, latency::kMaxChains> first{};
  std::array<Node*, latency::kMaxChains> now{};
  std::uint64_t done = 0;
  const bh_host_t* host;

  explicit Chase(const bb::Prepare& p)
      : chains(static_cast<std::uint32_t>(p.u64("chains"))),
        pattern(pattern_of(p.choice("pattern"))),
        memory(p.host, p.u64("bytes"), p.choice("pages") == "huge" ? BH_MEMORY_HUGE_OR_FAIL : 0u, BH_NODE_ANY,
               latency::kPageBytes),
        part_bytes(p.u64("bytes") / chains / latency::kPageBytes * latency::kPageBytes),
        host(p.host) {
    if (part_bytes == 0) part_bytes = p.u64("bytes") / chains / latency::kLineBytes * latency::kLineBytes;
    if (latency::nodes_in(part_bytes, pattern) < 2) {
      throw bb::Error(BH_E_ARGUMENT, "a chain has fewer than two nodes: raise 'bytes' or lower 'chains'");
    }
    for (std::uint32_t k = 0; k < chains; ++k) {
      Stream random(p.host, k);
      first[k] = latency::link(memory.data() + k * part_bytes, part_bytes, pattern, Stream::draw, &random);
      now[k] = first[k];
    }
    p.work({{BH_WORK_ITEMS, static_cast<double>(chains)}});
  }

  void run(const bb::Batch& batch) override {
    latency::chase(now.data(), chains, batch.n);
    bh_keep(now.data());
    done += batch.n;
  }

  // Walks every cycle once: it has as many nodes as there are, comes back to its first, and passes where the runs
  // stopped.
  void verify(bb::Verdict& verdict) override {
    const std::uint64_t nodes = latency::nodes_in(part_bytes, pattern);
    std::uint64_t wrong = 0;
    const bool ran = done != 0;
    // After whole rounds a walk is where it began, whether it took its hops or not, and batches are often whole rounds.
    // So it is held against where the runs must have ended and again after some more hops, less than a round: what
    // leaves hops out cannot be right at both.
    const std::array<Node*, latency::kMaxChains> ended = now;
    const std::uint64_t end = done % nodes;
    const std::uint64_t more = nodes - 1 < kProbeHops ? nodes - 1 : kProbeHops;
    latency::chase(now.data(), chains, more);
    done += more;
    for (std::uint32_t k = 0; k < chains; ++k) {
      Node* at = first[k];
      for (std::uint64_t i = 0; i < nodes; ++i) {
        if (i == end && at != ended[k]) ++wrong;
        if (i == done % nodes && at != now[k]) ++wrong;
        at = at->next;
        if (at == first[k] && i + 1 != nodes) ++wrong;
        if (i % (8u << 20) == 0) host->progress(host, i, nodes, "walking the chain");
      }
      if (at != first[k]) ++wrong;
    }
    verdict.checked = ran ? nodes * chains : 0;
    verdict.error = static_cast<double>(wrong);
    verdict.tolerance = 0;
    verdict.what = "nodes where a chain is not the one cycle it was linked as, or not where the loads must have ended";
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_latency", "1.0.0", "The benchhost authors", "MIT", "", Chase);
