#include "store/memory_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/utf8.h"
#include "store/error_ids.h"
#include "store/run_reference.h"
#include "store/validate.h"

namespace benchhost::store {
namespace {

Error refuse(std::string message) { return make_error(kRefused, std::move(message)); }

struct HeldInvocation {
  InvocationId id = 0;
  Invocation invocation;
  std::vector<SegmentId> segments;
};

struct HeldResult {
  StoredResult stored;
  std::vector<protocol::MetricRecord> metrics;  ///< declared by the benchmark's descriptor at the start
  std::vector<HeldInvocation> invocations;
};

struct HeldPlugin {
  PluginRow row;
  std::vector<protocol::BenchmarkRecord> benchmarks;
};

class MemoryStore final : public RunStore {
 public:
  explicit MemoryStore(std::function<std::int64_t()> wall_clock) : wall_clock_(std::move(wall_clock)) {}

  Result<std::vector<StoredRun>> list_runs(std::size_t limit) override {
    std::vector<StoredRun> all;
    for (auto run = runs_.rbegin(); run != runs_.rend() && (limit == 0 || all.size() < limit); ++run) {
      all.push_back(seen(*run));
    }
    return all;
  }

  Result<StoredRun> run(RunId id) override {
    const StoredRun* found = find(id);
    if (found == nullptr) return no_such_run(fmt::format("{}", id), newest());
    return seen(*found);
  }

  Result<RunId> find_run(std::string_view text) override {
    BH_TRY(const RunReference reference, parse_run_reference(text));
    std::vector<RunId> found;
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
      const auto back = static_cast<std::uint64_t>(run - runs_.rbegin());
      if (const auto* id = std::get_if<RunId>(&reference)) {
        if (run->id == *id) found.push_back(run->id);
      } else if (const auto* latest = std::get_if<LatestRun>(&reference)) {
        if (back == latest->back) found.push_back(run->id);
      } else if (const auto* label = std::get_if<RunLabel>(&reference)) {
        const auto at = run->start.labels.find(label->key);
        if (found.empty() && at != run->start.labels.end() && at->second == label->value) found.push_back(run->id);
      } else if (run->start.uid.starts_with(std::get<RunUid>(reference).beginning)) {
        found.push_back(run->id);
      }
    }
    if (found.empty()) return no_such_run(text, newest());
    if (found.size() > 1)
      return make_error(kNotFound, fmt::format("several runs have a uid that begins with '{}'", text));
    return found.front();
  }

  Result<std::vector<BackendRow>> run_backends(RunId id) override {
    const auto found = backends_.find(id);
    return found == backends_.end() ? std::vector<BackendRow>() : found->second;
  }

  Result<std::vector<DeviceRow>> run_devices(RunId id) override {
    const auto found = devices_.find(id);
    return found == devices_.end() ? std::vector<DeviceRow>() : found->second;
  }

  Result<std::vector<StoredResult>> results(RunId id, Attempts attempts) override {
    if (find(id) == nullptr) return no_such_run(fmt::format("{}", id), newest());
    std::vector<StoredResult> all;
    for (const auto& held : results_) {
      if (held.stored.run == id && (attempts == Attempts::all || is_last(held.stored))) all.push_back(held.stored);
    }
    std::ranges::sort(all, {},
                      [](const StoredResult& r) { return std::tie(r.start.ordinal, r.start.role, r.start.attempt); });
    return all;
  }

  Result<StoredResult> result(ResultId id) override {
    const HeldResult* held = find_result(id);
    if (held == nullptr) return make_error(kNotFound, fmt::format("there is no result {}", id));
    return held->stored;
  }

  Result<std::vector<SummaryValue>> summaries(RunId id) override {
    std::vector<SummaryValue> all;
    for (const auto& [key, value] : summaries_) {
      if (std::get<0>(key) == id) all.push_back(value);
    }
    return all;
  }

  Result<std::vector<StoredInvocation>> invocations(ResultId id) override {
    const HeldResult* held = find_result(id);
    if (held == nullptr) return make_error(kNotFound, fmt::format("there is no result {}", id));
    std::vector<StoredInvocation> all;
    for (const auto& one : held->invocations) {
      StoredInvocation stored{one.id, one.invocation, {}};
      for (std::size_t i = 0; i < one.segments.size(); ++i) {
        protocol::Segment segment = one.invocation.segments[i];
        const std::uint64_t count = segment.size();
        segment.integers.clear();
        segment.reals.clear();
        stored.segments.push_back({one.segments[i], std::move(segment), count});
      }
      stored.invocation.segments.clear();
      for (auto& artefact : stored.invocation.artefacts) artefact.data.clear();
      all.push_back(std::move(stored));
    }
    std::ranges::sort(all, {}, [](const StoredInvocation& v) { return v.invocation.index; });
    return all;
  }

