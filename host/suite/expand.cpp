#include "suite/expand.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "common/base/glob.h"
#include "common/base/suggest.h"
#include "suite/benchmark_match.h"
#include "suite/case_filler.h"
#include "suite/combinations.h"
#include "suite/compiled_benchmark.h"
#include "suite/conditions.h"
#include "suite/device_choice.h"
#include "suite/device_tuples.h"
#include "suite/expressions.h"
#include "suite/gates.h"

// Two passes. The first resolves every name, converts every value and multiplies the counts, so that all errors are
// known and a suite that is too large is refused before one case of it exists. The second makes the cases and cannot
// fail but for paths that cannot be read.
namespace benchhost::suite {
namespace {

constexpr const char* kUnknown = "BH0102";
constexpr const char* kWrong = "BH0103";
constexpr const char* kTooMany = "BH0104";

/// One benchmark of one entry, ready to be multiplied out.
struct Job {
  std::size_t entry = 0;
  const CompiledBenchmark* benchmark = nullptr;
  Combinations combinations;
  DeviceChoice devices;
  std::vector<Condition> excludes;
  std::optional<Condition> filter;
  std::vector<protocol::Value> settings;
  std::vector<const protocol::FoundCase*> inputs;  ///< empty: the suite makes the cases
  std::vector<Gate> gates;
};

std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b ? std::numeric_limits<std::uint64_t>::max()
                                                                     : a * b;
}

std::vector<std::string> parameter_names(const std::vector<const CompiledBenchmark*>& benchmarks) {
  std::set<std::string> names;
  for (const CompiledBenchmark* b : benchmarks) {
    for (const protocol::ParamRecord& p : b->record->parameters) names.insert(p.name);
  }
  return {names.begin(), names.end()};
}

class Expander {
 public:
  Expander(const Suite& suite, const ExpandInputs& inputs)
      : suite_(suite), inputs_(inputs), machine_(machine_facts(inputs.machine)), filler_(inputs, out_.diagnostics) {}

  Expansion run() {
    for (std::size_t i = 0; i < suite_.entries.size() && !too_many_; ++i) plan_entry(i);
    check_overrides();
    check_thresholds();
    if (diagnostics().ok()) {
      for (const Job& job : jobs_) {
        if (!too_many_) make_cases(job);
      }
    }
    for (const auto& [pair, count] : repeated_) {
      diagnostics().warning(
          kWrong,
          fmt::format("{} case{} of this entry repeat{} one of the entry at {}: the first stays", count,
                      count == 1 ? "" : "s", count == 1 ? "s" : "", to_text(entry(pair.second).at)),
          entry(pair.first).at);
    }
    if (!diagnostics().ok()) out_.cases.clear();
    return std::move(out_);
  }

 private:
  Diagnostics& diagnostics() { return out_.diagnostics; }
  [[nodiscard]] const Entry& entry(std::size_t i) const { return suite_.entries[i]; }

  const CompiledBenchmark* compiled(const BenchmarkRef& ref) {
    const auto known = compiled_.find(ref);
    if (known != compiled_.end()) return known->second ? &*known->second : nullptr;
    const protocol::PluginRecord& plugin = *inputs_.plugins[ref.first].record;
    auto made = compile_benchmark(ref.first, plugin, plugin.benchmarks[ref.second], diagnostics());
    const auto& kept = compiled_.emplace(ref, std::move(made)).first->second;
    return kept ? &*kept : nullptr;
  }

  // First pass.

  void plan_entry(std::size_t index) {
    const Entry& e = entry(index);
    std::vector<const CompiledBenchmark*> benchmarks;
    for (const BenchmarkRef& ref : match_benchmarks(e, inputs_.plugins, diagnostics())) {
      if (const CompiledBenchmark* b = compiled(ref)) benchmarks.push_back(b);
    }
    if (benchmarks.empty()) return;
    selected_.insert(selected_.end(), benchmarks.begin(), benchmarks.end());
    check_parameters(e, benchmarks);
    check_settings(e, benchmarks);
    for (const Threshold& t : e.measure.thresholds) note_threshold(t, benchmarks);
    const bool overridden = !inputs_.overrides.devices.empty();
    const std::vector<DeviceSelector> none;
    const std::vector<DeviceSelector>& selectors = overridden          ? inputs_.overrides.devices
                                                   : e.measure.devices ? *e.measure.devices
                                                                       : none;
    // Selectors of the command line are the same for all entries: said once.
    Diagnostics said;
    const DeviceChoice devices = choose_devices(selectors, inputs_.devices, machine_, overridden, said);
    if (!overridden || !devices_said_) diagnostics().append(said);
    devices_said_ = true;
    std::map<const CompiledBenchmark*, std::vector<Condition>> excludes =
        read_conditions(e.exclude, "exclude", benchmarks, diagnostics());
    for (const CompiledBenchmark* b : benchmarks) plan_benchmark(index, *b, devices, std::move(excludes[b]));
  }

