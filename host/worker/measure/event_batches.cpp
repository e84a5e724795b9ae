#include "worker/measure/event_batches.h"

namespace benchhost::measure {

CallEnd EventBatches::run(BatchRunner& runner, std::uint64_t n, std::size_t index, int threads,
                          const std::atomic<std::uint32_t>& cancelled) {
  if (source_ == nullptr) return {};
  if (threads > 1) {
    why_not_ = "the threads of a team are not counted";
    return {};
  }
  if (static_cast<double>(runner.last().wall_ns) > kLongBatchShare * time_budget_ns_) {
    why_not_ = "a batch takes too long to be run again for it";
    return {};
  }
  const std::int64_t began_ns = clock_.now_ns();
  const auto has_time = [&] { return static_cast<double>(clock_.now_ns() - began_ns) < kEventShare * time_budget_ns_; };
  platform::EventCounters counters(*source_);
  runner.count_with(&counters);
  CallEnd ended;
  for (std::size_t i = 0; i < kEventBatches && (i == 0 || has_time()); ++i) {
    if (cancelled.load(std::memory_order_relaxed) != 0) break;
    ended = runner.run(n, protocol::SegmentPhase::warmup, index + i);
    if (!ended.ok()) break;
    ++batches_;
    counts_.iterations += n;
  }
  runner.count_with(nullptr);
  counts_.batches = batches_;
  if (batches_ == 0) {
    why_not_ = "the case ended before";
    return ended;
  }
  for (platform::EventCount& count : counters.read()) {
    counts_.events.push_back({std::string(platform::event_name(count.event)), count.value, count.running_ratio,
                              count.user_only, std::move(count.null_reason)});
  }
  return ended;
}

protocol::EventCounts EventBatches::counts() const {
  protocol::EventCounts counts = counts_;
  if (!counts.events.empty()) return counts;
  for (std::size_t i = 0; i < platform::kCountedEvents; ++i) {
    const auto event = static_cast<platform::CountedEvent>(i);
    counts.events.push_back({std::string(platform::event_name(event)), {}, {}, false, why_not_});
  }
  return counts;
}

}  // namespace benchhost::measure
