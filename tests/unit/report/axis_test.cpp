#include "report/axis.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace r = benchhost::report;

namespace {

std::vector<std::string> labels(const r::Axis& axis) {
  std::vector<std::string> all;
  for (const r::Tick& t : axis.ticks) all.push_back(t.label);
  return all;
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("a linear axis has round ticks in one unit, which its title says") {
  const std::vector<double> values = {12e9, 41.3e9};
  const r::Axis from_zero = r::make_axis(values, "Bandwidth", "By/s", r::Scale::linear, true);
  CHECK(from_zero.title == "Bandwidth, GB/s");
  CHECK(labels(from_zero) == Labels{"0", "10", "20", "30", "40", "50"});
  CHECK(from_zero.low == 0);
  CHECK(from_zero.high == doctest::Approx(50e9));
  CHECK(from_zero.place(25e9) == doctest::Approx(0.5));
  CHECK(from_zero.place(-1) == 0);
  CHECK(from_zero.place(1e12) == 1);
  CHECK(from_zero.place(std::numeric_limits<double>::quiet_NaN()) == 0);

  const std::vector<double> times = {0.00025e6, 0.00031e6};
  CHECK(labels(r::make_axis(times, "time", "ns", r::Scale::linear)) == Labels{"240", "260", "280", "300", "320"});
  CHECK(r::make_axis(times, "time", "ns", r::Scale::linear).title == "time, ns");
  const std::vector<double> bytes = {0, 3 * 1048576.0};
  CHECK(labels(r::make_axis(bytes, "size", "By", r::Scale::linear)) == Labels{"0", "1", "2", "3"});
}

TEST_CASE("a logarithmic axis goes by powers of two for bytes and counts, and of ten for the rest") {
  const std::vector<double> bytes = {16384, 64.0 * 1048576};
  const r::Axis sizes = r::make_axis(bytes, "bytes", "By", r::Scale::log);
  CHECK(labels(sizes) == Labels{"16 KiB", "128 KiB", "1 MiB", "8 MiB", "64 MiB"});
  CHECK(sizes.title == "bytes");
  CHECK(sizes.place(1048576) == doctest::Approx(0.5));
  const std::vector<double> rates = {2e8, 3e11};
  CHECK(labels(r::make_axis(rates, "x", "By/s", r::Scale::log)) ==
        Labels{"100 MB/s", "1 GB/s", "10 GB/s", "100 GB/s", "1 TB/s"});
  const std::vector<double> near = {0.5, 30};
  CHECK(labels(r::make_axis(near, "x", "1", r::Scale::log)).size() >= 4);
}

TEST_CASE("an axis is drawn whatever the values are") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<double>& values : std::vector<std::vector<double>>{
           {}, {0}, {5}, {nan}, {-3, -3}, {1, INFINITY}, {1e-300, 1e300}, {-1e18, 1e18}, {0, 1e-12}, {7e15, 7e15}}) {
    for (const r::Scale scale : {r::Scale::linear, r::Scale::log}) {
      for (const bool zero : {false, true}) {
        const r::Axis axis = r::make_axis(values, "x", "ns", scale, zero);
        CHECK(axis.low < axis.high);
        CHECK(axis.ticks.size() >= 1);
        CHECK(axis.ticks.size() <= 24);
        for (const double v : values) {
          CHECK(axis.place(v) >= 0);
          CHECK(axis.place(v) <= 1);
        }
      }
    }
  }
}

TEST_CASE("a unit is shown with the prefix that format_quantity gives it") {
  CHECK(r::shown_unit(41.3e9, "By/s").name == "GB/s");
  CHECK(r::shown_unit(41.3e9, "By/s").factor == 1e9);
  CHECK(r::shown_unit(65536, "By").factor == 1024);
  CHECK(r::shown_unit(65536, "By").name == "KiB");
  CHECK(r::shown_unit(2.5e3, "ns").name == "µs");
  CHECK(r::shown_unit(2.5e3, "ns").factor == 1e3);
  CHECK(r::shown_unit(1e6, "{op}/s").name == "M op/s");
  CHECK(r::shown_unit(0, "ns").factor == 1);
  CHECK(r::shown_unit(12.5, "1").name == "");
  CHECK(r::short_quantity(16384, "By") == "16 KiB");
  CHECK(r::short_quantity(2500, "ns") == "2.5 µs");
  CHECK(r::short_quantity(8, "") == "8");
}

TEST_CASE("a scale is logarithmic only where all values are positive and far apart") {
  CHECK(r::fitting_scale(std::vector<double>{1, 20}) == r::Scale::log);
  CHECK(r::fitting_scale(std::vector<double>{1, 19}) == r::Scale::linear);
  CHECK(r::fitting_scale(std::vector<double>{0, 1000}) == r::Scale::linear);
  CHECK(r::fitting_scale(std::vector<double>{}) == r::Scale::linear);
}
