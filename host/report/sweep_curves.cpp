#include "report/sweep_curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>

namespace benchhost::report {

namespace p = protocol;

namespace {

std::optional<double> number_of(const p::Value& value) {
  if (value.list || value.scalars.size() != 1) return std::nullopt;
  const p::Scalar& scalar = value.scalars.front();
  if (const auto* i = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&scalar)) return static_cast<double>(*u);
  if (const auto* d = std::get_if<double>(&scalar)) return std::isfinite(*d) ? std::optional(*d) : std::nullopt;
  return std::nullopt;
}

const p::ParamRecord* described(const RunView& view, const std::string& benchmark, const std::string& parameter) {
  const auto found = view.detail->benchmarks.find(benchmark);
  return found == view.detail->benchmarks.end() ? nullptr : found->second.parameter(parameter);
}

std::string unit_of(const RunView& view, const std::string& benchmark, const std::string& parameter) {
  const p::ParamRecord* record = described(view, benchmark, parameter);
  return record == nullptr ? std::string() : record->unit;
}

// All but one parameter, and what else tells cases apart.
std::map<std::string, std::string> fixed_of(const RunView& view, const store::Case& c, const std::string& swept) {
  std::map<std::string, std::string> fixed;
  for (const auto& [name, value] : c.parameters) {
    if (name == swept) continue;
    const std::string unit = unit_of(view, c.benchmark, name);
    const auto number = number_of(value);
    fixed[name] = number && !unit.empty() ? short_quantity(*number, unit) : p::display_text(value);
  }
  if (!c.input.empty()) fixed["input"] = c.input;
  for (std::size_t i = 0; i < c.device_models.size(); ++i) {
    fixed[i == 0 ? "on" : fmt::format("on[{}]", i)] = c.device_models[i];
  }
  return fixed;
}

// Points at one x become one: their mean, and the hull of their intervals.
void merge_equal(std::vector<PlotPoint>& points) {
  std::ranges::stable_sort(points, {}, &PlotPoint::x);
  std::vector<PlotPoint> merged;
  for (std::size_t from = 0; from < points.size();) {
    std::size_t to = from;
    PlotPoint one = points[from];
    double sum = 0;
    for (; to < points.size() && points[to].x == one.x; ++to) {
      sum += points[to].y;
      if (one.low && points[to].low) one.low = std::min(*one.low, *points[to].low);
      if (one.high && points[to].high) one.high = std::max(*one.high, *points[to].high);
    }
    one.y = sum / static_cast<double>(to - from);
    merged.push_back(one);
    from = to;
  }
  points = std::move(merged);
}

// A metric without a direction is a fact about the case, such as how many elements there were.
bool is_of_interest(const p::MetricRecord& metric) { return metric.primary || metric.direction != p::Direction::none; }

std::string last_part(const std::string& id) { return id.substr(id.rfind('.') + 1); }

}  // namespace

std::vector<SweepCurve> find_curves(const RunView& view) {
  // Benchmark, metric, parameter, and what is alike.
  using Key = std::tuple<std::string, std::string, std::string, std::map<std::string, std::string>>;
  std::map<Key, SweepCurve> groups;
  std::vector<Key> order;
  for (const store::StoredResult& r : view.results) {
    if (!r.end || r.end->outcome != p::Outcome::passed) continue;
    const store::Case& c = r.start.case_;
    for (const auto& [name, value] : c.parameters) {
      const auto x = number_of(value);
      if (!x) continue;
      const std::map<std::string, std::string> fixed = fixed_of(view, c, name);
      for (const store::StoredMeasurement& stored : r.measurements) {
        const store::Measurement& m = stored.measurement;
        if (!m.value || !m.label.empty() || !is_of_interest(stored.metric)) continue;
        Key key{c.benchmark, stored.metric.id, name, fixed};
        const auto [place, is_new] = groups.try_emplace(key);
        SweepCurve& curve = place->second;
        if (is_new) {
          curve = {c.benchmark, name, unit_of(view, c.benchmark, name), stored.metric, fixed, {}};
          order.push_back(std::move(key));
        }
        curve.points.push_back({*x, *m.value, m.low, m.high});
      }
    }
  }
  std::vector<SweepCurve> curves;
  for (const Key& key : order) {
    SweepCurve& curve = groups.at(key);
    merge_equal(curve.points);
    if (curve.points.size() >= 2) curves.push_back(std::move(curve));
  }
  std::ranges::stable_sort(curves, std::ranges::greater(), [](const SweepCurve& c) { return c.metric.primary; });
  return curves;
}

std::vector<std::string> curve_names(const std::vector<const SweepCurve*>& curves) {
  std::set<std::string> benchmarks;
  std::map<std::string, std::set<std::string>> values;
  for (const SweepCurve* curve : curves) {
    benchmarks.insert(curve->benchmark);
    for (const auto& [name, value] : curve->fixed) values[name].insert(value);
  }
  std::vector<std::string> names;
  for (const SweepCurve* curve : curves) {
    std::string name = benchmarks.size() > 1 ? last_part(curve->benchmark) : "";
    for (const auto& [key, value] : curve->fixed) {
      // Clang 14 takes no name of a structured binding into a closure as it stands.
      const bool everywhere =
          std::ranges::all_of(curves, [&wanted = key](const SweepCurve* c) { return c->fixed.contains(wanted); });
      if (everywhere && values[key].size() < 2) continue;
      name += fmt::format("{}{}{}{}", name.empty() ? "" : " ", key, key == "on" ? " " : "=", value);
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace benchhost::report
