// Names and types: what can be known about an expression before any fact is.
#include <algorithm>
#include <array>

#include "common/base/expression.h"
#include "common/base/expression_node.h"
#include "common/base/suggest.h"

namespace benchhost {
namespace {

using Kind = ExprType::Kind;

/// A first part of these is always a scope: no parameter, and no fact, is called so (sdk/include/benchhost/expr.h).
constexpr std::array<std::string_view, 4> kScopeNames = {"param", "device", "machine", "benchmark"};

std::string_view first_part(std::string_view name) { return name.substr(0, name.find('.')); }

bool fits(Kind a, Kind b) { return a == b || a == Kind::any || b == Kind::any; }
bool fits(ExprType a, ExprType b) {
  return fits(a.kind, b.kind) && (a.kind != Kind::list || b.kind != Kind::list || fits(a.element, b.element));
}

class Checker {
 public:
  Checker(std::string_view text, const ExprScope& scope) : text_(text), scope_(scope) {}

  /// Types the node and replaces names by their full ones.
  Result<ExprType> check(ExprNode& node) const {
    switch (node.kind) {
      case ExprNode::Kind::literal:
        return type_of(node.literal);
      case ExprNode::Kind::name:
        return check_name(node);
      case ExprNode::Kind::list:
        return check_list(node);
      case ExprNode::Kind::call:
        return check_call(node);
      case ExprNode::Kind::compare:
        return check_compare(node);
      case ExprNode::Kind::unary: {
        BH_TRY(ExprType type, check(node.children[0]));
        for (auto op = node.ops.rbegin(); op != node.ops.rend(); ++op) {
          const ExprType wanted = *op == "!" ? kExprBoolean : kExprNumber;
          BH_CHECK(require(node, type, wanted, "'" + std::string(*op) + "'"));
          type = wanted;
        }
        return type;
      }
      case ExprNode::Kind::arithmetic:
        return check_all(node, kExprNumber, "'" + std::string(node.ops[0]) + "'");
      case ExprNode::Kind::conjunction:
        return check_all(node, kExprBoolean, "'&&'");
      case ExprNode::Kind::disjunction:
        return check_all(node, kExprBoolean, "'||'");
    }
    return kExprAny;
  }

  Error misfit(const ExprNode& node, std::string message) const {
    return expression_error("BH0009", text_, node.begin, std::move(message));
  }

 private:
  Result<void> require(const ExprNode& node, ExprType found, ExprType wanted, const std::string& who) const {
    if (fits(found, wanted)) return {};
    return misfit(node, who + " takes a " + to_text(wanted) + ", not a " + to_text(found));
  }

  Result<ExprType> check_all(ExprNode& node, ExprType wanted, const std::string& who) const {
    for (ExprNode& child : node.children) {
      BH_TRY(const ExprType type, check(child));
      BH_CHECK(require(child, type, wanted, who));
    }
    return wanted;
  }

  Result<ExprType> check_name(ExprNode& node) const {
    Result<ExprScope::Name> name = scope_.find(node.name);
    if (!name.ok()) {
      return expression_error(name.error().code, text_, node.begin, name.error().message, name.error().help);
    }
    node.name = name->full;
    return name->type;
  }

  Result<ExprType> check_list(ExprNode& node) const {
    Kind element = Kind::any;
    for (ExprNode& child : node.children) {
      BH_TRY(const ExprType type, check(child));
      if (!fits(type.kind, element)) {
        return misfit(child, "a list holds values of one type: this is a " + to_text(type) + " among others of type " +
                                 to_text(ExprType{element, Kind::any}));
      }
      if (element == Kind::any) element = type.kind;
    }
    return expr_list_of(element);
  }

  Result<ExprType> check_compare(ExprNode& node) const {
    const std::string_view op = node.ops[0];
    BH_TRY(const ExprType left, check(node.children[0]));
    BH_TRY(const ExprType right, check(node.children[1]));
    const std::string both = "a " + to_text(left) + " and a " + to_text(right);
    if (op == "in") {
      if (!fits(right.kind, Kind::list)) {
        return misfit(node.children[1], "'in' asks a list, not a " + to_text(right));
      }
      if (right.kind == Kind::list && !fits(left.kind, right.element)) {
        return misfit(node, "a " + to_text(left) + " is never in a " + to_text(right));
      }
      return kExprBoolean;
    }
    if (!fits(left, right)) return misfit(node, "'" + std::string(op) + "' cannot compare " + both);
    const auto ordered = [](ExprType type) {
      return type.kind == Kind::any || type.kind == Kind::number || type.kind == Kind::text;
    };
    if (op != "==" && op != "!=" && (!ordered(left) || !ordered(right))) {
      return misfit(node,
                    "'" + std::string(op) + "' cannot compare " + both + ": only numbers and texts have an order");
    }
    return kExprBoolean;
  }

  Result<ExprType> check_call(ExprNode& node) const {
    const std::string& function = node.name;
    if (function == "min" || function == "max") {
      BH_TRY(const ExprType first, check(node.children[0]));
      if (node.children.size() == 1 && fits(first, expr_list_of(Kind::number))) return kExprNumber;
      return check_all(node, kExprNumber, function);
    }
    BH_TRY(const ExprType type, check(node.children[0]));
    if (function == "known") return kExprBoolean;
    if (function == "if") return check_choice(node, type);
    if (function == "count") {
      BH_CHECK(require(node.children[0], type, expr_list_of(Kind::any), function));
      return kExprNumber;
    }
    if (function == "any" || function == "all") {
      BH_CHECK(require(node.children[0], type, expr_list_of(Kind::boolean), function));
      return kExprBoolean;
    }
    BH_CHECK(require(node.children[0], type, kExprNumber, function));
    return kExprNumber;
  }

