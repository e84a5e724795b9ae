// Messages are JSON texts but for those that carry samples or bytes: a u32 with the length of the JSON, the JSON, and
// the rest raw and little-endian, so that a million samples cost eight megabytes and no parsing.
#include "common/protocol/message.h"

#include <array>
#include <bit>
#include <cmath>

#include "common/protocol/record_members.h"

namespace benchhost::protocol {
namespace detail {

template <>
inline constexpr std::uint32_t kEnumerators<LogLevel> = 3;
template <>
inline constexpr std::uint32_t kEnumerators<LogSource> = 3;
template <>
inline constexpr std::uint32_t kEnumerators<Phase> = 16;
template <>
inline constexpr std::uint32_t kEnumerators<Quantity> = 6;
template <>
inline constexpr std::uint32_t kEnumerators<SegmentPhase> = 5;
template <>
inline constexpr std::uint32_t kEnumerators<Outcome> = 10;
template <>
inline constexpr std::uint32_t kEnumerators<Finding> = 5;

template <>
struct Members<Hello> {
  static constexpr const char* kName = "hello";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("worker_version", r.worker_version);
    v("pid", r.pid);
    v("abi_min", r.abi_min);
    v("abi_max", r.abi_max);
  }
};

template <>
struct Members<Log> {
  static constexpr const char* kName = "log";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("level", r.level);
    v("source", r.source);
    v("text", r.text);
  }
};

template <>
struct Members<Progress> {
  static constexpr const char* kName = "progress";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("phase", r.phase);
    v("deadline_ns", r.deadline_ns);
    v("done", r.done);
    v("total", r.total);
    v("text", r.text);
    v("estimate", r.estimate);
  }
};

template <>
struct Members<Calibration> {
  static constexpr const char* kName = "calibration";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("clock", r.clock);
    v("clock_step_ns", r.clock_step_ns);
    v("clock_cost_ns", r.clock_cost_ns);
    v("n", r.n);
    v("fit_overhead_ns", r.fit_overhead_ns);
    v("fit_cost_ns", r.fit_cost_ns);
    v("fit_residual_ratio", r.fit_residual_ratio);
    v("warmup_class", r.warmup_class);
    v("steady_from", r.steady_from);
  }
};

/// What stands before the samples.
template <>
struct Members<Segment> {
  static constexpr const char* kName = "segment";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("quantity", r.quantity);
    v("phase", r.phase);
    v("n", r.n);
    v("first_batch", r.first_batch);
    v("batch_step", r.batch_step);
    v("metric", r.metric);
    v("label", r.label);
    v("index", r.index);
  }
};

template <>
struct Members<RecorderHistogram> {
  static constexpr const char* kName = "histogram";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("metric", r.metric);
    v("index", r.index);
    v("count", r.count);
    v("sum", r.sum);
    v("least", r.least);
    v("greatest", r.greatest);
    v("buckets", r.buckets);
    v("precision_bits", r.precision_bits);
  }
};

template <>
struct Members<BatchFlags> {
  static constexpr const char* kName = "batch flags";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("disturbed", r.disturbed);
  }
};

template <>
struct Members<WorkItem> {
  static constexpr const char* kName = "work item";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("key", r.key);
    v("amount", r.amount);
  }
};

template <>
struct Members<Work> {
  static constexpr const char* kName = "work";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("items", r.items);
  }
};

template <>
struct Members<MetricDeclared> {
  static constexpr const char* kName = "declared metric";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("index", r.index);
    v("metric", r.metric);
  }
};

template <>
struct Members<Withheld> {
  static constexpr const char* kName = "withheld";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("metric", r.metric);
    v("reason", r.reason);
  }
};

template <>
struct Members<Verdict> {
  static constexpr const char* kName = "verdict";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("status", r.status);
    v("checked", r.checked);
    v("error", r.error);
    v("tolerance", r.tolerance);
    v("what", r.what);
  }
};

