#include "report/run_view.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "common/base/units.h"
#include "common/base/utc_text.h"

namespace benchhost::report {

namespace {

constexpr std::string_view kYardstickRole = "yardstick";

}  // namespace

Result<RunView> read_run(store::RunReader& reader, store::RunId id, Depth depth) {
  RunView view;
  BH_TRY(view.run, reader.run(id));
  BH_TRY(auto results, reader.results(id, store::Attempts::last));
  for (store::StoredResult& r : results) {
    (r.start.role == kYardstickRole ? view.yardsticks : view.results).push_back(std::move(r));
  }
  BH_TRY(view.summaries, reader.summaries(id));
  if (depth == Depth::samples) {
    BH_TRY(view.detail, read_detail(reader, id, view.results));
  }
  return view;
}

std::string value_text(const store::StoredMeasurement& m) {
  return m.measurement.value ? format_quantity(*m.measurement.value, m.metric.unit) : "-";
}

std::string interval_text(const store::StoredMeasurement& m, bool ascii) {
  const auto& [value, low, high] = std::tie(m.measurement.value, m.measurement.low, m.measurement.high);
  if (!value || !low || !high) return {};
  const std::string_view sign = ascii ? "+-" : "±";
  const double half = (*high - *low) / 2;
  if (*value == 0) return fmt::format("{}{}", sign, format_quantity(half, m.metric.unit));
  return fmt::format("{}{}", sign, format_percent(half / std::fabs(*value)));
}

std::string bounds_text(const store::StoredMeasurement& m) {
  const auto& [low, high] = std::tie(m.measurement.bound_low, m.measurement.bound_high);
  if (!low || !high) return {};
  return fmt::format("{:g} %: {} to {}", m.measurement.bound_level.value_or(0) * 100,
                     format_quantity(*low, m.metric.unit), format_quantity(*high, m.metric.unit));
}

std::string share_text(std::optional<double> ratio) { return ratio ? format_percent(*ratio) : "-"; }

const store::StoredMeasurement* primary_of(const store::StoredResult& result) {
  for (const store::StoredMeasurement& m : result.measurements) {
    if (m.metric.primary) return &m;
  }
  return nullptr;
}

std::string outcome_text(const store::StoredResult& result) {
  return result.end ? std::string(protocol::outcome_name(result.end->outcome)) : "unfinished";
}

std::uint64_t not_begun(const store::StoredRun& run) {
  std::uint64_t begun = 0;
  for (const auto& [outcome, count] : run.counts) begun += count;
  const std::uint64_t planned = run.start.planned_cases.value_or(begun);
  return planned > begun ? planned - begun : 0;
}

std::string counts_text(const RunView& view) {
  std::map<std::string, std::uint64_t> counts;
  std::vector<std::string> order;
  for (std::uint32_t o = 0; o <= static_cast<std::uint32_t>(protocol::Outcome::interrupted); ++o) {
    order.emplace_back(protocol::outcome_name(static_cast<protocol::Outcome>(o)));
  }
  order.emplace_back("unfinished");
  for (const store::StoredResult& r : view.results) ++counts[outcome_text(r)];
  std::string text;
  for (const std::string& name : order) {
    if (counts[name] == 0) continue;
    std::string words = name;
    for (char& c : words) c = c == '_' ? ' ' : c;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[name], words);
  }
  if (const std::uint64_t missing = not_begun(view.run)) {
    text += fmt::format("{}{} not begun", text.empty() ? "" : ", ", missing);
  }
  return text.empty() ? "no case" : text;
}

std::string resolution_text(const store::StoredRun& run) {
  if (run.end && run.end->resolution_ratio) {
    return fmt::format("this machine resolves differences of about {} today",
                       format_percent(*run.end->resolution_ratio));
  }
  return "what differences this machine resolves is not known";
}

std::string time_text(std::int64_t wall_ns) { return utc_text(wall_ns); }

}  // namespace benchhost::report