  /// Both values of `if` are of one type, which is that of the call.
  Result<ExprType> check_choice(ExprNode& node, ExprType condition) const {
    BH_CHECK(require(node.children[0], condition, kExprBoolean, node.name));
    BH_TRY(const ExprType first, check(node.children[1]));
    BH_TRY(const ExprType second, check(node.children[2]));
    if (!fits(first, second)) {
      return misfit(node.children[2],
                    "if gives values of one type: this is a " + to_text(second) + ", the other a " + to_text(first));
    }
    const bool first_says_less = first.kind == Kind::any || (first.kind == Kind::list && first.element == Kind::any);
    return first_says_less ? second : first;
  }

  std::string_view text_;
  const ExprScope& scope_;
};

std::string_view kind_text(Kind kind) {
  switch (kind) {
    case Kind::any:
      return "value";
    case Kind::boolean:
      return "bool";
    case Kind::number:
      return "number";
    case Kind::text:
      return "text";
    case Kind::list:
      return "list";
  }
  return "value";
}

}  // namespace

void collect_names(const ExprNode& node, std::set<std::string>& names) {
  if (node.kind == ExprNode::Kind::name) names.insert(node.name);
  for (const ExprNode& child : node.children) collect_names(child, names);
}

std::string to_text(ExprType type) {
  if (type.kind != Kind::list || type.element == Kind::any) return std::string(kind_text(type.kind));
  return "list of " + std::string(kind_text(type.element));
}

ExprType type_of(const ExprValue& value) {
  if (value.boolean() != nullptr) return kExprBoolean;
  if (value.number() != nullptr) return kExprNumber;
  if (value.text() != nullptr) return kExprText;
  return expr_list_of(value.list()->empty() ? Kind::any : type_of(value.list()->front()).kind);
}

ExprScope::ExprScope(std::string home) : home_(std::move(home)) { scopes_.insert(home_); }

ExprScope& ExprScope::add(std::string full_name, ExprType type) {
  scopes_.insert(std::string(first_part(full_name)));
  names_.insert_or_assign(std::move(full_name), type);
  return *this;
}

ExprScope& ExprScope::admit_vendor_names(std::string scope) {
  scopes_.insert(scope);
  vendor_scopes_.insert(std::move(scope));
  return *this;
}

Result<ExprScope::Name> ExprScope::find(std::string_view written) const {
  const std::string_view begin = first_part(written);
  const bool in_full = std::ranges::find(kScopeNames, begin) != kScopeNames.end();
  if (in_full && !scopes_.contains(begin)) {
    return make_error("BH0008", "the scope '" + std::string(begin) + "' is not seen here");
  }
  const std::string full = in_full ? std::string(written) : home_ + "." + std::string(written);
  if (const auto found = names_.find(full); found != names_.end()) return Name{full, found->second};

  const std::string scope(first_part(full));
  const std::string_view rest = std::string_view(full).substr(std::min(full.size(), scope.size() + 1));
  const std::string vendor = scope + "." + std::string(first_part(rest)) + ".";
  if (vendor_scopes_.contains(scope) && rest.find('.') != std::string_view::npos) {
    const auto next = names_.lower_bound(vendor);
    if (next == names_.end() || !next->first.starts_with(vendor)) return Name{full, kExprAny};
  }
  // Suggest what could be written here: names of the home scope without it, all others in full.
  std::vector<std::string> candidates;
  for (const auto& [name, type] : names_) {
    if (!in_full && name.starts_with(home_ + ".")) candidates.push_back(name.substr(home_.size() + 1));
    candidates.push_back(name);
    // A name of another scope without its scope is the likeliest slip of all.
    if (!in_full && name.ends_with("." + std::string(written)) &&
        name.size() == first_part(name).size() + 1 + written.size()) {
      return make_error("BH0008", "'" + std::string(written) + "' is no name of scope '" + home_ + "'",
                        "did you mean '" + name + "'?");
    }
  }
  return make_error("BH0008", "'" + std::string(written) + "' is no name of scope '" + scope + "'",
                    did_you_mean(written, candidates));
}

Result<Expression> Expression::parse(std::string_view text) {
  BH_TRY(ExprNode root, parse_expression(text));
  return Expression(std::make_shared<const std::string>(text), std::make_shared<const ExprNode>(std::move(root)));
}

std::vector<std::string> Expression::names() const {
  std::set<std::string> names;
  collect_names(*root_, names);
  return {names.begin(), names.end()};
}

Result<CheckedExpression> Expression::check(const ExprScope& scope, ExprType wanted) const {
  ExprNode root = *root_;
  const Checker checker(*text_, scope);
  BH_TRY(const ExprType type, checker.check(root));
  if (!fits(type, wanted)) {
    return checker.misfit(root,
                          "the expression gives a " + to_text(type) + " where a " + to_text(wanted) + " is needed");
  }
  std::set<std::string> names;
  collect_names(root, names);
  return CheckedExpression(text_, std::make_shared<const ExprNode>(std::move(root)), type,
                           {names.begin(), names.end()});
}

bool CheckedExpression::uses_scope(std::string_view scope) const {
  return std::ranges::any_of(names_, [&](const std::string& name) { return first_part(name) == scope; });
}

}  // namespace benchhost
