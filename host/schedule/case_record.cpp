#include "schedule/case_record.h"

#include <algorithm>
#include <utility>

#include "analysis/estimate.h"
#include "analysis/gate.h"
#include "schedule/invocation_job.h"

namespace benchhost::schedule {

namespace p = protocol;

namespace {

bool is_pilot(const analysis::Invocation& invocation) {
  return std::ranges::find(invocation.record.flags, kPilotFlag) != invocation.record.flags.end();
}

}  // namespace

store::CaseStart case_start(const Plan& plan, const PlanCase& work, std::uint64_t ordinal, std::string role,
                            std::int64_t started_wall_ns) {
  const suite::CaseSpec& spec = work.spec;
  const p::BenchmarkRecord& benchmark = work.benchmark(plan.plugins);
  store::CaseStart start;
  start.ordinal = ordinal;
  start.role = std::move(role);
  start.case_.key = spec.key;
  start.case_.benchmark = spec.benchmark_id;
  start.case_.workload_revision = benchmark.workload_revision;
  start.case_.canonical_parameters = spec.canonical_parameters;
  start.case_.input = spec.input;
  start.case_.title = spec.name;
  for (const p::DeviceRecord& d : work.devices) start.case_.device_models.push_back(d.model());
  for (std::size_t i = 0; i < benchmark.parameters.size() && i < spec.values.size(); ++i) {
    start.parameters.emplace_back(benchmark.parameters[i].name, spec.values[i]);
    if (!benchmark.parameters[i].is_apart()) {
      start.case_.parameters.emplace_back(benchmark.parameters[i].name, spec.values[i]);
    }
  }
  for (const p::SlotDevice& d : spec.devices) start.device_names.push_back(d.name);
  start.plugin_fingerprint = plan.plugins[work.plugin].row.fingerprint;
  start.content_digest = spec.content_digest;
  start.seed = data_seed(spec, plan.seed);
  start.started_wall_ns = started_wall_ns;
  start.repeat_command = work.repeat_command;
  start.priority = suite::to_text(spec.priority);
  for (const auto& [name, value] : spec.labels) start.labels[name] = value;
  return start;
}

std::vector<store::Measurement> absent_measurements(const p::BenchmarkRecord& benchmark, const std::string& reason) {
  std::vector<store::Measurement> all;
  for (const p::MetricRecord& metric : benchmark.metrics) {
    if (metric.labelled) continue;
    store::Measurement m;
    m.metric = metric.id;
    m.null_reason = reason;
    all.push_back(std::move(m));
  }
  return all;
}

store::CaseEnd case_end(const PlanCase& work, const p::BenchmarkRecord& benchmark, const CaseCourse& course,
                        CaseVerdict verdict) {
  std::vector<analysis::Invocation> good;
  for (const analysis::Invocation& i : course.invocations) {
    if (i.record.outcome == p::Outcome::passed && !is_pilot(i)) good.push_back(i);
  }
  analysis::Estimate estimate = analysis::estimate_case(benchmark, good, work.policy.precision_ratio);
  store::CaseEnd end;
  end.outcome = verdict.outcome;
  end.code = std::move(verdict.code);
  end.reason = std::move(verdict.reason);
  end.phase = verdict.phase;
  end.flags = std::move(estimate.flags);
  end.verification = estimate.verification;
  end.duration_ns = course.wall_ns;
  end.measurements = std::move(estimate.measurements);
  end.added_metrics = std::move(estimate.added_metrics);
  end.modes = std::move(estimate.modes);
  end.plan = course.planner.record(course.stopped);
  if (end.outcome == p::Outcome::passed) end.gates = analysis::check_gates(work.spec.gates, end.measurements);
  if (end.outcome != p::Outcome::passed) {
    if (!course.invocations.empty()) {
      // What was seen of the invocation that decided, such as that it had to be killed.
      for (const std::string& flag : course.invocations.back().record.flags) {
        if (std::ranges::find(end.flags, flag) == end.flags.end()) end.flags.push_back(flag);
      }
      std::erase(end.flags, kPilotFlag);
    }
    // An unverified failure is only a failure; the flag would say nothing.
    std::erase(end.flags, "unverified");
    if (!course.invocations.empty() && course.invocations.back().verdict) {
      const p::Verdict& v = *course.invocations.back().verdict;
      if (v.status != 0) end.verification = {false, v.checked, v.error, v.tolerance, v.what};
    }
  }
  return end;
}

}  // namespace benchhost::schedule
