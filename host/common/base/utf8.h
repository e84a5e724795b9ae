// UTF-8: the only encoding of text in benchhost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace benchhost {

/// One code point read from the front of a text.
struct CodePoint {
  /// The code point, or U+FFFD where the bytes are no UTF-8.
  char32_t value = 0;
  /// Bytes that it takes; at least 1, so that a loop always advances.
  std::size_t bytes = 1;
  bool valid = true;
};

/// Decodes the first code point. Overlong forms, surrogates, values over U+10FFFF and cut sequences are invalid; an
/// invalid sequence takes the bytes of its longest valid prefix.
/// Requires: text is not empty. Source: The Unicode Standard 15, table 3-7.
[[nodiscard]] CodePoint decode_utf8(std::string_view text);

/// Appends a code point. Surrogates and values over U+10FFFF append U+FFFD.
void append_utf8(std::string& to, char32_t code_point);

[[nodiscard]] bool is_utf8(std::string_view text);

/// The text with each invalid sequence replaced by U+FFFD; the text itself if it is valid.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

/// At most max_bytes of the text, cut at a code point's boundary.
/// Valid until: the text changes.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max_bytes);

/// Number of code points; an invalid sequence counts as one.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

}  // namespace benchhost
