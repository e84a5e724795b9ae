#include "worker/main/case_devices.h"

#include <algorithm>

#include <benchhost/host.h>
#include <fmt/format.h>

#include "common/base/expression.h"
#include "common/platform/affinity.h"
#include "common/platform/machine.h"
#include "worker/device/session.h"

namespace benchhost::worker_main {

using protocol::BenchmarkRecord;
using protocol::RunJob;

const platform::Topology& Processors::topology() {
  if (!topology_) {
    auto read = platform::read_topology();
    topology_ = read.ok() ? std::move(read).value() : platform::Topology();
  }
  return *topology_;
}

std::vector<measure::CpuPlace> Processors::places(const std::vector<std::uint32_t>& wanted) {
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

std::uint64_t Processors::last_cache_bytes() {
  unsigned level = 0;
  std::uint64_t bytes = 0;
  for (const platform::CacheFacts& cache : topology().caches) {
    if (cache.kind == platform::CacheKind::instruction || cache.level < level) continue;
    bytes = cache.size_bytes * std::max(1u, cache.instances);
    level = cache.level;
  }
  return bytes;
}

namespace {

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

}  // namespace

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

}  // namespace benchhost::worker_main
