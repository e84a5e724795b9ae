// The error codes that `benchhost explain` knows.
#pragma once

#include <span>
#include <string_view>

namespace benchhost {

/// One code: never reused, never given another meaning.
/// Ranges: BH00xx general and usage, BH01xx suites, BH02xx plugins and their gates, BH03xx worker and protocol,
/// BH04xx store, BH05xx devices and backends, BH06xx measurement,
/// BH07xx the machine: what disturbs measurements on it, and from BH0750 on changing its settings.
struct ErrorCode {
  std::string_view code;
  /// What happened, in a few words, without a full stop.
  std::string_view title;
  /// Why it is an error and what to do: a paragraph or two.
  std::string_view explanation;
};

/// All codes, ascending. Valid for ever.
[[nodiscard]] std::span<const ErrorCode> error_codes();

/// The row of a code ("BH0102", case ignored); nullptr if there is none. Valid for ever.
[[nodiscard]] const ErrorCode* find_error_code(std::string_view code);

}  // namespace benchhost
