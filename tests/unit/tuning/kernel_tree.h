// A folder with the files of /sys and /proc in it that a test puts there.
#pragma once

#include <string>
#include <string_view>

#include "support/planted_tree.h"

namespace benchhost::test {

inline constexpr std::string_view kGovernor0 = "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
inline constexpr std::string_view kGovernor1 = "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor";
inline constexpr std::string_view kNoTurboFile = "sys/devices/system/cpu/intel_pstate/no_turbo";
inline constexpr std::string_view kParanoidFile = "proc/sys/kernel/perf_event_paranoid";

struct KernelTree : PlantedTree {
  [[nodiscard]] std::string get(std::string_view path) {
    const auto text = files.read(root() / path, Bytes{4096});
    return text.ok() ? *text : "";
  }
  /// Two CPUs of an Intel machine with everything at its default.
  void put_defaults() {
    for (const std::string_view governor : {kGovernor0, kGovernor1}) {
      put(governor, "powersave\n");
      put(std::string(governor.substr(0, governor.rfind('/'))) + "/scaling_available_governors",
          "performance powersave\n");
    }
    put(kNoTurboFile, "0\n");
    put("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
    put(kParanoidFile, "4\n");
    put("proc/sys/kernel/perf_event_max_sample_rate", "100000\n");
    put("sys/devices/system/cpu/smt/active", "1\n");
    put("proc/sys/kernel/randomize_va_space", "2\n");
    put("sys/devices/system/cpu/isolated", "\n");
  }
};

}  // namespace benchhost::test
