// Evaluation with three values: what nobody knows stays unknown and carries its reason upward.
#include <algorithm>
#include <set>

#include "common/base/expression.h"
#include "common/base/expression_node.h"

namespace benchhost {
namespace {

using Kind = ExprNode::Kind;

ExprOutcome unknown(std::string reason) { return {std::nullopt, std::move(reason)}; }
ExprOutcome known(ExprValue value) { return {std::move(value), {}}; }

/// Facts of a vendor have no type before they are known, and a scope may be wrong about a fact: such a value does not
/// fit only now.
ExprOutcome misfit(const ExprValue& value, std::string_view wanted) {
  return unknown(to_text(value) + " is no " + std::string(wanted));
}

ExprOutcome from_number(const ExprNumberResult& result) {
  return result.value ? known(*result.value) : unknown(std::string(result.reason));
}

bool same_type(const ExprValue& a, const ExprValue& b) { return type_of(a).kind == type_of(b).kind; }

class Evaluator {
 public:
  explicit Evaluator(const ExprLookup& lookup) : lookup_(lookup) {}

  ExprOutcome evaluate(const ExprNode& node) const {
    switch (node.kind) {
      case Kind::literal:
        return known(node.literal);
      case Kind::name: {
        std::optional<ExprValue> value = lookup_.find(node.name);
        return value ? known(*std::move(value)) : unknown(node.name + " is not reported");
      }
      case Kind::list:
        return evaluate_list(node);
      case Kind::call:
        return evaluate_call(node);
      case Kind::unary:
        return evaluate_unary(node);
      case Kind::arithmetic:
        return evaluate_arithmetic(node);
      case Kind::compare:
        return evaluate_compare(node);
      case Kind::conjunction:
        return evaluate_logic(node, false);
      case Kind::disjunction:
        return evaluate_logic(node, true);
    }
    return unknown("no such operation");
  }

 private:
  ExprOutcome evaluate_list(const ExprNode& node) const {
    ExprList list;
    for (const ExprNode& child : node.children) {
      ExprOutcome item = evaluate(child);
      if (!item.value) return item;
      list.push_back(*std::move(item.value));
    }
    return known(std::move(list));
  }

  /// One child that is `decides` decides, whatever the others are; otherwise one unknown makes the whole unknown.
  ExprOutcome evaluate_logic(const ExprNode& node, bool decides) const {
    std::optional<ExprOutcome> first_unknown;
    for (const ExprNode& child : node.children) {
      ExprOutcome outcome = evaluate(child);
      if (outcome.value && outcome.value->boolean() == nullptr) outcome = misfit(*outcome.value, "bool");
      if (outcome.value && *outcome.value->boolean() == decides) return outcome;
      if (!outcome.value && !first_unknown) first_unknown = std::move(outcome);
    }
    return first_unknown ? *std::move(first_unknown) : known(!decides);
  }

  ExprOutcome evaluate_unary(const ExprNode& node) const {
    ExprOutcome outcome = evaluate(node.children[0]);
    for (auto op = node.ops.rbegin(); op != node.ops.rend() && outcome.value; ++op) {
      if (*op == "!") {
        const bool* boolean = outcome.value->boolean();
        outcome = boolean != nullptr ? known(!*boolean) : misfit(*outcome.value, "bool");
      } else {
        const ExprNumber* number = outcome.value->number();
        outcome = number != nullptr ? from_number(negate(*number)) : misfit(*outcome.value, "number");
      }
    }
    return outcome;
  }

  /// A number, or unknown.
  ExprOutcome evaluate_number(const ExprNode& node) const {
    ExprOutcome outcome = evaluate(node);
    return outcome.value && outcome.value->number() == nullptr ? misfit(*outcome.value, "number") : outcome;
  }

  ExprOutcome evaluate_arithmetic(const ExprNode& node) const {
    ExprOutcome left = evaluate_number(node.children[0]);
    for (std::size_t i = 0; i < node.ops.size() && left.value; ++i) {
      ExprOutcome right = evaluate_number(node.children[i + 1]);
      if (!right.value) return right;
      left = from_number(combine(node.ops[i][0], *left.value->number(), *right.value->number()));
    }
    return left;
  }

  ExprOutcome evaluate_compare(const ExprNode& node) const {
    ExprOutcome left = evaluate(node.children[0]);
    if (!left.value) return left;
    ExprOutcome right = evaluate(node.children[1]);
    if (!right.value) return right;
    const std::string_view op = node.ops[0];
    if (op == "in") {
      const ExprList* list = right.value->list();
      if (list == nullptr) return misfit(*right.value, "list");
      if (!list->empty() && !same_type(*left.value, list->front())) {
        return misfit(*left.value, to_text(type_of(list->front())));
      }
      return known(std::ranges::find(*list, *left.value) != list->end());
    }
    if (!same_type(*left.value, *right.value)) return misfit(*right.value, to_text(type_of(*left.value)));
    if (op == "==") return known(*left.value == *right.value);
    if (op == "!=") return known(!(*left.value == *right.value));
    if (const ExprNumber* number = left.value->number()) return known(holds(op, *number <=> *right.value->number()));
    if (const std::string* text = left.value->text())
      return known(holds(op, text->compare(*right.value->text()) <=> 0));
    return misfit(*left.value, "number or text");
  }

