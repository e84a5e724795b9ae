// The job that measures: one invocation of one case.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include <benchhost/host.h>
#include <fmt/format.h>

#include "common/base/expression.h"
#include "common/platform/affinity.h"
#include "common/platform/machine.h"
#include "common/platform/topology.h"
#include "worker/device/session.h"
#include "worker/loader/plugin_file.h"
#include "worker/main/jobs.h"
#include "worker/main/session_bracket.h"
#include "worker/measure/case_runner.h"
#include "worker/measure/system_meter.h"

namespace benchhost::worker_main {
namespace {

using protocol::BenchmarkRecord;
using protocol::Final;
using protocol::Outcome;
using protocol::Phase;
using protocol::RunJob;

/// The processors, read when somebody asks for the first time: reading takes milliseconds that most cases need not
/// spend.
class Processors {
 public:
  [[nodiscard]] const platform::Topology& topology() {
    if (!topology_) {
      auto read = platform::read_topology();
      topology_ = read.ok() ? std::move(read).value() : platform::Topology();
    }
    return *topology_;
  }

  /// Of the CPUs in this order; all that this process may use, if none is given.
  [[nodiscard]] std::vector<measure::CpuPlace> places(const std::vector<std::uint32_t>& wanted) {
    std::vector<unsigned> cpus(wanted.begin(), wanted.end());
    if (cpus.empty()) {
      if (auto allowed = platform::allowed_cpus(); allowed.ok()) cpus = std::move(allowed).value();
    }
    std::vector<measure::CpuPlace> places;
    for (const unsigned cpu : cpus) {
      const auto found = std::ranges::find(topology().threads, cpu, &platform::HardwareThread::cpu);
      // A CPU that the topology does not know is a core of its own.
      const bool known = found != topology().threads.end();
      places.push_back({cpu, known ? found->core : 1'000'000 + cpu, known ? found->node : 0});
    }
    return places;
  }

  /// All caches of the last level together; 0: not known.
  [[nodiscard]] std::uint64_t last_cache_bytes() {
    unsigned level = 0;
    std::uint64_t bytes = 0;
    for (const platform::CacheFacts& cache : topology().caches) {
      if (cache.kind == platform::CacheKind::instruction || cache.level < level) continue;
      bytes = cache.size_bytes * std::max(1u, cache.instances);
      level = cache.level;
    }
    return bytes;
  }

 private:
  std::optional<platform::Topology> topology_;
};

/// Names of expr.h that a program's `needs` may ask for; what is not known is left out.
ExprFacts machine_facts(platform::Files& files, Processors& processors, const std::vector<std::uint32_t>& cores) {
  std::vector<unsigned> cpus(cores.begin(), cores.end());
  if (cpus.empty()) {
    if (auto allowed = platform::allowed_cpus(); allowed.ok()) cpus = std::move(allowed).value();
  }
  const platform::MachineFacts machine = platform::read_machine(files, processors.topology(), cpus);
  ExprFacts facts;
  facts.set("machine.os", machine.os);
  facts.set("machine.arch", machine.arch);
  ExprList isa(machine.isa.begin(), machine.isa.end());
  facts.set("machine.isa", std::move(isa));
  if (machine.cores_available) facts.set("machine.cores", std::int64_t{*machine.cores_available});
  if (machine.threads_available) facts.set("machine.threads", std::int64_t{*machine.threads_available});
  if (machine.nodes_available) facts.set("machine.nodes", std::int64_t{*machine.nodes_available});
  if (machine.memory_bytes) facts.set("machine.memory_bytes", *machine.memory_bytes);
  ExprList pages(machine.page_bytes.begin(), machine.page_bytes.end());
  facts.set("machine.page_bytes", std::move(pages));
  return facts;
}

/// Modules and session of a case. The session goes before the modules that it stands on.
struct Devices {
  std::map<std::string, std::unique_ptr<device::BackendModule>> modules;
  std::unique_ptr<SessionBracket> bracket;
};

Result<void> open_devices(const JobContext& context, const RunJob& job, const BenchmarkRecord& benchmark,
                          Processors& processors, Devices& devices) {
  std::vector<device::SlotOpen> slots(benchmark.slots.size());
  for (const protocol::SlotDevice& wanted : job.devices) {
    if (wanted.slot >= slots.size()) {
      return make_error(
          "", fmt::format("device {} is for slot {}, the benchmark has {}", wanted.name, wanted.slot, slots.size()));
    }
    auto& module = devices.modules[wanted.backend_file];
    if (module == nullptr) {
      device::ModuleServices services;
      services.clock_ns = [&context] { return context.clock->now_ns(); };
      services.log = [&context](std::uint32_t level, std::string_view text) {
        const auto known = static_cast<protocol::LogLevel>(std::min(level, BH_LOG_WARNING));
        context.reporter->send(protocol::Log{known, protocol::LogSource::backend, std::string(text)});
      };
      services.options = job.backend_options;
      services.cache_dir = job.cache_dir;
      BH_TRY(module, device::BackendModule::load(wanted.backend_file, std::move(services)));
      BH_CHECK(module->probe());
    }
    slots[wanted.slot] = {module.get(), wanted.index, wanted.name};
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].module == nullptr && !benchmark.slots[i].optional) {
      return make_error("BH0501", fmt::format("slot '{}' has no device", benchmark.slots[i].id));
    }
  }
  device::SessionOptions options;
  options.queue_metrics = std::ranges::any_of(
      benchmark.metrics, [](const protocol::MetricRecord& m) { return m.domain == protocol::Domain::queue; });
  options.clock_ns = [&context] { return context.clock->now_ns(); };
  options.cancelled = [&context] { return context.cancelled->load(std::memory_order_relaxed) != 0; };
  options.machine = machine_facts(*context.files, processors, job.cores);
  options.finding = [&context](std::string text) {
    context.reporter->send(protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker, std::move(text)});
  };
  BH_TRY(auto session, device::Session::open(slots, std::move(options)));
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].module != nullptr) context.reporter->send(session->record(i));
  }
  devices.bracket = std::make_unique<SessionBracket>(std::move(session));
  return {};
}

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
