#include "report/run_table.h"

#include <fmt/format.h>

#include <map>

#include "common/base/terminal_text.h"
#include "common/base/units.h"

namespace benchhost::report {

namespace {

std::string summary_value_text(const store::SummaryValue& s) {
  return s.value ? format_quantity(*s.value, s.unit) : "- (" + escape_for_terminal(s.null_reason) + ")";
}

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

Table result_table(const RunView& view, bool ascii) {
  const std::size_t suffix = common_device(view).empty() ? 0 : common_device(view).size() + 1;
  Table table;
  table.columns = {{"case", Align::left, true},
                   {"value", Align::right, false},
                   {ascii ? "+- 95 %" : "± 95 %", Align::right, false},
                   {"spread", Align::right, false},
                   {"n", Align::right, false},
                   {"remarks", Align::left, true}};
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
    row.push_back(remarks_of(r));
    table.rows.push_back(std::move(row));
  }
  return table;
}

namespace {

// The pieces of "{a=1,b=2}"; commas within brackets or quotes part nothing.
std::vector<std::string> group_pieces(std::string_view group) {
  if (group.size() < 2 || group.front() != '{' || group.back() != '}') return {std::string(group)};
  std::vector<std::string> pieces(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : group.substr(1, group.size() - 2)) {
    if (c == '"') quoted = !quoted;
    if (!quoted) depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == ',' && depth == 0 && !quoted) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

// How often each piece stands in the groups of a benchmark.
struct GroupCount {
  std::size_t groups = 0;
  std::map<std::string, std::size_t> pieces;
};

// What of a group tells it from the others of its benchmark.
std::string what_differs(const std::string& group, const GroupCount& count) {
  std::string text;
  for (const std::string& piece : group_pieces(group)) {
    if (count.pieces.at(piece) < count.groups) text += (text.empty() ? "" : ",") + piece;
  }
  return text;
}

// "cpu_stream.triad" of "org.benchhost.cpu_stream.triad", as in the names of cases.
std::string short_id(const std::string& id) {
  const std::size_t last = id.rfind('.');
  const std::size_t before = last == std::string::npos || last == 0 ? last : id.rfind('.', last - 1);
  return before == std::string::npos ? id : id.substr(before + 1);
}

}  // namespace

Table summary_table(const RunView& view, bool) {
  Table table;
  table.columns = {{"summary", Align::left, false}, {"of", Align::left, true}, {"value", Align::right, false}};
  std::map<std::string, GroupCount> counts;
  for (const store::SummaryValue& s : view.summaries) {
    GroupCount& count = counts[s.benchmark];
    ++count.groups;
    for (const std::string& piece : group_pieces(s.group)) ++count.pieces[piece];
  }
  for (const store::SummaryValue& s : view.summaries) {
    const std::string name = s.label.empty() ? s.summary : s.summary + " " + s.label;
    const std::string differs = what_differs(s.group, counts[s.benchmark]);
    const std::string of = short_id(s.benchmark) + (differs.empty() ? "" : "{" + differs + "}");
    table.rows.push_back({escape_for_terminal(name), escape_for_terminal(of), summary_value_text(s)});
  }
  return table;
}

}  // namespace benchhost::report
