#include "suite/compiled_benchmark.h"

#include <fmt/format.h>

#include "common/protocol/expression_scope.h"

namespace benchhost::suite {
namespace {

/// Compiles the expressions of one benchmark and remembers whether all were right.
class Compiler {
 public:
  Compiler(const protocol::BenchmarkRecord& benchmark, Diagnostics& diagnostics)
      : benchmark_(benchmark), diagnostics_(diagnostics) {}

  std::optional<CheckedExpression> compile(const std::string& text, const ExprScope& scope, ExprType wanted,
                                           std::string_view what) {
    if (text.empty()) return std::nullopt;
    const Position at{fmt::format("{} of benchmark {}", what, benchmark_.id), 0, 0};
    auto parsed = Expression::parse(text);
    if (!parsed.ok()) {
      fail(std::move(parsed).error(), at);
      return std::nullopt;
    }
    auto checked = parsed->check(scope, wanted);
    if (checked.ok()) return std::move(checked).value();
    fail(std::move(checked).error(), at);
    return std::nullopt;
  }

  [[nodiscard]] bool good() const { return good_; }

 private:
  void fail(Error error, const Position& at) {
    good_ = false;
    diagnostics_.error(std::move(error), at);
  }
  const protocol::BenchmarkRecord& benchmark_;
  Diagnostics& diagnostics_;
  bool good_ = true;
};

/// A claim that is a number over or equal 0.
std::optional<double> claimed(const std::optional<CheckedExpression>& claim, std::string_view what,
                              const CaseFacts& facts, std::optional<std::uint64_t>& whole, std::string& fail_reason) {
  if (!claim) return std::nullopt;
  const ExprOutcome outcome = claim->evaluate(facts);
  const ExprNumber* const number = outcome.value ? outcome.value->number() : nullptr;
  if (number == nullptr || *number < ExprNumber(0)) {
    if (fail_reason.empty())
      fail_reason = fmt::format("{} `{}` has no value: {}", what, claim->text(),
                                number != nullptr ? "it is negative" : outcome.reason);
    return std::nullopt;
  }
  whole = ceil(*number).to_uint64();
  return number->to_double();
}

}  // namespace

std::optional<std::size_t> CompiledBenchmark::parameter(std::string_view name) const {
  for (std::size_t i = 0; i < record->parameters.size(); ++i) {
    if (record->parameters[i].name == name) return i;
  }
  return std::nullopt;
}

std::optional<CompiledBenchmark> compile_benchmark(std::size_t plugin, const protocol::PluginRecord& record,
                                                   const protocol::BenchmarkRecord& benchmark,
                                                   Diagnostics& diagnostics) {
  Compiler compiler(benchmark, diagnostics);
  CompiledBenchmark out;
  out.plugin = plugin;
  out.plugin_record = &record;
  out.record = &benchmark;
  const ExprScope constraints = protocol::constraint_scope(benchmark.parameters);
  for (const protocol::ParamRecord& p : benchmark.parameters) {
    if (auto c = compiler.compile(p.constraint, constraints, kExprBoolean, fmt::format("constraint of {}", p.name)))
      out.constraints.push_back({p.name, *std::move(c)});
  }
  out.requirement = compiler.compile(benchmark.requirement, protocol::requirement_scope(benchmark.parameters),
                                     kExprBoolean, "requirement");
  const ExprScope slots = protocol::slot_scope(benchmark.parameters);
  for (const protocol::SlotRecord& slot : benchmark.slots)
    out.slots.push_back(compiler.compile(slot.requirement, slots, kExprBoolean, fmt::format("slot {}", slot.id)));
  const ExprScope claims = protocol::claim_scope(benchmark.parameters);
  out.cores = compiler.compile(benchmark.claim_cores, claims, kExprNumber, "claim_cores");
  out.memory_bytes = compiler.compile(benchmark.claim_memory_bytes, claims, kExprNumber, "claim_memory_bytes");
  out.seconds = compiler.compile(benchmark.claim_seconds, claims, kExprNumber, "claim_seconds");
  return compiler.good() ? std::optional(std::move(out)) : std::nullopt;
}

Claims evaluate_claims(const CompiledBenchmark& benchmark, const CaseFacts& facts, std::string& fail_reason) {
  Claims out;
  std::optional<std::uint64_t> whole;
  claimed(benchmark.cores, "claim_cores", facts, whole, fail_reason);
  if (whole) out.cores = *whole;
  whole.reset();
  claimed(benchmark.memory_bytes, "claim_memory_bytes", facts, whole, fail_reason);
  out.memory_bytes = whole;
  out.seconds = claimed(benchmark.seconds, "claim_seconds", facts, whole, fail_reason);
  out.exclusive = benchmark.record->exclusive;
  return out;
}

}  // namespace benchhost::suite
