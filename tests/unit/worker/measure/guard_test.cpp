// The edges of the host's table: memory that ends, labels without end.
#include <doctest/doctest.h>

#include <cstring>
#include <new>

#include "simulation.h"
#include "worker/measure/host_services.h"
#include "worker/measure/sample_book.h"

namespace benchhost::measure::test {
namespace {

/// A reporter without memory.
class FullReporter final : public Reporter {
 public:
  void send(protocol::Message) override { throw std::bad_alloc(); }
};

TEST_CASE("where memory ends a host function answers so and lets nothing through the plugin") {
  SimulatedClock clock;
  FullReporter reporter;
  std::atomic<std::uint32_t> cancelled{0};
  ServiceSetup setup;
  setup.clock = &clock;
  setup.reporter = &reporter;
  setup.cancelled = &cancelled;
  setup.cores = []() -> std::vector<CpuPlace> { throw std::bad_alloc(); };
  setup.metrics = {metric("time", protocol::Domain::host, protocol::MetricKind::time, true)};
  HostServices services(std::move(setup));
  const bh_host_t* const h = services.table();
  services.life().set(LifeState::preparing, Call::prepare);
  const auto said = [&](const char* function) {
    return std::strcmp(h->last_error(h), (std::string(function) + ": no memory").c_str()) == 0;
  };
  const bh_work_t item{"items", 1};
  CHECK(h->work(h, &item, 1) == BH_E_NO_MEMORY);
  CHECK(said("work"));
  CHECK(h->withhold(h, 0, "because") == BH_E_NO_MEMORY);
  CHECK(said("withhold"));
  bh_metric_t late{};
  late.struct_size = sizeof late;
  late.domain = BH_DOMAIN_NONE;
  late.kind = BH_KIND_COUNT;
  late.id = late.title = late.description = "late";
  late.unit = "{event}";
  std::uint32_t index = 77;
  CHECK(h->metric_declare(h, &late, &index) == BH_E_NO_MEMORY);
  CHECK(said("metric_declare"));
  CHECK(index == 77);
  CHECK(services.samples().metrics().size() == 1);
  bh_team_request_t request{};
  request.struct_size = sizeof request;
  request.count = 1;
  bh_team_t* team = nullptr;
  CHECK(h->team_open(h, &request, &team) == BH_E_NO_MEMORY);
  CHECK(said("team_open"));
  CHECK(team == nullptr);
  h->log(h, BH_LOG_INFO, "line");
  CHECK(said("log"));
  h->progress(h, 1, 2, "text");
  CHECK(said("progress"));
  CHECK(services.violation().empty());
}

protocol::MetricRecord labelled(protocol::Domain domain) {
  auto m = metric("labelled", domain, protocol::MetricKind::time, false);
  m.labelled = true;
  return m;
}

TEST_CASE("labels of a cycle end at their number, keep their order and may be given again") {
  SampleBook book({labelled(protocol::Domain::none)}, 3);
  for (const char* label : {"c", "a", "b"}) CHECK_FALSE(book.report_labelled(0, label, 1, false));
  const auto refusal = book.report_labelled(0, "d", 1, false);
  REQUIRE(refusal);
  CHECK(refusal->status == BH_E_ARGUMENT);
  CHECK(std::string(refusal->text).find("BH_MAX_CASES") != std::string::npos);
  CHECK_FALSE(book.report_labelled(0, "c", 5, false));
  book.end_cycle(0, true);
  // The next cycle has the same three and no other.
  CHECK_FALSE(book.report_labelled(0, "a", 2, false));
  CHECK(book.report_labelled(0, "e", 2, false));
  book.end_cycle(1, true);
  CollectingReporter reporter;
  book.send(reporter);
  std::vector<std::string> labels;
  for (const auto& s : reporter.all<protocol::Segment>()) labels.push_back(s.label);
  CHECK(labels == std::vector<std::string>{"c", "a", "b"});
  CHECK(reporter.all<protocol::Segment>()[0].reals == std::vector<double>{5});
  CHECK(reporter.all<protocol::Segment>()[1].reals == std::vector<double>{1, 2});
}

TEST_CASE("labels that a cycle gave and that were dropped with it take no room") {
  SampleBook book({labelled(protocol::Domain::none)}, 2);
  for (const char* label : {"a", "b"}) CHECK_FALSE(book.report_labelled(0, label, 1, false));
  book.end_cycle(0, false);
  for (const char* label : {"c", "d"}) CHECK_FALSE(book.report_labelled(0, label, 1, false));
}

TEST_CASE("values of labels too many in a batch are counted as they are dropped") {
  SampleBook book({labelled(protocol::Domain::self)}, 2);
  for (std::uint64_t batch = 0; batch < 3; ++batch) {
    for (const char* label : {"a", "b", "c"}) CHECK_FALSE(book.report_labelled(0, label, 1, true));
    book.end_batch(batch, 1, true);
  }
  CHECK(book.dropped() == 3);
  CollectingReporter reporter;
  book.send(reporter);
  CHECK(reporter.all<protocol::Segment>().size() == 2);
}

TEST_CASE("a hundred thousand labels of a cycle are taken in time that grows as their number") {
  SampleBook book({labelled(protocol::Domain::none)});
  for (int i = 0; i < 100'000; ++i) REQUIRE_FALSE(book.report_labelled(0, std::to_string(i), i, false));
  for (int i = 0; i < 100'000; ++i) REQUIRE_FALSE(book.report_labelled(0, std::to_string(i), -i, false));
  book.end_cycle(0, true);
  CollectingReporter reporter;
  book.send(reporter);
  CHECK(reporter.messages.size() == 100'000);
}

}  // namespace
}  // namespace benchhost::measure::test
