#include "store/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "store/error_ids.h"

namespace benchhost::store {
namespace {

Error refuse(std::string message) { return make_error(kRefused, std::move(message)); }

/// SQL integers are signed, 64 bits wide.
bool fits(std::uint64_t value) { return value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()); }

bool fits(const std::optional<std::uint64_t>& value) { return !value || fits(*value); }

bool finite(const std::optional<double>& value) { return !value || std::isfinite(*value); }

Result<void> need(bool condition, std::string_view message) {
  if (!condition) return refuse(std::string(message));
  return {};
}

Result<void> check_measurement(const Measurement& m) {
  const auto fail = [&m](std::string_view why) {
    return refuse(fmt::format("measurement of '{}': {}", m.metric, why));
  };
  if (!m.value && m.null_reason.empty()) return fail("it has neither a value nor the reason why it has none");
  if (!finite(m.value) || !finite(m.low) || !finite(m.high) || !finite(m.level) || !finite(m.effective_samples) ||
      !finite(m.spread_ratio) || !finite(m.bound_low) || !finite(m.bound_high) || !finite(m.bound_level)) {
    return fail("a number is not finite; unknown is null");
  }
  if (m.low.has_value() != m.high.has_value() || (m.low && *m.low > *m.high))
    return fail("its interval has no two ends");
  if (m.bound_low.has_value() != m.bound_high.has_value() || (m.bound_low && *m.bound_low > *m.bound_high))
    return fail("its bounds have no two ends");
  if (!fits(m.invocations) || !fits(m.samples)) return fail("a count is out of range");
  if (m.effective_samples && !(*m.effective_samples > 0 && *m.effective_samples <= static_cast<double>(m.samples))) {
    return fail("it has more independent samples than samples, or none");
  }
  return {};
}

Result<void> check_segment(const protocol::Segment& s, std::size_t at) {
  const auto fail = [at](std::string_view why) { return refuse(fmt::format("segment {}: {}", at, why)); };
  if (s.is_real() ? !s.integers.empty() : !s.reals.empty()) return fail("its samples are not of its quantity's type");
  if (!std::ranges::all_of(s.reals, [](double v) { return std::isfinite(v); })) return fail("a sample is not finite");
  if (!fits(s.n) || !fits(s.first_batch) || !fits(s.batch_step)) return fail("a number is out of range");
  // The last batch's number must be a number too.
  const std::uint64_t last = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) - s.first_batch;
  if (s.size() > 0 && s.batch_step > 0 && s.size() - 1 > last / s.batch_step)
    return fail("its batches are out of range");
  return {};
}

Result<void> check_usage(const protocol::Usage& u) {
  return need(fits(u.peak_rss_bytes) && fits(u.rss_at_prepare_bytes) && fits(u.minor_faults) && fits(u.major_faults) &&
                  fits(u.voluntary_switches) && fits(u.involuntary_switches),
              "usage: a number is out of range");
}

}  // namespace

Result<void> check_plugin(const PluginRow& plugin, std::span<const protocol::BenchmarkRecord> benchmarks) {
  BH_CHECK(need(!plugin.fingerprint.empty() && !plugin.id.empty(), "a plugin needs a fingerprint and an id"));
  std::set<std::string_view> ids;
  for (const auto& benchmark : benchmarks) {
    if (benchmark.id.empty()) return refuse(fmt::format("plugin '{}': a benchmark has no id", plugin.id));
    if (!fits(benchmark.workload_revision)) return refuse(fmt::format("'{}': revision out of range", benchmark.id));
    if (!ids.insert(benchmark.id).second) {
      return refuse(fmt::format("plugin '{}' has two benchmarks '{}'", plugin.id, benchmark.id));
    }
    std::set<std::string_view> metrics;
    for (const auto& metric : benchmark.metrics) {
      if (!metrics.insert(metric.id).second) {
        return refuse(fmt::format("benchmark '{}' has two metrics '{}'", benchmark.id, metric.id));
      }
    }
  }
  return {};
}

