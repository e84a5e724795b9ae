#include "common/stats/stopping.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

const std::vector<double> kTight{100.0, 100.1, 99.9, 100.0, 100.05, 99.95, 100.0, 100.02};
const std::vector<double> kLoose{100.0, 120.0, 80.0, 110.0, 90.0, 130.0, 85.0, 100.0, 105.0};

StoppingLimits with_budget(double budget_ns) {
  StoppingLimits limits;
  limits.budget_ns = budget_ns;
  return limits;
}

}  // namespace

TEST_CASE("a case stops when its interval is narrow enough and enough invocations ran") {
  const StopDecision decision = decide_stop(kTight, 8e9, 1e9, {});
  CHECK(decision.reason == StopReason::precise);
  CHECK(decision.stop());
  CHECK_FALSE(decision.imprecise);
  REQUIRE(decision.interval);
  CHECK(decision.interval->n == 8);
}

TEST_CASE("seven narrow invocations are not enough, whatever their width") {
  const StopDecision decision = decide_stop(std::span(kTight).first(7), 7e9, 1e9, {});
  CHECK(decision.reason == StopReason::go_on);
  CHECK_FALSE(decision.imprecise);
}

TEST_CASE("wide intervals go on until the budget ends them as imprecise") {
  CHECK(decide_stop(kLoose, 9e9, 1e9, with_budget(10e9)).reason == StopReason::go_on);
  const StopDecision decision = decide_stop(kLoose, 9.1e9, 1e9, with_budget(10e9));
  CHECK(decision.reason == StopReason::budget_spent);
  CHECK(decision.imprecise);
  REQUIRE(decision.interval);
}

TEST_CASE("a budget that ends a narrow case early does not call it imprecise") {
  const StopDecision decision = decide_stop(std::span(kTight).first(4), 9.5e9, 1e9, with_budget(10e9));
  CHECK(decision.reason == StopReason::budget_spent);
  CHECK_FALSE(decision.imprecise);
}

TEST_CASE("the expected cost of the next invocation defaults to the average so far") {
  CHECK(decide_stop(kLoose, 9e9, std::nullopt, with_budget(10e9)).reason == StopReason::go_on);
  CHECK(decide_stop(kLoose, 9.1e9, std::nullopt, with_budget(10e9)).reason == StopReason::budget_spent);
}

TEST_CASE("the first invocation always runs") {
  const StopDecision decision = decide_stop({}, 0.0, 5e9, with_budget(1e9));
  CHECK(decision.reason == StopReason::go_on);
  CHECK(decision.imprecise);
  CHECK(!decision.interval);
}

TEST_CASE("one invocation over budget ends imprecise and without an interval") {
  const StopDecision decision = decide_stop(std::array{3.0}, 2e9, std::nullopt, with_budget(1e9));
  CHECK(decision.reason == StopReason::budget_spent);
  CHECK(decision.imprecise);
  CHECK(!decision.interval);
}

TEST_CASE("a fixed number of invocations ignores precision") {
  StoppingLimits limits;
  limits.precision_ratio.reset();
  limits.max_invocations = 3;
  CHECK(decide_stop(std::span(kTight).first(2), 1e9, 1e9, limits).reason == StopReason::go_on);
  const StopDecision decision = decide_stop(std::span(kTight).first(3), 1e9, 1e9, limits);
  CHECK(decision.reason == StopReason::invocations_done);
  CHECK_FALSE(decision.imprecise);
}

TEST_CASE("no limits at all still end at the greatest number") {
  StoppingLimits limits;
  limits.precision_ratio.reset();
  limits.max_invocations = 1'000'000;
  const std::vector<double> many(static_cast<std::size_t>(kMaxInvocations), 2.0);
  CHECK(decide_stop(std::span(many).first(many.size() - 1), 1.0, 1.0, limits).reason == StopReason::go_on);
  CHECK(decide_stop(many, 1.0, 1.0, limits).reason == StopReason::invocations_done);
  limits.max_invocations = -5;
  CHECK(decide_stop(std::array{1.0}, 1.0, 1.0, limits).reason == StopReason::invocations_done);
}

