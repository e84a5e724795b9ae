// Planted series for the tests of statistics.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "common/stats/portable_math.h"
#include "common/stats/random.h"

namespace benchhost::stats {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Stationary AR(1) series with mean 0, standard deviation 1 and correlation `rho` of neighbours.
inline std::vector<double> autoregressive(Random& random, std::size_t n, double rho) {
  const double fresh = std::sqrt(1.0 - rho * rho);
  std::vector<double> values;
  values.reserve(n);
  double x = random.normal();
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(x);
    x = rho * x + fresh * random.normal();
  }
  return values;
}

/// Independent normal values.
inline std::vector<double> normals(Random& random, std::size_t n, double mean, double sd) {
  std::vector<double> values;
  values.reserve(n);
  for (std::size_t i = 0; i < n; ++i) values.push_back(random.normal(mean, sd));
  return values;
}

/// Costs of a process: exp of an autoregressive series of this sd, plus rare slow batches (share, mean excess 20 sd).
inline std::vector<double> batch_costs(Random& random, std::size_t n, double rho, double sd, double outlier_share) {
  std::vector<double> costs = autoregressive(random, n, rho);
  for (double& cost : costs) {
    double log_cost = sd * cost;
    if (random.uniform() < outlier_share) log_cost += random.exponential(20.0 * sd);
    cost = portable_exp(log_cost);
  }
  return costs;
}

}  // namespace benchhost::stats
