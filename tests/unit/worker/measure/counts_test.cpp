// What is counted and used while batches run as measured ones.
#include <doctest/doctest.h>

#include <filesystem>
#include <optional>

#include "common/platform/energy.h"
#include "common/platform/event_counters.h"
#include "common/platform/temp_folder.h"
#include "simulation.h"

namespace benchhost::measure::test {
namespace {

/// Counts one page fault a run of the body while it is switched on.
class RunCounter final : public platform::EventSource {
 public:
  explicit RunCounter(SimulatedClock& clock) : clock_(clock) {}
  Opened open(platform::CountedEvent event, int, bool) override {
    Opened opened;
    if (event == platform::CountedEvent::page_faults) {
      opened.handle = 7;
      ++open_handles;
    } else {
      opened.refusal.reason = "planted";
    }
    return opened;
  }
  void count(int, bool on) noexcept override {
    if (on) {
      ++resumed;
      since_ns_ = clock_.now_ns();
    } else {
      ++paused;
      reading.enabled_ns += static_cast<std::uint64_t>(clock_.now_ns() - since_ns_);
      reading.running_ns = reading.enabled_ns;
    }
    is_on = on;
  }
  std::optional<platform::EventReading> read(int) noexcept override { return reading; }
  void close(int) noexcept override { --open_handles; }

  platform::EventReading reading;
  int open_handles = 0;
  bool is_on = false;
  std::uint64_t resumed = 0;
  std::uint64_t paused = 0;

 private:
  SimulatedClock& clock_;
  std::int64_t since_ns_ = 0;
};

const protocol::EventCount& faults_of(const protocol::EventCounts& counts) {
  for (const protocol::EventCount& e : counts.events) {
    if (e.event == "page_faults") return e;
  }
  FAIL("page faults are not told");
  return counts.events.front();
}

struct Counted : Simulation {
  Counted() : Simulation(20), source(clock) {
    events = &source;
    body.cost_ns = 1e5;
    job.plan.time_budget_ns = 50'000'000;
    body.in_run = [this](const bh_batch_t& batch, const bh_host_t*) {
      const bool measured = (batch.flags & BH_RUN_WARM_UP) == 0;
      // Not even open while batches are measured.
      CHECK_FALSE((measured && source.open_handles > 0));
      measured_batches += measured ? 1 : 0;
      if (!source.is_on) return;
      CHECK(measured_batches > 0);
      ++source.reading.count;
      ++counted_batches;
      counted_iterations += batch.n;
    };
    body.on = [this](const std::string& call, const bh_host_t*) -> bh_status_t {
      if (call != "run") CHECK_FALSE(source.is_on);
      return BH_OK;
    };
  }
  RunCounter source;
  std::uint64_t measured_batches = 0;
  std::uint64_t counted_batches = 0;
  std::uint64_t counted_iterations = 0;
};

TEST_CASE("events are counted in a few batches after the measured ones and at no other time") {
  Counted sim;
  REQUIRE(sim.run().outcome == protocol::Outcome::passed);
  const auto counts = sim.reporter.all<protocol::EventCounts>();
  REQUIRE(counts.size() == 1);
  CHECK(sim.counted_batches >= 1);
  CHECK(sim.counted_batches <= 5);
  CHECK(counts[0].batches == sim.counted_batches);
  CHECK(counts[0].iterations == sim.counted_iterations);
  CHECK(sim.source.open_handles == 0);
  CHECK(sim.samples(protocol::Quantity::wall, protocol::SegmentPhase::measure) == sim.measured_batches);
  CHECK(counts[0].events.size() == platform::kCountedEvents);
  CHECK(faults_of(counts[0]).value == static_cast<double>(sim.counted_batches));
  CHECK(faults_of(counts[0]).running_ratio == 1.0);
  CHECK(counts[0].events[0].null_reason == "planted");
  CHECK(sim.source.resumed == sim.counted_batches);
  CHECK(sim.source.paused == sim.counted_batches);
}

TEST_CASE("where a batch takes long, or each has a cycle of its own, nothing is run for counting, and that is said") {
  Counted dear;
  dear.body.cost_ns = 8e6;
  REQUIRE(dear.run().outcome == protocol::Outcome::passed);
  CHECK(dear.counted_batches == 0);
  Counted once;
  once.benchmark.batch = protocol::BatchPolicy::once;
  REQUIRE(once.run().outcome == protocol::Outcome::passed);
  CHECK(once.counted_batches == 0);
  for (const Counted* sim : {&dear, &once}) {
    const auto counts = sim->reporter.all<protocol::EventCounts>();
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].batches == 0);
    REQUIRE(counts[0].events.size() == platform::kCountedEvents);
    for (const protocol::EventCount& e : counts[0].events) {
      CHECK_FALSE(e.value);
      CHECK_FALSE(e.null_reason.empty());
    }
  }
}

