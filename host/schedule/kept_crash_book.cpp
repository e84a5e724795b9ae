#include "schedule/kept_crash_book.h"

#include <utility>

namespace benchhost::schedule {

void KeptCrashBook::change(const std::function<void(discover::Quarantine&)>& how) {
  if (!file_.path().empty()) {
    if (auto changed = file_.update(how); changed.ok()) {
      known_ = std::move(changed).value();
      return;
    } else if (!std::exchange(is_warned_, true)) {
      warn_("what crashes is not kept in quarantine: " + to_text(changed.error()));
    }
  }
  how(known_);
}

std::string KeptCrashBook::crashed(const Crash& crash) {
  discover::Incident incident;
  incident.fingerprint = crash.plugin.row.fingerprint;
  incident.benchmark = crash.work.spec.benchmark_id;
  incident.plugin = crash.plugin.record.id;
  incident.version = crash.plugin.record.version;
  incident.file = crash.plugin.file;
  incident.kind = crash.by_signal ? discover::FaultKind::crash : discover::FaultKind::exit;
  incident.fault = crash.own_fault;
  incident.phase = std::string(protocol::phase_name(crash.phase));
  incident.message = crash.reason;
  incident.wall_ns = clock_.wall_ns();
  incident.machine = place_.machine;
  incident.database = place_.database;
  incident.run = crash.run;
  incident.ordinal = crash.ordinal;
  incident.case_name = crash.work.spec.name;
  std::optional<std::int64_t> passed_ns;
  if (const auto passed = passed_.extract({incident.fingerprint, incident.benchmark})) passed_ns = passed.mapped();
  const bool is_same_run = !counted_.emplace(incident.fingerprint, incident.benchmark).second;
  change([&](discover::Quarantine& quarantine) { quarantine.add(incident, passed_ns, is_same_run); });
  const discover::QuarantineEntry* shut = known_.find_shut(incident.fingerprint, incident.benchmark);
  return shut == nullptr ? std::string() : reason_of(*shut);
}

void KeptCrashBook::passed(const PlanPlugin& plugin, const std::string& benchmark) {
  const std::string& fingerprint = plugin.row.fingerprint;
  passed_[{fingerprint, benchmark}] = clock_.wall_ns();
  const discover::QuarantineEntry* entry = known_.find(fingerprint, benchmark);
  if (entry == nullptr || entry->faults == 0 || entry->in_quarantine()) return;
  change([&](discover::Quarantine& quarantine) { quarantine.passed(fingerprint, benchmark, clock_.wall_ns()); });
}

}  // namespace benchhost::schedule
