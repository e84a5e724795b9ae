// SPDX-License-Identifier: MIT
//
// cpu_stream: what the memory of this processor moves, per kernel, type, size, threads and kind of store. Definitions
// as in STREAM and BabelStream: GB/s are 10^9 bytes that the algorithm must move, each counted once.
#include <benchhost/plugin.hpp>

#include <cmath>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "kernels.h"
#include "values.h"
#include "worker.h"

namespace {

namespace bb = benchhost;
using stream::Op;

constexpr bh_value_t kTypes[] = {BH_ENUM("fp64"), BH_ENUM("fp32")};
constexpr bh_value_t kStores[] = {BH_ENUM("ordinary"), BH_ENUM("streaming")};
constexpr bh_value_t kThreads[] = {BH_UINT(1),  BH_UINT(2),  BH_UINT(4), BH_UINT(8),
                                   BH_UINT(16), BH_UINT(32), BH_UINT(64)};

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kGiB = kKiB * kKiB * kKiB;

// Work that a rate of bytes with write-allocate is made of: such bytes are moved by the processor, not by the
// algorithm, so they are no bytes.* of the work model.
constexpr const char* kTraffic = BH_WORK_ITEMS_OF("traffic");

template <Op op>
struct Words;
template <>
struct Words<Op::copy> {
  static constexpr const char *id = "org.benchhost.cpu_stream.copy", *title = "Stream copy",
                              *text = "c[i] = a[i]; 2 words moved per element";
};
template <>
struct Words<Op::mul> {
  static constexpr const char *id = "org.benchhost.cpu_stream.mul", *title = "Stream mul",
                              *text = "b[i] = s * c[i]; 2 words moved per element";
};
template <>
struct Words<Op::add> {
  static constexpr const char *id = "org.benchhost.cpu_stream.add", *title = "Stream add",
                              *text = "c[i] = a[i] + b[i]; 3 words moved per element";
};
template <>
struct Words<Op::triad> {
  static constexpr const char *id = "org.benchhost.cpu_stream.triad", *title = "Stream triad",
                              *text = "a[i] = b[i] + s * c[i]; 3 words moved per element";
};
template <>
struct Words<Op::nstream> {
  static constexpr const char *id = "org.benchhost.cpu_stream.nstream", *title = "Stream nstream",
                              *text = "a[i] += b[i] + s * c[i]; 4 words moved per element";
};
template <>
struct Words<Op::dot> {
  static constexpr const char *id = "org.benchhost.cpu_stream.dot", *title = "Stream dot",
                              *text = "sum += a[i] * b[i]; 2 words moved per element";
};
template <>
struct Words<Op::read> {
  static constexpr const char *id = "org.benchhost.cpu_stream.read", *title = "Stream read",
                              *text = "sum += a[i]; 1 word moved per element";
};
template <>
struct Words<Op::write> {
  static constexpr const char *id = "org.benchhost.cpu_stream.write", *title = "Stream write",
                              *text = "a[i] = s; 1 word moved per element";
};

// The threads' workers and how to run them, for one type.
template <class T>
class Team {
 public:
  Team(const bb::Prepare& p, Op op, stream::Kernel<T> kernel, std::uint32_t threads, std::size_t count)
      : host_(p.host), kernel_(kernel), team_(p.team(threads)), workers_(threads) {
    each([&](std::uint32_t i) { workers_[i] = std::make_unique<stream::Worker<T>>(p, op, i, count); });
  }

  void run(std::uint64_t n) {
    each([&](std::uint32_t i) { workers_[i]->run(kernel_, n); });
  }

  void verify(bb::Verdict& verdict) {
    std::vector<stream::Check> found(workers_.size());
    each([&](std::uint32_t i) { found[i] = workers_[i]->check(); });
    verdict.error = 0;
    verdict.tolerance = 0;
    for (const stream::Check& one : found) {
      verdict.checked += one.checked;
      if (one.error > verdict.error) verdict.error = one.error;
    }
  }

 private:
  template <class F>
  void each(F f) {
    bb::run_team(host_, team_, f);
  }

