#include "cli/progress.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "support/fake_clock.h"
#include "support/sample_benchmark.h"

using benchhost::cli::choose_progress;
using benchhost::cli::Console;
using benchhost::cli::make_progress;
using benchhost::cli::ProgressStyle;
using benchhost::cli::StreamFacts;
using benchhost::protocol::Outcome;
using benchhost::schedule::Standing;
namespace p = benchhost::protocol;
namespace sc = benchhost::schedule;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// A run that is shown on a stream in memory, with a clock that stands still.
struct Shown {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = open_memstream(&text, &size);
  Console console;
  benchhost::test::FakeClock clock;
  sc::Plan plan;
  std::unique_ptr<sc::Observer> progress;
  std::size_t seen = 0;

  explicit Shown(ProgressStyle style, StreamFacts facts = {false, 100, false, false}, bool quiet = false,
                 benchhost::cli::StatusWish* wish = nullptr)
      : console(facts, facts, quiet, stream, stream) {
    sc::PlanPlugin plugin;
    plugin.record.benchmarks.push_back(benchhost::test::sample_benchmark());
    plan.plugins.push_back(plugin);
    for (const char* name : {"copy{bytes=1 KiB}", "copy\x1b[2J"}) {
      sc::PlanCase c;
      c.spec.name = name;
      plan.cases.push_back(c);
    }
    progress = make_progress(style, console, clock, wish);
    progress->run_started(7, plan);
  }
  ~Shown() {
    progress.reset();
    std::fclose(stream);
    std::free(text);
  }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  // What was written since it was asked last.
  std::string fresh() {
    std::fflush(stream);
    std::string out(text + seen, size - seen);
    seen = size;
    return out;
  }
};

Standing standing(std::size_t finished, std::uint64_t invocations, std::optional<std::int64_t> left = std::nullopt) {
  Standing s;
  s.cases = 2;
  s.finished = finished;
  s.invocations = invocations;
  s.invocations_expected = 8;
  s.remaining_ns = left;
  return s;
}

benchhost::store::CaseEnd ended(Outcome outcome, std::string reason = {}) {
  benchhost::store::CaseEnd end;
  end.outcome = outcome;
  end.reason = std::move(reason);
  if (outcome == Outcome::passed) {
    benchhost::store::Measurement m;
    m.metric = "bandwidth";
    m.value = 40e9;
    m.low = 39e9;
    m.high = 41e9;
    end.measurements.push_back(m);
  }
  return end;
}

benchhost::stats::Interval interval(double low, double estimate, double high, std::int64_t n) {
  benchhost::stats::Interval i;
  i.low = low;
  i.estimate = estimate;
  i.high = high;
  i.n = n;
  return i;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a line a case tells outcome, value and half the width of its interval") {
  Shown shown(ProgressStyle::lines);
  CHECK(shown.fresh() == "run 7: 2 cases\n");
  shown.progress->case_finished(0, 1, ended(Outcome::passed), standing(1, 3));
  CHECK(shown.fresh() == "[1/2] passed copy{bytes=1 KiB}  40.0 GB/s +-2.5 %\n");
  shown.progress->case_finished(1, 2, ended(Outcome::timed_out, "said \x1b[31mnothing"), standing(2, 4));
  CHECK(shown.fresh() == "[2/2] timed out copy\\x1b[2J: said \\x1b[31mnothing\n");
}

TEST_CASE("lines beat every half minute while nothing else is said, by ticks alone") {
  Shown shown(ProgressStyle::lines);
  shown.progress->invocation_started(0, 0, standing(0, 2, 95 * kSecond));
  static_cast<void>(shown.fresh());
  for (int second = 1; second <= 95; ++second) {
    shown.clock.advance(kSecond);
    shown.progress->tick(standing(0, 2, (95 - second) * kSecond));
    const std::string said = shown.fresh();
    CAPTURE(second);
    if (second == 30) CHECK(said == "... 0/2 cases, 2 invocations, at copy{bytes=1 KiB}, about 1m05s left\n");
    if (second == 60) CHECK(has(said, "about 35s left"));
    CHECK(said.empty() == (second % 30 != 0));
  }
  // Whatever else is written counts as a beat.
  shown.progress->case_finished(0, 1, ended(Outcome::passed), standing(1, 3));
  static_cast<void>(shown.fresh());
  shown.clock.advance(29 * kSecond);
  shown.progress->tick(standing(1, 3));
  CHECK(shown.fresh().empty());
  shown.clock.advance(kSecond);
  shown.progress->tick(standing(1, 3));
  CHECK(shown.fresh() == "... 1/2 cases, 3 invocations, at copy{bytes=1 KiB}\n");
}

TEST_CASE("a worker that says nothing is named with its phase and time, and so is the null benchmark") {
  for (const ProgressStyle style : {ProgressStyle::lines, ProgressStyle::bar}) {
    Shown shown(style);
    static_cast<void>(shown.fresh());
    shown.progress->slow(0, 70 * kSecond, "measuring");
    CHECK(has(shown.fresh(), "slow: copy{bytes=1 KiB} has been measuring for 1m10s\n"));
    shown.progress->slow(std::nullopt, 10 * kSecond, "preparing");
    CHECK(has(shown.fresh(), "slow: null benchmark has been preparing for 10s\n"));
  }
}

