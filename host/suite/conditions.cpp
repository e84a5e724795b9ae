#include "suite/conditions.h"

#include <fmt/format.h>

#include <utility>

namespace benchhost::suite {

std::map<const CompiledBenchmark*, std::vector<Condition>> read_conditions(
    const std::vector<Placed>& texts, std::string_view what, const std::vector<const CompiledBenchmark*>& benchmarks,
    Diagnostics& diagnostics) {
  std::map<const CompiledBenchmark*, std::vector<Condition>> out;
  for (const Placed& text : texts) {
    auto parsed = Expression::parse(text.text);
    if (!parsed.ok()) {
      diagnostics.error(std::move(parsed).error(), text.at);
      continue;
    }
    bool fits_one = false;
    std::optional<Error> first;
    for (const CompiledBenchmark* b : benchmarks) {
      auto checked = parsed->check(filter_scope(*b->record), kExprBoolean);
      Condition condition{fmt::format("{} `{}`", what, text.text), text.at, std::nullopt};
      if (checked.ok()) {
        fits_one = true;
        condition.expression = std::move(checked).value();
      } else if (!first) {
        first = checked.error();
      }
      out[b].push_back(std::move(condition));
    }
    if (!fits_one && first) diagnostics.error(*std::move(first), text.at);
  }
  return out;
}

std::optional<Condition> filter_condition(const std::string& text, const CompiledBenchmark& b) {
  if (text.empty()) return std::nullopt;
  Condition out{fmt::format("--filter `{}`", text), {"--filter", 0, 0}, std::nullopt};
  if (auto parsed = Expression::parse(text); parsed.ok()) {
    if (auto checked = parsed->check(filter_scope(*b.record), kExprBoolean); checked.ok())
      out.expression = std::move(checked).value();
  }
  return out;
}

}  // namespace benchhost::suite
