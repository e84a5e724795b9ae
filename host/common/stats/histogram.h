// Log-linear histogram of whole numbers, for latencies by the million.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace benchhost::stats {

/// One bucket that is not empty, as stored.
struct HistogramBucket {
  std::int32_t index = 0;
  std::int64_t count = 0;

  friend bool operator==(const HistogramBucket&, const HistogramBucket&) = default;
};

/// What a histogram knows beside its buckets, as stored.
struct HistogramTotals {
  std::int64_t count = 0;
  /// Exact sum; nullopt once it passed 2^63-1.
  std::optional<std::int64_t> sum;
  /// Exact extremes; nullopt when empty.
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;

  friend bool operator==(const HistogramTotals&, const HistogramTotals&) = default;
};

/// Counts values 0 … 2^63-1 in buckets whose width is at most 2^-precision_bits of the values in them; values below
/// 2^(precision_bits+1) are exact. Memory is bounded: 58 KiB at 7 bits, 432 KiB at 10, less while values are small.
/// Thread: one owner at a time; record per thread and merge.
class Histogram {
 public:
  /// Percentiles within 0.05 % of the exact ones.
  static constexpr int kDefaultPrecisionBits = 10;
  static constexpr int kMinPrecisionBits = 1;
  static constexpr int kMaxPrecisionBits = 14;

  /// Precision outside kMin … kMax is brought to the nearer end.
  explicit Histogram(int precision_bits = kDefaultPrecisionBits);

  /// False, and nothing recorded, when value or count is negative or the total count would overflow.
  bool add(std::int64_t value, std::int64_t count = 1);

  /// As if every value of `other` had been added. False, and nothing changed, when the precisions differ or the total
  /// count would overflow.
  bool merge(const Histogram& other);

  [[nodiscard]] int precision_bits() const { return precision_bits_; }
  [[nodiscard]] const HistogramTotals& totals() const { return totals_; }
  /// Errors: nullopt when empty or the sum is unknown.
  [[nodiscard]] std::optional<double> mean() const;

  /// Value of rank ceil(p·count), as the middle of its bucket kept within min and max: relative error below
  /// 2^-(precision_bits+1). p = 0 and 1 give the exact extremes.
  /// Errors: nullopt when empty or p is outside 0…1 or NaN.
  [[nodiscard]] std::optional<double> quantile(double p) const;

  /// The bucket that holds the value of this rank, 1 being the least. Errors: nullopt unless 1 <= rank <= count.
  [[nodiscard]] std::optional<std::int32_t> bucket_of_rank(std::int64_t rank) const;

  /// Buckets that are not empty, ascending. With totals() and precision_bits() the whole state.
  [[nodiscard]] std::vector<HistogramBucket> buckets() const;

  /// The histogram those came from.
  /// Errors: nullopt when precision or an index is out of range, indices do not ascend, a count is below 1, or the
  /// totals contradict the buckets (count, extremes outside the end buckets, a sum that buckets cannot have).
  [[nodiscard]] static std::optional<Histogram> restore(int precision_bits, std::span<const HistogramBucket> buckets,
                                                        const HistogramTotals& totals);

  /// Least and greatest value of a bucket. Requires: 0 <= index < bucket_limit().
  [[nodiscard]] std::int64_t bucket_low(std::int32_t index) const;
  [[nodiscard]] std::int64_t bucket_high(std::int32_t index) const;
  [[nodiscard]] std::int32_t bucket_limit() const;
  /// Requires: value >= 0.
  [[nodiscard]] std::int32_t bucket_of(std::int64_t value) const;

  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  int precision_bits_;
  HistogramTotals totals_{0, 0, std::nullopt, std::nullopt};
  std::vector<std::int64_t> counts_;
};

}  // namespace benchhost::stats
