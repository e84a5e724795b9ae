// Reading the small text files in which Linux publishes facts. Private to common/platform.
#pragma once

#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/platform/files.h"

namespace benchhost::platform {

/// Larger than /proc/cpuinfo of a machine with some thousand CPUs.
inline constexpr Bytes kSystemTextLimit{std::uint64_t{16} << 20};

[[nodiscard]] inline std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The whole file without blanks around it; nullopt if it cannot be read or is empty.
[[nodiscard]] inline std::optional<std::string> read_system_text(Files& files, const std::filesystem::path& path) {
  const Result<std::string> content = files.read(path, kSystemTextLimit);
  if (!content.ok()) return std::nullopt;
  const std::string_view text = trim(*content);
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

/// A decimal number that takes the whole text.
template <class T>
[[nodiscard]] std::optional<T> read_number(std::string_view text) {
  text = trim(text);
  T value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

[[nodiscard]] inline std::vector<std::string_view> split_blanks(std::string_view text) {
  std::vector<std::string_view> words;
  while (!(text = trim(text)).empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

/// The value of the first line "key : value"; nullopt if there is none or it is empty.
[[nodiscard]] inline std::optional<std::string_view> field_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || trim(line.substr(0, colon)) != key) continue;
    const std::string_view value = trim(line.substr(colon + 1));
    return value.empty() ? std::nullopt : std::optional(value);
  }
  return std::nullopt;
}

}  // namespace benchhost::platform
