#include "contract/sdk/driver/test_host.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>

// Members wait on a condition: a test machine has few cores, and what is tested is order, not speed.
struct bh_team {
  std::uint32_t count = 0;
  std::mutex mutex;
  std::condition_variable changed;
  std::uint32_t waiting = 0;
  std::uint32_t left = 0;
  std::uint64_t generation = 0;
};

namespace benchhost::contract {
namespace {

constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15u;

std::uint64_t mix(std::uint64_t z) {
  z ^= z >> 30;
  z *= 0xBF58476D1CE4E5B9u;
  z ^= z >> 27;
  z *= 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

}  // namespace

RunKind run_kind(const bh_benchmark_t& benchmark) {
  bool host_time = false;
  for (std::uint32_t i = 0; i < benchmark.metrics.count; ++i) {
    const bh_metric_t* metric = BH_AT(bh_metric_t, &benchmark.metrics, i);
    if (metric->domain == BH_DOMAIN_QUEUE) return RunKind::queue;
    if (metric->domain == BH_DOMAIN_HOST && (metric->kind == BH_KIND_TIME || metric->kind == BH_KIND_RATE)) {
      host_time = true;
    }
  }
  return benchmark.batch == BH_BATCH_ONCE || !host_time ? RunKind::open : RunKind::per_iteration;
}

struct TestHost::Body : bh_host {
  Body(TestHost* host, std::uint64_t case_seed);

  struct Metric {
    std::string id;
    std::uint32_t kind, domain, flags;
  };

  static Body* of(const bh_host_t* host) { return static_cast<Body*>(const_cast<bh_host_t*>(host)); }

  /// Notes a broken rule and its text. Answers the status for the caller.
  bh_status_t broken(const char* function, const std::string& what, bh_status_t status = BH_E_STATE) {
    const std::lock_guard lock(mutex);
    error = std::string(function) + ": " + what;
    owner->violations.push_back(error);
    return status;
  }
  /// A refusal that is an answer and no broken rule.
  bh_status_t refuse(bh_status_t status, const std::string& what) {
    error = what;
    return status;
  }
  bool slow_allowed() const { return state != State::none && !(state == State::timed && kind == RunKind::queue); }
  bool untimed_allowed() const { return state != State::none && !(state == State::timed && kind != RunKind::open); }
  bool one_of(std::initializer_list<State> states) const {
    for (const State s : states) {
      if (state == s) return true;
    }
    return false;
  }
  const Metric* metric_at(std::uint32_t index) const { return index < metrics.size() ? &metrics[index] : nullptr; }

