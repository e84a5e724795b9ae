// How people name a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/result.h"
#include "store/records.h"

namespace benchhost::store {

/// "latest" (0) or "latest~n".
struct LatestRun {
  std::uint64_t back = 0;
  friend bool operator==(const LatestRun&, const LatestRun&) = default;
};
/// A uid, or its beginning: 6 to 32 hexadecimal digits with at least one letter, or written "uid:…".
struct RunUid {
  std::string beginning;
  friend bool operator==(const RunUid&, const RunUid&) = default;
};
struct RunLabel {
  std::string key;
  std::string value;
  friend bool operator==(const RunLabel&, const RunLabel&) = default;
};
using RunReference = std::variant<RunId, LatestRun, RunUid, RunLabel>;

/// Errors: none of the forms (BH0408).
[[nodiscard]] Result<RunReference> parse_run_reference(std::string_view text);

/// The error of a reference that names no run.
[[nodiscard]] Error no_such_run(std::string_view reference, std::optional<RunId> newest);

}  // namespace benchhost::store