TEST_CASE("constant values are precise once there are enough of them") {
  const std::vector<double> constant(8, 5.0);
  CHECK(decide_stop(constant, 1.0, 1.0, {}).reason == StopReason::precise);
}

TEST_CASE("values without a logarithm never reach precision") {
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    std::vector<double> values(12, 5.0);
    values[3] = bad;
    const StopDecision decision = decide_stop(values, 1e9, 1e9, with_budget(1e12));
    CHECK(decision.reason == StopReason::go_on);
    CHECK(decision.imprecise);
    CHECK(!decision.interval);
  }
}

TEST_CASE("broken times count as a spent budget") {
  for (const double bad : {kNan, kInfinity, -1.0}) {
    CHECK(decide_stop(kLoose, bad, 1.0, with_budget(1e9)).reason == StopReason::budget_spent);
    CHECK(decide_stop(kLoose, 1.0, bad, with_budget(1e9)).reason == StopReason::budget_spent);
  }
  CHECK(decide_stop(kLoose, 1.0, 1.0, with_budget(kNan)).reason == StopReason::budget_spent);
}

TEST_CASE("every reason has its sentence") {
  for (const StopReason reason :
       {StopReason::go_on, StopReason::precise, StopReason::budget_spent, StopReason::invocations_done}) {
    CHECK_FALSE(to_text(reason).empty());
    CHECK(to_text(reason) != "unknown reason");
    CHECK(stop_reason_from_name(stop_reason_name(reason)) == reason);
  }
}

TEST_CASE("a name that is none is no reason") { CHECK(!stop_reason_from_name("tired")); }

namespace {

struct Peeking {
  int covered = 0;
  long invocations = 0;
};

// Sessions of lognormal invocations around 100 that end by the rule; how many intervals hold the truth.
Peeking peek(std::int64_t min_invocations, double sd, int sessions) {
  Peeking result;
  StoppingLimits limits;
  limits.min_invocations = min_invocations;
  for (int session = 0; session < sessions; ++session) {
    Random random(derive(91, static_cast<std::uint64_t>(session)));
    std::vector<double> values;
    StopDecision decision;
    do {
      values.push_back(100.0 * random.lognormal(0.0, sd));
      // Widths below the least number cannot end the session; asking there would only cost time.
      if (static_cast<std::int64_t>(values.size()) < min_invocations) continue;
      decision = decide_stop(values, 0.0, 0.0, limits);
    } while (!decision.stop());
    result.invocations += static_cast<long>(values.size());
    if (decision.interval->low <= 100.0 && 100.0 <= decision.interval->high) ++result.covered;
  }
  return result;
}

}  // namespace

TEST_CASE("intervals that ended by precision of 1 % with K >= 8 cover at least 93 %") {
  struct Cell {
    double sd;
    int sessions, covered;
    long invocations;
  };
  for (const Cell& cell : {Cell{0.005, 10'000, 9'508, 80'000}, Cell{0.01, 10'000, 9'500, 83'221},
                           Cell{0.015, 10'000, 9'434, 111'337}, Cell{0.02, 5'000, 4'680, 84'063}}) {
    CAPTURE(cell.sd);
    const Peeking seen = peek(8, cell.sd, cell.sessions);
    CHECK(seen.covered >= cell.sessions * 93 / 100);
    CHECK(seen.covered == cell.covered);
    CHECK(seen.invocations == cell.invocations);
  }
}

TEST_CASE("peeking from the third invocation on covers less, which is why the rule waits") {
  const Peeking from_three = peek(3, 0.01, 4'000);
  const Peeking from_five = peek(5, 0.01, 4'000);
  const Peeking from_eight = peek(8, 0.01, 4'000);
  CHECK(from_three.covered == 3'704);
  CHECK(from_five.covered == 3'792);
  CHECK(from_eight.covered == 3'808);
  CHECK(from_three.covered < from_eight.covered);
}

TEST_CASE("a body of 2 % spread needs about sixteen invocations for 1 %") {
  const Peeking seen = peek(8, 0.02, 1'000);
  CHECK(seen.invocations / 1'000 <= 20);
}
