#include "schedule/noise_session.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <vector>

#include "unit/schedule/run_bench.h"

using namespace benchhost;
using namespace benchhost::schedule;
using benchhost::test::Bench;
using benchhost::test::passed_with_batches;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<std::int64_t, 2> kTwo = {1'000, 1'000'000};

NoisePlan small_plan(std::uint32_t rounds) {
  NoisePlan plan;
  plan.duration_ns = 3600 * kSecond;
  plan.bodies_ns = {kTwo.begin(), kTwo.end()};
  plan.most_rounds = rounds;
  return plan;
}

/// A session over scripted workers; an iteration takes 10 ns unless a test says otherwise.
struct NoiseBench : Bench {
  double cost_ns = 10;
  std::int64_t life_ns = 0;  ///< by which an invocation moves the clock
  NoiseBench() : Bench(1) {
    workers.script = [this](const protocol::RunJob& job, MessageTaker& taker) {
      clock.advance(life_ns);
      const std::uint64_t n = job.plan.fixed_n == 0 ? 100'000 : job.plan.fixed_n;
      return passed_with_batches(job, taker, n, {cost_ns, cost_ns, cost_ns, cost_ns});
    };
  }
  Result<NoiseSession> measure(const NoisePlan& noise) {
    return measure_noise(plan, noise, {workers, clock, scratch, stop, test::no_cores, {}});
  }
};

}  // namespace

TEST_CASE("a session that is too short is refused with the least that is not, and so is one of more than a day") {
  for (const std::int64_t duration : {std::int64_t{0}, std::int64_t{-5}, kSecond, least_session_ns(kTwo) - 1}) {
    const auto plan = plan_noise(duration, kTwo);
    REQUIRE_FALSE(plan.ok());
    CHECK(plan.error().code == "BH0001");
    CHECK(plan.error().help.find("at least --duration") != std::string::npos);
  }
  CHECK(plan_noise(least_session_ns(kTwo), kTwo).ok());
  CHECK(plan_noise(kMostSessionNs, kTwo).ok());
  CHECK_FALSE(plan_noise(kMostSessionNs + 1, kTwo).ok());
  CHECK_FALSE(plan_noise(INT64_MAX, kTwo).ok());
}

TEST_CASE("time becomes rounds first, and then longer invocations; what is planned fits the time") {
  for (const std::int64_t duration : {least_session_ns(kNoiseBodiesNs), 60 * kSecond, 600 * kSecond, kMostSessionNs}) {
    for (const std::int64_t overhead : {std::int64_t{0}, kNoiseOverheadNs / 10, kNoiseOverheadNs}) {
      const NoiseDivision division = divide_noise_time(duration, overhead, kNoiseBodiesNs, kMostRounds);
      CHECK(division.rounds >= analysis::kLeastPairs);
      CHECK(division.rounds <= kMostRounds);
      std::int64_t all = 0;
      for (std::size_t i = 0; i < kNoiseBodiesNs.size(); ++i) {
        CHECK(division.measuring_ns[i] >= 10 * kNoiseBodiesNs[i]);
        all += 2 * (division.measuring_ns[i] + overhead);
      }
      CHECK(all * division.rounds <= duration);
      // Nothing of note is left over.
      CHECK(all * (division.rounds + 1) > duration);
    }
  }
  CHECK(divide_noise_time(kMostSessionNs, kNoiseOverheadNs, kNoiseBodiesNs, kMostRounds).rounds == kMostRounds);
  // A machine on which a process takes longer than was thought has its rounds as far as the time goes.
  CHECK(divide_noise_time(kSecond, 10 * kSecond, kNoiseBodiesNs, kMostRounds).rounds == 1);
  CHECK(divide_noise_time(-kSecond, 0, kNoiseBodiesNs, kMostRounds).rounds == 1);
  CHECK(divide_noise_time(kSecond, 0, {}, kMostRounds).measuring_ns.empty());
}

