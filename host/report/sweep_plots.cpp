#include "report/sweep_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/location.h"
#include "common/base/units.h"
#include "report/sweep_curves.h"

namespace benchhost::report {

namespace p = protocol;

namespace {

// SummaryRecord::kind: BH_SUMMARY_SPEEDUP and BH_SUMMARY_EFFICIENCY of the SDK's metrics.h.
constexpr std::uint32_t kSpeedup = 1;
constexpr std::uint32_t kEfficiency = 2;
constexpr std::size_t kLeastPoints = 3;

using Curves = std::vector<const SweepCurve*>;

std::string metric_name(const p::MetricRecord& metric) { return metric.title.empty() ? metric.id : metric.title; }

std::string beginning_of(const std::string& id) { return id.substr(0, id.rfind('.')); }

std::string short_id(const std::string& id) {
  const std::size_t last = id.rfind('.');
  const std::size_t before = last == std::string::npos || last == 0 ? last : id.rfind('.', last - 1);
  return before == std::string::npos ? id : id.substr(before + 1);
}

// Curves that can share a plot, in the order in which they came.
std::vector<Curves> plots_of(const Curves& curves) {
  std::map<std::string, Curves> families;
  std::vector<std::string> order;
  const auto family_of = [](const SweepCurve& c, bool whole_id) {
    return fmt::format("{}\n{}\n{}\n{}", whole_id ? c.benchmark : beginning_of(c.benchmark), c.parameter, c.metric.id,
                       c.metric.unit);
  };
  for (const SweepCurve* curve : curves) {
    auto& family = families[family_of(*curve, false)];
    if (family.empty()) order.push_back(family_of(*curve, false));
    family.push_back(curve);
  }
  std::vector<Curves> plots;
  for (const std::string& key : order) {
    Curves& family = families[key];
    if (family.size() <= kDistinctSeries) {
      plots.push_back(std::move(family));
      continue;
    }
    std::map<std::string, Curves> single;
    std::vector<std::string> ids;
    for (const SweepCurve* curve : family) {
      if (single[curve->benchmark].empty()) ids.push_back(curve->benchmark);
      single[curve->benchmark].push_back(curve);
    }
    for (const std::string& id : ids) plots.push_back(std::move(single[id]));
  }
  return plots;
}

// At most as many as can be told apart, spread over all of them.
Curves some_of(const Curves& curves) {
  if (curves.size() <= kDistinctSeries) return curves;
  Curves some;
  for (std::size_t i = 0; i < kDistinctSeries; ++i) {
    some.push_back(curves[i * (curves.size() - 1) / (kDistinctSeries - 1)]);
  }
  return some;
}

std::string subject_of(const Curves& curves) {
  const std::string& first = curves.front()->benchmark;
  const bool one = std::ranges::all_of(curves, [&](const SweepCurve* c) { return c->benchmark == first; });
  const std::string id = one ? short_id(first) : beginning_of(first);
  return one ? id : id.substr(id.rfind('.') + 1);
}

// The greatest and least figure of each curve, for who cannot see them.
std::string figures_of(const Curves& curves, const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const SweepCurve& c = *curves[i];
    const auto [low, high] = std::ranges::minmax_element(c.points, {}, &PlotPoint::y);
    text += fmt::format(" {}{}from {} at {} to {} at {}.", names[i], names[i].empty() ? "" : ": ",
                        format_quantity(low->y, c.metric.unit), short_quantity(low->x, c.parameter_unit),
                        format_quantity(high->y, c.metric.unit), short_quantity(high->x, c.parameter_unit));
  }
  return text;
}

// The axis of a swept parameter; its ticks are the values themselves where they are few.
Axis parameter_axis(const std::vector<double>& values, const SweepCurve& curve) {
  Axis axis = make_axis(values, curve.parameter, curve.parameter_unit, fitting_scale(values));
  std::vector<double> different = values;
  std::ranges::sort(different);
  different.erase(std::unique(different.begin(), different.end()), different.end());
  if (different.size() > 6 || different.size() < 2) return axis;
  axis.title = curve.parameter;
  axis.ticks.clear();
  for (const double v : different) axis.ticks.push_back({v, short_quantity(v, curve.parameter_unit)});
  if (axis.scale == Scale::linear) {
    const double margin = (different.back() - different.front()) * 0.04;
    axis.low = different.front() - margin;
    axis.high = different.back() + margin;
  } else {
    axis.low = different.front() / 1.1;
    axis.high = different.back() * 1.1;
  }
  return axis;
}

// Where the points lie. Their intervals do not count: one that is a hundred times as wide as all values would press
// those into a line; it is drawn as far as the frame goes.
struct Ends {
  std::vector<double> x;
  std::vector<double> y;
  void add(const PlotPoint& point) {
    x.push_back(point.x);
    y.push_back(point.y);
  }
};

Plot parameter_plot(const Curves& all, std::size_t number) {
  const Curves curves = some_of(all);
  const SweepCurve& first = *curves.front();
  const std::vector<std::string> names = curve_names(curves);
  Plot plot;
  plot.id = fmt::format("over-{}", number);
  plot.title = fmt::format("{}: {} over {}", subject_of(curves), metric_name(first.metric), first.parameter);
  Ends ends;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    for (const PlotPoint& point : curves[i]->points) ends.add(point);
    plot.series.push_back({names[i], curves[i]->points, Stroke::line_and_marks});
  }
  plot.x = parameter_axis(ends.x, first);
  plot.y = make_axis(ends.y, metric_name(first.metric), first.metric.unit, fitting_scale(ends.y), true);
  plot.description =
      fmt::format("{} over {}, {} curve{}; bars are 95 % intervals.{}", metric_name(first.metric), first.parameter,
                  curves.size(), curves.size() == 1 ? "" : "s", figures_of(curves, names));
  if (curves.size() < all.size()) {
    plot.notes.push_back(fmt::format("{} of {} curves; the table has all.", curves.size(), all.size()));
  }
  return plot;
}

