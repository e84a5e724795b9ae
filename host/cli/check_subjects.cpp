#include "cli/check_subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
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
/// Nor is one at an end of a parameter, or with defaults, that claims longer.
constexpr double kMostSeconds = 5;

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

// Of what costs time by its nature, a duration or a size, the smallest that is allowed.
p::Value cheap_value(const p::ParamRecord& param) {
  const bool costs = is_number(param) && (param.unit == "ns" || param.unit == "By");
  return costs && number_of(param.minimum) < number_of(small_value(param)) ? param.minimum : small_value(param);
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
};

// What may stand for a benchmark, the cheapest first: constraints may forbid it, and the smallest.
std::vector<Wanted> small_cases(const p::PluginRecord& record) {
  std::vector<Wanted> all;
  for (std::size_t b = 0; b < record.benchmarks.size(); ++b) {
    std::array<Wanted, 3> sizes{Wanted{b, {}}, Wanted{b, {}}, Wanted{b, {}}};
    for (const p::ParamRecord& param : record.benchmarks[b].parameters) {
      sizes[0].values.push_back(cheap_value(param));
      sizes[1].values.push_back(small_value(param));
      sizes[2].values.push_back(param.default_value);
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (i == 0 || sizes[i].values != sizes[i - 1].values) all.push_back(sizes[i]);
    }
  }
  return all;
}

// Each value that a descriptor names, the other parameters as in the case `tried`.
void add_boundaries(const p::BenchmarkRecord& benchmark, const Wanted& tried, std::vector<Wanted>& all) {
  for (std::size_t i = 0; i < benchmark.parameters.size(); ++i) {
    if (benchmark.parameters[i].is_path()) continue;
    for (const p::Value& value : named_values(benchmark.parameters[i])) {
      if (value == tried.values[i]) continue;
      all.push_back(tried);
      all.back().values[i] = value;
    }
  }
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

std::string reason_not(const schedule::PlanCase* c, double most_seconds) {
  if (c == nullptr) return "its constraints allow neither its defaults nor its smallest parameters";
  if (!c->spec.skip_reason.empty()) return c->spec.skip_reason;
  if (!c->spec.fail_reason.empty()) return c->spec.fail_reason;
  if (c->spec.claims.memory_bytes.value_or(0) > kMostMemory) return "its smallest case claims more than 1 GiB";
  if (c->spec.claims.seconds.value_or(0) > most_seconds) return "it takes long";
  return {};
}

// Plans the cases of one plugin.
class Planner {
 public:
  Planner(const discover::PluginEntry& plugin, std::uint64_t seed, const Site& site, CommandContext& context,
          Workplace& workplace, const supervise::CancelToken& cancel)
      : plugin_(plugin),
        seed_(seed),
        site_(site),
        context_(context),
        workplace_(workplace),
        cancel_(cancel),
        cores_(core_chooser(site)) {}

  // A job, or why there is none. Shape: one for each of `wanted`. Errors: of planning.
  [[nodiscard]] Result<std::vector<Result<p::RunJob>>> jobs(const std::vector<Wanted>& wanted, double most_seconds) {
    PlanRequest request;
    request.seed = seed_;
    for (const Wanted& one : wanted) {
      request.suite.entries.push_back(entry_of(one, plugin_.record->benchmarks[one.benchmark]));
    }
    BH_TRY(const auto planned, make_plan(request, site_, context_, workplace_, cancel_));
    const schedule::Plan& plan = planned.plan;
    std::map<std::size_t, std::vector<const schedule::PlanCase*>> by_entry;
    for (const schedule::PlanCase& c : plan.cases) {
      if (plan.plugins[c.plugin].file == plugin_.path.string()) by_entry[c.spec.entry].push_back(&c);
    }
    std::vector<Result<p::RunJob>> all;
    for (std::size_t e = 0; e < wanted.size(); ++e) {
      const schedule::PlanCase* c = choose(by_entry[e]);
      const std::string why_not = reason_not(c, most_seconds);
      all.push_back(why_not.empty() ? Result<p::RunJob>(schedule::job_of(*c, plan, cores_))
                                    : Result<p::RunJob>(make_error("", why_not)));
    }
    return all;
  }

 private:
  const discover::PluginEntry& plugin_;
  std::uint64_t seed_;
  const Site& site_;
  CommandContext& context_;
  Workplace& workplace_;
  const supervise::CancelToken& cancel_;
  std::function<std::vector<std::uint32_t>(std::uint64_t)> cores_;
};

}  // namespace

std::vector<conform::BenchmarkSubject> check_subjects(const discover::PluginEntry& plugin, std::uint32_t strictness,
                                                      std::uint64_t seed, const Site& site, CommandContext& context,
                                                      Workplace& workplace, const supervise::CancelToken& cancel) {
  const p::PluginRecord& record = *plugin.record;
  std::vector<conform::BenchmarkSubject> subjects;
  for (const p::BenchmarkRecord& b : record.benchmarks) subjects.push_back({b.id, {}, {}, {}, {}});
  Planner planner(plugin, seed, site, context, workplace, cancel);

  const std::vector<Wanted> small = small_cases(record);
  auto tried = planner.jobs(small, std::numeric_limits<double>::infinity());
  if (!tried.ok()) {
    for (conform::BenchmarkSubject& s : subjects) s.why_not = to_text(tried.error());
    return subjects;
  }
  std::vector<Wanted> boundaries;
  for (std::size_t i = 0; i < small.size(); ++i) {
    conform::BenchmarkSubject& subject = subjects[small[i].benchmark];
    Result<p::RunJob>& job = (*tried)[i];
    if (subject.job) {
      if (strictness >= 3) boundaries.push_back(small[i]);
    } else if (job.ok()) {
      subject.why_not.clear();
      subject.job = std::move(job).value();
      if (strictness >= 3) add_boundaries(record.benchmarks[small[i].benchmark], small[i], boundaries);
    } else {
      subject.why_not = job.error().message;
    }
  }
  if (auto jobs = planner.jobs(boundaries, kMostSeconds); jobs.ok()) {
    for (std::size_t i = 0; i < boundaries.size(); ++i) {
      if ((*jobs)[i].ok()) subjects[boundaries[i].benchmark].boundaries.push_back(std::move((*jobs)[i]).value());
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
