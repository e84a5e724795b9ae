// How busy and how hot the machine is: what disturbs a measurement from outside.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "common/platform/files.h"

namespace benchhost::platform {

/// nullopt where the system does not tell.
struct LoadFacts {
  /// Shares of all CPUs' time since the reading before; both 0 to 1. nullopt at the first reading and when no tick has
  /// passed.
  std::optional<double> busy_ratio;
  /// Time that the hypervisor gave to others.
  std::optional<double> steal_ratio;
  /// The same in ticks of the kernel's: a single one may have been filled up long before. nullopt: as above.
  std::optional<std::uint64_t> steal_ticks;
  /// Mean number of runnable and waiting tasks over the last minute.
  std::optional<double> load_1_minute;
  /// Tasks that were running or ready at this moment, the caller included.
  std::optional<unsigned> runnable;
  /// Memory that could be had without swapping.
  std::optional<std::uint64_t> free_memory_bytes;
  /// Whether the machine runs on mains; nullopt also where no supply is listed, as on most servers.
  std::optional<bool> ac_power;
  /// Of the hottest zone.
  std::optional<double> temperature_celsius;
  /// Lowest and highest current frequency of a CPU.
  std::optional<double> lowest_hz;
  std::optional<double> highest_hz;
};

/// Reads the load below `root` ("/" is this machine). A reading opens some files (about 100 us, more with many CPUs):
/// between cases, never in the timed region. Thread: one object, one thread.
class LoadMeter {
 public:
  explicit LoadMeter(Files& files, std::filesystem::path root = "/") : files_(files), root_(std::move(root)) {}
  [[nodiscard]] LoadFacts read();

 private:
  struct Ticks {
    std::uint64_t total = 0;
    std::uint64_t idle = 0;
    std::uint64_t steal = 0;
  };
  [[nodiscard]] std::optional<Ticks> read_ticks() const;
  void read_frequencies(LoadFacts& facts) const;
  void read_temperature(LoadFacts& facts) const;
  void read_power(LoadFacts& facts) const;

  Files& files_;
  std::filesystem::path root_;
  std::optional<Ticks> before_;
};

}  // namespace benchhost::platform