/// What stands before the bytes.
template <>
struct Members<Artefact> {
  static constexpr const char* kName = "artefact";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("name", r.name);
    v("media_type", r.media_type);
  }
};

template <>
struct Members<Usage> {
  static constexpr const char* kName = "usage";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("peak_rss_bytes", r.peak_rss_bytes);
    v("rss_at_prepare_bytes", r.rss_at_prepare_bytes);
    v("minor_faults", r.minor_faults);
    v("major_faults", r.major_faults);
    v("voluntary_switches", r.voluntary_switches);
    v("involuntary_switches", r.involuntary_switches);
    v("user_ns", r.user_ns);
    v("system_ns", r.system_ns);
    v("steal_ns", r.steal_ns);
    v("cores", r.cores);
  }
};

template <>
struct Members<PhaseTimes> {
  static constexpr const char* kName = "phase times";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("prepare_ns", r.prepare_ns);
    v("settle_ns", r.settle_ns);
    v("measure_ns", r.measure_ns);
  }
};

template <>
struct Members<EventCount> {
  static constexpr const char* kName = "event count";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("event", r.event);
    v("value", r.value);
    v("running_ratio", r.running_ratio);
    v("user_only", r.user_only);
    v("null_reason", r.null_reason);
  }
};

template <>
struct Members<EventCounts> {
  static constexpr const char* kName = "event counts";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("batches", r.batches);
    v("iterations", r.iterations);
    v("events", r.events);
  }
};

template <>
struct Members<ZoneEnergy> {
  static constexpr const char* kName = "energy of a zone";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("zone", r.zone);
    v("joules", r.joules);
    v("null_reason", r.null_reason);
  }
};

template <>
struct Members<Energy> {
  static constexpr const char* kName = "energy";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("window_ns", r.window_ns);
    v("batches", r.batches);
    v("iterations", r.iterations);
    v("zones", r.zones);
  }
};

template <>
struct Members<Final> {
  static constexpr const char* kName = "final";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("outcome", r.outcome);
    v("status", r.status);
    v("code", r.code);
    v("reason", r.reason);
    v("phase", r.phase);
    v("flags", r.flags);
    v("messages", r.messages);
  }
};

template <>
struct Members<Observation> {
  static constexpr const char* kName = "observation";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("requirement", r.requirement);
    v("finding", r.finding);
    v("where", r.where);
    v("text", r.text);
  }
};

}  // namespace detail

namespace {

using detail::kBadRecord;

constexpr std::array<std::string_view, 16> kPhaseNames = {"starting",    "loading",        "negotiating", "describing",
                                                          "enumerating", "opening_device", "creating",    "preparing",
                                                          "calibrating", "warming_up",     "measuring",   "verifying",
                                                          "processing",  "tearing_down",   "destroying",  "ending"};
constexpr std::array<std::string_view, 6> kQuantityNames = {"wall", "cpu", "span", "reported", "recorded", "amount"};
constexpr std::array<std::string_view, 5> kSegmentPhaseNames = {"calibration", "warmup", "fit", "measure", "process"};
constexpr std::array<std::string_view, 10> kOutcomeNames = {"passed",        "failed",         "crashed", "timed_out",
                                                            "out_of_memory", "protocol_error", "skipped", "cached",
                                                            "infra_error",   "interrupted"};

template <std::size_t N, class T>
std::string_view name_in(const std::array<std::string_view, N>& names, T value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : std::string_view("unknown");
}

void append_u32(std::string& out, std::uint32_t v) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(v >> shift & 0xFF);
}
void append_u64(std::string& out, std::uint64_t v) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(v >> shift & 0xFF);
}
std::uint64_t read_little(std::string_view bytes) {
  std::uint64_t v = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) v = v << 8 | static_cast<unsigned char>(bytes[i]);
  return v;
}

