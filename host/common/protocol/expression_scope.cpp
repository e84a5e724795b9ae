#include "common/protocol/expression_scope.h"

#include <array>
#include <string>

namespace benchhost::protocol {
namespace {

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

ExprType type_of(CapType type) {
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

ExprType type_of(const ParamRecord& parameter) {
  ExprType one = kExprNumber;
  if (parameter.type == ValueType::boolean) one = kExprBoolean;
  if (parameter.type == ValueType::string || parameter.type == ValueType::choice) one = kExprText;
  return parameter.list ? expr_list_of(one.kind) : one;
}

}  // namespace

std::span<const DeviceFact> device_facts() { return kDeviceFacts; }

ExprScope& add_device_facts(ExprScope& scope) {
  for (const DeviceFact& fact : kDeviceFacts) scope.add("device." + std::string(fact.name), type_of(fact.type));
  return scope.admit_vendor_names("device");
}

ExprScope& add_parameters(ExprScope& scope, std::span<const ParamRecord> parameters) {
  for (const ParamRecord& parameter : parameters) scope.add("param." + parameter.name, type_of(parameter));
  return scope;
}

ExprScope& add_machine_facts(ExprScope& scope) {
  for (const char* name : {"cores", "threads", "nodes", "memory_bytes"}) {
    scope.add(std::string("machine.") + name, kExprNumber);
  }
  return scope.add("machine.os", kExprText)
      .add("machine.arch", kExprText)
      .add("machine.isa", expr_list_of(ExprType::Kind::text))
      .add("machine.can", expr_list_of(ExprType::Kind::text))
      .add("machine.page_bytes", expr_list_of(ExprType::Kind::number));
}

ExprValue to_expr(const Value& value) {
  const auto scalar = [](const Scalar& s) { return std::visit([](const auto& v) { return ExprValue(v); }, s); };
  if (!value.list) return scalar(value.scalars.front());
  ExprList out;
  for (const Scalar& s : value.scalars) out.push_back(scalar(s));
  return out;
}

ExprScope constraint_scope(std::span<const ParamRecord> parameters) {
  ExprScope scope("param");
  return add_parameters(scope, parameters);
}

ExprScope claim_scope(std::span<const ParamRecord> parameters) {
  ExprScope scope("param");
  add_parameters(scope, parameters);
  return add_machine_facts(scope);
}

ExprScope requirement_scope(std::span<const ParamRecord> parameters) {
  ExprScope scope("machine");
  add_machine_facts(scope);
  return add_parameters(scope, parameters);
}

ExprScope slot_scope(std::span<const ParamRecord> parameters) {
  ExprScope scope("device");
  add_device_facts(scope);
  add_parameters(scope, parameters);
  return add_machine_facts(scope);
}

}  // namespace benchhost::protocol
