#include "worker/measure/recorder.h"

#include <algorithm>
#include <new>
#include <numeric>

#include <fmt/format.h>

namespace benchhost::measure {

Recorder::Recorder(Setup setup, const Life& life) : setup_(std::move(setup)), life_(life) {
  const auto limit = static_cast<std::size_t>(layout_.bucket_limit());
  batch_.buckets.assign(limit, 0);
  kept_.buckets.assign(limit, 0);
}

Result<void> Recorder::make_room(std::uint64_t n) {
  used_ = 0;
  if (setup_.mode == Mode::histogram) return {};
  const std::uint64_t most = kMaxRawBytes / sizeof(std::int64_t);
  if (setup_.capacity > 0 && n > most / setup_.capacity) {
    return make_error("", fmt::format("recorder of '{}': {} values for each of {} iterations need more than {} bytes",
                                      setup_.metric, setup_.capacity, n, kMaxRawBytes));
  }
  const std::uint64_t room = n * setup_.capacity;
  if (raw_.size() >= room) return {};
  try {
    // Assigning writes every page.
    raw_.assign(room, 0);
  } catch (const std::bad_alloc&) {
    return make_error("", fmt::format("recorder of '{}': no memory for {} values", setup_.metric, room));
  }
  return {};
}

void Recorder::Counts::add(std::int64_t value, std::size_t bucket) noexcept {
  least = count == 0 ? value : std::min(least, value);
  greatest = count == 0 ? value : std::max(greatest, value);
  ++count;
  sum += static_cast<double>(value);
  ++buckets[bucket];
}

void Recorder::Counts::merge(const Counts& other) {
  if (other.count == 0) return;
  least = count == 0 ? other.least : std::min(least, other.least);
  greatest = count == 0 ? other.greatest : std::max(greatest, other.greatest);
  count += other.count;
  sum += other.sum;
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += other.buckets[i];
}

void Recorder::Counts::clear() {
  if (count == 0) return;
  std::ranges::fill(buckets, 0);
  count = 0;
  sum = 0;
  least = greatest = 0;
}

void Recorder::count(std::int64_t value) noexcept {
  batch_.add(value, static_cast<std::size_t>(layout_.bucket_of(value)));
}

void Recorder::end_batch(Reporter& reporter, std::uint64_t batch, std::uint64_t n, bool keep) {
  if (keep) {
    const double raw_sum = std::accumulate(raw_.begin(), raw_.begin() + static_cast<std::ptrdiff_t>(used_), 0.0);
    const double total = static_cast<double>(used_) + static_cast<double>(batch_.count);
    last_mean_ = total > 0 ? std::optional((raw_sum + batch_.sum) / total) : std::nullopt;
    for (std::size_t begin = 0; begin < used_; begin += protocol::kMaxSegmentSamples) {
      const std::size_t end = std::min(used_, begin + protocol::kMaxSegmentSamples);
      protocol::Segment segment;
      segment.quantity = protocol::Quantity::recorded;
      segment.n = n;
      segment.first_batch = batch;
      segment.batch_step = 0;
      segment.metric = setup_.metric;
      segment.index = setup_.index;
      segment.integers.assign(raw_.begin() + static_cast<std::ptrdiff_t>(begin),
                              raw_.begin() + static_cast<std::ptrdiff_t>(end));
      reporter.send(std::move(segment));
    }
    kept_.merge(batch_);
  }
  used_ = 0;
  batch_.clear();
}

void Recorder::send_histogram(Reporter& reporter) const {
  if (kept_.count == 0) return;
  protocol::RecorderHistogram histogram;
  histogram.metric = setup_.metric;
  histogram.index = setup_.index;
  histogram.count = kept_.count;
  histogram.sum = kept_.sum;
  histogram.least = kept_.least;
  histogram.greatest = kept_.greatest;
  for (std::size_t i = 0; i < kept_.buckets.size(); ++i) {
    if (kept_.buckets[i] != 0) histogram.buckets.emplace_back(static_cast<std::uint32_t>(i), kept_.buckets[i]);
  }
  reporter.send(std::move(histogram));
}

}  // namespace benchhost::measure
