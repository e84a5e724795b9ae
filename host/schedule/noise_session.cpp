#include "schedule/noise_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/base/units.h"
#include "common/stats/random.h"
#include "schedule/invocation_job.h"

namespace benchhost::schedule {

namespace p = protocol;

namespace {

constexpr std::int64_t kLeastBatches = 10;
// Of the invocation that finds the cost of an iteration.
constexpr std::int64_t kPilotNs = 50'000'000;
constexpr std::int64_t kTimeoutShare = 4;
// No length is put together from iterations that are longer than it by more.
constexpr double kMostOver = 1.25;
// Streams of random numbers.
constexpr std::uint64_t kOrderStream = 0x6e6f697365;

std::int64_t least_measuring_ns(std::int64_t body_ns) { return std::max(kLeastInvocationNs, kLeastBatches * body_ns); }

std::int64_t round_ns(std::span<const std::int64_t> bodies_ns, std::int64_t overhead_ns) {
  std::int64_t all = 0;
  for (const std::int64_t body : bodies_ns) all += 2 * (least_measuring_ns(body) + overhead_ns);
  return all;
}

class Taker final : public MessageTaker {
 public:
  explicit Taker(analysis::Invocation& into) : into_(into) {}
  void on_message(const p::Message& message) override { into_.add(message); }
  void on_slow(std::int64_t /*elapsed_ns*/, p::Phase /*phase*/) override {}
  void on_tick() override {}

 private:
  analysis::Invocation& into_;
};

class Session {
 public:
  Session(const Plan& plan, const NoisePlan& noise, const NoiseParts& parts)
      : plan_(plan), noise_(noise), parts_(parts), work_(plan.cases.front()) {}

  Result<NoiseSession> run() {
    started_ns_ = parts_.clock.now_ns();
    BH_CHECK(find_lengths());
    BH_CHECK(find_overhead());
    for (std::uint32_t round = 0; round < noise_.most_rounds && !over() && !usable().empty(); ++round) {
      if (!divide_time(round)) break;
      BH_CHECK(run_round(round));
    }
    const bool stopped = parts_.stop.signal() != 0;
    for (NoiseSeries& series : session_.series) {
      if (!series.reason.empty() || series.pairs.size() >= noise_.most_rounds) continue;
      if (stopped) {
        series.reason = "the session was stopped";
      } else if (!failure_.empty()) {
        series.reason = "a worker did not pass";
      } else if (series.pairs.size() < analysis::kLeastPairs) {
        series.reason = "the time was over";
      }
    }
    session_.failed = !failure_.empty();
    session_.elapsed_ns = parts_.clock.now_ns() - started_ns_;
    return std::move(session_);
  }

 private:
  [[nodiscard]] bool over() {
    if (session_.signal == 0) session_.signal = parts_.stop.signal();
    return session_.signal != 0 || !failure_.empty() || left_ns() <= 0;
  }

  [[nodiscard]] std::int64_t left_ns() { return noise_.duration_ns - (parts_.clock.now_ns() - started_ns_); }

  // Places in `session_.series` that have a body.
  [[nodiscard]] std::vector<std::size_t> usable() const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < session_.series.size(); ++i) {
      if (session_.series[i].n > 0) places.push_back(i);
    }
    return places;
  }

  // A process of a fixed length tells what one takes beside its measuring until those of the rounds do: one of the
  // longest, whose warm-up is the longest too. Too much of it makes the first round shorter, too little the last one.
  Result<void> find_overhead() {
    const std::vector<std::size_t> places = usable();
    if (over() || places.empty()) return {};
    const NoiseSeries& longest = session_.series[places.back()];
    const std::int64_t least_ns = least_measuring_ns(longest.body_ns);
    BH_TRY(const std::optional<analysis::Invocation> probe, invoke(longest.n, least_ns));
    if (!probe) {
      for (const std::size_t i : places) session_.series[i].reason = failure_;
      return {};
    }
    overhead_ns_ = std::max<std::int64_t>(0, probe->record.duration_ns - least_ns);
    return {};
  }