bool is_scaling(const RunView& view, const SweepCurve& curve) {
  if (curve.metric.direction != p::Direction::higher && curve.metric.direction != p::Direction::lower) return false;
  if (curve.points.front().x <= 0 || curve.points.front().y <= 0) return false;
  if (curve.parameter == "threads" && curve.metric.primary) return true;
  const auto found = view.detail->benchmarks.find(curve.benchmark);
  if (found == view.detail->benchmarks.end()) return false;
  return std::ranges::any_of(found->second.summaries, [&](const p::SummaryRecord& s) {
    const p::BenchmarkRecord& b = found->second;
    return (s.kind == kSpeedup || s.kind == kEfficiency) && s.parameter < b.parameters.size() &&
           b.parameters[s.parameter].name == curve.parameter && s.metric < b.metrics.size() &&
           b.metrics[s.metric].id == curve.metric.id;
  });
}

// How many times as good as the first point.
std::vector<PlotPoint> speedups(const SweepCurve& curve) {
  const double base = curve.points.front().y;
  const bool higher = curve.metric.direction == p::Direction::higher;
  const auto relative = [&](double y) { return higher ? y / base : base / y; };
  std::vector<PlotPoint> points;
  for (const PlotPoint& point : curve.points) {
    if (!(point.y > 0)) continue;
    PlotPoint one{point.x, relative(point.y), std::nullopt, std::nullopt};
    if (point.low && point.high && *point.low > 0) {
      one.low = std::min(relative(*point.low), relative(*point.high));
      one.high = std::max(relative(*point.low), relative(*point.high));
    }
    points.push_back(one);
  }
  return points;
}

Plot scaling_plot(const Curves& all, std::size_t number) {
  Curves curves = some_of(all);
  // One colour is that of the perfect line.
  if (curves.size() == kDistinctSeries) curves.erase(curves.begin() + kDistinctSeries / 2);
  const std::vector<std::string> names = curve_names(curves);
  const SweepCurve& first = *curves.front();
  Plot plot;
  plot.id = fmt::format("scaling-{}", number);
  plot.title = fmt::format("{}: speed-up over {}", subject_of(curves), first.parameter);
  plot.description = fmt::format("{} relative to the least value of {}.", metric_name(first.metric), first.parameter);
  Ends ends;
  double least = INFINITY;
  double most = 0;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    PlotSeries series{names[i].empty() ? "measured" : names[i], speedups(*curves[i]), Stroke::line_and_marks};
    for (const PlotPoint& point : series.points) ends.add(point);
    least = std::min(least, series.points.front().x);
    most = std::max(most, series.points.back().x);
    plot.description += fmt::format(" {}: {:.2f} times at {}.", series.name, series.points.back().y,
                                    short_quantity(series.points.back().x, first.parameter_unit));
    plot.series.push_back(std::move(series));
  }
  const PlotPoint perfect{most, most / least, std::nullopt, std::nullopt};
  ends.add(perfect);
  plot.x = parameter_axis(ends.x, first);
  plot.y = make_axis(ends.y, "times as good", "", Scale::linear, true);
  // On a logarithmic axis a straight line is a curve.
  PlotSeries line{"perfect", {}, Stroke::dashed};
  for (int i = 0; i <= 32; ++i) {
    const double x = least * std::pow(most / least, i / 32.0);
    line.points.push_back({x, x / least, std::nullopt, std::nullopt});
  }
  plot.series.push_back(std::move(line));
  if (curves.size() < all.size()) {
    plot.notes.push_back(fmt::format("{} of {} curves; the table has all.", curves.size(), all.size()));
  }
  return plot;
}

