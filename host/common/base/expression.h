// The one expression grammar of benchhost: constraints, requirements, claims, limits and filters.
// Its rules stand in sdk/include/benchhost/expr.h. Life of an expression: parse (syntax) -> check (names and types in
// the scopes of one place) -> evaluate (three-valued, against the facts of one case).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/expression_value.h"
#include "common/base/result.h"

namespace benchhost {

/// Caps of the grammar.
inline constexpr std::size_t kMaxExpressionBytes = 4095;
inline constexpr int kMaxExpressionDepth = 64;

/// Type of a value. `any`: only known when the value is (a vendor's fact, the elements of an empty list).
struct ExprType {
  enum class Kind : std::uint8_t { any, boolean, number, text, list };
  Kind kind = Kind::any;
  /// Of a list: what its elements are.
  Kind element = Kind::any;
  friend bool operator==(const ExprType&, const ExprType&) = default;
};

inline constexpr ExprType kExprAny{ExprType::Kind::any, ExprType::Kind::any};
inline constexpr ExprType kExprBoolean{ExprType::Kind::boolean, ExprType::Kind::any};
inline constexpr ExprType kExprNumber{ExprType::Kind::number, ExprType::Kind::any};
inline constexpr ExprType kExprText{ExprType::Kind::text, ExprType::Kind::any};
[[nodiscard]] constexpr ExprType expr_list_of(ExprType::Kind element) { return {ExprType::Kind::list, element}; }

/// "number", "list of text".
[[nodiscard]] std::string to_text(ExprType type);
[[nodiscard]] ExprType type_of(const ExprValue& value);

/// What the expressions of one place may name: a home scope, whose name may be left out, and others.
class ExprScope {
 public:
  /// home: "param", "machine", "device" or "benchmark".
  explicit ExprScope(std::string home);

  /// Adds a name in full: "machine.cores", "param.n".
  ExprScope& add(std::string full_name, ExprType type);
  /// Admits a vendor's names in a scope ("device"): of two parts or more (nvidia.cc), the first of which begins no
  /// added name. Their type is any.
  ExprScope& admit_vendor_names(std::string scope);

  struct Name {
    std::string full;
    ExprType type;
  };
  /// What a name means here, with or without its scope. Errors: BH0008 with the nearest name, or with the scope that
  /// this place does not see.
  [[nodiscard]] Result<Name> find(std::string_view written) const;

 private:
  std::string home_;
  std::set<std::string, std::less<>> scopes_;
  std::set<std::string, std::less<>> vendor_scopes_;
  std::map<std::string, ExprType, std::less<>> names_;
};

/// The facts of one case, by full name.
class ExprLookup {
 public:
  ExprLookup() = default;
  ExprLookup(const ExprLookup&) = default;
  ExprLookup& operator=(const ExprLookup&) = default;
  virtual ~ExprLookup() = default;
  /// nullopt: nobody reports it.
  [[nodiscard]] virtual std::optional<ExprValue> find(std::string_view full_name) const = 0;
};

/// A lookup in a map.
class ExprFacts final : public ExprLookup {
 public:
  ExprFacts& set(std::string full_name, ExprValue value);
  [[nodiscard]] std::optional<ExprValue> find(std::string_view full_name) const override;

 private:
  std::map<std::string, ExprValue, std::less<>> facts_;
};

/// A value, or why it is unknown.
struct ExprOutcome {
  std::optional<ExprValue> value;
  /// "device.mem.bytes is not reported", "division by 0"; empty if the value is known.
  std::string reason;

  /// Known and true: unknown does not meet a requirement.
  [[nodiscard]] bool is_true() const { return value && value->boolean() != nullptr && *value->boolean(); }
  [[nodiscard]] bool is_false() const { return value && value->boolean() != nullptr && !*value->boolean(); }
};

/// Why a condition does not hold.
struct UnmetPart {
  /// The part as it was written: "cores >= 8".
  std::string text;
  /// "machine.cores is 2", "device.mem.bytes is not reported".
  std::string reason;
};

struct ExprNode;

/// An expression whose names and types fit its place. A value; copies share their tree.
class CheckedExpression {
 public:
  [[nodiscard]] const std::string& text() const { return *text_; }
  [[nodiscard]] ExprType type() const { return type_; }
  /// Full names it depends on, ascending, each once.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// True if a name of that scope ("param") is among them.
  [[nodiscard]] bool uses_scope(std::string_view scope) const;

  /// Never fails: what cannot be known is unknown, with its reason, also a fact of another type than its scope says.
  [[nodiscard]] ExprOutcome evaluate(const ExprLookup& lookup) const;

  /// Of a condition that is not true: the first member of its (nested) && that is false, else the first that is
  /// unknown, else the whole. nullopt if the condition is true.
  [[nodiscard]] std::optional<UnmetPart> first_unmet_part(const ExprLookup& lookup) const;

 private:
  friend class Expression;
  CheckedExpression(std::shared_ptr<const std::string> text, std::shared_ptr<const ExprNode> root, ExprType type,
                    std::vector<std::string> names)
      : text_(std::move(text)), root_(std::move(root)), type_(type), names_(std::move(names)) {}
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const ExprNode> root_;
  ExprType type_;
  std::vector<std::string> names_;
};

/// An expression that follows the grammar. A value; copies share their tree.
class Expression {
 public:
  /// Errors: BH0007 with the column (in characters, from 1) as its place.
  [[nodiscard]] static Result<Expression> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return *text_; }
  /// Names as they were written, ascending, each once.
  [[nodiscard]] std::vector<std::string> names() const;

  /// Finds each name in the scope and fits the types; `wanted` is what the place needs. Errors: BH0008 (name) and
  /// BH0009 (type), with the column as their place.
  [[nodiscard]] Result<CheckedExpression> check(const ExprScope& scope, ExprType wanted = kExprAny) const;

 private:
  Expression(std::shared_ptr<const std::string> text, std::shared_ptr<const ExprNode> root)
      : text_(std::move(text)), root_(std::move(root)) {}
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const ExprNode> root_;
};

}  // namespace benchhost
