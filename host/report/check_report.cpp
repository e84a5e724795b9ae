#include "report/check_report.h"

#include <fmt/format.h>

#include "common/base/terminal_text.h"
#include "report/markup_text.h"

namespace benchhost::report {

using conform::CheckReport;
using conform::Place;
using conform::RequirementResult;
using protocol::Finding;

namespace {

std::string_view word(Finding finding) {
  switch (finding) {
    case Finding::passed:
      return "PASS";
    case Finding::failed:
      return "FAIL";
    case Finding::warned:
      return "WARN";
    default:
      return "N/A";
  }
}

std::string_view colour(Finding finding) {
  switch (finding) {
    case Finding::passed:
      return "32";
    case Finding::failed:
      return "31";
    case Finding::warned:
      return "33";
    default:
      return "2";
  }
}

/// Places that made the verdict: of what fails the failures, of what cannot be examined the reasons.
std::vector<const Place*> decisive(const RequirementResult& result) {
  std::vector<const Place*> all;
  for (const Place& place : result.places) {
    if (place.finding == result.verdict) all.push_back(&place);
  }
  return all;
}

std::string place_text(const Place& place) {
  return place.where.empty() ? place.text : place.text.empty() ? place.where : place.where + ": " + place.text;
}

std::string subject(const CheckReport& report) {
  return report.note ? fmt::format("{} {}", report.note->id, report.note->version) : "no plugin that can be named";
}

std::string counts(const CheckReport& report) {
  return fmt::format("{} passed, {} failed, {} warned, {} not applicable", report.count(Finding::passed),
                     report.count(Finding::failed), report.count(Finding::warned),
                     report.count(Finding::not_applicable));
}

}  // namespace

std::string console_check(const CheckReport& report, const Style& style) {
  const auto shown = [](std::string_view text) { return escape_for_terminal(text); };
  std::string out = fmt::format("{}  {}\n\n", shown(subject(report)), shown(report.file));
  for (const RequirementResult& r : report.results) {
    const std::string_view verdict = word(r.verdict);
    const std::string padded = fmt::format("{:<4}", verdict);
    out += style.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour(r.verdict), padded) : padded;
    out += fmt::format(" {} {}\n", r.requirement->number(), r.requirement->title);
    if (r.verdict == Finding::passed) continue;
    const std::vector<const Place*> places = decisive(r);
    if (r.verdict == Finding::not_applicable) {
      // One reason says enough.
      if (!places.empty()) out += fmt::format("         {}\n", shown(place_text(*places.front())));
      continue;
    }
    for (const Place* place : places) out += fmt::format("         {}\n", shown(place_text(*place)));
    if (r.unlisted > 0) out += fmt::format("         and {} more\n", r.unlisted);
    out += fmt::format("       rule: {}\n       else: {}\n       do:   {}\n", r.requirement->rule,
                       r.requirement->consequence, r.requirement->change);
  }
  return out + fmt::format("\n{} (strictness {}, seed {}, {} processes)\n", counts(report), report.strictness,
                           report.seed, report.trials);
}

Json json_check(const CheckReport& report) {
  Json all{JsonArray{}};
  for (const RequirementResult& r : report.results) {
    Json places{JsonArray{}};
    for (const Place& p : r.places) {
      places.push(Json().set("verdict", word(p.finding)).set("where", p.where).set("text", p.text));
    }
    Json one;
    one.set("number", r.requirement->number()).set("title", r.requirement->title).set("verdict", word(r.verdict));
    one.set("must", r.requirement->must).set("rule", r.requirement->rule).set("change", r.requirement->change);
    one.set("passed_at", r.passed).set("places", std::move(places));
    one.set("unlisted_places", r.unlisted);
    all.push(std::move(one));
  }
  Json json;
  json.set("format", "benchhost.plugin_check").set("version", 1).set("file", report.file);
  json.set("plugin", report.note ? Json(report.note->id) : Json());
  json.set("plugin_version", report.note ? Json(report.note->version) : Json());
  json.set("strictness", report.strictness).set("seed", report.seed).set("processes", report.trials);
  json.set("passed", report.passed()).set("requirements", std::move(all));
  return json;
}

std::string junit_check(const CheckReport& report) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format(
      "<testsuite name=\"benchhost plugin check {}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n",
      markup_text(subject(report)), report.results.size(), report.count(Finding::failed),
      report.count(Finding::not_applicable));
  for (const RequirementResult& r : report.results) {
    out += fmt::format("  <testcase classname=\"{}\" name=\"{} {}\"", markup_text(subject(report)),
                       r.requirement->number(), markup_text(r.requirement->title));
    if (r.verdict == Finding::passed) {
      out += "/>\n";
      continue;
    }
    std::string text;
    for (const Place* place : decisive(r)) text += place_text(*place) + "\n";
    out += ">\n";
    if (r.verdict == Finding::failed) {
      out += fmt::format("    <failure message=\"{}\">{}</failure>\n", markup_text(r.requirement->rule),
                         markup_text(text));
    } else if (r.verdict == Finding::warned) {
      out += fmt::format("    <system-out>warning: {}</system-out>\n", markup_text(text));
    } else {
      out += fmt::format("    <skipped message=\"{}\"/>\n", markup_text(text.substr(0, text.find('\n'))));
    }
    out += "  </testcase>\n";
  }
  return out + "</testsuite>\n";
}

}  // namespace benchhost::report
