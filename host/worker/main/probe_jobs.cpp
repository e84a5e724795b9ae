// Jobs that look and measure nothing: what a plugin and a backend module publish, and the cases outside a plugin's
// file.
#include <benchhost/host.h>

#include "worker/device/backend_module.h"
#include "worker/loader/enumerate.h"
#include "worker/loader/plugin_file.h"
#include "worker/main/jobs.h"
#include "worker/measure/faults.h"
#include "worker/measure/outcome.h"

namespace benchhost::worker_main {

using protocol::Final;
using protocol::Outcome;
using protocol::Phase;

void announce(const JobContext& context, Phase phase) {
  context.reporter->send(protocol::Progress{phase, 0, 0, 0, {}, std::nullopt});
}

Final end_with(const Error& error, Phase phase, Outcome outcome) {
  Final final;
  final.outcome = outcome;
  final.status = outcome == Outcome::skipped ? BH_E_UNSUPPORTED : BH_E_FAILED;
  final.code = error.code;
  final.reason = error.message + (error.help.empty() ? "" : " (" + error.help + ")");
  final.phase = phase;
  return final;
}

Final do_job(const JobContext& context, const protocol::ProbePluginJob& job) {
  announce(context, Phase::loading);
  auto plugin = loader::PluginFile::load(*context.files, job.file, job.stamp);
  if (!plugin.ok()) return end_with(plugin.error(), Phase::loading);
  announce(context, Phase::negotiating);
  if (const auto agreed = plugin->agree(); !agreed.ok()) return end_with(agreed.error(), Phase::negotiating);
  announce(context, Phase::describing);
  auto record = plugin->describe();
  if (!record.ok()) return end_with(record.error(), Phase::describing);
  context.reporter->send(std::move(record).value());
  return {};
}

Final do_job(const JobContext& context, const protocol::EnumerateJob& job) {
  announce(context, Phase::loading);
  auto plugin = loader::PluginFile::load(*context.files, job.file);
  if (!plugin.ok()) return end_with(plugin.error(), Phase::loading);
  announce(context, Phase::negotiating);
  if (const auto agreed = plugin->agree(); !agreed.ok()) return end_with(agreed.error(), Phase::negotiating);
  announce(context, Phase::describing);
  const auto record = plugin->describe();
  if (!record.ok()) return end_with(record.error(), Phase::describing);

  announce(context, Phase::enumerating);
  loader::EnumerateServices services;
  services.clock = context.clock;
  services.cancelled = context.cancelled;
  services.asset_dir = job.asset_dir;
  services.scratch_dir = job.scratch_dir;
  services.settings = job.settings;
  services.log = [&](std::uint32_t level, std::string_view text) {
    context.reporter->send(
        protocol::Log{static_cast<protocol::LogLevel>(level), protocol::LogSource::plugin, std::string(text)});
  };
  services.progress = [&](std::uint64_t done, std::uint64_t total, std::string_view text) {
    context.reporter->send(protocol::Progress{Phase::enumerating, 0, done, total, std::string(text), std::nullopt});
  };
  services.found = [&](protocol::FoundCase found) { context.reporter->send(std::move(found)); };
  const auto end = loader::enumerate_cases(plugin->table(), plugin->abi(), *record, std::move(services));
  if (!end.ok()) return end_with(end.error(), Phase::enumerating);
  Final final;
  final.phase = Phase::enumerating;
  if (!end->violation.empty()) {
    final.outcome = Outcome::protocol_error;
    final.status = BH_E_STATE;
    final.code = "BH0302";
    final.reason = end->violation;
  } else if (end->status != BH_OK) {
    final.outcome = measure::outcome_of(end->status, context.cancelled->load(std::memory_order_relaxed) != 0);
    final.status = measure::known_status(end->status);
    final.code = measure::code_of(final.outcome, final.status);
    final.reason = end->reason;
  } else {
    final.phase = Phase::ending;
  }
  return final;
}

Final do_job(const JobContext& context, const protocol::ProbeBackendJob& job) {
  announce(context, Phase::loading);
  device::ModuleServices services;
  services.clock_ns = [&] { return context.clock->now_ns(); };
  services.log = [&](std::uint32_t level, std::string_view text) {
    const auto known = static_cast<protocol::LogLevel>(level <= BH_LOG_WARNING ? level : BH_LOG_WARNING);
    context.reporter->send(protocol::Log{known, protocol::LogSource::backend, std::string(text)});
  };
  services.options = job.options;
  auto module = device::BackendModule::load(job.file, std::move(services));
  if (!module.ok()) return end_with(module.error(), Phase::loading);
  announce(context, Phase::opening_device);
  auto record = (*module)->probe();
  if (!record.ok()) return end_with(record.error(), Phase::opening_device);
  context.reporter->send(std::move(record).value());
  return {};
}

}  // namespace benchhost::worker_main
