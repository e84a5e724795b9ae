// Bucket layout, with p precision bits and M = 2^p: values below 2M have a bucket each; an octave [2^k, 2^(k+1)) with
// k > p has M buckets of width 2^(k-p). So index = shift·M + (value >> shift) with shift = k - p, which runs on without
// a gap where the octaves meet.
#include "common/stats/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>

namespace benchhost::stats {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// a + b·times for numbers that are not negative; nullopt beyond 2^63-1.
std::optional<std::int64_t> add_products(std::int64_t a, std::int64_t b, std::int64_t times) {
  if (b != 0 && times > (kMost - a) / b) return std::nullopt;
  return a + b * times;
}

}  // namespace

Histogram::Histogram(int precision_bits)
    : precision_bits_(std::clamp(precision_bits, kMinPrecisionBits, kMaxPrecisionBits)) {}

std::int32_t Histogram::bucket_of(std::int64_t value) const {
  const int width = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value)));
  const int shift = std::max(width - 1 - precision_bits_, 0);
  return (shift << precision_bits_) + static_cast<std::int32_t>(value >> shift);
}

std::int32_t Histogram::bucket_limit() const { return bucket_of(kMost) + 1; }

std::int64_t Histogram::bucket_low(std::int32_t index) const {
  const int shift = std::max((index >> precision_bits_) - 1, 0);
  return static_cast<std::int64_t>(index - (shift << precision_bits_)) << shift;
}

std::int64_t Histogram::bucket_high(std::int32_t index) const {
  return index + 1 < bucket_limit() ? bucket_low(index + 1) - 1 : kMost;
}

bool Histogram::add(std::int64_t value, std::int64_t count) {
  if (value < 0 || count < 0 || count > kMost - totals_.count) return false;
  if (count == 0) return true;
  const auto index = static_cast<std::size_t>(bucket_of(value));
  if (index >= counts_.size()) counts_.resize(index + 1);
  counts_[index] += count;
  totals_.count += count;
  if (totals_.sum) totals_.sum = add_products(*totals_.sum, value, count);
  totals_.min = std::min(totals_.min.value_or(value), value);
  totals_.max = std::max(totals_.max.value_or(value), value);
  return true;
}

bool Histogram::merge(const Histogram& other) {
  if (other.precision_bits_ != precision_bits_ || other.totals_.count > kMost - totals_.count) return false;
  if (other.totals_.count == 0) return true;
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  totals_.count += other.totals_.count;
  totals_.sum = totals_.sum && other.totals_.sum ? add_products(*totals_.sum, *other.totals_.sum, 1) : std::nullopt;
  totals_.min = std::min(totals_.min.value_or(*other.totals_.min), *other.totals_.min);
  totals_.max = std::max(totals_.max.value_or(*other.totals_.max), *other.totals_.max);
  return true;
}

std::optional<double> Histogram::mean() const {
  if (totals_.count == 0 || !totals_.sum) return std::nullopt;
  return static_cast<double>(*totals_.sum) / static_cast<double>(totals_.count);
}

std::optional<double> Histogram::quantile(double p) const {
  if (totals_.count == 0 || !(p >= 0.0 && p <= 1.0)) return std::nullopt;
  const auto least = static_cast<double>(*totals_.min);
  const auto most = static_cast<double>(*totals_.max);
  if (p == 0.0) return least;
  if (p == 1.0) return most;
  const double rank = std::ceil(p * static_cast<double>(totals_.count));
  const auto index = bucket_of_rank(static_cast<std::int64_t>(rank));
  if (!index) return most;
  const auto low = static_cast<double>(bucket_low(*index));
  const auto high = static_cast<double>(bucket_high(*index));
  return std::clamp(0.5 * (low + high), least, most);
}

std::optional<std::int32_t> Histogram::bucket_of_rank(std::int64_t rank) const {
  if (rank < 1) return std::nullopt;
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return static_cast<std::int32_t>(i);
  }
  return std::nullopt;
}

std::vector<HistogramBucket> Histogram::buckets() const {
  std::vector<HistogramBucket> filled;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) filled.push_back({static_cast<std::int32_t>(i), counts_[i]});
  }
  return filled;
}

std::optional<Histogram> Histogram::restore(int precision_bits, std::span<const HistogramBucket> buckets,
                                            const HistogramTotals& totals) {
  if (precision_bits < kMinPrecisionBits || precision_bits > kMaxPrecisionBits) return std::nullopt;
  Histogram histogram(precision_bits);
  if (buckets.empty()) {
    const HistogramTotals nothing = histogram.totals_;
    return totals == nothing ? std::optional(histogram) : std::nullopt;
  }
  std::int32_t before = -1;
  std::int64_t count = 0;
  std::optional<std::int64_t> least_sum = 0;
  std::optional<std::int64_t> most_sum = 0;
  for (const HistogramBucket& bucket : buckets) {
    if (bucket.index <= before || bucket.index >= histogram.bucket_limit()) return std::nullopt;
    if (bucket.count < 1 || bucket.count > kMost - count) return std::nullopt;
    before = bucket.index;
    count += bucket.count;
    if (least_sum) least_sum = add_products(*least_sum, histogram.bucket_low(bucket.index), bucket.count);
    if (most_sum) most_sum = add_products(*most_sum, histogram.bucket_high(bucket.index), bucket.count);
  }
  if (totals.count != count || !totals.min || !totals.max || *totals.min > *totals.max) return std::nullopt;
  if (*totals.min < 0 || histogram.bucket_of(*totals.min) != buckets.front().index ||
      histogram.bucket_of(*totals.max) != buckets.back().index) {
    return std::nullopt;
  }
  const bool sum_fits = totals.sum ? least_sum && *totals.sum >= *least_sum && (!most_sum || *totals.sum <= *most_sum)
                                   : !most_sum.has_value();
  if (!sum_fits) return std::nullopt;
  histogram.counts_.resize(static_cast<std::size_t>(before) + 1);
  for (const HistogramBucket& bucket : buckets)
    histogram.counts_[static_cast<std::size_t>(bucket.index)] = bucket.count;
  histogram.totals_ = totals;
  return histogram;
}

}  // namespace benchhost::stats
