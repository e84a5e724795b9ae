// Speeds, counts and energies as people and programs read them.
#include "report/noise_text.h"

#include <doctest/doctest.h>

#include "report/run_report.h"
#include "support/well_formed.h"
#include "unit/report/sample_view.h"

namespace benchhost::report {
namespace {

store::StoredResult result_with(std::vector<store::ModeSet> modes, std::uint64_t invocations = 10) {
  store::StoredResult result;
  result.end.emplace();
  result.end->modes = std::move(modes);
  store::StoredMeasurement primary;
  primary.metric.primary = true;
  primary.measurement.invocations = invocations;
  result.measurements.push_back(primary);
  return result;
}

const store::ModeSet kOfInvocations{"time", std::nullopt, "ns", {{1.0e6, 7}, {1.05e6, 3}}};
const store::ModeSet kOfBatches{"time", 4, "ns", {{1.0e6, 60}, {1.05e6, 40}}};

TEST_CASE("two speeds are told with how many had which") {
  CHECK(speed_lines(result_with({})).empty());
  CHECK(speed_lines(store::StoredResult()).empty());
  CHECK(speed_lines(result_with({kOfInvocations})) ==
        std::vector<std::string>{"two speeds: 1.00 ms in 7 of 10 invocations, 1.05 ms in 3"});
  CHECK(speed_lines(result_with({kOfInvocations, kOfBatches, kOfBatches})).at(1) ==
        "two speeds within 2 of 10 invocations, such as 1.00 ms in 60 of 100 samples, 1.05 ms in 40");
  CHECK(speed_lines(result_with({kOfBatches}, 1)) ==
        std::vector<std::string>{"two speeds within the invocation: 1.00 ms in 60 of 100 samples, 1.05 ms in 40"});
  CHECK(speed_lines(result_with({kOfInvocations, kOfBatches, kOfBatches}), Speeds::usual).size() == 1);
  CHECK(speed_lines(result_with({kOfBatches, kOfBatches}, 3), Speeds::usual).size() == 1);
  CHECK(speed_lines(result_with({kOfBatches, kOfBatches}, 4), Speeds::usual).empty());
  CHECK(speed_lines(result_with({kOfBatches}, 1), Speeds::usual).size() == 1);
  CHECK(seldom_speeds_text({}, 7).empty());
  CHECK(seldom_speeds_text({result_with({kOfInvocations})}, 7).empty());
  store::StoredResult seldom = result_with({kOfBatches});
  seldom.start.ordinal = 4;
  CHECK(seldom_speeds_text({result_with({kOfInvocations}), seldom}, 7) ==
        "1 case has several speeds within half of the invocations or fewer: benchhost show 7/4");
  CHECK(seldom_speeds_text({seldom, seldom, seldom}, 7).starts_with("3 cases have several speeds"));
  store::ModeSet three = kOfInvocations;
  three.modes.push_back({2e6, 4});
  CHECK(speed_lines(result_with({three})).at(0) ==
        "three speeds: 1.00 ms in 7 of 14 invocations, 1.05 ms in 3, 2.00 ms in 4");
}

TEST_CASE("a program reads each group") {
  const Json json = modes_json(*result_with({kOfInvocations, kOfBatches}).end);
  CHECK(to_text(json) == R"([{"metric":"time","of":"invocations","invocation":null,"unit":"ns","count":10,"modes":[)"
                         R"({"location":1e+06,"count":7},{"location":1050000.0,"count":3}]},)"
                         R"({"metric":"time","of":"samples","invocation":4,"unit":"ns","count":100,"modes":[)"
                         R"({"location":1e+06,"count":60},{"location":1050000.0,"count":40}]}])");
}

std::vector<store::StoredInvocation> counted() {
  store::StoredInvocation a;
  a.invocation.counts = protocol::EventCounts{10,
                                              1000,
                                              {{"instructions", 4000.0, 1.0, false, ""},
                                               {"cycles", 2000.0, 0.5, true, ""},
                                               {"cache_misses", std::nullopt, std::nullopt, false, "no such counter"},
                                               {"branches", std::nullopt, std::nullopt, false, "no such counter"}}};
  a.invocation.energy = protocol::Energy{
      2'000'000'000, 10, 1000, {{"package-0", 50.0, ""}, {"package-0/dram", std::nullopt, "for root alone"}}};
  store::StoredInvocation b = a;
  b.invocation.counts->iterations = 3000;
  b.invocation.counts->events[0].value = 12000.0;
  b.invocation.energy->zones[0].joules = 70.0;
  return {a, b, store::StoredInvocation()};
}

TEST_CASE("counts of several invocations are told for an iteration, weighed by their iterations") {
  const auto sums = counted_sums(counted());
  REQUIRE(sums.size() == 4);
  CHECK(*sums[0].per_iteration == 4.0);
  CHECK(sums[0].invocations == 2);
  CHECK(*sums[1].per_iteration == 1.0);
  CHECK(sums[1].least_running_ratio == 0.5);
  CHECK(sums[1].user_only);
  CHECK_FALSE(sums[2].per_iteration);
  CHECK(sums[2].null_reason == "no such counter");
  const auto energies = energy_sums(counted());
  REQUIRE(energies.size() == 2);
  CHECK(*energies[0].joules == 120.0);
  CHECK(*energies[0].watts == 30.0);
  CHECK(*energies[0].joules_per_iteration == 0.06);
  CHECK_FALSE(energies[1].joules);
}

TEST_CASE("the table says what was scaled, and names what is missing once a reason") {
  const Table table = counted_table(counted_sums(counted()), energy_sums(counted()));
  REQUIRE(table.rows.size() == 5);
  CHECK(table.rows[0] == std::vector<std::string>{"instructions", "4", "4.00 a cycle"});
  CHECK(table.rows[1][2] == "scaled up from 50 %, without the kernel");
  CHECK(table.rows[2] == std::vector<std::string>{"energy package-0", "60.0 mJ", "120 J in all, 30.0 W in the mean"});
  CHECK(table.rows[3] == std::vector<std::string>{"cache misses, branches", "-", "no such counter"});
  CHECK(table.rows[4] == std::vector<std::string>{"energy package-0/dram", "-", "for root alone"});
  CHECK(counted_table({}, {}).rows.empty());
}

TEST_CASE("what is unknown of an invocation is null in its record") {
  const store::Invocation invocation = counted()[0].invocation;
  const Json counts = event_counts_json(invocation);
  CHECK(counts["iterations"].as_int() == 1000);
  CHECK(to_text(counts["events"].items()[1]) ==
        R"({"event":"cycles","value":2000.0,"running_ratio":0.5,"scaled":true,"user_only":true,"null_reason":null})");
  CHECK(to_text(counts["events"].items()[2]) == R"({"event":"cache_misses","value":null,"running_ratio":null,)"
                                                R"("scaled":null,"user_only":false,"null_reason":"no such counter"})");
  const Json energy = energy_json(invocation);
  CHECK(energy["window_ns"].as_int() == 2'000'000'000);
  CHECK(energy["zones"].items()[1]["joules"].is_null());
  CHECK(event_counts_json(store::Invocation()).is_null());
  CHECK(energy_json(store::Invocation()).is_null());
}

TEST_CASE("every form of report for people, and the one for programs, tells the speeds of a case") {
  store::StoredResult slow = test::passed(1, "copy", {}, test::measured("time", "ns", 1e6));
  slow.end->modes = {kOfInvocations};
  RunView view = test::view_of({slow, test::passed(2, "calm", {}, test::measured("time", "ns", 1e6))});
  view.detail->cases[1].shape = shape_of(test::samples_of(50));
  view.detail->cases[1].counts = counted_sums(counted());
  view.detail->cases[1].energies = energy_sums(counted());
  const std::string words = "two speeds: 1.00 ms in 7 of 10 invocations, 1.05 ms in 3";
  const auto times = [&words](const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
    return found;
  };
  CHECK(times(console_report(view, {})) == 1);
  CHECK(times(markdown_report(view)) == 1);
  CHECK(times(result_page(slow, {}, {}, {200})) == 1);
  const std::string html = html_report(view);
  CHECK(times(html) == 1);
  CHECK(html.find("Counted while measuring") != std::string::npos);
  CHECK(html.find("energy package-0/dram") != std::string::npos);
  CHECK(benchhost::test::why_not_well_formed(html) == "");
  const Json json = json_report(view);
  CHECK(json["results"].items()[0]["modes"].items().size() == 1);
  CHECK(json["results"].items()[1]["modes"].items().empty());
  const std::string page = result_page(slow, counted(), {}, {100});
  CHECK(page.find("cache misses, branches") != std::string::npos);
  CHECK(page.find("4.00 a cycle") != std::string::npos);
}

}  // namespace
}  // namespace benchhost::report
