#include "tuning/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace benchhost::tuning {
namespace {

namespace fs = std::filesystem;

constexpr Bytes kMostText{4096};
constexpr std::size_t kLongestValue = 40;

constexpr std::string_view kCpuFolder = "sys/devices/system/cpu/";
constexpr std::string_view kGovernorEnd = "/cpufreq/scaling_governor";
constexpr std::string_view kNoTurbo = "sys/devices/system/cpu/intel_pstate/no_turbo";
constexpr std::string_view kBoost = "sys/devices/system/cpu/cpufreq/boost";
constexpr std::string_view kHugePages = "sys/kernel/mm/transparent_hugepage/enabled";
constexpr std::string_view kParanoid = "proc/sys/kernel/perf_event_paranoid";
constexpr std::string_view kSampleRate = "proc/sys/kernel/perf_event_max_sample_rate";

constexpr auto kSingleFiles = std::to_array<std::string_view>({kNoTurbo, kBoost, kHugePages, kParanoid, kSampleRate});

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "cpu12" -> 12.
std::optional<int> cpu_number(std::string_view name) {
  if (!name.starts_with("cpu") || name.size() < 4 || name.size() > 8) return std::nullopt;
  const std::string_view digits = name.substr(3);
  return digits.find_first_not_of("0123456789") == std::string_view::npos ? whole(digits) : std::nullopt;
}

constexpr std::string_view kAbsent = "this system has no such setting, or does not show it";

// Whether the governors that a CPU's driver offers hold this word.
bool offers(platform::Files& files, const fs::path& governor, std::string_view wanted) {
  const auto list = files.read(governor.parent_path() / "scaling_available_governors", kMostText);
  return list.ok() && (' ' + std::string(trimmed(*list)) + ' ').find(fmt::format(" {} ", wanted)) != std::string::npos;
}

void plan_governor(platform::Files& files, const fs::path& root, TunePlan& plan) {
  constexpr std::string_view kWanted = "performance";
  // A clock that somebody has set is steady, and would not come back with the name of its governor.
  constexpr std::string_view kByHand = "userspace";
  Change change{"governor", {}, std::string(kWanted), "the clock then does not follow the load that is measured"};
  std::vector<std::pair<int, SettingFile>> found;
  std::size_t there = 0;
  std::size_t without = 0;
  std::size_t by_hand = 0;
  if (const auto entries = files.list(root / kCpuFolder); entries.ok()) {
    for (const platform::DirectoryEntry& entry : *entries) {
      const auto cpu = cpu_number(entry.name);
      if (!cpu) continue;
      const std::string file = std::string(kCpuFolder) + entry.name + std::string(kGovernorEnd);
      const auto now = read_setting(files, root / file);
      if (!now) continue;
      ++there;
      if (*now == kWanted) continue;
      if (*now == kByHand) {
        ++by_hand;
      } else if (offers(files, root / file, kWanted)) {
        found.emplace_back(*cpu, SettingFile{file, *now});
      } else {
        ++without;
      }
    }
  }
  std::ranges::sort(found, {}, [](const auto& one) { return one.first; });
  for (auto& [cpu, file] : found) change.files.push_back(std::move(file));
  if (!change.files.empty()) plan.changes.push_back(std::move(change));
  if (there == 0) plan.kept.push_back({"governor", std::string(kAbsent)});
  if (without > 0) {
    plan.kept.push_back(
        {"governor", fmt::format("{} CPU{} no governor '{}'", without, without == 1 ? " has" : "s have", kWanted)});
  }
  if (by_hand > 0) {
    plan.kept.push_back({"governor", fmt::format("the clock of {} CPU{} is set by hand (userspace)", by_hand,
                                                 by_hand == 1 ? "" : "s")});
  }
  if (there > 0 && found.empty() && without == 0 && by_hand == 0) {
    plan.kept.push_back({"governor", fmt::format("it is {}", kWanted)});
  }
}

void plan_one(platform::Files& files, const fs::path& root, std::string_view name, std::string_view file,
              std::string_view then, std::string_view why, bool (*fine)(std::string_view now), TunePlan& plan) {
  const auto now = read_setting(files, root / file);
  if (!now) {
    plan.kept.push_back({std::string(name), std::string(kAbsent)});
  } else if (*now == then || fine(*now)) {
    plan.kept.push_back({std::string(name), fmt::format("it is {}", *now)});
  } else {
    plan.changes.push_back({std::string(name), {{std::string(file), *now}}, std::string(then), std::string(why)});
  }
}

bool never(std::string_view) { return false; }

void plan_advice(platform::Files& files, const fs::path& root, TunePlan& plan) {
  if (read_setting(files, root / kCpuFolder / "smt/active") == "1") {
    plan.advice.push_back(
        {"smt",
         "is on, and halves what a thread can count on while its neighbour works; switching it off "
         "takes CPUs from everything that runs here: echo off > /sys/devices/system/cpu/smt/control"});
  }
  if (read_setting(files, root / "proc/sys/kernel/randomize_va_space") == "0") {
    plan.advice.push_back({"address_randomisation",
                           "is off: every process gets one and the same layout, and its luck is in every number; it "
                           "is also a protection: sysctl kernel.randomize_va_space=2"});
  }
  if (const auto isolated = files.read(root / kCpuFolder / "isolated", kMostText);
      isolated.ok() && trimmed(*isolated).empty()) {
    plan.advice.push_back(
        {"cpus",
         "none is isolated; isolcpus= and irqaffinity= on the kernel's command line keep some free of "
         "other work and of interrupts"});
  }
}

}  // namespace

