#include "common/protocol/job.h"

#include "common/protocol/json_record.h"

namespace benchhost::protocol {
namespace detail {

template <>
struct Members<ProbePluginJob> {
  static constexpr const char* kName = "probe_plugin";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("file", r.file);
    v("stamp", r.stamp);
  }
};

template <>
struct Members<EnumerateJob> {
  static constexpr const char* kName = "enumerate";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("file", r.file);
    v("asset_dir", r.asset_dir);
    v("scratch_dir", r.scratch_dir);
    v("settings", r.settings);
  }
};

template <>
struct Members<ProbeBackendJob> {
  static constexpr const char* kName = "probe_backend";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("file", r.file);
    v("options", r.options);
  }
};

template <>
struct Members<SlotDevice> {
  static constexpr const char* kName = "slot device";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("slot", r.slot);
    v("backend_file", r.backend_file);
    v("index", r.index);
    v("name", r.name);
  }
};

template <>
struct Members<MeasurePlan> {
  static constexpr const char* kName = "measure plan";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("fixed_n", r.fixed_n);
    v("min_batch_ns", r.min_batch_ns);
    v("time_budget_ns", r.time_budget_ns);
    v("warmup_budget_ns", r.warmup_budget_ns);
    v("min_batches", r.min_batches);
    v("max_batches", r.max_batches);
    v("verify", r.verify);
  }
};

template <>
struct Members<RunJob> {
  static constexpr const char* kName = "run";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("case_id", r.case_id);
    v("invocation", r.invocation);
    v("plugin_file", r.plugin_file);
    v("plugin_stamp", r.plugin_stamp);
    v("descriptor_digest", r.descriptor_digest);
    v("benchmark", r.benchmark);
    v("input", r.input);
    v("content_digest", r.content_digest);
    v("settings", r.settings);
    v("values", r.values);
    v("devices", r.devices);
    v("seed", r.seed);
    v("cores", r.cores);
    v("memory_limit_bytes", r.memory_limit_bytes);
    v("asset_dir", r.asset_dir);
    v("scratch_dir", r.scratch_dir);
    v("cache_dir", r.cache_dir);
    v("backend_options", r.backend_options);
    v("plan", r.plan);
  }
};

template <>
inline constexpr std::uint32_t kEnumerators<Trial> = 14;

template <>
struct Members<CheckJob> {
  static constexpr const char* kName = "check";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("trial", r.trial);
    v("run", r.run);
    v("skip", r.skip);
  }
};

}  // namespace detail

namespace {

template <class T>
Result<void> read_job(const Json& json, Job& job) {
  BH_TRY(auto read, detail::read_record<T>(json["arguments"]));
  job.emplace<T>(std::move(read));
  return {};
}

}  // namespace

Json to_json(const Job& job) {
  return std::visit(
      [](const auto& one) {
        Json json;
        json.set("job", detail::Members<std::decay_t<decltype(one)>>::kName);
        json.set("arguments", detail::put(one));
        return json;
      },
      job);
}

Result<Job> job_from_json(const Json& json) {
  const std::string& kind = json["job"].as_string();
  Job job;
  if (kind == detail::Members<ProbePluginJob>::kName) {
    BH_CHECK(read_job<ProbePluginJob>(json, job));
  } else if (kind == detail::Members<EnumerateJob>::kName) {
    BH_CHECK(read_job<EnumerateJob>(json, job));
  } else if (kind == detail::Members<ProbeBackendJob>::kName) {
    BH_CHECK(read_job<ProbeBackendJob>(json, job));
  } else if (kind == detail::Members<RunJob>::kName) {
    BH_CHECK(read_job<RunJob>(json, job));
  } else if (kind == detail::Members<CheckJob>::kName) {
    BH_CHECK(read_job<CheckJob>(json, job));
  } else {
    return make_error(detail::kBadRecord,
                      "job: expected 'job' to be probe_plugin, enumerate, probe_backend, run or check");
  }
  return job;
}

}  // namespace benchhost::protocol
