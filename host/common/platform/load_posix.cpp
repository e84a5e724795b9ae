#include <algorithm>

#include "common/platform/load.h"
#include "common/platform/system_text.h"

namespace benchhost::platform {

std::optional<LoadMeter::Ticks> LoadMeter::read_ticks() const {
  const auto text = read_system_text(files_, root_ / "proc/stat");
  if (!text) return std::nullopt;
  // "cpu  user nice system idle iowait irq softirq steal guest guest_nice": guest time is part of user (proc(5)).
  const std::vector<std::string_view> words = split_blanks(std::string_view(*text).substr(0, text->find('\n')));
  if (words.size() < 9 || words[0] != "cpu") return std::nullopt;
  Ticks ticks;
  for (std::size_t i = 1; i < 9; ++i) {
    const auto value = read_number<std::uint64_t>(words[i]);
    if (!value) return std::nullopt;
    ticks.total += *value;
    if (i == 4 || i == 5) ticks.idle += *value;
    if (i == 8) ticks.steal = *value;
  }
  return ticks;
}

void LoadMeter::read_frequencies(LoadFacts& facts) const {
  const std::filesystem::path folder = root_ / "sys/devices/system/cpu";
  const auto entries = files_.list(folder);
  if (!entries.ok()) return;
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.starts_with("cpu") || !read_number<unsigned>(std::string_view(entry.name).substr(3))) continue;
    const auto text = read_system_text(files_, folder / entry.name / "cpufreq/scaling_cur_freq");
    const auto khz = text ? read_number<std::uint64_t>(*text) : std::nullopt;
    if (!khz) continue;
    const double hz = static_cast<double>(*khz) * 1000;
    facts.lowest_hz = std::min(hz, facts.lowest_hz.value_or(hz));
    facts.highest_hz = std::max(hz, facts.highest_hz.value_or(hz));
  }
}

void LoadMeter::read_temperature(LoadFacts& facts) const {
  const std::filesystem::path folder = root_ / "sys/class/thermal";
  const auto entries = files_.list(folder);
  if (!entries.ok()) return;
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.starts_with("thermal_zone")) continue;
    const auto text = read_system_text(files_, folder / entry.name / "temp");
    const auto milli = text ? read_number<std::int64_t>(*text) : std::nullopt;
    if (!milli) continue;
    const double celsius = static_cast<double>(*milli) / 1000;
    facts.temperature_celsius = std::max(celsius, facts.temperature_celsius.value_or(celsius));
  }
}

void LoadMeter::read_power(LoadFacts& facts) const {
  const std::filesystem::path folder = root_ / "sys/class/power_supply";
  const auto entries = files_.list(folder);
  if (!entries.ok()) return;
  for (const DirectoryEntry& entry : *entries) {
    if (read_system_text(files_, folder / entry.name / "type") != "Mains") continue;
    const auto online = read_system_text(files_, folder / entry.name / "online");
    if (online) facts.ac_power = facts.ac_power.value_or(false) || *online == "1";
  }
}

LoadFacts LoadMeter::read() {
  LoadFacts facts;
  const std::optional<Ticks> now = read_ticks();
  // Counters that went back (a suspended guest) tell nothing.
  if (now && before_ && now->total > before_->total && now->idle >= before_->idle && now->steal >= before_->steal) {
    const auto total = static_cast<double>(now->total - before_->total);
    const auto idle = static_cast<double>(now->idle - before_->idle);
    facts.steal_ticks = now->steal - before_->steal;
    const auto steal = static_cast<double>(*facts.steal_ticks);
    facts.busy_ratio = std::max(0.0, (total - idle - steal) / total);
    facts.steal_ratio = std::min(1.0, steal / total);
  }
  before_ = now;
  if (const auto text = read_system_text(files_, root_ / "proc/loadavg")) {
    const std::vector<std::string_view> words = split_blanks(*text);
    if (!words.empty()) facts.load_1_minute = read_number<double>(words[0]);
    if (words.size() > 3) facts.runnable = read_number<unsigned>(words[3].substr(0, words[3].find('/')));
  }
  if (const auto text = read_system_text(files_, root_ / "proc/meminfo")) {
    // "MemAvailable:   24012345 kB"
    const auto field = field_of(*text, "MemAvailable");
    const auto words = split_blanks(field.value_or(""));
    const auto kib = words.size() == 2 && words[1] == "kB" ? read_number<std::uint64_t>(words[0]) : std::nullopt;
    if (kib) facts.free_memory_bytes = *kib * 1024;
  }
  read_frequencies(facts);
  read_temperature(facts);
  read_power(facts);
  return facts;
}

}  // namespace benchhost::platform