struct Encoder {
  template <class T>
  std::string operator()(const T& record) const {
    return to_text(detail::put(record));
  }
  std::string operator()(const Segment& segment) const {
    std::string out = head(segment);
    out.reserve(out.size() + segment.size() * 8);
    if (segment.is_real()) {
      for (const double v : segment.reals) append_u64(out, std::bit_cast<std::uint64_t>(v));
    } else {
      for (const std::int64_t v : segment.integers) append_u64(out, static_cast<std::uint64_t>(v));
    }
    return out;
  }
  std::string operator()(const Artefact& artefact) const { return head(artefact) + artefact.data; }

  template <class T>
  static std::string head(const T& record) {
    const std::string text = to_text(detail::put(record));
    std::string out;
    append_u32(out, static_cast<std::uint32_t>(text.size()));
    return out + text;
  }
};

Error bad(std::string_view record, std::string_view what) {
  return make_error(kBadRecord, std::string(record) + ": " + std::string(what));
}

/// Splits a payload into its JSON head and the raw rest.
template <class T>
Result<T> read_head(std::string_view payload, std::string_view& rest) {
  const std::string_view name = detail::Members<T>::kName;
  if (payload.size() < 4) return bad(name, "the payload has no length of its head");
  const std::uint64_t length = read_little(payload.substr(0, 4));
  if (length > payload.size() - 4) return bad(name, "the head is longer than the payload");
  BH_TRY(auto json, parse_json(payload.substr(4, length)));
  rest = payload.substr(4 + length);
  return detail::read_record<T>(json);
}

Result<Segment> decode_segment(std::string_view payload) {
  std::string_view rest;
  BH_TRY(auto segment, read_head<Segment>(payload, rest));
  if (rest.size() % 8 != 0) return bad("segment", "its samples are cut");
  const std::size_t count = rest.size() / 8;
  if (count > kMaxSegmentSamples)
    return bad("segment", std::to_string(count) + " samples are too many for one message");
  if (count > 1 && segment.batch_step == 0 && segment.quantity == Quantity::wall) {
    return bad("segment", "several batches have one number");
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = read_little(rest.substr(i * 8, 8));
    if (segment.is_real()) {
      const double v = std::bit_cast<double>(bits);
      if (!std::isfinite(v)) return bad("segment", "sample " + std::to_string(i) + " is no finite number");
      if (segment.quantity == Quantity::amount && v < 0) {
        return bad("segment", "amount " + std::to_string(i) + " is negative");
      }
      segment.reals.push_back(v);
    } else {
      const auto v = static_cast<std::int64_t>(bits);
      if (v < 0) return bad("segment", "sample " + std::to_string(i) + " is negative");
      segment.integers.push_back(v);
    }
  }
  return segment;
}

Result<Artefact> decode_artefact(std::string_view payload) {
  std::string_view rest;
  BH_TRY(auto artefact, read_head<Artefact>(payload, rest));
  artefact.data = std::string(rest);
  return artefact;
}

