#include "cli/check_subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "schedule/invocation_job.h"
#include "suite/selection.h"
#include "suite/written_value.h"

namespace benchhost::cli {

namespace p = protocol;

namespace {

/// Values of one parameter that are tried; choices and lists may have hundreds.
constexpr std::size_t kMostValues = 12;
/// A case that claims more is not tried: the validator examines rules, not capacity.
constexpr std::uint64_t kMostMemory = std::uint64_t{1} << 30;

bool is_number(const p::ParamRecord& param) {
  return !param.list &&
         (param.type == p::ValueType::int64 || param.type == p::ValueType::uint64 || param.type == p::ValueType::real);
}

double number_of(const p::Value& value) {
  if (value.scalars.empty()) return std::numeric_limits<double>::infinity();
  return std::visit(
      [](const auto& v) -> double {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(v)>>) {
          return static_cast<double>(v);
        } else {
          return std::numeric_limits<double>::infinity();
        }
      },
      value.scalars.front());
}

void add(const p::Value& value, std::vector<p::Value>& values) {
  if (value.type != p::ValueType::none && std::ranges::find(values, value) == values.end()) values.push_back(value);
}

// What a parameter may be, as far as its descriptor names values: ends of range and sweep, and choices.
std::vector<p::Value> named_values(const p::ParamRecord& param) {
  std::vector<p::Value> values;
  add(param.minimum, values);
  add(param.maximum, values);
  add(param.sweep_first, values);
  add(param.sweep_last, values);
  if (!param.sweep_values.empty()) {
    add(param.sweep_values.front(), values);
    add(param.sweep_values.back(), values);
  }
  for (const p::Value& choice : param.choices) add(choice, values);
  if (param.type == p::ValueType::boolean && !param.list) {
    add(p::bool_value(false), values);
    add(p::bool_value(true), values);
  }
  if (values.size() > kMostValues) values.resize(kMostValues);
  return values;
}

// The smallest that the author thought of measuring: what is tried is rules, and small cases try them as well.
p::Value small_value(const p::ParamRecord& param) {
  p::Value least = param.default_value;
  if (!is_number(param)) return least;
  for (const p::Value* one : {&param.sweep_first, &param.sweep_last}) {
    if (number_of(*one) < number_of(least)) least = *one;
  }
  for (const p::Value& one : param.sweep_values) {
    if (number_of(one) < number_of(least)) least = one;
  }
  return least;
}

// Values past the ends of a range.
std::vector<p::Value> outside_values(const p::ParamRecord& param) {
  std::vector<p::Value> values;
  if (!is_number(param)) return values;
  for (const auto& [end, step] : {std::pair{&param.minimum, -1}, {&param.maximum, 1}}) {
    if (end->scalars.empty()) continue;
    p::Value past = *end;
    const bool fits = std::visit(
        [step = step](auto& v) {
          using T = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<T, double>) {
            v = v + step * std::max(1.0, std::fabs(v));
            return std::isfinite(v);
          } else if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint64_t>) {
            if (v == (step < 0 ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max())) return false;
            v = step < 0 ? v - 1 : v + 1;
            return true;
          } else {
            return false;
          }
        },
        past.scalars.front());
    if (fits) values.push_back(std::move(past));
  }
  return values;
}

// One case to be planned.
struct Wanted {
  std::size_t benchmark = 0;
  std::vector<p::Value> values;
  bool smallest = false;
};

// All of a plugin: first the smallest case of each benchmark, and its defaults in case a constraint forbids the
// smallest; then each value that a descriptor names, the other parameters at their smallest.
std::vector<Wanted> wanted_cases(const p::PluginRecord& record, bool boundaries) {
  std::vector<Wanted> all;
  for (std::size_t b = 0; b < record.benchmarks.size(); ++b) {
    const std::vector<p::ParamRecord>& params = record.benchmarks[b].parameters;
    Wanted small{b, {}, true};
    Wanted defaults{b, {}, true};
    for (const p::ParamRecord& param : params) {
      small.values.push_back(small_value(param));
      defaults.values.push_back(param.default_value);
    }
    all.push_back(small);
    if (defaults.values != small.values) all.push_back(defaults);
    for (std::size_t i = 0; boundaries && i < params.size(); ++i) {
      if (params[i].is_path()) continue;
      for (const p::Value& value : named_values(params[i])) {
        if (value == small.values[i]) continue;
        Wanted one{b, small.values, false};
        one.values[i] = value;
        if (one.values != defaults.values) all.push_back(std::move(one));
      }
    }
  }
  return all;
}

