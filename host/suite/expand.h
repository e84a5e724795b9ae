// From a suite to cases: pure, the same cases in the same order for the same suite, plugins, devices and machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"
#include "common/protocol/job.h"
#include "common/protocol/value.h"
#include "suite/diagnostics.h"
#include "suite/model.h"

namespace benchhost::suite {

/// A plugin that passed its probe. Owns: nothing; `record` outlives the expansion.
struct PluginInput {
  std::string file;  ///< absolute
  const protocol::PluginRecord* record = nullptr;
};

/// What a plugin's enumerate answered for one set of settings (plan_enumerations says which are wanted).
struct FoundInput {
  std::size_t plugin = 0;                 ///< index into ExpandInputs::plugins
  std::vector<protocol::Value> settings;  ///< as asked, in declared order
  std::vector<protocol::FoundCase> cases;
};

/// A device of a backend, usable or not.
struct DeviceInput {
  std::string backend_file;  ///< absolute
  protocol::DeviceRecord record;
};

/// Scope `machine` of expressions (sdk expr.h). Absent: unknown, which is neither true nor false there.
struct MachineScope {
  std::optional<std::string> os;
  std::optional<std::string> arch;
  std::optional<std::vector<std::string>> isa;
  std::optional<std::uint64_t> cores;
  std::optional<std::uint64_t> threads;
  std::optional<std::uint64_t> nodes;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::vector<std::uint64_t>> page_bytes;
  std::optional<std::vector<std::string>> can;
};

/// What the command line says over the suite.
struct Overrides {
  /// Replace an entry's axis for every selected benchmark that has the parameter; one that none has is an error.
  std::vector<Axis> parameters;
  std::vector<DeviceSelector> devices;  ///< empty: the suite's
  std::string filter;                   ///< expression in scope benchmark; "": all
  std::vector<std::string> tags;        ///< a case is kept if its benchmark or entry has one of them; empty: all
  std::optional<double> precision_ratio;
  std::optional<std::int64_t> time_ns;
  std::optional<Invocations> invocations;
  std::optional<std::int64_t> timeout_ns;
  std::string folder;  ///< against which paths in `parameters` are resolved; absolute
};

/// Digests of files and folders that path parameters name. The expansion asks once per path.
class ContentSource {
 public:
  virtual ~ContentSource() = default;
  /// "sha256:<hex>" of what lies at an absolute path. Errors: it cannot be read; no file or folder.
  [[nodiscard]] virtual Result<std::string> digest(const std::string& path) = 0;
};

/// More combinations than this are refused before the first is made.
inline constexpr std::uint64_t kMostCombinations = 1'000'000;

/// More cases than this, after constraints and excludes, are refused: they would be years of measuring.
inline constexpr std::uint64_t kMostCases = 100'000;

struct ExpandInputs {
  std::vector<PluginInput> plugins;
  std::vector<FoundInput> found;
  std::vector<DeviceInput> devices;
  MachineScope machine;
  Overrides overrides;
  /// Owns: the caller. May be null where no parameter is a path; a path is then an error.
  ContentSource* content = nullptr;
  std::uint64_t most_cases = kMostCases;
};

/// What a case claims of the machine while it runs. Absent: unknown.
struct Claims {
  std::uint64_t cores = 1;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<double> seconds;
  bool exclusive = false;  ///< nothing else may run on the machine meanwhile
};

/// How long and how well a case is measured. Absent: the executor's default.
struct MeasureLimits {
  std::optional<double> precision_ratio;
  std::optional<std::int64_t> time_ns;
  std::optional<Invocations> invocations;
  std::optional<std::int64_t> timeout_ns;
};

/// A limit that a metric of a case has to keep.
struct Gate {
  enum class Kind : std::uint8_t { at_least = 0, at_most = 1 };
  std::string metric;  ///< id
  std::string unit;    ///< of the metric
  Kind kind = Kind::at_least;
  double bound = 0;     ///< in that unit
  std::string written;  ///< as the suite says it

