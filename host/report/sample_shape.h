// The samples of a case, condensed to what a picture of them needs. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::report {

/// What one invocation measured.
struct InvocationSamples {
  std::uint32_t index = 0;
  std::vector<double> values;                             ///< run order
  std::vector<bool> disturbed;                            ///< of each value; empty: none
  std::vector<std::pair<double, std::uint64_t>> counted;  ///< what was kept as counts: value, how often
};

/// What a case measured.
struct CaseSamples {
  std::string what;                            ///< "time per iteration", or the title of a metric
  std::string unit;                            ///< of the SDK's registry
  std::vector<InvocationSamples> invocations;  ///< in order
  std::uint64_t unread = 0;                    ///< samples that are stored, and were too many to be read
};

/// Consecutive samples of one invocation, taken together.
struct OrderPoint {
  double least = 0;
  double middle = 0;  ///< median
  double greatest = 0;
  bool disturbed = false;  ///< one of them was
};

struct InvocationShape {
  std::uint32_t index = 0;
  std::uint64_t samples = 0;
  std::vector<OrderPoint> order;  ///< empty where only counts were kept
  std::vector<double> quantiles;  ///< at 0, 1/(n-1) … 1
};

struct Bin {
  double low = 0;
  double high = 0;
  std::uint64_t count = 0;
};

/// Bounded in size, however many samples there were.
struct CaseShape {
  std::string what;
  std::string unit;
  std::vector<InvocationShape> invocations;  ///< at most kMostInvocations
  std::uint64_t invocations_left_out = 0;
  std::vector<Bin> bins;  ///< of equal width, from `low` to `high`
  double low = 0;         ///< what is drawn; the few samples far beyond the rest are not
  double high = 0;
  std::uint64_t above = 0;  ///< samples over `high`
  std::uint64_t samples = 0;
  std::uint64_t unread = 0;
  bool thinned = false;  ///< several samples make a point of the run order
};

inline constexpr std::size_t kMostInvocations = 24;
/// Points of the run order of all invocations together: more than a picture has columns.
inline constexpr std::size_t kOrderPoints = 240;
inline constexpr std::size_t kQuantilePoints = 65;

/// Bins: as many as Freedman and Diaconis 1981 say (2 IQR / n^(1/3) wide), 5 to 40. `high` is the greatest value
/// unless that lies more than 8 interquartile ranges over the upper quartile, then that.
[[nodiscard]] CaseShape shape_of(const CaseSamples& samples);

/// The medians of the run order over all invocations, at most `points` of them.
[[nodiscard]] std::vector<double> run_order(const CaseShape& shape, std::size_t points);

}  // namespace benchhost::report
