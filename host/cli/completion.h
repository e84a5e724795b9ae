// How an unfinished command line may go on: commands, flags and fixed words from the table of commands, names from
// whoever knows them. Pure; scripts of shells ask for it by `benchhost complete`, so they hold no names themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/value_form.h"

namespace benchhost::cli {

/// A whole word that may stand where the cursor is. One that ends in '=' or '/' goes on.
struct Candidate {
  std::string text;
  std::string description;  ///< one line, may be ""

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// What the shell itself is to complete beside the candidates.
enum class Paths : std::uint8_t { none, files, folders };

struct Completion {
  std::vector<Candidate> candidates;  ///< not narrowed to those that begin like the word
  Paths paths = Paths::none;
};

/// Names that are in no table.
class KnownNames {
 public:
  virtual ~KnownNames() = default;
  /// typed: flags and operands before the cursor, unchecked. value: what is typed of the value itself; names that it
  /// rules out may be left out. Never fails: what cannot be found out gives no names.
  [[nodiscard]] virtual std::vector<Candidate> names(ValueKind kind, const Arguments& typed,
                                                     std::string_view value) = 0;
};

/// words: those before the cursor, without the program's. current: the one at the cursor, up to it.
[[nodiscard]] Completion complete(const std::vector<Command>& table, const std::vector<std::string>& words,
                                  const std::string& current, KnownNames& known);

}  // namespace benchhost::cli
