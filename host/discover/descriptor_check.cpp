#include "discover/descriptor_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "common/protocol/descriptor_rules.h"
#include "common/protocol/expression_scope.h"
#include "common/protocol/id.h"

namespace benchhost::discover {
namespace {

using namespace protocol;  // NOLINT: every second word below is a record

// Ways to sweep and kinds of summaries, as params.h and metrics.h number them.
constexpr std::uint32_t kSweepList = 1, kSweepLinear = 2, kSweepLog2 = 3, kSweepSearch = 4;
constexpr std::uint32_t kSummaryMaxWithin = 8, kSummaryLast = 10;
constexpr std::uint32_t kBasisMax = 3;
// Flags of roles, as roles.h numbers them: mortal, respawn, load, devices, verifies.
constexpr std::uint32_t kRoleFlags = 31, kNeverOfPrimary = 7;

bool is_number(const ParamRecord& param) {
  return param.type == ValueType::int64 || param.type == ValueType::uint64 || param.type == ValueType::real;
}

bool is_finite(const Value& value) {
  return std::ranges::all_of(value.scalars, [](const Scalar& s) {
    const auto* real = std::get_if<double>(&s);
    return real == nullptr || std::isfinite(*real);
  });
}

bool is_positive(const Value& value) {
  return value.scalars.size() == 1 && std::visit(
                                          [](const auto& v) {
                                            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(v)>>) return v > 0;
                                            return false;
                                          },
                                          value.scalars[0]);
}

class Checker {
 public:
  explicit Checker(const PluginRecord& plugin) : plugin_(plugin) {}

  std::vector<Finding> check() {
    if (!is_id(plugin_.id)) add("id", "'" + plugin_.id + "' is no id");
    text("version", plugin_.version, kMaxTitleBytes, true, false);
    text("vendor", plugin_.vendor, kMaxTitleBytes, true, false);
    text("licence", plugin_.licence, kMaxTitleBytes, true, false);
    check_parameters(plugin_.settings, "setting");
    if (plugin_.benchmarks.empty()) add("benchmarks", "there are none");
    std::set<std::string> ids;
    for (const BenchmarkRecord& benchmark : plugin_.benchmarks) {
      benchmark_ = benchmark.id;
      if (!ids.insert(benchmark.id).second) add("id", "two benchmarks have it");
      check_benchmark(benchmark);
    }
    return std::move(findings_);
  }

 private:
  void add(std::string member, std::string what) {
    findings_.push_back({benchmark_, std::move(member), std::move(what)});
  }

  void text(const std::string& member, const std::string& value, std::size_t cap, bool mandatory, bool lines) {
    if (mandatory && value.empty()) {
      add(member, "is absent");
    } else if (!is_text(value, cap, lines)) {
      add(member, "is no UTF-8 of at most " + std::to_string(cap) + " bytes without control characters");
    }
  }

  void expression(const std::string& member, const std::string& value, const ExprScope& scope, ExprType wanted) {
    if (value.empty()) return;
    const auto parsed = Expression::parse(value);
    if (!parsed) return add(member, "'" + value + "': " + benchhost::to_text(parsed.error()));
    const auto checked = parsed->check(scope, wanted);
    if (!checked) add(member, "'" + value + "': " + benchhost::to_text(checked.error()));
  }