  friend bool operator==(const Gate&, const Gate&) = default;
};

/// One combination of benchmark, parameters, input and devices.
struct CaseSpec {
  std::size_t plugin = 0;       ///< index into ExpandInputs::plugins
  std::uint32_t benchmark = 0;  ///< index into that plugin's benchmarks
  std::size_t entry = 0;        ///< index into Suite::entries
  std::string plugin_id;
  std::string plugin_file;
  std::string benchmark_id;
  std::string input;           ///< "": made by the suite
  std::string content_digest;  ///< of the input; "": unknown
  std::vector<protocol::Value> settings;
  std::vector<protocol::Value> values;  ///< all declared parameters, in declared order; paths absolute
  /// One per filled slot; empty for a benchmark without slots.
  std::vector<protocol::SlotDevice> devices;
  std::vector<std::size_t> device_inputs;  ///< parallel to devices: index into ExpandInputs::devices
  std::vector<bool> device_shared;         ///< parallel to devices: other cases may use it meanwhile

  /// canonical_set of what is identity (sdk params.h), path parameters by their content.
  std::string canonical_parameters;
  /// SHA-256, hex, of canonical_identity.
  std::string key;
  /// What `key` is the hash of: JSON array text [benchmark, parameters, input, [device models], workload revision].
  std::string canonical_identity;
  /// For people: `cpu_stream.triad{bytes=64 MiB}@cpu:0`, only parameters that are not at their default or are swept.
  std::string name;
  /// All parameters but those apart, (name, text) in declared order, for tables and columns.
  std::vector<std::pair<std::string, std::string>> parameter_texts;

  /// Why it cannot run here; "": it can. The outcome is then `skipped`.
  std::string skip_reason;
  /// Why a claim or count has no value though it should; "": none. The outcome is then `failed`.
  std::string fail_reason;
  Claims claims;
  MeasureLimits limits;
  Priority priority = Priority::medium;
  std::vector<std::string> tags;  ///< of the benchmark, then of the entry
  Labels labels;
  std::vector<Gate> gates;            ///< of the thresholds that limit a value, in the order of the metrics
  std::vector<Threshold> thresholds;  ///< all, as the suite says them
  std::vector<Demand> environment;
  WhenUnmet when_unmet = WhenUnmet::warn;
  Position at;  ///< of the entry
};

/// Combinations that are no case, by what removed them.
struct Dropped {
  std::string benchmark_id;
  std::string cause;  ///< "constraint `m % 16 == 0` of parameter m", "exclude `bytes > 1 GiB`", "--filter …"
  std::uint64_t count = 0;
  Position at;
};

struct Expansion {
  std::vector<CaseSpec>
      cases;  ///< entry order, then benchmark, input, device and parameter order; unique by key and devices
  std::vector<Dropped> dropped;
  Diagnostics diagnostics;  ///< not ok(): cases is empty
};

/// Expands a suite. Requirements that no parameter and no device can meet are decided once; a case that cannot run is
/// in the list with its skip_reason. Duplicate cases (same key on the same devices) are merged with a warning: the
/// first stays. Errors, all of them, each with its place: a glob that matches no benchmark, an unknown parameter,
/// choice, device, metric or setting (with the nearest name), a value that is not of the declared type or out of range,
/// a sweep without values, an expression that does not parse, more than kMostCombinations. Thread: any.
[[nodiscard]] Expansion expand(const Suite& suite, const ExpandInputs& inputs);

/// A call of a plugin's enumerate that the suite needs before it can be expanded.
struct EnumerationRequest {
  std::size_t plugin = 0;
  std::vector<protocol::Value> settings;  ///< all declared, in order
};

/// The distinct enumerations that the entries ask for, in order of the plugins. Errors go to `diagnostics`, as in
/// expand.
[[nodiscard]] std::vector<EnumerationRequest> plan_enumerations(const Suite& suite,
                                                                const std::vector<PluginInput>& plugins,
                                                                Diagnostics& diagnostics);

}  // namespace benchhost::suite
