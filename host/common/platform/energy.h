// What the processor's packages and their memory used, by the counters of the kernel's power capping (Linux powercap,
// driver intel-rapl, also of AMD's processors). They count everything that ran on a package, nothing is subtracted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/platform/files.h"

namespace benchhost::platform {

/// The counters move about every millisecond: of a shorter time an error of more than 1 % would remain.
inline constexpr std::int64_t kLeastEnergyWindowNs = 100'000'000;
/// More than any package draws: in a longer time than this takes to fill a counter, it may have begun anew twice.
inline constexpr double kMostWatts = 1000.0;

/// What a zone used over a time.
struct ZoneEnergy {
  std::string zone;  ///< "package-0", "package-0/dram"
  std::optional<double> joules;
  std::string null_reason;  ///< mandatory without joules
  friend bool operator==(const ZoneEnergy&, const ZoneEnergy&) = default;
};

/// Adds up what the zones below `root`/sys/class/powercap use between begin() and end(), several times over. A counter
/// that begins anew at its greatest value is followed as long as it is read often enough: see keep_up(). Thread: one.
class EnergyMeter {
 public:
  /// Looks for zones: packages, and the memory below them.
  explicit EnergyMeter(Files& files, const std::filesystem::path& root = "/");

  /// "now_ns": of a monotonic clock. A reading takes some microseconds a zone: never in the timed region.
  void begin(std::int64_t now_ns);
  void end(std::int64_t now_ns);
  /// Between begin and end, as often as there is a moment: reads the counters if it is due, once in ten seconds.
  void keep_up(std::int64_t now_ns);

  /// Whether there is a zone at all.
  [[nodiscard]] bool any() const { return !zones_.empty(); }
  /// One entry a zone; one of the zone "package" with the reason where there is none. Between pairs of begin and end.
  [[nodiscard]] std::vector<ZoneEnergy> used() const;
  /// Time between all pairs so far.
  [[nodiscard]] std::int64_t window_ns() const { return window_ns_; }

 private:
  struct Zone {
    std::string name;
    std::filesystem::path counter;
    std::uint64_t range_uj = 0;  ///< greatest value of the counter; 0: not told
    std::optional<std::uint64_t> last_uj;
    double joules = 0;
    std::string null_reason;  ///< once something is not known of it
  };
  void add_zone(const std::filesystem::path& folder, std::string name);
  void read(std::int64_t now_ns, bool counts);

  Files& files_;
  std::vector<Zone> zones_;
  std::string none_reason_;
  std::int64_t began_ns_ = 0;
  std::int64_t read_ns_ = 0;
  std::int64_t window_ns_ = 0;
  bool open_ = false;
};

}  // namespace benchhost::platform
