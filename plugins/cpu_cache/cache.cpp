// SPDX-License-Identifier: MIT
//
// cpu_cache: what each level of the memory hierarchy delivers, as a curve over the size of what is gone through. Beside
// cpu_stream, whose kernels are those of STREAM, these have no work per pass but the loads and stores, so that a few
// kilobytes are measured as exactly as gigabytes.
#include <benchhost/plugin.hpp>

#include <memory>
#include <string>
#include <vector>

#include "common/case_cores.h"
#include "kernels.h"
#include "worker.h"

namespace {

namespace bb = benchhost;
using cache::Op;

constexpr bh_value_t kThreads[] = {BH_UINT(1), BH_UINT(0)};

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kGiB = kKiB * kKiB * kKiB;

template <Op op>
struct Words;
template <>
struct Words<Op::read> {
  static constexpr const char *id = "org.benchhost.cpu_cache.read", *title = "Cache read",
                              *text = "loads of whole vectors and their sum; bytes are those loaded";
};
template <>
struct Words<Op::write> {
  static constexpr const char *id = "org.benchhost.cpu_cache.write", *title = "Cache write",
                              *text = "stores of whole vectors; bytes are those stored, write-allocate not counted";
};
template <>
struct Words<Op::copy> {
  static constexpr const char *id = "org.benchhost.cpu_cache.copy", *title = "Cache copy",
                              *text =
                                  "one array into another by whole vectors; bytes are those loaded and those "
                                  "stored, write-allocate not counted";
};

template <Op op>
struct Cache final : bb::Benchmark {
  static constexpr auto about = bb::about(Words<op>::id, Words<op>::title, Words<op>::text, BH_CATEGORY_HARDWARE)
                                    .tags("memory,bandwidth,cache")
                                    .requirement(
                                        "cores >= param.threads && memory_bytes >= 2 * param.bytes && "
                                        "(param.threads != 0 || param.bytes >= 1 KiB * cores)")
                                    .claim_cores("if(threads == 0, machine.cores, threads)")
                                    .claim_memory_bytes("bytes + 1 MiB * if(threads == 0, machine.cores, threads)");
  static constexpr bb::Param parameters[] = {
      bb::param("bytes", bb::u64(64 * kKiB),
                "size of all arrays of all threads together, rounded down to whole vectors per thread; main memory is "
                "reached from about four times the last level cache on")
          .unit(BH_UNIT_BYTES)
          .range(bb::u64(4 * kKiB), bb::u64(64 * kGiB))
          .log2(bb::u64(4 * kKiB), bb::u64(kGiB), 2),
      bb::param("threads", bb::u64(1), "threads, each on a core and with arrays of its own; 0: one on every core")
          .range(bb::u64(0), bb::u64(1024))
          .constraint("bytes >= 1 KiB * threads")
          .sweep(kThreads)};
  static constexpr bb::Metric metrics[] = {
      bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_ALL_BYTES, "bytes loaded and stored")
          .primary(),
      bb::time("time", "Time of a pass", "all arrays once")};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_LEVELS, "level_bytes", "Level sizes", BH_UNIT_BYTES, BH_DIRECTION_NONE, 0, 0,
                  "sizes at which bandwidth steps down: the caches of all threads together"),
      bb::summary(BH_SUMMARY_PLATEAUS, "level_bandwidth", "Bandwidth of each level", BH_UNIT_BYTES_PER_SECOND,
                  BH_DIRECTION_HIGHER, 0, 0, "bandwidth between these sizes: first level cache to main memory")};

  const bh_host_t* host;
  cache::Kernel kernel;
  std::uint64_t threads;
  bh_team_t* team;
  std::vector<std::unique_ptr<cache::Worker>> workers;

  explicit Cache(const bb::Prepare& p)
      : host(p.host),
        kernel(cache::pick_kernels().of[static_cast<std::size_t>(op)]),
        threads(p.u64("threads") == 0 ? cpu::cores_of_case(p) : p.u64("threads")),
        team(p.team(static_cast<std::uint32_t>(threads))),
        workers(threads) {
    host->log(host, BH_LOG_INFO, (std::string("kernels for ") + cache::pick_kernels().isa).c_str());
    constexpr std::uint64_t kArrays = op == Op::copy ? 2 : 1;
    const std::uint64_t array = p.u64("bytes") / threads / kArrays / cache::kSliceBytes * cache::kSliceBytes;
    if (array == 0) {
      throw bb::Error(BH_E_ARGUMENT, "the arrays of a thread are smaller than four vectors: raise 'bytes'");
    }
    each([&](std::uint32_t i) {
      workers[i] = std::make_unique<cache::Worker>(p, op, i, array / sizeof(std::uint64_t));
    });
    const double bytes = static_cast<double>(array * threads);
    p.work({{BH_WORK_BYTES_READ, op == Op::write ? 0 : bytes}, {BH_WORK_BYTES_WRITTEN, op == Op::read ? 0 : bytes}});
  }

  void run(const bb::Batch& batch) override {
    each([&](std::uint32_t i) { workers[i]->run(kernel, batch.n); });
  }

  void verify(bb::Verdict& verdict) override {
    std::vector<cache::Check> found(workers.size());
    each([&](std::uint32_t i) { found[i] = workers[i]->check(); });
    verdict.error = 0;
    verdict.tolerance = 0;
    for (const cache::Check& one : found) {
      verdict.checked += one.checked;
      verdict.error += static_cast<double>(one.wrong);
    }
    verdict.what = op == Op::read ? "threads whose sum over all passes is not that of what was drawn"
                                  : "words that are not what the last pass must have left";
  }

 private:
  template <class F>
  void each(F f) {
    bb::run_team(host, team, f);
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_cache", "1.0.0", "The benchhost authors", "MIT", "", Cache<Op::read>, Cache<Op::write>,
              Cache<Op::copy>);
