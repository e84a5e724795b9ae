// From text to tokens. Private to common/base.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/result.h"

namespace benchhost {

struct ExprToken {
  enum class Type : std::uint8_t { end, number, string, word, unit, symbol };
  Type type = Type::end;
  /// Bytes [begin, end) of the text.
  std::size_t begin = 0;
  std::size_t end = 0;
  /// As written; of a string without its quotes; of a symbol of static storage.
  std::string_view text;
};

struct ExprUnit {
  std::string_view name;
  std::uint64_t factor;
};
inline constexpr std::array<ExprUnit, 4> kExprUnits = {
    {{"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {"TiB", 1ull << 40}}};

/// Gives one token after the other. Valid until: the text changes.
class ExprLexer {
 public:
  explicit ExprLexer(std::string_view text) : text_(text) {}

  /// Goes to the next token; to the type `end` at the end. Errors: BH0007.
  [[nodiscard]] Result<void> advance();
  [[nodiscard]] const ExprToken& token() const { return token_; }
  /// Where the token before this one ended.
  [[nodiscard]] std::size_t previous_end() const { return previous_end_; }

 private:
  [[nodiscard]] Error error_at(std::size_t at, std::string message, std::string help = {}) const;
  void take(ExprToken::Type type, std::size_t bytes);
  void scan_number();
  Result<void> scan_string(char quote);
  Result<void> scan_word();
  Result<void> scan_symbol();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t previous_end_ = 0;
  ExprToken token_;
};

}  // namespace benchhost