  // The time that is left, over the rounds that are left. False: none fits any more; the first always does.
  [[nodiscard]] bool divide_time(std::uint32_t round) {
    const std::vector<std::size_t> places = usable();
    std::vector<std::int64_t> bodies;
    for (const std::size_t i : places) bodies.push_back(session_.series[i].body_ns);
    if (of_rounds_ > 0) overhead_ns_ = std::max<std::int64_t>(0, beside_ns_ / of_rounds_);
    if (round > 0 && left_ns() < round_ns(bodies, overhead_ns_)) return false;
    const NoiseDivision division = divide_noise_time(left_ns(), overhead_ns_, bodies, noise_.most_rounds - round);
    measuring_ns_.assign(session_.series.size(), 0);
    for (std::size_t i = 0; i < places.size(); ++i) {
      // A worker warms up and repeats what was disturbed: it must have ended long before its own time is over.
      measuring_ns_[places[i]] = std::min(
          division.measuring_ns[i], std::max(least_measuring_ns(bodies[i]), work_.policy.timeout_ns / kTimeoutShare));
    }
    all_ = session_.invocations + 2 * std::uint64_t{division.rounds} * places.size();
    return true;
  }

  // One fresh process. n 0: it finds its own. nullopt: it did not pass, which ends the session. Errors: it could not be
  // started.
  Result<std::optional<analysis::Invocation>> invoke(std::uint64_t n, std::int64_t measuring_ns) {
    if (parts_.progress) parts_.progress(session_.invocations, all_);
    analysis::Invocation invocation;
    BH_TRY(const std::string scratch, parts_.scratch.make());
    p::RunJob job = job_of(work_, plan_, parts_.choose_cores);
    job.case_id = 1;
    // Invocations of other numbers vary n; bodies of a session are all alike.
    job.invocation = 0;
    job.scratch_dir = scratch;
    job.plan.fixed_n = n;
    job.plan.time_budget_ns = measuring_ns;
    Taker taker(invocation);
    auto report = parts_.workers.run(job, work_.policy.timeout_ns, taker);
    parts_.scratch.remove(scratch);
    if (!report.ok()) return std::move(report).error();
    ++session_.invocations;
    invocation.record.duration_ns = report->wall_ns;
    if (report->outcome == p::Outcome::passed) return std::optional(std::move(invocation));
    // The user's wish to stop ends workers, too.
    if (parts_.stop.signal() == 0) {
      failure_ = fmt::format("a worker {}: {}", p::outcome_name(report->outcome), report->reason);
      if (!report->code.empty()) failure_ += fmt::format(" ({})", report->code);
    }
    return std::optional<analysis::Invocation>();
  }

  Result<void> find_lengths() {
    BH_TRY(const std::optional<analysis::Invocation> pilot, invoke(0, kPilotNs));
    if (!pilot) {
      for (const std::int64_t body : noise_.bodies_ns) session_.series.push_back({body, 0, {}, failure_});
      return {};
    }
    const auto seen = analysis::noise_of(*pilot);
    if (!seen.noise) {
      return make_error("BH0001", fmt::format("{} has no body of a length: {}", work_.spec.benchmark_id, seen.reason),
                        "name a benchmark whose time the host takes in batches");
    }
    const double cost = seen.noise->batch_ns / static_cast<double>(std::max<std::uint64_t>(1, seen.noise->n));
    for (const std::int64_t body : noise_.bodies_ns) {
      NoiseSeries series;
      series.body_ns = body;
      const double n = std::max(1.0, std::round(static_cast<double>(body) / cost));
      if (n * cost > kMostOver * static_cast<double>(body)) {
        series.reason = fmt::format("one iteration takes {}", format_ns(cost));
      } else {
        series.n = static_cast<std::uint64_t>(n);
      }
      session_.series.push_back(std::move(series));
    }
    return {};
  }

  Result<void> run_round(std::uint32_t round) {
    stats::Random random(stats::derive(stats::derive(plan_.seed, kOrderStream), round));
    std::vector<std::size_t> order = usable();
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (const std::size_t i : order) {
      const bool b_first = random.below(2) == 1;
      if (over()) return {};
      BH_CHECK(run_pair(session_.series[i], measuring_ns_[i], b_first));
    }
    return {};
  }

