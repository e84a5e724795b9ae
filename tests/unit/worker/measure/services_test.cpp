// The host's table: what it gives, and what misuse of it costs.
#include <doctest/doctest.h>

#include <cstring>

#if defined(__linux__)
#include <sys/prctl.h>
#include <unistd.h>
#endif

#include "common/platform/affinity.h"
#include "simulation.h"
#include "worker/measure/host_services.h"
#include "worker/measure/random_fill.h"

namespace benchhost::measure::test {
namespace {

using protocol::Outcome;
using protocol::Quantity;
using protocol::SegmentPhase;

/// A quick case whose body does something in one call.
struct Misuse {
  std::string call;
  std::string function;
  std::function<bool(const bh_host_t*)> act;  ///< true: the answer was the refusal
};

bh_metric_t late_metric(const char* id) {
  bh_metric_t m{};
  m.struct_size = sizeof m;
  m.domain = BH_DOMAIN_NONE;
  m.kind = BH_KIND_COUNT;
  m.id = id;
  m.title = "Counter";
  m.unit = "{event}";
  m.description = "events";
  return m;
}

void quick(Simulation& sim) {
  sim.body.cost_ns = 1e6;
  sim.job.plan.time_budget_ns = 1'000'000'000;
  sim.job.plan.max_batches = 10;
}

TEST_CASE("a function called out of its state answers a refusal and makes the case a protocol error") {
  const std::vector<Misuse> rows = {
      {"run", "log", [](const bh_host_t* h) { return h->log(h, BH_LOG_INFO, "x"), true; }},
      {"run", "extension", [](const bh_host_t* h) { return h->extension(h, BH_EXT_DEVICE) == nullptr; }},
      {"run", "progress", [](const bh_host_t* h) { return h->progress(h, 1, 2, "x"), true; }},
      {"run", "sleep_until", [](const bh_host_t* h) { return h->sleep_until(h, 1 << 30) > 0; }},
      {"run", "work", [](const bh_host_t* h) { return h->work(h, nullptr, 0) == BH_E_STATE; }},
      {"run", "withhold", [](const bh_host_t* h) { return h->withhold(h, 0, "x") == BH_E_STATE; }},
      {"run", "random_fill",
       [](const bh_host_t* h) {
         char b[8];
         return h->random_fill(h, 0, 0, b, 8), true;
       }},
      {"run", "memory_take",
       [](const bh_host_t* h) {
         bh_memory_t m{};
         m.struct_size = sizeof m;
         m.size_bytes = 8;
         return h->memory_take(h, &m) == BH_E_STATE && m.data == nullptr;
       }},
      {"run", "memory_free",
       [](const bh_host_t* h) {
         int x = 0;
         return h->memory_free(h, &x), true;
       }},
      {"run", "attach", [](const bh_host_t* h) { return h->attach(h, "a", "text/plain", "x", 1) == BH_E_STATE; }},
      {"verify", "metric_declare",
       [](const bh_host_t* h) {
         const bh_metric_t m = late_metric("late");
         std::uint32_t index = 0;
         return h->metric_declare(h, &m, &index) == BH_E_STATE;
       }},
      {"verify", "recorder_open",
       [](const bh_host_t* h) {
         bh_recorder_request_t r{};
         r.struct_size = sizeof r;
         bh_recorder_t* out = reinterpret_cast<bh_recorder_t*>(8);
         return h->recorder_open(h, &r, &out) == BH_E_STATE && out == nullptr;
       }},
      {"verify", "team_open",
       [](const bh_host_t* h) {
         bh_team_request_t r{};
         r.struct_size = sizeof r;
         r.count = 1;
         bh_team_t* out = reinterpret_cast<bh_team_t*>(8);
         return h->team_open(h, &r, &out) == BH_E_STATE && out == nullptr;
       }},
      {"teardown", "report", [](const bh_host_t* h) { return h->report(h, 0, 1) == BH_E_STATE; }},
      {"prepare", "report_rate", [](const bh_host_t* h) { return h->report_rate(h, 0, 1, 1) == BH_E_STATE; }},
      {"create", "attach", [](const bh_host_t* h) { return h->attach(h, "a", "text/plain", "x", 1) == BH_E_STATE; }},
      {"destroy", "report_labelled", [](const bh_host_t* h) { return h->report_labelled(h, 0, "l", 1) == BH_E_STATE; }},
  };
  for (const Misuse& row : rows) {
    CAPTURE(row.call);
    CAPTURE(row.function);
    Simulation sim(20);
    quick(sim);
    // In a queue run nothing but what is tagged timed is allowed.
    sim.benchmark.metrics.push_back(metric("device_time", protocol::Domain::queue, protocol::MetricKind::time, false));
    bool refused = true;
    sim.body.on = [&](const std::string& call, const bh_host_t* host) {
      if (call == row.call)
        refused = row.act(host) && std::strstr(host->last_error(host), row.function.c_str()) != nullptr && refused;
      return BH_OK;
    };
    const auto end = sim.run();
    CHECK(refused);
    CHECK(end.outcome == Outcome::protocol_error);
    CHECK(end.code == "BH0302");
    CHECK(end.reason.find(row.function) != std::string::npos);
  }
}

TEST_CASE("the tables of a host that has grown say so, and work as they did") {
  Simulation sim;
  ServiceSetup setup;
  setup.clock = &sim.clock;
  setup.reporter = &sim.reporter;
  setup.cancelled = &sim.cancelled;
  CHECK(HostServices(setup).table()->struct_size == sizeof(bh_host_t));
  setup.grown = true;
  HostServices grown(setup);
  const bh_host_t* const host = grown.table();
  CHECK(host->struct_size > sizeof(bh_host_t));
  grown.life().set(LifeState::preparing, Call::prepare);
  bh_memory_t memory{};
  memory.struct_size = sizeof memory;
  memory.size_bytes = 64;
  memory.node = BH_NODE_ANY;
  REQUIRE(host->memory_take(host, &memory) == BH_OK);
  host->memory_free(host, memory.data);
  CHECK(grown.violation().empty());
}

TEST_CASE("memory may be taken and given back inside a run without a queue") {
  Simulation sim(20);
  quick(sim);
  sim.body.in_run = [](const bh_batch_t&, const bh_host_t* h) {
    bh_memory_t m{};
    m.struct_size = sizeof m;
    m.size_bytes = 4096;
    m.node = BH_NODE_ANY;
    CHECK(h->memory_take(h, &m) == BH_OK);
    h->memory_free(h, m.data);
    CHECK(h->extension(h, "vendor.other/1") == nullptr);
  };
  CHECK(sim.run().outcome == Outcome::passed);
  REQUIRE(sim.reporter.all<protocol::Log>().size() == 1);
  CHECK(sim.reporter.all<protocol::Log>()[0].text.find("tagged slow") != std::string::npos);
}

TEST_CASE("memory that was not granted, or was given back before, is a protocol error") {
  Simulation sim(20);
  quick(sim);
  int local = 0;
  sim.body.on = [&](const std::string& call, const bh_host_t* host) {
    if (call == "prepare") host->memory_free(host, &local);
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::protocol_error);
}

TEST_CASE("memory is zeroed, aligned and touched; what is left at teardown is taken back and flagged") {
  Simulation sim(20);
  quick(sim);
  sim.body.on = [&](const std::string& call, const bh_host_t* host) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    for (const std::uint64_t alignment :
         {std::uint64_t{0}, std::uint64_t{64}, std::uint64_t{4096}, std::uint64_t{1} << 21}) {
      bh_memory_t m{};
      m.struct_size = sizeof m;
      m.size_bytes = 100'000;
      m.alignment_bytes = alignment;
      m.node = BH_NODE_ANY;
      REQUIRE(host->memory_take(host, &m) == BH_OK);
      CHECK(reinterpret_cast<std::uintptr_t>(m.data) % std::max<std::uint64_t>(64, alignment) == 0);
      const auto* bytes = static_cast<const unsigned char*>(m.data);
      for (std::size_t i = 0; i < m.size_bytes; i += 999) CHECK(bytes[i] == 0);
      if (alignment != 64) host->memory_free(host, m.data);
    }
    bh_memory_t huge{};
    huge.struct_size = sizeof huge;
    huge.size_bytes = 5 << 20;
    huge.flags = BH_MEMORY_HUGE;
    huge.node = 0;
    REQUIRE(host->memory_take(host, &huge) == BH_OK);
    std::memset(huge.data, 1, huge.size_bytes);
    host->memory_free(host, huge.data);
    host->memory_free(host, nullptr);
    bh_memory_t bad{};
    bad.struct_size = sizeof bad;
    bad.size_bytes = 8;
    bad.alignment_bytes = 48;
    CHECK(host->memory_take(host, &bad) == BH_E_ARGUMENT);
    bad.alignment_bytes = 0;
    bad.size_bytes = std::uint64_t{1} << 60;
    CHECK(host->memory_take(host, &bad) == BH_E_NO_MEMORY);
    bh_memory_t unset{};
    CHECK(host->memory_take(host, &unset) == BH_E_ARGUMENT);
    return BH_OK;
  };
  const auto end = sim.run();
  CHECK(end.outcome == Outcome::passed);
  CHECK(std::find(end.flags.begin(), end.flags.end(), "leaked") != end.flags.end());
}

bh_status_t open_team(const bh_host_t* host, std::uint32_t count, std::uint32_t pin, bh_team_t** team) {
  bh_team_request_t request{};
  request.struct_size = sizeof request;
  request.count = count;
  request.pin = pin;
  return host->team_open(host, &request, team);
}

TEST_CASE("teams hold the control thread on member 0's CPU until teardown, and give it back then") {
  const std::vector<unsigned> before = platform::allowed_cpus().value();
  const unsigned last = before.back();
  Simulation sim(20);
  quick(sim);
  sim.cores = {{last, 0, 0}};
  sim.body.on = [&](const std::string& call, const bh_host_t* host) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    bh_team_t* loose = nullptr;
    bh_team_t* pinned = nullptr;
    bh_team_t* too_many = reinterpret_cast<bh_team_t*>(8);
    REQUIRE(open_team(host, 1, BH_PIN_HOST, &pinned) == BH_OK);
    CHECK(host->team_cpu(pinned, 0) == static_cast<std::int32_t>(last));
    CHECK(platform::allowed_cpus().value() == std::vector<unsigned>{last});
    REQUIRE(open_team(host, 3, BH_PIN_NONE, &loose) == BH_OK);
    CHECK(platform::allowed_cpus().value() == std::vector<unsigned>{last});
    CHECK(open_team(host, 2, BH_PIN_HOST, &too_many) == BH_E_ARGUMENT);
    CHECK(too_many == nullptr);
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::passed);
  CHECK(platform::allowed_cpus().value() == before);
}

