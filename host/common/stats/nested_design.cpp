#include "common/stats/nested_design.h"

#include <algorithm>
#include <cmath>

#include "common/stats/student.h"

namespace benchhost::stats {
namespace {

constexpr std::int64_t kMostTopUnits = 10'000;

// ---- Variance components --------------------------------------------------------------------------------------------

// Sums over all units of one level: squares of their distances from the unit that they are part of, degrees of freedom,
// and how much of each lower level's variance those squares hold on average.
struct LevelSums {
  double squares = 0.0;
  double degrees = 0.0;
  std::vector<double> shares;
};

// What a unit says, and how much of the variance of each lower level is in it.
struct UnitMean {
  double mean = 0.0;
  std::vector<double> shares;
};

std::size_t depth_of(const NestedUnit& unit) { return unit.parts.empty() ? 0 : 1 + depth_of(unit.parts.front()); }

// The unit that these are parts of, themselves of level `level`. nullopt: not a level of equal depth, or not finite.
std::optional<UnitMean> mean_of(std::span<const NestedUnit> parts, std::size_t level, std::vector<LevelSums>& sums) {
  const auto count = static_cast<double>(parts.size());
  UnitMean all{0.0, std::vector<double>(level + 1, 0.0)};
  std::vector<double> means;
  for (const NestedUnit& part : parts) {
    if (part.parts.empty() != (level == 0)) return std::nullopt;
    UnitMean one{part.value, {}};
    if (level > 0) {
      const auto below = mean_of(part.parts, level - 1, sums);
      if (!below) return std::nullopt;
      one = *below;
    }
    if (!std::isfinite(one.mean)) return std::nullopt;
    means.push_back(one.mean);
    all.mean += one.mean / count;
    for (std::size_t j = 0; j < level; ++j) all.shares[j] += one.shares[j] / count;
  }
  LevelSums& own = sums[level];
  own.shares.resize(level, 0.0);
  own.degrees += count - 1;
  for (const double mean : means) own.squares += (mean - all.mean) * (mean - all.mean);
  for (std::size_t j = 0; j < level; ++j) own.shares[j] += (count - 1) * all.shares[j];
  // The mean of independent parts has a share 1/count of what each of them has.
  all.shares[level] = 1.0;
  for (double& share : all.shares) share /= count;
  return all;
}

// ---- Repetitions ----------------------------------------------------------------------------------------------------

using Levels = std::span<const NestedLevel>;

bool usable(Levels levels) {
  if (levels.empty() || !(levels.front().cost_ns > 0.0)) return false;
  return std::ranges::all_of(levels, [](const NestedLevel& l) {
    return std::isfinite(l.variance) && std::isfinite(l.cost_ns) && l.cost_ns >= 0.0 && l.least >= 1 &&
           l.least <= l.most;
  });
}

bool usable(Levels levels, std::span<const std::int64_t> repetitions) {
  return usable(levels) && levels.size() == repetitions.size() &&
         std::ranges::all_of(repetitions, [](std::int64_t r) { return r >= 1; });
}

double variance_of(const NestedLevel& level) { return std::max(0.0, level.variance); }

std::int64_t within(double repetitions, const NestedLevel& level) {
  const double most = static_cast<double>(std::min(level.most, kMaxRepetitions));
  const double least = static_cast<double>(level.least);
  // Written so that NaN, of nothing over nothing, becomes the least.
  return static_cast<std::int64_t>(repetitions > least ? std::min(repetitions, std::max(least, most)) : least);
}

// Levels that are repeated as one: from the lowest of them on, each but the last has one part.
struct Pool {
  std::size_t last = 0;
  double variance = 0.0;
  double cost_ns = 0.0;
  [[nodiscard]] double ratio() const { return variance == 0.0 ? 0.0 : variance / cost_ns; }
};

// Variance over cost must fall from level to level: units of a level are never more than those of the level below.
std::vector<Pool> pools_of(Levels levels) {
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    pools.push_back({i, variance_of(levels[i]), levels[i].cost_ns});
    while (pools.size() > 1 && pools.back().ratio() > pools[pools.size() - 2].ratio()) {
      const Pool upper = pools.back();
      pools.pop_back();
      pools.back().last = upper.last;
      pools.back().variance += upper.variance;
      pools.back().cost_ns += upper.cost_ns;
    }
  }
  return pools;
}

// √(T²/c) of the pool that each level is in: units of level i are to units of level k as these numbers are.
std::vector<double> proportions(Levels levels) {
  std::vector<double> all;
  for (const Pool& pool : pools_of(levels)) all.resize(pool.last + 1, std::sqrt(pool.ratio()));
  return all;
}

// Parts of a unit, lowest level first, and what they cost together.
struct Parts {
  std::vector<std::int64_t> repetitions;
  double cost_ns = 0.0;
};

// Least variance that parts of these levels, lowest first, can leave in a unit.
double least_variance(Levels levels) {
  double variance = 0.0;
  double units = 1.0;
  for (std::size_t i = levels.size(); i-- > 0;) {
    units *= static_cast<double>(levels[i].most);
    variance += variance_of(levels[i]) / units;
  }
  return variance;
}

// The cheapest parts that leave a unit with at most this variance; nullopt: there are none.
std::optional<Parts> cheapest_parts(Levels levels, double variance) {
  if (levels.empty()) return variance >= 0.0 ? std::optional(Parts()) : std::nullopt;
  const NestedLevel& top = levels.back();
  const Levels below = levels.first(levels.size() - 1);
  const double own = variance_of(top);
  const double needed = own + least_variance(below);
  if (needed > 0.0 && !(variance > 0.0)) return std::nullopt;
  // Rounding must not ask for a unit more than the division does.
  const double fewest = needed == 0.0 ? 1.0 : std::ceil(needed / variance * (1 - 1e-12));
  if (fewest > static_cast<double>(top.most)) return std::nullopt;
  double ideal = fewest;
  if (!below.empty()) {
    // Lagrange: units of level i are √(T²ᵢ/cᵢ) · Σ √(T²c) / variance, over pools.
    double sum = 0.0;
    const auto pools = pools_of(levels);
    for (const Pool& pool : pools) sum += std::sqrt(pool.variance * pool.cost_ns);
    ideal = variance > 0.0 ? std::sqrt(pools.back().ratio()) * sum / variance : fewest;
  }
  std::optional<Parts> best;
  const std::int64_t around = within(std::max(ideal, fewest), top);
  for (std::int64_t r = std::max(top.least, around - 1); r <= std::min(top.most, around + 2); ++r) {
    if (static_cast<double>(r) < fewest) continue;
    const double left = std::max(0.0, variance * static_cast<double>(r) - own);
    auto parts = cheapest_parts(below, below.empty() ? 0.0 : left);
    if (!parts) continue;
    parts->cost_ns = static_cast<double>(r) * (top.cost_ns + parts->cost_ns);
    parts->repetitions.push_back(r);
    if (!best || parts->cost_ns < best->cost_ns) best = std::move(parts);
  }
  return best;
}

}  // namespace

