// Recorders: samples by the million without a lock (sdk host.h, "Recorders").
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/stats/histogram.h"
#include "worker/measure/life.h"
#include "worker/measure/recorder_counts.h"
#include "worker/measure/reporter.h"

namespace benchhost::measure {

/// Most bytes of raw values that one batch may need room for.
inline constexpr std::uint64_t kMaxRawBytes = std::uint64_t{8} << 30;

/// Values of one thread. Thread: record: one at a time, inside run; all else: control, between batches.
class Recorder {
 public:
  enum class Mode { raw, histogram };
  struct Setup {
    std::string metric;  ///< id
    std::uint32_t index = 0;
    Mode mode = Mode::raw;
    std::uint64_t capacity = 0;  ///< raw: most values per iteration
  };
  /// What one batch recorded.
  struct BatchSum {
    double sum = 0;
    double count = 0;
  };

  /// life: answers whether recording is allowed now. It must outlive the recorder.
  Recorder(Setup setup, const Life& life);

  /// Room for a batch of n, taken and touched. Errors: more than kMaxRawBytes or no memory, with the sizes.
  [[nodiscard]] Result<void> make_room(std::uint64_t n);

  /// Negative values are dropped and counted.
  void record(std::int64_t value) noexcept {
    if (!life_.in(kTimed)) {
      misused_ = true;
      return;
    }
    if (value < 0) {
      ++negative_;
    } else if (used_ < raw_.size()) {
      raw_[used_++] = value;
    } else {
      batch_.add(value);
    }
  }

  /// Sends the raw values of the batch and adds the counts to those before, or drops both.
  void end_batch(Reporter& reporter, std::uint64_t batch, std::uint64_t n, bool keep);
  /// The batches before this one turned out to be warm-up: drops what they counted, and of a few later ones where they
  /// cannot be told apart any more. The batch from which on all is still there.
  std::uint64_t cut_before(std::uint64_t batch) { return kept_.drop_before(batch); }
  /// Sends the histogram, if anything was counted.
  void send_histogram(Reporter& reporter) const;

  [[nodiscard]] const Setup& setup() const { return setup_; }
  [[nodiscard]] std::uint64_t negative() const { return negative_; }
  /// Values of kept batches that a raw recorder had no room for and counted instead.
  [[nodiscard]] std::uint64_t overflowed() const;
  /// A value came outside run.
  [[nodiscard]] bool misused() const { return misused_; }
  /// The values of the last kept batch.
  [[nodiscard]] BatchSum last_batch() const { return last_batch_; }

 private:
  Setup setup_;
  const Life& life_;
  stats::Histogram layout_;
  std::vector<std::int64_t> raw_;
  std::size_t used_ = 0;
  CountTable batch_;
  CountBlocks kept_;
  std::uint64_t negative_ = 0;
  bool misused_ = false;
  BatchSum last_batch_;
};

}  // namespace benchhost::measure

/// The handle that plugins hold.
struct bh_recorder {
  bh_recorder(benchhost::measure::Recorder::Setup setup, const benchhost::measure::Life& life)
      : recorder(std::move(setup), life) {}
  benchhost::measure::Recorder recorder;
};