/// What the types alone do not say.
Result<void> check(const RecorderHistogram& histogram) {
  std::uint64_t left = histogram.count;
  for (std::size_t i = 0; i < histogram.buckets.size(); ++i) {
    const auto& [bucket, count] = histogram.buckets[i];
    if (i > 0 && bucket <= histogram.buckets[i - 1].first) return bad("histogram", "its buckets are not ascending");
    if (count == 0) return bad("histogram", "a bucket is empty");
    if (count > left) return bad("histogram", "its buckets hold more than its count");
    left -= count;
  }
  if (left != 0) return bad("histogram", "its buckets hold less than its count");
  if (histogram.precision_bits < 1 || histogram.precision_bits > 14) {
    return bad("histogram", "its precision is not 1 to 14 bits");
  }
  if (histogram.count > 0 && (histogram.least < 0 || histogram.least > histogram.greatest)) {
    return bad("histogram", "its least and greatest values cannot be");
  }
  return {};
}
Result<void> check(const Work& work) {
  for (const WorkItem& item : work.items) {
    if (item.amount < 0) return bad("work", "the amount of '" + item.key + "' is negative");
  }
  return {};
}
Result<void> check(const PhaseTimes& times) {
  if (times.prepare_ns < 0 || times.settle_ns < 0 || times.measure_ns < 0) return bad("phase times", "one is negative");
  return {};
}
Result<void> check(const EventCounts& counts) {
  if (counts.events.size() > kMostCounts) return bad("event counts", "there are too many");
  for (const EventCount& count : counts.events) {
    if (count.value.has_value() == !count.null_reason.empty() ||
        count.value.has_value() != count.running_ratio.has_value()) {
      return bad("event counts", "'" + count.event + "' has neither a value nor a reason, or both");
    }
    if (count.value && (*count.value < 0 || !(*count.running_ratio > 0) || *count.running_ratio > 1)) {
      return bad("event counts", "'" + count.event + "' cannot be");
    }
  }
  return {};
}
Result<void> check(const Energy& energy) {
  if (energy.zones.size() > kMostCounts) return bad("energy", "there are too many zones");
  if (energy.window_ns < 0) return bad("energy", "its time is negative");
  for (const ZoneEnergy& zone : energy.zones) {
    if (zone.joules.has_value() == !zone.null_reason.empty()) {
      return bad("energy", "'" + zone.zone + "' has neither joules nor a reason, or both");
    }
    if (zone.joules && *zone.joules < 0) return bad("energy", "that of '" + zone.zone + "' is negative");
  }
  return {};
}
Result<void> check(const Progress& progress) {
  if (progress.deadline_ns < 0) return bad("progress", "its deadline is negative");
  return {};
}
Result<void> check(const Final& final) {
  if (final.outcome == Outcome::cached || final.outcome == Outcome::infra_error) {
    return bad("final", "a worker does not end as " + std::string(outcome_name(final.outcome)));
  }
  if (final.outcome != Outcome::passed && final.reason.empty()) return bad("final", "it gives no reason");
  return {};
}
template <class T>
Result<void> check(const T&) {
  return {};
}

template <class T>
Result<Message> decode_as(std::string_view payload) {
  if constexpr (std::same_as<T, Segment>) {
    BH_TRY(auto segment, decode_segment(payload));
    return Message(std::move(segment));
  } else if constexpr (std::same_as<T, Artefact>) {
    BH_TRY(auto artefact, decode_artefact(payload));
    return Message(std::move(artefact));
  } else {
    BH_TRY(auto json, parse_json(payload));
    BH_TRY(auto record, detail::read_record<T>(json));
    BH_CHECK(check(record));
    return Message(std::move(record));
  }
}

template <std::size_t I = 0>
Result<Message> decode_at(std::size_t index, std::string_view payload) {
  if constexpr (I < std::variant_size_v<Message>) {
    if (index == I) return decode_as<std::variant_alternative_t<I, Message>>(payload);
    return decode_at<I + 1>(index, payload);
  } else {
    return make_error(kBadRecord, "there is no message of type " + std::to_string(index + 1));
  }
}

}  // namespace

std::string_view phase_name(Phase phase) { return name_in(kPhaseNames, phase); }
std::string_view quantity_name(Quantity quantity) { return name_in(kQuantityNames, quantity); }
std::string_view segment_phase_name(SegmentPhase phase) { return name_in(kSegmentPhaseNames, phase); }
std::string_view outcome_name(Outcome outcome) { return name_in(kOutcomeNames, outcome); }

std::optional<Outcome> outcome_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kOutcomeNames.size(); ++i) {
    if (kOutcomeNames[i] == name) return static_cast<Outcome>(i);
  }
  return std::nullopt;
}

std::uint32_t message_type(const Message& message) { return static_cast<std::uint32_t>(message.index()) + 1; }

std::string encode(const Message& message) { return std::visit(Encoder{}, message); }

Result<Message> decode(std::uint32_t type, std::string_view payload) {
  if (type == 0) return make_error(kBadRecord, "there is no message of type 0");
  return decode_at(type - 1, payload);
}

}  // namespace benchhost::protocol
