// Records as the texts that the database keeps in one column, and the words for enumerations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "store/records.h"

namespace benchhost::store {

using NamedValues = std::vector<std::pair<std::string, protocol::Value>>;

/// `["a","b"]`.
[[nodiscard]] std::string list_text(const std::vector<std::string>& items);
[[nodiscard]] Result<std::vector<std::string>> list_from_text(const std::string& text);
[[nodiscard]] std::string labels_text(const Labels& labels);
[[nodiscard]] Result<Labels> labels_from_text(const std::string& text);
/// `[["name", VALUE], …]` in the order given.
[[nodiscard]] std::string values_text(const NamedValues& values);
[[nodiscard]] Result<NamedValues> values_from_text(const std::string& text);
[[nodiscard]] std::string cores_text(const std::vector<std::uint32_t>& cores);
[[nodiscard]] Result<std::vector<std::uint32_t>> cores_from_text(const std::string& text);
/// `[[bucket, count], …]`.
[[nodiscard]] std::string buckets_text(const std::vector<std::pair<std::uint32_t, std::uint64_t>>& buckets);
[[nodiscard]] Result<std::vector<std::pair<std::uint32_t, std::uint64_t>>> buckets_from_text(const std::string& text);
/// The text of an object; "{}" for null.
[[nodiscard]] std::string object_text(const Json& json);

[[nodiscard]] std::string_view direction_name(protocol::Direction direction);
[[nodiscard]] std::string_view metric_kind_name(protocol::MetricKind kind);
[[nodiscard]] std::string_view domain_name(protocol::Domain domain);

/// Errors: a word that is none of the enumeration's.
[[nodiscard]] Result<protocol::Outcome> outcome_from_text(const std::string& text);
[[nodiscard]] Result<GateVerdict> verdict_from_text(const std::string& text);
[[nodiscard]] Result<protocol::Phase> phase_from_text(const std::string& text);
[[nodiscard]] Result<protocol::Quantity> quantity_from_text(const std::string& text);
[[nodiscard]] Result<protocol::SegmentPhase> segment_phase_from_text(const std::string& text);
[[nodiscard]] Result<RunState> run_state_from_text(const std::string& text);
[[nodiscard]] Result<std::uint64_t> seed_from_text(const std::string& text);

}  // namespace benchhost::store