  Result<protocol::Segment> segment(SegmentId id) override {
    for (const auto& held : results_) {
      for (const auto& one : held.invocations) {
        const auto at = std::ranges::find(one.segments, id);
        if (at != one.segments.end()) {
          return one.invocation.segments[static_cast<std::size_t>(at - one.segments.begin())];
        }
      }
    }
    return make_error(kNotFound, fmt::format("there is no segment {}", id));
  }

  Result<std::vector<Artefact>> artefacts(InvocationId id) override {
    for (const auto& held : results_) {
      for (const auto& one : held.invocations) {
        if (one.id == id) return one.invocation.artefacts;
      }
    }
    return std::vector<Artefact>();
  }

  Result<std::optional<CaseEstimate>> last_estimate(std::string_view case_key, std::string_view testbed_key) override {
    for (auto held = results_.rbegin(); held != results_.rend(); ++held) {
      const StoredResult& r = held->stored;
      if (r.start.case_.key != case_key || !r.end || r.end->outcome != protocol::Outcome::passed) continue;
      if (!testbed_key.empty() && find(r.run)->start.testbed.key != testbed_key) continue;
      CaseEstimate estimate;
      estimate.duration_ns = r.end->duration_ns;
      estimate.invocations = static_cast<std::uint32_t>(held->invocations.size());
      for (const auto& one : held->invocations) {
        if (one.invocation.calibration) estimate.iterations_per_batch = one.invocation.calibration->n;
      }
      return std::optional(estimate);
    }
    return std::optional<CaseEstimate>();
  }

  Result<std::optional<protocol::BenchmarkRecord>> benchmark(std::string_view id) override {
    const auto found = benchmarks_.find(id);
    return found == benchmarks_.end() ? std::nullopt : std::optional(found->second);
  }

  Result<std::optional<PluginRow>> plugin(std::string_view fingerprint) override {
    const auto found = plugins_.find(fingerprint);
    return found == plugins_.end() ? std::nullopt : std::optional(found->second.row);
  }

  Result<std::vector<Event>> events(std::optional<RunId> id, std::int64_t after, std::size_t limit) override {
    std::vector<Event> all;
    for (const auto& event : events_) {
      if (event.sequence > after && (!id || event.run == id)) all.push_back(event);
      if (limit != 0 && all.size() == limit) break;
    }
    return all;
  }

  Result<void> register_plugin(const PluginRow& plugin,
                               std::span<const protocol::BenchmarkRecord> benchmarks) override {
    BH_CHECK(check_plugin(plugin, benchmarks));
    HeldPlugin& held = plugins_.try_emplace(plugin.fingerprint, HeldPlugin{plugin, {}}).first->second;
    held.row.file = plugin.file;
    held.row.abi = plugin.abi;
    for (protocol::BenchmarkRecord record : benchmarks) {
      record.index = 0;
      std::erase_if(held.benchmarks, [&](const auto& b) {
        return b.id == record.id && b.workload_revision == record.workload_revision;
      });
      held.benchmarks.push_back(record);
      benchmarks_.insert_or_assign(record.id, record);
    }
    return {};
  }

  Result<RunId> begin_run(const RunStart& start) override {
    BH_CHECK(check_run_start(start));
    StoredRun run;
    run.id = static_cast<RunId>(runs_.size()) + 1;
    run.start = start;
    if (run.start.uid.empty()) run.start.uid = fmt::format("{:032x}", run.id);
    if (run.start.environment.is_null()) run.start.environment = Json(JsonObject());
    if (run.start.testbed.facts.is_null()) run.start.testbed.facts = Json(JsonObject());
    for (RunFinding& f : run.start.findings) f.text = to_valid_utf8(f.text);
    for (const auto& other : runs_) {
      if (other.start.uid == run.start.uid) return refuse(fmt::format("the run {} has this uid already", other.id));
    }
    backends_[run.id] = std::exchange(run.start.backends, {});
    devices_[run.id] = std::exchange(run.start.devices, {});
    for (auto& other : runs_) {
      if (other.start.testbed.key == start.testbed.key) other.start.testbed = run.start.testbed;
    }
    runs_.push_back(run);
    log(run.id, "run_started");
    return run.id;
  }

  Result<ResultId> start_case(RunId run, const CaseStart& start) override {
    BH_TRY(HeldResult held, prepare(run, start));
    results_.push_back(std::move(held));
    log(run, "case_started");
    return results_.back().stored.id;
  }

