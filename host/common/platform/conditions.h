// What else goes on on this machine, and what bounds this process: what disturbs a measurement beside facts and load.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/platform/clock.h"
#include "common/platform/files.h"

namespace benchhost::platform {

/// A process of somebody else, over the time between two readings.
struct OtherProcess {
  std::uint64_t pid = 0;
  std::string name;  ///< as the kernel shortens it; UTF-8, unescaped
  double cpus = 0;   ///< CPU time over wall time: 1.5 is one CPU and a half
  friend bool operator==(const OtherProcess&, const OtherProcess&) = default;
};

/// nullopt where the system does not tell: never "no", never 0.
struct ConditionFacts {
  /// Logical CPUs that run, and those of them that the scheduler leaves alone (isolcpus), ascending.
  std::optional<std::vector<unsigned>> online;
  std::optional<std::vector<unsigned>> isolated;
  /// "docker", "lxc" …; "" outside of one as far as can be seen from inside.
  std::optional<std::string> container;
  /// Whether a control group bounds the CPU time of this process, and to how many CPUs' worth.
  std::optional<bool> cpu_limited;
  std::optional<double> cpu_quota;  ///< of cpu_limited: the tightest from here to the root
  std::optional<std::uint64_t> swap_used_bytes;
  std::optional<std::string> clock_source;  ///< "tsc"

  // Between the reading before and this one; nullopt at the first reading.
  std::optional<std::int64_t> window_ns;
  std::optional<std::uint64_t> swapped_pages;  ///< in and out
  std::optional<double> own_cpus;              ///< taken by this process and its children that have ended
  /// Those that took CPU time, the busiest first, at most kMostProcesses; this process and its children are not among
  /// them.
  std::optional<std::vector<OtherProcess>> others;
  std::uint64_t processes_left_out = 0;  ///< not looked at, since there are too many

  static constexpr std::size_t kMostProcesses = 5;
};

/// CPU time that this process has used so far, its children that have ended included.
[[nodiscard]] std::int64_t own_cpu_time_ns();

/// Reads the conditions below `root` ("/" is this machine). Never fails: what cannot be read is absent. A reading looks
/// at no more than kMostLookedAt processes and takes some 10 us for each of them: before a run, never beside a
/// measurement. Thread: one object, one thread.
class ConditionMeter {
 public:
  static constexpr std::size_t kMostLookedAt = 2000;

  /// `files` and `clock` outlive it. own_cpu_ns: as own_cpu_time_ns.
  ConditionMeter(Files& files, Clock& clock, std::filesystem::path root = "/",
                 std::function<std::int64_t()> own_cpu_ns = own_cpu_time_ns)
      : files_(files), clock_(clock), root_(std::move(root)), own_cpu_ns_(std::move(own_cpu_ns)) {}

  [[nodiscard]] ConditionFacts read();

 private:
  struct Process {
    std::string name;
    std::uint64_t parent = 0;
    std::uint64_t start = 0;  ///< in ticks since the boot: tells a number that was given out again
    std::uint64_t ticks = 0;
  };
  struct Moment {
    std::int64_t at_ns = 0;
    std::int64_t own_cpu_ns = 0;
    std::optional<std::uint64_t> swapped_pages;
    std::optional<std::map<std::uint64_t, Process>> processes;
    std::uint64_t left_out = 0;
  };
  [[nodiscard]] Moment moment() const;
  [[nodiscard]] std::optional<Process> process(std::uint64_t pid) const;
  void read_groups(ConditionFacts& facts) const;
  void read_container(ConditionFacts& facts) const;

  Files& files_;
  Clock& clock_;
  std::filesystem::path root_;
  std::function<std::int64_t()> own_cpu_ns_;
  std::optional<Moment> before_;
};

/// "0-3,8" as numbers, ascending; "" is none. nullopt: no such list, or one of more than 65,536 numbers.
[[nodiscard]] std::optional<std::vector<unsigned>> parse_cpu_list(std::string_view text);

}  // namespace benchhost::platform
