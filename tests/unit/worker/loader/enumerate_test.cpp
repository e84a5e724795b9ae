// Cases from outside a plugin's file.
#include <doctest/doctest.h>

#include <benchhost/host.h>

#include "plugin_tables.h"
#include "support/fake_clock.h"
#include "worker/loader/enumerate.h"

namespace benchhost::loader::test {
namespace {

struct Enumerated {
  Result<EnumerateEnd> end = make_error("", "not run");
  std::vector<protocol::FoundCase> found;
  std::vector<std::string> lines;
  int signs = 0;
};

/// What the plugin's enumerate does; a plain function leads to it.
std::function<bh_status_t(const bh_host_t*, const bh_enumerate_t*)>& script() {
  static std::function<bh_status_t(const bh_host_t*, const bh_enumerate_t*)> current;
  return current;
}

Enumerated enumerate(std::function<bh_status_t(const bh_host_t*, const bh_enumerate_t*)> body,
                     std::uint32_t cancelled = 0) {
  Tables t;
  t.plugin.enumerate = [](const bh_host_t* host, const bh_enumerate_t* sink) { return script()(host, sink); };
  script() = std::move(body);
  const auto record = t.read();
  REQUIRE(record.ok());
  Enumerated result;
  benchhost::test::FakeClock clock(100);
  const std::atomic<std::uint32_t> stop{cancelled};
  EnumerateServices services;
  services.clock = &clock;
  services.cancelled = &stop;
  services.scratch_dir = "/scratch";
  services.log = [&](std::uint32_t, std::string_view text) { result.lines.emplace_back(text); };
  services.progress = [&](std::uint64_t, std::uint64_t, std::string_view) { ++result.signs; };
  services.found = [&](protocol::FoundCase found) { result.found.push_back(std::move(found)); };
  result.end = enumerate_cases(t.plugin, BH_ABI_VERSION, *record, std::move(services));
  return result;
}

bh_case_t a_case(const char* input) {
  bh_case_t c{};
  c.struct_size = sizeof c;
  c.input = input;
  return c;
}

TEST_CASE("cases are copied with their values, title and digest") {
  const auto result = enumerate([](const bh_host_t* host, const bh_enumerate_t* sink) {
    host->log(host, BH_LOG_INFO, "looking");
    CHECK(std::string(host->scratch_dir) == "/scratch");
    CHECK(host->asset_dir == nullptr);
    bh_case_t one = a_case("bench/BM_Sort<int>/1024");
    one.content_digest = "sha256:00ff";
    const bh_value_t values[] = {BH_UINT(128), BH_NONE};
    one.values = values;
    one.value_count = 2;
    CHECK(sink->add(sink, &one) == BH_OK);
    const bh_case_t two = a_case("bench/other");
    return sink->add(sink, &two);
  });
  REQUIRE(result.end.ok());
  CHECK(result.end->status == BH_OK);
  CHECK(result.end->cases == 2);
  REQUIRE(result.found.size() == 2);
  CHECK(result.found[0].title == "bench/BM_Sort<int>/1024");
  CHECK(result.found[0].values.at(0) == protocol::uint_value(128));
  CHECK(result.found[0].values.at(1).type == protocol::ValueType::none);
  CHECK(result.lines == std::vector<std::string>{"looking"});
}

TEST_CASE("lines and life signs without end are cut off") {
  const auto result = enumerate([](const bh_host_t* host, const bh_enumerate_t*) {
    for (std::uint64_t i = 0; i < 5000; ++i) {
      host->log(host, BH_LOG_INFO, "again");
      host->progress(host, i, 5000, "looking");
    }
    return BH_OK;
  });
  CHECK(result.lines.size() == 1001);
  CHECK(result.lines.back() == "more lines of the plugin are dropped");
  CHECK(result.signs == 1);  // the clock of the test stands still
}

TEST_CASE("a case that breaks a rule is refused to the plugin and others may follow") {
  const auto result = enumerate([](const bh_host_t* host, const bh_enumerate_t* sink) {
    const bh_value_t low[] = {BH_UINT(1)};
    const bh_value_t three[] = {BH_NONE, BH_NONE, BH_NONE};
    std::vector<bh_case_t> bad(7, a_case("x"));
    bad[0].input = nullptr;
    bad[1].benchmark = 9;
    bad[2].struct_size = 8;
    bad[3].content_digest = "SHA256:FF";
    bad[4].values = low;
    bad[4].value_count = 1;
    bad[5].values = three;
    bad[5].value_count = 3;
    bad[6].input = "\xff";
    for (const bh_case_t& c : bad) {
      CHECK(sink->add(sink, &c) == BH_E_ARGUMENT);
      CHECK(std::string(host->last_error(host)) != "");
    }
    const bh_case_t good = a_case("x");
    CHECK(sink->add(sink, &good) == BH_OK);
    CHECK(sink->add(sink, &good) == BH_E_ARGUMENT);
    CHECK(std::string(host->last_error(host)).find("added before") != std::string::npos);
    return BH_OK;
  });
  CHECK(result.found.size() == 1);
  CHECK(result.end->violation == "");
}

TEST_CASE("functions that need an instance answer BH_E_STATE and are a violation") {
  const auto result = enumerate([](const bh_host_t* host, const bh_enumerate_t*) {
    CHECK(host->work(host, nullptr, 0) == BH_E_STATE);
    CHECK(host->report(host, 0, 1) == BH_E_STATE);
    bh_team_t* team = reinterpret_cast<bh_team_t*>(8);
    CHECK(host->team_open(host, nullptr, &team) == BH_E_STATE);
    CHECK(team == nullptr);
    bh_memory_t memory{};
    CHECK(host->memory_take(host, &memory) == BH_E_STATE);
    CHECK(host->extension(host, "benchhost.roles/1") == nullptr);
    CHECK(host->cancelled(host) == 0);
    CHECK(host->now_ns(host) > 0);
    return BH_OK;
  });
  CHECK(result.end->violation.find("work") != std::string::npos);
}

TEST_CASE("a failing enumerate gives its reason, a cancelled one stops adding, a throwing one is an error") {
  const auto failed = enumerate(
      [](const bh_host_t* host, const bh_enumerate_t*) { return host->fail(host, BH_E_NOT_FOUND, "no such folder"); });
  CHECK(failed.end->status == BH_E_NOT_FOUND);
  CHECK(failed.end->reason == "no such folder");
  const auto silent = enumerate([](const bh_host_t*, const bh_enumerate_t*) { return BH_E_IO; });
  CHECK(silent.end->reason == "no reason given");
  const auto stopped = enumerate(
      [](const bh_host_t* host, const bh_enumerate_t* sink) {
        CHECK(host->cancelled(host) == 1);
        const bh_case_t one = a_case("x");
        return sink->add(sink, &one);
      },
      1);
  CHECK(stopped.end->status == BH_E_CANCELLED);
  const auto thrown = enumerate([](const bh_host_t*, const bh_enumerate_t*) -> bh_status_t { throw 1; });
  CHECK_FALSE(thrown.end.ok());
}

}  // namespace
}  // namespace benchhost::loader::test
