// The job that examines: one trial of the validator.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "worker/conform/trials.h"
#include "worker/loader/plugin_file.h"
#include "worker/main/case_devices.h"
#include "worker/main/jobs.h"
#include "worker/measure/system_meter.h"

namespace benchhost::worker_main {
namespace {

using conform::Check;
using conform::Notebook;
using protocol::BenchmarkRecord;
using protocol::CheckJob;
using protocol::Final;
using protocol::Phase;
using protocol::Requirement;
using protocol::Trial;

/// Trials of the entry alone: nothing else of the plugin is called.
bool try_entry(Trial trial, const loader::PluginFile& plugin, Notebook& notes) {
  switch (trial) {
    case Trial::older_host:
      conform::try_older_host(plugin, notes);
      return true;
    case Trial::newer_host:
      conform::try_newer_host(plugin, notes);
      return true;
    case Trial::wide_offer:
      conform::try_wide_offer(plugin, notes);
      return true;
    case Trial::short_structs:
      conform::try_short_structs(plugin, notes);
      return true;
    case Trial::long_structs:
      conform::try_long_structs(plugin, notes);
      return true;
    default:
      return false;
  }
}

void try_benchmark(Trial trial, const conform::Scene& scene, Notebook& notes) {
  switch (trial) {
    case Trial::life:
      return conform::try_life(scene, notes);
    case Trial::refusals:
      return conform::try_refusals(scene, notes);
    case Trial::growth:
      return conform::try_growth(scene, notes);
    case Trial::corruption:
      return conform::try_corruption(scene, notes);
    case Trial::disorder:
      return conform::try_disorder(scene, notes);
    case Trial::boundary:
      return conform::try_boundary(scene, notes);
    case Trial::beyond:
      return conform::try_beyond(scene, notes);
    case Trial::alone:
      return conform::try_alone(scene, notes);
    default:
      return;
  }
}

}  // namespace

Final do_job(const JobContext& context, const CheckJob& job) {
  Notebook notes(*context.reporter, job.skip);
  // What the first use of these makes for good must not count as the plugin's.
  static_cast<void>(conform::read_process_state());
  const conform::ProcessState at_start = conform::read_process_state();

  announce(context, Phase::loading);
  std::optional<loader::PluginFile> plugin;
  {
    Check check(notes, Requirement::loads, "");
    auto loaded = loader::PluginFile::load(*context.files, job.run.plugin_file, job.run.plugin_stamp);
    if (!loaded.ok()) {
      check.fail(to_text(loaded.error()));
      return {};
    }
    plugin = std::move(loaded).value();
  }
  announce(context, Phase::negotiating);
  if (try_entry(job.trial, *plugin, notes)) return {};
  {
    Check check(notes, Requirement::agrees, "");
    if (const auto agreed = plugin->agree(); !agreed.ok()) {
      check.fail(to_text(agreed.error()));
      return {};
    }
  }
  announce(context, Phase::describing);
  if (job.trial == Trial::descriptors) {
    conform::note_changes(at_start, 0, *context.clock, "while it is loaded", notes);
    if (auto read = conform::try_descriptors(*plugin, notes)) context.reporter->send(std::move(*read));
    return {};
  }
  const auto record = plugin->describe();
  if (!record.ok()) return end_with(record.error(), Phase::describing);
  // The host compares it with what other processes read.
  context.reporter->send(*record);
  const auto benchmark = std::ranges::find(record->benchmarks, job.run.benchmark, &BenchmarkRecord::id);
  if (benchmark == record->benchmarks.end()) {
    return end_with(make_error("BH0102", fmt::format("the plugin has no benchmark '{}'", job.run.benchmark)),
                    Phase::describing);
  }

  const auto not_here = [&](const std::string& why) {
    notes.note(Requirement::prepares, protocol::Finding::not_applicable, benchmark->id, why);
    return Final{};
  };
  if (!benchmark->roles.empty() && job.trial != Trial::alone) {
    return not_here("a case of several roles takes several workers");
  }
  Processors processors;
  Devices devices;
  if (!benchmark->slots.empty()) {
    announce(context, Phase::opening_device);
    const auto opened = open_devices(context, job.run, *benchmark, processors, devices);
    if (!opened.ok()) return not_here(to_text(opened.error()));
  }
  measure::SystemMeter meter(*context.clock, *context.files, job.run.cores);
  const bool cold = benchmark->batch == protocol::BatchPolicy::cold;
  measure::CacheFlusher flusher(cold ? processors.last_cache_bytes() : 0);
  conform::Scene scene;
  scene.lifecycle = plugin->table().benchmark(benchmark->index)->lifecycle;
  scene.benchmark = &*benchmark;
  scene.job = &job.run;
  scene.abi = plugin->abi();
  scene.clock = context.clock;
  scene.meter = &meter;
  scene.flusher = &flusher;
  scene.devices = devices.bracket.get();
  scene.reporter = context.reporter;
  scene.single_threaded = record->own_threads == 0u && !benchmark->spawns;
  scene.cores = [&] { return processors.places(job.run.cores); };
  // Threads and descriptors of devices and meters are not the plugin's; the topology is read once for all.
  static_cast<void>(processors.topology());
  announce(context, Phase::preparing);
  const conform::ProcessState before = conform::read_process_state();
  try_benchmark(job.trial, scene, notes);
  if (job.trial == Trial::life || job.trial == Trial::refusals || job.trial == Trial::alone) {
    // A plugin that does not say how many threads it starts may keep any number.
    conform::note_changes(before, record->own_threads.value_or(UINT32_MAX), *context.clock, benchmark->id, notes);
  }
  return {};
}

}  // namespace benchhost::worker_main
