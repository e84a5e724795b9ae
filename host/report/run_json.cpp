#include "report/finding_text.h"
#include "report/noise_text.h"
#include "report/plan_text.h"
#include "report/run_report.h"

namespace benchhost::report {

namespace {

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json labels_json(const store::Labels& labels) {
  Json json{JsonObject{}};
  for (const auto& [name, value] : labels) json.set(name, value);
  return json;
}

Json strings_json(const std::vector<std::string>& texts) {
  Json json{JsonArray{}};
  for (const std::string& t : texts) json.push(t);
  return json;
}

Json measurement_json(const store::StoredMeasurement& m) {
  Json json;
  json.set("metric", m.metric.id);
  if (!m.measurement.label.empty()) json.set("label", m.measurement.label);
  json.set("unit", m.metric.unit);
  json.set("primary", m.metric.primary);
  json.set("value", optional_number(m.measurement.value));
  json.set("low", optional_number(m.measurement.low));
  json.set("high", optional_number(m.measurement.high));
  json.set("level", optional_number(m.measurement.level));
  json.set("invocations", m.measurement.invocations);
  json.set("samples", m.measurement.samples);
  json.set("effective_samples", optional_number(m.measurement.effective_samples));
  json.set("spread_ratio", optional_number(m.measurement.spread_ratio));
  json.set("statistic", m.measurement.statistic);
  json.set("bound_low", optional_number(m.measurement.bound_low));
  json.set("bound_high", optional_number(m.measurement.bound_high));
  json.set("bound_level", optional_number(m.measurement.bound_level));
  json.set("flags", strings_json(m.measurement.flags));
  json.set("null_reason", m.measurement.null_reason.empty() ? Json() : Json(m.measurement.null_reason));
  return json;
}

Json gate_json(const store::GateCheck& gate) {
  Json json;
  json.set("metric", gate.metric);
  if (!gate.label.empty()) json.set("label", gate.label);
  json.set("kind", gate.kind).set("bound", gate.bound);
  json.set("verdict", std::string(store::gate_verdict_name(gate.verdict)));
  json.set("reason", gate.reason.empty() ? Json() : Json(gate.reason));
  return json;
}

}  // namespace

Json result_json(const store::StoredResult& result) {
  Json json;
  json.set("result", result.id);
  json.set("ordinal", result.start.ordinal);
  json.set("case", result.start.case_.title);
  json.set("case_key", result.start.case_.key);
  json.set("benchmark", result.start.case_.benchmark);
  json.set("workload_revision", result.start.case_.workload_revision);
  json.set("parameters", result.start.case_.canonical_parameters);
  json.set("input", result.start.case_.input.empty() ? Json() : Json(result.start.case_.input));
  json.set("devices", strings_json(result.start.device_names));
  json.set("device_models", strings_json(result.start.case_.device_models));
  json.set("role", result.start.role);
  json.set("plugin", result.plugin_id);
  json.set("plugin_version", result.plugin_version);
  json.set("plugin_fingerprint", result.start.plugin_fingerprint);
  json.set("seed", result.start.seed);
  json.set("repeat", result.start.repeat_command);
  json.set("labels", labels_json(result.start.labels));
  json.set("outcome", result.end ? Json(std::string(protocol::outcome_name(result.end->outcome))) : Json());
  if (result.end) {
    json.set("code", result.end->code.empty() ? Json() : Json(result.end->code));
    json.set("reason", result.end->reason.empty() ? Json() : Json(result.end->reason));
    json.set("flags", strings_json(result.end->flags));
    const auto& passed = result.end->verification.passed;
    json.set("verified", passed ? Json(*passed) : Json());
    json.set("duration_ns", result.end->duration_ns);
    Json gates{JsonArray{}};
    for (const store::GateCheck& g : result.end->gates) gates.push(gate_json(g));
    json.set("gates", std::move(gates));
    json.set("modes", modes_json(*result.end));
  }
  Json measurements{JsonArray{}};
  for (const store::StoredMeasurement& m : result.measurements) measurements.push(measurement_json(m));
  json.set("measurements", std::move(measurements));
  json.set("plan", plan_json(result));
  return json;
}

Json json_report(const RunView& view) {
  Json json;
  json.set("format", "benchhost.run");
  json.set("version", 1);
  Json run;
  run.set("id", view.run.id);
  run.set("uid", view.run.start.uid);
  run.set("state", std::string(store::run_state_name(view.run.state)));
  run.set("suite", view.run.start.suite_name.empty() ? Json() : Json(view.run.start.suite_name));
  run.set("labels", labels_json(view.run.start.labels));
  run.set("commit", view.run.start.commit.empty() ? Json() : Json(view.run.start.commit));
  run.set("branch", view.run.start.branch.empty() ? Json() : Json(view.run.start.branch));
  run.set("seed", view.run.start.seed);
  run.set("started_wall_ns", view.run.start.started_wall_ns);
  run.set("ended_wall_ns", view.run.end ? Json(view.run.end->ended_wall_ns) : Json());
  run.set("exit_code", view.run.end ? Json(view.run.end->exit_code) : Json());
  run.set("exit_reason", view.run.end ? Json(view.run.end->reason) : Json());
  run.set("planned_cases", view.run.start.planned_cases ? Json(*view.run.start.planned_cases) : Json());
  run.set("host_version", view.run.start.host_version);
  run.set("sandbox_tier", view.run.start.sandbox_tier);
  run.set("testbed", view.run.start.testbed.key);
  run.set("testbed_name", view.run.start.testbed.name);
  run.set("environment", view.run.start.environment);
  run.set("findings", findings_json(view.run.start.findings));
  run.set("resolution_ratio", view.run.end ? optional_number(view.run.end->resolution_ratio) : Json());
  json.set("run", std::move(run));
  Json counts{JsonObject{}};
  for (const store::StoredResult& r : view.results) {
    const std::string name = outcome_text(r);
    counts.set(name, counts[name].as_int() + 1);
  }
  json.set("counts", std::move(counts));
  Json results{JsonArray{}};
  for (const store::StoredResult& r : view.results) results.push(result_json(r));
  json.set("results", std::move(results));
  Json summaries{JsonArray{}};
  for (const store::SummaryValue& s : view.summaries) {
    Json one;
    one.set("benchmark", s.benchmark);
    one.set("summary", s.summary);
    one.set("group", s.group);
    one.set("label", s.label.empty() ? Json() : Json(s.label));
    one.set("unit", s.unit);
    one.set("value", optional_number(s.value));
    one.set("low", optional_number(s.low));
    one.set("high", optional_number(s.high));
    one.set("null_reason", s.null_reason.empty() ? Json() : Json(s.null_reason));
    summaries.push(std::move(one));
  }
  json.set("summaries", std::move(summaries));
  return json;
}

}  // namespace benchhost::report
