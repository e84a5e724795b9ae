#include "common/stats/elision.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/stats/quantiles.h"

namespace benchhost::stats {
namespace {

constexpr double kErrors = 4.0;
constexpr double kLeastTicks = 10.0;
// A body whose n was raised this much shows in the time even beside a fixed cost of hundreds of iterations.
constexpr double kRaisedEnough = 1000.0;
constexpr double kNegligibleRatio = 0.01;
// Where n cannot be raised, less is asked of what is shown and more of what is not.
constexpr double kCappedRatio = 0.1;

struct Ends {
  double least_n = 0.0;
  double greatest_n = 0.0;
  double time_at_greatest = 0.0;
};

Ends find_ends(std::span<const BatchTime> batches) {
  const auto [least, greatest] = std::ranges::minmax_element(batches, {}, &BatchTime::iterations);
  std::vector<double> times;
  for (const BatchTime& batch : batches) {
    if (batch.iterations == greatest->iterations) times.push_back(batch.time_ns);
  }
  return {static_cast<double>(least->iterations), static_cast<double>(greatest->iterations),
          median(times).value_or(0.0)};
}

}  // namespace

std::string_view to_text(Growth growth) {
  switch (growth) {
    case Growth::grows:
      return "grows";
    case Growth::elided:
      return "elided";
    case Growth::unknown:
      break;
  }
  return "unknown";
}

Growth time_growth(std::span<const BatchTime> batches, double resolution_ns, std::int64_t n_limit) {
  if (!std::isfinite(resolution_ns) || resolution_ns <= 0.0) return Growth::unknown;
  const auto fit = fit_line(batches, resolution_ns);
  if (!fit) {
    return Growth::unknown;
  }
  const Ends ends = find_ends(batches);
  const double span = ends.greatest_n - ends.least_n;
  if (!fit->b_se_ns) {
    const double gained = fit->b_ns * span;
    const double expected_ratio = span / ends.least_n;
    const double start = fit->a_ns + fit->b_ns * ends.least_n;
    const bool grew =
        gained >= 0.5 * expected_ratio * start && gained > kLeastTicks * resolution_ns && fit->b_ns > kLeastIterationNs;
    return grew ? Growth::grows : Growth::unknown;
  }
  const double predicted = fit->a_ns + fit->b_ns * ends.greatest_n;
  if (std::abs(ends.time_at_greatest - predicted) > kErrors * resolution_ns + 0.05 * std::abs(predicted)) {
    return Growth::unknown;
  }
  // Identical readings of a coarse clock have no spread, yet each may be a tick off.
  const double error = kErrors * *fit->b_se_ns + resolution_ns / span;
  const double low = fit->b_ns - error;
  const double high = fit->b_ns + error;
  if (low > kLeastIterationNs && low * span > kLeastTicks * resolution_ns) return Growth::grows;
  if (high < kLeastIterationNs) return Growth::elided;
  if (span >= (kRaisedEnough - 1.0) * ends.least_n &&
      high * ends.greatest_n < kNegligibleRatio * ends.time_at_greatest) {
    return Growth::elided;
  }
  const bool capped = n_limit > 0 && ends.greatest_n >= static_cast<double>(n_limit);
  if (capped && low <= 0.0 && high * ends.greatest_n < kCappedRatio * ends.time_at_greatest) return Growth::elided;
  return Growth::unknown;
}

}  // namespace benchhost::stats