  TestHost* owner;
  std::mutex mutex;
  std::atomic<State> state{State::none};
  RunKind kind = RunKind::per_iteration;
  bool enumerating = false;
  bool dropping = false;
  std::uint64_t seed;
  std::atomic<std::uint32_t> cancel{0};
  std::string error, assets, scratch = ".";
  std::vector<Metric> metrics;
  std::map<std::string, const void*> extensions;
  std::set<void*> taken;
  std::uint64_t takes = 0, fail_take_at = 0;
  std::vector<std::unique_ptr<bh_team>> teams;
  std::vector<std::unique_ptr<bh_recorder>> recorders;
  std::map<std::string, std::uint64_t> kept;
};

namespace {

using Body = TestHost::Body;

bh_status_t give(const bh_host_t* host, const char* function, std::uint32_t index, double value, bool labelled,
                 bool rate) {
  Body* b = Body::of(host);
  const auto* metric = b->metric_at(index);
  if (metric == nullptr) return b->broken(function, "no metric " + std::to_string(index), BH_E_ARGUMENT);
  if (!std::isfinite(value)) return b->broken(function, metric->id + " is not finite", BH_E_ARGUMENT);
  const bool is_self = metric->domain == BH_DOMAIN_SELF;
  if (!is_self && metric->domain != BH_DOMAIN_NONE) {
    return b->broken(function, metric->id + " is not of domain SELF or NONE", BH_E_ARGUMENT);
  }
  if (((metric->flags & BH_METRIC_LABELLED) != 0) != labelled) {
    return b->broken(function, metric->id + ": labelled or not", BH_E_ARGUMENT);
  }
  if ((is_self && metric->kind == BH_KIND_RATE) != rate) {
    return b->broken(function, metric->id + ": a rate of domain SELF is given by report_rate only", BH_E_ARGUMENT);
  }
  if (is_self ? !b->one_of({State::timed, State::prepared}) : !b->one_of({State::preparing, State::prepared})) {
    return b->broken(function, metric->id + " in a wrong state");
  }
  return BH_OK;
}

const void* BH_CALL host_extension(const bh_host_t* host, const char* id) {
  Body* b = Body::of(host);
  if (!b->slow_allowed() && !b->enumerating) return b->broken("extension", "in a queue run"), nullptr;
  const auto found = b->extensions.find(text_of(id));
  return found == b->extensions.end() ? nullptr : found->second;
}

void BH_CALL host_log(const bh_host_t* host, std::uint32_t level, const char* text) {
  Body* b = Body::of(host);
  if (level > BH_LOG_WARNING) b->broken("log", "level " + std::to_string(level));
  if (!b->untimed_allowed() && !b->enumerating) return void(b->broken("log", "in a timed run"));
  const std::lock_guard lock(b->mutex);
  b->owner->logs.push_back(text_of(text));
}

bh_status_t BH_CALL host_fail(const bh_host_t* host, bh_status_t code, const char* text) {
  Body* b = Body::of(host);
  if (text_of(text).empty()) b->broken("fail", "without a text");
  if (code == BH_OK) b->broken("fail", "with BH_OK");
  const std::lock_guard lock(b->mutex);
  if (b->owner->reason.empty()) {
    b->owner->reason = text_of(text);
  } else {
    b->owner->context.push_back(text_of(text));
  }
  return code;
}

const char* BH_CALL host_last_error(const bh_host_t* host) { return Body::of(host)->error.c_str(); }

std::uint32_t BH_CALL host_cancelled(const bh_host_t* host) {
  return Body::of(host)->cancel.load(std::memory_order_relaxed);
}

void BH_CALL host_progress(const bh_host_t* host, std::uint64_t done, std::uint64_t total, const char*) {
  Body* b = Body::of(host);
  if (!b->untimed_allowed() && !b->enumerating) b->broken("progress", "in a timed run");
  if (total != 0 && done > total) b->broken("progress", "done is more than total");
}

std::int64_t BH_CALL host_now_ns(const bh_host_t*) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::int64_t BH_CALL host_sleep_until(const bh_host_t* host, std::int64_t until_ns) {
  Body* b = Body::of(host);
  if (!b->untimed_allowed()) return b->broken("sleep_until", "in a timed run"), 0;
  std::int64_t now = host_now_ns(host);
  while (now < until_ns && b->cancel.load() == 0) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min<std::int64_t>(until_ns - now, 1000000)));
    now = host_now_ns(host);
  }
  return now;
}

bh_status_t BH_CALL host_work(const bh_host_t* host, const bh_work_t* items, std::uint32_t count) {
  Body* b = Body::of(host);
  if (!b->untimed_allowed()) return b->broken("work", "in a timed run");
  std::map<std::string, double> work;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string key = text_of(items[i].key);
    const bool known = key == "items" || key.rfind("items.", 0) == 0 || key == "bytes.read" || key == "bytes.written" ||
                       key == "bytes.moved" || key.rfind("ops.", 0) == 0;
    if (!known) return b->broken("work", "no key '" + key + "'", BH_E_ARGUMENT);
    if (!std::isfinite(items[i].amount) || items[i].amount < 0)
      return b->broken("work", key + ": amount", BH_E_ARGUMENT);
    if (!work.emplace(key, items[i].amount).second) return b->broken("work", key + " twice", BH_E_ARGUMENT);
  }
  b->owner->work = work;
  return BH_OK;
}

