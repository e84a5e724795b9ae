// Text of plugins and people in Markdown: shown as it is, steering nothing.
#pragma once

#include <string>
#include <string_view>

namespace benchhost::report {

/// The text such that Markdown (CommonMark with GitHub's tables) shows it letter by letter: no emphasis, link, image,
/// code, HTML or cell begins in it. Control characters are escaped as for a terminal, line breaks included. Underscores
/// within words stay as they are, for they mean nothing there. Requires: it does not begin a line.
[[nodiscard]] std::string markdown_text(std::string_view text);

}  // namespace benchhost::report
