#include "schedule/demands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace benchhost::schedule {
namespace {

/// A demand that is not met, with the cases that make it.
struct Finding {
  suite::Unmet unmet;
  suite::WhenUnmet then = suite::WhenUnmet::warn;
  std::uint64_t cases = 0;
};

void note(std::vector<Finding>& findings, const suite::Unmet& unmet, suite::WhenUnmet then) {
  // Where it is written makes no other finding of it: an include and its suite may demand the same.
  const auto same = [&](const Finding& f) {
    return f.unmet.demand.name == unmet.demand.name && f.unmet.demand.value == unmet.demand.value && f.then == then;
  };
  const auto known = std::ranges::find_if(findings, same);
  if (known != findings.end()) {
    ++known->cases;
  } else {
    findings.push_back({unmet, then, 1});
  }
}

Json to_json(const std::vector<Finding>& findings) {
  Json all{JsonArray{}};
  for (const Finding& f : findings) {
    Json one;
    one.set("demand", f.unmet.demand.name).set("value", f.unmet.demand.value).set("because", f.unmet.because);
    one.set("cases", f.cases).set("then", suite::to_text(f.then));
    all.push(std::move(one));
  }
  return all;
}

}  // namespace

void apply_demands(Plan& plan, const suite::EnvironmentFacts& facts) {
  std::vector<Finding> findings;
  for (PlanCase& c : plan.cases) {
    if (!c.runs()) continue;
    const std::vector<suite::Unmet> unmet = suite::evaluate(c.spec.environment, facts);
    if (unmet.empty()) continue;
    for (const suite::Unmet& one : unmet) note(findings, one, c.spec.when_unmet);
    if (c.spec.when_unmet == suite::WhenUnmet::skip) c.spec.skip_reason = suite::to_text(unmet.front());
    if (c.spec.when_unmet == suite::WhenUnmet::fail) c.refused_because = suite::to_text(unmet.front());
  }
  for (const Finding& f : findings) {
    if (f.then != suite::WhenUnmet::warn) continue;
    plan.warnings.push_back(
        fmt::format("{} ({} case{} so)", suite::to_text(f.unmet), f.cases, f.cases == 1 ? " runs" : "s run"));
  }
  if (!findings.empty()) plan.start.environment.set("unmet", to_json(findings));
}

}  // namespace benchhost::schedule
