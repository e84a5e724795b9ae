#include "report/markdown_text.h"

#include "common/base/terminal_text.h"

namespace benchhost::report {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (static_cast<unsigned char>(c) & 0x80u) != 0;
}

}  // namespace

std::string markdown_text(std::string_view text) {
  const std::string plain = escape_for_terminal(text);
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const char c = plain[i];
    const bool within_word =
        c == '_' && i > 0 && i + 1 < plain.size() && is_word(plain[i - 1]) && is_word(plain[i + 1]);
    if (std::string_view("\\`*_<>[]|~&!").find(c) != std::string_view::npos && !within_word) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace benchhost::report
