#include "common/platform/energy.h"

#include <algorithm>

#include "common/platform/system_text.h"

namespace benchhost::platform {
namespace {

constexpr std::int64_t kKeepUpNs = 10'000'000'000;
constexpr double kMicrojoules = 1e-6;
constexpr std::string_view kUnreadable =
    "energy_uj may not be read: since Linux 5.10 it is for root alone (or for whom an administrator lets read it)";

}  // namespace

EnergyMeter::EnergyMeter(Files& files, const std::filesystem::path& root) : files_(files) {
  const std::filesystem::path folder = root / "sys/class/powercap";
  const auto listed = files_.list(folder);
  if (!listed.ok()) {
    none_reason_ = "the system tells nothing of energy: there is no /sys/class/powercap";
    return;
  }
  for (const DirectoryEntry& entry : *listed) {
    // "intel-rapl:0" is a package, "intel-rapl:0:1" a part of it. "intel-rapl-mmio:0" is the same package again.
    if (!entry.name.starts_with("intel-rapl:")) continue;
    const auto name = read_system_text(files_, folder / entry.name / "name");
    if (!name) continue;
    const std::size_t part = entry.name.find(':', entry.name.find(':') + 1);
    if (part == std::string::npos) {
      if (name->starts_with("package")) add_zone(folder / entry.name, *name);
    } else if (*name == "dram") {
      const auto package = read_system_text(files_, folder / entry.name.substr(0, part) / "name");
      add_zone(folder / entry.name, package.value_or(entry.name.substr(0, part)) + "/dram");
    }
  }
  if (zones_.empty()) none_reason_ = "the system tells nothing of energy: /sys/class/powercap has no package";
}

void EnergyMeter::add_zone(const std::filesystem::path& folder, std::string name) {
  Zone zone;
  zone.name = std::move(name);
  zone.counter = folder / "energy_uj";
  if (const auto range = read_system_text(files_, folder / "max_energy_range_uj")) {
    zone.range_uj = read_number<std::uint64_t>(*range).value_or(0);
  }
  zones_.push_back(std::move(zone));
}

void EnergyMeter::read(std::int64_t now_ns, bool counts) {
  const double seconds = static_cast<double>(now_ns - read_ns_) * 1e-9;
  read_ns_ = now_ns;
  for (Zone& zone : zones_) {
    if (!zone.null_reason.empty()) continue;
    const auto text = read_system_text(files_, zone.counter);
    const auto now = text ? read_number<std::uint64_t>(*text) : std::nullopt;
    if (!now) {
      zone.null_reason = text ? "energy_uj holds no number" : std::string(kUnreadable);
      continue;
    }
    const auto before = zone.last_uj;
    zone.last_uj = now;
    if (!counts || !before) continue;
    const double range = static_cast<double>(zone.range_uj) * kMicrojoules;
    if (zone.range_uj > 0 && seconds * kMostWatts > range) {
      zone.null_reason = "the counter may have begun anew more than once between two readings";
    } else if (*now >= *before) {
      zone.joules += static_cast<double>(*now - *before) * kMicrojoules;
    } else if (zone.range_uj > 0 && *before <= zone.range_uj) {
      // After its greatest value comes 0.
      zone.joules += static_cast<double>(zone.range_uj - *before + *now + 1) * kMicrojoules;
    } else {
      zone.null_reason = "the counter began anew, and the system does not tell at which value";
    }
  }
}

void EnergyMeter::begin(std::int64_t now_ns) {
  if (open_) return;
  open_ = true;
  began_ns_ = now_ns;
  read(now_ns, false);
}

void EnergyMeter::keep_up(std::int64_t now_ns) {
  if (open_ && now_ns - read_ns_ >= kKeepUpNs) read(now_ns, true);
}

void EnergyMeter::end(std::int64_t now_ns) {
  if (!open_) return;
  open_ = false;
  read(now_ns, true);
  window_ns_ += now_ns - began_ns_;
}

std::vector<ZoneEnergy> EnergyMeter::used() const {
  if (zones_.empty()) return {{"package", std::nullopt, none_reason_}};
  std::vector<ZoneEnergy> all;
  for (const Zone& zone : zones_) {
    ZoneEnergy used{zone.name, std::nullopt, zone.null_reason};
    if (used.null_reason.empty() && window_ns_ < kLeastEnergyWindowNs) {
      used.null_reason =
          window_ns_ == 0 ? "nothing was measured" : "measured for less than 100 ms, in which the counter hardly moves";
    }
    if (used.null_reason.empty()) used.joules = zone.joules;
    all.push_back(std::move(used));
  }
  return all;
}

}  // namespace benchhost::platform