std::optional<std::string> read_setting(platform::Files& files, const fs::path& path) {
  const auto content = files.read(path, kMostText);
  if (!content.ok()) return std::nullopt;
  std::string_view text = trimmed(*content);
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open == std::string_view::npos ? 0 : open);
  if (open != std::string_view::npos && close != std::string_view::npos) text = text.substr(open + 1, close - open - 1);
  return is_setting_value(text) ? std::optional(std::string(text)) : std::nullopt;
}

bool is_setting_file(std::string_view file) {
  if (std::ranges::find(kSingleFiles, file) != kSingleFiles.end()) return true;
  if (!file.starts_with(kCpuFolder) || !file.ends_with(kGovernorEnd)) return false;
  file.remove_prefix(kCpuFolder.size());
  if (file.size() < kGovernorEnd.size()) return false;
  file.remove_suffix(kGovernorEnd.size());
  return cpu_number(file).has_value();
}

bool is_setting_value(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !text.empty() && text.size() <= kLongestValue && text.find_first_not_of(kLetters) == std::string_view::npos;
}

TunePlan plan_tuning(platform::Files& files, const fs::path& root) {
  TunePlan plan;
  plan_governor(files, root, plan);
  constexpr std::string_view kSteadyClock = "clocks above the nominal one depend on heat and on the other cores";
  if (read_setting(files, root / kNoTurbo)) {
    plan_one(files, root, "turbo", kNoTurbo, "1", kSteadyClock, never, plan);
  } else {
    plan_one(files, root, "turbo", kBoost, "0", kSteadyClock, never, plan);
  }
  plan_one(
      files, root, "huge_pages", kHugePages, "madvise",
      "memory is then not merged behind the back of what is measured; a program may still ask for it",
      [](std::string_view now) { return now == "never"; }, plan);
  plan_one(
      files, root, "perf_event_paranoid", kParanoid, "2",
      "workers without privileges may then count what they do themselves in user mode",
      [](std::string_view now) {
        const auto level = whole(now);
        return level && *level <= 2;
      },
      plan);
  plan_one(files, root, "perf_event_max_sample_rate", kSampleRate, "1",
           "whoever samples on this machine then interrupts it as rarely as can be", never, plan);
  plan_advice(files, root, plan);
  return plan;
}

}  // namespace benchhost::tuning