  void check_benchmark(const BenchmarkRecord& b) {
    if (!is_id(b.id) || !b.id.starts_with(plugin_.id + ".")) {
      add("id", "must be an id that begins with the plugin's, '" + plugin_.id + ".'");
    }
    text("title", b.title, kMaxTitleBytes, true, false);
    text("description", b.description, kMaxTextBytes, true, true);
    static const std::set<std::string> kCategories = {"hardware", "model", "pool", "host", "other"};
    if (!kCategories.contains(b.category)) add("category", "'" + b.category + "' is none");
    for (const std::string& tag : b.tags) {
      if (!is_id(tag)) add("tags", "'" + tag + "' is no id");
    }
    if (b.batch_max != 0 && std::max<std::uint64_t>(b.batch_min, 1) > b.batch_max) {
      add("batch_min", "is above batch_max");
    }
    if (b.batch == BatchPolicy::once && std::max(b.batch_min, b.batch_max) > 1) add("batch_min", "is 1 for once");
    if (b.enumerated && !plugin_.has_enumerate) add("enumerated", "the plugin has no enumerate");
    if (b.fresh_process && b.batch != BatchPolicy::once) add("fresh_process", "is for the batch policy once only");
    if (b.workload_revision == 0) add("workload_revision", "starts at 1");
    check_parameters(b.parameters, "parameter");
    check_metrics(b);
    check_summaries(b);
    expression("requirement", b.requirement, requirement_scope(b.parameters), kExprBoolean);
    const ExprScope claims = claim_scope(b.parameters);
    expression("claim_cores", b.claim_cores, claims, kExprNumber);
    expression("claim_memory_bytes", b.claim_memory_bytes, claims, kExprNumber);
    expression("claim_seconds", b.claim_seconds, claims, kExprNumber);
    std::set<std::string> ids;
    for (const SlotRecord& slot : b.slots) {
      const std::string name = "slot '" + slot.id + "'";
      if (!is_id(slot.id) || !ids.insert(slot.id).second) add(name, "its id is none, or another's");
      text(name + ": description", slot.description, kMaxTextBytes, true, true);
      expression(name + ": requirement", slot.requirement, slot_scope(b.parameters), kExprBoolean);
    }
    check_roles(b, claims);
  }

  void check_roles(const BenchmarkRecord& b, const ExprScope& claims) {
    std::set<std::string> ids;
    for (const RoleRecord& role : b.roles) {
      const std::string name = "role '" + role.id + "'";
      const bool primary = &role == b.roles.data();
      if (!is_id(role.id) || !ids.insert(role.id).second) add(name, "its id is none, or another's");
      text(name + ": description", role.description, kMaxTextBytes, true, true);
      if ((role.flags & ~kRoleFlags) != 0) add(name + ": flags", "has unknown bits");
      if (primary && (role.flags & kNeverOfPrimary) != 0) add(name + ": flags", "the primary is never mortal or load");
      if (primary && !role.count.empty() && role.count != "1") add(name + ": count", "the primary is exactly one");
      expression(name + ": count", role.count, claims, kExprNumber);
      expression(name + ": claim_cores", role.claim_cores, claims, kExprNumber);
    }
  }

  void check_parameters(const std::vector<ParamRecord>& parameters, const char* kind) {
    const ExprScope scope = constraint_scope(parameters);
    std::set<std::string> names;
    int searched = 0;
    for (const ParamRecord& p : parameters) {
      const std::string name = std::string(kind) + " '" + p.name + "'";
      static const std::set<std::string> kScopes = {"param", "device", "machine", "benchmark"};
      if (!is_id_part(p.name) || kScopes.contains(p.name)) add(name, "its name is no id of one part, or a scope's");
      if (!names.insert(p.name).second) add(name, "its name is another's");
      text(name + ": description", p.description, kMaxTextBytes, true, true);
      if (!p.unit.empty() && !is_unit(p.unit)) add(name + ": unit", "'" + p.unit + "' is not in the registry");
      if (p.type == ValueType::none) {
        add(name + ": type", "there is none");
        continue;
      }
      if (p.is_path() && (p.type != ValueType::string || p.list)) add(name + ": flags", "a path is a string");
      if (p.type == ValueType::choice && p.choices.empty()) add(name + ": choices", "an enum has some");
      for (const Value& choice : p.choices) check_choice(p, name, choice);
      for (const auto& [member, bound] : {std::pair("minimum", &p.minimum), std::pair("maximum", &p.maximum)}) {
        if (bound->type == ValueType::none) continue;
        if (!is_number(p) || bound->type != p.type || bound->list)
          add(name + ": " + member, "is not of the parameter's type");
        if (!is_finite(*bound)) add(name + ": " + member, "is no finite number");
      }
      if (p.minimum.scalars.size() == 1 && p.maximum.scalars.size() == 1 &&
          p.maximum.scalars[0] < p.minimum.scalars[0]) {
        add(name + ": minimum", "is above the maximum");
      }
      if (const auto wrong = value_problem(p, p.default_value)) add(name + ": default", *wrong);
      expression(name + ": constraint", p.constraint, scope, kExprBoolean);
      check_sweep(p, name);
      searched += p.sweep == kSweepSearch ? 1 : 0;
    }
    if (searched > 1) add("parameters", "more than one is searched");
  }

