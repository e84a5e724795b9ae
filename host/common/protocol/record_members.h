// The members of the records that describe plugins and devices, each named once for both directions. Private to this
// folder. The order is the order in the JSON text, and a descriptor's digest is taken of that text: append only.
#pragma once

#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"
#include "common/protocol/json_record.h"

namespace benchhost::protocol::detail {

template <>
inline constexpr std::uint32_t kEnumerators<ValueType> = 7;
template <>
inline constexpr std::uint32_t kEnumerators<Domain> = 4;
template <>
inline constexpr std::uint32_t kEnumerators<Direction> = 4;
template <>
inline constexpr std::uint32_t kEnumerators<MetricKind> = 10;
template <>
inline constexpr std::uint32_t kEnumerators<BatchPolicy> = 3;
template <>
inline constexpr std::uint32_t kEnumerators<CapType> = 7;
template <>
inline constexpr std::uint32_t kEnumerators<Provenance> = 5;

template <>
struct Members<ParamRecord> {
  static constexpr const char* kName = "parameter";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("name", r.name);
    v("type", r.type);
    v("list", r.list);
    v("flags", r.flags);
    v("sweep", r.sweep);
    v("unit", r.unit);
    v("description", r.description);
    v("constraint", r.constraint);
    v("default", r.default_value);
    v("minimum", r.minimum);
    v("maximum", r.maximum);
    v("choices", r.choices);
    v("sweep_values", r.sweep_values);
    v("sweep_first", r.sweep_first);
    v("sweep_last", r.sweep_last);
    v("sweep_step", r.sweep_step);
    v("sweep_per_octave", r.sweep_per_octave);
    v("min_count", r.min_count);
    v("max_count", r.max_count);
  }
};

template <>
struct Members<MetricRecord> {
  static constexpr const char* kName = "metric";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id);
    v("title", r.title);
    v("unit", r.unit);
    v("description", r.description);
    v("kind", r.kind);
    v("direction", r.direction);
    v("domain", r.domain);
    v("primary", r.primary);
    v("labelled", r.labelled);
    v("declared_late", r.declared_late);
    v("work", r.work);
    v("statistic", r.statistic);
    v("source", r.source);
    v("noise_floor_ratio", r.noise_floor_ratio);
    v("target", r.target);
  }
};

template <>
struct Members<SummaryRecord> {
  static constexpr const char* kName = "summary";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id);
    v("title", r.title);
    v("unit", r.unit);
    v("description", r.description);
    v("limit", r.limit);
    v("kind", r.kind);
    v("direction", r.direction);
    v("metric", r.metric);
    v("parameter", r.parameter);
    v("basis", r.basis);
  }
};

template <>
struct Members<SlotRecord> {
  static constexpr const char* kName = "slot";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id);
    v("requirement", r.requirement);
    v("description", r.description);
    v("optional", r.optional);
    v("shared", r.shared);
    v("shareable", r.shareable);
  }
};

template <>
struct Members<RoleRecord> {
  static constexpr const char* kName = "role";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id);
    v("description", r.description);
    v("count", r.count);
    v("claim_cores", r.claim_cores);
    v("flags", r.flags);
  }
};

template <>
struct Members<BenchmarkRecord> {
  static constexpr const char* kName = "benchmark";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("index", r.index);
    v("id", r.id);
    v("title", r.title);
    v("description", r.description);
    v("category", r.category);
    v("tags", r.tags);
    v("is_null", r.is_null);
    v("fresh_process", r.fresh_process);
    v("exclusive", r.exclusive);
    v("spawns", r.spawns);
    v("enumerated", r.enumerated);
    v("batch", r.batch);
    v("batch_min", r.batch_min);
    v("batch_max", r.batch_max);
    v("workload_revision", r.workload_revision);
    v("requirement", r.requirement);
    v("claim_cores", r.claim_cores);
    v("claim_memory_bytes", r.claim_memory_bytes);
    v("claim_seconds", r.claim_seconds);
    v("has_verify", r.has_verify);
    v("has_process", r.has_process);
    v("slots", r.slots);
    v("parameters", r.parameters);
    v("metrics", r.metrics);
    v("summaries", r.summaries);
    v("roles", r.roles);
  }
};

template <>
struct Members<PluginRecord> {
  static constexpr const char* kName = "plugin";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id);
    v("version", r.version);
    v("vendor", r.vendor);
    v("licence", r.licence);
    v("url", r.url);
    v("sdk_version", r.sdk_version);
    v("abi", r.abi);
    v("own_threads", r.own_threads);
    v("spawns", r.spawns);
    v("has_enumerate", r.has_enumerate);
    v("settings", r.settings);
    v("benchmarks", r.benchmarks);
  }
};

template <>
struct Members<FoundCase> {
  static constexpr const char* kName = "found case";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("benchmark", r.benchmark);
    v("input", r.input);
    v("content_digest", r.content_digest);
    v("title", r.title);
    v("values", r.values);
  }
};

template <>
struct Members<CapRecord> {
  static constexpr const char* kName = "device fact";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("name", r.name);
    v("type", r.type);
    v("provenance", r.provenance);
    v("integer", r.integer);
    v("number", r.number);
    v("text", r.text);
    v("words", r.words);
  }
};

template <>
struct Members<DeviceRecord> {
  static constexpr const char* kName = "device";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("name", r.name);
    v("kind", r.kind);
    v("index", r.index);
    v("reason", r.reason);
    v("caps", r.caps);
  }
};

template <>
struct Members<BackendRecord> {
  static constexpr const char* kName = "backend";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id);
    v("kind", r.kind);
    v("version", r.version);
    v("vendor", r.vendor);
    v("abi", r.abi);
    v("score", r.score);
    v("reason", r.reason);
    v("devices", r.devices);
  }
};

}  // namespace benchhost::protocol::detail
