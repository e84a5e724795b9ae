// SPDX-License-Identifier: MIT
//
// Lets a C++ exception out of run, across the C ABI. The C++ wrapper would have caught it, so this one does without.
#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>

#include <stdexcept>

namespace {

struct Instance {
  bool well_behaved = false;
  std::uint64_t steps = 0;
  std::uint64_t wanted = 0;
};

bh_status_t BH_CALL create(const bh_host_t*, const bh_create_t*, void** self) {
  static Instance instance;  // one worker, one instance
  *self = &instance;
  return BH_OK;
}

bh_status_t BH_CALL prepare(void* self, const bh_prepare_t* args) {
  *static_cast<Instance*>(self) = Instance{args->values[0].u != 0, 0, 0};
  return BH_OK;
}

bh_status_t BH_CALL run(void* self, const bh_batch_t* batch) {
  Instance& it = *static_cast<Instance*>(self);
  if (!it.well_behaved) throw std::runtime_error("thrown across the C ABI");
  for (std::uint64_t left = batch->n; left > 0; --left) {
    ++it.steps;
    bh_keep(&it);
  }
  it.wanted += batch->n;
  return BH_OK;
}

bh_status_t BH_CALL verify(void* self, bh_verdict_t* verdict) {
  const Instance& it = *static_cast<Instance*>(self);
  verdict->checked = it.wanted;
  verdict->error = static_cast<double>(it.wanted - it.steps);
  verdict->tolerance = 0;
  verdict->what = "steps that were not taken";
  return BH_OK;
}

bh_status_t BH_CALL teardown(void*) { return BH_OK; }

void BH_CALL destroy(void*) {}

constexpr bh_lifecycle_t lifecycle_of() {
  bh_lifecycle_t l{};
  l.struct_size = sizeof l;
  l.create = create;
  l.prepare = prepare;
  l.run = run;
  l.verify = verify;
  l.teardown = teardown;
  l.destroy = destroy;
  return l;
}
constexpr bh_lifecycle_t kLifecycle = lifecycle_of();

constexpr bh_param_t parameter_of() {
  bh_param_t p{};
  p.struct_size = sizeof p;
  p.type = BH_TYPE_BOOL;
  p.name = "well_behaved";
  p.description = "true: counts steps and does nothing else";
  p.default_value.type = BH_TYPE_BOOL;
  return p;
}
constexpr bh_param_t kParameters[] = {parameter_of()};

constexpr bh_metric_t metric_of() {
  bh_metric_t m{};
  m.struct_size = sizeof m;
  m.kind = BH_KIND_TIME;
  m.direction = BH_DIRECTION_LOWER;
  m.domain = BH_DOMAIN_HOST;
  m.flags = BH_METRIC_PRIMARY;
  m.id = "time";
  m.title = "Time of a step";
  m.unit = BH_UNIT_NS;
  m.description = "one step of a counter in memory";
  return m;
}
constexpr bh_metric_t kMetrics[] = {metric_of()};

constexpr bh_benchmark_t benchmark_of() {
  bh_benchmark_t b{};
  b.struct_size = sizeof b;
  b.category = BH_CATEGORY_OTHER;
  b.workload_revision = 1;
  b.id = "org.benchhost.zoo.throws.run";
  b.title = "Exception across the ABI";
  b.description = "throws from run";
  b.parameters = {kParameters, 1, sizeof kParameters[0]};
  b.metrics = {kMetrics, 1, sizeof kMetrics[0]};
  b.lifecycle = &kLifecycle;
  return b;
}
constexpr bh_benchmark_t kBenchmark = benchmark_of();

const bh_benchmark_t* BH_CALL benchmark(std::uint32_t index) { return index == 0 ? &kBenchmark : nullptr; }

constexpr bh_plugin_t plugin_of() {
  bh_plugin_t p{};
  p.struct_size = sizeof p;
  p.benchmark = benchmark;
  return p;
}
constexpr bh_plugin_t kPlugin = plugin_of();

}  // namespace

BH_PLUGIN("org.benchhost.zoo.throws", "1.0.0", "The benchhost authors", "MIT", "", &kPlugin);