  void check_choice(const ParamRecord& p, const std::string& name, const Value& choice) {
    if (choice.type != p.type || choice.list || choice.scalars.size() != 1) {
      return add(name + ": choices", "one is not of the parameter's type");
    }
    const auto* written = std::get_if<std::string>(&choice.scalars[0]);
    const bool good =
        written == nullptr || (p.type == ValueType::choice ? is_id(*written) : is_text(*written, kMaxTextBytes, true));
    if (!good) add(name + ": choices", "one is no text that a parameter may have");
    if (!is_finite(choice)) add(name + ": choices", "one is no finite number");
  }

  void check_sweep(const ParamRecord& p, const std::string& name) {
    if (p.sweep == 0) return;
    if (p.sweep > kSweepSearch) return add(name + ": sweep", std::to_string(p.sweep) + " is no way to sweep");
    if (p.is_apart()) add(name + ": sweep", "a parameter that is not identity cannot be swept");
    if (p.sweep == kSweepList) {
      if (p.sweep_values.empty()) add(name + ": sweep_values", "are empty");
      for (const Value& value : p.sweep_values) {
        if (const auto wrong = value_problem(p, value))
          add(name + ": sweep_values", display_text(value) + " " + *wrong);
      }
      return;
    }
    if (!is_number(p) || p.list) return add(name + ": sweep", "is for one number");
    for (const auto& [member, value] :
         {std::pair("sweep_first", &p.sweep_first), std::pair("sweep_last", &p.sweep_last)}) {
      if (const auto wrong = value_problem(p, *value)) return add(name + ": " + member, *wrong);
    }
    if (p.sweep_last.scalars[0] < p.sweep_first.scalars[0]) add(name + ": sweep_first", "is above sweep_last");
    const bool no_step = p.sweep_step.type == ValueType::none;
    if (p.sweep == kSweepLinear && !is_positive(p.sweep_step)) add(name + ": sweep_step", "must be above 0");
    if (p.sweep == kSweepLog2) {
      if (!is_positive(p.sweep_first)) add(name + ": sweep_first", "must be above 0 in octaves");
      if (!no_step && (p.sweep_step.type != ValueType::uint64 || !is_positive(p.sweep_step))) {
        add(name + ": sweep_step", "is a uint of octaves above 0");
      } else if (p.sweep_per_octave == 0 || p.sweep_per_octave > kMostPerOctave) {
        add(name + ": sweep_per_octave", fmt::format("is not from 1 to {}", kMostPerOctave));
      } else if (!no_step && std::get<std::uint64_t>(p.sweep_step.scalars[0]) > kMostOctaves * p.sweep_per_octave) {
        add(name + ": sweep_step", fmt::format("is more than {} octaves", kMostOctaves));
      }
    }
    if (p.sweep == kSweepSearch && no_step && p.type == ValueType::real) add(name + ": sweep_step", "is absent");
  }