bh_status_t BH_CALL host_metric_declare(const bh_host_t* host, const bh_metric_t* metric, std::uint32_t* index) {
  Body* b = Body::of(host);
  if (!b->one_of({State::preparing})) return b->broken("metric_declare", "outside prepare");
  if (!BH_HAS(bh_metric_t, metric, target)) return b->broken("metric_declare", "struct_size", BH_E_ARGUMENT);
  if ((metric->flags & BH_METRIC_PRIMARY) != 0 ||
      (metric->domain != BH_DOMAIN_SELF && metric->domain != BH_DOMAIN_NONE)) {
    return b->broken("metric_declare", text_of(metric->id) + ": primary, or of another domain", BH_E_ARGUMENT);
  }
  for (std::size_t i = 0; i < b->metrics.size(); ++i) {
    const auto& old = b->metrics[i];
    if (old.id != metric->id) continue;
    if (old.kind != metric->kind || old.domain != metric->domain || old.flags != metric->flags) {
      return b->refuse(BH_E_ARGUMENT, old.id + " is declared otherwise");
    }
    *index = static_cast<std::uint32_t>(i);
    return BH_OK;
  }
  *index = static_cast<std::uint32_t>(b->metrics.size());
  b->metrics.push_back({metric->id, metric->kind, metric->domain, metric->flags});
  b->owner->declared.push_back(metric->id);
  return BH_OK;
}

bh_status_t BH_CALL host_report(const bh_host_t* host, std::uint32_t index, double value) {
  const bh_status_t status = give(host, "report", index, value, false, false);
  Body* b = Body::of(host);
  if (status == BH_OK && !b->dropping) b->owner->reported[b->metrics[index].id].push_back(value);
  return status;
}

bh_status_t BH_CALL host_report_rate(const bh_host_t* host, std::uint32_t index, double amount, double duration_ns) {
  Body* b = Body::of(host);
  if (!(duration_ns > 0)) return b->broken("report_rate", "duration", BH_E_ARGUMENT);
  const bh_status_t status = give(host, "report_rate", index, amount, false, true);
  if (status == BH_OK && !b->dropping) b->owner->reported[b->metrics[index].id].push_back(amount * 1e9 / duration_ns);
  return status;
}

bh_status_t BH_CALL host_report_labelled(const bh_host_t* host, std::uint32_t index, const char* label, double value) {
  Body* b = Body::of(host);
  if (text_of(label).empty()) return b->broken("report_labelled", "no label", BH_E_ARGUMENT);
  const bh_status_t status = give(host, "report_labelled", index, value, true, false);
  if (status == BH_OK && !b->dropping) b->owner->labelled[b->metrics[index].id][label] = value;
  return status;
}

bh_status_t BH_CALL host_withhold(const bh_host_t* host, std::uint32_t index, const char* reason) {
  Body* b = Body::of(host);
  if (!b->one_of({State::preparing, State::prepared})) return b->broken("withhold", "in a wrong state");
  if (b->metric_at(index) == nullptr || text_of(reason).empty())
    return b->broken("withhold", "metric or reason", BH_E_ARGUMENT);
  b->owner->withheld[b->metrics[index].id] = reason;
  return BH_OK;
}

bh_status_t BH_CALL host_recorder_open(const bh_host_t* host, const bh_recorder_request_t* request,
                                       bh_recorder_t** out) {
  Body* b = Body::of(host);
  *out = nullptr;
  if (!b->one_of({State::preparing})) return b->broken("recorder_open", "outside prepare");
  if (!BH_HAS(bh_recorder_request_t, request, capacity))
    return b->broken("recorder_open", "struct_size", BH_E_ARGUMENT);
  const auto* metric = b->metric_at(request->metric);
  if (metric == nullptr || metric->domain != BH_DOMAIN_SELF) return b->broken("recorder_open", "metric", BH_E_ARGUMENT);
  b->recorders.push_back(std::make_unique<bh_recorder>());
  b->recorders.back()->metric = request->metric;
  b->recorders.back()->index = request->index;
  *out = b->recorders.back().get();
  return BH_OK;
}

void BH_CALL host_record(bh_recorder_t* recorder, std::int64_t value) { recorder->values.push_back(value); }

void BH_CALL host_random_fill(const bh_host_t* host, std::uint64_t stream, std::uint64_t offset_bytes, void* data,
                              std::uint64_t size_bytes) {
  Body* b = Body::of(host);
  if (!b->untimed_allowed()) return void(b->broken("random_fill", "in a timed run"));
  if (offset_bytes % 8 != 0) return void(b->broken("random_fill", "offset is no multiple of 8"));
  const std::uint64_t start = mix(b->seed + kGamma * (stream + 1));
  auto* bytes = static_cast<unsigned char*>(data);
  for (std::uint64_t done = 0; done < size_bytes; done += 8) {
    const std::uint64_t word = mix(start + kGamma * ((offset_bytes + done) / 8 + 1));
    std::memcpy(bytes + done, &word, static_cast<std::size_t>(std::min<std::uint64_t>(8, size_bytes - done)));
  }
}

