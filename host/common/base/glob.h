// Shell-like patterns over ids and names.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace benchhost {

/// A pattern: `*` any bytes (none too), `?` one byte, `[a-z_]` one of a set, `[!0-9]` one not of it, `\` takes the next
/// byte as it is; all else itself. A dot is an ordinary byte, so `cpu.*` also matches `cpu.cache.read`. Bytes, not
/// letters.
class Glob {
 public:
  /// Errors: BH0006 for an unclosed set, a range that runs backwards, a `\` at the end, more than 4095 bytes.
  [[nodiscard]] static Result<Glob> parse(std::string_view pattern);

  /// Time: at most the product of both lengths, whatever the pattern.
  [[nodiscard]] bool matches(std::string_view text) const;

  [[nodiscard]] const std::string& pattern() const { return pattern_; }
  /// True if it is a plain name: no byte of it is special.
  [[nodiscard]] bool is_literal() const;

 private:
  explicit Glob(std::string pattern) : pattern_(std::move(pattern)) {}
  std::string pattern_;
};

}  // namespace benchhost