  void check_metrics(const BenchmarkRecord& b) {
    if (b.metrics.empty()) return add("metrics", "there are none");
    std::set<std::string> ids;
    int primaries = 0;
    for (const MetricRecord& m : b.metrics) {
      const std::string name = "metric '" + m.id + "'";
      if (!is_id(m.id) || !ids.insert(m.id).second) add(name, "its id is none, or another's");
      text(name + ": title", m.title, kMaxTitleBytes, true, false);
      text(name + ": description", m.description, kMaxTextBytes, true, true);
      if (!is_unit(m.unit)) add(name + ": unit", "'" + m.unit + "' is not in the registry");
      const bool hosts = m.domain == Domain::host || m.domain == Domain::queue;
      if (m.kind == MetricKind::time && m.unit != "ns") add(name + ": unit", "of a time is ns");
      if (m.kind == MetricKind::rate && hosts && m.work.empty())
        add(name + ": work", "is absent, and this is a rate of the host");
      if (!m.work.empty() && (!hosts || !is_work_key(m.work, true)))
        add(name + ": work", "'" + m.work + "' cannot be used here");
      if (!m.statistic.empty() && !is_statistic(m.statistic))
        add(name + ": statistic", "'" + m.statistic + "' is none");
      if (m.labelled && (hosts || m.primary))
        add(name + ": labelled", "is for metrics of the plugin that are not primary");
      if (m.direction == Direction::target && !m.target) add(name + ": target", "is absent");
      if (m.target && !std::isfinite(*m.target)) add(name + ": target", "is no finite number");
      if (m.noise_floor_ratio && !(*m.noise_floor_ratio >= 0 && std::isfinite(*m.noise_floor_ratio))) {
        add(name + ": noise_floor_ratio", "is negative, or no finite number");
      }
      primaries += m.primary ? 1 : 0;
      if (!m.source.empty()) check_source(b, m, name);
    }
    if (primaries != 1) add("metrics", std::to_string(primaries) + " are primary; exactly one must be");
  }

  void check_source(const BenchmarkRecord& b, const MetricRecord& m, const std::string& name) {
    const auto source = std::find_if(b.metrics.begin(), b.metrics.end(),
                                     [&](const MetricRecord& other) { return other.id == m.source && &other != &m; });
    if (source == b.metrics.end())
      return add(name + ": source", "'" + m.source + "' is no other metric of the benchmark");
    if (source->domain != Domain::self || m.domain != Domain::self || source->unit != m.unit ||
        !source->source.empty()) {
      add(name + ": source", "must be a metric of domain self, of the same unit, with samples of its own");
    }
  }

  void check_summaries(const BenchmarkRecord& b) {
    std::set<std::string> ids;
    for (const MetricRecord& metric : b.metrics) ids.insert(metric.id);
    for (const SummaryRecord& s : b.summaries) {
      const std::string name = "summary '" + s.id + "'";
      if (!is_id(s.id) || !ids.insert(s.id).second) add(name, "its id is none, or another's");
      text(name + ": title", s.title, kMaxTitleBytes, true, false);
      text(name + ": description", s.description, kMaxTextBytes, true, true);
      if (!is_unit(s.unit)) add(name + ": unit", "'" + s.unit + "' is not in the registry");
      if (s.kind < 1 || s.kind > kSummaryLast) add(name + ": kind", std::to_string(s.kind) + " is none");
      if (s.basis > kBasisMax) add(name + ": basis", std::to_string(s.basis) + " is none");
      if (s.metric >= b.metrics.size()) add(name + ": metric", "there is no metric " + std::to_string(s.metric));
      if (s.parameter >= b.parameters.size()) {
        add(name + ": parameter", "there is no parameter " + std::to_string(s.parameter));
      } else if (!is_number(b.parameters[s.parameter]) || b.parameters[s.parameter].list) {
        add(name + ": parameter", "'" + b.parameters[s.parameter].name + "' is no number");
      }
      if ((s.kind == kSummaryMaxWithin) == s.limit.empty()) add(name + ": limit", "belongs to the kind 'max within'");
      expression(name + ": limit", s.limit, claim_scope(b.parameters), kExprNumber);
    }
  }

  const PluginRecord& plugin_;
  std::string benchmark_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string to_text(const Finding& finding) {
  return (finding.benchmark.empty() ? "" : finding.benchmark + ": ") + finding.member + ": " + finding.what;
}

std::vector<Finding> check_descriptors(const PluginRecord& plugin) { return Checker(plugin).check(); }

}  // namespace benchhost::discover
