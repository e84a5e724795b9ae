#include "analysis/location.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "common/stats/autocorrelation.h"
#include "common/stats/histogram.h"
#include "common/stats/percentile.h"
#include "common/stats/quantiles.h"

namespace benchhost::analysis {

namespace p = protocol;

namespace {

LocationOrReason none(std::string reason) { return {std::nullopt, std::move(reason)}; }

// Whether sample i of a segment belongs to a batch that is left out.
bool left_out(const p::Segment& segment, std::size_t i, const std::vector<std::uint64_t>& batches) {
  return segment.phase == p::SegmentPhase::measure &&
         std::ranges::binary_search(batches, segment.first_batch + i * segment.batch_step);
}

// Samples that a SELF or NONE metric was given, in run order. Latencies of recorders are those of all batches: others
// of the same metric may have been counted in a histogram, which gives none back.
std::vector<double> reported_samples(std::string_view id, std::string_view label, const Invocation& invocation) {
  const std::vector<std::uint64_t> out = batches_left_out(invocation.record);
  std::vector<double> samples;
  for (const p::Segment& s : invocation.record.segments) {
    if (s.metric != id || s.label != label) continue;
    if (s.phase != p::SegmentPhase::measure && s.phase != p::SegmentPhase::process) continue;
    if (s.quantity == p::Quantity::reported) {
      for (std::size_t i = 0; i < s.reals.size(); ++i) {
        if (!left_out(s, i, out)) samples.push_back(s.reals[i]);
      }
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
    const auto one = stats::Histogram::restore(static_cast<int>(h.precision_bits), buckets, totals);
    if (one && all.histogram.totals().count == 0) {
      all.histogram = *one;
    } else if (!one || !all.histogram.merge(*one)) {
      all.contradicts = true;
    }
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

// A statistic of samples, with bounds if it is a percentile; without a value there is a reason.
struct Statistic {
  std::optional<double> value;
  std::optional<double> low;
  std::optional<double> high;
  std::string reason;
};

Statistic no_statistic(std::string reason) { return {std::nullopt, std::nullopt, std::nullopt, std::move(reason)}; }

// 0.99 of "p99". nullopt: no percentile.
std::optional<double> percentile_of(std::string_view statistic) {
  if (!statistic.starts_with('p')) return std::nullopt;
  double percent = 0;
  const char* end = statistic.data() + statistic.size();
  const auto [stop, error] = std::from_chars(statistic.data() + 1, end, percent);
  if (error != std::errc{} || stop != end || !(percent > 0 && percent <= 100)) return std::nullopt;
  return percent / 100;
}

// Why so many samples have no such percentile; "" if they have. It needs as many as its bounds do: with fewer, it were
// the maximum or minimum under another name.
std::string too_few_for(std::string_view statistic, std::int64_t samples) {
  const auto p = percentile_of(statistic);
  if (!p) return fmt::format("'{}' is no statistic", statistic);
  const auto least = stats::least_samples_for(*p);
  if (!least) return fmt::format("no number of samples is enough for {}; the largest one is 'max'", statistic);
  if (samples >= *least) return {};
  return fmt::format("not enough samples for {}: {} of {}", statistic, samples, *least);
}

// The p-quantile of ascending samples, which `statistic` names.
Statistic percentile(std::string_view statistic, double p, const std::vector<double>& sorted) {
  const auto count = static_cast<std::int64_t>(sorted.size());
  if (std::string reason = too_few_for(statistic, count); !reason.empty()) return no_statistic(std::move(reason));
  const auto ranks = stats::percentile_bounds(count, p);
  const auto at = [&](std::int64_t rank) { return sorted[static_cast<std::size_t>(rank - 1)]; };
  return {stats::quantile_sorted(sorted, p), at(ranks->low), at(ranks->high), {}};
}

// A published statistic, "mean" "median" "min" "max" "sum" "p99.9", over samples in any order. No samples: no value and
// no reason.
Statistic statistic_of(std::string_view statistic, std::vector<double> samples) {
  if (samples.empty()) return {};
  const double sum = std::accumulate(samples.begin(), samples.end(), 0.0);
  if (statistic == "mean") return {sum / static_cast<double>(samples.size()), {}, {}, {}};
  if (statistic == "sum") return {sum, {}, {}, {}};
  if (statistic == "min") return {stats::smallest(samples), {}, {}, {}};
  if (statistic == "max") return {stats::largest(samples), {}, {}, {}};
  if (statistic == "median") return {stats::median(samples), {}, {}, {}};
  const auto p = percentile_of(statistic);
  std::ranges::sort(samples);
  return percentile(statistic, p.value_or(1), samples);
}

// The same over buckets; a percentile is as good as its bucket is narrow, and its bounds are the outer ends of theirs.
Statistic statistic_of(std::string_view statistic, const Counted& counted) {
  const stats::Histogram& histogram = counted.histogram;
  const stats::HistogramTotals& totals = histogram.totals();
  if (statistic == "mean") return {counted.sum / static_cast<double>(totals.count), {}, {}, {}};
  if (statistic == "sum") return {counted.sum, {}, {}, {}};
  if (statistic == "min") return {histogram.quantile(0), {}, {}, {}};
  if (statistic == "max") return {histogram.quantile(1), {}, {}, {}};
  if (statistic == "median") return {histogram.quantile(0.5), {}, {}, {}};
  if (std::string reason = too_few_for(statistic, totals.count); !reason.empty())
    return no_statistic(std::move(reason));
  const double p = *percentile_of(statistic);
  const auto ranks = stats::percentile_bounds(totals.count, p);
  const std::int64_t low = histogram.bucket_low(*histogram.bucket_of_rank(ranks->low));
  const std::int64_t high = histogram.bucket_high(*histogram.bucket_of_rank(ranks->high));
  return {histogram.quantile(p),
          static_cast<double>(std::max(low, *totals.min)),
          static_cast<double>(std::min(high, *totals.max)),
          {}};
}

// What an invocation says by a statistic that has a value.
Location location_of(const Statistic& found, std::uint64_t samples, std::optional<double> effective) {
  return {*found.value, samples, effective, found.low, found.high};
}

// What a SELF rate was told: amounts and durations, sample by sample.
struct Amounts {
  double amount = 0;
  double duration_ns = 0;
  std::vector<double> rates;
};

Amounts amounts_of(std::string_view id, const Invocation& invocation) {
  const std::vector<std::uint64_t> out = batches_left_out(invocation.record);
  Amounts all;
  for (std::size_t i = 0; i < invocation.record.segments.size(); ++i) {
    const p::Segment& s = invocation.record.segments[i];
    if (s.quantity != p::Quantity::amount || s.metric != id || s.phase != p::SegmentPhase::measure) continue;
    if (i + 1 >= invocation.record.segments.size()) continue;
    const p::Segment& durations = invocation.record.segments[i + 1];
    if (durations.quantity != p::Quantity::recorded || durations.size() != s.size()) continue;
    for (std::size_t k = 0; k < s.size(); ++k) {
      if (left_out(s, k, out)) continue;
      all.amount += s.reals[k];
      all.duration_ns += static_cast<double>(durations.integers[k]);
      all.rates.push_back(s.reals[k] / static_cast<double>(durations.integers[k]));
    }
  }
  return all;
}

// A SELF rate: the sum of amounts over the sum of durations, never a mean of rates; another statistic is one of the
// rates, whether of its own samples or of those of its source.
LocationOrReason self_rate(const p::MetricRecord& metric, const Invocation& invocation) {
  const Amounts all = amounts_of(metric.source.empty() ? metric.id : metric.source, invocation);
  if (all.rates.empty() || all.duration_ns <= 0) return none("the plugin reported nothing for it");
  const std::string statistic = statistic_of_value(metric);
  if (statistic == "sum") return none("a sum of rates has no meaning");
  Statistic per_ns{all.amount / all.duration_ns, {}, {}, {}};
  if (statistic != "mean") per_ns = statistic_of(statistic, all.rates);
  if (!per_ns.value) return none(per_ns.reason.empty() ? "a value of it is not finite" : per_ns.reason);
  for (std::optional<double>* rate : {&per_ns.value, &per_ns.low, &per_ns.high}) {
    if (*rate) **rate *= 1e9;
  }
  return {location_of(per_ns, all.rates.size(), stats::effective_sample_size(all.rates)), {}};
}

LocationOrReason self_value(const p::MetricRecord& metric, std::string_view label, const Invocation& invocation) {
  const std::string& id = metric.source.empty() ? metric.id : metric.source;
  const std::string statistic = statistic_of_value(metric);
  const std::vector<double> samples = reported_samples(id, label, invocation);
  Counted counted = label.empty() ? counted_values(id, invocation) : Counted();
  if (!counted.any) {
    if (samples.empty()) return none("the plugin reported nothing for it");
    const Statistic found = statistic_of(statistic, samples);
    if (!found.value) return none(found.reason.empty() ? "a value of it is not finite" : found.reason);
    return {location_of(found, samples.size(), stats::effective_sample_size(samples)), {}};
  }
  if (counted.contradicts) return none("a histogram of its recorders contradicts itself");
  if (!fold(samples, counted)) {
    return none("its values were partly counted in a histogram, and the others are no whole numbers that could join");
  }
  const std::int64_t count = counted.histogram.totals().count;
  const Statistic found = statistic_of(statistic, counted);
  if (!found.value) return none(found.reason);
  return {location_of(found, static_cast<std::uint64_t>(count), std::nullopt), {}};
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
  const Statistic found = statistic_of(statistic, peaks);
  if (!found.value) return none(found.reason);
  return {location_of(found, peaks.size(), stats::effective_sample_size(peaks)), {}};
}

// Cost of an iteration in ns, batch by batch in the order in which they ran, without those that are left out.
std::vector<double> batch_costs(const Invocation& invocation, p::Quantity quantity) {
  const double overhead_ns = quantity == p::Quantity::wall ? std::max(0.0, fitted_overhead_ns(invocation)) : 0.0;
  const std::vector<std::uint64_t> out = batches_left_out(invocation.record);
  std::vector<std::pair<std::uint64_t, double>> costs;
  for (const p::Segment& s : invocation.record.segments) {
    if (s.quantity != quantity || s.phase != p::SegmentPhase::measure || s.n == 0) continue;
    for (std::size_t i = 0; i < s.integers.size(); ++i) {
      if (left_out(s, i, out)) continue;
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

// A time that came out of these costs, or why it is none.
LocationOrReason time_or_reason(const Statistic& time_ns, const std::vector<double>& costs, p::Quantity quantity) {
  if (costs.empty()) {
    return none(quantity == p::Quantity::span ? "time.span is not reported" : "no batch was measured");
  }
  if (!time_ns.reason.empty()) return none(time_ns.reason);
  if (!time_ns.value || !std::isfinite(*time_ns.value)) return none("the batch times are not usable");
  if (*time_ns.value <= 0 || time_ns.low.value_or(1) <= 0 || time_ns.high.value_or(1) <= 0) {
    return none("the time per iteration is not positive: a batch took no longer than its fixed cost");
  }
  return {location_of(time_ns, costs.size(), stats::effective_sample_size(costs)), {}};
}

// The time that, divided into an amount of work, is that statistic of the rates: the fastest batch is the shortest.
Statistic time_of_rate(std::string_view statistic, std::vector<double> costs) {
  if (statistic == "min") return statistic_of("max", std::move(costs));
  if (statistic == "max") return statistic_of("min", std::move(costs));
  const auto p = percentile_of(statistic);
  if (!p || costs.empty()) return statistic_of(statistic, std::move(costs));
  std::ranges::sort(costs);
  Statistic time = percentile(statistic, 1 - *p, costs);
  std::swap(time.low, time.high);
  return time;
}

LocationOrReason clocked(const p::MetricRecord& metric, const Invocation& invocation) {
  const p::Quantity quantity = metric.domain == p::Domain::queue ? p::Quantity::span : p::Quantity::wall;
  if (metric.kind == p::MetricKind::bytes) return peak_memory(metric, invocation);
  if (metric.kind == p::MetricKind::energy || metric.kind == p::MetricKind::power) {
    return none("no sensor tells the energy of a batch");
  }
  const std::string statistic = statistic_of_value(metric);
  if (metric.kind != p::MetricKind::rate) return time_per_iteration(invocation, quantity, statistic);
  if (statistic == "sum") return none("a sum of rates has no meaning");
  const auto amount = work_amount(invocation.record.work, metric.work);
  if (!amount) return none(fmt::format("the plugin did not state its work '{}'", metric.work));
  const std::vector<double> costs = batch_costs(invocation, quantity);
  LocationOrReason found = time_or_reason(time_of_rate(statistic, costs), costs, quantity);
  if (!found.location) return found;
  const auto to_rate = [&amount](double& time_ns) { time_ns = *amount * 1e9 / time_ns; };
  to_rate(found.location->value);
  if (found.location->low) to_rate(*found.location->low);
  if (found.location->high) to_rate(*found.location->high);
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
  return time_or_reason(statistic_of(statistic, costs), costs, quantity);
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

std::vector<double> sample_series(const p::MetricRecord& metric, const Invocation& invocation) {
  const std::string statistic = statistic_of_value(metric);
  if (statistic != "median" && statistic != "mean") return {};
  const bool by_host = metric.domain == p::Domain::host || metric.domain == p::Domain::queue;
  if (by_host && (metric.kind == p::MetricKind::energy || metric.kind == p::MetricKind::power)) return {};
  if (by_host && metric.kind != p::MetricKind::bytes) {
    return batch_costs(invocation, metric.domain == p::Domain::queue ? p::Quantity::span : p::Quantity::wall);
  }
  const std::string& id = metric.source.empty() ? metric.id : metric.source;
  if (metric.domain == p::Domain::self && metric.kind == p::MetricKind::rate) return amounts_of(id, invocation).rates;
  if (counted_values(id, invocation).any) return {};
  return reported_samples(id, {}, invocation);
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
