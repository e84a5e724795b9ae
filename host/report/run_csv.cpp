// CSV as RFC 4180 has it: CR LF, quotes doubled. A spreadsheet takes a cell that begins with one of = + - @ for a
// formula; text of others that begins so gets an apostrophe before it, which makes it text.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/terminal_text.h"
#include "report/run_report.h"

namespace benchhost::report {

namespace {

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos && !cell.starts_with(' ') && !cell.ends_with(' ')) return cell;
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

// Text of others.
std::string text(std::string_view of) {
  std::string shown = escape_for_terminal(of);
  if (!shown.empty() && std::string_view("=+-@\t").find(shown.front()) != std::string_view::npos) {
    shown.insert(shown.begin(), '\'');
  }
  return quoted(shown);
}

std::string number(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

template <class Number>
std::string count(Number value) {
  return fmt::format("{}", value);
}

// A number bare, anything else as text.
std::string parameter_text(const protocol::Value& value) {
  using protocol::ValueType;
  const bool numeric = !value.list && (value.type == ValueType::int64 || value.type == ValueType::uint64 ||
                                       value.type == ValueType::real);
  const std::string shown = protocol::canonical_text(value);
  return numeric ? shown : text(value.list ? shown : protocol::display_text(value));
}

void add_line(std::string& out, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + cells[i];
  out += "\r\n";
}

}  // namespace

std::string csv_report(const RunView& view) {
  std::set<std::string> parameters;
  for (const store::StoredResult& r : view.results) {
    for (const auto& [name, value] : r.start.case_.parameters) parameters.insert(name);
  }
  std::vector<std::string> head = {"run",          "run_uid",    "ordinal",     "case",    "benchmark",
                                   "devices",      "outcome",    "reason",      "flags",   "metric",
                                   "label",        "statistic",  "unit",        "value",   "low",
                                   "high",         "level",      "invocations", "samples", "effective_samples",
                                   "spread_ratio", "null_reason"};
  for (const std::string& name : parameters) head.push_back(text("param." + name));
  std::string out;
  add_line(out, head);
  for (const store::StoredResult& r : view.results) {
    const std::vector<std::string> of_case = {
        count(view.run.id),
        text(view.run.start.uid),
        count(r.start.ordinal),
        text(r.start.case_.title),
        text(r.start.case_.benchmark),
        text(fmt::format("{}", fmt::join(r.start.device_names, " "))),
        outcome_text(r),
        text(r.end ? r.end->reason : std::string()),
        text(r.end ? fmt::format("{}", fmt::join(r.end->flags, " ")) : std::string())};
    std::vector<std::string> of_parameters;
    for (const std::string& name : parameters) {
      const auto& all = r.start.case_.parameters;
      const auto found = std::ranges::find(all, name, &std::pair<std::string, protocol::Value>::first);
      of_parameters.push_back(found == all.end() ? "" : parameter_text(found->second));
    }
    const auto add_row = [&](const std::vector<std::string>& of_metric) {
      std::vector<std::string> cells = of_case;
      cells.insert(cells.end(), of_metric.begin(), of_metric.end());
      cells.insert(cells.end(), of_parameters.begin(), of_parameters.end());
      add_line(out, cells);
    };
    for (const store::StoredMeasurement& m : r.measurements) {
      const store::Measurement& x = m.measurement;
      add_row({text(m.metric.id), text(x.label), text(x.statistic), text(m.metric.unit), number(x.value), number(x.low),
               number(x.high), number(x.level), count(x.invocations), count(x.samples), number(x.effective_samples),
               number(x.spread_ratio), text(x.null_reason)});
    }
    // A case without a number has a row all the same.
    if (r.measurements.empty()) add_row(std::vector<std::string>(13));
  }
  return out;
}

}  // namespace benchhost::report
