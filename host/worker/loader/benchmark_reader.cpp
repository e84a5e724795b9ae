#include "worker/loader/benchmark_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "common/base/expression.h"
#include "common/protocol/descriptor_rules.h"
#include "common/protocol/expression_scope.h"
#include "common/protocol/id.h"
#include "worker/loader/metric_reader.h"
#include "worker/loader/param_reader.h"

namespace benchhost::loader {
namespace {

using protocol::BatchPolicy;
using protocol::BenchmarkRecord;
using protocol::Direction;
using protocol::Domain;
using protocol::MetricRecord;
using protocol::ParamRecord;
using protocol::SlotRecord;
using protocol::SummaryRecord;
using protocol::ValueType;

constexpr std::array<const char*, 5> kCategories = {"other", "hardware", "model", "pool", "host"};

std::vector<std::string> split_tags(FieldReader& reader, const std::string& joined) {
  std::vector<std::string> tags;
  std::string_view rest = joined;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view tag = rest.substr(0, comma);
    reader.require(protocol::is_id(tag), "tags", fmt::format("'{}' is no id; tags are ids joined by ','", tag));
    tags.emplace_back(tag);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return tags;
}

std::vector<SlotRecord> read_slots(FieldReader& reader, const bh_slot_list_t& list) {
  std::vector<SlotRecord> read;
  if (!reader.list("slots", list.items, list.count, list.stride, BH_SIZE_TO(bh_slot_t, description))) return read;
  for (std::uint32_t i = 0; i < list.count && reader.ok(); ++i) {
    const FieldReader::Item item(reader, fmt::format("slot {}", i));
    const bh_slot_t& slot = *BH_AT(bh_slot_t, &list, i);
    SlotRecord r;
    r.id = reader.id("id", slot.id, true);
    r.requirement = reader.text("requirement", slot.requirement, kText);
    r.description = reader.text("description", slot.description, kMandatoryText);
    reader.require((slot.flags & ~(BH_SLOT_OPTIONAL | BH_SLOT_SHARED | BH_SLOT_SHAREABLE)) == 0, "flags",
                   fmt::format("has unknown bits: {}", slot.flags));
    r.optional = (slot.flags & BH_SLOT_OPTIONAL) != 0;
    r.shared = (slot.flags & BH_SLOT_SHARED) != 0;
    r.shareable = (slot.flags & BH_SLOT_SHAREABLE) != 0;
    reader.require(std::ranges::find(read, r.id, &SlotRecord::id) == read.end(), "id",
                   fmt::format("'{}' is there twice", r.id));
    read.push_back(std::move(r));
  }
  return read;
}

SummaryRecord read_summary(FieldReader& reader, const bh_summary_t& summary, const BenchmarkRecord& b) {
  SummaryRecord r;
  r.id = reader.id("id", summary.id, true);
  r.title = reader.text("title", summary.title, kMandatoryTitle);
  r.unit = reader.text("unit", summary.unit, kMandatoryId);
  reader.require(protocol::is_unit(r.unit), "unit", fmt::format("'{}' is not in the registry of units", r.unit));
  r.description = reader.text("description", summary.description, kMandatoryText);
  r.limit = reader.text("limit", summary.limit, kText);
  r.kind = summary.kind;
  reader.require(r.kind >= BH_SUMMARY_SPEEDUP && r.kind <= BH_SUMMARY_BEST, "kind",
                 fmt::format("{} is no kind of summary", r.kind));
  reader.require(summary.direction <= BH_DIRECTION_TARGET, "direction",
                 fmt::format("{} is no direction", summary.direction));
  if (!reader.ok()) return r;
  r.direction = static_cast<Direction>(summary.direction);
  r.metric = summary.metric;
  r.parameter = summary.parameter;
  r.basis = summary.basis;
  reader.require(r.basis <= BH_BASIS_SQUARE, "basis", fmt::format("{} is no basis", r.basis));
  reader.require(r.metric < b.metrics.size(), "metric", fmt::format("there is no metric {}", r.metric));
  if (!reader.require(r.parameter < b.parameters.size(), "parameter",
                      fmt::format("there is no parameter {}", r.parameter))) {
    return r;
  }
  const ParamRecord& x = b.parameters[r.parameter];
  reader.require(!x.list && (x.type == ValueType::int64 || x.type == ValueType::uint64 || x.type == ValueType::real),
                 "parameter", fmt::format("'{}' is no number", x.name));
  reader.require((r.kind == BH_SUMMARY_MAX_WITHIN) == !r.limit.empty(), "limit",
                 "is for MAX_WITHIN, and mandatory there");
  return r;
}

void read_summaries(FieldReader& reader, const bh_summary_list_t& list, BenchmarkRecord& b) {
  if (!reader.list("summaries", list.items, list.count, list.stride, BH_SIZE_TO(bh_summary_t, limit))) return;
  for (std::uint32_t i = 0; i < list.count && reader.ok(); ++i) {
    const FieldReader::Item item(reader, fmt::format("summary {}", i));
    SummaryRecord r = read_summary(reader, *BH_AT(bh_summary_t, &list, i), b);
    const bool taken = std::ranges::find(b.summaries, r.id, &SummaryRecord::id) != b.summaries.end() ||
                       std::ranges::find(b.metrics, r.id, &MetricRecord::id) != b.metrics.end();
    reader.require(!taken, "id", fmt::format("'{}' is the id of another summary or metric", r.id));
    b.summaries.push_back(std::move(r));
  }
}

/// A searched parameter needs the one limit that says what is searched for.
void check_search(FieldReader& reader, const BenchmarkRecord& b) {
  for (std::uint32_t i = 0; i < b.parameters.size(); ++i) {
    if (b.parameters[i].sweep != BH_SWEEP_SEARCH) continue;
    const auto limits = std::ranges::count_if(
        b.summaries, [i](const SummaryRecord& s) { return s.kind == BH_SUMMARY_MAX_WITHIN && s.parameter == i; });
    reader.require(
        limits == 1, "parameters",
        fmt::format("'{}' is searched and needs exactly one MAX_WITHIN summary, not {}", b.parameters[i].name, limits));
  }
}

void read_lifecycle(FieldReader& reader, const bh_lifecycle_t* lifecycle, BenchmarkRecord& b) {
  if (!reader.structure("lifecycle", lifecycle, BH_SIZE_TO(bh_lifecycle_t, destroy))) return;
  reader.require(lifecycle->create != nullptr, "lifecycle.create", "is mandatory and NULL");
  reader.require(lifecycle->prepare != nullptr, "lifecycle.prepare", "is mandatory and NULL");
  reader.require(lifecycle->run != nullptr, "lifecycle.run", "is mandatory and NULL");
  reader.require(lifecycle->teardown != nullptr, "lifecycle.teardown", "is mandatory and NULL");
  reader.require(lifecycle->destroy != nullptr, "lifecycle.destroy", "is mandatory and NULL");
  b.has_verify = lifecycle->verify != nullptr;
  b.has_process = lifecycle->process != nullptr;
}

void check_batches(FieldReader& reader, const BenchmarkRecord& b) {
  reader.require(b.batch_max == 0 || b.batch_min <= b.batch_max, "batch_min", "is above batch_max");
  reader.require(b.batch != BatchPolicy::once || b.batch_min == 1, "batch_min",
                 "is 1 or absent where a cycle is a sample");
  reader.require(!b.fresh_process || b.batch == BatchPolicy::once, "flags", "FRESH_PROCESS goes with BH_BATCH_ONCE");
  reader.require(b.workload_revision >= 1, "workload_revision", "starts at 1");
  const bool queue = std::ranges::any_of(b.metrics, [](const MetricRecord& m) { return m.domain == Domain::queue; });
  reader.require(!queue || !b.slots.empty(), "metrics", "one is of domain QUEUE and the benchmark has no device slot");
}

/// An expression that its place can evaluate: syntax, names and types, so that a misspelt name is found by the probe
/// and not by a case that is skipped for ever.
void check_expression(FieldReader& reader, std::string_view member, const std::string& text, const ExprScope& scope,
                      ExprType wanted) {
  if (text.empty() || !reader.ok()) return;
  const auto parsed = Expression::parse(text);
  if (!parsed.ok()) return reader.refuse(member, to_text(parsed.error()));
  const auto checked = parsed->check(scope, wanted);
  if (!checked.ok()) reader.refuse(member, to_text(checked.error()));
}

void check_expressions(FieldReader& reader, const BenchmarkRecord& b) {
  const ExprScope claims = protocol::claim_scope(b.parameters);
  check_expression(reader, "requirement", b.requirement, protocol::requirement_scope(b.parameters), kExprBoolean);
  check_expression(reader, "claim_cores", b.claim_cores, claims, kExprNumber);
  check_expression(reader, "claim_memory_bytes", b.claim_memory_bytes, claims, kExprNumber);
  check_expression(reader, "claim_seconds", b.claim_seconds, claims, kExprNumber);
  const ExprScope constraints = protocol::constraint_scope(b.parameters);
  for (const ParamRecord& p : b.parameters) {
    const FieldReader::Item item(reader, fmt::format("parameter '{}'", p.name));
    check_expression(reader, "constraint", p.constraint, constraints, kExprBoolean);
  }
  const ExprScope slots = protocol::slot_scope(b.parameters);
  for (const SlotRecord& s : b.slots) {
    const FieldReader::Item item(reader, fmt::format("slot '{}'", s.id));
    check_expression(reader, "requirement", s.requirement, slots, kExprBoolean);
  }
  for (const SummaryRecord& s : b.summaries) {
    const FieldReader::Item item(reader, fmt::format("summary '{}'", s.id));
    check_expression(reader, "limit", s.limit, claims, kExprNumber);
  }
}

}  // namespace

BenchmarkRecord read_benchmark(FieldReader& reader, std::string_view plugin_id, std::uint32_t index,
                               const bh_benchmark_t& benchmark) {
  BenchmarkRecord b;
  FieldReader::Item item(reader, fmt::format("benchmark {}", index));
  b.index = index;
  b.id = reader.id("id", benchmark.id, true);
  if (reader.ok()) item.rename(fmt::format("benchmark '{}'", b.id));
  reader.require(b.id.starts_with(plugin_id) && b.id.size() > plugin_id.size() + 1 && b.id[plugin_id.size()] == '.',
                 "id", fmt::format("must begin with '{}.', the id of the plugin", plugin_id));
  b.title = reader.text("title", benchmark.title, kMandatoryTitle);
  b.description = reader.text("description", benchmark.description, kMandatoryText);
  if (reader.require(benchmark.category < kCategories.size(), "category",
                     fmt::format("{} is no category", benchmark.category))) {
    b.category = kCategories[benchmark.category];
  }
  b.tags = split_tags(reader, reader.text("tags", benchmark.tags, {BH_MAX_TEXT, false, false}));
  const std::uint32_t flags = benchmark.flags;
  reader.require((flags & ~(BH_BENCHMARK_NULL | BH_BENCHMARK_FRESH_PROCESS | BH_BENCHMARK_EXCLUSIVE |
                            BH_BENCHMARK_SPAWNS | BH_BENCHMARK_ENUMERATED)) == 0,
                 "flags", fmt::format("has unknown bits: {}", flags));
  b.is_null = (flags & BH_BENCHMARK_NULL) != 0;
  b.fresh_process = (flags & BH_BENCHMARK_FRESH_PROCESS) != 0;
  b.exclusive = (flags & BH_BENCHMARK_EXCLUSIVE) != 0;
  b.spawns = (flags & BH_BENCHMARK_SPAWNS) != 0;
  b.enumerated = (flags & BH_BENCHMARK_ENUMERATED) != 0;
  if (reader.require(benchmark.batch <= BH_BATCH_ONCE, "batch",
                     fmt::format("{} is no batch policy", benchmark.batch))) {
    b.batch = static_cast<BatchPolicy>(benchmark.batch);
  }
  b.batch_min = std::max<std::uint64_t>(benchmark.batch_min, 1);
  b.batch_max = benchmark.batch_max;
  b.workload_revision = benchmark.workload_revision;
  b.requirement = reader.text("requirement", benchmark.requirement, kText);
  b.claim_cores = reader.text("claim_cores", benchmark.claim_cores, kText);
  b.claim_memory_bytes = reader.text("claim_memory_bytes", benchmark.claim_memory_bytes, kText);
  b.claim_seconds = reader.text("claim_seconds", benchmark.claim_seconds, kText);
  b.slots = read_slots(reader, benchmark.slots);
  b.parameters = read_params(reader, "parameter", benchmark.parameters);
  b.metrics = read_metrics(reader, benchmark.metrics);
  read_summaries(reader, benchmark.summaries, b);
  read_lifecycle(reader, benchmark.lifecycle, b);
  if (reader.ok()) {
    check_batches(reader, b);
    check_search(reader, b);
    check_expressions(reader, b);
  }
  return b;
}

std::vector<protocol::RoleRecord> read_roles(FieldReader& reader, const bh_plugin_roles_t& extension,
                                             const BenchmarkRecord& benchmark) {
  static constexpr std::uint32_t kKnown =
      BH_ROLE_MORTAL | BH_ROLE_RESPAWN | BH_ROLE_LOAD | BH_ROLE_DEVICES | BH_ROLE_VERIFIES;
  std::vector<protocol::RoleRecord> read;
  const FieldReader::Item owner(reader, fmt::format("benchmark '{}'", benchmark.id));
  const ExprScope claims = protocol::claim_scope(benchmark.parameters);
  for (std::uint32_t i = 0; reader.ok(); ++i) {
    const bh_role_t* role = extension.role(benchmark.id.c_str(), i);
    if (role == nullptr) break;
    const FieldReader::Item item(reader, fmt::format("role {}", i));
    if (!reader.require(i < BH_MAX_ITEMS, "roles", fmt::format("there are more than {}", BH_MAX_ITEMS)) ||
        !reader.structure("role", role, BH_SIZE_TO(bh_role_t, claim_cores))) {
      break;
    }
    protocol::RoleRecord r;
    r.id = reader.id("id", role->id, true);
    r.description = reader.text("description", role->description, kMandatoryText);
    r.count = reader.text("count", role->count, kText);
    r.claim_cores = reader.text("claim_cores", role->claim_cores, kText);
    r.flags = role->flags;
    reader.require((r.flags & ~kKnown) == 0, "flags", fmt::format("has unknown bits: {}", r.flags));
    reader.require(i != 0 || (r.flags & (BH_ROLE_MORTAL | BH_ROLE_RESPAWN | BH_ROLE_LOAD)) == 0, "flags",
                   "the primary is never mortal and never LOAD");
    reader.require(i != 0 || r.count.empty() || r.count == "1", "count", "the primary is exactly one");
    check_expression(reader, "count", r.count, claims, kExprNumber);
    check_expression(reader, "claim_cores", r.claim_cores, claims, kExprNumber);
    if (i == 0) r.flags |= BH_ROLE_DEVICES | BH_ROLE_VERIFIES;
    reader.require(std::ranges::find(read, r.id, &protocol::RoleRecord::id) == read.end(), "id",
                   fmt::format("'{}' is there twice", r.id));
    read.push_back(std::move(r));
  }
  return read;
}

}  // namespace benchhost::loader
