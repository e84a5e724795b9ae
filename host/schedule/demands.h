// What the demands of a suite on the machine come to for the cases of a plan. Pure.
#pragma once

#include "schedule/plan.h"
#include "suite/environment.h"

namespace benchhost::schedule {

/// Compares each case's demands with the facts. A case whose demands are not all met is skipped or refused if its suite
/// says so, with the first of them as its reason; else it runs, and each demand that is not met becomes one warning of
/// the plan with the number of cases. The member `unmet` of the run's environment lists them all: demand, value,
/// because, cases, then. Cases that would not run anyway are left as they are.
void apply_demands(Plan& plan, const suite::EnvironmentFacts& facts);

}  // namespace benchhost::schedule
