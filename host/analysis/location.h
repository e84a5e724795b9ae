// The one value that an invocation gives for a metric. Which samples count, and how they become a value, is the rule of
// sdk/include/benchhost/metrics.h: by domain, kind and statistic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/invocation.h"
#include "common/protocol/descriptor.h"

namespace benchhost::analysis {

/// A value of one invocation.
/// Units: the metric's.
struct Location {
  double value = 0;
  std::uint64_t samples = 0;  ///< batches or reported values behind it
  /// How many independent samples would say as much, between 1 and `samples`. nullopt: fewer than 4 samples, all equal,
  /// or their order is not known (histograms).
  std::optional<double> effective_samples;
  /// Of a percentile: bounds by the order of its samples, at stats::kPercentileLevel. nullopt: it is none.
  std::optional<double> low = std::nullopt;
  std::optional<double> high = std::nullopt;
};

/// A value, or why there is none.
struct LocationOrReason {
  std::optional<Location> location;
  std::string reason;  ///< set if there is no location
};

/// The statistic of its samples that the metric's value is: the published one, or the host's choice for its kind and
/// domain. Where the host's clock gives the samples that is the median and not the mean: a batch that was preempted
/// costs as much as a hundred quiet ones, and is one sample.
[[nodiscard]] std::string statistic_of_value(const protocol::MetricRecord& metric);

/// Host time per iteration in ns: `statistic` ("median", "mean", "min", "max", "sum", "p99.9") over the measured
/// batches that are not left out (analysis/invocation.h) of (T - a) / n, with a the fixed overhead of a batch as fitted
/// after warm-up. An overhead that came out
/// negative is noise and not added. `quantity`: wall, or span for the device's clock (whose overhead is not that of the
/// host, so nothing is subtracted). Errors, in words: no batches; fewer than a percentile's bounds need
/// (stats/percentile.h); a time that is not positive, which has no logarithm and gives no rate.
[[nodiscard]] LocationOrReason time_per_iteration(const Invocation& invocation, protocol::Quantity quantity,
                                                  std::string_view statistic = "median");

/// Of the disturbed batches where they are left out (analysis/invocation.h) nothing enters, but for what recorders
/// kept. The value of `metric` (for a labelled one: of `label`). A rate's statistic is that of its rates, so its "max"
/// comes of the shortest batch; its mean is all work over all time.
[[nodiscard]] LocationOrReason locate(const protocol::MetricRecord& metric, std::string_view label,
                                      const Invocation& invocation);

/// The samples whose middle the value of a metric is, one by one in the order in which they were taken: what an
/// iteration cost in each batch, or what was reported. Those of a rate by the host's clock are its times, which differ
/// by the same shares. Empty: the value is not the median or mean of samples that were kept one by one.
[[nodiscard]] std::vector<double> sample_series(const protocol::MetricRecord& metric, const Invocation& invocation);

/// Amount of work of one iteration under a key, or the sum of all bytes.* or ops.* for "bytes" and "ops".
/// nullopt: the plugin did not state it.
[[nodiscard]] std::optional<double> work_amount(const std::vector<protocol::WorkItem>& work, std::string_view key);

/// Labels that a labelled metric was given, in order of first appearance.
[[nodiscard]] std::vector<std::string> labels_of(std::string_view metric, const Invocation& invocation);

}  // namespace benchhost::analysis