  Result<InvocationId> add_invocation(ResultId result, const Invocation& invocation) override {
    BH_CHECK(check_invocation(invocation));
    BH_TRY(HeldResult * held, open(result));
    for (const auto& other : held->invocations) {
      if (other.invocation.index == invocation.index) {
        return refuse(fmt::format("invocation {} of result {} is stored already", invocation.index, result));
      }
    }
    HeldInvocation one;
    one.id = ++last_invocation_;
    one.invocation = invocation;
    for (auto& line : one.invocation.logs) line.text = to_valid_utf8(line.text);
    auto& batches = one.invocation.disturbed_batches;
    std::ranges::sort(batches);
    batches.erase(std::unique(batches.begin(), batches.end()), batches.end());
    for (std::size_t i = 0; i < invocation.segments.size(); ++i) one.segments.push_back(++last_segment_);
    held->invocations.push_back(std::move(one));
    log(held->stored.run, "invocation_done");
    return last_invocation_;
  }

  Result<void> finish_case(ResultId result, const CaseEnd& end) override {
    BH_TRY(HeldResult * held, open(result));
    BH_CHECK(finish(*held, end));
    log(held->stored.run, "case_finished");
    return {};
  }

  Result<ResultId> record_case(RunId run, const CaseStart& start, const CaseEnd& end) override {
    BH_TRY(HeldResult held, prepare(run, start));
    BH_CHECK(finish(held, end));
    results_.push_back(std::move(held));
    log(run, "case_finished");
    return results_.back().stored.id;
  }

  Result<void> add_summaries(RunId run, std::span<const SummaryValue> values) override {
    BH_CHECK(check_summaries(values));
    if (find(run) == nullptr) return no_such_run(fmt::format("{}", run), newest());
    for (const auto& v : values) {
      summaries_.insert_or_assign(std::tuple(run, v.benchmark, v.summary, v.group, v.label), v);
    }
    log(run, "summaries");
    return {};
  }

  Result<void> finish_run(RunId run, const RunEnd& end) override {
    BH_CHECK(check_run_end(end));
    BH_TRY(StoredRun * found, running(run));
    for (auto& held : results_) {
      if (held.stored.run != run || held.stored.end) continue;
      CaseEnd interrupted;
      interrupted.outcome = protocol::Outcome::interrupted;
      interrupted.reason = "the run ended before this case did";
      held.stored.end = interrupted;
    }
    found->state = RunState::finished;
    found->end = end;
    log(run, "run_finished");
    return {};
  }

  Result<std::int64_t> add_event(std::optional<RunId> run, std::string_view kind, const Json& body) override {
    BH_CHECK(check_event(kind, body));
    if (run && find(*run) == nullptr) return no_such_run(fmt::format("{}", *run), newest());
    log(run, kind, body.is_null() ? Json(JsonObject()) : body);
    return events_.back().sequence;
  }

  Result<void> resume_run(RunId run) override {
    StoredRun* found = find(run);
    if (found == nullptr) return no_such_run(fmt::format("{}", run), newest());
    if (found->state == RunState::running) return refuse(fmt::format("run {} is still running", run));
    found->state = RunState::running;
    found->end.reset();
    log(run, "run_resumed");
    return {};
  }

 private:
  StoredRun* find(RunId id) {
    const auto found = std::ranges::find(runs_, id, &StoredRun::id);
    return found == runs_.end() ? nullptr : &*found;
  }

  HeldResult* find_result(ResultId id) {
    const auto found = std::ranges::find(results_, id, [](const HeldResult& r) { return r.stored.id; });
    return found == results_.end() ? nullptr : &*found;
  }

  [[nodiscard]] std::optional<RunId> newest() const {
    return runs_.empty() ? std::nullopt : std::optional(runs_.back().id);
  }

  [[nodiscard]] bool is_last(const StoredResult& r) const {
    return std::ranges::none_of(results_, [&r](const HeldResult& other) {
      const CaseStart& s = other.stored.start;
      return other.stored.run == r.run && s.ordinal == r.start.ordinal && s.role == r.start.role &&
             s.attempt > r.start.attempt;
    });
  }

  /// The run as list_runs shows it, with the counts of its results.
  [[nodiscard]] StoredRun seen(const StoredRun& run) const {
    StoredRun copy = run;
    for (const auto& held : results_) {
      if (held.stored.run != run.id || held.stored.start.role != "primary" || !is_last(held.stored)) continue;
      ++copy.counts[held.stored.end ? std::optional(held.stored.end->outcome) : std::nullopt];
    }
    return copy;
  }