TEST_CASE("the bar shows share, cases, time left, estimate and name, and is redrawn by ticks") {
  Shown shown(ProgressStyle::bar, {true, 100, false, false});
  shown.progress->invocation_started(0, 0, standing(0, 4, 3700 * kSecond));
  CHECK(shown.fresh() == "\r########-------- 0/2  1h01m left  copy{bytes=1 KiB}\x1b[K");
  shown.clock.advance(kSecond);
  shown.progress->tick(standing(0, 4, 59 * kSecond));
  CHECK(shown.fresh() == "\r########-------- 0/2  59s left  copy{bytes=1 KiB}\x1b[K");
  // Not more often than ten times a second.
  shown.clock.advance(kSecond / 100);
  shown.progress->tick(standing(0, 4, 59 * kSecond));
  CHECK(shown.fresh().empty());

  p::Progress now;
  now.estimate = 41.26e9;
  shown.clock.advance(kSecond);
  shown.progress->progress(0, now);
  CHECK(has(shown.fresh(), "41.3 GB/s"));
  shown.progress->invocation_done(0, interval(39.6e9, 40e9, 40.4e9, 3), standing(0, 5));
  CHECK(has(shown.fresh(), "40.0 GB/s +-1.0 %"));
  // One value has no interval.
  shown.progress->invocation_done(0, interval(40e9, 40e9, 40e9, 1), standing(0, 6));
  CHECK_FALSE(has(shown.fresh(), "+-"));
}

TEST_CASE("a bar makes room for messages, keeps failures above it and cleans up behind itself") {
  Shown shown(ProgressStyle::bar, {true, 100, true, false});
  shown.progress->invocation_started(1, 0, standing(0, 0));
  CHECK(has(shown.fresh(), "\u2591"));
  shown.progress->case_finished(0, 1, ended(Outcome::passed), standing(1, 3));
  CHECK_FALSE(has(shown.fresh(), "\n"));
  shown.progress->case_finished(1, 1, ended(Outcome::crashed, "SIGSEGV"), standing(2, 4));
  CHECK(shown.fresh().starts_with("\r\x1b[Kcrashed copy\\x1b[2J: SIGSEGV\n"));
  shown.progress.reset();
  CHECK(shown.fresh() == "\r\x1b[K");
}

TEST_CASE("a bar fits every width") {
  for (const std::size_t width : {20, 40, 60, 120}) {
    Shown shown(ProgressStyle::bar, {false, width, true, false});
    shown.progress->invocation_started(0, 0, standing(0, 4, 3700 * kSecond));
    std::string drawn = shown.fresh();
    REQUIRE(drawn.size() > 4);
    drawn = drawn.substr(1, drawn.size() - 4);
    std::size_t columns = 0;
    for (const char c : drawn) columns += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
    CHECK(columns < width);
  }
}

TEST_CASE("progress is what is asked for; left to itself it is a bar only where one can be redrawn") {
  const StreamFacts pipe{false, 80, false, false};
  const Console plain(pipe, pipe, false);
  CHECK(choose_progress("bar", plain) == ProgressStyle::bar);
  CHECK(choose_progress("lines", plain) == ProgressStyle::lines);
  CHECK(choose_progress("none", plain) == ProgressStyle::none);
  CHECK(choose_progress("auto", plain) == ProgressStyle::lines);
  const Console quiet(pipe, pipe, true);
  CHECK(choose_progress("bar", quiet) == ProgressStyle::none);
}

namespace {

class Wish final : public benchhost::cli::StatusWish {
 public:
  bool wanted = false;
  bool take_status_wish() override { return std::exchange(wanted, false); }
};

}  // namespace

TEST_CASE("whoever asks is told what runs, for how long, and how far the run is, in every style and once") {
  for (const auto& [style, quiet] : {std::pair(ProgressStyle::lines, false),
                                     {ProgressStyle::bar, false},
                                     {ProgressStyle::none, false},
                                     {ProgressStyle::none, true}}) {
    Wish wish;
    Shown shown(style, {false, 100, false, false}, quiet, &wish);
    shown.progress->invocation_started(0, 2, standing(0, 2));
    shown.clock.advance(12 * kSecond);
    static_cast<void>(shown.fresh());
    wish.wanted = true;
    shown.progress->tick(standing(0, 2, 65 * kSecond));
    CHECK(has(shown.fresh(),
              "run 7: running copy{bytes=1 KiB}, invocation 3, for 12s; 0/2 cases finished, 2 invocations, about 1m05s "
              "left\n"));
    shown.clock.advance(kSecond);
    shown.progress->tick(standing(0, 2));
    CHECK_FALSE(has(shown.fresh(), "running"));
  }
}
