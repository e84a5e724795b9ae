// Which devices selectors pick. Private to the module.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/base/expression.h"
#include "suite/diagnostics.h"
#include "suite/expand.h"

namespace benchhost::suite {

/// Indices into ExpandInputs::devices, ascending.
struct DeviceChoice {
  std::vector<std::size_t> usable;
  std::vector<std::size_t> unusable;
  /// Whether a benchmark without slots, which runs on the host's processor, is meant.
  bool processor = true;
  /// What was asked for, for messages: "cuda, opencl:1"; "" if everything is meant.
  std::string asked;
};

/// No selectors: all devices. Errors: an unknown kind, with the nearest; and, for selectors of the command line
/// (`must_match`), one that picks nothing.
[[nodiscard]] DeviceChoice choose_devices(const std::vector<DeviceSelector>& selectors,
                                          const std::vector<DeviceInput>& devices, const ExprFacts& machine,
                                          bool must_match, Diagnostics& diagnostics);

}  // namespace benchhost::suite
