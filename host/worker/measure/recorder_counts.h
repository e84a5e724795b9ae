// What recorders count: one batch in a table that never allocates, the kept batches in blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/stats/histogram.h"

namespace benchhost::measure {

/// Sum of values >= 0 that never rounds: 2^64 values of 2^63 fit.
class ExactSum {
 public:
  void add(std::int64_t value) noexcept { add_words(static_cast<std::uint64_t>(value), 0); }
  void add(const ExactSum& other) noexcept { add_words(other.low_, other.high_); }
  /// The nearest double, or its neighbour.
  [[nodiscard]] double value() const noexcept {
    return static_cast<double>(high_) * 0x1p64 + static_cast<double>(low_);
  }

 private:
  void add_words(std::uint64_t low, std::uint64_t high) noexcept {
    low_ += low;
    high_ += high + (low_ < low ? 1 : 0);
  }
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

/// What is known of values beside their buckets.
struct CountTotals {
  std::uint64_t count = 0;
  ExactSum sum;
  std::int64_t least = 0;  ///< this and the next: of a count above 0
  std::int64_t greatest = 0;
  void add(std::int64_t value) noexcept;
  void add(const CountTotals& other) noexcept;
};

using CountBuckets = std::vector<std::pair<std::uint32_t, std::uint64_t>>;  ///< (bucket, count), ascending, none empty

/// Counts of one batch, by bucket. The histogram of stats allocates as it grows, which may not happen in run.
class CountTable {
 public:
  /// Buckets as `layout` has them.
  explicit CountTable(const stats::Histogram& layout)
      : layout_(layout), buckets_(static_cast<std::size_t>(layout.bucket_limit()), 0) {}
  /// Requires: value >= 0.
  void add(std::int64_t value) noexcept {
    totals_.add(value);
    ++buckets_[static_cast<std::size_t>(layout_.bucket_of(value))];
  }
  void clear();
  [[nodiscard]] const CountTotals& totals() const { return totals_; }
  /// Those that are not empty, ascending.
  [[nodiscard]] CountBuckets buckets() const;

 private:
  /// The buckets of the least and of the greatest value, between which all others lie. Requires: a value was added.
  [[nodiscard]] std::pair<std::size_t, std::size_t> ends() const;

  stats::Histogram layout_;
  std::vector<std::uint64_t> buckets_;
  CountTotals totals_;
};

/// Counts of many batches in order, kept apart so far that the first ones can still be dropped: in at most kMaxBlocks
/// blocks of equally many batches, the last one excepted. Memory: what kMaxBlocks sparse histograms take.
class CountBlocks {
 public:
  static constexpr std::size_t kMaxBlocks = 64;

  /// A batch, also one that counted nothing: what was given the same batches has the same blocks.
  /// Requires: batch above those before.
  void add(std::uint64_t batch, const CountTable& table);
  /// Drops every block with a batch before this one, so that of the block that the cut goes through more goes than was
  /// asked for. The batch from which on all is still there.
  std::uint64_t drop_before(std::uint64_t batch);
  [[nodiscard]] CountTotals totals() const;
  [[nodiscard]] CountBuckets buckets() const;

 private:
  struct Block {
    std::uint64_t first_batch = 0;
    std::uint64_t last_batch = 0;
    std::size_t batches = 0;
    CountTotals totals;
    CountBuckets buckets;
    void add(const Block& later);
  };
  std::vector<Block> blocks_;
  std::size_t batches_per_block_ = 1;
};

}  // namespace benchhost::measure
