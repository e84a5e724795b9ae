// The scopes in which expressions of benchmarks and suites are read (sdk expr.h, "Where, and what each sees") and the
// facts with which they are evaluated. Private to the module.
#pragma once

#include <optional>
#include <span>
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

/// A device fact that every backend names alike, with its type.
struct DeviceFact {
  std::string_view name;
  protocol::CapType type;
};

/// The facts of the SDK's device.h, in its order. Other names of two parts or more are a vendor's.
[[nodiscard]] std::span<const DeviceFact> device_facts();

/// Scopes by place. Places of a benchmark see its parameters.
[[nodiscard]] ExprScope constraint_scope(const protocol::BenchmarkRecord& benchmark);
[[nodiscard]] ExprScope claim_scope(const protocol::BenchmarkRecord& benchmark);
[[nodiscard]] ExprScope requirement_scope(const protocol::BenchmarkRecord& benchmark);
[[nodiscard]] ExprScope slot_scope(const protocol::BenchmarkRecord& benchmark);
[[nodiscard]] ExprScope filter_scope(const protocol::BenchmarkRecord& benchmark);
[[nodiscard]] ExprScope device_selector_scope();

/// Whether a text is a condition in scope device, as a device selector's `where`. Errors: those of the grammar, placed.
[[nodiscard]] Result<void> check_device_expression(const std::string& text, const Position& at);

[[nodiscard]] ExprFacts machine_facts(const MachineScope& machine);
[[nodiscard]] ExprValue to_expr(const protocol::Value& value);

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
