// What a record must satisfy before any store takes it, so that all stores refuse alike. Pure.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "common/base/result.h"
#include "store/records.h"

namespace benchhost::store {

[[nodiscard]] Result<void> check_plugin(const PluginRow& plugin, std::span<const protocol::BenchmarkRecord> benchmarks);
[[nodiscard]] Result<void> check_run_start(const RunStart& start);
[[nodiscard]] Result<void> check_run_end(const RunEnd& end);
[[nodiscard]] Result<void> check_case_start(const CaseStart& start);
[[nodiscard]] Result<void> check_invocation(const Invocation& invocation);
/// `declared`: whether the benchmark's descriptor has a metric of that id; those of end.added_metrics count as well.
[[nodiscard]] Result<void> check_case_end(const CaseEnd& end, const std::function<bool(std::string_view)>& declared);
[[nodiscard]] Result<void> check_summaries(std::span<const SummaryValue> values);
[[nodiscard]] Result<void> check_event(std::string_view kind, const Json& body);

}  // namespace benchhost::store
