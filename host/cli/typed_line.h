// An unfinished line of bash: where its words are, and what bash is told to put in place of the last one. The other
// shells hand over words and quote what they insert; bash does neither.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/completion.h"

namespace benchhost::cli {

struct TypedLine {
  std::vector<std::string> words;  ///< without their quotes; the first is the program
  std::string current;             ///< the unfinished word, likewise; "" after a blank
  char open_quote = 0;             ///< ' or ", if the end is within quotes
  std::size_t kept = 0;            ///< bytes of current that bash leaves as they are typed
};

/// text: the line up to the cursor. breaks: characters at which bash begins a new word for completion alone
/// (COMP_WORDBREAKS): after the last of them that is not quoted, or after an open quote, it replaces text.
[[nodiscard]] TypedLine read_typed_line(std::string_view text, std::string_view breaks);

/// What stands for each candidate that goes on from the word, quoted for its place, with the blank that follows a
/// finished word. Candidates with control characters are left out: no line editor shows them faithfully.
[[nodiscard]] std::vector<std::string> bash_replies(const Completion& completion, const TypedLine& line);

/// Whether a candidate can be shown and inserted as it is: no control characters, UTF-8.
[[nodiscard]] bool is_insertable(std::string_view text);

}  // namespace benchhost::cli
