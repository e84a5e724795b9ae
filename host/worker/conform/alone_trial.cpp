// A benchmark of several roles in one worker: what can be examined without its peers.
#include <cmath>

#include <benchhost/base.h>
#include <fmt/format.h>

#include "common/protocol/expression_scope.h"
#include "worker/conform/trials.h"

namespace benchhost::conform {
namespace {

using measure::CallEnd;
using protocol::Requirement;

ExprFacts parameter_facts(const Scene& scene) {
  ExprFacts facts;
  for (std::size_t i = 0; i < scene.benchmark->parameters.size() && i < scene.job->values.size(); ++i) {
    const protocol::Value& value = scene.job->values[i];
    if (value.type == protocol::ValueType::none) continue;
    facts.set("param." + scene.benchmark->parameters[i].name, protocol::to_expr(value));
  }
  return facts;
}

/// What an expression of a role comes to; nullopt: it is absent, or depends on the machine.
std::optional<double> number_of(const std::string& text, const Scene& scene, const ExprFacts& facts) {
  const auto parsed = Expression::parse(text);
  if (text.empty() || !parsed.ok()) return std::nullopt;
  const auto checked = parsed->check(protocol::claim_scope(scene.benchmark->parameters), kExprNumber);
  if (!checked.ok() || checked->uses_scope("machine")) return std::nullopt;
  const ExprOutcome outcome = checked->evaluate(facts);
  if (!outcome.value || outcome.value->number() == nullptr) return std::nan("");
  return outcome.value->number()->to_double();
}

void counts_make_sense(const Scene& scene, Notebook& notes) {
  const ExprFacts facts = parameter_facts(scene);
  for (const protocol::RoleRecord& role : scene.benchmark->roles) {
    for (const auto& [member, text] : {std::pair{"count", &role.count}, {"claim_cores", &role.claim_cores}}) {
      const std::optional<double> number = number_of(*text, scene, facts);
      if (!number || (*number >= 0 && *number <= BH_MAX_ITEMS && *number == std::floor(*number))) continue;
      notes.fail(
          Requirement::sound_descriptors, fmt::format("{}, role '{}'", scene.benchmark->id, role.id),
          fmt::format("{}: '{}' comes to {} with the case's parameters, and to no whole number from 0 to {}", member,
                      *text, std::isnan(*number) ? "nothing" : fmt::format("{}", *number), BH_MAX_ITEMS));
    }
  }
}

}  // namespace

void try_alone(const Scene& scene, Notebook& notes) {
  counts_make_sense(scene, notes);
  const std::string& id = scene.benchmark->id;
  {
    Check check(notes, Requirement::survives_missing_extensions, id + ", a host that knows no roles");
    if (!check) return;
    Stage stage(scene, notes, id);
    CallEnd ended = stage.create();
    // A batch would wait for members that nobody starts.
    if (ended.ok()) ended = stage.prepare();
    if (ended.ok()) ended = stage.teardown();
    if (ended.threw) check.fail(to_text(ended));
    if (!ended.ok() && ended.call == measure::Call::teardown) check.fail(to_text(ended));
  }
  for (const Requirement always :
       {Requirement::calls_where_allowed, Requirement::failures_have_reasons, Requirement::nothing_unwinds}) {
    notes.note(always, protocol::Finding::passed, id);
  }
}

}  // namespace benchhost::conform