std::optional<std::vector<double>> variance_components(std::span<const NestedUnit> units) {
  if (units.empty()) return std::nullopt;
  const std::size_t levels = 1 + depth_of(units.front());
  std::vector<LevelSums> sums(levels);
  if (!mean_of(units, levels - 1, sums)) return std::nullopt;
  std::vector<double> variances;
  for (const LevelSums& level : sums) {
    if (level.degrees < 1.0) return std::nullopt;
    double squares = level.squares;
    for (std::size_t j = 0; j < variances.size(); ++j) squares -= level.shares[j] * variances[j];
    variances.push_back(squares / level.degrees);
  }
  return variances;
}

std::optional<std::vector<std::int64_t>> optimal_repetitions(std::span<const NestedLevel> levels) {
  if (!usable(levels)) return std::nullopt;
  const auto proportion = proportions(levels);
  std::vector<std::int64_t> repetitions;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    repetitions.push_back(within(std::ceil(proportion[i] / proportion[i + 1]), levels[i]));
  }
  return repetitions;
}

std::optional<double> predicted_half_width(std::span<const NestedLevel> levels,
                                           std::span<const std::int64_t> repetitions, double level) {
  if (!usable(levels, repetitions) || repetitions.back() < 2) return std::nullopt;
  const auto t = student_two_sided(level, static_cast<double>(repetitions.back() - 1));
  if (!t) return std::nullopt;
  double variance = 0.0;
  double units = 1.0;
  for (std::size_t i = levels.size(); i-- > 0;) {
    units *= static_cast<double>(repetitions[i]);
    variance += variance_of(levels[i]) / units;
  }
  return *t * std::sqrt(variance);
}

std::optional<double> predicted_cost_ns(std::span<const NestedLevel> levels,
                                        std::span<const std::int64_t> repetitions) {
  if (!usable(levels, repetitions)) return std::nullopt;
  double cost_ns = 0.0;
  double units = 1.0;
  for (std::size_t i = levels.size(); i-- > 0;) {
    units *= static_cast<double>(repetitions[i]);
    cost_ns += units * levels[i].cost_ns;
  }
  return cost_ns;
}

std::optional<NestedPlan> plan_nested(std::span<const NestedLevel> levels, double half_width, double level) {
  if (!usable(levels) || !(half_width > 0.0) || !(level > 0.0 && level < 1.0)) return std::nullopt;
  const NestedLevel& top = levels.back();
  const std::int64_t least = std::max<std::int64_t>(2, top.least);
  if (top.most < least || top.most > kMostTopUnits) return std::nullopt;
  const Levels below = levels.first(levels.size() - 1);
  NestedPlan plan;
  for (std::int64_t units = least; units <= top.most; ++units) {
    // More of them cost more, whatever their parts are.
    if (plan.reached && static_cast<double>(units) * top.cost_ns >= plan.cost_ns) break;
    const auto t = student_two_sided(level, static_cast<double>(units - 1));
    if (!t) continue;
    // Variance that a unit may have for the mean of so many to be narrow enough.
    const double allowed = static_cast<double>(units) * (half_width / *t) * (half_width / *t);
    const double left = allowed - variance_of(top);
    if (left < 0.0) continue;
    auto parts = cheapest_parts(below, left);
    if (!parts) continue;
    const double cost_ns = static_cast<double>(units) * (top.cost_ns + parts->cost_ns);
    if (plan.reached && cost_ns >= plan.cost_ns) continue;
    plan.reached = true;
    plan.cost_ns = cost_ns;
    plan.repetitions = std::move(parts->repetitions);
    plan.repetitions.push_back(units);
  }
  if (!plan.reached) {
    plan.repetitions = *optimal_repetitions(levels);
    plan.repetitions.push_back(top.most);
    plan.cost_ns = *predicted_cost_ns(levels, plan.repetitions);
  }
  plan.half_width = predicted_half_width(levels, plan.repetitions, level).value_or(0.0);
  return plan;
}

}  // namespace benchhost::stats