bh_status_t BH_CALL host_memory_take(const bh_host_t* host, bh_memory_t* memory) {
  Body* b = Body::of(host);
  if (!BH_HAS(bh_memory_t, memory, data)) return b->broken("memory_take", "struct_size", BH_E_ARGUMENT);
  memory->data = nullptr;
  if (!b->slow_allowed()) return b->broken("memory_take", "in a queue run");
  const std::uint64_t alignment =
      memory->alignment_bytes == 0 ? 64 : std::max<std::uint64_t>(memory->alignment_bytes, 64);
  if (memory->size_bytes == 0 || (alignment & (alignment - 1)) != 0)
    return b->broken("memory_take", "size or alignment", BH_E_ARGUMENT);
  const std::lock_guard lock(b->mutex);
  ++b->takes;
  if (b->fail_take_at != 0 && b->takes >= b->fail_take_at)
    return b->refuse(BH_E_NO_MEMORY, "no memory, as the test asked");
  if ((memory->flags & BH_MEMORY_HUGE_OR_FAIL) != 0) return b->refuse(BH_E_UNSUPPORTED, "no huge pages here");
  const std::size_t size = static_cast<std::size_t>((memory->size_bytes + alignment - 1) / alignment * alignment);
  void* block = std::aligned_alloc(static_cast<std::size_t>(alignment), size);
  if (block == nullptr) return b->refuse(BH_E_NO_MEMORY, "aligned_alloc failed");
  std::memset(block, 0, size);
  b->taken.insert(block);
  memory->data = block;
  memory->node = BH_NODE_ANY;
  memory->page_bytes = 0;
  return BH_OK;
}

void BH_CALL host_memory_free(const bh_host_t* host, void* data) {
  Body* b = Body::of(host);
  if (data == nullptr) return;
  if (!b->slow_allowed()) return void(b->broken("memory_free", "in a queue run"));
  {
    const std::lock_guard lock(b->mutex);
    if (b->taken.erase(data) == 1) return std::free(data);
  }
  b->broken("memory_free", "of what was not granted");
}

bh_status_t BH_CALL host_team_open(const bh_host_t* host, const bh_team_request_t* request, bh_team_t** out) {
  Body* b = Body::of(host);
  *out = nullptr;
  if (!b->one_of({State::preparing})) return b->broken("team_open", "outside prepare");
  if (!BH_HAS(bh_team_request_t, request, pin)) return b->broken("team_open", "struct_size", BH_E_ARGUMENT);
  if (request->count == 0 || request->pin > BH_PIN_SIBLINGS)
    return b->broken("team_open", "count or pin", BH_E_ARGUMENT);
  b->teams.push_back(std::make_unique<bh_team>());
  b->teams.back()->count = request->count;
  *out = b->teams.back().get();
  return BH_OK;
}

void BH_CALL host_team_run(bh_team_t* team, bh_team_function_t function, void* argument) {
  team->left = team->count;
  team->waiting = 0;
  const auto take_part = [team, function, argument](std::uint32_t i) {
    function(argument, i);
    const std::lock_guard lock(team->mutex);
    --team->left;
    if (team->left != 0 && team->waiting == team->left) {
      team->waiting = 0;
      ++team->generation;
      team->changed.notify_all();
    }
  };
  std::vector<std::thread> members;
  for (std::uint32_t i = 1; i < team->count; ++i) members.emplace_back(take_part, i);
  take_part(0);
  for (std::thread& member : members) member.join();
}

void BH_CALL host_team_barrier(bh_team_t* team) {
  std::unique_lock lock(team->mutex);
  const std::uint64_t generation = team->generation;
  if (++team->waiting == team->left) {
    team->waiting = 0;
    ++team->generation;
    team->changed.notify_all();
    return;
  }
  team->changed.wait(lock, [&] { return team->generation != generation; });
}

std::int32_t BH_CALL host_team_cpu(const bh_team_t*, std::uint32_t) { return -1; }

