// The C++ wrapper: typed values, exceptions as codes, memory and teams of the host.
#include "contract/sdk/driver/test_host.h"

#include <doctest/doctest.h>
#include <benchhost/plugin.hpp>

#include <atomic>
#include <string>
#include <utility>

namespace bb = benchhost;
using benchhost::contract::State;
using benchhost::contract::TestHost;

namespace {

constexpr bh_value_t kSizes[] = {BH_UINT(8), BH_UINT(64)};
constexpr bb::Param kParams[] = {bb::param("n", bb::u64(5), "x"),
                                 bb::param("delta", bb::i64(-3), "x"),
                                 bb::param("share", bb::f64(0.5), "x"),
                                 bb::param("on", bb::boolean(true), "x"),
                                 bb::param("name", bb::str("abc"), "x"),
                                 bb::param("type", bb::choice("fp64"), "x"),
                                 bb::param("sizes", bb::list(kSizes), "x").counts(1, 4)};

std::vector<bh_value_t> defaults() {
  std::vector<bh_value_t> values;
  for (const bb::Param& p : kParams) values.push_back(p.raw.default_value);
  return values;
}

struct Dummy : bb::Benchmark {
  static constexpr auto about = bb::about("org.x.dummy", "t", "d", BH_CATEGORY_OTHER);
  static constexpr bb::Metric metrics[] = {bb::time("t", "T", "x").primary()};
  explicit Dummy(const bb::Prepare&) {}
  void run(const bb::Batch&) override {}
};
struct WithVerify final : Dummy {
  using Dummy::Dummy;
  void verify(bb::Verdict&) override {}
};

}  // namespace

TEST_CASE("Values are found by name and given in their declared type") {
  const auto given = defaults();
  const bb::Values v(kParams, std::size(kParams), given.data(), given.size());
  CHECK(v.u64("n") == 5);
  CHECK(v.i64("delta") == -3);
  CHECK(v.f64("share") == 0.5);
  CHECK(v.boolean("on"));
  CHECK(v.str("name") == "abc");
  CHECK(v.choice("type") == "fp64");
  CHECK(v.u64s("sizes") == std::vector<std::uint64_t>{8, 64});
}

TEST_CASE("Asking for a value in another type or under another name throws and never answers 0") {
  const auto given = defaults();
  const bb::Values v(kParams, std::size(kParams), given.data(), given.size());
  CHECK_THROWS_AS(v.i64("n"), bb::Error);
  CHECK_THROWS_AS(v.f64("m"), bb::Error);
  CHECK_THROWS_AS(v.u64("sizes"), bb::Error);
  const bb::Values shorter(kParams, std::size(kParams), given.data(), 2);
  CHECK_THROWS_AS(shorter.f64("share"), bb::Error);
  try {
    v.i64("n");
  } catch (const bb::Error& error) {
    CHECK(error.code == BH_E_ARGUMENT);
    CHECK(std::string(error.what()).find("'n'") != std::string::npos);
  }
}

TEST_CASE("Builders fill the C structs") {
  constexpr auto p =
      bb::param("n", bb::u64(4), "d").range(bb::u64(1), bb::u64(9)).log2(bb::u64(1), bb::u64(8), 2, 3).added();
  static_assert(p.raw.struct_size == sizeof(bh_param_t));
  static_assert(p.raw.sweep == BH_SWEEP_LOG2 && p.raw.sweep_per_octave == 2 && p.raw.sweep_step.u == 3);
  static_assert(p.raw.minimum.u == 1 && p.raw.maximum.u == 9 && p.raw.flags == BH_PARAM_ADDED);
  constexpr auto m = bb::rate("r", "R", "By/s", "bytes", "d").noise_floor(0.5).primary().domain(BH_DOMAIN_QUEUE);
  static_assert(m.raw.kind == BH_KIND_RATE && m.raw.direction == BH_DIRECTION_HIGHER && m.raw.noise_floor_ratio == 0.5);
  static_assert(m.raw.domain == BH_DOMAIN_QUEUE && m.raw.flags == BH_METRIC_PRIMARY);
  constexpr auto a =
      bb::about("i", "t", "d", BH_CATEGORY_POOL).batch(BH_BATCH_COLD, 2, 3).flags(1).flags(4).revision(7);
  static_assert(a.raw.batch == BH_BATCH_COLD && a.raw.batch_min == 2 && a.raw.batch_max == 3 && a.raw.flags == 5);
  static_assert(a.raw.workload_revision == 7);
  CHECK(std::string(p.raw.name) == "n");
}

