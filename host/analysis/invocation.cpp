#include "analysis/invocation.h"

#include <algorithm>
#include <type_traits>

#include "common/stats/disturbance.h"

namespace benchhost::analysis {

namespace p = protocol;

namespace {

bool is_measured_wall(const p::Segment& s) {
  return s.quantity == p::Quantity::wall && s.phase == p::SegmentPhase::measure;
}

bool contains(const p::Segment& s, std::uint64_t batch) {
  if (batch < s.first_batch || s.batch_step == 0) return false;
  const std::uint64_t distance = batch - s.first_batch;
  return distance % s.batch_step == 0 && distance / s.batch_step < s.size();
}

std::string_view source_name(p::LogSource source) {
  switch (source) {
    case p::LogSource::worker:
      return "worker";
    case p::LogSource::plugin:
      return "plugin";
    case p::LogSource::backend:
      return "backend";
  }
  return "worker";
}

std::string_view level_name(p::LogLevel level) {
  switch (level) {
    case p::LogLevel::debug:
      return "debug";
    case p::LogLevel::info:
      return "info";
    case p::LogLevel::warning:
      return "warning";
  }
  return "info";
}

// Recorders send each batch's values when it ends, before it is known whether it was steady.
void relabel_before(std::uint64_t batch, std::vector<p::Segment>& segments) {
  for (p::Segment& s : segments) {
    const bool of_plugin = s.is_real() || s.quantity == p::Quantity::recorded;
    if (of_plugin && s.phase == p::SegmentPhase::measure && s.first_batch < batch) s.phase = p::SegmentPhase::warmup;
  }
}

}  // namespace

void Invocation::add(const p::Message& message) {
  std::visit(
      [this](const auto& m) {
        using T = std::decay_t<decltype(m)>;
        if constexpr (std::is_same_v<T, p::Segment>) {
          record.segments.push_back(m);
        } else if constexpr (std::is_same_v<T, p::RecorderHistogram>) {
          record.histograms.push_back(m);
        } else if constexpr (std::is_same_v<T, p::Calibration>) {
          record.calibration = m;
          if (m.steady_from) relabel_before(*m.steady_from, record.segments);
        } else if constexpr (std::is_same_v<T, p::BatchFlags>) {
          record.disturbed_batches.insert(record.disturbed_batches.end(), m.disturbed.begin(), m.disturbed.end());
        } else if constexpr (std::is_same_v<T, p::Work>) {
          record.work = m.items;
        } else if constexpr (std::is_same_v<T, p::Usage>) {
          record.usage = m;
        } else if constexpr (std::is_same_v<T, p::PhaseTimes>) {
          record.times = m;
        } else if constexpr (std::is_same_v<T, p::EventCounts>) {
          record.counts = m;
        } else if constexpr (std::is_same_v<T, p::Energy>) {
          record.energy = m;
        } else if constexpr (std::is_same_v<T, p::Artefact>) {
          record.artefacts.push_back(m);
        } else if constexpr (std::is_same_v<T, p::Log>) {
          record.logs.push_back({std::string(level_name(m.level)), std::string(source_name(m.source)), m.text});
        } else if constexpr (std::is_same_v<T, p::MetricDeclared>) {
          declared.push_back(m.metric);
        } else if constexpr (std::is_same_v<T, p::Withheld>) {
          withheld.push_back(m);
        } else if constexpr (std::is_same_v<T, p::Verdict>) {
          verdict = m;
        } else if constexpr (std::is_same_v<T, p::DeviceRecord>) {
          devices.push_back(m);
        }
      },
      message);
}

std::uint64_t measured_batches(const store::Invocation& invocation) {
  std::uint64_t count = 0;
  for (const p::Segment& s : invocation.segments) count += is_measured_wall(s) ? s.size() : 0;
  return count;
}

std::vector<std::uint64_t> batches_left_out(const store::Invocation& invocation) {
  if (invocation.disturbed_batches.empty()) return {};
  if (!stats::clean_suffice(measured_batches(invocation), disturbed_measured_batches(invocation))) return {};
  std::vector<std::uint64_t> batches = invocation.disturbed_batches;
  std::ranges::sort(batches);
  return batches;
}

std::uint64_t disturbed_measured_batches(const store::Invocation& invocation) {
  if (invocation.disturbed_batches.empty()) return 0;
  // Of thousands of segments, labels each, a few are times.
  std::vector<const p::Segment*> walls;
  for (const p::Segment& s : invocation.segments) {
    if (is_measured_wall(s)) walls.push_back(&s);
  }
  return static_cast<std::uint64_t>(std::ranges::count_if(invocation.disturbed_batches, [&](std::uint64_t batch) {
    return std::ranges::any_of(walls, [&](const p::Segment* s) { return contains(*s, batch); });
  }));
}

}  // namespace benchhost::analysis