Result<void> check_run_start(const RunStart& start) {
  BH_CHECK(need(!start.testbed.key.empty(), "a run needs its testbed's key"));
  BH_CHECK(need(start.environment.is_null() || start.environment.is_object(), "a run's environment is an object"));
  BH_CHECK(need(fits(start.planned_cases), "planned cases out of range"));
  std::set<std::string_view> subjects;
  for (const RunFinding& f : start.findings) {
    BH_CHECK(need(!f.code.empty() && !f.subject.empty() && !f.text.empty(), "a finding needs code, subject and text"));
    if (f.severity != "warning" && f.severity != "note" && f.severity != "unknown") {
      return refuse(fmt::format("a finding is no '{}'", f.severity));
    }
    if (!subjects.insert(f.subject).second) return refuse(fmt::format("two findings on '{}'", f.subject));
  }
  std::set<std::string_view> names;
  for (const auto& device : start.devices) {
    if (!names.insert(device.record.name).second) return refuse(fmt::format("two devices '{}'", device.record.name));
  }
  return {};
}

Result<void> check_run_end(const RunEnd& end) {
  return need(finite(end.resolution_ratio), "a run's resolution is not finite; unknown is null");
}

Result<void> check_case_start(const CaseStart& start) {
  BH_CHECK(need(!start.case_.key.empty() && !start.case_.benchmark.empty(), "a case needs a key and a benchmark"));
  BH_CHECK(need(!start.role.empty() && start.attempt > 0, "a case needs a role, and attempts count from 1"));
  BH_CHECK(need(fits(start.ordinal) && fits(start.case_.workload_revision), "a case's number is out of range"));
  for (const auto& [name, value] : start.case_.parameters) {
    for (const auto& scalar : value.scalars) {
      const auto* real = std::get_if<double>(&scalar);
      if (real != nullptr && !std::isfinite(*real)) return refuse(fmt::format("parameter '{}' is not finite", name));
    }
  }
  return {};
}

Result<void> check_invocation(const Invocation& invocation) {
  BH_CHECK(need(invocation.outcome == protocol::Outcome::passed || !invocation.reason.empty(),
                "an invocation that did not pass needs a reason"));
  for (std::size_t i = 0; i < invocation.segments.size(); ++i) BH_CHECK(check_segment(invocation.segments[i], i));
  for (const auto& histogram : invocation.histograms) {
    BH_CHECK(need(fits(histogram.count) && std::isfinite(histogram.sum), "a histogram's count or sum is out of range"));
    BH_CHECK(need(histogram.precision_bits >= 1 && histogram.precision_bits <= 14,
                  "a histogram's precision is not 1 to 14 bits"));
    std::optional<std::uint32_t> before;
    for (const auto& [bucket, count] : histogram.buckets) {
      BH_CHECK(need(fits(count) && (!before || *before < bucket), "a histogram's buckets are not ascending"));
      before = bucket;
    }
  }
  for (const auto& item : invocation.work) BH_CHECK(need(std::isfinite(item.amount), "work that is not finite"));
  for (const std::uint64_t batch : invocation.disturbed_batches) BH_CHECK(need(fits(batch), "a batch is out of range"));
  if (invocation.usage) BH_CHECK(check_usage(*invocation.usage));
  if (const auto& counts = invocation.counts) {
    BH_CHECK(need(fits(counts->batches) && fits(counts->iterations), "event counts: a number is out of range"));
    for (const auto& e : counts->events) {
      BH_CHECK(need(finite(e.value) && finite(e.running_ratio), "an event count is not finite; unknown is null"));
      BH_CHECK(need(e.value.has_value() != !e.null_reason.empty(), "an event without a count says why, no other does"));
    }
  }
  if (const auto& energy = invocation.energy) {
    BH_CHECK(need(fits(energy->batches) && fits(energy->iterations), "energy: a number is out of range"));
    for (const auto& z : energy->zones) {
      BH_CHECK(need(finite(z.joules), "energy is not finite; unknown is null"));
      BH_CHECK(need(z.joules.has_value() != !z.null_reason.empty(), "a zone without energy says why, no other does"));
    }
  }
  if (const auto& c = invocation.calibration) {
    BH_CHECK(need(fits(c->n) && std::isfinite(c->clock_cost_ns) && finite(c->fit_overhead_ns) &&
                      finite(c->fit_cost_ns) && finite(c->fit_residual_ratio),
                  "calibration: a number is out of range"));
  }
  return {};
}

