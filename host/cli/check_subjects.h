// What of a plugin the validator can try here: for each benchmark its smallest case, and cases at the ends of what its
// parameters may be.
#pragma once

#include <string>
#include <vector>

#include "cli/run_plan.h"
#include "conform/check.h"

namespace benchhost::cli {

/// In the order of the plugin's benchmarks. A benchmark that cannot run here is in the list with its reason; where it
/// runs on several devices, a simulated one is taken, else the first. strictness: cases that none examines are left
/// out.
[[nodiscard]] std::vector<conform::BenchmarkSubject> check_subjects(const discover::PluginEntry& plugin,
                                                                    std::uint32_t strictness, std::uint64_t seed,
                                                                    const Site& site, CommandContext& context,
                                                                    Workplace& workplace,
                                                                    const supervise::CancelToken& cancel);

}  // namespace benchhost::cli
