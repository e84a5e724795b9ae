// Command lines as text: written so that a shell reads them back, and read back without a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace benchhost::cli {

/// The word as a POSIX shell takes it: bare where nothing in it is special, else in single quotes.
[[nodiscard]] std::string shell_word(std::string_view word);

/// The word in single quotes, whatever is in it.
[[nodiscard]] std::string quoted_word(std::string_view word);

/// The words of a line that shell_word made: blanks between them, single quotes, and `\` before one byte. Errors:
/// BH0001, for a quote that does not end and for anything that a shell would expand.
[[nodiscard]] Result<std::vector<std::string>> split_shell_words(std::string_view line);

}  // namespace benchhost::cli
