#include "common/base/expression_lexer.h"

#include <algorithm>

#include "common/base/expression_node.h"
#include "common/base/utf8.h"

namespace benchhost {
namespace {

/// Longest first, so that "<=" is not read as "<".
constexpr std::array<std::string_view, 19> kSymbols = {"||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-",
                                                       "*",  "/",  "%",  "!",  "(",  ")",  "[", "]", ","};
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_word(char c) { return is_lower(c) || is_digit(c) || c == '_'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

Error ExprLexer::error_at(std::size_t at, std::string message, std::string help) const {
  return expression_error("BH0007", text_, at, std::move(message), std::move(help));
}

Result<void> ExprLexer::advance() {
  previous_end_ = token_.end;
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
    ++at_;
  }
  token_ = ExprToken{ExprToken::Type::end, at_, at_, {}};
  if (at_ == text_.size()) return {};
  const char c = text_[at_];
  if (is_digit(c)) {
    scan_number();
  } else if (c == '\'' || c == '"') {
    return scan_string(c);
  } else if (is_letter(c)) {
    return scan_word();
  } else {
    return scan_symbol();
  }
  return {};
}

void ExprLexer::take(ExprToken::Type type, std::size_t bytes) {
  token_.type = type;
  token_.text = text_.substr(at_, bytes);
  at_ += bytes;
  token_.end = at_;
}

void ExprLexer::scan_number() {
  std::size_t end = at_;
  const auto digits = [&] {
    while (end < text_.size() && is_digit(text_[end])) ++end;
  };
  digits();
  if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
    ++end;
    digits();
  }
  if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    std::size_t exponent = end + 1;
    if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
    if (exponent < text_.size() && is_digit(text_[exponent])) {
      end = exponent;
      digits();
    }
  }
  take(ExprToken::Type::number, end - at_);
}

Result<void> ExprLexer::scan_string(char quote) {
  const std::size_t close = text_.find(quote, at_ + 1);
  if (close == std::string_view::npos) return error_at(at_, "the text that begins here has no closing quote");
  take(ExprToken::Type::string, close + 1 - at_);
  token_.text = token_.text.substr(1, token_.text.size() - 2);
  return {};
}

Result<void> ExprLexer::scan_word() {
  for (const ExprUnit& unit : kExprUnits) {
    const std::size_t after = at_ + unit.name.size();
    if (text_.substr(at_).starts_with(unit.name) && (after >= text_.size() || !is_letter(text_[after]))) {
      take(ExprToken::Type::unit, unit.name.size());
      return {};
    }
  }
  if (!is_lower(text_[at_])) {
    return error_at(at_, "names begin with a lower-case letter; units are KiB, MiB, GiB and TiB");
  }
  std::size_t end = at_;
  for (;;) {
    while (end < text_.size() && is_word(text_[end])) ++end;
    if (end + 1 >= text_.size() || text_[end] != '.' || !is_lower(text_[end + 1])) break;
    ++end;
  }
  take(ExprToken::Type::word, end - at_);
  return {};
}

Result<void> ExprLexer::scan_symbol() {
  const auto symbol =
      std::ranges::find_if(kSymbols, [&](std::string_view s) { return text_.substr(at_).starts_with(s); });
  if (symbol == kSymbols.end()) {
    const std::string found(text_.substr(at_, decode_utf8(text_.substr(at_)).bytes));
    std::string help;
    if (found == "=") help = "equality is written ==";
    if (found == "&") help = "'and' is written &&";
    if (found == "|") help = "'or' is written ||";
    return error_at(at_, "'" + found + "' has no meaning here", std::move(help));
  }
  take(ExprToken::Type::symbol, symbol->size());
  token_.text = *symbol;  // of static storage: nodes keep it
  return {};
}

}  // namespace benchhost
