#include "suite/sweep_values.h"

#include <doctest/doctest.h>

#include <cmath>

namespace benchhost::suite {
namespace {

using protocol::Scalar;
using Uints = std::vector<std::uint64_t>;

Uints uints(const Result<std::vector<Scalar>>& result) {
  REQUIRE(result.ok());
  Uints out;
  for (const Scalar& s : *result) out.push_back(std::get<std::uint64_t>(s));
  return out;
}

std::uint64_t u(std::uint64_t v) { return v; }

TEST_CASE("linear sweeps include both ends where the steps meet them") {
  CHECK(uints(linear_values(u(1), u(7), u(2))) == Uints{1, 3, 5, 7});
  CHECK(uints(linear_values(u(1), u(8), u(2))) == Uints{1, 3, 5, 7});
  CHECK(uints(linear_values(~u(0) - 1, ~u(0), u(1))) == Uints{~u(0) - 1, ~u(0)});
  CHECK_FALSE(linear_values(u(1), u(2), u(0)).ok());
  CHECK_FALSE(linear_values(u(2), u(1), u(1)).ok());
  CHECK_FALSE(linear_values(u(0), ~u(0), u(1)).ok());
  const auto signed_values = linear_values(std::int64_t{-2}, std::int64_t{2}, std::int64_t{2});
  REQUIRE(signed_values.ok());
  CHECK(*signed_values == std::vector<Scalar>{std::int64_t{-2}, std::int64_t{0}, std::int64_t{2}});
}

TEST_CASE("an end of reals that is missed by rounding alone is met") {
  const auto values = linear_values(0.1, 0.3, 0.1);
  REQUIRE(values.ok());
  REQUIRE(values->size() == 3);
  CHECK(std::get<double>(values->back()) == 0.3);
}

TEST_CASE("log2 sweeps round halves up and drop repeated values") {
  CHECK(uints(log2_values(u(1), u(16), 1, 1)) == Uints{1, 2, 4, 8, 16});
  CHECK(uints(log2_values(u(1), u(64), 2, 1)) == Uints{1, 4, 16, 64});
  CHECK(uints(log2_values(u(1), u(8), 1, 2)) == Uints{1, 2, 3, 4, 6, 8});
  CHECK(uints(log2_values(u(1024), u(4096), 1, 2)) == Uints{1024, 1448, 2048, 2896, 4096});
  CHECK(uints(log2_values(u(1) << 63, ~u(0), 1, 1)) == Uints{u(1) << 63});
  CHECK_FALSE(log2_values(u(0), u(4), 1, 1).ok());
  CHECK_FALSE(log2_values(u(4), u(2), 1, 1).ok());
  CHECK_FALSE(log2_values(u(1), u(2), 0, 1).ok());
}

TEST_CASE("log2 sweeps of very fine or very wide steps end") {
  const std::uint64_t most = ~u(0);
  // 2^32 steps an octave: refused by the number of steps, although integers leave few values of them.
  for (const std::uint32_t per_octave : {0xffffffffu, 100'000u}) {
    const auto fine = log2_values(u(1), u(64), 1, per_octave);
    REQUIRE_FALSE(fine.ok());
    CHECK(fine.error().message == "the sweep takes more than 100000 steps");
    CHECK_FALSE(log2_values(1.0, 64.0, 1, per_octave).ok());
    CHECK_FALSE(log2_values(std::int64_t{1}, std::int64_t{64}, 1, per_octave).ok());
  }
  // Steps whose multiples wrap around 2^64.
  for (const std::uint64_t step : {u(1) << 63, most, most - 1, u(1) << 32}) {
    CAPTURE(step);
    CHECK(uints(log2_values(u(1), most, step, 1)) == Uints{1});
    CHECK(log2_values(1.0, 1e300, step, 1)->size() == 1);
    CHECK(log2_values(std::int64_t{3}, std::int64_t{4}, step, 7)->size() == 1);
  }
  CHECK(log2_values(4.9e-324, 1.7e308, 1, 1)->size() == 2098);
  CHECK(uints(log2_values(u(1), most, 1, 1000)).size() > 50'000);
}

TEST_CASE("log2 sweeps rise, stay in bounds and agree with their definition") {
  for (std::uint64_t first = 1; first < 200; first += 13) {
    for (std::uint32_t per_octave = 1; per_octave <= 8; ++per_octave) {
      const Uints values = uints(log2_values(first, first * 1000, 1, per_octave));
      CHECK(values.front() == first);
      std::size_t matched = 0;
      for (std::size_t i = 1; i < values.size(); ++i) CHECK(values[i - 1] < values[i]);
      CHECK(values.back() <= first * 1000);
      for (std::uint32_t k = 0; matched < values.size() && k < 12 * per_octave; ++k) {
        const double real = static_cast<double>(first) * std::exp2(static_cast<double>(k) / per_octave);
        if (std::abs(static_cast<double>(values[matched]) - real) <= 0.5 + 1e-9) ++matched;
      }
      CHECK(matched == values.size());
    }
  }
}

}  // namespace
}  // namespace benchhost::suite