  void plan_benchmark(std::size_t index, const CompiledBenchmark& b, const DeviceChoice& devices,
                      std::vector<Condition> excludes) {
    const Entry& e = entry(index);
    if (too_many_) return;
    auto combinations = Combinations::make(b, e, inputs_.overrides, diagnostics());
    if (!combinations) return;
    Job job{index, &b, *std::move(combinations), devices, std::move(excludes), {}, {}, {}, {}};
    job.gates = gates_of(e.measure.thresholds, *b.record, diagnostics());
    job.filter = filter_condition(inputs_.overrides.filter, b);
    if (b.plugin_record->has_enumerate && !find_inputs(job)) return;
    if (count(job)) jobs_.push_back(std::move(job));
  }

  void check_parameters(const Entry& e, const std::vector<const CompiledBenchmark*>& benchmarks) {
    const auto check = [&](const Axis& axis) {
      if (std::ranges::any_of(benchmarks, [&](const auto* b) { return b->parameter(axis.name).has_value(); })) return;
      unknown_parameter(axis, benchmarks);
    };
    std::ranges::for_each(e.parameters, check);
    for (const Zip& zip : e.zips) std::ranges::for_each(zip.axes, check);
  }

  void unknown_parameter(const Axis& axis, const std::vector<const CompiledBenchmark*>& benchmarks) {
    const std::vector<std::string> names = parameter_names(benchmarks);
    std::string help = did_you_mean(axis.name, names);
    if (help.empty() && !names.empty()) help = fmt::format("parameters: {}", fmt::join(names, ", "));
    const std::string who = benchmarks.size() == 1
                                ? benchmarks.front()->record->id
                                : fmt::format("none of the {} benchmarks selected", benchmarks.size());
    diagnostics().error(kUnknown,
                        fmt::format("{} has {} parameter '{}'", who, benchmarks.size() == 1 ? "no" : "a", axis.name),
                        axis.at, help);
  }

  void check_settings(const Entry& e, const std::vector<const CompiledBenchmark*>& benchmarks) {
    for (const Axis& axis : e.settings) {
      std::vector<std::string> names;
      for (const CompiledBenchmark* b : benchmarks) {
        for (const protocol::ParamRecord& p : b->plugin_record->settings) names.push_back(p.name);
      }
      if (std::ranges::find(names, axis.name) != names.end()) continue;
      diagnostics().error(kUnknown, fmt::format("no plugin of this entry has a setting '{}'", axis.name), axis.at,
                          did_you_mean(axis.name, names));
    }
  }

  /// What the command line asks and no entry can give.
  void check_overrides() {
    if (selected_.empty()) return;
    for (const Axis& axis : inputs_.overrides.parameters) {
      if (std::ranges::none_of(selected_, [&](const auto* b) { return b->parameter(axis.name).has_value(); }))
        unknown_parameter(axis, selected_);
    }
    if (!inputs_.overrides.filter.empty()) {
      // What it gives is read for each benchmark when its cases are planned.
      static_cast<void>(
          read_conditions({{inputs_.overrides.filter, {"--filter", 0, 0}}}, "--filter", selected_, diagnostics()));
    }
  }

  void note_threshold(const Threshold& threshold, const std::vector<const CompiledBenchmark*>& benchmarks) {
    const auto glob = Glob::parse(threshold.metric);
    const bool limits = threshold.at_least || threshold.at_most;
    const auto matches = [&](const CompiledBenchmark* b) {
      if (std::ranges::any_of(b->record->metrics, [&](const auto& m) { return glob.ok() && glob->matches(m.id); }))
        return true;
      // A summary is no case's: it may be compared with a baseline, and has no limits of its own.
      return !limits &&
             std::ranges::any_of(b->record->summaries, [&](const auto& s) { return glob.ok() && glob->matches(s.id); });
    };
    bool& matched = thresholds_.try_emplace(to_text(threshold.at), threshold, false).first->second.second;
    matched = matched || std::ranges::any_of(benchmarks, matches);
  }

