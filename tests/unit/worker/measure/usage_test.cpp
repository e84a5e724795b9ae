// What a case used: stolen time, child processes, several cycles.
#include <doctest/doctest.h>

#include "common/platform/clock.h"
#include "common/platform/files.h"
#include "simulation.h"
#include "worker/measure/system_meter.h"
#include "worker/measure/usage_sum.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace benchhost::measure::test {
namespace {

using protocol::Quantity;
using protocol::SegmentPhase;

TEST_CASE("time that was stolen between batches is charged to none, and time stolen in one to that one") {
  for (const bool in_run : {false, true}) {
    CAPTURE(in_run);
    Simulation sim(20);
    sim.benchmark.batch = protocol::BatchPolicy::once;
    sim.body.cost_ns = 50e6;
    sim.job.plan.min_batches = 10;
    sim.job.plan.max_batches = 10;
    sim.job.plan.time_budget_ns = 10'000'000'000;
    const auto steal = [&] {
      sim.clock.advance(30e6);
      sim.meter.steal_ns += 30'000'000;
    };
    sim.body.on = [&](const std::string& call, const bh_host_t*) -> bh_status_t {
      if (call == (in_run ? "run" : "teardown")) steal();
      return BH_OK;
    };
    const auto end = sim.run();
    CHECK(end.outcome == protocol::Outcome::passed);
    const auto flags = sim.reporter.all<protocol::BatchFlags>();
    CHECK(flags.size() == (in_run ? 1 : 0));
    // Those that were run again in their place fared no better.
    if (in_run) CHECK(flags.at(0).disturbed.size() == 20);
  }
}

TEST_CASE("more clients than CPUs are measured against the CPUs") {
  Simulation sim(20);
  sim.cores = {{0, 0, 0}};
  sim.body.cost_ns = 1e6;
  sim.job.plan.max_batches = 20;
  sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    bh_team_request_t r{};
    r.struct_size = sizeof r;
    r.count = 4;
    r.pin = BH_PIN_NONE;
    bh_team_t* team = nullptr;
    return h->team_open(h, &r, &team);
  };
  // The one CPU is never idle, and the four take turns on it.
  sim.body.in_run = [&](const bh_batch_t&, const bh_host_t*) { sim.meter.switches += 3; };
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.reporter.all<protocol::BatchFlags>().empty());
}

TEST_CASE("usage of several cycles is the sum of their counts and the largest of their sizes") {
  UsageTotals zero;
  zero.minor_faults = zero.major_faults = zero.voluntary_switches = zero.involuntary_switches = 0;
  zero.user_ns = zero.system_ns = zero.steal_ns = 0;
  UsageTotals some = zero;
  some.minor_faults = 3;
  some.user_ns = 40;
  UsageSum sum;
  sum.add(zero, some, 100, 900);
  sum.add(some, some, 150, 700);
  UsageTotals more = some;
  more.minor_faults = 10;
  more.steal_ns = 5;
  sum.add(some, more, 120, 800);
  CHECK(sum.usage().minor_faults == 10);
  CHECK(sum.usage().user_ns == 40);
  CHECK(sum.usage().steal_ns == 5);
  CHECK(sum.usage().peak_rss_bytes == 900);
  CHECK(sum.usage().rss_at_prepare_bytes == 100);
  // What is not known of one cycle is not known of all, whatever comes after it.
  UsageTotals blind = more;
  blind.user_ns.reset();
  sum.add(more, blind, 100, std::nullopt);
  sum.add(zero, some, 100, 5000);
  CHECK(sum.usage().minor_faults == 13);
  CHECK_FALSE(sum.usage().user_ns);
  CHECK_FALSE(sum.usage().peak_rss_bytes);
}

TEST_CASE("a case of several cycles tells the use and the peak of all of them") {
  Simulation sim(20);
  auto memory = metric("memory", protocol::Domain::host, protocol::MetricKind::bytes, false);
  memory.unit = "By";
  sim.benchmark.metrics.push_back(memory);
  sim.benchmark.batch = protocol::BatchPolicy::once;
  sim.body.cost_ns = 1e6;
  sim.job.plan.min_batches = sim.job.plan.max_batches = 3;
  std::uint64_t peak = 10'000;
  bool blind = false;
  sim.body.on = [&](const std::string& call, const bh_host_t*) -> bh_status_t {
    if (call != "teardown") return BH_OK;
    sim.meter.switches += 2;
    sim.meter.peak_bytes = peak -= 1000;
    if (blind && peak == 7000) sim.meter.peak_bytes.reset();
    return BH_OK;
  };
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  const auto usage = sim.reporter.all<protocol::Usage>().at(0);
  CHECK(usage.involuntary_switches == 8);  // the warm-up cycle included
  CHECK(usage.peak_rss_bytes == 9000);
  const auto peaks = sim.segments(Quantity::reported, SegmentPhase::process);
  REQUIRE(peaks.size() == 3);
  CHECK(peaks[0].reals == std::vector<double>{7000});
  CHECK(peaks[2].reals == std::vector<double>{5000});
  // A cycle whose peak is not known leaves no choice of the others.
  sim.reporter.messages.clear();
  peak = 10'000;
  blind = true;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.segments(Quantity::reported, SegmentPhase::process).empty());
  CHECK(sim.reporter.all<protocol::Withheld>().size() == 1);
}

