#include "store/record_json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

#include "store/error_ids.h"

namespace benchhost::store {
namespace {

Error bad(std::string_view what, const std::string& text) {
  constexpr std::size_t kShown = 60;
  return make_error(kDamaged, fmt::format("the database holds {} '{}', which is none", what, text.substr(0, kShown)),
                    "`benchhost db check` says more; restore a backup");
}

Result<Json> array_of(std::string_view what, const std::string& text) {
  auto json = parse_json(text);
  if (!json.ok() || !json->is_array()) return bad(what, text);
  return json;
}

/// The enumerator, numbered from 0, that `name` calls `text`.
template <class Enum, class Name>
Result<Enum> from_name(std::string_view what, const std::string& text, Enum last, Name name) {
  for (std::uint32_t i = 0; i <= static_cast<std::uint32_t>(last); ++i) {
    if (name(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  return bad(what, text);
}

template <class Enum, std::size_t N>
std::string_view word(const std::array<std::string_view, N>& words, Enum value) {
  const auto at = static_cast<std::size_t>(value);
  return at < N ? words[at] : std::string_view("other");
}

}  // namespace

std::string list_text(const std::vector<std::string>& items) {
  JsonArray array;
  for (const std::string& item : items) array.emplace_back(item);
  return to_text(Json(std::move(array)));
}

Result<std::vector<std::string>> list_from_text(const std::string& text) {
  BH_TRY(const Json json, array_of("a list", text));
  std::vector<std::string> items;
  for (const Json& item : json.items()) {
    if (!item.is_string()) return bad("a list of texts", text);
    items.push_back(item.as_string());
  }
  return items;
}

std::string labels_text(const Labels& labels) {
  JsonObject object;
  for (const auto& [key, value] : labels) object.emplace_back(key, value);
  return to_text(Json(std::move(object)));
}

Result<Labels> labels_from_text(const std::string& text) {
  auto json = parse_json(text);
  if (!json.ok() || !json->is_object()) return bad("labels", text);
  Labels labels;
  for (const auto& [key, value] : json->members()) labels.emplace(key, value.as_string());
  return labels;
}

std::string values_text(const NamedValues& values) {
  JsonArray array;
  for (const auto& [name, value] : values) array.emplace_back(JsonArray{Json(name), protocol::to_json(value)});
  return to_text(Json(std::move(array)));
}

Result<NamedValues> values_from_text(const std::string& text) {
  BH_TRY(const Json json, array_of("parameters", text));
  NamedValues values;
  for (const Json& pair : json.items()) {
    if (pair.items().size() != 2 || !pair.items()[0].is_string()) return bad("parameters", text);
    BH_TRY(auto value, protocol::value_from_json(pair.items()[1]));
    values.emplace_back(pair.items()[0].as_string(), std::move(value));
  }
  return values;
}

std::string cores_text(const std::vector<std::uint32_t>& cores) {
  JsonArray array;
  for (const std::uint32_t core : cores) array.emplace_back(std::uint64_t{core});
  return to_text(Json(std::move(array)));
}

Result<std::vector<std::uint32_t>> cores_from_text(const std::string& text) {
  BH_TRY(const Json json, array_of("cores", text));
  std::vector<std::uint32_t> cores;
  for (const Json& core : json.items()) {
    const std::uint64_t number = core.as_uint(std::numeric_limits<std::uint64_t>::max());
    if (number > std::numeric_limits<std::uint32_t>::max()) return bad("cores", text);
    cores.push_back(static_cast<std::uint32_t>(number));
  }
  return cores;
}

std::string buckets_text(const std::vector<std::pair<std::uint32_t, std::uint64_t>>& buckets) {
  JsonArray array;
  for (const auto& [bucket, count] : buckets) array.emplace_back(JsonArray{Json(std::uint64_t{bucket}), Json(count)});
  return to_text(Json(std::move(array)));
}

Result<std::vector<std::pair<std::uint32_t, std::uint64_t>>> buckets_from_text(const std::string& text) {
  BH_TRY(const Json json, array_of("buckets", text));
  std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets;
  for (const Json& pair : json.items()) {
    if (pair.items().size() != 2 || !pair.items()[0].is_integer() || !pair.items()[1].is_integer()) {
      return bad("buckets", text);
    }
    buckets.emplace_back(static_cast<std::uint32_t>(pair.items()[0].as_uint()), pair.items()[1].as_uint());
  }
  return buckets;
}

std::string object_text(const Json& json) { return json.is_null() ? "{}" : to_text(json); }

std::string_view direction_name(protocol::Direction direction) {
  return word(std::array<std::string_view, 4>{"none", "lower", "higher", "target"}, direction);
}

std::string_view metric_kind_name(protocol::MetricKind kind) {
  return word(std::array<std::string_view, 10>{"other", "time", "rate", "bytes", "energy", "power", "temperature",
                                               "frequency", "ratio", "count"},
              kind);
}

std::string_view domain_name(protocol::Domain domain) {
  return word(std::array<std::string_view, 4>{"none", "host", "queue", "self"}, domain);
}

Result<protocol::Outcome> outcome_from_text(const std::string& text) {
  if (const auto outcome = protocol::outcome_from_name(text)) return *outcome;
  return bad("an outcome", text);
}

Result<GateVerdict> verdict_from_text(const std::string& text) {
  return from_name("a gate's verdict", text, GateVerdict::undecided, gate_verdict_name);
}

Result<protocol::Phase> phase_from_text(const std::string& text) {
  return from_name("a phase", text, protocol::Phase::ending, protocol::phase_name);
}

Result<protocol::Quantity> quantity_from_text(const std::string& text) {
  return from_name("a quantity", text, protocol::Quantity::amount, protocol::quantity_name);
}

Result<protocol::SegmentPhase> segment_phase_from_text(const std::string& text) {
  return from_name("a segment's phase", text, protocol::SegmentPhase::process, protocol::segment_phase_name);
}

Result<RunState> run_state_from_text(const std::string& text) {
  return from_name("a run's state", text, RunState::interrupted, run_state_name);
}

Result<std::uint64_t> seed_from_text(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) return bad("a seed", text);
  return seed;
}

}  // namespace benchhost::store
