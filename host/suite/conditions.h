// Conditions of a suite over its cases: `exclude` and --filter. Private to the module.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suite/compiled_benchmark.h"
#include "suite/diagnostics.h"
#include "suite/expressions.h"
#include "suite/model.h"

namespace benchhost::suite {

/// A condition of the suite, read for one benchmark; nullopt where it names parameters that the benchmark lacks.
struct Condition {
  std::string cause;
  Position at;
  std::optional<CheckedExpression> expression;
};

/// Reads conditions for each benchmark. `what`: what they are called, "exclude". Errors: a name that none of the
/// benchmarks has, and all that is wrong with the expression itself.
[[nodiscard]] std::map<const CompiledBenchmark*, std::vector<Condition>> read_conditions(
    const std::vector<Placed>& texts, std::string_view what, const std::vector<const CompiledBenchmark*>& benchmarks,
    Diagnostics& diagnostics);

/// The command line's filter for one benchmark; nullopt: there is none. What is wrong with it is said by
/// read_conditions.
[[nodiscard]] std::optional<Condition> filter_condition(const std::string& text, const CompiledBenchmark& b);

}  // namespace benchhost::suite
