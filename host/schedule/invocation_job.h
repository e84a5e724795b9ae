// What a worker is told of a case. Pure but for the choice of cores.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/protocol/job.h"
#include "schedule/plan.h"

namespace benchhost::schedule {

/// Seed of a case's data: of its key and the run's seed, not of its place in the suite, so the same on every machine.
[[nodiscard]] std::uint64_t data_seed(const suite::CaseSpec& spec, std::uint64_t run_seed);

/// The job of an invocation, but for what belongs to that one: its number, scratch folder, and the n that an earlier
/// one found. choose_cores: as ExecutorParts::choose_cores.
[[nodiscard]] protocol::RunJob job_of(const PlanCase& work, const Plan& plan,
                                      const std::function<std::vector<std::uint32_t>(std::uint64_t)>& choose_cores);

}  // namespace benchhost::schedule
