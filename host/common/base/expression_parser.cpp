// From text to tree: a recursive descent with one token of lookahead, one function a line of the grammar.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/base/expression.h"
#include "common/base/expression_lexer.h"
#include "common/base/expression_node.h"
#include "common/base/suggest.h"
#include "common/base/utf8.h"

namespace benchhost {
namespace {

using Kind = ExprNode::Kind;

constexpr std::array<std::string_view, 11> kFunctions = {"min", "max",   "floor", "ceil", "abs",  "log2",
                                                         "if",  "count", "any",   "all",  "known"};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), lexer_(text) {}

  Result<ExprNode> parse() {
    BH_CHECK(lexer_.advance());
    BH_TRY(ExprNode root, parse_or());
    if (token().type != ExprToken::Type::end) return unexpected("an operator or the end");
    return root;
  }

 private:
  Error error_at(std::size_t at, std::string message, std::string help = {}) const {
    return expression_error("BH0007", text_, at, std::move(message), std::move(help));
  }

  Error unexpected(std::string_view wanted) const {
    if (token().type == ExprToken::Type::end) {
      return error_at(token().begin, "the expression ends where " + std::string(wanted) + " should stand");
    }
    const std::string found(text_.substr(token().begin, token().end - token().begin));
    std::string help;
    if (found == "=") help = "equality is written ==";
    return error_at(token().begin, "'" + found + "' stands where " + std::string(wanted) + " should stand",
                    std::move(help));
  }

  const ExprToken& token() const { return lexer_.token(); }
  bool at_symbol(std::string_view symbol) const {
    return token().type == ExprToken::Type::symbol && token().text == symbol;
  }
  bool at_word(std::string_view word) const { return token().type == ExprToken::Type::word && token().text == word; }

  Result<void> expect(std::string_view symbol) {
    if (!at_symbol(symbol)) return unexpected("'" + std::string(symbol) + "'");
    return lexer_.advance();
  }

  // ---- grammar

  using Level = Result<ExprNode> (Parser::*)();

  /// One level of left-associative operators: `next { op next }`.
  Result<ExprNode> parse_chain(Kind kind, std::initializer_list<std::string_view> ops, Level next) {
    const std::size_t begin = token().begin;
    BH_TRY(ExprNode first, (this->*next)());
    ExprNode chain;
    const auto is_op = [&] {
      return token().type == ExprToken::Type::symbol && std::ranges::find(ops, token().text) != ops.end();
    };
    if (!is_op()) return first;
    chain.kind = kind;
    chain.begin = begin;
    chain.children.push_back(std::move(first));
    while (is_op()) {
      chain.ops.push_back(token().text);
      BH_CHECK(lexer_.advance());
      BH_TRY(ExprNode operand, (this->*next)());
      chain.children.push_back(std::move(operand));
    }
    chain.end = lexer_.previous_end();
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
    const auto found = std::ranges::find(kComparisons, token().text);
    return token().type == ExprToken::Type::symbol && found != kComparisons.end() ? *found : std::string_view();
  }

  Result<ExprNode> parse_compare() {
    const std::size_t begin = token().begin;
    BH_TRY(ExprNode left, parse_sum());
    const std::string_view op = comparison();
    if (op.empty()) return left;
    BH_CHECK(lexer_.advance());
    BH_TRY(ExprNode right, parse_sum());
    if (!comparison().empty()) {
      return error_at(token().begin, "comparisons do not chain", "write a < b && b < c");
    }
    ExprNode node;
    node.kind = Kind::compare;
    node.begin = begin;
    node.end = lexer_.previous_end();
    node.ops.push_back(op);
    node.children.push_back(std::move(left));
    node.children.push_back(std::move(right));
    return node;
  }

  Result<ExprNode> parse_unary() {
    ExprNode node;
    node.kind = Kind::unary;
    node.begin = token().begin;
    while (at_symbol("!") || at_symbol("-")) {
      node.ops.push_back(token().text);
      BH_CHECK(lexer_.advance());
    }
    BH_TRY(ExprNode operand, parse_primary());
    if (node.ops.empty()) return operand;
    node.children.push_back(std::move(operand));
    node.end = lexer_.previous_end();
    return node;
  }

  Result<ExprNode> parse_primary() {
    ExprNode node;
    node.begin = token().begin;
    switch (token().type) {
      case ExprToken::Type::number:
        return parse_number();
      case ExprToken::Type::string:
        node.literal = token().text;
        BH_CHECK(lexer_.advance());
        break;
      case ExprToken::Type::word:
        return parse_word();
      case ExprToken::Type::symbol:
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
    node.end = lexer_.previous_end();
    return node;
  }

  Result<ExprNode> parse_number() {
    ExprNode node;
    node.begin = token().begin;
    const std::string_view digits = token().text;
    BH_CHECK(lexer_.advance());
    std::uint64_t factor = 1;
    if (token().type == ExprToken::Type::unit) {
      factor = std::ranges::find(kExprUnits, token().text, &ExprUnit::name)->factor;
      BH_CHECK(lexer_.advance());
    }
    node.end = lexer_.previous_end();
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
    node.begin = token().begin;
    node.name = token().text;
    BH_CHECK(lexer_.advance());
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
    node.end = lexer_.previous_end();
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
      if (help.empty()) help = "functions are min max floor ceil abs log2 if count any all known";
      return error_at(node.begin, "there is no function '" + node.name + "'", std::move(help));
    }
    BH_CHECK(parse_items(node, ")"));
    const bool many = node.name == "min" || node.name == "max";
    if (node.name == "if") {
      if (node.children.size() == 3) return {};
      return error_at(node.begin, "if takes a condition and two values", "write if(condition, value, otherwise)");
    }
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
    BH_CHECK(lexer_.advance());
    if (!at_symbol(close)) {
      for (;;) {
        BH_TRY(ExprNode item, parse_or());
        node.children.push_back(std::move(item));
        if (!at_symbol(",")) break;
        BH_CHECK(lexer_.advance());
      }
    }
    --depth_;
    return expect(close);
  }

  Result<ExprNode> parse_parenthesis() {
    BH_CHECK(enter());
    BH_CHECK(lexer_.advance());
    BH_TRY(ExprNode node, parse_or());
    --depth_;
    BH_CHECK(expect(")"));
    return node;
  }

  Result<void> enter() {
    if (++depth_ > kMaxExpressionDepth) {
      return error_at(token().begin,
                      "the expression is nested deeper than " + std::to_string(kMaxExpressionDepth) + " levels");
    }
    return {};
  }

  std::string_view text_;
  ExprLexer lexer_;
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
