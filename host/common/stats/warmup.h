// Where a process's batches become steady.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace benchhost::stats {

enum class WarmUpKind {
  flat,             ///< steady from the first batch
  warm_up,          ///< slower at first, then steady
  slowdown,         ///< faster at first, then steady
  no_steady_state,  ///< still changing at the end, or drifting
};

/// "flat", "warm_up", "slowdown", "no_steady_state": the names used in the database.
[[nodiscard]] std::string_view to_text(WarmUpKind kind);

struct WarmUp {
  WarmUpKind kind = WarmUpKind::flat;
  /// Index of the first steady batch, 0 for flat. nullopt when there is no steady state.
  std::optional<std::size_t> first_steady;
  /// Every index at which the level was found to change, ascending; also those that did not decide the cut.
  std::vector<std::size_t> change_points;
};

/// Fewest batches that a verdict is given on: below, noise and shift cannot be told apart.
inline constexpr std::size_t kMinWarmUpBatches = 10;

struct WarmUpOptions {
  /// Levels closer than this are one level: half the usual precision of 1 %, so what is let through cannot decide.
  double tolerance_ratio = 0.005;
};

/// Finds the cut between warm-up and steady batches.
/// Change points split the series into levels; the cut is before the earliest level that equals the last one and from
/// which on at most a tenth of the batches lie on other levels (a passing disturbance costs nothing). The steady part
/// must hold at least max(5, n/4) batches, and batch-means intervals of its two halves must overlap, else there is no
/// steady state. Shape: costs[n], time per iteration of each batch in run order, any unit. Errors: nullopt when n <
/// kMinWarmUpBatches or a cost is not finite or not positive; unless 0 <= tolerance < 1. Source: split-half agreement
/// as in folly's adaptive benchmarks; classification after Barrett et al. 2017; change points by optimal partitioning
/// (Jackson et al. 2005). Rates on flat and shifted series: warmup_test.cpp.
[[nodiscard]] std::optional<WarmUp> find_warm_up(std::span<const double> costs, const WarmUpOptions& options = {});

}  // namespace benchhost::stats
