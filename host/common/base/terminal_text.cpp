#include "common/base/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "common/base/utf8.h"

namespace benchhost {
namespace {

/// Characters without a shape of their own that reorder, hide or join what stands beside them.
/// Source: Unicode 15, general category Cf and Zl/Zp; Trojan Source (CVE-2021-42574) for the bidirectional ones.
bool is_deceptive(char32_t c) {
  return c == 0x00AD || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

void append_hex(std::string& out, const char* format, unsigned value) {
  std::array<char, 16> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), format, value);
  out.append(buffer.data(), static_cast<std::size_t>(length));
}

}  // namespace

std::string escape_for_terminal(std::string_view text, LineBreaks breaks) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    const std::string_view bytes = text.substr(0, next.bytes);
    text.remove_prefix(next.bytes);
    const bool kept = next.value == U'\t' || (next.value == U'\n' && breaks == LineBreaks::keep);
    if (!next.valid) {
      for (const char c : bytes) append_hex(out, "\\x%02x", static_cast<unsigned char>(c));
    } else if (next.value == U'\n' && !kept) {
      out += "\\n";
    } else if (next.value == U'\r') {
      out += "\\r";
    } else if ((next.value < 0x20 && !kept) || (next.value >= 0x7F && next.value < 0xA0)) {
      append_hex(out, "\\x%02x", static_cast<unsigned>(next.value));
    } else if (is_deceptive(next.value)) {
      append_hex(out, "\\u{%x}", static_cast<unsigned>(next.value));
    } else {
      out += bytes;
    }
  }
  return out;
}

std::string ascii_only(std::string_view utf8) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kSpelt = {{{"\u2026", "..."},
                                                                                    {"\u00b1", "+-"},
                                                                                    {"\u00b5", "u"},
                                                                                    {"\u03bc", "u"},
                                                                                    {"\u2018", "'"},
                                                                                    {"\u2019", "'"},
                                                                                    {"\u2013", "-"},
                                                                                    {"\u00d7", "x"},
                                                                                    {"\u2192", "->"}}};
  std::string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    const auto spelt = std::ranges::find_if(kSpelt, [&](const auto& s) { return utf8.substr(i).starts_with(s.first); });
    if (byte < 0x80) {
      out += utf8[i++];
    } else if (spelt != kSpelt.end()) {
      out += spelt->second;
      i += spelt->first.size();
    } else {
      out += '?';
      for (++i; i < utf8.size() && (static_cast<unsigned char>(utf8[i]) & 0xc0u) == 0x80u;) ++i;
    }
  }
  return out;
}

}  // namespace benchhost