  const bh_host_t* host_;
  stream::Kernel<T> kernel_;
  bh_team_t* team_;
  std::vector<std::unique_ptr<stream::Worker<T>>> workers_;
};

template <Op op>
struct Stream final : bb::Benchmark {
  static constexpr auto about = bb::about(Words<op>::id, Words<op>::title, Words<op>::text, BH_CATEGORY_HARDWARE)
                                    .tags("memory,bandwidth,stream")
                                    .requirement("cores >= param.threads && memory_bytes >= 2 * param.bytes")
                                    .claim_cores("threads")
                                    .claim_memory_bytes("bytes + 1 MiB * threads");
  static constexpr bb::Param parameters[] = {
      bb::param("type", bb::choice("fp64"), "type of an element").choices(kTypes),
      bb::param("bytes", bb::u64(64 * kKiB * kKiB),
                "size of all arrays of all threads together, rounded down to whole vectors per thread")
          .unit(BH_UNIT_BYTES)
          .range(bb::u64(4 * kKiB), bb::u64(64 * kGiB))
          .log2(bb::u64(16 * kKiB), bb::u64(2 * kGiB)),
      bb::param("threads", bb::u64(1), "threads, each on a core and with arrays of its own")
          .range(bb::u64(1), bb::u64(1024))
          .constraint("bytes >= 1 KiB * threads")
          .sweep(kThreads),
      bb::param("stores", bb::choice("ordinary"), "streaming: non-temporal, past the caches and without write-allocate")
          .choices(kStores)
          .constraint(op == Op::dot || op == Op::read ? "stores == 'ordinary'" : "true")};
  static constexpr bb::Metric metrics[] = {
      bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_ALL_BYTES,
               "bytes that the algorithm reads and writes; write-allocate not counted")
          .primary(),
      bb::rate("traffic", "Bandwidth with write-allocate", BH_UNIT_BYTES_PER_SECOND, kTraffic,
               "the same with the lines that ordinary stores read before they are written"),
      bb::time("time", "Time of a pass", "one pass over all arrays")};
  static constexpr bb::Summary summaries[] = {bb::summary(BH_SUMMARY_SPEEDUP, "speedup", "Speed-up", BH_UNIT_NONE,
                                                          BH_DIRECTION_HIGHER, 0, 2,
                                                          "bandwidth of the most threads over that of the fewest")};

  std::variant<std::monostate, std::unique_ptr<Team<float>>, std::unique_ptr<Team<double>>> team;

  explicit Stream(const bb::Prepare& p) {
    const stream::Kernels& kernels = stream::pick_kernels();
    p.host->log(p.host, BH_LOG_INFO, (std::string("kernels for ") + kernels.isa).c_str());
    if (p.choice("type") == "fp32") {
      make<float>(p, kernels.fp32);
    } else {
      make<double>(p, kernels.fp64);
    }
  }

  template <class T>
  void make(const bb::Prepare& p, const stream::KernelSet<T>& set) {
    constexpr stream::Shape shape = stream::shape_of(op);
    const bool streaming = p.choice("stores") == "streaming";
    const auto kernel = (streaming ? set.streaming : set.ordinary)[static_cast<std::size_t>(op)];
    if (kernel == nullptr)
      throw bb::Error(BH_E_UNSUPPORTED, "this processor has no non-temporal stores that we know of");
    const std::uint64_t threads = p.u64("threads");
    const std::uint64_t slice = p.u64("bytes") / threads / shape.arrays() / stream::kSliceBytes * stream::kSliceBytes;
    if (slice == 0)
      throw bb::Error(BH_E_ARGUMENT, "the arrays of a thread are smaller than four vectors: raise 'bytes'");
    const std::size_t count = slice / sizeof(T);
    team = std::make_unique<Team<T>>(p, op, kernel, static_cast<std::uint32_t>(threads), count);

    const double elements = static_cast<double>(count) * static_cast<double>(threads);
    const double words = elements * sizeof(T);
    // An ordinary store of a line that was not read has it read first.
    const double allocated = streaming || shape.reads_result ? 0 : words * shape.writes;
    const double bytes = words * (shape.reads + shape.writes);
    p.work({{BH_WORK_BYTES_READ, words * shape.reads},
            {BH_WORK_BYTES_WRITTEN, words * shape.writes},
            {sizeof(T) == 4 ? BH_WORK_OPS("fp32") : BH_WORK_OPS("fp64"), elements * shape.flops},
            {kTraffic, bytes + allocated}});
  }

  void run(const bb::Batch& batch) override {
    std::visit(
        [&](auto& t) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(t)>, std::monostate>) t->run(batch.n);
        },
        team);
  }

  void verify(bb::Verdict& verdict) override {
    std::visit(
        [&](auto& t) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(t)>, std::monostate>) t->verify(verdict);
        },
        team);
    verdict.what = stream::shape_of(op).written == 0 ? "sums that differ from the exact sum, over all passes"
                                                     : "largest difference from the closed form, every element";
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_stream", "1.0.0", "The benchhost authors", "MIT", "", Stream<Op::copy>,
              Stream<Op::mul>, Stream<Op::add>, Stream<Op::triad>, Stream<Op::nstream>, Stream<Op::dot>,
              Stream<Op::read>, Stream<Op::write>);
