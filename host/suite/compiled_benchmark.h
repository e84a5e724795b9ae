// A benchmark with its expressions ready to be evaluated. Private to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/expression.h"
#include "suite/diagnostics.h"
#include "suite/expand.h"
#include "suite/expressions.h"

namespace benchhost::suite {

struct CompiledConstraint {
  std::string parameter;
  CheckedExpression expression;
};

/// Valid until: the record goes.
struct CompiledBenchmark {
  std::size_t plugin = 0;
  const protocol::PluginRecord* plugin_record = nullptr;
  const protocol::BenchmarkRecord* record = nullptr;
  std::vector<CompiledConstraint> constraints;
  std::optional<CheckedExpression> requirement;
  std::vector<std::optional<CheckedExpression>> slots;
  std::optional<CheckedExpression> cores;
  std::optional<CheckedExpression> memory_bytes;
  std::optional<CheckedExpression> seconds;

  [[nodiscard]] std::optional<std::size_t> parameter(std::string_view name) const;
};

/// The probe has checked the expressions already; one that does not fit here (a record of another version) is an error.
[[nodiscard]] std::optional<CompiledBenchmark> compile_benchmark(std::size_t plugin,
                                                                 const protocol::PluginRecord& record,
                                                                 const protocol::BenchmarkRecord& benchmark,
                                                                 Diagnostics& diagnostics);

/// The claims of one case. fail_reason: "" unless a claim is given and has no value.
[[nodiscard]] Claims evaluate_claims(const CompiledBenchmark& benchmark, const CaseFacts& facts,
                                     std::string& fail_reason);

}  // namespace benchhost::suite
