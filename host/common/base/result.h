// Value or error: how every expected failure travels in benchhost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace benchhost {

/// A failure that was expected to be possible. Built where it happened; callers add context on the way up with
/// `in()`; it is printed once, by the command line.
struct Error {
  /// Stable code that `benchhost explain` knows: "BH0102", or "" for one that has no page of its own.
  std::string code;
  /// What failed, on which item, and what to do: one sentence or two, no newline at the end.
  std::string message;
  /// Where it happened: "nightly.yaml:14:14", a plugin's file, a case. Outermost first, joined by ": ".
  std::string place;
  /// The next step: "did you mean 'cuda'?". May be empty.
  std::string help;

  /// The same error seen from further out.
  [[nodiscard]] Error in(std::string_view outer) && {
    place = place.empty() ? std::string(outer) : std::string(outer) + ": " + place;
    return std::move(*this);
  }
};

/// One line for people: "place: message (help)".
[[nodiscard]] std::string to_text(const Error& error);

[[nodiscard]] inline Error make_error(std::string_view code, std::string message, std::string help = {}) {
  return Error{std::string(code), std::move(message), {}, std::move(help)};
}

/// Either a T or an Error. `Result<void>` is success or an Error.
/// Requires: value() only after ok(), error() only after !ok(); asserted in debug builds.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] Error& error() & { return std::get<1>(state_); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] Error& error() & { return *error_; }
  [[nodiscard]] const Error& error() const& { return *error_; }
  [[nodiscard]] Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace benchhost

#define BH_CONCAT_(a, b) a##b
#define BH_CONCAT(a, b) BH_CONCAT_(a, b)
#define BH_TRY_IMPL_(tmp, decl, expr)           \
  auto tmp = (expr);                            \
  if (!tmp.ok()) return std::move(tmp).error(); \
  decl = std::move(tmp).value()

/// BH_TRY(auto x, f()): x is f's value, or this function returns f's error.
#define BH_TRY(decl, expr) BH_TRY_IMPL_(BH_CONCAT(bh_try_, __LINE__), decl, expr)
/// BH_CHECK(f()): returns f's error, if any, from this function.
#define BH_CHECK(expr)                                                                 \
  do {                                                                                 \
    if (auto bh_check_ = (expr); !bh_check_.ok()) return std::move(bh_check_).error(); \
  } while (0)
