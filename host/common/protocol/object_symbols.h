// What an ELF file lets others bind to, and what runs when it is loaded: for the validator, which looks closer at a
// file than a list of plugins must.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::protocol {

struct ObjectSymbols {
  /// Symbols that other files can bind to, at most kMostExports of them; nullopt: the file does not say.
  std::optional<std::vector<std::string>> exports;
  /// Functions that run when the file is loaded, those of the language's runtime included, by name; "" where the file
  /// was stripped of it. nullopt: not known.
  std::optional<std::vector<std::string>> initialisers;
};

inline constexpr std::size_t kMostExports = 256;
inline constexpr std::size_t kMostInitialisers = 4096;

/// Reads the section headers of a 64-bit little-endian ELF file. Of any other file, and where a table lies outside the
/// file, nothing is known. Never fails.
[[nodiscard]] ObjectSymbols read_object_symbols(std::string_view file);

}  // namespace benchhost::protocol
