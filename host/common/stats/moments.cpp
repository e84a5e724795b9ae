#include "common/stats/moments.h"

#include <cmath>

namespace benchhost::stats {

Moments::Moments(std::span<const double> values) {
  for (const double value : values) add(value);
}

void Moments::add(double value) {
  ++count_;
  if (!std::isfinite(value)) finite_ = false;
  if (!finite_) return;
  const double delta = value - mean_;
  mean_ += delta / static_cast<double>(count_);
  squares_ += delta * (value - mean_);
}

void Moments::merge(const Moments& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  finite_ = finite_ && other.finite_;
  const auto mine = static_cast<double>(count_);
  const auto theirs = static_cast<double>(other.count_);
  count_ += other.count_;
  if (!finite_) return;
  const double delta = other.mean_ - mean_;
  mean_ += delta * theirs / (mine + theirs);
  squares_ += other.squares_ + delta * delta * mine * theirs / (mine + theirs);
}

std::optional<double> Moments::mean() const {
  // Finite values can still overflow on the way (1e308 and -1e308).
  if (count_ == 0 || !finite_ || !std::isfinite(mean_)) return std::nullopt;
  return mean_;
}

std::optional<double> Moments::variance() const {
  if (count_ < 2 || !finite_ || !std::isfinite(squares_)) return std::nullopt;
  return squares_ / static_cast<double>(count_ - 1);
}

std::optional<double> Moments::sd() const {
  const auto v = variance();
  if (!v) return std::nullopt;
  return std::sqrt(*v);
}

}  // namespace benchhost::stats
