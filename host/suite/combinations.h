// The combinations of parameter values that an entry asks of one benchmark. Private to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/protocol/value.h"
#include "suite/compiled_benchmark.h"
#include "suite/diagnostics.h"
#include "suite/expand.h"
#include "suite/model.h"

namespace benchhost::suite {

/// Parameters that advance together, and the rows of their values. Shape: rows[i] parallel to parameters.
struct Dimension {
  std::vector<std::size_t> parameters;
  std::vector<std::vector<protocol::Value>> rows;
  /// Places of the values, for messages.
  Position at;
};

class Combinations {
 public:
  /// Converts the axes of an entry, those of the command line over them. Axes of parameters that the benchmark lacks
  /// are left to the caller to judge. Errors: nullopt, and all that is wrong with the values.
  [[nodiscard]] static std::optional<Combinations> make(const CompiledBenchmark& benchmark, const Entry& entry,
                                                        const Overrides& overrides, Diagnostics& diagnostics);

  /// How many; saturates at the largest uint64.
  [[nodiscard]] std::uint64_t count() const;
  /// Combination number i, the last dimension varying fastest. Requires: i < count().
  [[nodiscard]] std::vector<protocol::Value> at(std::uint64_t i) const;
  /// Whether a parameter has more than one value here.
  [[nodiscard]] bool is_swept(std::size_t parameter) const;
  /// The dimensions without parameters that a found case has fixed.
  [[nodiscard]] Combinations without(const std::vector<protocol::Value>& fixed) const;

 private:
  const protocol::BenchmarkRecord* record_ = nullptr;
  std::vector<Dimension> dimensions_;
  std::vector<protocol::Value> defaults_;
};

}  // namespace benchhost::suite
