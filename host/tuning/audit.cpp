#include "tuning/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "common/base/units.h"

namespace benchhost::tuning {
namespace {

// Where a rule draws its line, and why there.
// A CPU that is taken for a tenth of the time costs a batch in ten what a switch costs: more than the 1 % that is
// usually asked for.
constexpr double kBusyRatio = 0.10;
// A single CPU's worth of others' work disturbs on a large machine too, through caches, memory and clock.
constexpr double kBusyCpus = 1.0;
// Of one CPU: others that are worth a name.
constexpr double kNamedCpus = 0.05;
// Stolen time makes batches longer by its share: half of the 1 % that is usually asked for.
constexpr double kStealRatio = 0.005;
// The kernel adds what is stolen up to ticks: one of them tells nothing of the window in which it came.
constexpr std::uint64_t kLeastStealTicks = 2;
// Run queue over a minute, for each CPU: work that has just paused comes back.
constexpr double kLoadEach = 0.5;
// Processors slow themselves down at 95 to 105 °C, and leave their highest clocks some 10 degrees earlier.
constexpr double kHotCelsius = 85;
constexpr double kWarmCelsius = 75;
// Of all memory: with less, what is read from files is thrown out and read again.
constexpr double kLittleFreeMemory = 0.05;
// A reading without a system call costs some 20 ns; one with a call several hundred.
constexpr double kDearClockNs = 150;
constexpr std::int64_t kCoarseClockNs = 1000;

constexpr std::string_view kTune = "benchhost system tune";

/// What a rule says of its subject; nullopt: nothing is wrong.
struct Said {
  Severity severity = Severity::note;
  std::string text;
  std::string help = {};
};
using Rule = std::optional<Said> (*)(const AuditInput& in);

Said unknown(std::string_view what) { return {Severity::unknown, fmt::format("{} is not known here", what)}; }
Said note(std::string text, std::string_view help = {}) { return {Severity::note, std::move(text), std::string(help)}; }
Said warn(std::string text, std::string_view help = {}) {
  return {Severity::warning, std::move(text), std::string(help)};
}

std::string bytes_text(std::uint64_t bytes) { return format_quantity(static_cast<double>(bytes), "By"); }

std::string cpus_text(std::size_t count) { return fmt::format("{} CPU{}", count, count == 1 ? "" : "s"); }

std::size_t online_cpus(const AuditInput& in) {
  return in.conditions.online ? in.conditions.online->size() : in.machine.topology.threads.size();
}

std::optional<Said> governor(const AuditInput& in) {
  if (!in.machine.governor) return unknown("the governor");
  if (*in.machine.governor == "performance") return std::nullopt;
  if (*in.machine.governor == "userspace") return note("the clock is set by hand: the governor is userspace");
  return warn(fmt::format("the governor is {}: clocks follow the load while it is measured", *in.machine.governor),
              kTune);
}

std::optional<Said> turbo(const AuditInput& in) {
  if (!in.machine.turbo) return unknown("whether clocks are raised above the nominal one");
  if (!*in.machine.turbo) return std::nullopt;
  return warn("turbo is on: clocks depend on temperature and on what other cores do", kTune);
}

std::optional<Said> siblings(const AuditInput& in) {
  if (!in.machine.smt) return unknown("whether cores run several threads");
  if (!*in.machine.smt) return std::nullopt;
  std::map<unsigned, unsigned> allowed_of_core;
  for (const platform::HardwareThread& t : in.machine.topology.threads) {
    if (std::ranges::find(in.allowed, t.cpu) != in.allowed.end()) ++allowed_of_core[t.core];
  }
  if (allowed_of_core.size() == 1 && allowed_of_core.begin()->second > 1) {
    return warn(
        fmt::format("all {} that may be used are threads of one core: benchhost shares it with what it measures",
                    cpus_text(in.allowed.size())),
        "give benchhost CPUs of two cores (taskset), or switch SMT off");
  }
  return note("SMT is on: whatever runs on the other thread of a core takes a share of it",
              "measure with SMT off where a case fills a core (/sys/devices/system/cpu/smt/control)");
}

std::optional<Said> virtual_machine(const AuditInput& in) {
  if (!in.machine.virtual_machine) return unknown("whether this is a virtual machine");
  if (!*in.machine.virtual_machine) return std::nullopt;
  return note(fmt::format("this is a virtual machine{}: neighbours on its host are not seen from here",
                          in.machine.hypervisor ? fmt::format(" ({})", *in.machine.hypervisor) : std::string()),
              "compare within one machine and one hour, A and B in turns");
}

std::optional<Said> steal(const AuditInput& in) {
  if (!in.load.steal_ratio) return unknown("the time that a hypervisor gives to others");
  if (*in.load.steal_ratio < kStealRatio || in.load.steal_ticks.value_or(0) < kLeastStealTicks) return std::nullopt;
  return warn(fmt::format("the hypervisor gave {} of the CPUs' time to others", format_percent(*in.load.steal_ratio)),
              "run on a host of its own, or when its neighbours are quiet");
}

// "cc1plus (4711) 98 %, …"
std::string names_of(const std::vector<platform::OtherProcess>& others) {
  std::string text;
  for (const platform::OtherProcess& one : others) {
    if (one.cpus < kNamedCpus) continue;
    text += fmt::format("{}{} ({}) {}", text.empty() ? "" : ", ", one.name, one.pid, format_percent(one.cpus));
  }
  return text;
}

std::optional<Said> busy(const AuditInput& in) {
  const auto cpus = others_cpus(in.load, in.conditions);
  const std::size_t all = online_cpus(in);
  const std::string names = in.conditions.others ? names_of(*in.conditions.others) : "";
  std::string named = names.empty() ? "" : fmt::format("; of one CPU: {}", names);
  if (!named.empty() && in.conditions.processes_left_out > 0) {
    named += fmt::format("; {} processes were not looked at", in.conditions.processes_left_out);
  }
  const auto load = [&] {
    return in.load.load_1_minute ? fmt::format(" (load {:.2g})", *in.load.load_1_minute) : std::string();
  }();
  if (cpus && (*cpus >= kBusyCpus || *cpus >= kBusyRatio * static_cast<double>(all))) {
    return warn(fmt::format("other work takes {} of {}{}{}", format_percent(*cpus / static_cast<double>(all)),
                            cpus_text(all), load, named),
                "stop what need not run, or wait for it");
  }
  if (!names.empty()) return note(fmt::format("other work runs{}{}", load, named), "stop what need not run");
  if (in.load.load_1_minute && all > 0 && *in.load.load_1_minute / static_cast<double>(all) >= kLoadEach) {
    return note(fmt::format("the load over the last minute was {:.2g} on {}: it may come back", *in.load.load_1_minute,
                            cpus_text(all)),
                "wait until it has fallen");
  }
  if (!cpus) return unknown("how much other work runs");
  return std::nullopt;
}

std::optional<Said> swap(const AuditInput& in) {
  if (in.conditions.swapped_pages && *in.conditions.swapped_pages > 0) {
    return warn(fmt::format("pages go to and from swap: {} just now", *in.conditions.swapped_pages),
                "free memory, or switch swap off while measuring (swapoff -a)");
  }
  const auto& [free, all] = std::tie(in.load.free_memory_bytes, in.machine.memory_bytes);
  if (free && all && static_cast<double>(*free) < kLittleFreeMemory * static_cast<double>(*all)) {
    return warn(fmt::format("{} of {} memory are free", bytes_text(*free), bytes_text(*all)), "free memory");
  }
  if (!in.conditions.swap_used_bytes) return unknown("how much swap is used");
  if (*in.conditions.swap_used_bytes == 0) return std::nullopt;
  return note(
      fmt::format("{} are in swap: whose they are will wait for them", bytes_text(*in.conditions.swap_used_bytes)),
      "swapoff -a && swapon -a brings them back");
}

std::optional<Said> quota(const AuditInput& in) {
  if (!in.conditions.cpu_limited) return unknown("whether a control group bounds CPU time");
  if (!*in.conditions.cpu_limited || !in.conditions.cpu_quota) return std::nullopt;
  return warn(
      fmt::format("a control group allows {:.3g} CPUs' time: what uses more is stopped for the rest of a period",
                  *in.conditions.cpu_quota),
      "take the quota away, or bind to CPUs instead (cpuset)");
}

std::optional<Said> container(const AuditInput& in) {
  if (!in.conditions.container) return unknown("whether this is a container");
  if (in.conditions.container->empty()) return std::nullopt;
  return note(
      fmt::format("this is a container ({}): processes beside it are not seen from here", *in.conditions.container));
}

std::optional<Said> cpus(const AuditInput& in) {
  if (!in.conditions.online || !in.conditions.isolated) return unknown("which CPUs are kept for whom");
  const auto& isolated = *in.conditions.isolated;
  const auto may = [&](unsigned cpu) { return std::ranges::find(in.allowed, cpu) != in.allowed.end(); };
  const auto used = std::ranges::count_if(isolated, may);
  if (!isolated.empty() && used == 0) {
    return note(fmt::format("{} are isolated from the scheduler, and benchhost may use none of them",
                            cpus_text(isolated.size())),
                "start it on them: taskset -c LIST benchhost run …");
  }
  if (!isolated.empty()) return std::nullopt;
  const std::size_t online = in.conditions.online->size();
  if (in.allowed.size() < online) {
    return note(
        fmt::format("benchhost may use {} of {}, and others may use them too", in.allowed.size(), cpus_text(online)));
  }
  return note(fmt::format("none of {} is isolated: whatever runs may run beside a measurement", cpus_text(online)),
              "isolcpus= on the kernel's command line keeps CPUs free");
}

std::optional<Said> layout(const AuditInput& in) {
  if (!in.machine.address_randomisation) return unknown("address randomisation");
  if (*in.machine.address_randomisation == 0) {
    return warn("address randomisation is off: all processes share one layout, and intervals do not show its luck",
                "sysctl kernel.randomize_va_space=2");
  }
  return note("address randomisation is on: each process has its own layout, and intervals hold what that does",
              "more invocations average over more layouts");
}

std::optional<Said> huge_pages(const AuditInput& in) {
  if (!in.machine.transparent_huge_pages) return unknown("the use of huge pages");
  if (*in.machine.transparent_huge_pages != "always") return std::nullopt;
  return note("huge pages are always used: memory is merged while it is measured, or not", kTune);
}

std::optional<Said> mains(const AuditInput& in) {
  if (!in.load.ac_power) return unknown("whether the machine is on mains");
  if (*in.load.ac_power) return std::nullopt;
  return warn("the machine runs on its battery: firmware lowers clocks as it sees fit", "plug it in");
}

std::optional<Said> temperature(const AuditInput& in) {
  if (!in.load.temperature_celsius) return unknown("the temperature");
  const double t = *in.load.temperature_celsius;
  if (t < kWarmCelsius) return std::nullopt;
  std::string text = fmt::format("the hottest sensor shows {:.0f} °C: clocks are lowered for heat", t);
  return t >= kHotCelsius ? warn(std::move(text), "let it cool down, and look after its cooling")
                          : note(std::move(text), "let it cool down");
}

std::optional<Said> clock(const AuditInput& in) {
  const platform::ClockFacts& c = in.clock;
  const std::string source = in.conditions.clock_source.value_or(c.source);
  if (c.cost_ns > kDearClockNs || c.smallest_delta_ns > kCoarseClockNs) {
    return warn(fmt::format("the clock ({}) costs {} a reading and steps by {}: short batches hold much of it", source,
                            format_ns(c.cost_ns), format_ns(static_cast<double>(c.smallest_delta_ns))),
                "clocksource=tsc on the kernel's command line, where the processor's is steady");
  }
  if (!in.conditions.clock_source) return unknown("the kernel's clock source");
  // Those that are read by a program's own instructions, and hold one pace.
  constexpr auto kSteady = std::to_array<std::string_view>(
      {"tsc", "tsc-early", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter", "timebase", "xen"});
  if (std::ranges::find(kSteady, *in.conditions.clock_source) != kSteady.end()) return std::nullopt;
  return warn(fmt::format("the clock source is {}: the kernel found the processor's own unsteady", source),
              "dmesg | grep -i clocksource says why");
}

struct Row {
  std::string_view code;
  std::string_view subject;
  Rule rule;
};

constexpr auto kRows = std::to_array<Row>({
    {"BH0701", "governor", governor},
    {"BH0702", "turbo", turbo},
    {"BH0703", "smt", siblings},
    {"BH0704", "virtual_machine", virtual_machine},
    {"BH0705", "steal", steal},
    {"BH0706", "busy", busy},
    {"BH0707", "memory", swap},
    {"BH0708", "cpu_quota", quota},
    {"BH0709", "container", container},
    {"BH0710", "cpus", cpus},
    {"BH0711", "address_randomisation", layout},
    {"BH0712", "huge_pages", huge_pages},
    {"BH0713", "power", mains},
    {"BH0714", "temperature", temperature},
    {"BH0715", "clock", clock},
});

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::unknown:
      return "unknown";
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
  }
  return "unknown";
}

std::optional<double> others_cpus(const platform::LoadFacts& load, const platform::ConditionFacts& conditions) {
  if (!load.busy_ratio || !conditions.own_cpus || !conditions.online) return std::nullopt;
  const double all = *load.busy_ratio * static_cast<double>(conditions.online->size());
  return std::max(0.0, all - *conditions.own_cpus);
}

std::vector<Finding> audit(const AuditInput& input) {
  std::vector<Finding> findings;
  for (const Row& row : kRows) {
    auto said = row.rule(input);
    if (said) findings.push_back({row.code, row.subject, said->severity, std::move(said->text), std::move(said->help)});
  }
  std::ranges::stable_sort(findings, std::greater<>(), &Finding::severity);
  return findings;
}

}  // namespace benchhost::tuning