// ---- roofline

struct RoofPoint {
  double ops_per_byte = 0;
  double ops_per_second = 0;
};

struct Roof {
  std::vector<std::pair<std::string, std::vector<RoofPoint>>> benchmarks;
  double most_ops_per_second = 0;
};

// The model of the first device; of a case that names none, and so runs on the host, that of its processor.
std::string model_of(const RunView& view, const store::StoredResult& r) {
  if (!r.start.case_.device_models.empty()) return r.start.case_.device_models.front();
  const auto& devices = view.detail->devices;
  const auto host = std::ranges::find_if(devices, [](const store::DeviceRow& d) { return d.record.kind == "cpu"; });
  return host == devices.end() ? std::string() : host->record.model();
}

// What a device says of itself.
std::optional<double> stated(const RunView& view, const std::string& model, const std::string& fact) {
  for (const store::DeviceRow& d : view.detail->devices) {
    if (d.record.model() != model) continue;
    const p::CapRecord* cap = d.record.cap(fact);
    if (cap != nullptr && cap->number > 0) return cap->number;
  }
  return std::nullopt;
}

// The type with most operations, and how many.
std::pair<std::string, double> operations(const std::vector<p::WorkItem>& work) {
  std::pair<std::string, double> most;
  for (const p::WorkItem& item : work) {
    if (item.key.starts_with("ops.") && item.amount > most.second) most = {item.key.substr(4), item.amount};
  }
  return most;
}

double bytes_of(const std::vector<p::WorkItem>& work) {
  return analysis::work_amount(work, "bytes.read").value_or(0) +
         analysis::work_amount(work, "bytes.written").value_or(0);
}

Plot roofline_plot(const RunView& view, const std::string& model, const std::string& type, const Roof& roof,
                   double most_bytes, std::size_t number) {
  Plot plot;
  plot.id = fmt::format("roofline-{}", number);
  plot.title = fmt::format("Roofline, {}{}{}", type, model.empty() ? "" : " on ", model);
  const auto stated_ops = stated(view, model, "peak." + type);
  const auto stated_bytes = stated(view, model, "peak.mem");
  const double ops = stated_ops.value_or(roof.most_ops_per_second);
  const double bytes = stated_bytes.value_or(most_bytes);
  Ends ends;
  std::size_t left_out = 0;
  for (const auto& [benchmark, points] : roof.benchmarks) {
    if (plot.series.size() + 1 == kDistinctSeries) {
      ++left_out;
      continue;
    }
    PlotSeries series{short_id(benchmark), {}, Stroke::marks};
    for (const RoofPoint& point : points) {
      series.points.push_back({point.ops_per_byte, point.ops_per_second, std::nullopt, std::nullopt});
      ends.add(series.points.back());
    }
    plot.series.push_back(std::move(series));
  }
  const auto [least, greatest] = std::ranges::minmax(ends.x);
  const double knee = ops / bytes;
  ends.add({std::min(least, knee) / 2, ops, {}, {}});
  ends.add({std::max(greatest, knee) * 2, ops, {}, {}});
  plot.x = make_axis(ends.x, "operations per byte", "1", Scale::log);
  plot.y = make_axis(ends.y, "operations per second", "{op}/s", Scale::log);
  // From where the slope enters the picture.
  const double from = std::max(plot.x.low, plot.y.low / bytes);
  plot.series.push_back(
      {fmt::format("ceiling: {} {}, {} {}", format_quantity(ops, "{op}/s"), stated_ops ? "stated" : "measured",
                   format_quantity(bytes, "By/s"), stated_bytes ? "stated" : "measured"),
       {{from, from * bytes, {}, {}}, {knee, ops, {}, {}}, {plot.x.high, ops, {}, {}}},
       Stroke::dashed});
  plot.description = fmt::format(
      "Operations per second over operations per byte of {} benchmarks, below a ceiling of {} and {}, which meet at "
      "{:.3g} "
      "operations per byte.",
      roof.benchmarks.size(), format_quantity(ops, "{op}/s"), format_quantity(bytes, "By/s"), knee);
  if (!stated_ops || !stated_bytes) {
    plot.notes.push_back("Measured ceilings are the most that any case of this run reached, also from a cache.");
  }
  if (left_out > 0) plot.notes.push_back(fmt::format("{} more benchmarks are not drawn.", left_out));
  return plot;
}

}  // namespace

