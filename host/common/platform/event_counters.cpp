// Events stand in groups of the kernel: hardware events of one kind together, so that their ratios are of the same
// moments, but no group larger than the counters that nearly every processor has. Handles are not asked for as one
// record (PERF_FORMAT_GROUP), which older kernels refuse for events that new threads inherit.
#include "common/platform/event_counters.h"

#include <algorithm>

namespace benchhost::platform {

std::string_view event_name(CountedEvent event) {
  static constexpr std::array<std::string_view, kCountedEvents> kNames = {
      "instructions", "cycles",           "branches",   "branch_misses", "cache_references",
      "cache_misses", "context_switches", "migrations", "page_faults"};
  const auto index = static_cast<std::size_t>(event);
  return index < kCountedEvents ? kNames[index] : std::string_view("unknown");
}

std::size_t event_group(CountedEvent event) {
  if (event <= CountedEvent::branch_misses) return 0;
  return event <= CountedEvent::cache_misses ? 1 : 2;
}

EventCount settled(CountedEvent event, const EventReading& reading, bool user_only) {
  EventCount count;
  count.event = event;
  count.user_only = user_only;
  if (reading.enabled_ns > 0 && reading.running_ns == 0) {
    count.null_reason = "other events took the processor's counters all the time";
    return count;
  }
  const double ratio =
      reading.enabled_ns == 0 ? 1.0 : static_cast<double>(reading.running_ns) / static_cast<double>(reading.enabled_ns);
  count.running_ratio = std::min(1.0, ratio);
  count.value = static_cast<double>(reading.count) / *count.running_ratio;
  return count;
}

EventCounters::EventCounters(EventSource& source) : source_(source) {
  leaders_.fill(-1);
  group_leader_.fill(-1);
  for (std::size_t i = 0; i < kCountedEvents; ++i) open(static_cast<CountedEvent>(i));
}

void EventCounters::open(CountedEvent event) {
  Slot& slot = slots_[static_cast<std::size_t>(event)];
  int& leader = group_leader_[event_group(event)];
  EventSource::Opened opened = source_.open(event, leader, false);
  if (opened.handle < 0 && opened.refusal.needs_user_only) {
    slot.user_only = true;
    opened = source_.open(event, leader, true);
  }
  if (opened.handle < 0) {
    slot.user_only = false;
    slot.null_reason = std::move(opened.refusal.reason);
    if (slot.null_reason.empty()) slot.null_reason = "the system refuses it";
    return;
  }
  slot.handle = opened.handle;
  if (leader >= 0) return;
  leader = opened.handle;
  leaders_[leader_count_++] = opened.handle;
}

EventCounters::~EventCounters() {
  // Members before their leader: the kernel would let them go on alone.
  for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) {
    if (slot->handle >= 0) source_.close(slot->handle);
  }
}

void EventCounters::set(bool on) noexcept {
  switched_on_ = switched_on_ || on;
  for (std::size_t i = 0; i < leader_count_; ++i) source_.count(leaders_[i], on);
}

std::vector<EventCount> EventCounters::read() const {
  std::vector<EventCount> counts;
  for (std::size_t i = 0; i < kCountedEvents; ++i) {
    const auto event = static_cast<CountedEvent>(i);
    const Slot& slot = slots_[i];
    EventCount count;
    count.event = event;
    count.null_reason = slot.null_reason;
    if (slot.handle >= 0) {
      const auto reading = source_.read(slot.handle);
      if (reading && reading->enabled_ns == 0 && switched_on_) {
        count.null_reason = "the system did not switch it on";
      } else if (reading) {
        count = settled(event, *reading, slot.user_only);
      } else {
        count.null_reason = "the system does not let it be read";
      }
    }
    counts.push_back(std::move(count));
  }
  return counts;
}

}  // namespace benchhost::platform
