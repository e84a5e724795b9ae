// What a new plugin is called, and what it may not be called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace benchhost::scaffold {

/// Longest name of a plugin, in bytes: its id and the ids of its benchmarks have to fit, too.
inline constexpr std::size_t kMaxNameBytes = 48;

/// What stands in a project in place of the template's names.
struct Names {
  std::string name;                     ///< of file, target and crate: check_name
  std::string id;                       ///< plugin id, reverse DNS
  std::string vendor = "Example Ltd";   ///< who answers for it
  std::string licence = "MIT";          ///< SPDX expression
  std::string rust_sdk = "../../rust";  ///< folder of the SDK's Rust crate
};

/// "org.example.NAME", as the templates have it.
[[nodiscard]] std::string default_id(std::string_view name);

/// The nearest name that could be taken: lower case, '_' for what may not stand there, an 'n' before a digit. "" if
/// nothing is left of it.
[[nodiscard]] std::string suggest_name(std::string_view wrong);

/// Errors: BH0001 with a name to take instead: not [a-z][a-z0-9_]*, too long, or a word with a meaning of its own in
/// expressions, CMake, Rust or on Windows.
[[nodiscard]] Result<void> check_name(std::string_view name);

/// check_name, and: an id is one of the SDK's, with a domain; vendor and licence can stand in the note and in a string
/// literal of each language. Errors: BH0001.
[[nodiscard]] Result<void> check_names(const Names& names);

}  // namespace benchhost::scaffold
