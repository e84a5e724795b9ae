#include "analysis/gate.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace benchhost;
using analysis::check_gates;
using store::GateCheck;
using store::GateVerdict;
using suite::Gate;

namespace {

const Gate kLeast{"bandwidth", "By/s", Gate::Kind::at_least, 10e9, "10 GB/s"};
const Gate kMost{"bandwidth", "By/s", Gate::Kind::at_most, 10e9, "10 GB/s"};

store::Measurement measured(double value, std::optional<double> low, std::optional<double> high) {
  store::Measurement m;
  m.metric = "bandwidth";
  m.value = value;
  m.low = low;
  m.high = high;
  return m;
}

GateCheck check(const Gate& gate, double value, std::optional<double> low, std::optional<double> high) {
  const store::Measurement m = measured(value, low, high);
  const auto checks = check_gates({&gate, 1}, {&m, 1});
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].metric == "bandwidth");
  CHECK(checks[0].bound == 10e9);
  CHECK(checks[0].reason.empty() == (checks[0].verdict == GateVerdict::held));
  return checks[0];
}

}  // namespace

TEST_CASE("the whole interval keeps a limit, none of it does, or the limit lies inside") {
  CHECK(check(kLeast, 12e9, 11e9, 13e9).verdict == GateVerdict::held);
  CHECK(check(kLeast, 8e9, 7e9, 9e9).verdict == GateVerdict::tripped);
  CHECK(check(kLeast, 10.5e9, 9.5e9, 11.5e9).verdict == GateVerdict::undecided);
  CHECK(check(kMost, 8e9, 7e9, 9e9).verdict == GateVerdict::held);
  CHECK(check(kMost, 12e9, 11e9, 13e9).verdict == GateVerdict::tripped);
  CHECK(check(kMost, 9.5e9, 8.5e9, 10.5e9).verdict == GateVerdict::undecided);
}

TEST_CASE("an interval whose end touches the bound keeps it from inside and is undecided from outside") {
  CHECK(check(kLeast, 11e9, 10e9, 12e9).verdict == GateVerdict::held);
  CHECK(check(kLeast, 9e9, 8e9, 10e9).verdict == GateVerdict::undecided);
  CHECK(check(kMost, 9e9, 8e9, 10e9).verdict == GateVerdict::held);
  CHECK(check(kMost, 11e9, 10e9, 12e9).verdict == GateVerdict::undecided);
}

TEST_CASE("one invocation decides nothing, however far off it is") {
  const GateCheck one = check(kLeast, 1e9, std::nullopt, std::nullopt);
  CHECK(one.verdict == GateVerdict::undecided);
  CHECK(
      one.reason ==
      "bandwidth is 1.00 GB/s without an interval, and at least 10 GB/s is asked: at least two invocations are needed");
}

TEST_CASE("a reason tells value, interval and what was asked") {
  CHECK(check(kLeast, 8e9, 7e9, 9e9).reason ==
        "bandwidth is 8.00 GB/s, by its interval 7.00 GB/s to 9.00 GB/s, and at least 10 GB/s is asked");
  CHECK(check(kMost, 9.5e9, 8.5e9, 10.5e9).reason ==
        "bandwidth is 9.50 GB/s, by its interval 8.50 GB/s to 10.5 GB/s, and at most 10 GB/s is asked, which lies "
        "inside: "
        "more invocations narrow it");
}

TEST_CASE("what has no value, and what was not measured at all, is undecided and says why") {
  store::Measurement m;
  m.metric = "bandwidth";
  m.null_reason = "the work is not known";
  const auto none = check_gates({&kLeast, 1}, {&m, 1});
  REQUIRE(none.size() == 1);
  CHECK(none[0].verdict == GateVerdict::undecided);
  CHECK(none[0].reason == "bandwidth has no value: the work is not known");
  const auto absent = check_gates({&kLeast, 1}, {});
  REQUIRE(absent.size() == 1);
  CHECK(absent[0].verdict == GateVerdict::undecided);
  CHECK(absent[0].reason == "bandwidth was not measured, and at least 10 GB/s is asked");
}

TEST_CASE("each label of a labelled metric is checked by itself, and other metrics are left alone") {
  store::Measurement fast = measured(12e9, 11e9, 13e9);
  fast.label = "node 0";
  store::Measurement slow = measured(8e9, 7e9, 9e9);
  slow.label = "node 1";
  store::Measurement other = measured(1, 1, 1);
  other.metric = "time";
  const std::vector<store::Measurement> all = {other, fast, slow};
  const auto checks = check_gates({&kLeast, 1}, all);
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].label == "node 0");
  CHECK(checks[0].verdict == GateVerdict::held);
  CHECK(checks[1].verdict == GateVerdict::tripped);
  CHECK(checks[1].reason.starts_with("bandwidth[node 1] is 8.00 GB/s"));
}