TEST_CASE("before a cold batch every member of a pinned team empties its caches, and nobody of another one") {
  Simulation sim(20);
  sim.cores = {{platform::allowed_cpus().value().front(), 0, 0}};
  ServiceSetup setup;
  setup.clock = &sim.clock;
  setup.reporter = &sim.reporter;
  setup.cancelled = &sim.cancelled;
  setup.cores = [&] { return sim.cores; };
  HostServices services(std::move(setup));
  services.life().set(LifeState::preparing, Call::prepare);
  bh_team_t* pinned = nullptr;
  bh_team_t* loose = nullptr;
  REQUIRE(open_team(services.table(), 1, BH_PIN_HOST, &pinned) == BH_OK);
  REQUIRE(open_team(services.table(), 3, BH_PIN_NONE, &loose) == BH_OK);
  int calls = 0;
  services.on_pinned_teams([&] { ++calls; });
  CHECK(calls == 1);
  static_cast<void>(services.end_cycle(0, false));
}

TEST_CASE("a barrier outside a run of its team, and a run inside one, are protocol errors") {
  for (const bool nested : {false, true}) {
    CAPTURE(nested);
    Simulation sim(20);
    quick(sim);
    sim.body.on = [&](const std::string& call, const bh_host_t* host) -> bh_status_t {
      if (call != "prepare") return BH_OK;
      struct Both {
        const bh_host_t* host;
        bh_team_t* team;
        int inner = 0;
      } both{host, nullptr};
      REQUIRE(open_team(host, 1, BH_PIN_NONE, &both.team) == BH_OK);
      if (!nested) {
        host->team_barrier(both.team);
        return BH_OK;
      }
      host->team_run(
          both.team,
          [](void* argument, std::uint32_t) {
            auto& b = *static_cast<Both*>(argument);
            b.host->team_run(
                b.team, [](void* inner, std::uint32_t) { ++*static_cast<int*>(inner); }, &b.inner);
          },
          &both);
      CHECK(both.inner == 0);
      return BH_OK;
    };
    const auto end = sim.run();
    CHECK(end.outcome == Outcome::protocol_error);
    CHECK(end.reason.find(nested ? "team_run" : "team_barrier") != std::string::npos);
  }
}