  void check_thresholds() {
    std::vector<std::string> names;
    for (const CompiledBenchmark* b : selected_) {
      for (const protocol::MetricRecord& m : b->record->metrics) names.push_back(m.id);
    }
    for (const auto& [where, seen] : thresholds_) {
      if (!seen.second)
        diagnostics().error(kUnknown, fmt::format("no selected benchmark has a metric '{}'", seen.first.metric),
                            seen.first.at, did_you_mean(seen.first.metric, names));
    }
  }

  /// Finds what enumerate answered; nothing for a benchmark that also has a case without input makes that one. False:
  /// there is no case, which is said.
  bool find_inputs(Job& job) {
    const Entry& e = entry(job.entry);
    const CompiledBenchmark& b = *job.benchmark;
    auto settings = settings_for(e, *b.plugin_record, diagnostics());
    if (!settings) return false;
    job.settings = *std::move(settings);
    std::vector<Glob> globs;
    for (const Placed& pattern : e.inputs) {
      if (auto glob = Glob::parse(pattern.text); glob.ok()) globs.push_back(std::move(glob).value());
    }
    for (const FoundInput& found : inputs_.found) {
      if (found.plugin != b.plugin || found.settings != job.settings) continue;
      for (const protocol::FoundCase& one : found.cases) {
        if (one.benchmark != b.record->index) continue;
        if (globs.empty() || std::ranges::any_of(globs, [&](const Glob& g) { return g.matches(one.input); }))
          job.inputs.push_back(&one);
      }
    }
    if (!job.inputs.empty()) return true;
    if (globs.empty() && !b.record->enumerated) {
      job.settings.clear();  // they belong to found cases
      return true;
    }
    diagnostics().warning(kUnknown,
                          fmt::format("{} found no case{}", b.record->id, globs.empty() ? "" : " of these inputs"),
                          e.at, "`settings` of the entry say where the plugin searches");
    return false;
  }

  /// Counts a job's combinations. False: that is too many, which is said once; nothing more is planned then, so that
  /// what is kept stays small whatever the suite asks.
  bool count(const Job& job) {
    std::uint64_t count = job.combinations.count();
    count = saturating_product(count, std::max<std::size_t>(1, job.inputs.size()));
    for (std::size_t slot = 0; slot < job.benchmark->slots.size(); ++slot)
      count = saturating_product(count, std::max<std::size_t>(1, job.devices.usable.size()));
    if (count <= kMostCombinations && combinations_ <= kMostCombinations - count) {
      combinations_ += count;
      return true;
    }
    diagnostics().error(kTooMany,
                        fmt::format("more than {} combinations{}", kMostCombinations,
                                    count > kMostCombinations ? fmt::format(", of {} alone", job.benchmark->record->id)
                                                              : std::string()),
                        entry(job.entry).at, "narrow its lists and ranges, or zip them instead of crossing them");
    too_many_ = true;
    return false;
  }

  // Second pass.

  void make_cases(const Job& job) {
    const CompiledBenchmark& b = *job.benchmark;
    if (b.slots.empty() && !job.devices.processor) {
      drop(job, fmt::format("devices `{}`: the benchmark runs on the host's processor", job.devices.asked),
           entry(job.entry).at, job.combinations.count());
      return;
    }
    const DeviceTuples tuples = device_tuples(b, job.devices, inputs_.devices, machine_);
    if (job.inputs.empty()) {
      make_cases(job, job.combinations, tuples, nullptr);
      return;
    }
    for (const protocol::FoundCase* found : job.inputs)
      make_cases(job, job.combinations.without(found->values), tuples, found);
  }

  void make_cases(const Job& job, const Combinations& combinations, const DeviceTuples& tuples,
                  const protocol::FoundCase* found) {
    const std::uint64_t count = combinations.count();
    for (const DeviceTuple& tuple : tuples.tuples) {
      for (std::uint64_t i = 0; i < count && !too_many_; ++i) {
        make_case(job, combinations, i, tuple, tuples.none_reason, found);
      }
    }
  }

