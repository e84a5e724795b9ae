// What the processor and the kernel count while the measuring thread runs: instructions, cycles, faults, switches.
//
// Hardware events need counters of the processor, which a virtual machine often has not, and leave of the kernel
// (perf_event_paranoid). What is not to be had has no count and a reason, never 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::platform {

enum class CountedEvent : std::uint32_t {
  instructions = 0,
  cycles,
  branches,
  branch_misses,
  cache_references,
  cache_misses,
  context_switches,
  migrations,
  page_faults,
};
inline constexpr std::size_t kCountedEvents = 9;
/// "instructions", "branch_misses": the names used in the database.
[[nodiscard]] std::string_view event_name(CountedEvent event);

/// Events that are only compared with each other are counted at the same times: one group of the kernel's.
inline constexpr std::size_t kEventGroups = 3;
[[nodiscard]] std::size_t event_group(CountedEvent event);

/// A reading of one event, all threads together.
struct EventReading {
  std::uint64_t count = 0;
  std::uint64_t enabled_ns = 0;  ///< while it was to be counted
  std::uint64_t running_ns = 0;  ///< while it was: less where events take turns on the processor's counters
};

/// What came of one event.
struct EventCount {
  CountedEvent event = CountedEvent::instructions;
  std::optional<double> value;  ///< of the whole time, estimated where it was counted for a part
  /// Part of the time during which it was counted; below 1 the value is scaled up by it. nullopt: no value.
  std::optional<double> running_ratio;
  bool user_only = false;   ///< the kernel's own work is not in it: it gives no leave to count that
  std::string null_reason;  ///< mandatory without a value
  friend bool operator==(const EventCount&, const EventCount&) = default;
};

/// Value and share of a reading. Never counted although enabled: no value, since nothing is known of it; never
/// enabled: 0 of a whole, for nothing was to be counted.
[[nodiscard]] EventCount settled(CountedEvent event, const EventReading& reading, bool user_only);

/// The kernel's calls, behind an interface so that tests can refuse them and let events take turns. Thread: one.
class EventSource {
 public:
  /// Failure of a call: the system's number and, for a refusal that has more to say, words.
  struct Refusal {
    int error = 0;
    std::string reason;
    bool needs_user_only = false;  ///< it may be counted without the kernel's own work
  };
  struct Opened {
    int handle = -1;  ///< < 0: refused
    Refusal refusal;
  };

  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  /// Opens one event of the calling thread and of the threads and processes that it starts from now on, not counting
  /// yet. `leader`: handle of the group that it joins; -1: it begins one.
  [[nodiscard]] virtual Opened open(CountedEvent event, int leader, bool user_only) = 0;
  /// Lets a group count, or stop.
  virtual void count(int leader, bool on) noexcept = 0;
  [[nodiscard]] virtual std::optional<EventReading> read(int handle) noexcept = 0;
  virtual void close(int handle) noexcept = 0;
};

/// The events of one thread and of those that it starts. Opened once; each pair of resume and pause costs one system
/// call a group and call (some microseconds), none where nothing could be opened. As long as they are open the kernel
/// makes copies for each thread and process that is started, counting or not: with three events a thread took 30 %
/// longer to start and to end, a process 8 %: not while batches are measured. Thread: the one that opened it.
class EventCounters {
 public:
  /// Opens what can be had. Requires: `source` outlives the counters.
  explicit EventCounters(EventSource& source);
  EventCounters(const EventCounters&) = delete;
  EventCounters& operator=(const EventCounters&) = delete;
  ~EventCounters();

  void resume() noexcept { set(true); }
  void pause() noexcept { set(false); }
  /// What was counted between all pairs of resume and pause so far, one entry an event, in the order of CountedEvent.
  /// One that stayed off though it was resumed has no value.
  [[nodiscard]] std::vector<EventCount> read() const;
  /// Whether anything is counted.
  [[nodiscard]] bool any() const { return leader_count_ > 0; }

 private:
  struct Slot {
    int handle = -1;
    bool user_only = false;
    std::string null_reason;
  };
  void set(bool on) noexcept;
  void open(CountedEvent event);

  EventSource& source_;
  std::array<Slot, kCountedEvents> slots_;
  std::array<int, kEventGroups> leaders_;  ///< of the groups that have one
  std::array<int, kEventGroups> group_leader_;
  std::size_t leader_count_ = 0;
  bool switched_on_ = false;  ///< at some time
};

/// The kernel of this machine; where it has no such call, every event is refused with that reason. Never null.
[[nodiscard]] std::unique_ptr<EventSource> system_event_source();

}  // namespace benchhost::platform
