// The tree of an expression. Private to common/base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/expression_value.h"
#include "common/base/result.h"

namespace benchhost {

/// Operators of one level form one node with many children, so that a long chain makes a flat tree and the depth of
/// every recursion over it is bounded by the grammar's cap on nesting.
struct ExprNode {
  enum class Kind : std::uint8_t {
    literal,
    name,
    list,
    call,
    unary,       ///< ops applied from the last to the first to the one child
    arithmetic,  ///< children joined by ops, from the left
    compare,     ///< two children, one op
    conjunction,
    disjunction,
  };
  Kind kind = Kind::literal;
  /// Bytes [begin, end) of the text.
  std::size_t begin = 0;
  std::size_t end = 0;
  ExprValue literal = false;
  /// Name or function.
  std::string name;
  std::vector<std::string_view> ops;  // of static texts
  std::vector<ExprNode> children;
};

[[nodiscard]] Result<ExprNode> parse_expression(std::string_view text);

/// Adds the names below a node.
void collect_names(const ExprNode& node, std::set<std::string>& names);

/// An error at a byte of the text, whose place is the column in characters.
[[nodiscard]] Error expression_error(std::string_view code, std::string_view text, std::size_t at, std::string message,
                                     std::string help = {});

}  // namespace benchhost
