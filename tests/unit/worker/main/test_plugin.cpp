// A plugin for tests of the worker: sums, throws, runs a team of two unpinned threads that record.
#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>

#include <cstddef>
#include <cstdint>

namespace {

struct State {
  const bh_host_t* host = nullptr;
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  bh_team_t* team = nullptr;
  bh_recorder_t* recorders[2] = {};
  std::uint64_t n = 0;
};

State& of(void* self) { return *static_cast<State*>(self); }

bh_status_t create(const bh_host_t* host, const bh_create_t*, void** self) {
  auto* state = new State;
  state->host = host;
  *self = state;
  return BH_OK;
}
void destroy(void* self) { delete static_cast<State*>(self); }
bh_status_t teardown(void*) { return BH_OK; }

bh_status_t prepare_sum(void* self, const bh_prepare_t* args) {
  State& s = of(self);
  s.count = args->values[0].u;
  const bh_work_t work[] = {{BH_WORK_ITEMS, static_cast<double>(s.count)}};
  return s.host->work(s.host, work, 1);
}

bh_status_t run_sum(void* self, const bh_batch_t* batch) {
  State& s = of(self);
  for (std::uint64_t k = 0; k < batch->n; ++k) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < s.count; ++i) {
      sum += i;
      bh_keep(&sum);
    }
    s.sum = sum;
  }
  return BH_OK;
}

bh_status_t verify_sum(void* self, bh_verdict_t* verdict) {
  State& s = of(self);
  BH_SET(bh_verdict_t, verdict, checked, 1u);
  return s.sum == s.count * (s.count - 1) / 2 ? BH_OK : s.host->fail(s.host, BH_E_MISMATCH, "the sum is wrong");
}

bh_status_t run_throw(void*, const bh_batch_t*) { throw 42; }

bh_status_t prepare_team(void* self, const bh_prepare_t*) {
  State& s = of(self);
  bh_team_request_t request{};
  request.struct_size = sizeof request;
  request.count = 2;
  request.pin = BH_PIN_NONE;
  if (const bh_status_t status = s.host->team_open(s.host, &request, &s.team); status != BH_OK) return status;
  for (std::uint32_t i = 0; i < 2; ++i) {
    bh_recorder_request_t wanted{};
    wanted.struct_size = sizeof wanted;
    wanted.metric = 0;
    wanted.mode = BH_RECORD_RAW;
    wanted.index = i;
    wanted.capacity = 1;
    if (const bh_status_t status = s.host->recorder_open(s.host, &wanted, &s.recorders[i]); status != BH_OK)
      return status;
  }
  return BH_OK;
}

bh_status_t run_team(void* self, const bh_batch_t* batch) {
  State& s = of(self);
  s.n = batch->n;
  s.host->team_run(
      s.team,
      [](void* argument, std::uint32_t index) {
        State& state = of(argument);
        for (std::uint64_t k = 0; k < state.n; ++k) {
          const std::int64_t begin = state.host->now_ns(state.host);
          state.host->record(state.recorders[index], state.host->now_ns(state.host) - begin);
        }
        state.host->team_barrier(state.team);
      },
      self);
  return BH_OK;
}

bh_lifecycle_t lifecycle(bh_status_t (*prepare)(void*, const bh_prepare_t*),
                         bh_status_t (*run)(void*, const bh_batch_t*), bh_status_t (*verify)(void*, bh_verdict_t*)) {
  bh_lifecycle_t table{};
  table.struct_size = sizeof table;
  table.create = create;
  table.prepare = prepare;
  table.run = run;
  table.verify = verify;
  table.teardown = teardown;
  table.destroy = destroy;
  return table;
}

bh_metric_t metric(std::uint32_t domain, const char* id) {
  bh_metric_t m{};
  m.struct_size = sizeof m;
  m.kind = BH_KIND_TIME;
  m.direction = BH_DIRECTION_LOWER;
  m.domain = domain;
  m.flags = BH_METRIC_PRIMARY;
  m.id = id;
  m.title = id;
  m.unit = BH_UNIT_NS;
  m.description = id;
  return m;
}

bh_benchmark_t benchmark(const char* id, const bh_metric_t* metrics, const bh_lifecycle_t* table) {
  bh_benchmark_t b{};
  b.struct_size = sizeof b;
  b.workload_revision = 1;
  b.id = id;
  b.title = id;
  b.description = id;
  b.metrics = {metrics, 1, sizeof(bh_metric_t)};
  b.lifecycle = table;
  return b;
}

/// Made when it is first asked for: nothing runs when the library is loaded.
const bh_benchmark_t* find(std::uint32_t index) {
  static const bh_metric_t host_time = metric(BH_DOMAIN_HOST, "time");
  static const bh_metric_t self_time = metric(BH_DOMAIN_SELF, "latency");
  static const bh_lifecycle_t sum_table = lifecycle(prepare_sum, run_sum, verify_sum);
  static const bh_lifecycle_t throw_table = [] {
    bh_lifecycle_t table = lifecycle([](void*, const bh_prepare_t*) { return BH_OK; }, run_throw, nullptr);
    // Nothing is called after an exception, destroy neither: an instance of its own would be a leak.
    table.create = [](const bh_host_t*, const bh_create_t*, void** self) {
      *self = nullptr;
      return BH_OK;
    };
    return table;
  }();
  static const bh_lifecycle_t team_table = lifecycle(prepare_team, run_team, nullptr);
  static const bh_param_t parameters[] = {[] {
    bh_param_t p{};
    p.struct_size = sizeof p;
    p.type = BH_TYPE_UINT;
    p.name = "n";
    p.description = "numbers to add";
    p.default_value = BH_UINT(100);
    p.minimum = BH_UINT(1);
    return p;
  }()};
  static const bh_benchmark_t all[] = {
      [] {
        bh_benchmark_t b = benchmark("org.benchhost_test.worker.sum", &host_time, &sum_table);
        b.parameters = BH_LIST(parameters);
        return b;
      }(),
      benchmark("org.benchhost_test.worker.throws", &host_time, &throw_table),
      [] {
        bh_benchmark_t b = benchmark("org.benchhost_test.worker.team", &self_time, &team_table);
        b.batch_min = 100;
        return b;
      }(),
  };
  return index < 3 ? &all[index] : nullptr;
}

const bh_plugin_t plugin = {sizeof(bh_plugin_t), 0, 0, 0, find, nullptr, nullptr, BH_EMPTY_LIST};

}  // namespace

BH_PLUGIN("org.benchhost_test.worker", "1", "benchhost", "MIT", "", &plugin);