#if defined(__linux__)
TEST_CASE("huge pages that must be had are there, or the memory is refused") {
  // Sees what a system without transparent huge pages gives: reserved ones may still be granted.
  for (const bool forbidden : {false, true}) {
    CAPTURE(forbidden);
    REQUIRE(prctl(PR_SET_THP_DISABLE, forbidden ? 1 : 0, 0, 0, 0) == 0);
    Simulation sim(20);
    quick(sim);
    sim.body.on = [&](const std::string& call, const bh_host_t* host) -> bh_status_t {
      if (call != "prepare") return BH_OK;
      bh_memory_t m{};
      m.struct_size = sizeof m;
      m.size_bytes = (5u << 20) + 12345;
      m.flags = BH_MEMORY_HUGE_OR_FAIL;
      m.node = BH_NODE_ANY;
      const bh_status_t status = host->memory_take(host, &m);
      CHECK(bool(status == BH_OK || status == BH_E_UNSUPPORTED));
      CHECK((status == BH_OK) == (m.data != nullptr));
      if (status == BH_OK) CHECK(m.page_bytes == 2u << 20);
      if (status != BH_OK) CHECK(std::strstr(host->last_error(host), "huge pages") != nullptr);
      m.flags = BH_MEMORY_HUGE;
      REQUIRE(host->memory_take(host, &m) == BH_OK);
      if (forbidden && status != BH_OK) CHECK(m.page_bytes == static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
      return BH_OK;
    };
    CHECK(sim.run().outcome == Outcome::passed);
  }
  REQUIRE(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0) == 0);
}
#endif

