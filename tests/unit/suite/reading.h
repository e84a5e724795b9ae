// Helpers of the suite's tests.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "suite/yaml_reader.h"

namespace benchhost::suite::test {

inline constexpr std::string_view kHead = "name: s\nentries:\n  - benchmarks: \"*\"\n";

/// The errors of a text read as the file "s.yaml", one a line.
inline std::string errors_of(std::string_view text) {
  const SuiteReading reading = read_suite_text(text, "s.yaml");
  CHECK(reading.suite.has_value() == reading.diagnostics.ok());
  std::string out;
  for (const Error& error : reading.diagnostics.errors()) out += to_text(error) + '\n';
  return out;
}

inline std::string warnings_of(const Diagnostics& diagnostics) {
  std::string out;
  for (const Error& error : diagnostics.warnings()) out += to_text(error) + '\n';
  return out;
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// The suite of a text that must be right.
inline Suite good(std::string_view text) {
  SuiteReading reading = read_suite_text(text, "s.yaml");
  for (const Error& error : reading.diagnostics.errors()) FAIL_CHECK(to_text(error));
  REQUIRE(reading.suite.has_value());
  return *std::move(reading.suite);
}

}  // namespace benchhost::suite::test
