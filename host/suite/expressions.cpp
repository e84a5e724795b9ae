#include "suite/expressions.h"

#include <algorithm>
#include <array>

namespace benchhost::suite {
namespace {

using protocol::BenchmarkRecord;
using protocol::CapType;
using protocol::ValueType;

// The vocabulary of the SDK's device.h, which the host wing does not include; a test compares the two.
constexpr auto kDeviceFacts = std::to_array<DeviceFact>({
    {"kind", CapType::string},
    {"class", CapType::string},
    {"name", CapType::string},
    {"model", CapType::string},
    {"vendor", CapType::string},
    {"uuid", CapType::string},
    {"pci.address", CapType::string},
    {"pci.id", CapType::string},
    {"numa.node", CapType::integer},
    {"driver.name", CapType::string},
    {"driver.version", CapType::string},
    {"firmware.version", CapType::string},
    {"api.version", CapType::version},
    {"software", CapType::boolean},
    {"simulated", CapType::boolean},
    {"dialects", CapType::words},
    {"opencl_c.version", CapType::version},
    {"spirv.version", CapType::version},
    {"isa", CapType::words},
    {"types", CapType::words},
    {"storage_types", CapType::words},
    {"features", CapType::words},
    {"matrix.shapes", CapType::words},
    {"units", CapType::integer},
    {"lanes", CapType::integer},
    {"subgroup.sizes", CapType::words},
    {"group.items_max", CapType::integer},
    {"group.x_max", CapType::integer},
    {"group.y_max", CapType::integer},
    {"group.z_max", CapType::integer},
    {"grid.x_max", CapType::integer},
    {"grid.y_max", CapType::integer},
    {"grid.z_max", CapType::integer},
    {"local.bytes", CapType::integer},
    {"args.buffers_max", CapType::integer},
    {"args.bytes_max", CapType::integer},
    {"mem.bytes", CapType::integer},
    {"mem.buffer.bytes_max", CapType::integer},
    {"mem.kinds", CapType::words},
    {"mem.commit", CapType::boolean},
    {"mem.paths", CapType::words},
    {"mem.unified", CapType::boolean},
    {"mem.sub.align.bytes", CapType::integer},
    {"mem.copy.align.bytes", CapType::integer},
    {"mem.import.align.bytes", CapType::integer},
    {"cache.l1.bytes", CapType::integer},
    {"cache.l2.bytes", CapType::integer},
    {"cache.last.bytes", CapType::integer},
    {"cache.line.bytes", CapType::integer},
    {"clock.hz", CapType::integer},
    {"mem.clock.hz", CapType::integer},
    {"mem.bus.bits", CapType::integer},
    {"peak.fp64", CapType::number},
    {"peak.fp32", CapType::number},
    {"peak.fp16", CapType::number},
    {"peak.mem", CapType::number},
    {"time.span", CapType::boolean},
    {"time.span_kind", CapType::string},
    {"time.event", CapType::boolean},
    {"time.step.ns", CapType::integer},
    {"time.gate", CapType::boolean},
    {"queue.parallel", CapType::integer},
    {"queue.depth", CapType::integer},
    {"peers", CapType::words},
    {"extensions", CapType::words},
});

ExprType type_of_cap(CapType type) {
  switch (type) {
    case CapType::integer:
    case CapType::number:
    case CapType::version:
      return kExprNumber;
    case CapType::boolean:
      return kExprBoolean;
    case CapType::string:
      return kExprText;
    case CapType::words:
      return expr_list_of(ExprType::Kind::text);
  }
  return kExprAny;
}

ExprType type_of_parameter(const protocol::ParamRecord& parameter) {
  ExprType::Kind kind = ExprType::Kind::number;
  if (parameter.type == ValueType::boolean) kind = ExprType::Kind::boolean;
  if (parameter.type == ValueType::string || parameter.type == ValueType::choice) kind = ExprType::Kind::text;
  return parameter.list ? expr_list_of(kind) : ExprType{kind, ExprType::Kind::any};
}

void add_parameters(ExprScope& scope, const BenchmarkRecord& benchmark) {
  for (const protocol::ParamRecord& p : benchmark.parameters) scope.add("param." + p.name, type_of_parameter(p));
}

void add_machine(ExprScope& scope) {
  const ExprType texts = expr_list_of(ExprType::Kind::text);
  scope.add("machine.os", kExprText)
      .add("machine.arch", kExprText)
      .add("machine.isa", texts)
      .add("machine.cores", kExprNumber)
      .add("machine.threads", kExprNumber)
      .add("machine.nodes", kExprNumber)
      .add("machine.memory_bytes", kExprNumber)
      .add("machine.page_bytes", expr_list_of(ExprType::Kind::number))
      .add("machine.can", texts);
}

void add_device(ExprScope& scope) {
  for (const DeviceFact& fact : kDeviceFacts) scope.add("device." + std::string(fact.name), type_of_cap(fact.type));
  scope.admit_vendor_names("device");
}

ExprList texts_of(const std::vector<std::string>& texts) {
  ExprList out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

}  // namespace

std::span<const DeviceFact> device_facts() { return kDeviceFacts; }

ExprScope constraint_scope(const BenchmarkRecord& benchmark) {
  ExprScope scope("param");
  add_parameters(scope, benchmark);
  return scope;
}

ExprScope claim_scope(const BenchmarkRecord& benchmark) {
  ExprScope scope = constraint_scope(benchmark);
  add_machine(scope);
  return scope;
}

ExprScope requirement_scope(const BenchmarkRecord& benchmark) {
  ExprScope scope("machine");
  add_machine(scope);
  add_parameters(scope, benchmark);
  return scope;
}

ExprScope slot_scope(const BenchmarkRecord& benchmark) {
  ExprScope scope = device_selector_scope();
  add_parameters(scope, benchmark);
  return scope;
}

ExprScope filter_scope(const BenchmarkRecord& benchmark) {
  ExprScope scope("benchmark");
  scope.add("benchmark.id", kExprText)
      .add("benchmark.plugin", kExprText)
      .add("benchmark.category", kExprText)
      .add("benchmark.tags", expr_list_of(ExprType::Kind::text))
      .add("benchmark.input", kExprText)
      .add("benchmark.device", kExprText)
      .add("benchmark.outcome", kExprText);
  add_parameters(scope, benchmark);
  add_device(scope);
  add_machine(scope);
  return scope;
}

ExprScope device_selector_scope() {
  ExprScope scope("device");
  add_device(scope);
  add_machine(scope);
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

ExprValue to_expr(const protocol::Value& value) {
  const auto scalar = [](const protocol::Scalar& s) {
    return std::visit([](const auto& v) { return ExprValue(v); }, s);
  };
  if (!value.list) return scalar(value.scalars.front());
  ExprList out;
  for (const protocol::Scalar& s : value.scalars) out.push_back(scalar(s));
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
    if (benchmark->parameters[i].name == name && (*values)[i].type != ValueType::none) return to_expr((*values)[i]);
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
