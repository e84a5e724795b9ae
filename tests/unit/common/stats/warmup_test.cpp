#include "common/stats/warmup.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

std::vector<double> levels(std::initializer_list<std::pair<std::size_t, double>> parts) {
  std::vector<double> costs;
  for (const auto& [count, level] : parts) costs.insert(costs.end(), count, level);
  return costs;
}

}  // namespace

TEST_CASE("a constant series is flat") {
  const auto found = find_warm_up(std::vector<double>(50, 3.0));
  REQUIRE(found);
  CHECK(found->kind == WarmUpKind::flat);
  CHECK(found->first_steady == 0u);
  CHECK(found->change_points.empty());
}

TEST_CASE("a shift without noise is found at its batch, wherever it lies") {
  for (const std::size_t n : {20u, 100u, 1'000u, 3'000u}) {
    for (const std::size_t at : {std::size_t{1}, std::size_t{2}, std::size_t{3}, n / 5, n / 2}) {
      CAPTURE(n);
      CAPTURE(at);
      const auto slower = find_warm_up(levels({{at, 1.2}, {n - at, 1.0}}));
      REQUIRE(slower);
      CHECK(slower->kind == WarmUpKind::warm_up);
      CHECK(slower->first_steady == at);
      const auto faster = find_warm_up(levels({{at, 0.8}, {n - at, 1.0}}));
      REQUIRE(faster);
      CHECK(faster->kind == WarmUpKind::slowdown);
      CHECK(faster->first_steady == at);
    }
  }
}

TEST_CASE("several steps down are one warm-up") {
  const auto found = find_warm_up(levels({{10, 3.0}, {20, 2.0}, {70, 1.0}}));
  CHECK(found->kind == WarmUpKind::warm_up);
  CHECK(found->first_steady == 30u);
  CHECK(found->change_points == std::vector<std::size_t>{10, 30});
}

TEST_CASE("a passing disturbance cuts nothing") {
  const auto found = find_warm_up(levels({{40, 1.0}, {5, 2.0}, {55, 1.0}}));
  CHECK(found->kind == WarmUpKind::flat);
  CHECK(found->first_steady == 0u);
}

TEST_CASE("a change near the end leaves no steady state") {
  const auto found = find_warm_up(levels({{85, 1.0}, {15, 1.1}}));
  CHECK(found->kind == WarmUpKind::no_steady_state);
  CHECK(!found->first_steady);
}

TEST_CASE("levels closer than the tolerance are one level") {
  const auto costs = levels({{50, 1.003}, {50, 1.0}});
  CHECK(find_warm_up(costs)->kind == WarmUpKind::flat);
  CHECK(find_warm_up(costs, {.tolerance_ratio = 0.001})->kind == WarmUpKind::warm_up);
}

TEST_CASE("scaling the costs changes nothing") {
  Random random(1);
  std::vector<double> costs = batch_costs(random, 100, 0.3, 0.01, 0.02);
  for (std::size_t i = 0; i < 30; ++i) costs[i] *= 1.05;
  const auto found = find_warm_up(costs);
  for (double& cost : costs) cost *= 1e9;
  const auto scaled = find_warm_up(costs);
  CHECK(scaled->first_steady == found->first_steady);
  CHECK(scaled->change_points == found->change_points);
}

TEST_CASE("too few or bad costs have no verdict") {
  CHECK(!find_warm_up({}));
  CHECK(!find_warm_up(std::vector<double>{1.0}));
  CHECK(!find_warm_up(std::vector<double>(kMinWarmUpBatches - 1, 1.0)));
  CHECK(find_warm_up(std::vector<double>(kMinWarmUpBatches, 1.0)));
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    std::vector<double> costs(20, 1.0);
    costs[11] = bad;
    CHECK(!find_warm_up(costs));
  }
  const std::vector<double> fine(20, 1.0);
  CHECK(!find_warm_up(fine, {.tolerance_ratio = -0.1}));
  CHECK(!find_warm_up(fine, {.tolerance_ratio = 1.0}));
  CHECK(!find_warm_up(fine, {.tolerance_ratio = kNan}));
}

TEST_CASE("kinds have the names of the database") {
  CHECK(to_text(WarmUpKind::flat) == "flat");
  CHECK(to_text(WarmUpKind::warm_up) == "warm_up");
  CHECK(to_text(WarmUpKind::slowdown) == "slowdown");
  CHECK(to_text(WarmUpKind::no_steady_state) == "no_steady_state");
}

