// What a plugin must keep to, by number: the one list behind the validator's report and sdk/REQUIREMENTS.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/protocol/conformance.h"

namespace benchhost::conform {

/// From which strictness on a requirement is examined: each level adds to those below it.
inline constexpr std::uint32_t kLeastStrictness = 1;
inline constexpr std::uint32_t kDefaultStrictness = 3;
inline constexpr std::uint32_t kMostStrictness = 5;

struct RequirementText {
  protocol::Requirement id{};
  std::uint32_t strictness = kDefaultStrictness;
  bool must = true;  ///< false: what breaks it is a warning
  std::string_view title;
  std::string_view rule;         ///< what is required
  std::string_view consequence;  ///< what happens otherwise
  std::string_view change;       ///< what to do about it
  std::string_view check;        ///< how it is examined

  [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(id); }
};

/// In ascending order of number.
[[nodiscard]] std::span<const RequirementText> requirements();
/// nullptr: no requirement has this number.
[[nodiscard]] const RequirementText* find_requirement(std::uint32_t number);

/// The document: sdk/REQUIREMENTS.md.
[[nodiscard]] std::string requirements_document();

}  // namespace benchhost::conform
