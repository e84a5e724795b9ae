// The scopes of expressions in suites, and the facts with which those of suites and benchmarks are evaluated. The
// scopes of a benchmark's own expressions are common/protocol/expression_scope.h's. Private to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/expression.h"
#include "common/base/result.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"
#include "suite/expand.h"
#include "suite/model.h"

namespace benchhost::suite {

/// What `filter` sees: the benchmark, its parameters, the device and the machine.
[[nodiscard]] ExprScope filter_scope(const protocol::BenchmarkRecord& benchmark);
/// What a device selector's `where` sees: the device and the machine.
[[nodiscard]] ExprScope device_selector_scope();

/// Whether a text is a condition in scope device, as a device selector's `where`. Errors: those of the grammar, placed.
[[nodiscard]] Result<void> check_device_expression(const std::string& text, const Position& at);

[[nodiscard]] ExprFacts machine_facts(const MachineScope& machine);

/// What is known of one case. Pointers that are null leave their scope unknown; a value of type none is unknown too.
struct CaseFacts final : ExprLookup {
  const ExprFacts* machine = nullptr;
  const protocol::BenchmarkRecord* benchmark = nullptr;
  const std::vector<protocol::Value>* values = nullptr;  ///< parallel to the parameters
  const protocol::DeviceRecord* device = nullptr;
  std::string_view plugin;
  std::string_view input;
  std::string_view device_name;
  const std::vector<std::string>* tags = nullptr;

  [[nodiscard]] std::optional<ExprValue> find(std::string_view full_name) const override;

 private:
  [[nodiscard]] std::optional<ExprValue> parameter(std::string_view name) const;
  [[nodiscard]] std::optional<ExprValue> fact(std::string_view name) const;
  [[nodiscard]] std::optional<ExprValue> of_benchmark(std::string_view name) const;
};

}  // namespace benchhost::suite