  void make_case(const Job& job, const Combinations& combinations, std::uint64_t number, const DeviceTuple& tuple,
                 const std::string& none_reason, const protocol::FoundCase* found) {
    const CompiledBenchmark& b = *job.benchmark;
    const Entry& e = entry(job.entry);
    CaseSpec c;
    c.values = combinations.at(number);
    c.tags = b.record->tags;
    for (const std::string& tag : e.measure.tags) {
      if (std::ranges::find(c.tags, tag) == c.tags.end()) c.tags.push_back(tag);
    }
    const std::string device = filler_.device_name(b, tuple);
    CaseFacts facts;
    facts.machine = &machine_;
    facts.benchmark = b.record;
    facts.values = &c.values;
    facts.plugin = b.plugin_record->id;
    facts.tags = &c.tags;
    facts.device_name = device;
    if (found != nullptr) facts.input = found->input;
    if (const auto first = std::ranges::find_if(tuple, [](const auto& d) { return d.has_value(); });
        first != tuple.end())
      facts.device = &inputs_.devices[**first].record;
    if (is_dropped(job, facts, c.tags)) return;

    c.skip_reason = filler_.skip_reason(b, tuple, none_reason, facts);
    c.plugin = b.plugin;
    c.benchmark = b.record->index;
    c.entry = job.entry;
    c.plugin_id = b.plugin_record->id;
    c.plugin_file = inputs_.plugins[b.plugin].file;
    c.benchmark_id = b.record->id;
    if (found != nullptr) {
      c.input = found->input;
      c.content_digest = found->content_digest;
      c.settings = job.settings;
    }
    filler_.fill_devices(c, b, e, tuple);
    if (!filler_.fill_identity(c, b, e, combinations, device)) return;
    if (!is_new(c, job.entry, device)) return;
    if (out_.cases.size() == inputs_.most_cases) {
      diagnostics().error(kTooMany, fmt::format("more than {} cases", inputs_.most_cases), e.at,
                          "narrow the lists and ranges, or split the suite");
      too_many_ = true;
      return;
    }
    c.claims = evaluate_claims(b, facts, c.fail_reason);
    if (e.measure.exclusive) c.claims.exclusive = *e.measure.exclusive;
    if (c.skip_reason.empty()) c.skip_reason = filler_.beyond_machine(c.claims);
    filler_.fill_measure(c, e);
    c.gates = job.gates;
    out_.cases.push_back(std::move(c));
  }

  /// Whether a constraint, an exclude, the filter or the tags take the combination away; counted.
  bool is_dropped(const Job& job, const CaseFacts& facts, const std::vector<std::string>& tags) {
    for (const CompiledConstraint& constraint : job.benchmark->constraints) {
      if (constraint.expression.evaluate(facts).is_true()) continue;
      drop(job, fmt::format("constraint `{}` of parameter {}", constraint.expression.text(), constraint.parameter),
           entry(job.entry).at);
      return true;
    }
    for (const Condition& exclude : job.excludes) {
      if (!exclude.expression || !exclude.expression->evaluate(facts).is_true()) continue;
      drop(job, exclude.cause, exclude.at);
      return true;
    }
    if (job.filter && (!job.filter->expression || !job.filter->expression->evaluate(facts).is_true())) {
      drop(job, job.filter->cause, job.filter->at);
      return true;
    }
    const auto& wanted = inputs_.overrides.tags;
    if (wanted.empty() || std::ranges::find_first_of(tags, wanted) != tags.end()) return false;
    drop(job, fmt::format("--tag {}", fmt::join(wanted, ", ")), {"--tag", 0, 0});
    return true;
  }

  void drop(const Job& job, std::string cause, const Position& at, std::uint64_t count = 1) {
    const auto [row, fresh] =
        dropped_.emplace(std::tuple(job.entry, job.benchmark->record->id, cause), out_.dropped.size());
    if (fresh) out_.dropped.push_back({job.benchmark->record->id, std::move(cause), 0, at});
    out_.dropped[row->second].count += count;
  }

  /// False: the case is there already.
  bool is_new(const CaseSpec& c, std::size_t from, const std::string& device) {
    const auto [first, fresh] = keys_.emplace(c.key + '@' + device, from);
    if (!fresh) ++repeated_[{from, first->second}];
    return fresh;
  }

  const Suite& suite_;
  const ExpandInputs& inputs_;
  const ExprFacts machine_;
  Expansion out_;
  CaseFiller filler_;
  std::map<BenchmarkRef, std::optional<CompiledBenchmark>> compiled_;
  std::vector<const CompiledBenchmark*> selected_;
  std::vector<Job> jobs_;
  std::uint64_t combinations_ = 0;  ///< of all jobs
  bool too_many_ = false;
  std::map<std::string, std::pair<Threshold, bool>> thresholds_;
  bool devices_said_ = false;
  std::map<std::tuple<std::size_t, std::string, std::string>, std::size_t> dropped_;
  std::unordered_map<std::string, std::size_t> keys_;
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> repeated_;
};

}  // namespace

Expansion expand(const Suite& suite, const ExpandInputs& inputs) { return Expander(suite, inputs).run(); }

}  // namespace benchhost::suite
