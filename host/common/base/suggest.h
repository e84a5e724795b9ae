// "Did you mean": the known name nearest to a misspelt one.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace benchhost {

/// Edits that turn one text into the other: insert, delete, replace a byte, or swap two neighbours (each byte is edited
/// at most once). Source: optimal string alignment, the restricted Damerau-Levenshtein distance.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of the names, the first of equals; nullopt if none is near enough to be a slip: at most a third of the
/// longer of the two, case ignored, or one that the misspelt name is the beginning of (three letters and more).
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view misspelt, std::span<const std::string> names);

/// "did you mean 'cuda'?", or "" if nothing is near: the help of an error.
[[nodiscard]] std::string did_you_mean(std::string_view misspelt, std::span<const std::string> names);

}  // namespace benchhost
