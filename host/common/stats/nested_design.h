// How often to repeat what at which level of an experiment: batches of an invocation, invocations of a build, builds.
//
// Levels are counted from below. A unit of the lowest one is a measured value; a unit of a higher one is a group of
// units of the level below and says their mean; units of the highest are independent of each other, and what the
// experiment says is their mean. Source of all of it: Kalibera and Jones 2013, "Rigorous benchmarking in reasonable
// time"; known answers and a comparison with exhaustive search in nested_design_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/stats/interval.h"

namespace benchhost::stats {

/// A measured value, or a unit of units. Plain data; all values of an experiment lie at the same depth.
struct NestedUnit {
  double value = 0.0;                  ///< of a unit without parts
  std::vector<NestedUnit> parts = {};  ///< of the level below; empty: a measured value
};

/// The variance T² that each level adds on its own, lowest level first. T²₁ = S²₁ and T²ᵢ = S²ᵢ - S²ᵢ₋₁ / rᵢ₋₁, where
/// S²ᵢ is the variance of what units of level i say about the mean of the unit that they are part of. Where units have
/// unequally many parts, for which the source has no formula, each unit's own number stands for r: the estimates stay
/// unbiased. So they are negative now and then where a level adds little.
/// Shape: units[m] of the highest level; result[levels]. Units: the square of the values'.
/// Errors: nullopt where some level has no two units side by side, where depths differ, or for a value that is not
/// finite.
[[nodiscard]] std::optional<std::vector<double>> variance_components(std::span<const NestedUnit> units);

/// Most units of a level that a plan names.
inline constexpr std::int64_t kMaxRepetitions = 1'000'000'000;

/// What is known of a level.
struct NestedLevel {
  /// T² as estimated. Below 0 it counts as 0: the level adds nothing that can be seen, and is repeated for the sake of
  /// no other level than the one above (the source: such a level can be left out).
  double variance = 0.0;
  double cost_ns = 0.0;    ///< of one unit, without its parts; >= 0, of the lowest level > 0
  std::int64_t least = 1;  ///< units of it in a unit of the level above, or in the whole experiment
  std::int64_t most = kMaxRepetitions;
};

/// Repetitions of every level, and what is expected of them.
struct NestedPlan {
  std::vector<std::int64_t> repetitions;  ///< lowest level first; the last is the number of independent units
  double half_width = 0.0;                ///< of the interval by Student's t over the highest level
  double cost_ns = 0.0;
  bool reached = false;  ///< the half-width that was wanted is within the bounds of the levels
};

/// rᵢ = ⌈√(cᵢ₊₁ T²ᵢ / (cᵢ T²ᵢ₊₁))⌉, the repetitions of all levels but the highest that give the least variance for any
/// given time, within the bounds of the levels. Where the root is below 1, or a level adds no variance, level i + 1 is
/// thought of as one with the level below it: one part each, variances and costs added up. Shape: levels[n], lowest
/// first; result[n-1]. Errors: nullopt without a level, for a figure that is not finite or a cost that is not as said,
/// or unless 1 <= least <= most.
[[nodiscard]] std::optional<std::vector<std::int64_t>> optimal_repetitions(std::span<const NestedLevel> levels);

/// Half-width t·√(T²ₙ/rₙ + T²ₙ₋₁/(rₙrₙ₋₁) + …) of the mean's interval with rₙ - 1 degrees of freedom. Shape: one
/// repetition a level. Errors: as above; nullopt when the shapes differ, a repetition is below 1, the last one below 2,
/// or unless 0 < level < 1.
[[nodiscard]] std::optional<double> predicted_half_width(std::span<const NestedLevel> levels,
                                                         std::span<const std::int64_t> repetitions,
                                                         double level = kDefaultLevel);

/// Time of it all: units of every level times their cost. Errors: nullopt as above.
[[nodiscard]] std::optional<double> predicted_cost_ns(std::span<const NestedLevel> levels,
                                                      std::span<const std::int64_t> repetitions);

/// The plan of least time whose half-width is at most `half_width`. The formula above knows neither bounds nor whole
/// numbers, nor that t falls with the number of independent units: so every number of them is tried, and below it the
/// whole numbers around the formula's. Where no plan is narrow enough: the most independent units, with the parts by
/// the formula, and `reached` false. Errors: nullopt as above, when the highest level may have fewer than 2 units or
/// more than 10,000, or unless half_width > 0.
[[nodiscard]] std::optional<NestedPlan> plan_nested(std::span<const NestedLevel> levels, double half_width,
                                                    double level = kDefaultLevel);

}  // namespace benchhost::stats
