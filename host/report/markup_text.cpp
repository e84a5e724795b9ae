#include "report/markup_text.h"

#include "common/base/terminal_text.h"

namespace benchhost::report {

std::string markup_text(std::string_view text) {
  const std::string shown = escape_for_terminal(text, LineBreaks::keep);
  std::string out;
  out.reserve(shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    switch (const char c = shown[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\xef':
        // U+FFFE and U+FFFF are no characters of XML (XML 1.0, production 2).
        if (shown.compare(i, 3, "\xef\xbf\xbe") == 0 || shown.compare(i, 3, "\xef\xbf\xbf") == 0) {
          out += shown[i + 2] == '\xbe' ? "\\u{fffe}" : "\\u{ffff}";
          i += 2;
          break;
        }
        out += c;
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace benchhost::report