TEST_CASE("Metrics of the plugin's and the device's clock, and summaries by name, fill the C structs") {
  constexpr auto own = bb::self_time("t", "T", "d");
  static_assert(own.raw.domain == BH_DOMAIN_SELF && own.raw.kind == BH_KIND_TIME && own.raw.work == nullptr);
  constexpr auto rate = bb::self_rate("r", "R", "By/s", "d");
  static_assert(rate.raw.domain == BH_DOMAIN_SELF && rate.raw.kind == BH_KIND_RATE && rate.raw.work == nullptr);
  constexpr auto queue = bb::queue_rate("q", "Q", "By/s", "bytes", "d");
  static_assert(queue.raw.domain == BH_DOMAIN_QUEUE && queue.raw.work != nullptr);
  static_assert(bb::queue_time("q", "Q", "d").raw.domain == BH_DOMAIN_QUEUE);
  static constexpr bb::Metric metrics[] = {bb::time("a", "A", "d"), bb::time("b", "B", "d")};
  constexpr auto s =
      bb::summary(BH_SUMMARY_KNEE, "s", "S", "1", BH_DIRECTION_NONE, metrics, "b", kParams, "share", "d");
  static_assert(s.raw.metric == 1 && s.raw.parameter == 2 && s.raw.kind == BH_SUMMARY_KNEE);
  constexpr auto r = bb::role("r", "d").load().respawn().count("n").claim_cores("2");
  static_assert(r.raw.flags == (BH_ROLE_LOAD | BH_ROLE_MORTAL | BH_ROLE_RESPAWN));
  CHECK(std::string(r.raw.count) == "n");
}

TEST_CASE("The rules of descriptors hold in constant expressions") {
  using namespace bb::detail;
  for (const char* unit :
       {"1", "ns", "By", "By/s", "1/s", "J", "W", "Cel", "Hz", "{a.b_1}", "{x}/s", "By/{x}", "J/{x}"}) {
    CAPTURE(unit);
    CHECK(is_unit(unit));
  }
  for (const char* unit : {"", "MB/s", "s", "{}", "{X}", "{x}/S", "{x", "By/x", "J/", "/s", "ns/s"}) {
    CAPTURE(unit);
    CHECK_FALSE(is_unit(unit));
  }
  for (const char* id : {"a", "a.b", "a1_.b_2"}) CHECK(is_id(id));
  for (const char* id : {"", "A", "1a", "a..b", "a.", ".a", "a-b", "a.in", "true", "a b"}) {
    CAPTURE(id);
    CHECK_FALSE(is_id(id));
  }
  for (const char* s : {"mean", "median", "min", "max", "sum", "p50", "p99.9", "p100", "p0.1"}) CHECK(is_statistic(s));
  for (const char* s : {"", "p", "p.", "p.5", "p9.", "p9.9.9", "99", "p99x", "mode", "p0", "p0.0", "p101", "p100.1"})
    CHECK_FALSE(is_statistic(s));
  for (const char* k : {"items", "items.tokens", "bytes", "bytes.read", "ops.fp64", "ops"}) CHECK(is_work_key(k));
  for (const char* k : {"", "item", "items.", "items.a.b", "byte", "ops.fp128", "bytes.seen"})
    CHECK_FALSE(is_work_key(k));
  constexpr bb::Param outside[] = {bb::param("ok", bb::i64(-1), "x").range(bb::i64(-1), bb::i64(1)),
                                   bb::param("n", bb::i64(-2), "x").range(bb::i64(-1), bb::i64(1))};
  constexpr auto found = fault_of(outside, std::size(outside));
  static_assert(found.fault == Fault::param_default_is_outside_the_range && found.item == 1);
  constexpr auto none = fault_of(kParams, std::size(kParams));
  CHECK(none.fault == Fault::param_choices_are_missing_or_of_another_type);  // "type" names none
  CHECK(none.item == 5);
}