  // A pair counts whole or not at all.
  Result<void> run_pair(NoiseSeries& series, std::int64_t measuring_ns, bool b_first) {
    std::vector<analysis::InvocationNoise> both;
    for (int half = 0; half < 2; ++half) {
      if (over()) return {};
      BH_TRY(const std::optional<analysis::Invocation> invocation, invoke(series.n, measuring_ns));
      if (!invocation) {
        series.reason = failure_;
        return {};
      }
      ++of_rounds_;
      beside_ns_ += invocation->record.duration_ns - measuring_ns;
      auto seen = analysis::noise_of(*invocation);
      if (!seen.noise) {
        failure_ = series.reason = seen.reason;
        return {};
      }
      if (seen.noise->n != series.n) {
        // The benchmark bounds its batches, or they are not filled (cold, once): a body of another length it would be.
        series.reason = fmt::format("its batches hold {} iteration{} each, {} would be needed", seen.noise->n,
                                    seen.noise->n == 1 ? "" : "s", series.n);
        series.n = 0;
        return {};
      }
      both.push_back(*std::move(seen.noise));
    }
    analysis::NoisePair pair{both[0], both[1], b_first};
    if (b_first) std::swap(pair.a, pair.b);
    series.pairs.push_back(std::move(pair));
    return {};
  }

  const Plan& plan_;
  const NoisePlan& noise_;
  const NoiseParts& parts_;
  const PlanCase& work_;
  NoiseSession session_;
  std::string failure_;
  std::int64_t started_ns_ = 0;
  std::int64_t overhead_ns_ = 0;  // of an invocation, as far as is known
  std::int64_t of_rounds_ = 0;    // invocations of rounds, and what they took beside their measuring
  std::int64_t beside_ns_ = 0;
  std::vector<std::int64_t> measuring_ns_;  // parallel to session_.series
  std::uint64_t all_ = 2;
};

}  // namespace

std::int64_t least_session_ns(std::span<const std::int64_t> bodies_ns) {
  const std::int64_t longest = bodies_ns.empty() ? 0 : *std::ranges::max_element(bodies_ns);
  return kPilotNs + least_measuring_ns(longest) + 2 * kNoiseOverheadNs +
         static_cast<std::int64_t>(analysis::kLeastPairs) * round_ns(bodies_ns, kNoiseOverheadNs);
}

Result<NoisePlan> plan_noise(std::int64_t duration_ns, std::span<const std::int64_t> bodies_ns) {
  const std::int64_t least = least_session_ns(bodies_ns);
  if (duration_ns < least) {
    const auto seconds = static_cast<std::int64_t>(std::ceil(static_cast<double>(least) / 1e9));
    return make_error("BH0001",
                      fmt::format("{} is too short to tell anything", format_ns(static_cast<double>(duration_ns))),
                      fmt::format("at least --duration {}s: {} pairs of processes for each of {} lengths", seconds,
                                  analysis::kLeastPairs, bodies_ns.size()));
  }
  if (duration_ns > kMostSessionNs) {
    return make_error("BH0001", "a session takes a day at most", "--duration 24h");
  }
  NoisePlan plan;
  plan.duration_ns = duration_ns;
  plan.bodies_ns.assign(bodies_ns.begin(), bodies_ns.end());
  return plan;
}

NoiseDivision divide_noise_time(std::int64_t time_ns, std::int64_t overhead_ns, std::span<const std::int64_t> bodies_ns,
                                std::uint32_t most_rounds) {
  NoiseDivision division;
  if (bodies_ns.empty()) return {0, {}};
  const std::int64_t round = round_ns(bodies_ns, overhead_ns);
  division.rounds = static_cast<std::uint32_t>(std::clamp<std::int64_t>(time_ns / round, 1, most_rounds));
  // What is left over makes every invocation longer by the same.
  const std::int64_t over = std::max<std::int64_t>(0, time_ns / division.rounds - round);
  const std::int64_t each = over / (2 * std::ssize(bodies_ns));
  for (const std::int64_t body : bodies_ns) division.measuring_ns.push_back(least_measuring_ns(body) + each);
  return division;
}

Result<NoiseSession> measure_noise(const Plan& plan, const NoisePlan& noise, const NoiseParts& parts) {
  return Session(plan, noise, parts).run();
}

}  // namespace benchhost::schedule
