#include "suite/gates.h"

#include <doctest/doctest.h>

#include <string>

#include "unit/suite/reading.h"

using namespace benchhost;
using namespace benchhost::suite;

namespace {

protocol::BenchmarkRecord benchmark() {
  protocol::BenchmarkRecord b;
  b.id = "org.test.copy";
  for (const auto& [id, unit] : {std::pair("bandwidth", "By/s"), {"time", "ns"}, {"time_first", "ns"}}) {
    protocol::MetricRecord m;
    m.id = id;
    m.unit = unit;
    b.metrics.push_back(m);
  }
  return b;
}

std::vector<Threshold> thresholds(const std::string& written) {
  const Suite suite = test::good("name: s\nentries:\n  - benchmarks: x\n    thresholds: " + written + "\n");
  return suite.entries.front().measure.thresholds;
}

std::string errors(const std::string& written) {
  Diagnostics diagnostics;
  static_cast<void>(gates_of(thresholds(written), benchmark(), diagnostics));
  std::string out;
  for (const Error& error : diagnostics.errors()) out += to_text(error) + '\n';
  return out;
}

std::vector<Gate> gates(const std::string& written) {
  Diagnostics diagnostics;
  auto out = gates_of(thresholds(written), benchmark(), diagnostics);
  CHECK(diagnostics.ok());
  return out;
}

}  // namespace

TEST_CASE("limits are those of the metrics, in their units and their order") {
  const auto found = gates("{time: {at_most: 5 ms}, bandwidth: {at_least: 10 GB/s, at_most: 100 GiB/s}}");
  REQUIRE(found.size() == 3);
  CHECK(found[0] == Gate{"bandwidth", "By/s", Gate::Kind::at_least, 10e9, "10 GB/s"});
  CHECK(found[1] == Gate{"bandwidth", "By/s", Gate::Kind::at_most, 100.0 * (1u << 30), "100 GiB/s"});
  CHECK(found[2] == Gate{"time", "ns", Gate::Kind::at_most, 5e6, "5 ms"});
}

TEST_CASE("of each kind the last threshold that matches a metric counts, and changes limit no value") {
  const auto found = gates("{\"time*\": {at_most: 5 ms, change: 3 %}, time_first: {at_most: 1 s}, bandwidth: 2 %}");
  REQUIRE(found.size() == 2);
  CHECK(found[0].bound == 5e6);
  CHECK(found[1].metric == "time_first");
  CHECK(found[1].bound == 1e9);
}

TEST_CASE("a limit in another unit and two that exclude each other are refused at their place") {
  CHECK(
      errors("{time: {at_most: 5 GB/s}}") ==
      "s.yaml:4:34: the limit on time of org.test.copy: 'GB/s' is no unit of this metric, which is in ns (write it as "
      "25.0 ns)\n");
  CHECK(errors("{time: {at_least: 5 ms, at_most: 4 ms}}") ==
        "s.yaml:4:50: no value of time is at least 5 ms and at most 4 ms (exchange the two)\n");
  CHECK(errors("{\"*\": {at_least: 10}}").starts_with("s.yaml:4:34: the limit on bandwidth"));
}

TEST_CASE("what is to be done about demands goes from the defaults to the entry, and says nothing by itself") {
  const auto entries = test::good(
                           "name: s\ndefaults: {environment: {governor: performance, unmet: skip}}\nentries:\n"
                           "  - benchmarks: a\n"
                           "  - {benchmarks: b, environment: {governor: powersave, min_cores: 2, unmet: fail}}\n")
                           .entries;
  CHECK(entries[0].measure.when_unmet == WhenUnmet::skip);
  CHECK(entries[0].measure.environment.size() == 1);
  CHECK(entries[1].measure.when_unmet == WhenUnmet::fail);
  REQUIRE(entries[1].measure.environment.size() == 2);
  CHECK(entries[1].measure.environment[0].value == "powersave");
  CHECK(test::errors_of("name: s\nentries:\n  - {benchmarks: b, environment: {unmet: fail}}\n") ==
        "s.yaml:3:5: 'unmet' says what to do, and the environment demands nothing (write a demand beside it)\n");
}

TEST_CASE("a report is a format with or without a file, and its file lies below the output folder") {
  const auto reports =
      test::good(
          "name: s\nreports: [console, \"md:out/a.md\", {format: json, file: b.json}]\nentries: [{benchmarks: x}]\n")
          .reports;
  REQUIRE(reports.size() == 3);
  CHECK(reports[0].format == "console");
  CHECK(reports[0].file.empty());
  CHECK(reports[1].format == "md");
  CHECK(reports[1].file == "out/a.md");
  CHECK(reports[2].file == "b.json");
  for (const char* file : {"../a.md", "/a.md", "a/../../b.md"}) {
    const std::string text = std::string("name: s\nreports: \"md:") + file + "\"\nentries: [{benchmarks: x}]\n";
    CHECK(test::contains(test::errors_of(text), "s.yaml:2:10: the report '"));
  }
  CHECK(test::contains(test::errors_of("name: s\nreports: \"md:.profile\"\nentries: [{benchmarks: x}]\n"),
                       "the report '.profile' would be a hidden file"));
  CHECK(test::errors_of("name: s\nreports: \"md:./a.md\"\nentries: [{benchmarks: x}]\n").empty());
  CHECK(test::contains(test::errors_of("name: s\nreports: \"mdd:a\"\nentries: [{benchmarks: x}]\n"),
                       "did you mean 'md'"));
}
