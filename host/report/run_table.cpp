#include "report/run_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/sparkline.h"

namespace benchhost::report {

namespace {

// Columns of a run order in a table.
constexpr std::size_t kSparkline = 16;

}  // namespace

std::string remarks_of(const store::StoredResult& result) {
  std::string text;
  auto add = [&](std::string_view word) { text += (text.empty() ? "" : ", ") + std::string(word); };
  if (!result.end) return "unfinished";
  if (result.end->outcome != protocol::Outcome::passed) {
    std::string words(protocol::outcome_name(result.end->outcome));
    for (char& c : words) c = c == '_' ? ' ' : c;
    add(words);
  }
  for (const std::string& flag : result.end->flags) add(escape_for_terminal(flag));
  const auto has = [&](store::GateVerdict verdict) {
    return std::ranges::any_of(result.end->gates, [&](const store::GateCheck& g) { return g.verdict == verdict; });
  };
  if (has(store::GateVerdict::tripped)) add("limit not kept");
  if (has(store::GateVerdict::undecided)) add("limit undecided");
  return text;
}

std::string common_device(const RunView& view) {
  std::string device;
  for (const store::StoredResult& r : view.results) {
    const std::string& title = r.start.case_.title;
    const std::size_t at = title.rfind('@');
    const std::string one = at == std::string::npos ? "" : title.substr(at + 1);
    if (one.empty() || (!device.empty() && device != one)) return {};
    device = one;
  }
  return device;
}

Table result_table(const RunView& view, bool ascii, bool with_order) {
  const std::size_t suffix = common_device(view).empty() ? 0 : common_device(view).size() + 1;
  Table table;
  table.columns = {{"case", Align::left, true},
                   {"value", Align::right, false},
                   {ascii ? "+- 95 %" : "± 95 %", Align::right, false},
                   {"spread", Align::right, false, 2},
                   {"n", Align::right, false, 1}};
  if (with_order) table.columns.push_back({"run order", Align::left, false, 3});
  // "disturbed, imprecise" is read at a glance; names of cases have much in common.
  table.columns.push_back({"remarks", Align::left, true, 0, 20});
  for (const store::StoredResult& r : view.results) {
    const store::StoredMeasurement* primary = primary_of(r);
    const std::string& title = r.start.case_.title;
    std::vector<std::string> row = {escape_for_terminal(title.substr(0, title.size() - suffix))};
    if (primary != nullptr && primary->measurement.value) {
      row.push_back(value_text(*primary));
      row.push_back(interval_text(*primary, ascii));
      row.push_back(share_text(primary->measurement.spread_ratio));
      row.push_back(fmt::format("{}", primary->measurement.invocations));
    } else {
      row.insert(row.end(), {"-", "", "-", "0"});
    }
    if (with_order) {
      const auto detail = view.detail->cases.find(r.id);
      row.push_back(detail == view.detail->cases.end() ? std::string()
                                                       : sparkline(run_order(detail->second.shape, kSparkline), ascii));
    }
    row.push_back(remarks_of(r));
    table.rows.push_back(std::move(row));
  }
  return table;
}

namespace {

// A group taken apart: "{a=1,b=[2,3]} on Model X".
struct GroupParts {
  std::vector<std::string> parameters;
  std::string rest;  // " on Model X"
};

// Commas and braces within brackets or quotes part nothing.
GroupParts parts_of(std::string_view group) {
  if (!group.starts_with('{')) return {{}, std::string(group)};
  GroupParts parts;
  std::string piece;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 1; i < group.size(); ++i) {
    const char c = group[i];
    if (quoted && c == '\\' && i + 1 < group.size()) {
      piece += c;
      piece += group[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted) depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    const bool parts_here = depth == 0 && !quoted && (c == ',' || c == '}');
    if (!parts_here) {
      piece += c;
      continue;
    }
    if (!piece.empty()) parts.parameters.push_back(std::move(piece));
    piece.clear();
    if (c == '}') {
      parts.rest = group.substr(i + 1);
      return parts;
    }
  }
  return {{}, std::string(group)};
}

// How often each part stands in the groups of a benchmark.
struct GroupCount {
  std::size_t groups = 0;
  std::map<std::string, std::size_t> parts;

  void add(const GroupParts& group) {
    ++groups;
    for (const std::string& one : group.parameters) ++parts[one];
    ++parts[group.rest];
  }
  // What of a group tells it from the others.
  [[nodiscard]] std::string difference(const GroupParts& group) const {
    std::string text;
    for (const std::string& one : group.parameters) {
      if (parts.at(one) < groups) text += (text.empty() ? "{" : ",") + one;
    }
    if (!text.empty()) text += '}';
    return parts.at(group.rest) < groups ? text + group.rest : text;
  }
};

// "cpu_stream.triad" of "org.benchhost.cpu_stream.triad", as in the names of cases.
std::string short_id(const std::string& id) {
  const std::size_t last = id.rfind('.');
  const std::size_t before = last == std::string::npos || last == 0 ? last : id.rfind('.', last - 1);
  return before == std::string::npos ? id : id.substr(before + 1);
}

}  // namespace

Table summary_table(const RunView& view, bool) {
  Table table;
  table.columns = {{"summary", Align::left, false},
                   {"of", Align::left, true},
                   {"value", Align::right, false},
                   {"remarks", Align::left, true}};
  std::map<std::string, GroupCount> counts;
  for (const store::SummaryValue& s : view.summaries) {
    counts[s.benchmark].add(parts_of(s.group));
  }
  for (const store::SummaryValue& s : view.summaries) {
    const std::string name = s.label.empty() ? s.summary : s.summary + " " + s.label;
    const std::string of = short_id(s.benchmark) + counts[s.benchmark].difference(parts_of(s.group));
    table.rows.push_back({escape_for_terminal(name), escape_for_terminal(of),
                          s.value ? format_quantity(*s.value, s.unit) : "-",
                          s.value ? "" : escape_for_terminal(s.null_reason)});
  }
  return table;
}

}  // namespace benchhost::report