TEST_CASE("memory over the limit of the case is refused and a block that was given back counts no more") {
  Simulation sim(20);
  quick(sim);
  sim.job.memory_limit_bytes = 1'000'000;
  sim.body.on = [&](const std::string& call, const bh_host_t* host) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    bh_memory_t m{};
    m.struct_size = sizeof m;
    m.node = BH_NODE_ANY;
    m.size_bytes = 900'000;
    REQUIRE(host->memory_take(host, &m) == BH_OK);
    bh_memory_t more = m;
    CHECK(host->memory_take(host, &more) == BH_E_NO_MEMORY);
    CHECK(more.data == nullptr);
    host->memory_free(host, m.data);
    CHECK(host->memory_take(host, &more) == BH_OK);
    host->memory_free(host, more.data);
    return BH_OK;
  };
  CHECK(sim.run().flags == std::vector<std::string>{});
}

TEST_CASE("reported values keep their batch, warm-up drops them, and bad ones are refused") {
  Simulation sim(20);
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true),
                           metric("rate", protocol::Domain::self, protocol::MetricKind::rate, false),
                           metric("layer", protocol::Domain::self, protocol::MetricKind::time, false),
                           metric("load", protocol::Domain::none, protocol::MetricKind::time, false),
                           metric("host", protocol::Domain::host, protocol::MetricKind::time, false)};
  sim.benchmark.metrics[2].labelled = true;
  quick(sim);
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t* h) {
    const double i = static_cast<double>(batch.index);
    CHECK(h->report(h, 0, i) == BH_OK);
    CHECK(h->report(h, 0, i + 0.5) == BH_OK);
    CHECK(h->report_rate(h, 1, 10 * i + 1, 1e9) == BH_OK);
    CHECK(h->report_labelled(h, 2, "conv", i) == BH_OK);
    CHECK(h->report_labelled(h, 2, "relu", -i) == BH_OK);
    CHECK(h->report(h, 0, std::nan("")) == BH_E_ARGUMENT);
    CHECK(h->report(h, 0, INFINITY) == BH_E_ARGUMENT);
    CHECK(h->report(h, 1, 1) == BH_E_ARGUMENT);
    CHECK(h->report(h, 2, 1) == BH_E_ARGUMENT);
    CHECK(h->report(h, 3, 1) == BH_E_ARGUMENT);
    CHECK(h->report(h, 4, 1) == BH_E_ARGUMENT);
    CHECK(h->report(h, 99, 1) == BH_E_ARGUMENT);
    CHECK(h->report_rate(h, 1, 1, 0) == BH_E_ARGUMENT);
    CHECK(h->report_labelled(h, 0, "x", 1) == BH_E_ARGUMENT);
    CHECK(h->report_labelled(h, 2, "", 1) == BH_E_ARGUMENT);
  };
  sim.body.on = [](const std::string& call, const bh_host_t* h) {
    if (call == "prepare") CHECK(h->report(h, 3, 7) == BH_OK);
    if (call == "process") CHECK(h->report(h, 3, 9) == BH_OK);
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::passed);
  std::vector<std::pair<std::uint64_t, double>> latency;
  for (const auto& s : sim.segments(Quantity::reported, SegmentPhase::measure)) {
    if (s.metric != "latency") continue;
    for (std::size_t i = 0; i < s.reals.size(); ++i) latency.emplace_back(s.first_batch + i * s.batch_step, s.reals[i]);
  }
  REQUIRE(latency.size() == 20);
  for (std::size_t i = 0; i < latency.size(); ++i) {
    CHECK(latency[i].second == static_cast<double>(latency[i].first) + (i % 2 == 0 ? 0 : 0.5));
  }
  CHECK(sim.segments(Quantity::amount, SegmentPhase::measure).at(0).reals.size() == 10);
  CHECK(sim.segments(Quantity::recorded, SegmentPhase::measure).at(0).integers.at(0) == 1'000'000'000);
  std::vector<std::string> labels;
  for (const auto& s : sim.segments(Quantity::reported, SegmentPhase::measure)) {
    if (s.metric == "layer") labels.push_back(s.label);
  }
  CHECK(labels == std::vector<std::string>{"conv", "relu"});
  const auto cycle = sim.segments(Quantity::reported, SegmentPhase::process);
  REQUIRE(cycle.size() == 1);
  CHECK(cycle[0].reals == std::vector<double>{9});
}

