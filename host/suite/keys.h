// The keys of the suite format: the one table from which the reader knows what to accept and the JSON Schema is
// written.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::suite {

/// What a key's value looks like.
enum class Shape : std::uint8_t {
  text,
  id,  ///< letters, digits, '_', '-', '.'; at most 127
  boolean,
  number,       ///< of the key's own range
  seed,         ///< a whole number from 0 to 2^64 - 1
  steps,        ///< a whole number from 1, of a log2 range
  processes,    ///< a whole number from 1 to kMostInvocations
  ratio,        ///< 0.01 or "1 %"
  share,        ///< a ratio that may be 0
  cores,        ///< a whole number from 1
  duration,     ///< "30 s"
  size,         ///< "64 KiB"
  priority,     ///< critical high medium low
  expression,   ///< sdk expr.h
  format,       ///< of a report
  quantity,     ///< a value with its unit: "10 GB/s"
  governor,     ///< a frequency governor
  unmet,        ///< warn skip fail
  texts,        ///< a text or a list of texts
  expressions,  ///< an expression or a list
  labels,       ///< names to texts
  devices,      ///< selectors
  parameters,   ///< names to sweeps
  values,       ///< names to one value each
  zips,         ///< a mapping as `parameters`, or a list of such
  bounds,       ///< [first, last]
  step,         ///< one value
  invocations,  ///< a number of processes or {min, max}
  thresholds,   ///< a ratio, or metric globs to ratios and limits
  environment,  ///< demands by name
  reports,      ///< formats with files
  defaults,
  entries,
};

/// Fresh processes per case; how long a text may be, bytes.
inline constexpr std::uint64_t kMostInvocations = 10'000;
inline constexpr std::size_t kMostTextBytes = 4095;
/// Cores that a suite may demand.
inline constexpr std::uint64_t kMostCores = 1'000'000;

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view description;  ///< shown by editors
  bool required = false;
};

/// Keys of one kind of mapping. Valid for ever.
struct KeyTable {
  std::string_view name;  ///< what messages call it: "a suite", "an entry"
  std::span<const Key> keys;

  [[nodiscard]] const Key* find(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> names() const;
};

[[nodiscard]] KeyTable suite_keys();
[[nodiscard]] KeyTable defaults_keys();
/// Those of an entry alone; what defaults_keys() holds may stand in an entry too.
[[nodiscard]] KeyTable entry_keys();
/// entry_keys() and defaults_keys() together: all that an entry accepts.
[[nodiscard]] std::vector<std::string> entry_key_names();
[[nodiscard]] KeyTable device_keys();
[[nodiscard]] KeyTable linear_keys();
[[nodiscard]] KeyTable log2_keys();
[[nodiscard]] KeyTable invocation_keys();
[[nodiscard]] KeyTable report_keys();
[[nodiscard]] KeyTable threshold_keys();
[[nodiscard]] KeyTable environment_keys();

/// "critical", "high", "medium", "low"; the formats of reports; Linux's frequency governors; "warn", "skip", "fail".
[[nodiscard]] std::span<const std::string_view> priority_names();
[[nodiscard]] std::span<const std::string_view> report_formats();
[[nodiscard]] std::span<const std::string_view> governor_names();
[[nodiscard]] std::span<const std::string_view> unmet_names();

}  // namespace benchhost::suite
