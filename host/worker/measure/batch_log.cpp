#include "worker/measure/batch_log.h"

#include <algorithm>

#include "common/stats/disturbance.h"

namespace benchhost::measure {
namespace {

using protocol::Quantity;
using protocol::Segment;
using protocol::SegmentPhase;

constexpr std::size_t kFirstRoom = 4096;

/// Sends one quantity of rows [begin, end); a row that does not know it ends the segment before it.
template <class Get>
void send_quantity(Reporter& reporter, std::span<const BatchRow> rows, std::size_t begin, std::size_t end,
                   Quantity quantity, Get get) {
  Segment segment;
  const auto flush = [&] {
    if (!segment.integers.empty()) reporter.send(std::move(segment));
    segment = Segment();
  };
  for (std::size_t i = begin; i < end; ++i) {
    const std::optional<std::int64_t> value = get(rows[i]);
    if (!value || segment.integers.size() == protocol::kMaxSegmentSamples) flush();
    if (!value) continue;
    if (segment.integers.empty()) {
      segment.quantity = quantity;
      segment.phase = rows[i].phase;
      segment.n = rows[i].n;
      segment.first_batch = i;
    }
    segment.integers.push_back(*value);
  }
  flush();
}

stats::BatchUsage usage_of(const BatchRow& row) {
  stats::BatchUsage use;
  use.wall_ns = static_cast<double>(row.wall_ns);
  if (row.cpu_ns) use.cpu_ns = static_cast<double>(*row.cpu_ns);
  if (row.steal_ns) use.steal_ns = static_cast<double>(*row.steal_ns);
  if (row.involuntary_switches) use.involuntary_switches = static_cast<std::int64_t>(*row.involuntary_switches);
  if (row.voluntary_switches) use.voluntary_switches = static_cast<std::int64_t>(*row.voluntary_switches);
  return use;
}

}  // namespace

void BatchLog::make_room() {
  if (rows_.size() < rows_.capacity()) return;
  const std::size_t size = rows_.size();
  // Growing and shrinking touches the new pages now instead of inside a batch.
  rows_.resize(std::max(kFirstRoom, 2 * rows_.capacity()));
  rows_.resize(size);
}

void BatchLog::send(Reporter& reporter) const {
  const std::span<const BatchRow> rows = rows_;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    while (end < rows.size() && rows[end].phase == rows[begin].phase && rows[end].n == rows[begin].n) ++end;
    send_quantity(reporter, rows, begin, end, Quantity::wall,
                  [](const BatchRow& r) { return std::optional(r.wall_ns); });
    send_quantity(reporter, rows, begin, end, Quantity::cpu, [](const BatchRow& r) { return r.cpu_ns; });
    send_quantity(reporter, rows, begin, end, Quantity::span, [](const BatchRow& r) { return r.span_ns; });
    begin = end;
  }
}

Marks BatchLog::judge(int threads) const {
  Marks marks;
  std::vector<stats::BatchUsage> usage;
  std::vector<std::uint64_t> index;
  const auto take = [&](SegmentPhase phase) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].phase != phase || rows_[i].spoilt) continue;
      usage.push_back(usage_of(rows_[i]));
      index.push_back(i);
    }
  };
  take(SegmentPhase::measure);
  marks.measured = usage.size();
  const auto measured = stats::find_disturbed(usage, threads);
  for (std::size_t i = 0; i < measured.size(); ++i) {
    if (measured[i].disturbed()) marks.batches.push_back(index[i]);
  }
  marks.measured_disturbed = marks.batches.size();
  // What is usual is known from the measured ones better than from the few of the fit alone.
  take(SegmentPhase::fit);
  marks.fit = usage.size() - marks.measured;
  if (marks.fit > 0) {
    const auto all = stats::find_disturbed(usage, threads);
    for (std::size_t i = marks.measured; i < all.size(); ++i) {
      if (all[i].disturbed()) marks.batches.push_back(index[i]);
    }
  }
  marks.fit_disturbed = marks.batches.size() - marks.measured_disturbed;
  std::ranges::sort(marks.batches);
  return marks;
}

}  // namespace benchhost::measure