TEST_CASE("raw recorders keep order and room, histograms count, and both drop warm-up") {
  Simulation sim(20);
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true)};
  sim.benchmark.batch_min = 3;
  quick(sim);
  bh_recorder_t* raw = nullptr;
  bh_recorder_t* counts = nullptr;
  sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    bh_recorder_request_t r{};
    r.struct_size = sizeof r;
    r.mode = BH_RECORD_RAW;
    r.index = 5;
    r.capacity = 1;
    REQUIRE(h->recorder_open(h, &r, &raw) == BH_OK);
    r.mode = BH_RECORD_HISTOGRAM;
    r.index = 6;
    REQUIRE(h->recorder_open(h, &r, &counts) == BH_OK);
    r.metric = 9;
    bh_recorder_t* none = nullptr;
    CHECK(h->recorder_open(h, &r, &none) == BH_E_ARGUMENT);
    return BH_OK;
  };
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t* h) {
    // Room for three, and a fourth that goes to the histogram.
    for (std::int64_t i = 0; i < 4; ++i) h->record(raw, static_cast<std::int64_t>(batch.index) * 10 + i);
    h->record(raw, -1);
    h->record(counts, 1000);
    h->record(counts, 3000);
  };
  CHECK(sim.run().outcome == Outcome::passed);
  std::uint64_t batches = 0;
  for (const auto& s : sim.segments(Quantity::recorded, SegmentPhase::measure)) {
    CHECK(s.index == 5);
    CHECK(s.batch_step == 0);
    const auto base = static_cast<std::int64_t>(s.first_batch) * 10;
    CHECK(s.integers == std::vector<std::int64_t>{base, base + 1, base + 2});
    ++batches;
  }
  CHECK(batches == 10);
  const auto histograms = sim.reporter.all<protocol::RecorderHistogram>();
  REQUIRE(histograms.size() == 2);
  CHECK(histograms[0].index == 5);
  CHECK(histograms[0].count == 10);
  CHECK(histograms[1].count == 20);
  CHECK(histograms[1].sum == 40'000);
  CHECK(histograms[1].least == 1000);
  CHECK(histograms[1].greatest == 3000);
  CHECK(histograms[1].buckets.size() == 2);
}

