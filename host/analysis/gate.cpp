#include "analysis/gate.h"

#include <fmt/format.h>

#include "common/base/units.h"

namespace benchhost::analysis {
namespace {

using suite::Gate;

std::string asked(const Gate& gate) {
  return fmt::format("{} {} is asked", gate.kind == Gate::Kind::at_least ? "at least" : "at most", gate.written);
}

std::string name_of(const store::GateCheck& check) {
  return check.label.empty() ? check.metric : check.metric + "[" + check.label + "]";
}

void decide(store::GateCheck& check, const Gate& gate, const store::Measurement& m) {
  const std::string name = name_of(check);
  if (!m.value) {
    check.reason = fmt::format("{} has no value: {}", name, m.null_reason);
    return;
  }
  const std::string value = format_quantity(*m.value, gate.unit);
  if (!m.low || !m.high) {
    check.reason = fmt::format("{} is {} without an interval, and {}: at least two invocations are needed", name, value,
                               asked(gate));
    return;
  }
  const bool least = gate.kind == Gate::Kind::at_least;
  const bool all_keep = least ? *m.low >= gate.bound : *m.high <= gate.bound;
  const bool none_keeps = least ? *m.high < gate.bound : *m.low > gate.bound;
  if (all_keep) {
    check.verdict = store::GateVerdict::held;
    return;
  }
  check.verdict = none_keeps ? store::GateVerdict::tripped : store::GateVerdict::undecided;
  check.reason = fmt::format("{} is {}, by its interval {} to {}, and {}", name, value,
                             format_quantity(*m.low, gate.unit), format_quantity(*m.high, gate.unit), asked(gate));
  if (!none_keeps) check.reason += ", which lies inside: more invocations narrow it";
}

}  // namespace

std::vector<store::GateCheck> check_gates(std::span<const Gate> gates,
                                          std::span<const store::Measurement> measurements) {
  std::vector<store::GateCheck> out;
  for (const Gate& gate : gates) {
    store::GateCheck check;
    check.metric = gate.metric;
    check.kind = gate.kind == Gate::Kind::at_least ? "at_least" : "at_most";
    check.bound = gate.bound;
    bool measured = false;
    for (const store::Measurement& m : measurements) {
      if (m.metric != gate.metric) continue;
      measured = true;
      store::GateCheck one = check;
      one.label = m.label;
      decide(one, gate, m);
      out.push_back(std::move(one));
    }
    if (measured) continue;
    check.reason = fmt::format("{} was not measured, and {}", gate.metric, asked(gate));
    out.push_back(std::move(check));
  }
  return out;
}

}  // namespace benchhost::analysis