TEST_CASE("planted shifts are found within two batches in at least 95 %") {
  // Shift of 5 sd up or down after 5 … n/2 batches, noise 1 % with 2 % slow batches; 300 series a cell.
  struct Cell {
    std::size_t n;
    double rho;
    int near, labelled;
  };
  for (const Cell& cell : {Cell{50, 0.0, 300, 300}, Cell{50, 0.3, 296, 299}, Cell{100, 0.3, 298, 299},
                           Cell{100, 0.6, 293, 294}, Cell{200, 0.3, 300, 300}}) {
    int near = 0;
    int labelled = 0;
    for (std::uint64_t trial = 0; trial < 300; ++trial) {
      Random random(derive(derive(21, cell.n), trial));
      std::vector<double> costs = batch_costs(random, cell.n, cell.rho, 0.01, 0.02);
      const auto at = static_cast<std::size_t>(5 + random.below(cell.n / 2 - 5));
      const bool slower = random.below(2) == 0;
      for (std::size_t i = 0; i < at; ++i) costs[i] *= slower ? 1.05 : 1.0 / 1.05;
      const auto found = find_warm_up(costs);
      const auto kind = slower ? WarmUpKind::warm_up : WarmUpKind::slowdown;
      if (found->kind == kind) ++labelled;
      if (found->first_steady && std::abs(static_cast<long>(*found->first_steady) - static_cast<long>(at)) <= 2) ++near;
    }
    CAPTURE(cell.n);
    CAPTURE(cell.rho);
    CHECK(near >= 285);
    CHECK(near == cell.near);
    CHECK(labelled == cell.labelled);
  }
}

TEST_CASE("flat series are almost never cut") {
  // 1,000 series a cell. `lost`: batches cut away in all of them together, a whole series where no steady state was
  // seen. With slow batches the first one is slow in 3 % of the series, and then it alone is cut.
  struct Cell {
    std::size_t n;
    double rho, outliers;
    int cut;
    std::size_t lost;
  };
  for (const Cell& cell : {Cell{50, 0.0, 0.0, 2, 23}, Cell{50, 0.3, 0.0, 6, 172}, Cell{100, 0.0, 0.0, 0, 0},
                           Cell{100, 0.3, 0.0, 4, 137}, Cell{100, 0.6, 0.0, 7, 397}, Cell{100, 0.3, 0.03, 29, 159}}) {
    int cut = 0;
    std::size_t lost = 0;
    for (std::uint64_t trial = 0; trial < 1'000; ++trial) {
      Random random(derive(derive(22, cell.n), trial));
      const auto found = find_warm_up(batch_costs(random, cell.n, cell.rho, 0.01, cell.outliers));
      if (found->kind != WarmUpKind::flat) ++cut;
      lost += found->first_steady.value_or(cell.n);
    }
    CAPTURE(cell.n);
    CAPTURE(cell.rho);
    CAPTURE(cell.outliers);
    CHECK(cut == cell.cut);
    CHECK(lost == cell.lost);
    CHECK(cut <= (cell.outliers > 0.0 ? 50 : 20));
  }
}

TEST_CASE("drifting series are labelled as without steady state in at least 90 %") {
  // A drift of 5 sd over the series.
  int none = 0;
  for (std::uint64_t trial = 0; trial < 300; ++trial) {
    Random random(derive(23, trial));
    std::vector<double> costs = batch_costs(random, 100, 0.3, 0.01, 0.02);
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] *= portable_exp(0.05 * static_cast<double>(i) / 100.0);
    if (find_warm_up(costs)->kind == WarmUpKind::no_steady_state) ++none;
  }
  CHECK(none >= 270);
  CHECK(none == 290);
}

TEST_CASE("an exponential warm-up is cut where its rest is lost in the noise") {
  int labelled = 0;
  double left = 0.0;
  for (std::uint64_t trial = 0; trial < 300; ++trial) {
    Random random(derive(24, trial));
    std::vector<double> costs = batch_costs(random, 200, 0.3, 0.01, 0.02);
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] *= 1.0 + 0.5 * portable_exp(-static_cast<double>(i) / 10.0);
    const auto found = find_warm_up(costs);
    if (found->kind != WarmUpKind::warm_up) continue;
    ++labelled;
    // What the excess after the cut adds to the mean of the steady part.
    const auto cut = static_cast<double>(*found->first_steady);
    left += 0.5 * portable_exp(-cut / 10.0) * 10.0 / (200.0 - cut);
  }
  CHECK(labelled == 300);
  CHECK(left / labelled < 0.003);
}
