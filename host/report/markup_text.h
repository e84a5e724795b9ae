// Text of plugins and people in HTML, SVG and XML: shown as it is, steering nothing.
#pragma once

#include <string>
#include <string_view>

namespace benchhost::report {

/// The text such that XML 1.0 and HTML show it letter by letter, in an element and in an attribute between either
/// quotes: markup is escaped, control and deceptive characters are made visible as for a terminal, and so is what XML
/// cannot hold at all. Line breaks stay.
[[nodiscard]] std::string markup_text(std::string_view text);

}  // namespace benchhost::report
