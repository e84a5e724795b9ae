// Events that are counted, refused, and take turns: with a kernel of our own, and with this machine's.
#include "common/platform/event_counters.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/platform/counter_access.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace benchhost::platform {
namespace {

/// Gives handles from 100 on, and what the test says.
class PlantedSource final : public EventSource {
 public:
  Opened open(CountedEvent event, int leader, bool user_only) override {
    asked.emplace_back(event, user_only);
    const auto refused = refuse.find(event);
    Opened opened;
    if (refused != refuse.end() && !(refused->second.needs_user_only && user_only)) {
      opened.refusal = refused->second;
      return opened;
    }
    opened.handle = 100 + static_cast<int>(event);
    open_now.insert(opened.handle);
    leaders[event] = leader;
    return opened;
  }
  void count(int leader, bool on) noexcept override { switched.emplace_back(leader, on); }
  std::optional<EventReading> read(int handle) noexcept override {
    const auto found = readings.find(static_cast<CountedEvent>(handle - 100));
    return found == readings.end() ? std::nullopt : std::optional(found->second);
  }
  void close(int handle) noexcept override { open_now.erase(handle); }

  std::map<CountedEvent, Refusal> refuse;
  std::map<CountedEvent, EventReading> readings;
  std::map<CountedEvent, int> leaders;
  std::vector<std::pair<CountedEvent, bool>> asked;
  std::vector<std::pair<int, bool>> switched;
  std::set<int> open_now;
};

EventCount count_of(const EventCounters& counters, CountedEvent event) {
  for (EventCount& count : counters.read()) {
    if (count.event == event) return count;
  }
  return {};
}

TEST_CASE("every event has a name of its own, in the order in which they are told") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kCountedEvents; ++i) names.insert(event_name(static_cast<CountedEvent>(i)));
  CHECK(names.size() == kCountedEvents);
  CHECK(event_name(CountedEvent::branch_misses) == "branch_misses");
  PlantedSource source;
  const EventCounters counters(source);
  const auto counts = counters.read();
  REQUIRE(counts.size() == kCountedEvents);
  for (std::size_t i = 0; i < kCountedEvents; ++i) CHECK(counts[i].event == static_cast<CountedEvent>(i));
}

TEST_CASE("a count for a part of the time is scaled up and says so") {
  const EventCount half = settled(CountedEvent::cycles, {1000, 400, 100}, false);
  CHECK(half.value == 4000.0);
  CHECK(half.running_ratio == 0.25);
  const EventCount whole = settled(CountedEvent::cycles, {1000, 400, 400}, true);
  CHECK(whole.value == 1000.0);
  CHECK(whole.running_ratio == 1.0);
  CHECK(whole.user_only);
  // Nothing is known of what never had its turn; that is not 0.
  const EventCount never = settled(CountedEvent::cycles, {0, 400, 0}, false);
  CHECK_FALSE(never.value);
  CHECK_FALSE(never.running_ratio);
  CHECK_FALSE(never.null_reason.empty());
  CHECK(settled(CountedEvent::page_faults, {0, 400, 400}, false).value == 0.0);
}

TEST_CASE("groups are switched by their leaders, and what was opened is closed") {
  PlantedSource source;
  {
    EventCounters counters(source);
    CHECK(counters.any());
    CHECK(source.open_now.size() == kCountedEvents);
    CHECK(source.leaders[CountedEvent::instructions] == -1);
    CHECK(source.leaders[CountedEvent::branches] == 100);
    CHECK(source.leaders[CountedEvent::cache_misses] == 100 + static_cast<int>(CountedEvent::cache_references));
    counters.resume();
    counters.pause();
    REQUIRE(source.switched.size() == 2 * kEventGroups);
    CHECK(source.switched[0] == std::pair{100, true});
    CHECK(source.switched[kEventGroups] == std::pair{100, false});
  }
  CHECK(source.open_now.empty());
}

TEST_CASE("an event that is refused has no count and the reason; the next of its group leads") {
  PlantedSource source;
  source.refuse[CountedEvent::instructions] = {ENOENT, "no such counter", false};
  source.readings[CountedEvent::cycles] = {7, 1, 1};
  const EventCounters counters(source);
  CHECK(source.leaders[CountedEvent::cycles] == -1);
  CHECK(source.leaders[CountedEvent::branches] == 101);
  CHECK(count_of(counters, CountedEvent::instructions).null_reason == "no such counter");
  CHECK_FALSE(count_of(counters, CountedEvent::instructions).value);
  CHECK(count_of(counters, CountedEvent::cycles).value == 7.0);
  // Opened, but not to be read.
  CHECK_FALSE(count_of(counters, CountedEvent::branches).null_reason.empty());
}

