// The job that measures: one invocation of one case.
#include <algorithm>

#include <fmt/format.h>

#include "common/platform/affinity.h"
#include "common/platform/energy.h"
#include "common/platform/event_counters.h"
#include "worker/loader/plugin_file.h"
#include "worker/main/case_devices.h"
#include "worker/main/jobs.h"
#include "worker/measure/case_runner.h"
#include "worker/measure/system_meter.h"

namespace benchhost::worker_main {
namespace {

using protocol::BenchmarkRecord;
using protocol::Final;
using protocol::Outcome;
using protocol::Phase;
using protocol::RunJob;

/// What the devices have to tell beside times: which sources were built, and what went wrong.
void tell_devices(const JobContext& context, const device::Session& session) {
  for (const device::ProgramPick& pick : session.picks()) {
    context.reporter->send(protocol::Log{protocol::LogLevel::info, protocol::LogSource::worker,
                                         fmt::format("program '{}' on {}: source {} ({}), built in {} ns", pick.program,
                                                     pick.device, pick.source_index, pick.dialect, pick.build_ns)});
  }
  for (const device::Fault& fault : session.faults()) {
    context.reporter->send(
        protocol::Log{protocol::LogLevel::warning, protocol::LogSource::backend,
                      fmt::format("{}: {} ({})", fault.device, to_text(fault), to_text(fault.action))});
  }
}

/// Binds the control thread to its own CPU. Threads and processes that a plugin starts inherit where the control thread
/// may run, so it is left on all CPUs of the case where the plugin starts any, or does not say.
void pin_control_thread(const JobContext& context, const RunJob& job, const protocol::PluginRecord& plugin,
                        const BenchmarkRecord& benchmark) {
  if (job.cores.empty()) return;
  std::vector<unsigned> cpus(job.cores.begin(), job.cores.end());
  if (plugin.own_threads == 0u && !benchmark.spawns) cpus.erase(cpus.begin() + 1, cpus.end());
  if (const auto pinned = platform::pin_this_thread(cpus); !pinned.ok()) {
    context.reporter->send(
        protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker, to_text(pinned.error())});
  }
}

}  // namespace

Final do_job(const JobContext& context, const RunJob& job) {
  const auto source = platform::system_event_source();
  platform::EnergyMeter energy(*context.files);
  announce(context, Phase::loading);
  auto plugin = loader::PluginFile::load(*context.files, job.plugin_file, job.plugin_stamp);
  if (!plugin.ok()) return end_with(plugin.error(), Phase::loading);
  announce(context, Phase::negotiating);
  if (const auto agreed = plugin->agree(); !agreed.ok()) return end_with(agreed.error(), Phase::negotiating);
  announce(context, Phase::describing);
  const auto record = plugin->describe();
  if (!record.ok()) return end_with(record.error(), Phase::describing);
  if (protocol::descriptor_digest(*record) != job.descriptor_digest) {
    return end_with(make_error("BH0209", "the plugin publishes other descriptors than when it was probed",
                               "the file changed, or its descriptors are no constants"),
                    Phase::describing, Outcome::protocol_error);
  }
  const auto benchmark = std::ranges::find(record->benchmarks, job.benchmark, &BenchmarkRecord::id);
  if (benchmark == record->benchmarks.end()) {
    return end_with(make_error("BH0102", fmt::format("the plugin has no benchmark '{}'", job.benchmark)),
                    Phase::describing);
  }

  Processors processors;
  Devices devices;
  if (!benchmark->slots.empty() && benchmark->roles.empty()) {
    announce(context, Phase::opening_device);
    if (const auto opened = open_devices(context, job, *benchmark, processors, devices); !opened.ok()) {
      return end_with(opened.error(), Phase::opening_device);
    }
  }
  pin_control_thread(context, job, *record, *benchmark);

  measure::SystemMeter meter(*context.clock, *context.files, job.cores);
  const bool cold = benchmark->batch == protocol::BatchPolicy::cold;
  measure::CacheFlusher flusher(cold ? processors.last_cache_bytes() : 0);
  measure::CaseSetup setup;
  setup.lifecycle = plugin->table().benchmark(benchmark->index)->lifecycle;
  setup.benchmark = &*benchmark;
  setup.job = &job;
  setup.abi = plugin->abi();
  setup.clock = context.clock;
  setup.clock_facts = platform::measure_clock(*context.clock);
  setup.meter = &meter;
  setup.events = source.get();
  setup.energy = &energy;
  setup.flusher = &flusher;
  setup.devices = devices.bracket.get();
  setup.reporter = context.reporter;
  setup.cancelled = context.cancelled;
  setup.cores = [&] { return processors.places(job.cores); };
  Final final = measure::run_case(setup);
  if (devices.bracket != nullptr) tell_devices(context, devices.bracket->session());
  return final;
}

}  // namespace benchhost::worker_main
