#include "analysis/invocation.h"

#include <doctest/doctest.h>

namespace a = benchhost::analysis;
namespace p = benchhost::protocol;

TEST_CASE("a calibration that says where the steady batches begin makes earlier values warm-up, and no others") {
  a::Invocation i;
  const auto add = [&i](p::Quantity quantity, std::uint64_t batch, p::SegmentPhase phase) {
    p::Segment s;
    s.quantity = quantity;
    s.phase = phase;
    s.first_batch = batch;
    s.metric = "m";
    i.add(s);
  };
  add(p::Quantity::recorded, 9, p::SegmentPhase::measure);
  add(p::Quantity::recorded, 10, p::SegmentPhase::measure);
  add(p::Quantity::reported, 3, p::SegmentPhase::process);
  p::Calibration calibration;
  i.add(calibration);
  CHECK(i.record.segments[0].phase == p::SegmentPhase::measure);
  calibration.steady_from = 10;
  i.add(calibration);
  add(p::Quantity::wall, 2, p::SegmentPhase::measure);
  CHECK(i.record.segments[0].phase == p::SegmentPhase::warmup);
  CHECK(i.record.segments[1].phase == p::SegmentPhase::measure);
  CHECK(i.record.segments[2].phase == p::SegmentPhase::process);
  CHECK(i.record.segments[3].phase == p::SegmentPhase::measure);
}
