#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/base/utf8.h"
#include "common/platform/conditions.h"
#include "common/platform/system_text.h"
#include "common/platform/thread_usage.h"

namespace benchhost::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostCpus = 65'536;

/// The text of a file that may well be empty: an empty list of CPUs says something.
std::optional<std::string> read_even_empty(Files& files, const fs::path& path) {
  const Result<std::string> content = files.read(path, kSystemTextLimit);
  return content.ok() ? std::optional(std::string(trim(*content))) : std::nullopt;
}

std::optional<std::vector<unsigned>> read_cpus(Files& files, const fs::path& path) {
  const auto text = read_even_empty(files, path);
  return text ? parse_cpu_list(*text) : std::nullopt;
}

/// The number behind a word at the beginning of a line, as in /proc/vmstat and cpu.stat.
std::optional<std::uint64_t> counter(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(' ')) {
      return read_number<std::uint64_t>(line.substr(name.size()));
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> kib_field(std::string_view meminfo, std::string_view key) {
  const auto words = split_blanks(field_of(meminfo, key).value_or(""));
  const auto kib = words.size() == 2 && words[1] == "kB" ? read_number<std::uint64_t>(words[0]) : std::nullopt;
  return kib ? std::optional(*kib * 1024) : std::nullopt;
}

/// What one group's files say of its quota.
struct Quota {
  bool known = false;
  std::optional<double> cpus;
};

// Version 2: "max 100000", "200000 100000".
Quota quota_of_v2(Files& files, const fs::path& folder) {
  const auto text = read_system_text(files, folder / "cpu.max");
  const auto words = split_blanks(text ? *text : std::string_view());
  if (words.size() != 2) return {};
  if (words[0] == "max") return {true, std::nullopt};
  const auto quota = read_number<double>(words[0]);
  const auto period = read_number<double>(words[1]);
  return quota && period && *period > 0 ? Quota{true, *quota / *period} : Quota{};
}

// Version 1: -1 is none.
Quota quota_of_v1(Files& files, const fs::path& folder) {
  const auto quota = read_system_text(files, folder / "cpu.cfs_quota_us");
  const auto period = read_system_text(files, folder / "cpu.cfs_period_us");
  // NaN is greater than nothing.
  const double of_quota = quota ? read_number<double>(*quota).value_or(NAN) : NAN;
  const double of_period = period ? read_number<double>(*period).value_or(NAN) : NAN;
  if (std::isnan(of_quota) || !(of_period > 0)) return {};
  return of_quota < 0 ? Quota{true, std::nullopt} : Quota{true, of_quota / of_period};
}

/// The tightest quota from the group to the top; in a namespace of groups the path may not be there, and the top is
/// ours.
Quota tightest(Files& files, const fs::path& top, fs::path group, Quota (*read)(Files&, const fs::path&)) {
  Quota all;
  for (;;) {
    const Quota one = read(files, top / group);
    all.known = all.known || one.known;
    if (one.cpus) all.cpus = std::min(*one.cpus, all.cpus.value_or(*one.cpus));
    if (group.empty()) return all;
    group = group.parent_path();
  }
}

}  // namespace

std::int64_t own_cpu_time_ns() {
  std::int64_t all = 0;
  for (const auto& use : {process_use(), children_use()}) {
    if (use) all += use->user_ns + use->system_ns;
  }
  return all;
}

std::optional<std::vector<unsigned>> parse_cpu_list(std::string_view text) {
  std::vector<unsigned> cpus;
  text = trim(text);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t dash = part.find('-');
    const auto first = read_number<unsigned>(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : read_number<unsigned>(part.substr(dash + 1));
    if (!first || !last || *last < *first || *last - *first >= kMostCpus - cpus.size()) return std::nullopt;
    // By their number: after the greatest unsigned comes 0.
    for (unsigned more = 0; more <= *last - *first; ++more) cpus.push_back(*first + more);
  }
  std::ranges::sort(cpus);
  return cpus;
}

std::optional<ConditionMeter::Process> ConditionMeter::process(std::uint64_t pid) const {
  const auto text = read_system_text(files_, root_ / "proc" / std::to_string(pid) / "stat");
  if (!text) return std::nullopt;
  // "7 (name) S 1 …": the name may hold blanks and brackets. Fields are numbered as in proc(5), 1 is the number.
  const std::size_t open = text->find('(');
  const std::size_t close = text->rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  const std::vector<std::string_view> words = split_blanks(std::string_view(*text).substr(close + 1));
  const auto field = [&](std::size_t number) -> std::optional<std::uint64_t> {
    return words.size() > number - 3 ? read_number<std::uint64_t>(words[number - 3]) : std::nullopt;
  };
  const auto parent = field(4);
  const auto user = field(14);
  const auto system = field(15);
  const auto start = field(22);
  if (!parent || !user || !system || !start) return std::nullopt;
  return Process{to_valid_utf8(text->substr(open + 1, close - open - 1)), *parent, *start, *user + *system};
}

ConditionMeter::Moment ConditionMeter::moment() const {
  Moment now;
  if (const auto text = read_system_text(files_, root_ / "proc/vmstat")) {
    const auto in = counter(*text, "pswpin");
    const auto out = counter(*text, "pswpout");
    if (in && out) now.swapped_pages = *in + *out;
  }
  if (const auto entries = files_.list(root_ / "proc"); entries.ok()) {
    std::map<std::uint64_t, Process> all;
    std::size_t looked = 0;
    for (const DirectoryEntry& entry : *entries) {
      const auto pid = read_number<std::uint64_t>(entry.name);
      if (!pid) continue;
      if (++looked > kMostLookedAt) {
        ++now.left_out;
      } else if (auto one = process(*pid)) {
        all.emplace(*pid, *std::move(one));
      }
    }
    // A /proc without a single process is one that hides them, or none at all.
    if (!all.empty()) now.processes = std::move(all);
  }
  now.own_cpu_ns = own_cpu_ns_();
  now.at_ns = clock_.now_ns();
  return now;
}

