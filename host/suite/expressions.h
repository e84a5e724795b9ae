// What the suite asks of the expression grammar. Private to the module.
#pragma once

#include <string>

#include "common/base/result.h"
#include "suite/model.h"

namespace benchhost::suite {

/// Whether a text is a boolean expression in scope device, as a device selector's `where`. Errors: those of the
/// grammar, placed at `at`.
[[nodiscard]] Result<void> check_device_expression(const std::string& text, const Position& at);

}  // namespace benchhost::suite