  static bool holds(std::string_view op, std::strong_ordering order) {
    if (op == "<") return order < 0;
    if (op == "<=") return order <= 0;
    if (op == ">") return order > 0;
    return order >= 0;
  }

  ExprOutcome evaluate_call(const ExprNode& node) const {
    const std::string& function = node.name;
    if (function == "known") return known(lookup_.find(node.children[0].name).has_value());
    if (function == "min" || function == "max") return evaluate_extreme(node);
    ExprOutcome argument = evaluate(node.children[0]);
    if (!argument.value) return argument;
    if (function == "if") {
      const bool* condition = argument.value->boolean();
      if (condition == nullptr) return misfit(*argument.value, "bool");
      return evaluate(node.children[*condition ? 1 : 2]);
    }
    if (function == "count" || function == "any" || function == "all") {
      const ExprList* list = argument.value->list();
      if (list == nullptr) return misfit(*argument.value, "list");
      if (function == "count") return known(std::uint64_t{list->size()});
      const bool decides = function == "any";
      for (const ExprValue& item : *list) {
        if (item.boolean() == nullptr) return misfit(item, "bool");
        if (*item.boolean() == decides) return known(decides);
      }
      return known(!decides);
    }
    const ExprNumber* number = argument.value->number();
    if (number == nullptr) return misfit(*argument.value, "number");
    if (function == "floor") return known(floor(*number));
    if (function == "ceil") return known(ceil(*number));
    if (function == "abs") return from_number(absolute(*number));
    return from_number(log2(*number));
  }

  ExprOutcome evaluate_extreme(const ExprNode& node) const {
    ExprOutcome values = evaluate_list(node);
    if (!values.value) return values;
    const ExprList* list = values.value->list();
    if (list->size() == 1 && list->front().list() != nullptr) list = list->front().list();
    const ExprNumber* extreme = nullptr;
    for (const ExprValue& item : *list) {
      const ExprNumber* number = item.number();
      if (number == nullptr) return misfit(item, "number");
      if (extreme == nullptr || (node.name == "min" ? *number < *extreme : *number > *extreme)) extreme = number;
    }
    return extreme != nullptr ? known(*extreme) : unknown(node.name + " of an empty list");
  }

  const ExprLookup& lookup_;
};

/// "machine.cores is 2, param.n is 8": the facts behind a part that is false.
std::string facts_of(const ExprNode& node, const ExprLookup& lookup) {
  std::set<std::string> names;
  collect_names(node, names);
  std::string text;
  for (const std::string& name : names) {
    const std::optional<ExprValue> value = lookup.find(name);
    text += (text.empty() ? "" : ", ") + name + (value ? " is " + to_text(*value) : " is not reported");
  }
  return text.empty() ? "it is never true" : text;
}

/// The member to blame of a condition that is not true.
const ExprNode& unmet_part(const ExprNode& node, const Evaluator& evaluator) {
  if (node.kind != Kind::conjunction) return node;
  const ExprNode* first_unknown = nullptr;
  for (const ExprNode& child : node.children) {
    const ExprOutcome outcome = evaluator.evaluate(child);
    if (outcome.is_false()) return unmet_part(child, evaluator);
    if (!outcome.is_true() && first_unknown == nullptr) first_unknown = &child;
  }
  return first_unknown != nullptr ? unmet_part(*first_unknown, evaluator) : node;
}

}  // namespace

ExprFacts& ExprFacts::set(std::string full_name, ExprValue value) {
  facts_.insert_or_assign(std::move(full_name), std::move(value));
  return *this;
}

std::optional<ExprValue> ExprFacts::find(std::string_view full_name) const {
  const auto found = facts_.find(full_name);
  return found != facts_.end() ? std::optional(found->second) : std::nullopt;
}

ExprOutcome CheckedExpression::evaluate(const ExprLookup& lookup) const { return Evaluator(lookup).evaluate(*root_); }

std::optional<UnmetPart> CheckedExpression::first_unmet_part(const ExprLookup& lookup) const {
  const Evaluator evaluator(lookup);
  if (evaluator.evaluate(*root_).is_true()) return std::nullopt;
  const ExprNode& part = unmet_part(*root_, evaluator);
  const ExprOutcome outcome = evaluator.evaluate(part);
  return UnmetPart{text_->substr(part.begin, part.end - part.begin),
                   outcome.value ? facts_of(part, lookup) : outcome.reason};
}

}  // namespace benchhost