suite::Entry entry_of(const Wanted& wanted, const p::BenchmarkRecord& benchmark) {
  suite::Entry entry;
  entry.benchmarks = {{benchmark.id, {"plugin check", 0, 0}}};
  for (std::size_t i = 0; i < benchmark.parameters.size(); ++i) {
    const p::ParamRecord& param = benchmark.parameters[i];
    if (wanted.values[i] == param.default_value || wanted.values[i].type == p::ValueType::none) continue;
    auto axis = suite::parse_parameter(param.name + "=" + suite::written_value(wanted.values[i]), "plugin check");
    if (axis.ok()) entry.parameters.push_back(std::move(axis).value());
  }
  return entry;
}

bool is_simulated(const schedule::PlanCase& c) {
  return !c.devices.empty() && std::ranges::all_of(c.devices, [](const p::DeviceRecord& d) { return d.simulated(); });
}

// Of the cases that one entry gave (one a device), the one to try.
const schedule::PlanCase* choose(const std::vector<const schedule::PlanCase*>& cases) {
  const schedule::PlanCase* best = nullptr;
  for (const schedule::PlanCase* c : cases) {
    const bool runs = c->spec.skip_reason.empty() && c->spec.fail_reason.empty();
    const bool best_runs = best != nullptr && best->spec.skip_reason.empty() && best->spec.fail_reason.empty();
    if (best == nullptr || (runs && !best_runs) || (runs && is_simulated(*c) && !is_simulated(*best))) best = c;
  }
  return best;
}

std::string reason_not(const schedule::PlanCase* c) {
  if (c == nullptr) return "its constraints allow neither its defaults nor its smallest parameters";
  if (!c->spec.skip_reason.empty()) return c->spec.skip_reason;
  if (!c->spec.fail_reason.empty()) return c->spec.fail_reason;
  if (c->spec.claims.memory_bytes.value_or(0) > kMostMemory) return "its smallest case claims more than 1 GiB";
  return {};
}

}  // namespace

std::vector<conform::BenchmarkSubject> check_subjects(const discover::PluginEntry& plugin, std::uint32_t strictness,
                                                      std::uint64_t seed, const Site& site, CommandContext& context,
                                                      Workplace& workplace, const supervise::CancelToken& cancel) {
  const p::PluginRecord& record = *plugin.record;
  std::vector<conform::BenchmarkSubject> subjects;
  for (const p::BenchmarkRecord& b : record.benchmarks) subjects.push_back({b.id, {}, {}, {}, {}});

  const std::vector<Wanted> wanted = wanted_cases(record, strictness >= 3);
  PlanRequest request;
  request.seed = seed;
  for (const Wanted& one : wanted) request.suite.entries.push_back(entry_of(one, record.benchmarks[one.benchmark]));
  auto planned = make_plan(request, site, context, workplace, cancel);
  if (!planned.ok()) {
    for (conform::BenchmarkSubject& s : subjects) s.why_not = to_text(planned.error());
    return subjects;
  }
  const schedule::Plan& plan = planned->plan;
  std::map<std::size_t, std::vector<const schedule::PlanCase*>> by_entry;
  for (const schedule::PlanCase& c : plan.cases) {
    if (plan.plugins[c.plugin].file == plugin.path.string()) by_entry[c.spec.entry].push_back(&c);
  }
  const auto cores = core_chooser(site);
  for (std::size_t e = 0; e < wanted.size(); ++e) {
    conform::BenchmarkSubject& subject = subjects[wanted[e].benchmark];
    const schedule::PlanCase* c = choose(by_entry[e]);
    const std::string why_not = reason_not(c);
    if (wanted[e].smallest && !subject.job) {
      subject.why_not = why_not;
      if (why_not.empty()) subject.job = schedule::job_of(*c, plan, cores);
    } else if (why_not.empty()) {
      subject.boundaries.push_back(schedule::job_of(*c, plan, cores));
    }
  }
  if (strictness < conform::kMostStrictness) return subjects;
  for (std::size_t b = 0; b < subjects.size(); ++b) {
    if (!subjects[b].job) continue;
    for (std::size_t i = 0; i < record.benchmarks[b].parameters.size(); ++i) {
      for (p::Value& value : outside_values(record.benchmarks[b].parameters[i])) {
        p::RunJob job = *subjects[b].job;
        job.values[i] = std::move(value);
        subjects[b].beyond.push_back(std::move(job));
      }
    }
  }
  return subjects;
}

}  // namespace benchhost::cli
