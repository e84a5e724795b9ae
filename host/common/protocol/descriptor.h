// What a plugin says of itself, as records: read once by a probe, cached, and never again a pointer into a library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "common/protocol/value.h"

namespace benchhost::protocol {

/// bh_param_t. Texts are "" where absent.
struct ParamRecord {
  std::string name;
  ValueType type = ValueType::none;
  bool list = false;
  std::uint32_t flags = 0;  ///< BH_PARAM_*: 1 added, 2 path, 4 apart
  std::uint32_t sweep = 0;  ///< BH_SWEEP_*
  std::string unit;
  std::string description;
  std::string constraint;
  Value default_value;
  Value minimum;  ///< type none: unbounded
  Value maximum;
  std::vector<Value> choices;
  std::vector<Value> sweep_values;
  Value sweep_first;
  Value sweep_last;
  Value sweep_step;
  std::uint32_t sweep_per_octave = 1;
  std::uint32_t min_count = 0;
  std::uint32_t max_count = 0;

  [[nodiscard]] bool is_path() const { return (flags & 2u) != 0; }
  [[nodiscard]] bool is_apart() const { return (flags & 4u) != 0; }
  [[nodiscard]] bool is_added() const { return (flags & 1u) != 0; }
  friend bool operator==(const ParamRecord&, const ParamRecord&) = default;
};

enum class Domain : std::uint32_t { none = 0, host = 1, queue = 2, self = 3 };
enum class Direction : std::uint32_t { none = 0, lower = 1, higher = 2, target = 3 };
enum class MetricKind : std::uint32_t {
  other = 0,
  time = 1,
  rate = 2,
  bytes = 3,
  energy = 4,
  power = 5,
  temperature = 6,
  frequency = 7,
  ratio = 8,
  count = 9
};

/// bh_metric_t.
struct MetricRecord {
  std::string id;
  std::string title;
  std::string unit;  ///< of the SDK's registry (UCUM subset)
  std::string description;
  MetricKind kind = MetricKind::other;
  Direction direction = Direction::none;
  Domain domain = Domain::none;
  bool primary = false;
  bool labelled = false;
  bool declared_late = false;  ///< by bh_host.metric_declare in prepare
  std::string work;
  std::string statistic;
  std::string source;
  std::optional<double> noise_floor_ratio;
  std::optional<double> target;

  friend bool operator==(const MetricRecord&, const MetricRecord&) = default;
};

/// bh_summary_t.
struct SummaryRecord {
  std::string id;
  std::string title;
  std::string unit;
  std::string description;
  std::string limit;
  std::uint32_t kind = 0;  ///< BH_SUMMARY_*
  Direction direction = Direction::none;
  std::uint32_t metric = 0;
  std::uint32_t parameter = 0;
  std::uint32_t basis = 0;

  friend bool operator==(const SummaryRecord&, const SummaryRecord&) = default;
};

/// bh_slot_t.
struct SlotRecord {
  std::string id;
  std::string requirement;
  std::string description;
  bool optional = false;
  bool shared = false;
  bool shareable = false;

  friend bool operator==(const SlotRecord&, const SlotRecord&) = default;
};

/// bh_role_t.
struct RoleRecord {
  std::string id;
  std::string description;
  std::string count;
  std::string claim_cores;
  std::uint32_t flags = 0;

  friend bool operator==(const RoleRecord&, const RoleRecord&) = default;
};

enum class BatchPolicy : std::uint32_t { hot = 0, cold = 1, once = 2 };

/// bh_benchmark_t.
struct BenchmarkRecord {
  std::uint32_t index = 0;  ///< in the plugin
  std::string id;
  std::string title;
  std::string description;
  std::string category;  ///< "hardware" "model" "pool" "host" "other"
  std::vector<std::string> tags;
  bool is_null = false;
  bool fresh_process = false;
  bool exclusive = false;
  bool spawns = false;
  bool enumerated = false;  ///< has no case without input
  BatchPolicy batch = BatchPolicy::hot;
  std::uint64_t batch_min = 1;
  std::uint64_t batch_max = 0;  ///< 0: no limit
  std::uint64_t workload_revision = 1;
  std::string requirement;
  std::string claim_cores;
  std::string claim_memory_bytes;
  std::string claim_seconds;
  bool has_verify = false;
  bool has_process = false;
  std::vector<SlotRecord> slots;
  std::vector<ParamRecord> parameters;
  std::vector<MetricRecord> metrics;
  std::vector<SummaryRecord> summaries;
  std::vector<RoleRecord> roles;

  [[nodiscard]] const MetricRecord* primary() const;
  [[nodiscard]] const ParamRecord* parameter(std::string_view name) const;
  friend bool operator==(const BenchmarkRecord&, const BenchmarkRecord&) = default;
};

/// A plugin as the probe read it. Identity (id … url) is the note's.
struct PluginRecord {
  std::string id;
  std::string version;
  std::string vendor;
  std::string licence;
  std::string url;
  std::string sdk_version;
  std::uint32_t abi = 0;                     ///< negotiated, packed as BH_ABI_MAKE
  std::optional<std::uint32_t> own_threads;  ///< nullopt: unknown
  bool spawns = false;
  bool has_enumerate = false;
  std::vector<ParamRecord> settings;
  std::vector<BenchmarkRecord> benchmarks;

  friend bool operator==(const PluginRecord&, const PluginRecord&) = default;
};

/// bh_case_t: one case found by enumerate.
struct FoundCase {
  std::uint32_t benchmark = 0;
  std::string input;
  std::string content_digest;
  std::string title;
  std::vector<Value> values;  ///< in declared order; type none: left to the suite; may be shorter

  friend bool operator==(const FoundCase&, const FoundCase&) = default;
};

[[nodiscard]] Json to_json(const MetricRecord& record);
[[nodiscard]] Result<MetricRecord> metric_from_json(const Json& json);
[[nodiscard]] Json to_json(const BenchmarkRecord& record);
[[nodiscard]] Result<BenchmarkRecord> benchmark_from_json(const Json& json);
[[nodiscard]] Json to_json(const PluginRecord& record);
/// Errors: a missing or mistyped member, by name. Nothing is defaulted silently that the writer always writes.
[[nodiscard]] Result<PluginRecord> plugin_from_json(const Json& json);
/// "sha256:…" of the record's JSON text: what RunJob.descriptor_digest holds, and what host and worker compare.
[[nodiscard]] std::string descriptor_digest(const PluginRecord& record);
[[nodiscard]] Json to_json(const FoundCase& found);
[[nodiscard]] Result<FoundCase> found_case_from_json(const Json& json);

}  // namespace benchhost::protocol