std::optional<double> iteration_ns(const store::StoredResult& result, const std::vector<p::WorkItem>& work) {
  for (const store::StoredMeasurement& m : result.measurements) {
    const bool timed = m.metric.domain == p::Domain::host || m.metric.domain == p::Domain::queue;
    if (!timed || !m.measurement.label.empty() || !m.measurement.value || !(*m.measurement.value > 0)) continue;
    if (m.metric.kind == p::MetricKind::time && m.metric.unit == "ns") return *m.measurement.value;
    if (m.metric.kind != p::MetricKind::rate) continue;
    const auto amount = analysis::work_amount(work, m.metric.work);
    if (amount && *amount > 0) return *amount / *m.measurement.value * 1e9;
  }
  return std::nullopt;
}

Plots parameter_plots(const RunView& view, std::size_t most) {
  Plots result;
  const std::vector<SweepCurve> curves = find_curves(view);
  Curves wanted;
  for (const SweepCurve& curve : curves) {
    if (curve.points.size() >= kLeastPoints) wanted.push_back(&curve);
  }
  for (const Curves& one : plots_of(wanted)) {
    if (result.plots.size() == most) {
      ++result.left_out;
    } else {
      result.plots.push_back(parameter_plot(one, result.plots.size()));
    }
  }
  return result;
}

Plots scaling_plots(const RunView& view, std::size_t most) {
  Plots result;
  const std::vector<SweepCurve> curves = find_curves(view);
  Curves wanted;
  for (const SweepCurve& curve : curves) {
    if (is_scaling(view, curve)) wanted.push_back(&curve);
  }
  for (const Curves& one : plots_of(wanted)) {
    if (result.plots.size() == most) {
      ++result.left_out;
    } else {
      result.plots.push_back(scaling_plot(one, result.plots.size()));
    }
  }
  return result;
}

Plots roofline_plots(const RunView& view, std::size_t most) {
  std::map<std::pair<std::string, std::string>, Roof> roofs;
  std::map<std::string, double> most_bytes;
  for (const store::StoredResult& r : view.results) {
    const auto detail = view.detail->cases.find(r.id);
    if (!r.end || r.end->outcome != p::Outcome::passed || detail == view.detail->cases.end()) continue;
    const std::vector<p::WorkItem>& work = detail->second.work;
    const auto ns = iteration_ns(r, work);
    const double bytes = bytes_of(work);
    if (!ns || !(bytes > 0)) continue;
    double& fastest = most_bytes[model_of(view, r)];
    fastest = std::max(fastest, bytes / *ns * 1e9);
    const auto [type, ops] = operations(work);
    if (!(ops > 0)) continue;
    Roof& roof = roofs[{model_of(view, r), type}];
    const RoofPoint point{ops / bytes, ops / *ns * 1e9};
    roof.most_ops_per_second = std::max(roof.most_ops_per_second, point.ops_per_second);
    const std::string& id = r.start.case_.benchmark;
    auto own = std::ranges::find(roof.benchmarks, id, &std::pair<std::string, std::vector<RoofPoint>>::first);
    if (own == roof.benchmarks.end()) own = roof.benchmarks.insert(own, {id, {}});
    own->second.push_back(point);
  }
  Plots result;
  for (const auto& [key, roof] : roofs) {
    if (result.plots.size() == most) {
      ++result.left_out;
    } else {
      result.plots.push_back(
          roofline_plot(view, key.first, key.second, roof, most_bytes.at(key.first), result.plots.size()));
    }
  }
  return result;
}

}  // namespace benchhost::report
