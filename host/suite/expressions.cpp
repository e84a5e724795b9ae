#include "suite/expressions.h"

#include "common/protocol/expression_scope.h"

namespace benchhost::suite {
namespace {

using protocol::BenchmarkRecord;
using protocol::CapType;
using protocol::ValueType;

ExprList texts_of(const std::vector<std::string>& texts) {
  ExprList out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

}  // namespace

ExprScope filter_scope(const BenchmarkRecord& benchmark) {
  ExprScope scope("benchmark");
  scope.add("benchmark.id", kExprText)
      .add("benchmark.plugin", kExprText)
      .add("benchmark.category", kExprText)
      .add("benchmark.tags", expr_list_of(ExprType::Kind::text))
      .add("benchmark.input", kExprText)
      .add("benchmark.device", kExprText)
      .add("benchmark.outcome", kExprText);
  protocol::add_parameters(scope, benchmark.parameters);
  protocol::add_device_facts(scope);
  protocol::add_machine_facts(scope);
  return scope;
}

ExprScope device_selector_scope() {
  ExprScope scope("device");
  protocol::add_device_facts(scope);
  protocol::add_machine_facts(scope);
  return scope;
}

Result<void> check_device_expression(const std::string& text, const Position& at) {
  auto parsed = Expression::parse(text);
  if (!parsed.ok()) return std::move(parsed).error().in(to_text(at));
  auto checked = parsed->check(device_selector_scope(), kExprBoolean);
  if (!checked.ok()) return std::move(checked).error().in(to_text(at));
  return {};
}

ExprFacts machine_facts(const MachineScope& machine) {
  ExprFacts out;
  if (machine.os) out.set("machine.os", *machine.os);
  if (machine.arch) out.set("machine.arch", *machine.arch);
  if (machine.isa) out.set("machine.isa", texts_of(*machine.isa));
  if (machine.cores) out.set("machine.cores", *machine.cores);
  if (machine.threads) out.set("machine.threads", *machine.threads);
  if (machine.nodes) out.set("machine.nodes", *machine.nodes);
  if (machine.memory_bytes) out.set("machine.memory_bytes", *machine.memory_bytes);
  if (machine.page_bytes) {
    ExprList sizes;
    for (const std::uint64_t size : *machine.page_bytes) sizes.emplace_back(size);
    out.set("machine.page_bytes", std::move(sizes));
  }
  if (machine.can) out.set("machine.can", texts_of(*machine.can));
  return out;
}

std::optional<ExprValue> CaseFacts::find(std::string_view full_name) const {
  const auto dot = full_name.find('.');
  const std::string_view scope = full_name.substr(0, dot);
  const std::string_view name = full_name.substr(dot + 1);
  if (scope == "param") return parameter(name);
  if (scope == "device") return fact(name);
  if (scope == "machine") return machine != nullptr ? machine->find(full_name) : std::nullopt;
  return of_benchmark(name);
}

std::optional<ExprValue> CaseFacts::parameter(std::string_view name) const {
  if (benchmark == nullptr || values == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < benchmark->parameters.size() && i < values->size(); ++i) {
    if (benchmark->parameters[i].name == name && (*values)[i].type != ValueType::none)
      return protocol::to_expr((*values)[i]);
  }
  return std::nullopt;
}

std::optional<ExprValue> CaseFacts::fact(std::string_view name) const {
  if (device == nullptr) return std::nullopt;
  if (name == "kind") return ExprValue(device->kind);
  const protocol::CapRecord* const cap = device->cap(name);
  if (cap == nullptr) return std::nullopt;
  switch (cap->type) {
    case CapType::integer:
    case CapType::version:
      return ExprValue(cap->integer);
    case CapType::number:
      return ExprValue(cap->number);
    case CapType::boolean:
      return ExprValue(cap->integer != 0);
    case CapType::string:
      return ExprValue(cap->text);
    case CapType::words:
      return ExprValue(texts_of(cap->words));
  }
  return std::nullopt;
}

std::optional<ExprValue> CaseFacts::of_benchmark(std::string_view name) const {
  if (benchmark == nullptr) return std::nullopt;
  if (name == "id") return ExprValue(benchmark->id);
  if (name == "plugin") return ExprValue(plugin);
  if (name == "category") return ExprValue(benchmark->category);
  if (name == "tags") return ExprValue(texts_of(tags != nullptr ? *tags : benchmark->tags));
  if (name == "input") return ExprValue(input);
  if (name == "device") return ExprValue(device_name);
  return std::nullopt;  // outcome: nothing has run yet
}

}  // namespace benchhost::suite
