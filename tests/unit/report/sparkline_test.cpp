#include "report/sparkline.h"

#include <doctest/doctest.h>

#include <limits>

#include "unit/report/sample_view.h"

namespace r = benchhost::report;

TEST_CASE("a line goes from the least to the greatest, also in ASCII") {
  const std::vector<double> rising = {0, 1, 2, 3, 4, 5, 6, 7};
  CHECK(r::sparkline(rising, false) == "▁▂▃▄▅▆▇█");
  CHECK(r::sparkline(rising, true) == "_.-:=+*#");
  const std::vector<double> gap = {0, std::numeric_limits<double>::quiet_NaN(), 7};
  CHECK(r::sparkline(gap, true) == "_ #");
  CHECK(r::sparkline({}, true) == "");
}

TEST_CASE("differences that mean nothing are drawn flat") {
  const std::vector<double> flat = {100, 100.1, 100.2};
  CHECK(r::sparkline(flat, true) == "---");
  const std::vector<double> zero = {0, 0};
  CHECK(r::sparkline(zero, true) == "--");
}

TEST_CASE("a distribution is told as bars with counts, and without UTF-8 in ASCII alone") {
  const r::CaseShape shape = r::shape_of(r::test::samples_of(100));
  const std::string text = r::shape_text(shape, {80, true, false});
  CHECK(text.find("time per iteration, in run order (300 samples of 3 invocations)\n") == 0);
  CHECK(text.find("time per iteration, how often\n") != std::string::npos);
  CHECK(text.find("100.0 ns") != std::string::npos);
  CHECK(text.find('#') != std::string::npos);
  for (const char c : text) CHECK(static_cast<unsigned char>(c) < 0x80);
  CHECK(r::shape_text(shape, {80, false, false}).find("█") != std::string::npos);
  for (const std::size_t width : {20u, 40u, 80u, 200u}) {
    const std::string drawn = r::shape_text(shape, {width, true, false});
    for (std::size_t from = 0; from < drawn.size(); from = drawn.find('\n', from) + 1) {
      if (drawn.find("invocations)", from) < drawn.find('\n', from)) continue;
      CHECK(drawn.find('\n', from) - from <= std::max<std::size_t>(width, 40));
    }
  }
  CHECK(r::shape_text({}, {80, true, false}) == "");
}

TEST_CASE("samples that were too many to be read are told of") {
  r::CaseShape shape;
  shape.unread = 7'000'000;
  CHECK(r::shape_text(shape, {80, true, false}) == "7000000 samples are stored: too many to be drawn\n");
}