TEST_CASE("a session divides its time by what processes take, of which the early ones may say too much") {
  NoiseBench bench;
  NoisePlan plan = small_plan(kMostRounds);
  plan.duration_ns = 60 * kSecond;
  const auto script = bench.workers.script;
  const auto lives = [&](std::int64_t early_ns, std::int64_t later_ns) {
    bench.workers.jobs.clear();
    bench.workers.script = [&bench, script, early_ns, later_ns](const protocol::RunJob& job, MessageTaker& taker) {
      const bool early = bench.workers.jobs.size() <= 2;
      WorkerReport report = script(job, taker);
      report.wall_ns = (early ? early_ns : later_ns) + job.plan.time_budget_ns;
      bench.clock.advance(report.wall_ns);
      return report;
    };
  };
  for (const std::int64_t later : {kSecond, kSecond / 2, kSecond / 10, std::int64_t{0}}) {
    CAPTURE(later);
    lives(kSecond, later);
    const auto session = bench.measure(plan);
    REQUIRE(session.ok());
    CHECK(session->elapsed_ns > 54 * kSecond);
    CHECK(session->elapsed_ns <= 60 * kSecond);
    CHECK(session->series[0].pairs.size() >= 10);
    CHECK(session->series[0].pairs.size() == session->series[1].pairs.size());
    for (const NoiseSeries& s : session->series) CHECK(s.reason.empty());
  }
}

