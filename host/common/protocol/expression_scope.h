// What the expressions of descriptors may name, place by place: sdk expr.h, "Where, and what each sees".
#pragma once

#include <span>
#include <string_view>

#include "common/base/expression.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"

namespace benchhost::protocol {

/// A fact that every backend names alike.
struct DeviceFact {
  std::string_view name;
  CapType type;
};

/// The vocabulary of the SDK's capabilities.h, in its order; a test compares the two.
[[nodiscard]] std::span<const DeviceFact> device_facts();

/// Adds device.*: the vocabulary, and names of two parts or more, which are a vendor's.
ExprScope& add_device_facts(ExprScope& scope);
/// Adds machine.*.
ExprScope& add_machine_facts(ExprScope& scope);
/// Adds param.*.
ExprScope& add_parameters(ExprScope& scope, std::span<const ParamRecord> parameters);

/// A value as expressions see it. Requires: it has a type.
[[nodiscard]] ExprValue to_expr(const Value& value);

/// Constraint of a parameter: parameters only.
[[nodiscard]] ExprScope constraint_scope(std::span<const ParamRecord> parameters);
/// Claims, counts of roles, limits of summaries: parameters, and the machine.
[[nodiscard]] ExprScope claim_scope(std::span<const ParamRecord> parameters);
/// Requirement of a benchmark: the machine, and parameters.
[[nodiscard]] ExprScope requirement_scope(std::span<const ParamRecord> parameters);
/// Requirement of a slot: the device, parameters and the machine; vendors' facts are admitted.
[[nodiscard]] ExprScope slot_scope(std::span<const ParamRecord> parameters);

}  // namespace benchhost::protocol
