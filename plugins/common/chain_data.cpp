#include "common/chain_data.h"

#include <cmath>
#include <cstring>

namespace chains {

namespace {

template <class To, class From>
To bits_of(From from) {
  static_assert(sizeof(To) == sizeof(From), "the same bits");
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

double fp64_of(Lane lane) { return bits_of<double>(lane); }
float fp32_of(Lane lane) { return bits_of<float>(static_cast<std::uint32_t>(lane)); }
Lane lane_of(double value) { return bits_of<std::uint64_t>(value); }
Lane lane_of(float value) { return bits_of<std::uint32_t>(value); }

constexpr Lane low_bits(Lane lane, std::uint32_t count) { return count == 64 ? lane : lane & ((Lane{1} << count) - 1); }

/// A random number of [1/4, 3/4).
double fraction(std::uint64_t random) { return 0.25 + std::ldexp(static_cast<double>(random >> 11), -54); }

/// What a pair of steps adds to x as a share of it: e times as much after all of them, and in fp16, where a share must
/// be larger to outlive two roundings, e^4 times.
constexpr double kDrift = 0x1p-11;
constexpr double kHalfDrift = 0x1p-9;
static_assert(kSteps == 4096, "2048 pairs");

/// q with (1 + p)(1 + q) = 1 + drift.
double way_back(double p, double drift) { return (1 + drift) / (1 + p) - 1; }

/// The upper half of a float is a bf16.
std::uint32_t bf16_of(float value) { return bits_of<std::uint32_t>(value) >> 16; }
float value_of_bf16(std::uint32_t bits) { return bits_of<float>(bits << 16); }

// Rounded twice: nothing may make one rounding of it.
template <class T>
T add_rounded_multiple(T x, T r) {
  volatile T product = x * r;
  return x + product;
}

double fp16_step(double x, double r) {
  // 22 bits of product and 11 of x, next to each other: exact in double, so it is rounded once, here.
  return value_of_half(half_of(x + x * r));
}

std::uint32_t dot_step(std::uint32_t x, std::uint32_t p) {
  std::uint32_t sum = x;
  for (std::uint32_t byte = 0; byte < 4; ++byte) sum += (x >> 8 * byte & 0xff) * (p >> 8 * byte & 0xff);
  return sum;
}

}  // namespace

Lane start_of(Type type, std::uint64_t random) {
  switch (type) {
    case Type::fp64:
      return lane_of(1.0) | random >> 12;
    case Type::fp32:
      return lane_of(1.0f) | random >> 41;
    case Type::fp16:
      return half_of(1.0) | random >> 54;
    case Type::bf16:
      return lane_of(static_cast<float>(1 + (random & 0xff)));
    case Type::int32:
    case Type::int8:
      return low_bits(random, 32);
  }
  return 0;
}

Operands operands_of(Type type, std::uint64_t random) {
  const double p = fraction(random);
  switch (type) {
    case Type::fp64:
      return {lane_of(p), lane_of(way_back(p, kDrift))};
    case Type::fp32: {
      const float r = static_cast<float>(p);
      return {lane_of(r), lane_of(static_cast<float>(way_back(r, kDrift)))};
    }
    case Type::fp16: {
      const std::uint16_t half = half_of(p);
      return {half, half_of(way_back(value_of_half(half), kHalfDrift))};
    }
    case Type::bf16: {
      // Two products of at most 64, 4096 times, are below 2^20: sums of whole numbers stay exact.
      const auto pair = [&](std::uint32_t at) {
        return bf16_of(static_cast<float>(1 + (random >> at & 7))) |
               bf16_of(static_cast<float>(1 + (random >> (at + 3) & 7))) << 16;
      };
      return {pair(0), pair(6)};
    }
    case Type::int32:
      // Odd, so that nothing of x is ever lost; of the form that gives the longest period.
      return {low_bits(random << 3 | 5, 32), low_bits(random >> 32 | 1, 32)};
    case Type::int8: {
      Lane p8 = 0;
      for (std::uint32_t byte = 0; byte < 4; ++byte) p8 |= (1 + (random >> 8 * byte) % 63) << 8 * byte;
      return {p8, 0x00010001};
    }
  }
  return {};
}

Lane replay(Type type, bool fused, Lane start, const Operands& operands) {
  switch (type) {
    case Type::fp64: {
      double x = fp64_of(start);
      const double r[2] = {fp64_of(operands.p), fp64_of(operands.q)};
      for (std::uint32_t step = 0; step < kSteps; ++step) {
        x = fused ? std::fma(x, r[step % 2], x) : add_rounded_multiple(x, r[step % 2]);
      }
      return lane_of(x);
    }
    case Type::fp32: {
      float x = fp32_of(start);
      const float r[2] = {fp32_of(operands.p), fp32_of(operands.q)};
      for (std::uint32_t step = 0; step < kSteps; ++step) {
        x = fused ? std::fma(x, r[step % 2], x) : add_rounded_multiple(x, r[step % 2]);
      }
      return lane_of(x);
    }
    case Type::fp16: {
      double x = value_of_half(static_cast<std::uint16_t>(start));
      const double r[2] = {value_of_half(static_cast<std::uint16_t>(operands.p)),
                           value_of_half(static_cast<std::uint16_t>(operands.q))};
      for (std::uint32_t step = 0; step < kSteps; ++step) x = fp16_step(x, r[step % 2]);
      return half_of(x);
    }
    case Type::bf16: {
      float x = fp32_of(start);
      for (std::uint32_t step = 0; step < kSteps; ++step) {
        for (std::uint32_t at = 0; at < 32; at += 16) {
          x += value_of_bf16(operands.p >> at & 0xffff) * value_of_bf16(operands.q >> at & 0xffff);
        }
      }
      return lane_of(x);
    }
    case Type::int32: {
      std::uint32_t x = static_cast<std::uint32_t>(start);
      const std::uint32_t p = static_cast<std::uint32_t>(operands.p), q = static_cast<std::uint32_t>(operands.q);
      for (std::uint32_t step = 0; step < kSteps; ++step) x = x * p + q;
      return x;
    }
    case Type::int8: {
      std::uint32_t x = static_cast<std::uint32_t>(start);
      for (std::uint32_t step = 0; step < kSteps; ++step) x = dot_step(x, static_cast<std::uint32_t>(operands.p));
      return x;
    }
  }
  return 0;
}

Lane sum_after(Type type, const Lane (&ends)[kStarts], std::uint64_t done) {
  Lane sum = 0;
  for (std::uint32_t k = 0; k < kStarts; ++k) {
    sum += ends[k] * (done / kStarts + (k < done % kStarts ? 1 : 0));
  }
  return low_bits(sum, lane_bits(type));
}

std::uint16_t half_of(double value) {
  // Of the 52 bits behind the point 10 stay; what carries over the significand raises the exponent, as it should.
  std::uint64_t bits = bits_of<std::uint64_t>(value);
  bits += (std::uint64_t{1} << 41) - 1 + (bits >> 42 & 1);
  const std::uint64_t exponent = (bits >> 52 & 0x7ff) - 1023 + 15;
  return static_cast<std::uint16_t>(bits >> 48 & 0x8000) |
         static_cast<std::uint16_t>((exponent & 0x1f) << 10 | (bits >> 42 & 0x3ff));
}

double value_of_half(std::uint16_t half) {
  const std::uint64_t exponent = static_cast<std::uint64_t>(half >> 10 & 0x1f) - 15 + 1023;
  return bits_of<double>(static_cast<std::uint64_t>(half & 0x8000) << 48 | exponent << 52 |
                         static_cast<std::uint64_t>(half & 0x3ff) << 42);
}

}  // namespace chains