#if defined(__linux__)
/// Runs and waits for a child that touches so many bytes.
void child_of(std::size_t bytes) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto* pages =
        static_cast<volatile char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (pages == MAP_FAILED) _exit(1);
    for (std::size_t i = 0; i < bytes; i += 4096) pages[i] = 1;
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
}

TEST_CASE("children count as the process, and a small one after a large one has no peak that could be told") {
  platform::SystemClock clock;
  platform::SystemFiles files;
  SystemMeter meter(clock, files, {});
  constexpr std::size_t kLarge = std::size_t{512} << 20;
  const UsageTotals before = meter.totals();
  const UsageReading reading = meter.read(StealReading::kept);
  REQUIRE(meter.start_peak());
  const auto alone = meter.peak_rss_bytes();
  child_of(kLarge);
  const UsageTotals after = meter.totals();
  // Every page of the child was a fault of its own.
  REQUIRE(before.minor_faults);
  CHECK(*after.minor_faults - *before.minor_faults >= 100);
  CHECK(*after.user_ns + *after.system_ns > *before.user_ns + *before.system_ns);
  CHECK(*meter.read(StealReading::kept).cpu_ns > *reading.cpu_ns);
  if (!alone) return;  // the system lets nobody forget a peak
  const auto with_child = meter.peak_rss_bytes();
  REQUIRE(with_child);
  CHECK(*with_child >= *alone + kLarge);
  // The next cycle has no child, and does not inherit one.
  REQUIRE(meter.start_peak());
  REQUIRE(meter.peak_rss_bytes());
  CHECK(*meter.peak_rss_bytes() < kLarge);
  child_of(4096);
  CHECK_FALSE(meter.peak_rss_bytes());
}
#endif

double wall_ns(const Simulation& sim, protocol::SegmentPhase phase) {
  double sum = 0;
  for (const auto& segment : sim.segments(protocol::Quantity::wall, phase)) {
    for (const std::int64_t wall : segment.integers) sum += static_cast<double>(wall);
  }
  return sum;
}

TEST_CASE("an invocation tells how long it prepared, settled and measured, with what lies between batches") {
  Simulation sim;
  sim.body.cost_ns = 100;
  sim.body.on = [&](const std::string& call, const bh_host_t*) -> bh_status_t {
    if (call == "create") sim.clock.advance(9e9);
    if (call == "prepare") sim.clock.advance(5e6);
    if (call == "prepare_batch") sim.clock.advance(3e5);
    if (call == "verify") sim.clock.advance(8e9);
    return BH_OK;
  };
  REQUIRE(sim.run().outcome == protocol::Outcome::passed);
  const auto times = sim.reporter.all<protocol::PhaseTimes>();
  REQUIRE(times.size() == 1);
  CHECK(times[0].prepare_ns == 5'000'000);
  using protocol::Quantity;
  using protocol::SegmentPhase;
  const auto measured = static_cast<double>(sim.samples(Quantity::wall, SegmentPhase::measure));
  CHECK(static_cast<double>(times[0].measure_ns) ==
        doctest::Approx(wall_ns(sim, SegmentPhase::measure) + 3e5 * measured).epsilon(1e-6));
  double before = 0;
  for (const SegmentPhase phase : {SegmentPhase::calibration, SegmentPhase::warmup, SegmentPhase::fit}) {
    before += wall_ns(sim, phase) + 3e5 * static_cast<double>(sim.samples(Quantity::wall, phase));
  }
  CHECK(static_cast<double>(times[0].settle_ns) == doctest::Approx(before).epsilon(1e-6));
}

TEST_CASE("a cycle of ONCE is a sample, so its preparation is part of measuring") {
  Simulation sim;
  sim.benchmark.batch = protocol::BatchPolicy::once;
  sim.body.cost_ns = 1e6;
  sim.job.plan.min_batches = 4;
  sim.job.plan.max_batches = 4;
  sim.body.on = [&](const std::string& call, const bh_host_t*) -> bh_status_t {
    if (call == "prepare") sim.clock.advance(5e6);
    if (call == "teardown") sim.clock.advance(2e6);
    return BH_OK;
  };
  REQUIRE(sim.run().outcome == protocol::Outcome::passed);
  const auto times = sim.reporter.all<protocol::PhaseTimes>();
  REQUIRE(times.size() == 1);
  CHECK(times[0].prepare_ns == 0);
  CHECK(times[0].measure_ns == 4 * 8'000'000);
  CHECK(times[0].settle_ns == 8'000'000);
}

}  // namespace
}  // namespace benchhost::measure::test
