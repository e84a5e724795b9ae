// Running count, mean and variance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace benchhost::stats {

/// Mean and variance of a stream of values, one pass, stable for values that are large beside their spread.
/// One value that is not finite makes mean and variance unknown for good (nullopt), never NaN.
/// Units: those of the values.
/// Source: Welford 1962; merging by Chan, Golub and LeVeque 1983.
class Moments {
 public:
  Moments() = default;
  explicit Moments(std::span<const double> values);

  void add(double value);
  /// As if every value of `other` had been added here.
  void merge(const Moments& other);

  /// Number of values added, those that are not finite included.
  [[nodiscard]] std::int64_t count() const { return count_; }
  /// Errors: nullopt when empty or when a value was not finite.
  [[nodiscard]] std::optional<double> mean() const;
  /// Sample variance (divided by n-1) and its root; 0 for constant values.
  /// Errors: nullopt for n < 2 or when a value was not finite.
  [[nodiscard]] std::optional<double> variance() const;
  [[nodiscard]] std::optional<double> sd() const;

 private:
  std::int64_t count_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;
  bool finite_ = true;
};

}  // namespace benchhost::stats
