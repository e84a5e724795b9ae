#include "suite/diagnostics.h"

#include <utility>

namespace benchhost::suite {
namespace {

void add(std::vector<Error>& to, Error error) {
  if (to.size() < Diagnostics::kMost) to.push_back(std::move(error));
}

}  // namespace

void Diagnostics::error(std::string_view code, std::string message, const Position& at, std::string help) {
  add(errors_, Error{std::string(code), std::move(message), to_text(at), std::move(help)});
}

void Diagnostics::warning(std::string_view code, std::string message, const Position& at, std::string help) {
  add(warnings_, Error{std::string(code), std::move(message), to_text(at), std::move(help)});
}

void Diagnostics::error(Error error, const Position& at) { add(errors_, std::move(error).in(to_text(at))); }

void Diagnostics::error(Error error) { add(errors_, std::move(error)); }

void Diagnostics::append(const Diagnostics& other) {
  for (const Error& e : other.errors_) add(errors_, e);
  for (const Error& e : other.warnings_) add(warnings_, e);
}

}  // namespace benchhost::suite