TEST_CASE("a run that fails stops the counting too, and an invocation that measured nothing tells no counts") {
  Counted sim;
  sim.body.on = [&sim](const std::string& call, const bh_host_t*) -> bh_status_t {
    return call == "run" && sim.counted_batches == 1 ? BH_E_IO : BH_OK;
  };
  CHECK(sim.run().outcome == protocol::Outcome::failed);
  CHECK_FALSE(sim.source.is_on);
  CHECK(sim.source.resumed == sim.source.paused);
  Counted none;
  none.body.in_run = nullptr;
  none.body.on = [](const std::string& call, const bh_host_t*) -> bh_status_t {
    return call == "prepare" ? BH_E_UNSUPPORTED : BH_OK;
  };
  none.run();
  CHECK(none.reporter.all<protocol::EventCounts>().empty());
}

TEST_CASE("energy is that of the measured batches with what lies between them, from a planted tree") {
  namespace fs = std::filesystem;
  platform::SystemFiles files;
  auto folder = platform::TempFolder::make(fs::temp_directory_path());
  REQUIRE(folder.ok());
  const fs::path zone = folder->path() / "sys/class/powercap/intel-rapl:0";
  REQUIRE(files.make_folder(zone).ok());
  REQUIRE(files.write(zone / "name", "package-0\n").ok());
  REQUIRE(files.write(zone / "max_energy_range_uj", "262143328850\n").ok());
  std::uint64_t used_uj = 1000;
  const auto plant = [&] { REQUIRE(files.write(zone / "energy_uj", std::to_string(used_uj)).ok()); };
  plant();
  for (const auto policy : {protocol::BatchPolicy::hot, protocol::BatchPolicy::once}) {
    CAPTURE(static_cast<int>(policy));
    platform::EnergyMeter meter(files, folder->path());
    Simulation sim(20);
    sim.energy = &meter;
    sim.benchmark.batch = policy;
    sim.body.cost_ns = policy == protocol::BatchPolicy::once ? 20e6 : 1e6;
    sim.job.plan.time_budget_ns = 400'000'000;
    sim.job.plan.min_batches = 10;
    sim.job.plan.max_batches = 20;
    // A joule a measured batch, five in each other.
    sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t*) {
      sim.clock.advance(20e6);
      used_uj += (batch.flags & BH_RUN_WARM_UP) != 0 ? 5'000'000 : 1'000'000;
      plant();
    };
    REQUIRE(sim.run().outcome == protocol::Outcome::passed);
    const auto energy = sim.reporter.all<protocol::Energy>();
    REQUIRE(energy.size() == 1);
    REQUIRE(energy[0].zones.size() == 1);
    CHECK(energy[0].zones[0].zone == "package-0");
    const std::size_t batches = sim.samples(protocol::Quantity::wall, protocol::SegmentPhase::measure);
    CHECK(energy[0].batches == batches);
    REQUIRE(energy[0].zones[0].joules);
    CHECK(*energy[0].zones[0].joules == doctest::Approx(static_cast<double>(batches)));
    CHECK(energy[0].window_ns >= static_cast<std::int64_t>(batches) * 20'000'000);
  }
  platform::EnergyMeter nowhere(files, folder->path() / "nowhere");
  Simulation sim(20);
  sim.energy = &nowhere;
  sim.body.cost_ns = 1e6;
  REQUIRE(sim.run().outcome == protocol::Outcome::passed);
  const auto energy = sim.reporter.all<protocol::Energy>();
  REQUIRE(energy.size() == 1);
  CHECK_FALSE(energy[0].zones.at(0).joules);
  CHECK_FALSE(energy[0].zones.at(0).null_reason.empty());
}

}  // namespace
}  // namespace benchhost::measure::test