TEST_CASE("A foreign name becomes one part of an id, and no two become the same") {
  CHECK(bb::id_of("hits") == "n_hits");
  CHECK(bb::id_of("L1-misses") == "n__4c_1_2d_misses");
  CHECK(bb::id_of("") == "n_");
  CHECK(bb::id_of("\xc3\xbc") == "n__c3__bc_");
  CHECK(bb::id_of("_2d_") != bb::id_of("-"));
  CHECK(bb::detail::is_id(bb::id_of("true")));
  CHECK(bb::id_of(std::string(BH_MAX_ID - 2, 'a')).size() == BH_MAX_ID);
  CHECK_THROWS_AS(bb::id_of(std::string(BH_MAX_ID - 1, 'a')), bb::Error);
}

TEST_CASE("A sample reports values, rates and labels, and a refused one throws") {
  static constexpr bb::Metric metrics[] = {bb::self_time("t", "T", "d").primary(), bb::self_rate("r", "R", "By/s", "d"),
                                           bb::self_time("l", "L", "d").labelled()};
  bh_benchmark_t benchmark = bb::sized<bh_benchmark_t>();
  benchmark.metrics = {&metrics[0].raw, 3, sizeof(bb::Metric)};
  TestHost host;
  host.begin_case(&benchmark);
  host.set_state(State::timed);
  const bb::Sample time(host.table(), 0), rate(host.table(), 1), layer(host.table(), 2);
  time(5);
  rate.rate(100, 50);
  layer.labelled("first", 7);
  CHECK(host.reported.at("t") == std::vector<double>{5});
  CHECK(host.reported.at("r") == std::vector<double>{2e9});
  CHECK(host.labelled.at("l").at("first") == 7);
  CHECK(host.violations.empty());
  CHECK_THROWS_AS(rate(5), bb::Error);
  CHECK_THROWS_AS(time.rate(1, 0), bb::Error);
  CHECK_THROWS_AS(bb::Sample(host.table(), 9)(1), bb::Error);
}

TEST_CASE("A schedule sends every request, records it once, and ends when the host asks") {
  static constexpr bb::Metric metrics[] = {bb::self_time("t", "T", "d").primary()};
  bh_benchmark_t benchmark = bb::sized<bh_benchmark_t>();
  benchmark.metrics = {&metrics[0].raw, 1, sizeof(bb::Metric)};
  TestHost host;
  host.begin_case(&benchmark);
  host.set_state(State::preparing);
  bh_recorder_request_t request = bb::sized<bh_recorder_request_t>();
  bh_recorder_t* recorder = nullptr;
  REQUIRE(host.table()->recorder_open(host.table(), &request, &recorder) == BH_OK);
  host.set_state(State::timed);
  for (const std::uint64_t seed : {0, 5}) {
    CAPTURE(seed);
    bb::Arrivals arrivals(host.table(), 1e7, seed);
    int sent = 0;
    const std::uint64_t before = host.recorded("t");
    arrivals.run(100, recorder, [&] { ++sent; });
    CHECK(sent == 100);
    host.drop_reports(false);  // the batch ends: what was recorded in it counts
    CHECK(host.recorded("t") == before + 100);
  }
  host.cancel();
  bb::Arrivals arrivals(host.table(), 1e7, 0);
  CHECK_THROWS_AS(arrivals.run(1, recorder, [] { FAIL("a request was sent"); }), bb::Error);
  CHECK(host.violations.empty());
}

TEST_CASE("Hooks that are not overridden are absent from the table, those of a base class are present") {
  constexpr auto& plain = bb::detail::Binding<bb::Plugin<Dummy>, Dummy>::lifecycle;
  CHECK_FALSE(static_cast<bool>(plain.verify));
  CHECK_FALSE(static_cast<bool>(plain.prepare_batch));
  CHECK_FALSE(static_cast<bool>(plain.process));
  CHECK(static_cast<bool>(plain.run));
  CHECK(static_cast<bool>(bb::detail::Binding<bb::Plugin<WithVerify>, WithVerify>::lifecycle.verify));
}