  Result<StoredRun*> running(RunId id) {
    StoredRun* run = find(id);
    if (run == nullptr) return no_such_run(fmt::format("{}", id), newest());
    if (run->state != RunState::running) return refuse(fmt::format("run {} is {}", id, run_state_name(run->state)));
    return run;
  }

  Result<HeldResult*> open(ResultId id) {
    HeldResult* held = find_result(id);
    if (held == nullptr) return make_error(kNotFound, fmt::format("there is no result {}", id));
    if (held->stored.end) return refuse(fmt::format("result {} has ended", id));
    return held;
  }

  Result<HeldResult> prepare(RunId run, const CaseStart& start) {
    BH_CHECK(check_case_start(start));
    BH_TRY(const StoredRun* found, running(run));
    static_cast<void>(found);
    const auto plugin = plugins_.find(start.plugin_fingerprint);
    if (plugin == plugins_.end()) return refuse(fmt::format("no plugin '{}' is registered", start.plugin_fingerprint));
    const auto& known = plugin->second.benchmarks;
    const auto benchmark = std::ranges::find_if(known, [&start](const auto& b) {
      return b.id == start.case_.benchmark && b.workload_revision == start.case_.workload_revision;
    });
    if (benchmark == known.end()) return refuse(fmt::format("benchmark '{}' is not registered", start.case_.benchmark));
    for (const auto& other : results_) {
      const CaseStart& s = other.stored.start;
      if (other.stored.run == run && s.ordinal == start.ordinal && s.role == start.role && s.attempt == start.attempt) {
        return refuse(fmt::format("case {} of run {} is stored already", start.ordinal, run));
      }
    }
    for (const auto& name : start.device_names) {
      const auto& devices = devices_[run];
      if (std::ranges::none_of(devices, [&name](const DeviceRow& d) { return d.record.name == name; })) {
        return refuse(fmt::format("device '{}' is none of run {}", name, run));
      }
    }
    HeldResult held;
    held.stored.id = static_cast<ResultId>(results_.size()) + 1;
    held.stored.run = run;
    held.stored.start = start;
    held.stored.plugin_id = plugin->second.row.id;
    held.stored.plugin_version = plugin->second.row.version;
    held.metrics = benchmark->metrics;
    return held;
  }

  Result<void> finish(HeldResult& held, const CaseEnd& end) {
    const auto declared = [&held](std::string_view id) {
      return std::ranges::any_of(held.metrics, [id](const auto& m) { return m.id == id; });
    };
    BH_CHECK(check_case_end(end, declared));
    if (end.cached_from && find_result(*end.cached_from) == nullptr) {
      return make_error(kNotFound, fmt::format("there is no result {} to stand for", *end.cached_from));
    }
    for (const auto& m : end.measurements) {
      StoredMeasurement stored{m, {}};
      for (const std::vector<protocol::MetricRecord>* from : {&std::as_const(held.metrics), &end.added_metrics}) {
        for (const auto& metric : *from) {
          if (metric.id == m.metric) stored.metric = metric;
        }
      }
      held.stored.measurements.push_back(std::move(stored));
    }
    std::ranges::stable_sort(held.stored.measurements, {},
                             [](const StoredMeasurement& m) { return !m.metric.primary; });
    held.stored.end = end;
    held.stored.end->measurements.clear();
    held.stored.end->added_metrics.clear();
    return {};
  }

  void log(std::optional<RunId> run, std::string_view kind, Json body = Json(JsonObject())) {
    const auto sequence = static_cast<std::int64_t>(events_.size()) + 1;
    events_.push_back({sequence, run, wall_clock_ ? wall_clock_() : 0, std::string(kind), std::move(body)});
  }

  std::function<std::int64_t()> wall_clock_;
  std::vector<StoredRun> runs_;
  std::map<RunId, std::vector<BackendRow>> backends_;
  std::map<RunId, std::vector<DeviceRow>> devices_;
  std::vector<HeldResult> results_;
  std::map<std::tuple<RunId, std::string, std::string, std::string, std::string>, SummaryValue> summaries_;
  std::map<std::string, HeldPlugin, std::less<>> plugins_;
  std::map<std::string, protocol::BenchmarkRecord, std::less<>> benchmarks_;
  std::vector<Event> events_;
  InvocationId last_invocation_ = 0;
  SegmentId last_segment_ = 0;
};

}  // namespace

std::unique_ptr<RunStore> make_memory_store(std::function<std::int64_t()> wall_clock) {
  return std::make_unique<MemoryStore>(std::move(wall_clock));
}

}  // namespace benchhost::store
