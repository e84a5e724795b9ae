#include "analysis/location.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "common/stats/autocorrelation.h"
#include "common/stats/histogram.h"
#include "common/stats/quantiles.h"

namespace benchhost::analysis {

namespace p = protocol;

namespace {

LocationOrReason none(std::string reason) { return {std::nullopt, std::move(reason)}; }

// Samples that a SELF or NONE metric was given, in run order.
std::vector<double> reported_samples(std::string_view id, std::string_view label, const Invocation& invocation) {
  std::vector<double> samples;
  for (const p::Segment& s : invocation.record.segments) {
    if (s.metric != id || s.label != label) continue;
    if (s.phase != p::SegmentPhase::measure && s.phase != p::SegmentPhase::process) continue;
    if (s.quantity == p::Quantity::reported) {
      samples.insert(samples.end(), s.reals.begin(), s.reals.end());
    } else if (s.quantity == p::Quantity::recorded) {
      for (const std::int64_t v : s.integers) samples.push_back(static_cast<double>(v));
    }
  }
  return samples;
}

// What the recorders of all threads counted of a metric.
struct Counted {
  bool any = false;
  bool contradicts = false;  // a histogram contradicts itself: then nothing of it can be told
  stats::Histogram histogram;
  double sum = 0;  // the histogram's own ends at 2^63
};

Counted counted_values(std::string_view id, const Invocation& invocation) {
  constexpr double kExactSum = 9007199254740992.0;  // 2^53: beyond it a double is no exact sum
  Counted all;
  for (const p::RecorderHistogram& h : invocation.record.histograms) {
    if (h.metric != id || h.count == 0) continue;
    all.any = true;
    std::vector<stats::HistogramBucket> buckets;
    for (const auto& [index, count] : h.buckets) {
      buckets.push_back({static_cast<std::int32_t>(index), static_cast<std::int64_t>(count)});
    }
    stats::HistogramTotals totals{static_cast<std::int64_t>(h.count), std::nullopt, h.least, h.greatest};
    if (h.sum >= 0 && h.sum < kExactSum) totals.sum = static_cast<std::int64_t>(h.sum);
    const auto one = stats::Histogram::restore(stats::Histogram::kDefaultPrecisionBits, buckets, totals);
    if (!one || !all.histogram.merge(*one)) all.contradicts = true;
    all.sum += h.sum;
  }
  return all;
}

// Adds values that were kept one by one to those that were counted: what a recorder had no room for is in a histogram,
// and so is what another thread only counted. False: one is no whole number >= 0, which only report gives.
bool fold(const std::vector<double>& samples, Counted& counted) {
  constexpr double kLimit = 0x1p63;
  for (const double sample : samples) {
    if (!(sample >= 0 && sample < kLimit) || sample != std::floor(sample)) return false;
    if (!counted.histogram.add(static_cast<std::int64_t>(sample))) return false;
    counted.sum += sample;
  }
  return true;
}

// 0.99 of "p99". nullopt: no percentile, or too few samples: it needs at least one expected sample beyond it, on its
// shorter side; less would be the maximum or minimum under another name.
std::optional<double> percentile_rank(std::string_view statistic, double samples) {
  if (!statistic.starts_with('p')) return std::nullopt;
  double percent = 0;
  const char* end = statistic.data() + statistic.size();
  const auto [stop, error] = std::from_chars(statistic.data() + 1, end, percent);
  if (error != std::errc{} || stop != end || percent <= 0 || percent >= 100) return std::nullopt;
  if (samples * std::min(percent, 100 - percent) / 100 < 1) return std::nullopt;
  return percent / 100;
}

// A published statistic, "mean" "median" "min" "max" "sum" "p99.9", over samples. nullopt: too few, or no such
// statistic.
std::optional<double> statistic_of(std::string_view statistic, const std::vector<double>& samples) {
  if (samples.empty()) return std::nullopt;
  const double sum = std::accumulate(samples.begin(), samples.end(), 0.0);
  if (statistic == "mean") return sum / static_cast<double>(samples.size());
  if (statistic == "sum") return sum;
  if (statistic == "min") return stats::smallest(samples);
  if (statistic == "max") return stats::largest(samples);
  if (statistic == "median") return stats::median(samples);
  const auto rank = percentile_rank(statistic, static_cast<double>(samples.size()));
  return rank ? stats::quantile(samples, *rank) : std::nullopt;
}

// The same over buckets; a percentile is as good as its bucket is narrow.
std::optional<double> statistic_of(std::string_view statistic, const Counted& counted) {
  const stats::Histogram& histogram = counted.histogram;
  if (statistic == "mean") return counted.sum / static_cast<double>(histogram.totals().count);
  if (statistic == "sum") return counted.sum;
  if (statistic == "min") return histogram.quantile(0);
  if (statistic == "max") return histogram.quantile(1);
  if (statistic == "median") return histogram.quantile(0.5);
  const auto rank = percentile_rank(statistic, static_cast<double>(histogram.totals().count));
  return rank ? histogram.quantile(*rank) : std::nullopt;
}

// A SELF rate: the sum of amounts over the sum of durations, never a mean of rates; another statistic is one of the
// rates, whether of its own samples or of those of its source.
LocationOrReason self_rate(const p::MetricRecord& metric, const Invocation& invocation) {
  const std::string& id = metric.source.empty() ? metric.id : metric.source;
  double amount = 0;
  double duration_ns = 0;
  std::uint64_t count = 0;
  std::vector<double> rates;
  for (std::size_t i = 0; i < invocation.record.segments.size(); ++i) {
    const p::Segment& s = invocation.record.segments[i];
    if (s.quantity != p::Quantity::amount || s.metric != id || s.phase != p::SegmentPhase::measure) continue;
    if (i + 1 >= invocation.record.segments.size()) continue;
    const p::Segment& durations = invocation.record.segments[i + 1];
    if (durations.quantity != p::Quantity::recorded || durations.size() != s.size()) continue;
    for (std::size_t k = 0; k < s.size(); ++k) {
      amount += s.reals[k];
      duration_ns += static_cast<double>(durations.integers[k]);
      rates.push_back(s.reals[k] / static_cast<double>(durations.integers[k]));
      ++count;
    }
  }
  if (count == 0 || duration_ns <= 0) return none("the plugin reported nothing for it");
  const std::string statistic = statistic_of_value(metric);
  if (statistic == "sum") return none("a sum of rates has no meaning");
  std::optional<double> per_ns = amount / duration_ns;
  if (statistic != "mean") per_ns = statistic_of(statistic, rates);
  if (!per_ns) return none(fmt::format("{} samples are not enough for {}", count, statistic));
  return {Location{*per_ns * 1e9, count, stats::effective_sample_size(rates)}, {}};
}

LocationOrReason self_value(const p::MetricRecord& metric, std::string_view label, const Invocation& invocation) {
  const std::string& id = metric.source.empty() ? metric.id : metric.source;
  const std::string statistic = statistic_of_value(metric);
  const std::vector<double> samples = reported_samples(id, label, invocation);
  Counted counted = label.empty() ? counted_values(id, invocation) : Counted();
  if (!counted.any) {
    if (samples.empty()) return none("the plugin reported nothing for it");
    const auto value = statistic_of(statistic, samples);
    if (!value) return none(fmt::format("{} samples are not enough for {}", samples.size(), statistic));
    return {Location{*value, samples.size(), stats::effective_sample_size(samples)}, {}};
  }
  if (counted.contradicts) return none("a histogram of its recorders contradicts itself");
  if (!fold(samples, counted)) {
    return none("its values were partly counted in a histogram, and the others are no whole numbers that could join");
  }
  const std::int64_t count = counted.histogram.totals().count;
  const auto value = statistic_of(statistic, counted);
  if (!value) return none(fmt::format("{} samples are not enough for {}", count, statistic));
  return {Location{*value, static_cast<std::uint64_t>(count), std::nullopt}, {}};
}

double fitted_overhead_ns(const Invocation& invocation) {
  const auto& calibration = invocation.record.calibration;
  return calibration ? calibration->fit_overhead_ns.value_or(0.0) : 0.0;
}

// Of what a cycle had resident at most, above what was resident before it: a sample a cycle.
LocationOrReason peak_memory(const p::MetricRecord& metric, const Invocation& invocation) {
  const std::vector<double> peaks = reported_samples(metric.id, {}, invocation);
  if (peaks.empty()) return none("resident memory is not reported here");
  const std::string statistic = statistic_of_value(metric);
  const auto value = statistic_of(statistic, peaks);
  if (!value) return none(fmt::format("{} samples are not enough for {}", peaks.size(), statistic));
  return {Location{*value, peaks.size(), stats::effective_sample_size(peaks)}, {}};
}

// Cost of an iteration in ns, batch by batch in the order in which they ran.
std::vector<double> batch_costs(const Invocation& invocation, p::Quantity quantity) {
  const double overhead_ns = quantity == p::Quantity::wall ? std::max(0.0, fitted_overhead_ns(invocation)) : 0.0;
  std::vector<std::pair<std::uint64_t, double>> costs;
  for (const p::Segment& s : invocation.record.segments) {
    if (s.quantity != quantity || s.phase != p::SegmentPhase::measure || s.n == 0) continue;
    for (std::size_t i = 0; i < s.integers.size(); ++i) {
      const double total_ns = static_cast<double>(s.integers[i]) - overhead_ns;
      costs.emplace_back(s.first_batch + i * s.batch_step, total_ns / static_cast<double>(s.n));
    }
  }
  std::ranges::stable_sort(costs, {}, &std::pair<std::uint64_t, double>::first);
  std::vector<double> in_order;
  in_order.reserve(costs.size());
  for (const auto& [batch, cost] : costs) in_order.push_back(cost);
  return in_order;
}

// The time that, divided into an amount of work, is that statistic of the rates: the fastest batch is the shortest.
std::optional<double> time_of_rate(std::string_view statistic, const std::vector<double>& costs) {
  if (statistic == "min") return stats::largest(costs);
  if (statistic == "max") return stats::smallest(costs);
  if (!statistic.starts_with('p')) return statistic_of(statistic, costs);
  const auto rank = percentile_rank(statistic, static_cast<double>(costs.size()));
  return rank ? stats::quantile(costs, 1 - *rank) : std::nullopt;
}

// A time that came out of these costs, or why it is none.
LocationOrReason time_or_reason(std::optional<double> time_ns, std::string_view statistic,
                                const std::vector<double>& costs, p::Quantity quantity) {
  if (costs.empty()) {
    return none(quantity == p::Quantity::span ? "time.span is not reported" : "no batch was measured");
  }
  if (!time_ns) return none(fmt::format("{} samples are not enough for {}", costs.size(), statistic));
  if (!std::isfinite(*time_ns)) return none("the batch times are not usable");
  if (*time_ns <= 0) return none("the time per iteration is not positive: a batch took no longer than its fixed cost");
  return {Location{*time_ns, costs.size(), stats::effective_sample_size(costs)}, {}};
}

LocationOrReason clocked(const p::MetricRecord& metric, const Invocation& invocation) {
  const p::Quantity quantity = metric.domain == p::Domain::queue ? p::Quantity::span : p::Quantity::wall;
  if (metric.kind == p::MetricKind::bytes) return peak_memory(metric, invocation);
  if (metric.kind == p::MetricKind::energy || metric.kind == p::MetricKind::power) {
    return none("no energy sensor is read on this machine");
  }
  const std::string statistic = statistic_of_value(metric);
  if (metric.kind != p::MetricKind::rate) return time_per_iteration(invocation, quantity, statistic);
  if (statistic == "sum") return none("a sum of rates has no meaning");
  const auto amount = work_amount(invocation.record.work, metric.work);
  if (!amount) return none(fmt::format("the plugin did not state its work '{}'", metric.work));
  const std::vector<double> costs = batch_costs(invocation, quantity);
  LocationOrReason found = time_or_reason(time_of_rate(statistic, costs), statistic, costs, quantity);
  if (found.location) found.location->value = *amount * 1e9 / found.location->value;
  return found;
}

}  // namespace

std::string statistic_of_value(const p::MetricRecord& metric) {
  if (!metric.statistic.empty()) return metric.statistic;
  if (metric.domain == p::Domain::host || metric.domain == p::Domain::queue) return "median";
  return metric.kind == p::MetricKind::time ? "median" : "mean";
}

LocationOrReason time_per_iteration(const Invocation& invocation, p::Quantity quantity, std::string_view statistic) {
  const std::vector<double> costs = batch_costs(invocation, quantity);
  return time_or_reason(statistic_of(statistic, costs), statistic, costs, quantity);
}

LocationOrReason locate(const p::MetricRecord& metric, std::string_view label, const Invocation& invocation) {
  for (const p::Withheld& w : invocation.withheld) {
    if (w.metric == metric.id) return none(w.reason);
  }
  switch (metric.domain) {
    case p::Domain::host:
    case p::Domain::queue:
      return clocked(metric, invocation);
    case p::Domain::self:
      if (metric.kind == p::MetricKind::rate) return self_rate(metric, invocation);
      return self_value(metric, label, invocation);
    case p::Domain::none:
      return self_value(metric, label, invocation);
  }
  return none("the metric has no known domain");
}

std::optional<double> work_amount(const std::vector<p::WorkItem>& work, std::string_view key) {
  const bool all = key == "bytes" || key == "ops";
  const std::string prefix = std::string(key) + '.';
  double sum = 0;
  bool found = false;
  for (const p::WorkItem& item : work) {
    if (item.key == key || (all && item.key.starts_with(prefix))) {
      sum += item.amount;
      found = true;
    }
  }
  if (!found) return std::nullopt;
  return sum;
}

std::vector<std::string> labels_of(std::string_view metric, const Invocation& invocation) {
  std::vector<std::string> labels;
  for (const p::Segment& s : invocation.record.segments) {
    if (s.metric == metric && !s.label.empty() && std::ranges::find(labels, s.label) == labels.end()) {
      labels.push_back(s.label);
    }
  }
  return labels;
}

}  // namespace benchhost::analysis
