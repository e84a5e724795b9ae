#include "discover/probe.h"

#include <algorithm>

#include "discover/backend_check.h"
#include "discover/descriptor_check.h"
#include "discover/missing_libraries.h"

namespace benchhost::discover {
namespace {

using protocol::Outcome;

constexpr std::size_t kMaxFindingsShown = 8;

class Collector final : public supervise::Observer {
 public:
  void on_message(const protocol::Message& message) override {
    if (const auto* record = std::get_if<protocol::PluginRecord>(&message)) plugin = *record;
    if (const auto* record = std::get_if<protocol::BackendRecord>(&message)) backend = *record;
  }
  std::optional<protocol::PluginRecord> plugin;
  std::optional<protocol::BackendRecord> backend;
};

supervise::Limits limits_of(const Prober& prober) {
  supervise::Limits limits;
  limits.silence_ns = prober.deadline_ns;
  limits.total_ns = prober.deadline_ns;
  limits.slow_notice_ns = 0;
  limits.grace_ns = 500'000'000;
  limits.output_head_bytes = 4096;
  limits.output_tail_bytes = 4096;
  limits.message_bytes_max = 64u << 20;
  return limits;
}

/// Gate of a code that the worker gave.
std::string gate_of(const std::string& code) {
  if (code == "BH0201") return "format";
  if (code == "BH0202") return "note";
  if (code == "BH0203") return "abi";
  if (code == "BH0209") return "descriptors";
  return "probe";
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// Of an answer that is not passed.
bool is_lasting(const supervise::WorkerReport& report) {
  const bool is_refusal_of_content = report.code == "BH0202" || report.code == "BH0203" || report.code == "BH0209";
  return report.outcome == Outcome::failed && is_refusal_of_content;
}

std::optional<ProbeFault> fault_of(const supervise::WorkerReport& report) {
  const std::string phase(protocol::phase_name(report.phase));
  // Nothing of the plugin had run yet.
  if (report.phase == protocol::Phase::starting) return std::nullopt;
  if (!report.own_fault.empty()) {
    return ProbeFault{report.signal ? FaultKind::crash : FaultKind::exit, report.own_fault, phase};
  }
  if (report.outcome == Outcome::timed_out) return ProbeFault{FaultKind::hang, "no answer", phase};
  return std::nullopt;
}

/// A file that is written over while its code runs takes the process with it, whatever that code does.
bool has_changed(const Prober& prober, const std::filesystem::path& file, const std::string& stamp) {
  if (stamp.empty()) return false;
  const auto status = prober.files.status(file);
  return !status.ok() || platform::stamp_of(*status) != stamp;
}

/// Why the worker did not answer as it should. Requires: it did not.
Refusal refusal_of(const supervise::WorkerReport& report, const Prober& prober, const std::filesystem::path& file,
                   const protocol::ObjectFacts& facts) {
  const std::string said = supervise::last_words(report.stderr_text);
  const std::string last_words = said.empty() ? "" : "; the last it wrote to standard error: " + said;
  switch (report.outcome) {
    case Outcome::crashed:
      return {"probe", "BH0210", "the probe crashed: " + report.reason + last_words,
              "the file is asked again next time"};
    case Outcome::timed_out:
      return {"probe", "BH0211", "the probe " + report.reason + last_words,
              "loading and the entry must not wait; the file is asked again next time"};
    case Outcome::failed:
    case Outcome::skipped:
      break;
    default:
      return {"probe", report.code, "the probe " + report.reason + last_words, ""};
  }
  const bool loader_refused = report.code == "BH0207";
  if (loader_refused) {
    const std::vector<std::string> missing = missing_libraries(facts, file, prober.program.environment, prober.files);
    if (!missing.empty() || report.reason.find("cannot open shared object file") != std::string::npos) {
      return {"dependencies", "BH0206",
              (missing.empty() ? "a library is missing" : "missing: " + join(missing)) +
                  " (the loader says: " + report.reason + ")",
              "install it, or name its folder in LD_LIBRARY_PATH"};
    }
    return {"probe", report.code, "the loader refused it: " + report.reason, ""};
  }
  return {gate_of(report.code), report.code, report.reason, ""};
}

Refusal refusal_of(const std::vector<Finding>& findings) {
  std::string text;
  for (std::size_t i = 0; i < findings.size() && i < kMaxFindingsShown; ++i) {
    text += (i == 0 ? "" : "\n") + to_text(findings[i]);
  }
  if (findings.size() > kMaxFindingsShown) {
    text += "\nand " + std::to_string(findings.size() - kMaxFindingsShown) + " more";
  }
  return {"descriptors", "BH0209", std::move(text), ""};
}

/// What the process says of itself is what its file says.
std::optional<Refusal> compare(const protocol::PluginRecord& record, const protocol::Note& note) {
  if (record.id == note.id && record.version == note.version && record.abi >= note.abi_min &&
      record.abi <= note.abi_max) {
    return std::nullopt;
  }
  return Refusal{"descriptors", "BH0209", "the loaded plugin is not the one that its note describes", ""};
}

}  // namespace

PluginProbe probe_plugin(const Prober& prober, const std::filesystem::path& file, const std::string& stamp,
                         const protocol::Note& note, const protocol::ObjectFacts& facts) {
  Collector collector;
  const auto report = supervise::run_worker(prober.program, protocol::ProbePluginJob{file.string(), stamp},
                                            limits_of(prober), collector, prober.cancel);
  PluginProbe probe;
  if (!report) {
    probe.refusal = Refusal{"probe", report.error().code, report.error().message, report.error().help};
    return probe;
  }
  probe.lasting = is_lasting(*report);
  probe.fault = fault_of(*report);
  if (probe.fault && has_changed(prober, file, stamp)) {
    probe.fault.reset();
    probe.refusal = Refusal{"file", "BH0214", "it was written to while it was looked at; the probe " + report->reason,
                            "the file is asked again next time"};
    return probe;
  }
  if (report->outcome != Outcome::passed) {
    probe.refusal = refusal_of(*report, prober, file, facts);
    return probe;
  }
  probe.lasting = collector.plugin.has_value();
  if (!collector.plugin) {
    probe.refusal = Refusal{"probe", "BH0302", "the probe passed and told nothing", ""};
  } else if (auto differs = compare(*collector.plugin, note)) {
    probe.refusal = std::move(differs);
  } else if (const std::vector<Finding> findings = check_descriptors(*collector.plugin); !findings.empty()) {
    probe.refusal = refusal_of(findings);
  } else {
    probe.record = std::move(collector.plugin);
  }
  return probe;
}

BackendProbe probe_backend(const Prober& prober, const std::filesystem::path& file, const protocol::ObjectFacts& facts,
                           const std::vector<std::pair<std::string, std::string>>& options) {
  Collector collector;
  const auto report = supervise::run_worker(prober.program, protocol::ProbeBackendJob{file.string(), options},
                                            limits_of(prober), collector, prober.cancel);
  BackendProbe probe;
  if (!report) {
    probe.refusal = Refusal{"probe", report.error().code, report.error().message, report.error().help};
  } else if (report->outcome != Outcome::passed) {
    probe.refusal = refusal_of(*report, prober, file, facts);
  } else if (!collector.backend) {
    probe.refusal = Refusal{"probe", "BH0302", "the probe passed and told nothing", ""};
  } else if (const std::vector<Finding> findings = check_backend(*collector.backend); !findings.empty()) {
    probe.refusal = refusal_of(findings);
  } else {
    probe.record = std::move(collector.backend);
  }
  return probe;
}

}  // namespace benchhost::discover
