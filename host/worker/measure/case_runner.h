// One invocation of one case: from create to destroy, and what is told of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <benchhost/plugin.h>

#include "common/platform/clock.h"
#include "common/platform/energy.h"
#include "common/platform/event_counters.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"
#include "worker/measure/cache_flusher.h"
#include "worker/measure/device_bracket.h"
#include "worker/measure/reporter.h"
#include "worker/measure/team_layout.h"
#include "worker/measure/usage_meter.h"

namespace benchhost::measure {

/// What an invocation stands on. Pointers are never null unless said, and must outlive the run.
struct CaseSetup {
  const bh_lifecycle_t* lifecycle = nullptr;
  const protocol::BenchmarkRecord* benchmark = nullptr;  ///< as read from the same plugin
  const protocol::RunJob* job = nullptr;
  std::uint32_t abi = BH_ABI_VERSION;
  platform::Clock* clock = nullptr;
  platform::ClockFacts clock_facts;
  UsageMeter* meter = nullptr;
  platform::EventSource* events = nullptr;  ///< nullptr: nothing is counted
  platform::EnergyMeter* energy = nullptr;  ///< nullptr: nothing is added up
  CacheFlusher* flusher = nullptr;
  DeviceBracket* devices = nullptr;  ///< nullptr: the case has no devices
  Reporter* reporter = nullptr;
  const std::atomic<std::uint32_t>* cancelled = nullptr;
  std::function<std::vector<CpuPlace>()> cores;  ///< as ServiceSetup::cores
};

/// Runs the invocation and sends everything but its end, which is the answer. Never throws but bad_alloc.
///
/// A case has one role. A benchmark that publishes roles (extension benchhost.roles/1) is skipped with that reason: its
/// workers would have to meet at barriers that one worker cannot make.
/// What packages of the processor use while measuring is told with the invocation, where the system tells it. It is no
/// energy of a batch with idle subtracted, so metrics of energy and power of domain HOST are withheld.
/// Thread: control.
[[nodiscard]] protocol::Final run_case(const CaseSetup& setup);

}  // namespace benchhost::measure
