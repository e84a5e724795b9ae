#include "common/protocol/message.h"

#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "unit/common/protocol/sample_records.h"

using namespace benchhost;
using namespace benchhost::protocol;
using namespace benchhost::protocol::testing;

namespace {

Segment sample_integers() {
  Segment s;
  s.quantity = Quantity::cpu;
  s.phase = SegmentPhase::fit;
  s.n = 1000;
  s.first_batch = 5;
  s.batch_step = 2;
  s.metric = "m";
  s.label = "l";
  s.index = 3;
  s.integers = {0, 1, std::numeric_limits<std::int64_t>::max()};
  return s;
}

Segment sample_reals() {
  Segment s;
  s.quantity = Quantity::reported;
  s.reals = {-1.5, 0.0, 5e-324, 1e308};
  return s;
}

std::vector<Message> samples() {
  Usage usage;
  usage.peak_rss_bytes = 5;
  usage.steal_ns = 0;
  usage.cores = {1, 0};
  Calibration calibration{"clock", 20, 22.5, 1000, 5.5, std::nullopt, 0.001, "flat", 40};
  Final final;
  final.outcome = Outcome::failed;
  final.status = -13;
  final.code = "BH1";
  final.reason = "wrong";
  final.phase = Phase::verifying;
  final.flags = {"elided"};
  final.messages = 12;
  return {
      Hello{"0.1", 77, 1, 2},
      Log{LogLevel::warning, LogSource::plugin, "text\n\x1b[31m"},
      Progress{Phase::measuring, 5, 6, 7, "t", 2.5},
      sample_plugin(),
      sample_backend(),
      FoundCase{1, "i", "d", "t", {int_value(1)}},
      sample_backend().devices[0],
      MetricDeclared{4, sample_metric()},
      Work{{{"items", 2.5}, {"bytes.read", 0}}},
      calibration,
      sample_integers(),
      sample_reals(),
      RecorderHistogram{"lat", 2, 7, 100.5, 1, 90, {{3, 2}, {9, 5}}},
      BatchFlags{{1, 2, 3}},
      Withheld{"m", "no sensor"},
      Verdict{0, 64, 1e-9, std::nullopt, "nmse"},
      Artefact{"a.txt", "text/plain", std::string("\0\xff{", 3)},
      usage,
      final,
      Observation{402, Finding::failed, "org.example.a, prepare", "no"},
      PhaseTimes{1, 2, 3},
      EventCounts{3, 3000, {{"cycles", 5e9, 0.5, true, ""}, {"branches", std::nullopt, std::nullopt, false, "none"}}},
      Energy{1'000'000'000, 3, 3000, {{"package-0", 20.5, ""}, {"package-0/dram", std::nullopt, "root only"}}}};
}

}  // namespace

TEST_CASE("every message comes back as it was") {
  std::vector<bool> seen(std::variant_size_v<Message>, false);
  for (const Message& message : samples()) {
    CAPTURE(message.index());
    seen[message.index()] = true;
    const std::string payload = encode(message);
    const auto back = decode(message_type(message), payload);
    REQUIRE(back.ok());
    CHECK(back->index() == message.index());
    CHECK(encode(*back) == payload);
  }
  for (const bool type : seen) CHECK(type);
}

TEST_CASE("samples come back bit by bit") {
  const auto integers = decode(11, encode(Message(sample_integers())));
  REQUIRE(integers.ok());
  CHECK(std::get<Segment>(*integers).integers == sample_integers().integers);
  CHECK(std::get<Segment>(*integers).label == "l");
  const auto reals = decode(11, encode(Message(sample_reals())));
  REQUIRE(reals.ok());
  CHECK(std::get<Segment>(*reals).reals == sample_reals().reals);
}

TEST_CASE("a segment that cannot be is refused") {
  Segment s = sample_integers();
  s.integers = {5, -1};
  CHECK(!decode(11, encode(Message(s))).ok());
  s = sample_reals();
  s.reals = {1, std::numeric_limits<double>::quiet_NaN()};
  CHECK(!decode(11, encode(Message(s))).ok());
  s.reals = {std::numeric_limits<double>::infinity()};
  CHECK(!decode(11, encode(Message(s))).ok());
  s = sample_integers();
  s.integers.assign(kMaxSegmentSamples, 1);
  CHECK(decode(11, encode(Message(s))).ok());
  s.integers.push_back(1);
  CHECK(!decode(11, encode(Message(s))).ok());
  std::string payload = encode(Message(sample_integers()));
  CHECK(!decode(11, std::string_view(payload).substr(0, payload.size() - 1)).ok());
  // Lengths of the head that lie about the payload.
  for (const std::uint32_t length : {0xffffffffu, 0xfffffffcu, 0xfffffffbu, 0u}) {
    for (int i = 0; i < 4; ++i) payload[static_cast<std::size_t>(i)] = static_cast<char>(length >> (8 * i) & 0xFF);
    CHECK(!decode(11, payload).ok());
  }
  CHECK(!decode(11, "").ok());
  CHECK(!decode(11, "abc").ok());
}

TEST_CASE("NaN where none may be is refused, and is unknown where unknown may be") {
  Calibration calibration;
  calibration.fit_cost_ns = std::numeric_limits<double>::quiet_NaN();
  const auto unknown = decode(10, encode(Message(calibration)));
  REQUIRE(unknown.ok());
  CHECK(!std::get<Calibration>(*unknown).fit_cost_ns.has_value());
  calibration.clock_cost_ns = std::numeric_limits<double>::quiet_NaN();
  CHECK(!decode(10, encode(Message(calibration))).ok());
  CHECK(!decode(9, encode(Message(Work{{{"items", -1.0}}}))).ok());
}

TEST_CASE("an event or a zone has a value that can be or a reason, and not both") {
  const auto counts = [](EventCount count) { return Message(EventCounts{1, 1, {std::move(count)}}); };
  const auto ok = [](const Message& message) { return decode(message_type(message), encode(message)).ok(); };
  CHECK(ok(counts({"cycles", 0.0, 1.0, false, ""})));
  CHECK_FALSE(ok(counts({"cycles", -1.0, 1.0, false, ""})));
  CHECK_FALSE(ok(counts({"cycles", 1.0, 0.0, false, ""})));
  CHECK_FALSE(ok(counts({"cycles", 1.0, 1.5, false, ""})));
  CHECK_FALSE(ok(counts({"cycles", 1.0, std::nullopt, false, ""})));
  CHECK_FALSE(ok(counts({"cycles", 1.0, 1.0, false, "why"})));
  CHECK_FALSE(ok(counts({"cycles", std::nullopt, std::nullopt, false, ""})));
  CHECK_FALSE(ok(Message(EventCounts{1, 1, std::vector(kMostCounts + 1, EventCount{"c", 1.0, 1.0, false, ""})})));
  const auto energy = [](ZoneEnergy zone) { return Message(Energy{1, 1, 1, {std::move(zone)}}); };
  CHECK(ok(energy({"package-0", 0.0, ""})));
  CHECK_FALSE(ok(energy({"package-0", -0.5, ""})));
  CHECK_FALSE(ok(energy({"package-0", std::nullopt, ""})));
  CHECK_FALSE(ok(energy({"package-0", 1.0, "why"})));
  CHECK_FALSE(ok(Message(Energy{-1, 1, 1, {}})));
}

TEST_CASE("a phase that took less than no time is refused") {
  const std::uint32_t type = message_type(Message(PhaseTimes{}));
  CHECK(decode(type, encode(Message(PhaseTimes{0, 0, 0}))).ok());
  CHECK(!decode(type, encode(Message(PhaseTimes{-1, 0, 0}))).ok());
  CHECK(!decode(type, encode(Message(PhaseTimes{0, -1, 0}))).ok());
  CHECK(!decode(type, encode(Message(PhaseTimes{0, 0, -1}))).ok());
}

TEST_CASE("a histogram whose buckets do not make its count is refused") {
  const RecorderHistogram good{"lat", 0, 7, 10, 1, 9, {{1, 3}, {4, 4}}};
  CHECK(decode(12, encode(Message(good))).ok());
  RecorderHistogram bad = good;
  bad.count = 8;
  CHECK(!decode(12, encode(Message(bad))).ok());
  bad = good;
  bad.buckets = {{4, 4}, {1, 3}};
  CHECK(!decode(12, encode(Message(bad))).ok());
  bad = good;
  bad.buckets = {{1, 7}, {2, 0}};
  CHECK(!decode(12, encode(Message(bad))).ok());
  bad = good;
  bad.least = 10;
  CHECK(!decode(12, encode(Message(bad))).ok());
  bad = good;
  bad.precision_bits = 15;
  CHECK(!decode(12, encode(Message(bad))).ok());
  bad = good;
  bad.buckets = {{1, ~0ull}, {2, 8}};  // sums to 7 if it is added without a check
  CHECK(!decode(12, encode(Message(bad))).ok());
}

TEST_CASE("a worker gives a reason unless it passed, and ends as nothing that only the host knows") {
  CHECK(decode(18, encode(Message(Final{}))).ok());
  Final final;
  final.outcome = Outcome::failed;
  CHECK(!decode(18, encode(Message(final))).ok());
  final.reason = "r";
  CHECK(decode(18, encode(Message(final))).ok());
  final.outcome = Outcome::cached;
  CHECK(!decode(18, encode(Message(final))).ok());
  final.outcome = Outcome::infra_error;
  CHECK(!decode(18, encode(Message(final))).ok());
}

TEST_CASE("types that do not exist and payloads of another type are refused") {
  CHECK(!decode(0, "{}").ok());
  CHECK(!decode(19, "{}").ok());
  CHECK(!decode(0xffffffff, "{}").ok());
  CHECK(!decode(1, encode(Message(Log{}))).ok());
  CHECK(!decode(1, "").ok());
  CHECK(!decode(1, "null").ok());
}

TEST_CASE("text that is no UTF-8 travels with its bad bytes replaced") {
  const auto back = decode(2, encode(Message(Log{LogLevel::info, LogSource::plugin, "a\xff\xfe z"})));
  REQUIRE(back.ok());
  CHECK(std::get<Log>(*back).text == "a\xEF\xBF\xBD\xEF\xBF\xBD z");
}

TEST_CASE("seeded mutations of payloads never crash and never change type") {
  std::mt19937_64 random(7);
  for (const Message& message : samples()) {
    const std::string good = encode(message);
    for (int round = 0; round < 400; ++round) {
      std::string changed = good;
      for (std::uint64_t edits = 1 + random() % 3; edits > 0 && !changed.empty(); --edits) {
        const std::size_t at = random() % changed.size();
        if (random() % 4 == 0) {
          changed.resize(at);
        } else {
          changed[at] = static_cast<char>(random());
        }
      }
      const auto back = decode(message_type(message), changed);
      if (back.ok()) {
        CHECK(back->index() == message.index());
      } else {
        CHECK(!back.error().message.empty());
      }
    }
  }
}

TEST_CASE("names of outcomes and phases are those of the design, both ways") {
  CHECK(outcome_name(Outcome::out_of_memory) == "out_of_memory");
  CHECK(outcome_name(Outcome::protocol_error) == "protocol_error");
  for (std::uint32_t i = 0; i < 10; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    CHECK(outcome_from_name(outcome_name(outcome)) == outcome);
  }
  CHECK(!outcome_from_name("good").has_value());
  CHECK(phase_name(Phase::starting) == "starting");
  CHECK(phase_name(Phase::measuring) == "measuring");
  CHECK(phase_name(Phase::ending) == "ending");
  CHECK(phase_name(static_cast<Phase>(99)) == "unknown");
  CHECK(quantity_name(Quantity::amount) == "amount");
  CHECK(segment_phase_name(SegmentPhase::warmup) == "warmup");
}