TEST_CASE("What a benchmark throws becomes a code with its text, and throwing success is a failure") {
  TestHost host;
  host.set_state(State::prepared);
  using bb::detail::guarded;
  CHECK(guarded(host.table(), [] {}) == BH_OK);
  CHECK(guarded(host.table(), [] { throw bb::Error(BH_E_IO, "no file"); }) == BH_E_IO);
  CHECK(host.reason == "no file");
  CHECK(guarded(host.table(), [] { throw std::bad_alloc(); }) == BH_E_NO_MEMORY);
  CHECK(guarded(host.table(), [] { throw std::runtime_error("broken"); }) == BH_E_FAILED);
  CHECK(guarded(host.table(), [] { throw 7; }) == BH_E_FAILED);
  CHECK(guarded(host.table(), [] { throw bb::Error(BH_OK, "fine?"); }) == BH_E_FAILED);
  CHECK(host.violations.empty());
}

TEST_CASE("A verdict of an older host is not written past its end") {
  TestHost host;
  struct Checked final : Dummy {
    using Dummy::Dummy;
    void verify(bb::Verdict& verdict) override {
      verdict.checked = 9;
      verdict.what = "all";
    }
  };
  using Binding = bb::detail::Binding<bb::Plugin<Checked>, Checked>;
  bh_create_t create = bb::sized<bh_create_t>();
  create.benchmark = "org.x.dummy";
  void* self = nullptr;
  REQUIRE(Binding::lifecycle.create(host.table(), &create, &self) == BH_OK);
  bh_prepare_t args = bb::sized<bh_prepare_t>();
  REQUIRE(Binding::lifecycle.prepare(self, &args) == BH_OK);
  bh_verdict_t verdict{};
  verdict.what = "untouched";
  verdict.struct_size = offsetof(bh_verdict_t, what);  // as it was before `what` was appended
  CHECK(Binding::lifecycle.verify(self, &verdict) == BH_OK);
  CHECK(verdict.checked == 9);
  CHECK(std::string(verdict.what) == "untouched");
  verdict.struct_size = 8;
  CHECK(Binding::lifecycle.verify(self, &verdict) == BH_E_ARGUMENT);
  CHECK(Binding::lifecycle.teardown(self) == BH_OK);
  Binding::lifecycle.destroy(self);
}

TEST_CASE("Memory of the host has one owner and goes back with it") {
  TestHost host;
  host.set_state(State::preparing);
  {
    bb::Array<double> a(host.table(), 100);
    REQUIRE(a.size() == 100);
    CHECK(a[99] == 0.0);
    CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
    a[3] = 4.0;
    bb::Array<double> b(std::move(a));
    CHECK(b[3] == 4.0);
    CHECK(a.data() == nullptr);
    bb::Array<double> c(host.table(), 2);
    c = std::move(b);
    CHECK(c.size() == 100);
    CHECK(c[3] == 4.0);
  }
  host.fail_memory_at(1);
  CHECK_THROWS_AS(bb::Array<double>(host.table(), 1), bb::Error);
  CHECK_THROWS_AS(bb::Array<double>(host.table(), SIZE_MAX / 4), bb::Error);
  host.after_teardown();
  CHECK(host.leaked == 0);
  CHECK(host.violations.empty());
}

TEST_CASE("The first exception of a team's member arrives on the control thread after all have returned") {
  TestHost host;
  host.set_state(State::preparing);
  bh_team_request_t request = bb::sized<bh_team_request_t>();
  request.count = 4;
  bh_team_t* team = nullptr;
  REQUIRE(host.table()->team_open(host.table(), &request, &team) == BH_OK);
  std::atomic<int> ran{0};
  try {
    bb::run_team(host.table(), team, [&](std::uint32_t index) {
      ++ran;
      if (index == 2) throw bb::Error(BH_E_DEVICE, "member 2");
    });
    FAIL("nothing was thrown");
  } catch (const bb::Error& error) {
    CHECK(error.code == BH_E_DEVICE);
    CHECK(std::string(error.what()) == "member 2");
  }
  CHECK(ran == 4);
}
