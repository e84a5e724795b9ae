#include "analysis/summary.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "analysis/summary_curve.h"
#include "common/base/canonical_number.h"
#include "common/protocol/expression_scope.h"

namespace benchhost::analysis {

namespace {

namespace p = protocol;

const p::Value* find_value(const SweepPoint& point, std::string_view name) {
  const auto it =
      std::ranges::find(point.parameters, name, [](const auto& pair) -> std::string_view { return pair.first; });
  return it == point.parameters.end() ? nullptr : &it->second;
}

std::optional<double> number_of(const p::Value& value) {
  if (value.list || value.scalars.size() != 1) return std::nullopt;
  std::optional<double> number;
  if (const auto* i = std::get_if<std::int64_t>(&value.scalars[0])) number = static_cast<double>(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&value.scalars[0])) number = static_cast<double>(*u);
  if (const auto* d = std::get_if<double>(&value.scalars[0])) number = *d;
  return number && std::isfinite(*number) ? number : std::nullopt;
}

ExprValue expr_of(const p::Scalar& scalar) {
  return std::visit([](const auto& v) { return ExprValue(v); }, scalar);
}

/// Parameters of a point, then the machine.
class PointFacts final : public ExprLookup {
 public:
  PointFacts(const SweepPoint& point, const ExprLookup* machine) : point_(point), machine_(machine) {}
  [[nodiscard]] std::optional<ExprValue> find(std::string_view full_name) const override {
    constexpr std::string_view kParam = "param.";
    if (!full_name.starts_with(kParam)) return machine_ == nullptr ? std::nullopt : machine_->find(full_name);
    const p::Value* value = find_value(point_, full_name.substr(kParam.size()));
    if (value == nullptr || value->type == p::ValueType::none) return std::nullopt;
    if (!value->list) return expr_of(value->scalars.at(0));
    ExprList list;
    for (const p::Scalar& scalar : value->scalars) list.push_back(expr_of(scalar));
    return ExprValue(std::move(list));
  }

 private:
  const SweepPoint& point_;
  const ExprLookup* machine_;
};

/// "{pages=normal,pattern=random} input 'a/b' on Model X": what was held fixed.
std::string group_of(const p::BenchmarkRecord& benchmark, const SweepPoint& point, std::string_view swept) {
  std::vector<std::pair<std::string, p::Value>> rest;
  for (const auto& [name, value] : point.parameters) {
    const p::ParamRecord* declared = benchmark.parameter(name);
    if (name != swept && !(declared != nullptr && declared->is_apart())) rest.emplace_back(name, value);
  }
  std::string text = p::canonical_set(std::move(rest));
  if (!point.input.empty()) text += fmt::format(" input {}", p::canonical_text(p::string_value(point.input)));
  for (std::size_t i = 0; i < point.device_models.size(); ++i) {
    text += (i == 0 ? " on " : " and ") + point.device_models[i];
  }
  return text;
}

/// Points of one group: x, and the case behind it.
struct Member {
  double x = 0;
  const SweepPoint* point = nullptr;
};

class Summariser {
 public:
  Summariser(const p::BenchmarkRecord& benchmark, const p::SummaryRecord& summary, const ExprLookup* machine)
      : benchmark_(benchmark),
        summary_(summary),
        metric_(benchmark.metrics[summary.metric]),
        kind_(static_cast<SummaryKind>(summary.kind)),
        machine_(machine) {}

  void add_group(const std::string& group, const std::vector<Member>& members, std::vector<store::SummaryValue>& out) {
    // Labels of a labelled metric have curves of their own.
    std::vector<std::string> labels;
    for (const Member& member : members) {
      for (const store::Measurement& m : member.point->measurements) {
        const bool known = std::ranges::find(labels, m.label) != labels.end();
        if (m.metric == metric_.id && !known) labels.push_back(m.label);
      }
    }
    if (labels.empty()) labels.emplace_back();
    for (const std::string& label : labels) {
      const std::vector<SummaryResult> results = summarise_label(members, label);
      for (std::size_t i = 0; i < results.size(); ++i) {
        store::SummaryValue value;
        value.benchmark = benchmark_.id;
        value.summary = summary_.id;
        value.group = group;
        value.unit = summary_.unit;
        value.label = label;
        if (kind_ == SummaryKind::levels && results[i].value) {
          value.label = label.empty() ? fmt::format("{}", i + 1) : fmt::format("{} {}", label, i + 1);
        }
        value.value = results[i].value;
        value.low = results[i].low;
        value.high = results[i].high;
        value.null_reason = results[i].reason;
        out.push_back(std::move(value));
      }
    }
  }

