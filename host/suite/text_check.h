// What must hold of a suite's text before a YAML parser sees it.
#pragma once

#include <string>
#include <string_view>

#include "suite/diagnostics.h"

namespace benchhost::suite {

/// The text without byte order mark and with LF line ends. Errors, in `diagnostics`, after which the text is of no use:
/// not UTF-8, another encoding's byte order mark, control characters, characters that are invisible or change the
/// direction of writing, tabs in indentation, lone CR, no content at all.
[[nodiscard]] std::string checked_text(std::string_view raw, const std::string& file, Diagnostics& diagnostics);

/// Why a plain scalar is read differently by YAML 1.1 and 1.2, and what to write instead; "" if it is not.
[[nodiscard]] std::string ambiguity(std::string_view plain);

}  // namespace benchhost::suite
