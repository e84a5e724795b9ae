// Text of others on its way to a terminal or a log.
#pragma once

#include <string>
#include <string_view>

namespace benchhost {

enum class LineBreaks { keep, escape };

/// The text with all that could act on a terminal or deceive its reader made visible: control characters (ESC, C1
/// controls and DEL included), bidirectional controls, line and paragraph separators, zero-width and tag characters as
/// "\n", "\x1b",
/// "\u{202e}"; invalid UTF-8 byte by byte as "\xff". Tabs stay; newlines as asked. What is printable is never changed,
/// so the text is for people and cannot be turned back.
[[nodiscard]] std::string escape_for_terminal(std::string_view text, LineBreaks breaks = LineBreaks::escape);

/// The text for a terminal without UTF-8: signs that benchhost writes are spelt ("..." "+-" "u" "'"), every other code
/// point above 0x7f becomes one '?'. Requires: valid UTF-8, as escape_for_terminal gives it.
[[nodiscard]] std::string ascii_only(std::string_view utf8);

}  // namespace benchhost