TEST_CASE("recording outside run is a protocol error") {
  Simulation sim(20);
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true)};
  quick(sim);
  bh_recorder_t* raw = nullptr;
  sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
    bh_recorder_request_t r{};
    r.struct_size = sizeof r;
    r.capacity = 1;
    if (call == "prepare") REQUIRE(h->recorder_open(h, &r, &raw) == BH_OK);
    if (call == "finish_batch") h->record(raw, 1);
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::protocol_error);
}

TEST_CASE("a recorder that wants more memory than there is ends the case as out of memory") {
  Simulation sim(20);
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true)};
  bh_recorder_t* raw = nullptr;
  sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
    bh_recorder_request_t r{};
    r.struct_size = sizeof r;
    r.capacity = std::uint64_t{1} << 60;
    return call == "prepare" ? h->recorder_open(h, &r, &raw) : BH_OK;
  };
  const auto end = sim.run();
  CHECK(end.outcome == Outcome::out_of_memory);
  CHECK(sim.body.trace == std::vector<std::string>{"create", "prepare", "teardown", "destroy"});
}

TEST_CASE("late metrics are told once, mean one thing for ever, and are never primary or taken by the host") {
  Simulation sim(20);
  sim.benchmark.batch = protocol::BatchPolicy::once;
  quick(sim);
  sim.body.on = [](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    std::uint32_t index = 99;
    bh_metric_t m = late_metric("pages");
    CHECK(h->metric_declare(h, &m, &index) == BH_OK);
    CHECK(index == 1);
    CHECK(h->report(h, index, 5) == BH_OK);
    m.title = "Another";
    CHECK(h->metric_declare(h, &m, &index) == BH_E_ARGUMENT);
    m = late_metric("first");
    m.flags = BH_METRIC_PRIMARY;
    CHECK(h->metric_declare(h, &m, &index) == BH_E_ARGUMENT);
    m = late_metric("second");
    m.domain = BH_DOMAIN_HOST;
    CHECK(h->metric_declare(h, &m, &index) == BH_E_ARGUMENT);
    m = late_metric("third");
    m.unit = "furlong";
    CHECK(h->metric_declare(h, &m, &index) == BH_E_ARGUMENT);
    CHECK(std::strstr(h->last_error(h), "furlong") != nullptr);
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::passed);
  const auto declared = sim.reporter.all<protocol::MetricDeclared>();
  REQUIRE(declared.size() == 1);
  CHECK(declared[0].index == 1);
  CHECK(declared[0].metric.declared_late);
}

