// SPDX-License-Identifier: MIT
//
// cpu_peak: how many operations this processor does in a second when nothing else holds it up, per type, instruction
// set, width of vectors, number of chains and threads.
#include <benchhost/plugin.hpp>

#include <cstdio>
#include <optional>
#include <string>

#include "common/chain_team.h"
#include "common/fp_units.h"
#include "per_cycle.h"

namespace {

namespace bb = benchhost;

constexpr bh_value_t kChains[] = {BH_UINT(1),  BH_UINT(2),  BH_UINT(4),  BH_UINT(6),  BH_UINT(8),
                                  BH_UINT(10), BH_UINT(12), BH_UINT(16), BH_UINT(20), BH_UINT(24)};
constexpr bh_value_t kBits[] = {BH_UINT(0), BH_UINT(128), BH_UINT(256), BH_UINT(512)};
constexpr bh_value_t kSweptBits[] = {BH_UINT(128), BH_UINT(256), BH_UINT(512)};
constexpr bh_value_t kThreads[] = {BH_UINT(1), BH_UINT(0)};

/// More than this share of what the units can do is a mistake somewhere, and no result.
constexpr double kPlausibleShare = 1.02;

struct Multiply final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.benchhost.cpu_peak.multiply_add", "Peak multiply-add",
                "independent chains of dependent multiply-adds in registers: fused where the instruction set has FMA, "
                "dot products of 4 bytes or 2 bf16 for int8 and bf16; no memory is touched",
                BH_CATEGORY_HARDWARE)
          .tags("compute,peak,flops")
          .requirement("cores >= param.threads")
          .claim_cores("if(threads == 0, machine.cores, threads)")
          .claim_memory_bytes("1 MiB * if(threads == 0, machine.cores, threads)");
  static constexpr bb::Param parameters[] = {
      bb::param(
          "type", bb::choice("fp64"),
          "what is multiplied; bf16 and int8 are added up in fp32 and int32. Skipped where no instruction set of the "
          "processor has it")
          .choices(chains::kTypeChoices),
      bb::param(
          "isa", bb::choice("best"),
          "instruction set; best: the widest that this processor and the operating system run. One that they lack is "
          "skipped with the reason")
          .choices(chains::kIsaChoices)
          .constraint(chains::kIsaConstraint),
      bb::param("bits", bb::u64(0), "width of a vector; 0: the widest of the instruction set")
          .choices(kBits)
          .sweep(kSweptBits)
          .constraint("bits <= 128 || (bits == 256 && !(isa in ['sse2', 'neon', 'neon_dot', 'neon_fp16'])) || "
                      "!(isa in ['sse2', 'neon', 'neon_dot', 'neon_fp16', 'avx2', 'avx_vnni'])"),
      bb::param(
          "chains", bb::u64(12),
          "chains that do not depend on each other; as many as units times latency keep a processor busy. More than "
          "12 need an instruction set with 32 registers")
          .choices(kChains)
          .sweep(kChains)
          .constraint("chains <= 12 || !(isa in ['sse2', 'avx2', 'avx_vnni'])"),
      bb::param("threads", bb::u64(1), "threads, each on a core; 0: one on each core that the case may use")
          .range(bb::u64(0), bb::u64(1024))
          .sweep(kThreads)};
  static constexpr bb::Metric metrics[] = {
      bb::rate("rate", "Rate", BH_UNIT_RATE("op"), BH_WORK_ALL_OPS,
               "operations of all threads; a multiplication and an addition are one each, so an FMA is two, a dot "
               "product of "
               "four bytes eight")
          .primary(),
      bb::metric("per_cycle", "Operations per cycle", BH_UNIT_COUNT("op"), BH_KIND_OTHER, BH_DIRECTION_HIGHER,
                 BH_DOMAIN_NONE,
                 "of one thread, mean over threads: after the batches, against a chain of dependent additions of one "
                 "cycle each "
                 "in turn, so it does not depend on the clock"),
      bb::metric("clock", "Clock", BH_UNIT_HERTZ, BH_KIND_FREQUENCY, BH_DIRECTION_NONE, BH_DOMAIN_NONE,
                 "of the core while that was measured, as the chain of additions tells it; mean over threads"),
      bb::metric("peak_share", "Share of the theoretical peak", BH_UNIT_NONE, BH_KIND_RATIO, BH_DIRECTION_HIGHER,
                 BH_DOMAIN_NONE,
                 "operations per cycle by what the units of this model can do, for FMA of fp64 and fp32 on processors "
                 "that are "
                 "on record; nothing else than the model is looked up, the clock is measured")};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_BEST, "best_rate", "Best rate", BH_UNIT_RATE("op"), BH_DIRECTION_HIGHER, metrics, "rate",
                  parameters, "chains", "the rate of the winner among numbers of chains"),
      bb::summary(BH_SUMMARY_BEST_AT, "best_chains", "Best number of chains", BH_UNIT_NONE, BH_DIRECTION_NONE, metrics,
                  "rate", parameters, "chains", "the fewest chains that reach the best rate within its error"),
      bb::summary(BH_SUMMARY_BEST_AT, "best_bits", "Best width", BH_UNIT_NONE, BH_DIRECTION_NONE, metrics, "rate",
                  parameters, "bits", "the narrowest vectors that reach the best rate within its error"),
      bb::summary(BH_SUMMARY_SPEEDUP, "chains_speedup", "Gain by chains", BH_UNIT_NONE, BH_DIRECTION_HIGHER, metrics,
                  "rate", parameters, "chains",
                  "rate of the most chains over that of the fewest: how much of the units one chain leaves idle")};

  const bh_host_t* host;
  std::optional<chains::Team> team;
  bb::Sample per_cycle, clock, peak_share;
  cpu::Registers registers = cpu::read_registers();
  std::vector<peak::PerCycle> found;

  explicit Multiply(const bb::Prepare& p)
      : host(p.host), per_cycle(p, "per_cycle"), clock(p, "clock"), peak_share(p, "peak_share") {
    const chains::Choice choice =
        chains::choose(p.choice("type"), p.choice("isa"), p.u64("bits"), p.u64("chains"), registers);
    team.emplace(p, choice, p.u64("threads"));
    found.resize(team->size());
    const std::string line = std::string(cpu::name_of(choice.level)) + ", vectors of " + std::to_string(choice.bits) +
                             " bits, " + std::to_string(choice.chains) + " chains, " + std::to_string(team->size()) +
                             " threads";
    p.host->log(p.host, BH_LOG_INFO, line.c_str());
    p.work({{chains::kWorkKeys[static_cast<std::uint32_t>(choice.type)], team->operations()}});
  }

  void run(const bb::Batch& batch) override { team->run(batch.n); }

  void verify(bb::Verdict& verdict) override { team->verify(verdict); }

  void process() override {
    if (!cpu::has_core_clock()) {
      const char* reason = "no chain of additions is known for this architecture, so nobody tells cycles";
      for (const bb::Sample* metric : {&per_cycle, &clock, &peak_share}) withhold(*metric, reason);
      return;
    }
    const chains::Choice& choice = team->choice();
    team->on_each([&](std::uint32_t i, chains::Worker& worker) {
      found[i] = worker.aside([&] { return peak::measure_per_cycle(host, worker, choice.operations()); });
    });
    peak::PerCycle mean;
    for (const peak::PerCycle& one : found) {
      mean.operations += one.operations / static_cast<double>(found.size());
      mean.clock_hz += one.clock_hz / static_cast<double>(found.size());
    }
    per_cycle(mean.operations);
    clock(mean.clock_hz);
    report_share(choice, mean.operations);
  }

 private:
  void report_share(const chains::Choice& choice, double operations) {
    if (choice.type != chains::Type::fp64 && choice.type != chains::Type::fp32) {
      return withhold(peak_share, "what a core does in a cycle is on record for fp64 and fp32 only");
    }
    const cpu::UnitsAnswer units = cpu::fma_units(registers, choice.level, choice.bits, chains::lane_bits(choice.type));
    if (!units.operations_per_cycle) return withhold(peak_share, units.reason.c_str());
    const double share = operations / *units.operations_per_cycle;
    if (share <= kPlausibleShare) return peak_share(share);
    char text[256];
    std::snprintf(
        text, sizeof text,
        "implausible: %.1f operations in a cycle were measured and %s is on record with %.0f; the record is wrong "
        "for this processor, or its clock changed too often to be measured",
        operations, units.reason.c_str(), *units.operations_per_cycle);
    host->log(host, BH_LOG_WARNING, text);
    withhold(peak_share, text);
  }

  void withhold(const bb::Sample& metric, const char* reason) {
    bb::check(host, host->withhold(host, metric.index(), reason));
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_peak", "1.0.0", "The benchhost authors", "MIT", "", Multiply);
