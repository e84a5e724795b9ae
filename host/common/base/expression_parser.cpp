// From text to tree: a recursive descent with one token of lookahead, one function a line of the grammar.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/base/expression.h"
#include "common/base/expression_node.h"
#include "common/base/suggest.h"
#include "common/base/utf8.h"

namespace benchhost {
namespace {

using Kind = ExprNode::Kind;

struct Token {
  enum class Type : std::uint8_t { end, number, string, word, unit, symbol };
  Type type = Type::end;
  std::size_t begin = 0;
  std::size_t end = 0;
  /// As written; of a string without its quotes.
  std::string_view text;
};

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array<Unit, 4> kUnits = {
    {{"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {"TiB", 1ull << 40}}};

/// Longest first, so that "<=" is not read as "<".
constexpr std::array<std::string_view, 19> kSymbols = {"||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-",
                                                       "*",  "/",  "%",  "!",  "(",  ")",  "[", "]", ","};
constexpr std::array<std::string_view, 10> kFunctions = {"min",  "max",   "floor", "ceil", "abs",
                                                         "log2", "count", "any",   "all",  "known"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_word(char c) { return is_lower(c) || is_digit(c) || c == '_'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<ExprNode> parse() {
    BH_CHECK(advance());
    BH_TRY(ExprNode root, parse_or());
    if (token_.type != Token::Type::end) return unexpected("an operator or the end");
    return root;
  }

 private:
  Error error_at(std::size_t at, std::string message, std::string help = {}) const {
    return expression_error("BH0007", text_, at, std::move(message), std::move(help));
  }

  Error unexpected(std::string_view wanted) const {
    if (token_.type == Token::Type::end) {
      return error_at(token_.begin, "the expression ends where " + std::string(wanted) + " should stand");
    }
    const std::string found(text_.substr(token_.begin, token_.end - token_.begin));
    std::string help;
    if (found == "=") help = "equality is written ==";
    return error_at(token_.begin, "'" + found + "' stands where " + std::string(wanted) + " should stand",
                    std::move(help));
  }

  // ---- tokens

  Result<void> advance() {
    previous_end_ = token_.end;
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
    token_ = Token{Token::Type::end, at_, at_, {}};
    if (at_ == text_.size()) return {};
    const char c = text_[at_];
    if (is_digit(c)) {
      scan_number();
    } else if (c == '\'' || c == '"') {
      return scan_string(c);
    } else if (is_letter(c)) {
      return scan_word();
    } else {
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
      take(Token::Type::symbol, symbol->size());
      token_.text = *symbol;  // of static storage: nodes keep it
    }
    return {};
  }

  void take(Token::Type type, std::size_t bytes) {
    token_.type = type;
    token_.text = text_.substr(at_, bytes);
    at_ += bytes;
    token_.end = at_;
  }

  void scan_number() {
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
    take(Token::Type::number, end - at_);
  }

  Result<void> scan_string(char quote) {
    const std::size_t close = text_.find(quote, at_ + 1);
    if (close == std::string_view::npos) return error_at(at_, "the text that begins here has no closing quote");
    take(Token::Type::string, close + 1 - at_);
    token_.text = token_.text.substr(1, token_.text.size() - 2);
    return {};
  }

  Result<void> scan_word() {
    for (const Unit& unit : kUnits) {
      const std::size_t after = at_ + unit.name.size();
      if (text_.substr(at_).starts_with(unit.name) && (after >= text_.size() || !is_letter(text_[after]))) {
        take(Token::Type::unit, unit.name.size());
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
    take(Token::Type::word, end - at_);
    return {};
  }

  bool at_symbol(std::string_view symbol) const { return token_.type == Token::Type::symbol && token_.text == symbol; }
  bool at_word(std::string_view word) const { return token_.type == Token::Type::word && token_.text == word; }

  Result<void> expect(std::string_view symbol) {
    if (!at_symbol(symbol)) return unexpected("'" + std::string(symbol) + "'");
    return advance();
  }

  // ---- grammar

  using Level = Result<ExprNode> (Parser::*)();

  /// One level of left-associative operators: `next { op next }`.
  Result<ExprNode> parse_chain(Kind kind, std::initializer_list<std::string_view> ops, Level next) {
    const std::size_t begin = token_.begin;
    BH_TRY(ExprNode first, (this->*next)());
    ExprNode chain;
    const auto is_op = [&] {
      return token_.type == Token::Type::symbol && std::ranges::find(ops, token_.text) != ops.end();
    };
    if (!is_op()) return first;
    chain.kind = kind;
    chain.begin = begin;
    chain.children.push_back(std::move(first));
    while (is_op()) {
      chain.ops.push_back(token_.text);
      BH_CHECK(advance());
      BH_TRY(ExprNode operand, (this->*next)());
      chain.children.push_back(std::move(operand));
    }
    chain.end = previous_end_;
    return chain;
  }

  Result<ExprNode> parse_or() { return parse_chain(Kind::disjunction, {"||"}, &Parser::parse_and); }
  Result<ExprNode> parse_and() { return parse_chain(Kind::conjunction, {"&&"}, &Parser::parse_compare); }
  Result<ExprNode> parse_sum() { return parse_chain(Kind::arithmetic, {"+", "-"}, &Parser::parse_product); }
  Result<ExprNode> parse_product() { return parse_chain(Kind::arithmetic, {"*", "/", "%"}, &Parser::parse_unary); }

  /// The comparison that the current token is, of static storage; "" if it is none.
  std::string_view comparison() const {
    constexpr std::array<std::string_view, 6> kComparisons = {"==", "!=", "<", "<=", ">", ">="};
    if (at_word("in")) return "in";
    const auto found = std::ranges::find(kComparisons, token_.text);
    return token_.type == Token::Type::symbol && found != kComparisons.end() ? *found : std::string_view();
  }

  Result<ExprNode> parse_compare() {
    const std::size_t begin = token_.begin;
    BH_TRY(ExprNode left, parse_sum());
    const std::string_view op = comparison();
    if (op.empty()) return left;
    BH_CHECK(advance());
    BH_TRY(ExprNode right, parse_sum());
    if (!comparison().empty()) {
      return error_at(token_.begin, "comparisons do not chain", "write a < b && b < c");
    }
    ExprNode node;
    node.kind = Kind::compare;
    node.begin = begin;
    node.end = previous_end_;
    node.ops.push_back(op);
    node.children.push_back(std::move(left));
    node.children.push_back(std::move(right));
    return node;
  }

  Result<ExprNode> parse_unary() {
    ExprNode node;
    node.kind = Kind::unary;
    node.begin = token_.begin;
    while (at_symbol("!") || at_symbol("-")) {
      node.ops.push_back(token_.text);
      BH_CHECK(advance());
    }
    BH_TRY(ExprNode operand, parse_primary());
    if (node.ops.empty()) return operand;
    node.children.push_back(std::move(operand));
    node.end = previous_end_;
    return node;
  }

  Result<ExprNode> parse_primary() {
    ExprNode node;
    node.begin = token_.begin;
    switch (token_.type) {
      case Token::Type::number:
        return parse_number();
      case Token::Type::string:
        node.literal = token_.text;
        BH_CHECK(advance());
        break;
      case Token::Type::word:
        return parse_word();
      case Token::Type::symbol:
        if (at_symbol("(")) return parse_parenthesis();
        if (at_symbol("[")) {
          node.kind = Kind::list;
          BH_CHECK(parse_items(node, "]"));
          break;
        }
        return unexpected("a value");
      default:
        return unexpected("a value");
    }
    node.end = previous_end_;
    return node;
  }

  Result<ExprNode> parse_number() {
    ExprNode node;
    node.begin = token_.begin;
    const std::string_view digits = token_.text;
    BH_CHECK(advance());
    std::uint64_t factor = 1;
    if (token_.type == Token::Type::unit) {
      factor = std::ranges::find(kUnits, token_.text, &Unit::name)->factor;
      BH_CHECK(advance());
    }
    node.end = previous_end_;
    const Error outside = error_at(node.begin, "the number is outside the range", "integers go from -2^63 to 2^64 - 1");
    if (digits.find_first_of(".eE") == std::string_view::npos) {
      std::uint64_t value = 0;
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (read.ec != std::errc{} || value > UINT64_MAX / factor) return outside;
      node.literal = value * factor;
    } else {
      double value = 0;
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      value *= static_cast<double>(factor);
      if (read.ec != std::errc{} || !std::isfinite(value)) return outside;
      node.literal = value;
    }
    return node;
  }

  Result<ExprNode> parse_word() {
    ExprNode node;
    node.begin = token_.begin;
    node.name = token_.text;
    BH_CHECK(advance());
    if (node.name == "true" || node.name == "false") {
      node.literal = node.name == "true";
    } else if (node.name == "in") {
      return error_at(node.begin, "'in' stands where a value should stand");
    } else if (at_symbol("(")) {
      BH_CHECK(parse_call(node));
    } else {
      node.kind = Kind::name;
      BH_CHECK(refuse_reserved_parts(node));
    }
    node.end = previous_end_;
    return node;
  }

  /// An id has no part `true`, `false` or `in` (base.h).
  Result<void> refuse_reserved_parts(const ExprNode& node) const {
    for (const std::string_view reserved : {"true", "false", "in"}) {
      if (("." + node.name + ".").find("." + std::string(reserved) + ".") != std::string::npos) {
        return error_at(node.begin,
                        "'" + node.name + "' has the reserved word '" + std::string(reserved) + "' as a part");
      }
    }
    return {};
  }

  Result<void> parse_call(ExprNode& node) {
    node.kind = Kind::call;
    if (std::ranges::find(kFunctions, node.name) == kFunctions.end()) {
      const std::vector<std::string> names(kFunctions.begin(), kFunctions.end());
      std::string help = did_you_mean(node.name, names);
      if (help.empty()) help = "functions are min max floor ceil abs log2 count any all known";
      return error_at(node.begin, "there is no function '" + node.name + "'", std::move(help));
    }
    BH_CHECK(parse_items(node, ")"));
    const bool many = node.name == "min" || node.name == "max";
    if (node.children.empty() || (!many && node.children.size() != 1)) {
      return error_at(node.begin, node.name + (many ? " takes one value or more" : " takes one value"));
    }
    if (node.name == "known" && node.children[0].kind != Kind::name) {
      return error_at(node.children[0].begin, "known asks for a name");
    }
    return {};
  }

  /// From the opening to the closing symbol.
  Result<void> parse_items(ExprNode& node, std::string_view close) {
    BH_CHECK(enter());
    BH_CHECK(advance());
    if (!at_symbol(close)) {
      for (;;) {
        BH_TRY(ExprNode item, parse_or());
        node.children.push_back(std::move(item));
        if (!at_symbol(",")) break;
        BH_CHECK(advance());
      }
    }
    --depth_;
    return expect(close);
  }

  Result<ExprNode> parse_parenthesis() {
    BH_CHECK(enter());
    BH_CHECK(advance());
    BH_TRY(ExprNode node, parse_or());
    --depth_;
    BH_CHECK(expect(")"));
    return node;
  }

  Result<void> enter() {
    if (++depth_ > kMaxExpressionDepth) {
      return error_at(token_.begin,
                      "the expression is nested deeper than " + std::to_string(kMaxExpressionDepth) + " levels");
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t previous_end_ = 0;
  Token token_;
  int depth_ = 0;
};

}  // namespace

Error expression_error(std::string_view code, std::string_view text, std::size_t at, std::string message,
                       std::string help) {
  const std::size_t column = count_code_points(text.substr(0, at)) + 1;
  return make_error(code, std::move(message), std::move(help)).in("column " + std::to_string(column));
}

Result<ExprNode> parse_expression(std::string_view text) {
  if (text.size() > kMaxExpressionBytes) {
    return expression_error("BH0007", "", 0,
                            "the expression is longer than " + std::to_string(kMaxExpressionBytes) + " bytes");
  }
  if (!is_utf8(text)) return expression_error("BH0007", "", 0, "the expression is not UTF-8");
  return Parser(text).parse();
}

}  // namespace benchhost
