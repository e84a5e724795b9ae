#include "report/plan_text.h"

#include <doctest/doctest.h>

#include <map>

#include "report/run_report.h"
#include "report/run_view.h"

namespace r = benchhost::report;
namespace s = benchhost::store;
namespace p = benchhost::protocol;

namespace {

s::StoredResult planned_result() {
  s::StoredResult result;
  result.end = s::CaseEnd{};
  s::CasePlan plan;
  plan.precision_ratio = 0.01;
  plan.time_ns = 2'000'000'000;
  plan.least_invocations = 8;
  plan.most_invocations = 40;
  plan.stopped = "budget_spent";
  plan.invocation_variance = 0.0004;
  plan.batch_variance = 0.0009;
  plan.invocation_cost_ns = 60e6;
  plan.batch_cost_ns = 1e6;
  plan.planned_invocations = 20;
  plan.planned_batches = 25;
  plan.planned_half_width_ratio = 0.0099;
  plan.planned_ns = 1.7e9;
  result.end->plan = plan;
  return result;
}

s::StoredInvocation invocation(std::vector<std::string> flags, std::optional<p::PhaseTimes> times) {
  s::StoredInvocation stored;
  stored.invocation.duration_ns = 100'000'000;
  stored.invocation.flags = std::move(flags);
  stored.invocation.times = times;
  return stored;
}

std::map<std::string, std::string> lines_of(const s::StoredResult& result, const std::vector<s::StoredInvocation>& i) {
  std::map<std::string, std::string> all;
  for (const auto& [name, text] : r::plan_lines(result, i)) all[name] = text;
  return all;
}

}  // namespace

TEST_CASE("a result's page says what was allowed, planned and spent, and why it ended") {
  const p::PhaseTimes times{5'000'000, 30'000'000, 25'000'000};
  const auto lines = lines_of(planned_result(), {invocation({"pilot"}, times), invocation({}, times)});
  CHECK(lines.at("allowed") == "8 to 40 invocations, 2.00 s of measuring, to a precision of 1.0 %");
  CHECK(lines.at("planned") == "20 invocations of 25 samples each take 1.70 s to a precision of 0.99 %");
  CHECK(lines.at("reckoned from") ==
        "invocations differ by 2.0 %; each costs 60.0 ms beside measuring; samples of one differ by 3.0 %; a sample "
        "costs 1.00 ms");
  CHECK(lines.at("spent") ==
        "200 ms in 2 invocations, one of them a pilot that does not count: measuring 50.0 ms, settling 60.0 ms, "
        "preparing 10.0 ms, the rest 80.0 ms");
  CHECK(lines.at("stopped") == "another invocation would not fit the time budget");
}

TEST_CASE("what is not known of a plan is left out, and why there is none is said") {
  s::StoredResult result = planned_result();
  s::CasePlan& plan = *result.end->plan;
  plan = {};
  plan.least_invocations = plan.most_invocations = 5;
  plan.invocation_cost_ns = 60e6;
  plan.invocation_variance = -1e-5;
  plan.null_reason = "no precision was asked for";
  const auto lines = lines_of(result, {invocation({}, std::nullopt)});
  CHECK(lines.at("allowed") == "5 invocations");
  CHECK(lines.at("planned") == "nothing: no precision was asked for");
  CHECK(lines.at("reckoned from") == "invocations differ by 0 %; each costs 60.0 ms beside measuring");
  CHECK(lines.at("spent") == "100 ms in 1 invocation");
  CHECK(lines.at("stopped").empty());
  result.end->plan.reset();
  CHECK(r::plan_lines(result, {}).empty());
  CHECK(r::plan_json(result).is_null());
  result.end.reset();
  CHECK(r::plan_lines(result, {}).empty());
}

TEST_CASE("a report has the plan with its units in the names, and null for what is not known") {
  s::StoredResult result = planned_result();
  result.end->plan->batch_variance.reset();
  const benchhost::Json json = r::plan_json(result);
  CHECK(to_text(json) ==
        R"({"precision_ratio":0.01,"time_ns":2000000000,"least_invocations":8,"most_invocations":40,)"
        R"("stopped":"budget_spent","invocation_variance":4e-04,"batch_variance":null,"invocation_cost_ns":6e+07,)"
        R"("batch_cost_ns":1e+06,"planned_invocations":20,"planned_batches":25,"planned_half_width_ratio":0.0099,)"
        R"("planned_ns":1.7e+09,"null_reason":null})");
}

TEST_CASE("a page shows a percentile with its bounds, and why another has no value") {
  s::StoredResult result = planned_result();
  s::StoredMeasurement p99;
  p99.metric.id = "p99";
  p99.metric.unit = "ns";
  p99.measurement.value = 1'500;
  p99.measurement.bound_low = 1'400;
  p99.measurement.bound_high = 1'700;
  p99.measurement.bound_level = 0.99;
  p99.measurement.statistic = "p99";
  s::StoredMeasurement p999 = p99;
  p999.metric.id = "p999";
  p999.measurement = {};
  p999.measurement.statistic = "p99.9";
  p999.measurement.null_reason = "not enough samples for p99.9: 1000 of 5296";
  result.measurements = {p99, p999};
  r::Style style;
  style.width = 200;
  const std::string page = r::result_page(result, {}, {}, style);
  CHECK(page.find("99 %: 1.40 \u00b5s to 1.70 \u00b5s") != std::string::npos);
  CHECK(page.find("not enough samples for p99.9: 1000 of 5296") != std::string::npos);
  const benchhost::Json json = r::result_json(result);
  CHECK(json["measurements"].items()[0]["bound_high"].as_double(0) == 1'700);
  CHECK(json["measurements"].items()[1]["value"].is_null());
  CHECK(json["measurements"].items()[1]["null_reason"].as_string() == "not enough samples for p99.9: 1000 of 5296");
}