bh_status_t BH_CALL host_attach(const bh_host_t* host, const char* name, const char* media_type, const void* data,
                                std::uint64_t size_bytes) {
  Body* b = Body::of(host);
  if (!b->one_of({State::preparing, State::prepared, State::failed})) return b->broken("attach", "in a wrong state");
  if (text_of(name).empty() || text_of(media_type).empty())
    return b->broken("attach", "name or media type", BH_E_ARGUMENT);
  b->owner->attached[name] = std::string(static_cast<const char*>(data), static_cast<std::size_t>(size_bytes));
  return BH_OK;
}

}  // namespace

TestHost::Body::Body(TestHost* host, std::uint64_t case_seed) : bh_host{}, owner(host), seed(case_seed) {
  struct_size = sizeof(bh_host);
  abi = BH_ABI_VERSION;
  scratch_dir = scratch.c_str();
  extension = host_extension;
  log = host_log;
  fail = host_fail;
  last_error = host_last_error;
  cancelled = host_cancelled;
  progress = host_progress;
  now_ns = host_now_ns;
  sleep_until = host_sleep_until;
  bh_host::work = host_work;
  metric_declare = host_metric_declare;
  report = host_report;
  report_rate = host_report_rate;
  report_labelled = host_report_labelled;
  withhold = host_withhold;
  recorder_open = host_recorder_open;
  record = host_record;
  random_fill = host_random_fill;
  memory_take = host_memory_take;
  memory_free = host_memory_free;
  team_open = host_team_open;
  team_run = host_team_run;
  team_barrier = host_team_barrier;
  team_cpu = host_team_cpu;
  attach = host_attach;
}

TestHost::TestHost(std::uint64_t seed) : body_(std::make_unique<Body>(this, seed)) {}

TestHost::~TestHost() {
  for (void* block : body_->taken) std::free(block);
}

const bh_host_t* TestHost::table() const { return body_.get(); }

void TestHost::begin_case(const bh_benchmark_t* benchmark) {
  reason.clear();
  context.clear();
  work.clear();
  reported.clear();
  labelled.clear();
  withheld.clear();
  attached.clear();
  declared.clear();
  body_->metrics.clear();
  body_->kept.clear();
  body_->enumerating = benchmark == nullptr;
  if (benchmark == nullptr) return;
  body_->kind = run_kind(*benchmark);
  for (std::uint32_t i = 0; i < benchmark->metrics.count; ++i) {
    const bh_metric_t* m = BH_AT(bh_metric_t, &benchmark->metrics, i);
    body_->metrics.push_back({m->id, m->kind, m->domain, m->flags});
  }
}

void TestHost::set_state(State state) { body_->state = state; }
State TestHost::state() const { return body_->state; }

void TestHost::drop_reports(bool drop) {
  // What was recorded until here belongs to the batch that ends here.
  for (const auto& recorder : body_->recorders) {
    if (!body_->dropping) body_->kept[body_->metrics[recorder->metric].id] += recorder->values.size();
    recorder->values.clear();
  }
  body_->dropping = drop;
}

void TestHost::after_teardown() {
  drop_reports(false);
  leaked += body_->taken.size();
  for (void* block : body_->taken) std::free(block);
  body_->taken.clear();
  body_->teams.clear();
  body_->recorders.clear();
}

void TestHost::set_asset_dir(const std::string& folder) {
  body_->assets = folder;
  body_->asset_dir = body_->assets.c_str();
}

void TestHost::set_scratch_dir(const std::string& folder) {
  body_->scratch = folder;
  body_->scratch_dir = body_->scratch.c_str();
}

void TestHost::set_extension(const std::string& id, const void* functions) { body_->extensions[id] = functions; }
void TestHost::fail_memory_at(std::uint64_t call) {
  body_->fail_take_at = call;
  body_->takes = 0;
}
void TestHost::cancel() { body_->cancel = 1; }

std::uint64_t TestHost::recorded(const std::string& metric) const {
  const auto found = body_->kept.find(metric);
  return found == body_->kept.end() ? 0 : found->second;
}

std::uint32_t TestHost::recorders() const { return static_cast<std::uint32_t>(body_->recorders.size()); }

void TestHost::begin_call() {
  reason.clear();
  context.clear();
}

}  // namespace benchhost::contract