TEST_CASE("work is stated by known keys, each once, finite and not negative") {
  Simulation sim(20);
  quick(sim);
  sim.body.on = [](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    const bh_work_t good[] = {{"bytes.read", 16}, {"ops.fp64", 2.5}, {"items.tokens", 0}};
    CHECK(h->work(h, good, 3) == BH_OK);
    for (const bh_work_t bad : {bh_work_t{"bytes", 1}, bh_work_t{"ops.fp128", 1}, bh_work_t{"items", -1},
                                bh_work_t{"items", std::nan("")}, bh_work_t{nullptr, 1}}) {
      CHECK(h->work(h, &bad, 1) == BH_E_ARGUMENT);
    }
    const bh_work_t twice[] = {{"items", 1}, {"items", 1}};
    CHECK(h->work(h, twice, 2) == BH_E_ARGUMENT);
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::passed);
  REQUIRE(sim.reporter.all<protocol::Work>().size() == 1);
  CHECK(sim.reporter.all<protocol::Work>()[0].items.size() == 3);
}

TEST_CASE("a withheld metric is told with its reason and is not measured") {
  Simulation sim(20);
  quick(sim);
  sim.body.on = [](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    CHECK(h->withhold(h, 0, "") == BH_E_ARGUMENT);
    CHECK(h->withhold(h, 7, "no such thing") == BH_E_ARGUMENT);
    return h->withhold(h, 0, "pageable memory has no such time");
  };
  CHECK(sim.run().outcome == Outcome::passed);
  REQUIRE(sim.reporter.all<protocol::Withheld>().size() == 1);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::fit) == 0);
}

TEST_CASE("attached files are kept under their names up to the limit") {
  Simulation sim(20);
  quick(sim);
  sim.body.on = [](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    CHECK(h->attach(h, "plan.json", "application/json", "{}", 2) == BH_OK);
    CHECK(h->attach(h, "plan.json", "application/json", "{}", 2) == BH_E_ARGUMENT);
    for (const char* name : {"", "..", "a/b", "a\\b", "a\nb"})
      CHECK(h->attach(h, name, "text/plain", "x", 1) == BH_E_ARGUMENT);
    const std::string large(kMaxArtefactBytes + 1, 'x');
    CHECK(h->attach(h, "large", "text/plain", large.data(), large.size()) == BH_E_IO);
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::passed);
  const auto files = sim.reporter.all<protocol::Artefact>();
  REQUIRE(files.size() == 1);
  CHECK(files[0].data == "{}");
}

TEST_CASE("random bytes follow the published formula from any offset") {
  // Words computed by the formula of host.h in another language (Python integers).
  CHECK(random_word(0, 0, 0) == 0xa706dd2f4d197e6fu);
  CHECK(random_word(42, 3, 1000) == 0xbf7060ef05ef9a3cu);
  unsigned char whole[80];
  unsigned char part[37];
  random_fill(42, 3, 0, whole, sizeof whole);
  random_fill(42, 3, 16, part, sizeof part);
  CHECK(std::memcmp(whole + 16, part, sizeof part) == 0);
  std::uint64_t word = 0;
  std::memcpy(&word, whole + 24, 8);
  CHECK(word == random_word(42, 3, 3));
}

TEST_CASE("sleeping ends at its time or when the case is cancelled") {
  Simulation sim(20);
  quick(sim);
  std::int64_t asked = 0;
  std::int64_t woke = 0;
  sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call == "teardown") {
      sim.cancelled = 1;
      const std::int64_t now = h->now_ns(h);
      CHECK(h->sleep_until(h, now + 1'000'000'000) == now);
    }
    if (call != "prepare") return BH_OK;
    asked = h->now_ns(h);
    woke = h->sleep_until(h, asked);
    return BH_OK;
  };
  sim.run();
  CHECK(woke == asked);
}

TEST_CASE("lines of a plugin are capped and counted") {
  Simulation sim(20);
  quick(sim);
  sim.body.on = [](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call == "prepare") {
      for (int i = 0; i < 5000; ++i) h->log(h, BH_LOG_INFO, "line");
      h->log(h, 77, nullptr);
    }
    return BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::passed);
  CHECK(sim.reporter.all<protocol::Log>().size() == kMaxLogLines + 1);
  CHECK(sim.reporter.all<protocol::Log>().back().text.find("4001") != std::string::npos);
}

}  // namespace
}  // namespace benchhost::measure::test