TEST_CASE("every length gets its pairs, of a fixed number of iterations that makes a body of it") {
  NoiseBench bench;
  const auto session = bench.measure(small_plan(6));
  REQUIRE(session.ok());
  CHECK(bench.scratch.open == 0);
  REQUIRE(session->series.size() == 2);
  CHECK(session->invocations == 2 + 2 * 2 * 6);
  CHECK(session->series[0].n == 100);
  CHECK(session->series[1].n == 100'000);
  for (const NoiseSeries& s : session->series) {
    CHECK(s.pairs.size() == 6);
    CHECK(s.reason.empty());
    CHECK(s.pairs[0].a.batch_ns == doctest::Approx(static_cast<double>(s.body_ns)));
  }
  CHECK_FALSE(session->failed);
  std::map<std::uint64_t, int> jobs;
  for (const auto& job : bench.workers.jobs) {
    ++jobs[job.plan.fixed_n];
    CHECK(job.invocation == 0);
  }
  CHECK(jobs == std::map<std::uint64_t, int>{{0, 1}, {100, 12}, {100'000, 13}});
}

TEST_CASE("the two of a pair follow each other, lengths take turns in an order drawn anew, the same for a seed") {
  const auto order_of = [](std::uint64_t seed) {
    NoiseBench bench;
    bench.plan.seed = seed;
    const auto session = bench.measure(small_plan(20));
    REQUIRE(session.ok());
    std::vector<std::uint64_t> order;
    for (const auto& job : bench.workers.jobs) order.push_back(job.plan.fixed_n);
    std::size_t b_first = 0;
    for (const NoiseSeries& s : session->series)
      b_first += std::ranges::count_if(s.pairs, &analysis::NoisePair::b_first);
    CHECK(b_first > 5);
    CHECK(b_first < 35);
    return order;
  };
  const auto order = order_of(1);
  REQUIRE(order.size() == 82);
  std::size_t short_first = 0;
  for (std::size_t i = 2; i < order.size(); i += 4) {
    CHECK(order[i] == order[i + 1]);
    CHECK(order[i + 2] == order[i + 3]);
    CHECK(order[i] != order[i + 2]);
    short_first += order[i] == 100 ? 1 : 0;
  }
  CHECK(short_first > 2);
  CHECK(short_first < 18);
  CHECK(order == order_of(1));
  CHECK(order != order_of(2));
}

TEST_CASE("a body that is shorter than an iteration is left out with its reason") {
  NoiseBench bench;
  bench.cost_ns = 50'000;
  const auto session = bench.measure(small_plan(5));
  REQUIRE(session.ok());
  CHECK(session->series[0].n == 0);
  CHECK(session->series[0].reason == "one iteration takes 50.0 µs");
  CHECK(session->series[1].n == 20);
  CHECK(session->series[1].pairs.size() == 5);
}

TEST_CASE("a benchmark whose batches hold other numbers than asked for has no body of that length") {
  // As a worker does with batch_max; a cold benchmark, whose batches are never filled, is one with a bound of 1.
  for (const std::uint64_t most : {std::uint64_t{1}, std::uint64_t{5'000}}) {
    CAPTURE(most);
    NoiseBench bench;
    bench.workers.script = [&](const protocol::RunJob& job, MessageTaker& taker) {
      const std::uint64_t n = std::min(most, job.plan.fixed_n == 0 ? most : job.plan.fixed_n);
      return passed_with_batches(job, taker, n, {10, 10, 10, 10});
    };
    const auto session = bench.measure(small_plan(5));
    REQUIRE(session.ok());
    CHECK_FALSE(session->failed);
    CHECK(session->series[0].pairs.size() == (most < 100 ? 0 : 5));
    CHECK(session->series[1].n == 0);
    CHECK(session->series[1].pairs.empty());
    CHECK(session->series[1].reason.find("100000 would be needed") != std::string::npos);
    // It is tried once, and no time is spent on it after.
    CHECK(session->invocations == (most < 100 ? 4 : 13));
  }
}

TEST_CASE("no invocation is begun after the time, and a pair counts whole") {
  NoiseBench bench;
  bench.life_ns = kSecond;
  NoisePlan plan = small_plan(20);
  plan.duration_ns = 8 * kSecond;  // the first invocation, and seven more
  const auto session = bench.measure(plan);
  REQUIRE(session.ok());
  CHECK(session->invocations == 8);
  CHECK(session->series[0].pairs.size() + session->series[1].pairs.size() == 3);
  CHECK(session->series[0].reason == "the time was over");
  CHECK(session->elapsed_ns == 8 * kSecond);
}

TEST_CASE("the wish to stop keeps what was measured") {
  NoiseBench bench;
  const auto script = bench.workers.script;
  bench.workers.script = [&bench, script](const protocol::RunJob& job, MessageTaker& taker) {
    if (bench.workers.jobs.size() == 10) bench.stop.raised = SIGINT;
    return script(job, taker);
  };
  const auto session = bench.measure(small_plan(20));
  REQUIRE(session.ok());
  CHECK(session->signal == SIGINT);
  CHECK_FALSE(session->failed);
  CHECK(session->invocations == 10);
  CHECK(session->series[0].pairs.size() + session->series[1].pairs.size() == 4);
  CHECK(session->series[1].reason == "the session was stopped");
}

TEST_CASE("the wish to stop is heard in the two invocations before the first round") {
  for (const std::size_t last : {std::size_t{1}, std::size_t{2}}) {
    CAPTURE(last);
    NoiseBench bench;
    const auto script = bench.workers.script;
    bench.workers.script = [&bench, script, last](const protocol::RunJob& job, MessageTaker& taker) {
      WorkerReport report = script(job, taker);
      if (bench.workers.jobs.size() == last) {
        bench.stop.raised = SIGTERM;
        report.outcome = protocol::Outcome::interrupted;
      }
      return report;
    };
    const auto session = bench.measure(small_plan(20));
    REQUIRE(session.ok());
    CHECK(session->signal == SIGTERM);
    CHECK_FALSE(session->failed);
    CHECK(session->invocations == last);
    for (const NoiseSeries& s : session->series) CHECK(s.reason == "the session was stopped");
  }
}

TEST_CASE("an invocation ends long before the worker's time is over, however long the session") {
  NoiseBench bench;
  NoisePlan plan = small_plan(20);
  plan.duration_ns = kMostSessionNs;
  const auto session = bench.measure(plan);
  REQUIRE(session.ok());
  const std::int64_t timeout = bench.plan.cases.front().policy.timeout_ns;
  for (const auto& job : bench.workers.jobs) CHECK(job.plan.time_budget_ns <= timeout / 4);
}

TEST_CASE("a worker that does not pass ends the session, be it the first of all") {
  NoiseBench bench;
  std::size_t bad = 6;
  const auto script = bench.workers.script;
  bench.workers.script = [&](const protocol::RunJob& job, MessageTaker& taker) {
    WorkerReport report = script(job, taker);
    if (bench.workers.jobs.size() == bad) {
      report.outcome = protocol::Outcome::crashed;
      report.code = "BH0303";
      report.reason = "signal 11";
    }
    return report;
  };
  const auto session = bench.measure(small_plan(20));
  REQUIRE(session.ok());
  CHECK(session->failed);
  CHECK(session->invocations == 6);
  const std::string said = session->series[0].reason + session->series[1].reason;
  CHECK(said.find("signal 11") != std::string::npos);

  // Before the first round.
  for (const std::size_t early : {std::size_t{1}, std::size_t{2}}) {
    CAPTURE(early);
    bad = early;
    bench.workers.jobs.clear();
    const auto none = bench.measure(small_plan(20));
    REQUIRE(none.ok());
    CHECK(none->failed);
    CHECK(none->invocations == early);
    for (const NoiseSeries& s : none->series) CHECK(s.reason == "a worker crashed: signal 11 (BH0303)");
  }
}

TEST_CASE("a benchmark that the host does not time in batches has no body") {
  NoiseBench bench;
  bench.workers.script = [](const protocol::RunJob& job, MessageTaker& taker) {
    return passed_with_batches(job, taker, 1, {});
  };
  const auto session = bench.measure(small_plan(5));
  REQUIRE_FALSE(session.ok());
  CHECK(session.error().code == "BH0001");
  CHECK(session.error().message.find("org.test.copy") != std::string::npos);
}