void ConditionMeter::read_groups(ConditionFacts& facts) const {
  const auto text = read_system_text(files_, root_ / "proc/self/cgroup");
  if (!text) return;
  Quota all;
  const auto take = [&](const Quota& one) {
    all.known = all.known || one.known;
    if (one.cpus) all.cpus = std::min(*one.cpus, all.cpus.value_or(*one.cpus));
  };
  const fs::path mount = root_ / "sys/fs/cgroup";
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    // "4:cpu,cpuacct:/path", "0::/path"
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view names = line.substr(first + 1, second - first - 1);
    const fs::path group = fs::path(line.substr(second + 1)).relative_path();
    if (names.empty()) {
      take(tightest(files_, mount, group, quota_of_v2));
    } else if ((',' + std::string(names) + ',').find(",cpu,") != std::string::npos) {
      take(tightest(files_, mount / names, group, quota_of_v1));
      if (names != "cpu") take(tightest(files_, mount / "cpu", group, quota_of_v1));
    }
  }
  if (!all.known) {
    // The top group of version 2 has no quota and no file for one: a process in it is not bounded.
    const bool top_of_v2 = text->find("0::/\n") != std::string::npos || text->ends_with("0::/");
    if (!top_of_v2 || !exists(files_, mount / "cgroup.controllers")) return;
  }
  facts.cpu_limited = all.cpus.has_value();
  facts.cpu_quota = all.cpus;
}

void ConditionMeter::read_container(ConditionFacts& facts) const {
  if (exists(files_, root_ / ".dockerenv")) {
    facts.container = "docker";
  } else if (exists(files_, root_ / "run/.containerenv")) {
    facts.container = "podman";
  } else if (const auto kind = read_system_text(files_, root_ / "run/systemd/container")) {
    facts.container = to_valid_utf8(*kind);
  } else if (const auto groups = read_system_text(files_, root_ / "proc/1/cgroup")) {
    facts.container = "";
    constexpr auto kSigns =
        std::to_array<std::string_view>({"kubepods", "docker", "containerd", "libpod", "lxc", "garden"});
    for (const std::string_view sign : kSigns) {
      if (groups->find(sign) == std::string::npos) continue;
      facts.container = std::string(sign);
      break;
    }
  }
}

ConditionFacts ConditionMeter::read() {
  ConditionFacts facts;
  const fs::path cpu = root_ / "sys/devices/system/cpu";
  facts.online = read_cpus(files_, cpu / "online");
  facts.isolated = read_cpus(files_, cpu / "isolated");
  read_container(facts);
  read_groups(facts);
  if (const auto text = read_system_text(files_, root_ / "proc/meminfo")) {
    const auto total = kib_field(*text, "SwapTotal");
    const auto free = kib_field(*text, "SwapFree");
    if (total && free && *free <= *total) facts.swap_used_bytes = *total - *free;
  }
  facts.clock_source =
      read_system_text(files_, root_ / "sys/devices/system/clocksource/clocksource0/current_clocksource");

  Moment now = moment();
  facts.processes_left_out = now.left_out;
  if (before_ && now.at_ns > before_->at_ns) {
    const std::int64_t window = now.at_ns - before_->at_ns;
    facts.window_ns = window;
    facts.own_cpus = static_cast<double>(now.own_cpu_ns - before_->own_cpu_ns) / static_cast<double>(window);
    if (now.swapped_pages && before_->swapped_pages && *now.swapped_pages >= *before_->swapped_pages) {
      facts.swapped_pages = *now.swapped_pages - *before_->swapped_pages;
    }
    if (now.processes && before_->processes) {
      const long rate = sysconf(_SC_CLK_TCK);
      const double tick_ns = 1e9 / static_cast<double>(rate > 0 ? rate : 100);
      const auto self = static_cast<std::uint64_t>(getpid());
      const auto is_own = [&](std::uint64_t pid) {
        // A parent that is not there ends the chain; so does a circle of a table that changed while it was read.
        for (std::size_t step = 0; step <= now.processes->size(); ++step) {
          if (pid == self) return true;
          const auto found = now.processes->find(pid);
          if (found == now.processes->end()) return false;
          pid = found->second.parent;
        }
        return false;
      };
      std::vector<OtherProcess> others;
      for (const auto& [pid, one] : *now.processes) {
        const auto earlier = before_->processes->find(pid);
        const bool same = earlier != before_->processes->end() && earlier->second.start == one.start;
        const std::uint64_t ticks = one.ticks - (same ? std::min(one.ticks, earlier->second.ticks) : 0);
        // What is new has done all of it within the window, unless the table was too long to hold it before.
        if (ticks == 0 || (!same && before_->left_out > 0) || is_own(pid)) continue;
        others.push_back({pid, one.name, static_cast<double>(ticks) * tick_ns / static_cast<double>(window)});
      }
      std::ranges::stable_sort(others, std::greater<>(), &OtherProcess::cpus);
      if (others.size() > ConditionFacts::kMostProcesses) others.resize(ConditionFacts::kMostProcesses);
      facts.others = std::move(others);
    }
  }
  before_ = std::move(now);
  return facts;
}

}  // namespace benchhost::platform