TEST_CASE("an event that stays off though it was switched on has no count, not 0") {
  PlantedSource source;
  source.readings[CountedEvent::cycles] = {0, 0, 0};
  source.readings[CountedEvent::page_faults] = {0, 10, 10};
  EventCounters counters(source);
  CHECK(count_of(counters, CountedEvent::cycles).value == 0.0);
  counters.resume();
  counters.pause();
  CHECK_FALSE(count_of(counters, CountedEvent::cycles).value);
  CHECK_FALSE(count_of(counters, CountedEvent::cycles).null_reason.empty());
  CHECK(count_of(counters, CountedEvent::page_faults).value == 0.0);
}

TEST_CASE("what can be had is what a worker would count, by the same names") {
  PlantedSource source;
  source.refuse[CountedEvent::cycles] = {ENOENT, "no such counter", false};
  source.refuse[CountedEvent::branches] = {EACCES, "no leave", true};
  for (std::size_t i = 0; i < kCountedEvents; ++i) source.readings[static_cast<CountedEvent>(i)] = {0, 10, 10};
  // Opened, and always behind others.
  source.readings[CountedEvent::cache_misses] = {0, 10, 0};
  const auto all = counter_access(source);
  REQUIRE(all.size() == kCountedEvents);
  for (std::size_t i = 0; i < kCountedEvents; ++i) {
    const auto event = static_cast<CountedEvent>(i);
    CAPTURE(all[i].name);
    CHECK(all[i].name == event_name(event));
    CHECK(all[i].available() == (event != CountedEvent::cycles && event != CountedEvent::cache_misses));
  }
  CHECK(all[1].reason == "no such counter");
  CHECK(source.open_now.empty());
}

TEST_CASE("without leave for the kernel's work the program's own is counted, and marked") {
  PlantedSource source;
  source.refuse[CountedEvent::cycles] = {EACCES, "no leave", true};
  source.refuse[CountedEvent::context_switches] = {EACCES, "no leave", false};
  source.readings[CountedEvent::cycles] = {7, 1, 1};
  const EventCounters counters(source);
  const EventCount cycles = count_of(counters, CountedEvent::cycles);
  CHECK(cycles.value == 7.0);
  CHECK(cycles.user_only);
  const EventCount switches = count_of(counters, CountedEvent::context_switches);
  CHECK_FALSE(switches.value);
  CHECK_FALSE(switches.user_only);
  CHECK(switches.null_reason == "no leave");
}

TEST_CASE("where nothing can be opened nothing is called while measuring") {
  PlantedSource source;
  for (std::size_t i = 0; i < kCountedEvents; ++i) source.refuse[static_cast<CountedEvent>(i)] = {ENOSYS, "", false};
  EventCounters counters(source);
  CHECK_FALSE(counters.any());
  counters.resume();
  counters.pause();
  CHECK(source.switched.empty());
  for (const EventCount& count : counters.read()) {
    CHECK_FALSE(count.value);
    CHECK_FALSE(count.null_reason.empty());
  }
}

#if defined(__linux__)
/// Touches so many fresh pages.
void fault(std::size_t pages) {
  constexpr std::size_t kPage = 4096;
  void* memory = mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  // Large pages would make one fault of many.
  madvise(memory, pages * kPage, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < pages; ++i) static_cast<volatile char*>(memory)[i * kPage] = 1;
  munmap(memory, pages * kPage);
}

TEST_CASE("this machine's page faults are counted between resume and pause alone, of threads that start later too") {
  const auto source = system_event_source();
  EventCounters counters(*source);
  const EventCount before = count_of(counters, CountedEvent::page_faults);
  if (!before.value) {
    // A sandbox without the call, or a kernel that gives no leave: then there is a reason.
    CHECK_FALSE(before.null_reason.empty());
    return;
  }
  CHECK(before.value == 0.0);
  fault(1000);
  CHECK(count_of(counters, CountedEvent::page_faults).value == 0.0);
  counters.resume();
  fault(500);
  counters.pause();
  fault(1000);
  const EventCount own = count_of(counters, CountedEvent::page_faults);
  REQUIRE(own.value);
  CHECK(*own.value >= 500);
  CHECK(*own.value < 700);
  counters.resume();
  std::thread([] { fault(500); }).join();
  counters.pause();
  const EventCount both = count_of(counters, CountedEvent::page_faults);
  REQUIRE(both.value);
  CHECK(*both.value >= 1000);
  for (const EventCount& count : counters.read()) {
    CAPTURE(event_name(count.event));
    CHECK(count.value.has_value() != !count.null_reason.empty());
    CHECK(count.value.has_value() == count.running_ratio.has_value());
  }
}
#endif

}  // namespace
}  // namespace benchhost::platform