namespace {

Result<void> check_plan(const CasePlan& plan) {
  BH_CHECK(need(finite(plan.precision_ratio) && finite(plan.invocation_variance) && finite(plan.batch_variance) &&
                    finite(plan.invocation_cost_ns) && finite(plan.batch_cost_ns) &&
                    finite(plan.planned_half_width_ratio) && finite(plan.planned_ns),
                "a plan's number is not finite; unknown is null"));
  BH_CHECK(need(fits(plan.planned_invocations.value_or(0)) && fits(plan.planned_batches.value_or(0)),
                "a plan's number is out of range"));
  return need(plan.planned_invocations.has_value() != !plan.null_reason.empty(),
              "a case without planned invocations says why, and no other does");
}

}  // namespace

Result<void> check_case_end(const CaseEnd& end, const std::function<bool(std::string_view)>& declared) {
  BH_CHECK(
      need(end.outcome == protocol::Outcome::passed || !end.reason.empty(), "a case that did not pass needs a reason"));
  BH_CHECK(need(fits(end.verification.checked) && finite(end.verification.error) && finite(end.verification.tolerance),
                "verification: a number is out of range"));
  if (end.plan) BH_CHECK(check_plan(*end.plan));
  std::set<std::string_view> added;
  for (const auto& metric : end.added_metrics) {
    if (metric.id.empty() || !added.insert(metric.id).second || declared(metric.id)) {
      return refuse(fmt::format("the added metric '{}' has no id, or one that is taken", metric.id));
    }
  }
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> seen;
  for (const auto& m : end.measurements) {
    BH_CHECK(check_measurement(m));
    if (!added.contains(m.metric) && !declared(m.metric)) {
      return refuse(fmt::format("measurement of '{}', a metric that the benchmark does not declare", m.metric));
    }
    if (!seen.insert({m.metric, m.label, m.statistic}).second) {
      return refuse(
          fmt::format("two measurements of '{}', label '{}', statistic '{}'", m.metric, m.label, m.statistic));
    }
  }
  for (const GateCheck& g : end.gates) {
    if (!added.contains(g.metric) && !declared(g.metric)) {
      return refuse(fmt::format("a limit on '{}', a metric that the benchmark does not declare", g.metric));
    }
    BH_CHECK(need(std::isfinite(g.bound) && !g.kind.empty(), "a limit needs its kind and a bound that is finite"));
    BH_CHECK(need(g.verdict == GateVerdict::held || !g.reason.empty(), "a limit that is not held needs a reason"));
  }
  for (const ModeSet& set : end.modes) {
    if (!added.contains(set.metric) && !declared(set.metric)) {
      return refuse(fmt::format("modes of '{}', a metric that the benchmark does not declare", set.metric));
    }
    BH_CHECK(need(set.modes.size() >= 2, "one mode is none"));
    for (const Mode& mode : set.modes) {
      BH_CHECK(need(std::isfinite(mode.location) && mode.count > 0 && fits(mode.count), "a mode is out of range"));
    }
  }
  return {};
}

Result<void> check_summaries(std::span<const SummaryValue> values) {
  for (const auto& v : values) {
    if (v.benchmark.empty() || v.summary.empty()) return refuse("a summary needs a benchmark and an id");
    if (!v.value && v.null_reason.empty()) {
      return refuse(fmt::format("summary '{}' has neither a value nor the reason why it has none", v.summary));
    }
    if (!finite(v.value) || !finite(v.low) || !finite(v.high)) {
      return refuse(fmt::format("summary '{}': a number is not finite; unknown is null", v.summary));
    }
  }
  return {};
}

Result<void> check_event(std::string_view kind, const Json& body) {
  return need(!kind.empty() && (body.is_object() || body.is_null()), "an event needs a kind and an object as its body");
}

}  // namespace benchhost::store
