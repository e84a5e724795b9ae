#include "analysis/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "analysis/location.h"
#include "analysis/modes.h"
#include "common/stats/disturbance.h"
#include "common/stats/interval.h"
#include "common/stats/moments.h"
#include "common/stats/percentile.h"

namespace benchhost::analysis {

namespace p = protocol;

namespace {

// Times, rates and sizes err by a share of themselves; a ratio or a temperature does not, and may be 0 or negative.
bool errs_relatively(p::MetricKind kind) {
  switch (kind) {
    case p::MetricKind::time:
    case p::MetricKind::rate:
    case p::MetricKind::bytes:
    case p::MetricKind::energy:
    case p::MetricKind::power:
    case p::MetricKind::frequency:
      return true;
    case p::MetricKind::other:
    case p::MetricKind::temperature:
    case p::MetricKind::ratio:
    case p::MetricKind::count:
      return false;
  }
  return false;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Of values >= 0; 0 if one of them is.
double geometric_mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += std::log(v);
  return std::exp(sum / static_cast<double>(values.size()));
}

store::Measurement measure(const p::MetricRecord& metric, const std::string& label,
                           std::span<const Invocation> invocations, std::optional<double> precision_ratio) {
  store::Measurement m;
  m.metric = metric.id;
  m.label = label;
  m.statistic = statistic_of_value(metric);
  std::vector<double> values;
  std::vector<double> lows;  // of a percentile's bounds
  std::vector<double> highs;
  bool effective = true;  // known for all so far
  for (const Invocation& invocation : invocations) {
    const LocationOrReason found = locate(metric, label, invocation);
    if (!found.location) {
      m.null_reason = found.reason;
      continue;
    }
    values.push_back(found.location->value);
    if (found.location->low) lows.push_back(*found.location->low);
    if (found.location->high) highs.push_back(*found.location->high);
    m.samples += found.location->samples;
    m.effective_samples = effective && found.location->effective_samples
                              ? std::optional(m.effective_samples.value_or(0) + *found.location->effective_samples)
                              : std::nullopt;
    effective = m.effective_samples.has_value();
  }
  m.invocations = values.size();
  if (values.empty()) {
    if (m.null_reason.empty()) m.null_reason = "no invocation was finished";
    return m;
  }
  m.null_reason.clear();
  const bool positive = std::ranges::all_of(values, [](double v) { return v > 0; });
  const bool relative = errs_relatively(metric.kind) && positive;
  const auto interval = relative ? stats::log_mean_interval(values) : stats::mean_interval(values);
  if (interval) {
    m.value = interval->estimate;
    m.low = interval->low;
    m.high = interval->high;
    m.level = interval->level;
  } else {
    m.value = mean_of(values);
  }
  if (lows.size() == values.size() && highs.size() == values.size()) {
    m.bound_low = relative ? geometric_mean_of(lows) : mean_of(lows);
    m.bound_high = relative ? geometric_mean_of(highs) : mean_of(highs);
    m.bound_level = stats::kPercentileLevel;
  }
  if (values.size() >= 2 && positive) {
    stats::Moments moments;
    for (const double v : values) moments.add(std::log(v));
    if (const auto sd = moments.sd()) m.spread_ratio = *sd;
  }
  if (metric.primary && precision_ratio) {
    const auto half = interval && relative ? stats::log_half_width(*interval) : std::nullopt;
    if (!half || *half > *precision_ratio) m.flags.emplace_back("imprecise");
  }
  return m;
}

store::Verification combine_verdicts(std::span<const Invocation> invocations) {
  store::Verification all;
  for (const Invocation& invocation : invocations) {
    if (!invocation.verdict) continue;
    const p::Verdict& v = *invocation.verdict;
    const bool wrong = v.status != 0 || (v.error && v.tolerance && !(*v.error <= *v.tolerance));
    if (v.checked > 0 || wrong) all.passed = all.passed.value_or(true) && !wrong;
    all.checked += v.checked;
    if (v.error && (!all.error || *v.error > *all.error)) all.error = v.error;
    if (v.tolerance) all.tolerance = v.tolerance;
    if (!v.what.empty()) all.what = v.what;
  }
  return all;
}

// The device's own statement of the most it can do for this metric, in the metric's unit; nullopt: it makes none.
std::optional<double> stated_peak(const p::MetricRecord& metric, const std::vector<p::DeviceRecord>& devices) {
  if (metric.kind != p::MetricKind::rate || devices.size() != 1) return std::nullopt;
  std::string fact;
  if (metric.work.starts_with("ops.")) fact = "peak." + metric.work.substr(4);
  if (fact.empty()) return std::nullopt;
  const p::CapRecord* cap = devices.front().cap(fact);
  return cap != nullptr && cap->number > 0 ? std::optional<double>(cap->number) : std::nullopt;
}

}  // namespace

std::vector<double> primary_values(const p::BenchmarkRecord& benchmark, std::span<const Invocation> invocations) {
  std::vector<double> values;
  const p::MetricRecord* primary = benchmark.primary();
  if (primary == nullptr) return values;
  for (const Invocation& invocation : invocations) {
    const LocationOrReason found = locate(*primary, {}, invocation);
    if (found.location) values.push_back(found.location->value);
  }
  return values;
}

Estimate estimate_case(const p::BenchmarkRecord& benchmark, std::span<const Invocation> invocations,
                       std::optional<double> precision_ratio) {
  Estimate estimate;
  std::set<std::string> flags;
  std::vector<p::MetricRecord> metrics = benchmark.metrics;
  for (const Invocation& invocation : invocations) {
    for (const p::MetricRecord& late : invocation.declared) {
      const bool known = std::ranges::any_of(metrics, [&](const p::MetricRecord& m) { return m.id == late.id; });
      if (known) continue;
      metrics.push_back(late);
      estimate.added_metrics.push_back(late);
    }
  }
  std::uint64_t batches = 0;
  std::uint64_t disturbed = 0;
  bool simulated = false;
  for (const Invocation& invocation : invocations) {
    batches += measured_batches(invocation.record);
    disturbed += disturbed_measured_batches(invocation.record);
    for (const std::string& flag : invocation.record.flags) flags.insert(flag);
    simulated = simulated || std::ranges::any_of(invocation.devices, &p::DeviceRecord::simulated);
  }
  if (stats::result_disturbed(batches, disturbed)) flags.insert("disturbed");
  if (simulated) flags.insert("simulated");

  for (const p::MetricRecord& metric : metrics) {
    std::vector<std::string> labels;
    if (metric.labelled) {
      for (const Invocation& invocation : invocations) {
        for (std::string& label : labels_of(metric.id, invocation)) {
          if (std::ranges::find(labels, label) == labels.end()) labels.push_back(std::move(label));
        }
      }
    }
    // Without a label too: a labelled metric that nobody reported says why it has no value.
    if (labels.empty()) labels.emplace_back();
    for (const std::string& label : labels) {
      store::Measurement m = measure(metric, label, invocations, precision_ratio);
      const auto peak = invocations.empty() ? std::nullopt : stated_peak(metric, invocations.front().devices);
      if (m.value && peak && *m.value > kPlausibleShare * *peak) m.flags.emplace_back("implausible");
      for (const std::string& flag : m.flags) flags.insert(flag);
      estimate.measurements.push_back(std::move(m));
    }
  }

  if (const p::MetricRecord* primary = benchmark.primary()) estimate.modes = modes_of(*primary, invocations);
  estimate.verification = combine_verdicts(invocations);
  // A null benchmark computes nothing that could be wrong, whatever a worker says of it.
  flags.erase("unverified");
  if (!estimate.verification.passed && !benchmark.is_null) flags.insert("unverified");
  estimate.flags.assign(flags.begin(), flags.end());
  return estimate;
}

}  // namespace benchhost::analysis
