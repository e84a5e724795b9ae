#include "worker/measure/sample_book.h"

#include <algorithm>
#include <cmath>

namespace benchhost::measure {
namespace {

using protocol::Domain;
using protocol::MetricKind;
using protocol::MetricRecord;
using protocol::Quantity;
using protocol::Segment;
using protocol::SegmentPhase;

}  // namespace

SampleBook::SampleBook(std::vector<MetricRecord> published)
    : metrics_(std::move(published)), batch_(kMaxBatchSamples), labels_(kMaxLabelBytes) {}

std::uint32_t SampleBook::declare(MetricRecord metric) {
  metrics_.push_back(std::move(metric));
  return static_cast<std::uint32_t>(metrics_.size() - 1);
}

std::optional<Refusal> SampleBook::check(std::uint32_t metric, bool labelled, bool rate, bool in_batch) const {
  if (metric >= metrics_.size()) return Refusal{BH_E_ARGUMENT, "there is no metric of this index"};
  const MetricRecord& m = metrics_[metric];
  if (m.domain != Domain::self && m.domain != Domain::none) {
    return Refusal{BH_E_ARGUMENT, "the host takes this metric; only SELF and NONE are reported"};
  }
  if (!m.source.empty()) return Refusal{BH_E_ARGUMENT, "this metric is a statistic of its source; report that one"};
  if (m.labelled != labelled) {
    return Refusal{BH_E_ARGUMENT, labelled ? "this metric has no labels" : "this metric is labelled: report_labelled"};
  }
  const bool self_rate = m.domain == Domain::self && m.kind == MetricKind::rate && !m.labelled;
  if (self_rate != rate) {
    return Refusal{BH_E_ARGUMENT,
                   rate ? "report_rate is for rates of domain SELF" : "a rate of domain SELF: report_rate"};
  }
  if (in_batch != (m.domain == Domain::self)) {
    return Refusal{BH_E_ARGUMENT, in_batch ? "a metric of domain NONE is reported in prepare, verify or process"
                                           : "a metric of domain SELF is reported in run or finish_batch"};
  }
  return std::nullopt;
}

std::optional<Refusal> SampleBook::report(std::uint32_t metric, double value, bool in_batch) {
  if (auto refusal = check(metric, false, false, in_batch)) return refusal;
  if (!std::isfinite(value))
    return Refusal{BH_E_ARGUMENT, "the value is not finite; what is not known is not reported"};
  const Sample sample{metric, 0, 0, value, 0};
  if (in_batch) {
    return batch_.add(sample) ? std::nullopt : std::optional(Refusal{BH_E_NO_MEMORY, "too many values in one batch"});
  }
  std::erase_if(cycle_, [&](const auto& s) { return s.first.first == metric; });
  cycle_.emplace_back(Key{metric, {}}, sample);
  return std::nullopt;
}

std::optional<Refusal> SampleBook::report_rate(std::uint32_t metric, double amount, double duration_ns, bool in_batch) {
  if (auto refusal = check(metric, false, true, in_batch)) return refusal;
  if (!std::isfinite(amount) || amount < 0) return Refusal{BH_E_ARGUMENT, "the amount is negative or not finite"};
  if (!std::isfinite(duration_ns) || duration_ns <= 0)
    return Refusal{BH_E_ARGUMENT, "the duration is not above 0 or not finite"};
  return batch_.add({metric, 0, 0, amount, duration_ns})
             ? std::nullopt
             : std::optional(Refusal{BH_E_NO_MEMORY, "too many values in one batch"});
}

std::optional<Refusal> SampleBook::report_labelled(std::uint32_t metric, std::string_view label, double value,
                                                   bool in_batch) {
  if (auto refusal = check(metric, true, false, in_batch)) return refusal;
  if (!std::isfinite(value))
    return Refusal{BH_E_ARGUMENT, "the value is not finite; what is not known is not reported"};
  if (label.empty()) return Refusal{BH_E_ARGUMENT, "the label is absent"};
  if (!in_batch) {
    const Key key{metric, std::string(label)};
    std::erase_if(cycle_, [&](const auto& s) { return s.first == key; });
    cycle_.emplace_back(key, Sample{metric, 0, 0, value, 0});
    return std::nullopt;
  }
  if (labels_.room() < label.size()) return Refusal{BH_E_NO_MEMORY, "too many labels in one batch"};
  const Sample sample{metric, static_cast<std::uint32_t>(label.size()), labels_.size(), value, 0};
  if (!batch_.add(sample)) return Refusal{BH_E_NO_MEMORY, "too many values in one batch"};
  // There is room: it was asked for above.
  for (const char c : label) static_cast<void>(labels_.add(c));
  return std::nullopt;
}

SampleBook::Series& SampleBook::series(std::uint32_t metric, std::string_view label) {
  const Key key{metric, std::string(label)};
  const auto [at, fresh] = kept_.try_emplace(key);
  if (fresh) order_.push_back(key);
  return at->second;
}

void SampleBook::append(Series& series, std::uint64_t batch, std::uint64_t n, const Sample& sample) {
  series.batches.push_back(batch);
  series.ns.push_back(n);
  series.values.push_back(sample.value);
  if (sample.duration_ns > 0) series.durations.push_back(std::max<std::int64_t>(1, std::llround(sample.duration_ns)));
}

void SampleBook::end_batch(std::uint64_t batch, std::uint64_t n, bool keep) {
  if (keep) {
    std::map<std::uint32_t, std::pair<double, double>> sums;
    for (const Sample& sample : batch_) {
      append(series(sample.metric, {labels_.data() + sample.label_at, sample.label_size}), batch, n, sample);
      auto& [sum, weight] = sums[sample.metric];
      sum += sample.value;
      weight += sample.duration_ns > 0 ? sample.duration_ns * 1e-9 : 1;
    }
    last_batch_.clear();
    for (const auto& [metric, sum] : sums) last_batch_[metric] = sum.first / sum.second;
  }
  batch_.clear();
  labels_.clear();
}

void SampleBook::end_cycle(std::uint64_t batch, bool keep) {
  if (keep) {
    for (const auto& [key, sample] : cycle_) append(series(key.first, key.second), batch, 1, sample);
  }
  cycle_.clear();
}

std::optional<double> SampleBook::last_batch(std::uint32_t metric) const {
  const auto found = last_batch_.find(metric);
  return found == last_batch_.end() ? std::nullopt : std::optional(found->second);
}

void SampleBook::send_series(Reporter& reporter, const Key& key, const Series& series) const {
  const MetricRecord& metric = metrics_[key.first];
  const std::size_t count = series.values.size();
  for (std::size_t begin = 0; begin < count;) {
    // Extend while n is the same and the batches go on in the step that the first two make (0: many values of one
    // batch).
    std::uint64_t step = 1;
    std::size_t end = begin + 1;
    if (end < count && series.ns[end] == series.ns[begin]) {
      step = series.batches[end] - series.batches[begin];
      while (end < count && end - begin < protocol::kMaxSegmentSamples && series.ns[end] == series.ns[begin] &&
             series.batches[end] - series.batches[end - 1] == step) {
        ++end;
      }
    }
    Segment segment;
    segment.quantity = series.durations.empty() ? Quantity::reported : Quantity::amount;
    segment.phase = metric.domain == Domain::none ? SegmentPhase::process : SegmentPhase::measure;
    segment.n = series.ns[begin];
    segment.first_batch = series.batches[begin];
    segment.batch_step = step;
    segment.metric = metric.id;
    segment.label = key.second;
    const auto b = static_cast<std::ptrdiff_t>(begin);
    const auto e = static_cast<std::ptrdiff_t>(end);
    segment.reals.assign(series.values.begin() + b, series.values.begin() + e);
    if (!series.durations.empty()) {
      Segment durations = segment;
      durations.quantity = Quantity::recorded;
      durations.reals.clear();
      durations.integers.assign(series.durations.begin() + b, series.durations.begin() + e);
      reporter.send(std::move(segment));
      reporter.send(std::move(durations));
    } else {
      reporter.send(std::move(segment));
    }
    begin = end;
  }
}

void SampleBook::send(Reporter& reporter) {
  for (const Key& key : order_) {
    if (!withheld(key.first)) send_series(reporter, key, kept_.at(key));
  }
}

}  // namespace benchhost::measure
