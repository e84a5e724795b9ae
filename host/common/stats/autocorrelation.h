// Dependence between successive batches of one process, and the interval that allows for it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "common/stats/interval.h"

namespace benchhost::stats {

/// Correlation of the series with itself `lag` steps later; autocovariances divided by n, so |result| <= 1 and lag 0
/// gives 1. Shape: values[n], run order.
/// Errors: nullopt when n < 2, lag >= n, a value is not finite or all are equal.
[[nodiscard]] std::optional<double> autocorrelation(std::span<const double> values, std::size_t lag);

/// How many independent values would tell the mean as well: n / (1 + 2·sum of autocorrelations), between 1 and n. The
/// sum ends where two neighbouring correlations first add up to nothing. Shape: values[n], run order. Errors: nullopt
/// when n < 4, a value is not finite or all are equal. Source: Geyer 1992, initial positive sequence.
[[nodiscard]] std::optional<double> effective_sample_size(std::span<const double> values);

/// Means of floor(√n) neighbouring groups of floor(n / floor(√n)) values; left-over values are dropped at the start,
/// where a trace of warm-up would be. Shape: values[n], run order; result[floor(√n)]. Empty for n = 0 or when a value
/// is not finite.
[[nodiscard]] std::vector<double> batch_means(std::span<const double> values);

/// t interval over batch_means(): honest for autocorrelated series where the plain t interval is far too narrow.
/// The result's n is the number of groups. Errors: nullopt when n < 4, a value is not finite, or unless 0 < level < 1.
/// Source: Law and Carson 1979; coverage on AR(1) series in autocorrelation_test.cpp.
[[nodiscard]] std::optional<Interval> batch_means_interval(std::span<const double> values,
                                                           double level = kDefaultLevel);

}  // namespace benchhost::stats