 private:
  std::vector<SummaryResult> summarise_label(const std::vector<Member>& members, const std::string& label) const {
    std::vector<CurvePoint> points;
    std::string missing;
    const bool at_ends =
        kind_ == SummaryKind::speedup || kind_ == SummaryKind::efficiency || kind_ == SummaryKind::ratio;
    const auto [least, most] = std::ranges::minmax(members, {}, &Member::x);
    for (const Member& member : members) {
      CurvePoint point;
      point.x = member.x;
      const std::string why = read(*member.point, label, point);
      if (why.empty()) {
        points.push_back(point);
        continue;
      }
      missing = fmt::format("{}={}: {}", parameter(), canonical_number(member.x), why);
      // Another end of the sweep would answer another question.
      if (at_ends && (member.x == least.x || member.x == most.x)) return {no_summary(missing)};
    }
    std::ranges::stable_sort(points, {}, &CurvePoint::x);
    if (kind_ == SummaryKind::max_within) {
      return {points.empty() ? no_summary(missing) : max_within(metric_, points)};
    }
    std::vector<CurvePoint> curve = merge_points(std::move(points));
    if (curve.size() < 2) return {no_summary(fmt::format("fewer than 2 points have a value; {}", missing))};
    return of_curve(curve);
  }

  std::vector<SummaryResult> of_curve(const std::vector<CurvePoint>& curve) const {
    switch (kind_) {
      case SummaryKind::speedup:
        return {speedup(metric_, curve)};
      case SummaryKind::ratio:
        return {ratio(metric_, curve)};
      case SummaryKind::efficiency:
        return {efficiency(metric_, curve)};
      case SummaryKind::best:
        return {best(metric_, curve)};
      case SummaryKind::best_at:
        return {best_at(metric_, curve)};
      case SummaryKind::knee:
        return {knee(metric_, curve)};
      case SummaryKind::levels:
        return levels(curve);
      case SummaryKind::fit_intercept:
      case SummaryKind::fit_slope: {
        FitWish wish;
        wish.basis = static_cast<SummaryBasis>(summary_.basis);
        wish.slope = kind_ == SummaryKind::fit_slope;
        wish.inverse_rate = summary_.unit.ends_with("/s");
        wish.y_is_ns = metric_.unit == "ns";
        return {fit_summary(wish, curve)};
      }
      case SummaryKind::max_within:
        break;
    }
    return {no_summary(fmt::format("{} is no kind of summary that this version knows", summary_.kind))};
  }

  // Fills y, its interval and the limit. Why there is no y: "" if there is one.
  std::string read(const SweepPoint& from, const std::string& label, CurvePoint& point) const {
    const auto it = std::ranges::find_if(
        from.measurements, [&](const store::Measurement& m) { return m.metric == metric_.id && m.label == label; });
    if (it == from.measurements.end()) return fmt::format("'{}' was not measured", metric_.id);
    if (!it->value || !std::isfinite(*it->value)) {
      return fmt::format("'{}' has no value: {}", metric_.id, it->null_reason.empty() ? "not known" : it->null_reason);
    }
    point.y = *it->value;
    if (it->low && it->high && std::isfinite(*it->low) && std::isfinite(*it->high) && *it->low <= *it->high) {
      point.low = it->low;
      point.high = it->high;
    }
    if (kind_ != SummaryKind::max_within) return {};
    const auto parsed = Expression::parse(summary_.limit);
    if (!parsed.ok()) return "limit: " + parsed.error().message;
    const auto checked = parsed->check(p::claim_scope(benchmark_.parameters), kExprNumber);
    if (!checked.ok()) return "limit: " + checked.error().message;
    const ExprOutcome limit = checked->evaluate(PointFacts(from, machine_));
    if (!limit.value || limit.value->number() == nullptr) return "limit: " + limit.reason;
    point.limit = limit.value->number()->to_double();
    return {};
  }

  [[nodiscard]] const std::string& parameter() const { return benchmark_.parameters[summary_.parameter].name; }

  const p::BenchmarkRecord& benchmark_;
  const p::SummaryRecord& summary_;
  const p::MetricRecord& metric_;
  SummaryKind kind_;
  const ExprLookup* machine_;
};

}  // namespace

std::vector<store::SummaryValue> summarise(const p::BenchmarkRecord& benchmark, std::span<const SweepPoint> points,
                                           const ExprLookup* machine) {
  std::vector<store::SummaryValue> out;
  for (const p::SummaryRecord& summary : benchmark.summaries) {
    // A descriptor that points past its own lists was refused when it was read.
    if (summary.metric >= benchmark.metrics.size() || summary.parameter >= benchmark.parameters.size()) continue;
    const std::string& swept = benchmark.parameters[summary.parameter].name;
    std::map<std::string, std::vector<Member>> groups;
    for (const SweepPoint& point : points) {
      const p::Value* value = find_value(point, swept);
      const auto x = value == nullptr ? std::nullopt : number_of(*value);
      if (x) groups[group_of(benchmark, point, swept)].push_back({*x, &point});
    }
    Summariser summariser(benchmark, summary, machine);
    for (const auto& [group, members] : groups) {
      const double first = members.front().x;
      const bool varies = std::ranges::any_of(members, [&](const Member& m) { return m.x != first; });
      if (varies) summariser.add_group(group, members, out);
    }
  }
  return out;
}

}  // namespace benchhost::analysis
