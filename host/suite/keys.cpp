#include "suite/keys.h"

#include <algorithm>
#include <array>

namespace benchhost::suite {
namespace {

constexpr auto kSuite = std::to_array<Key>({
    {"name", Shape::text, "What the suite is called in lists and reports", true},
    {"description", Shape::text, "What the suite is for"},
    {"labels", Shape::labels, "Stored with each run: purpose, team, ticket"},
    {"seed", Shape::seed, "Seed of all random choices; absent: drawn for each run and stored"},
    {"devices", Shape::devices, "Devices for all entries; the same as devices in defaults"},
    {"defaults", Shape::defaults, "What holds for every entry that does not say otherwise"},
    {"includes", Shape::texts, "Suites whose entries come first; paths relative to this file, in its folder or below"},
    {"entries", Shape::entries, "What to run, in this order"},
    {"reports", Shape::reports, "Reports to write when the run has ended"},
});

constexpr auto kDefaults = std::to_array<Key>({
    {"devices", Shape::devices, "Devices on which to run: every one that matches; absent: every one that fits"},
    {"precision", Shape::ratio, "Half-width of the 95 % interval at which a case may stop"},
    {"time", Shape::duration,
     "Time of the measured batches of one case, all invocations together; the fewest invocations are run in any case"},
    {"invocations", Shape::invocations, "Fresh processes per case"},
    {"timeout", Shape::duration, "Wall time of one invocation, after which it is ended as timed_out"},
    {"priority", Shape::priority, "What a time budget keeps first"},
    {"exclusive", Shape::boolean,
     "Whether nothing else may run on the machine meanwhile; absent: as the benchmark says"},
    {"share_device", Shape::boolean, "Whether other cases may use the device meanwhile; absent: as the benchmark says"},
    {"tags", Shape::texts, "Added to the tags of the benchmarks, for --tag"},
    {"labels", Shape::labels, "Stored with each case"},
    {"thresholds", Shape::thresholds, "What trips a gate, for all metrics or by glob over metric ids"},
    {"environment", Shape::environment, "What the machine must be like when the run begins"},
});

constexpr auto kEntry = std::to_array<Key>({
    {"id", Shape::id, "Name of the entry, unique in the suite"},
    {"benchmarks", Shape::texts, "Globs over benchmark ids; one that begins with ! takes away again", true},
    {"inputs", Shape::texts, "Globs over the inputs that a plugin's enumerate finds; absent: all"},
    {"settings", Shape::values, "What the plugin's enumerate is told"},
    {"parameters", Shape::parameters, "Values of parameters; several of them are crossed, the last varies fastest"},
    {"zip", Shape::zips, "Parameters that advance together"},
    {"exclude", Shape::expressions, "Combinations to leave out: param.bytes > 1 GiB && param.threads == 1"},
});

constexpr auto kDevice = std::to_array<Key>({
    {"kind", Shape::text, "A kind, kind:index, or a glob over either: cuda, cpu:0, opencl:*"},
    {"name", Shape::text, "Glob over the device's name or model, case ignored"},
    {"vendor", Shape::text, "Glob over the device's vendor, case ignored"},
    {"where", Shape::expression, "Expression over the device's facts: mem.bytes >= 4 GiB"},
});

constexpr auto kLinear = std::to_array<Key>({
    {"range", Shape::bounds, "First and last value, both included", true},
    {"step", Shape::step, "Distance of two values; absent: 1"},
});

constexpr auto kLog2 = std::to_array<Key>({
    {"log2", Shape::bounds, "First and last value, both included if the steps meet it", true},
    {"step", Shape::steps, "Steps between two values; absent: 1"},
    {"per_octave", Shape::steps, "Steps per factor of 2; absent: 1"},
});

constexpr auto kInvocations = std::to_array<Key>({
    {"min", Shape::processes, "At least so many", true},
    {"max", Shape::processes, "At most so many", true},
});

constexpr auto kReport = std::to_array<Key>({
    {"format", Shape::format, "What to write", true},
    {"file", Shape::text, "Where, relative to --output-dir; absent: standard output"},
});

constexpr auto kThreshold = std::to_array<Key>({
    {"at_least", Shape::quantity, "Least value, with its unit; the gate trips when the interval lies below it"},
    {"at_most", Shape::quantity, "Largest value, with its unit; the gate trips when the interval lies above it"},
    {"change", Shape::ratio, "Largest change for the worse against a baseline"},
});

constexpr auto kEnvironment = std::to_array<Key>({
    {"governor", Shape::governor, "Frequency governor of all cores: performance"},
    {"turbo", Shape::boolean, "Whether the processor may clock above its base"},
    {"smt", Shape::boolean, "Whether cores run more than one thread"},
    {"aslr", Shape::boolean, "Whether addresses are randomised"},
    {"max_load", Shape::number, "Highest load average over one minute, per core"},
    {"min_free_memory", Shape::size, "Least memory that is free when the run begins"},
    {"max_steal", Shape::share, "Largest share of time that the hypervisor gives to others"},
    {"min_cores", Shape::cores, "Least number of cores that benchmarks may use"},
    {"min_memory", Shape::size, "Least memory of the machine"},
    {"max_resolution", Shape::ratio, "Largest difference that the machine may fail to resolve, as last seen"},
    {"ac_power", Shape::boolean, "Whether the machine runs on mains"},
    {"unmet", Shape::unmet, "What becomes of the cases if a demand is not met: warn (the default), skip or fail"},
});

constexpr std::array<std::string_view, 3> kUnmet = {"warn", "skip", "fail"};
// Documentation/admin-guide/pm/cpufreq.rst of Linux.
constexpr std::array<std::string_view, 6> kGovernors = {"performance", "powersave",    "userspace",
                                                        "ondemand",    "conservative", "schedutil"};
constexpr std::array<std::string_view, 4> kPriorities = {"critical", "high", "medium", "low"};
constexpr std::array<std::string_view, 9> kFormats = {"console", "md",     "html",   "csv",   "json",
                                                      "junit",   "gbench", "github", "gitlab"};

}  // namespace

const Key* KeyTable::find(std::string_view key) const {
  const auto found = std::ranges::find(keys, key, &Key::name);
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> KeyTable::names() const {
  std::vector<std::string> out;
  for (const Key& key : keys) out.emplace_back(key.name);
  return out;
}

KeyTable suite_keys() { return {"a suite", kSuite}; }
KeyTable defaults_keys() { return {"defaults", kDefaults}; }
KeyTable entry_keys() { return {"an entry", kEntry}; }
KeyTable device_keys() { return {"a device selector", kDevice}; }
KeyTable linear_keys() { return {"a range", kLinear}; }
KeyTable log2_keys() { return {"a log2 range", kLog2}; }
KeyTable invocation_keys() { return {"invocations", kInvocations}; }
KeyTable report_keys() { return {"a report", kReport}; }
KeyTable threshold_keys() { return {"a threshold", kThreshold}; }
KeyTable environment_keys() { return {"environment", kEnvironment}; }

std::vector<std::string> entry_key_names() {
  std::vector<std::string> out = entry_keys().names();
  for (std::string& name : defaults_keys().names()) out.push_back(std::move(name));
  return out;
}

std::span<const std::string_view> priority_names() { return kPriorities; }
std::span<const std::string_view> report_formats() { return kFormats; }
std::span<const std::string_view> governor_names() { return kGovernors; }
std::span<const std::string_view> unmet_names() { return kUnmet; }

}  // namespace benchhost::suite
