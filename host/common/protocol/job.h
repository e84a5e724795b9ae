// What the host asks of a worker: exactly one job per worker process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "common/protocol/conformance.h"
#include "common/protocol/value.h"

namespace benchhost::protocol {

/// Load the plugin, negotiate, read every descriptor. Answer: one `plugin` message, then `final`.
struct ProbePluginJob {
  std::string file;  ///< absolute path
  /// As RunJob::plugin_stamp: what is remembered of a content must be of that content.
  std::string stamp = {};
};

/// Load the plugin and call enumerate. Answer: any number of `found_case`, then `final`.
struct EnumerateJob {
  std::string file;
  std::string asset_dir;  ///< "": none
  std::string scratch_dir;
  std::vector<Value> settings;  ///< in declared order
};

/// Load the backend module and probe its devices. Answer: one `backend` message, then `final`.
struct ProbeBackendJob {
  std::string file;
  std::vector<std::pair<std::string, std::string>> options;
};

/// A device that fills a slot of a case.
struct SlotDevice {
  std::uint32_t slot = 0;
  std::string backend_file;
  std::uint32_t index = 0;  ///< of the backend's probe
  std::string name;         ///< "cpu:0"
};

/// How one invocation is measured. Times are wall times of the worker.
struct MeasurePlan {
  /// Iterations per batch that invocation 0 of the same case found; 0: calibrate. Invocations vary them by up to a
  /// fifth, so that they do not share one alignment of n.
  std::uint64_t fixed_n = 0;
  std::int64_t min_batch_ns = 1'000'000;  ///< a batch lasts at least this and 1,000 clock ticks
  /// For the measuring phase. One batch is measured however long it lasts; what would not fit is not begun.
  std::int64_t time_budget_ns = 500'000'000;
  std::int64_t warmup_budget_ns = 2'000'000'000;
  /// Taken wherever their own time fits the budget, even if what lies between them does not.
  std::uint32_t min_batches = 10;
  std::uint32_t max_batches = 100'000;
  bool verify = true;
};

/// Run one invocation of one case, from create to destroy.
struct RunJob {
  std::uint64_t case_id = 0;  ///< the host's; tells jobs apart, and a worker has no use for it
  std::uint32_t invocation = 0;
  std::string plugin_file;
  /// platform::stamp_of the file when its content was hashed; the worker loads no other. "": whatever is there.
  std::string plugin_stamp;
  /// SHA-256 of the canonical JSON of the PluginRecord that the probe read; the worker refuses a plugin that differs
  /// now.
  std::string descriptor_digest;
  std::string benchmark;
  std::string input;
  std::string content_digest;
  std::vector<Value> settings;
  std::vector<Value> values;  ///< all declared parameters in declared order; paths absolute
  std::vector<SlotDevice> devices;
  std::uint64_t seed = 0;
  std::vector<std::uint32_t> cores;  ///< logical CPUs the case may use, the control thread's first; empty: all it has
  std::optional<std::uint64_t> memory_limit_bytes;
  std::string asset_dir;
  std::string scratch_dir;
  std::string cache_dir;
  std::vector<std::pair<std::string, std::string>> backend_options;
  MeasurePlan plan;
};

/// Try one thing with a plugin that a host may do, and tell what it did. Answer: any number of `observation`, then
/// `final`. Of `run` the trials before Trial::life need the plugin's file alone.
struct CheckJob {
  Trial trial = Trial::life;
  RunJob run;
  /// Checks of this trial that ended the process before, as "number where": they are left out.
  std::vector<std::string> skip;
};

using Job = std::variant<ProbePluginJob, EnumerateJob, ProbeBackendJob, RunJob, CheckJob>;

/// Type of the one frame that goes from host to worker; its payload is the job's JSON text. The host then closes its
/// end.
inline constexpr std::uint32_t kJobFrameType = 1;

[[nodiscard]] Json to_json(const Job& job);
[[nodiscard]] Result<Job> job_from_json(const Json& json);

}  // namespace benchhost::protocol
