#include "common/stats/random.h"

#include <bit>
#include <cmath>

#include "common/stats/portable_math.h"

namespace benchhost::stats {
namespace {

constexpr std::uint64_t kGoldenGamma = 0x9E3779B97F4A7C15u;

// One step of SplitMix64 (Steele, Lea and Flood 2014): a bijection of 64 bits that leaves no visible trace of its
// input.
std::uint64_t split_mix(std::uint64_t z) {
  z += kGoldenGamma;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t derive(std::uint64_t seed, std::uint64_t stream) {
  // The stream is mixed before it meets the seed: seed + stream would make (1, 2) and (2, 1) the same.
  return split_mix(split_mix(seed) ^ split_mix(stream ^ 0x5851F42D4C957F2Du));
}

Random::Random(std::uint64_t seed) : state_{} {
  for (auto& word : state_) {
    word = split_mix(seed);
    seed += kGoldenGamma;
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::uint64_t Random::below(std::uint64_t count) {
  if (count == 0) return 0;
  // Numbers below 2^64 mod count are drawn again, so that every remainder is as likely.
  const std::uint64_t threshold = (0 - count) % count;
  for (;;) {
    if (const std::uint64_t bits = next(); bits >= threshold) return bits % count;
  }
}

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  for (;;) {
    const double u = 2.0 * uniform() - 1.0;
    const double v = 2.0 * uniform() - 1.0;
    const double s = u * u + v * v;
    if (s >= 1.0 || s == 0.0) continue;
    const double scale = std::sqrt(-2.0 * portable_log(s) / s);
    spare_normal_ = v * scale;
    has_spare_ = true;
    return u * scale;
  }
}

double Random::normal(double mean, double sd) {
  const double z = normal();
  return mean + sd * z;
}

double Random::exponential(double mean) { return -mean * portable_log(1.0 - uniform()); }

double Random::lognormal(double mu, double sigma) { return portable_exp(normal(mu, sigma)); }

}  // namespace benchhost::stats
