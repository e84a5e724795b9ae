#include "worker/measure/recorder.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>

namespace benchhost::measure {

Recorder::Recorder(Setup setup, const Life& life) : setup_(std::move(setup)), life_(life), batch_(layout_) {}

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

void Recorder::end_batch(Reporter& reporter, std::uint64_t batch, std::uint64_t n, bool keep) {
  if (keep) {
    CountTotals all = batch_.totals();
    for (std::size_t i = 0; i < used_; ++i) all.add(raw_[i]);
    last_batch_ = {all.sum.value(), static_cast<double>(all.count)};
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
    kept_.add(batch, batch_);
  }
  used_ = 0;
  batch_.clear();
}

std::uint64_t Recorder::overflowed() const { return setup_.mode == Mode::raw ? kept_.totals().count : 0; }

void Recorder::send_histogram(Reporter& reporter) const {
  const CountTotals totals = kept_.totals();
  if (totals.count == 0) return;
  protocol::RecorderHistogram histogram;
  histogram.metric = setup_.metric;
  histogram.index = setup_.index;
  histogram.count = totals.count;
  histogram.sum = totals.sum.value();
  histogram.least = totals.least;
  histogram.greatest = totals.greatest;
  histogram.buckets = kept_.buckets();
  histogram.precision_bits = static_cast<std::uint32_t>(layout_.precision_bits());
  reporter.send(std::move(histogram));
}

}  // namespace benchhost::measure
