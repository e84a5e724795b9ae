// Seeded random numbers that are the same bits on every platform.
#pragma once

#include <array>
#include <cstdint>

namespace benchhost::stats {

/// A seed for the independent stream number `stream` under `seed`: SplitMix64's mixing of both, so that neighbouring
/// streams of neighbouring seeds share nothing. derive(derive(s, 3), 7) names stream 7 below stream 3.
[[nodiscard]] std::uint64_t derive(std::uint64_t seed, std::uint64_t stream);

/// Generator with transforms of its own (the standard library's distributions differ between vendors).
/// A plain value: a copy repeats the same numbers. Not for secrets.
/// Thread: one owner at a time.
/// Source: xoshiro256** by Blackman and Vigna 2021, state filled by SplitMix64; reference outputs in random_test.cpp.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  /// 64 uniform bits.
  [[nodiscard]] std::uint64_t next();

  /// Uniform in [0, 1), a multiple of 2^-53.
  [[nodiscard]] double uniform();

  /// Uniform in 0 … count-1, without bias. 0 when count is 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t count);

  /// Normal with mean 0 and standard deviation 1 (Marsaglia's polar method), or with those given.
  [[nodiscard]] double normal();
  [[nodiscard]] double normal(double mean, double sd);

  /// Exponential with this mean.
  [[nodiscard]] double exponential(double mean);

  /// exp of a normal with mean `mu` and standard deviation `sigma`: median exp(mu).
  [[nodiscard]] double lognormal(double mu, double sigma);

 private:
  std::array<std::uint64_t, 4> state_;
  double spare_normal_ = 0.0;
  bool has_spare_ = false;
};

}  // namespace benchhost::stats
