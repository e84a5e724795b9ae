// What the executor is given: the cases with all that it takes to run them, decided and looked up beforehand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"
#include "schedule/case_policy.h"
#include "store/records.h"
#include "suite/expand.h"

namespace benchhost::schedule {

/// A plugin as the executor needs it.
struct PlanPlugin {
  store::PluginRow row;
  protocol::PluginRecord record;
  std::string file;
  std::string stamp;              ///< of the file, see protocol::RunJob
  std::string asset_dir;          ///< "": none
  std::string descriptor_digest;  ///< of `record`, see protocol::RunJob
};

/// One case to run, skip or refuse.
struct PlanCase {
  suite::CaseSpec spec;
  std::size_t plugin = 0;                       ///< index into Plan::plugins
  std::vector<protocol::DeviceRecord> devices;  ///< parallel to spec.devices
  CasePolicy policy;
  std::string repeat_command;
  /// Why its benchmark is in quarantine; "": it is not. The outcome is then `infra_error`.
  std::string quarantine;
  /// Why it is not run though it could be: the machine is not as the suite demands; "": it is. The outcome is then
  /// `infra_error`.
  std::string refused_because;

  /// Why nothing is invoked for it; "": it runs.
  [[nodiscard]] const std::string& blocked_because() const {
    for (const std::string* reason : {&spec.skip_reason, &spec.fail_reason, &refused_because}) {
      if (!reason->empty()) return *reason;
    }
    return quarantine;
  }
  [[nodiscard]] bool runs() const { return blocked_because().empty(); }

  [[nodiscard]] const protocol::BenchmarkRecord& benchmark(const std::vector<PlanPlugin>& plugins) const {
    return plugins[plugin].record.benchmarks[spec.benchmark];
  }
};

/// A run.
struct Plan {
  store::RunStart start;
  std::vector<PlanPlugin> plugins;
  std::vector<PlanCase> cases;
  /// The null benchmark that is invoked once a round to tell what this machine resolves; nullopt: not installed.
  std::optional<PlanCase> yardstick;
  /// What the limit of a summary may name.
  suite::MachineScope machine;
  std::uint64_t seed = 1;
  /// What the run's reader should know before its first case; shown and stored as events.
  std::vector<std::string> warnings;
  std::vector<std::pair<std::string, std::string>> backend_options;
  std::string cache_dir;
  /// End the run after so many cases that did not pass; 0: never.
  std::uint64_t max_failures = 0;
};

}  // namespace benchhost::schedule
