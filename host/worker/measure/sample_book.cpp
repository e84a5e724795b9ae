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

SampleBook::SampleBook(std::vector<MetricRecord> published, std::size_t most_labels)
    : metrics_(std::move(published)), batch_(kMaxBatchSamples), labels_(kMaxLabelBytes), most_labels_(most_labels) {}

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
  set_of_cycle({metric, {}}, sample);
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
    if (set_of_cycle({metric, std::string(label)}, Sample{metric, 0, 0, value, 0})) return std::nullopt;
    return Refusal{BH_E_ARGUMENT, "report_labelled: more labels in one case than BH_MAX_CASES"};
  }
  if (labels_.room() < label.size()) return Refusal{BH_E_NO_MEMORY, "too many labels in one batch"};
  const Sample sample{metric, static_cast<std::uint32_t>(label.size()), labels_.size(), value, 0};
  if (!batch_.add(sample)) return Refusal{BH_E_NO_MEMORY, "too many values in one batch"};
  // There is room: it was asked for above.
  for (const char c : label) static_cast<void>(labels_.add(c));
  return std::nullopt;
}

bool SampleBook::set_of_cycle(Key key, const Sample& sample) {
  if (const auto found = cycle_at_.find(key); found != cycle_at_.end()) {
    cycle_[found->second].second = sample;
    return true;
  }
  const bool fresh = !key.second.empty() && !kept_.contains(key);
  if (fresh && labels_kept_ + labels_of_cycle_ >= most_labels_) return false;
  cycle_.emplace_back(key, sample);
  cycle_at_.emplace(std::move(key), cycle_.size() - 1);
  if (fresh) ++labels_of_cycle_;
  return true;
}

SampleBook::Series* SampleBook::series(std::uint32_t metric, std::string_view label) {
  Key key{metric, std::string(label)};
  if (const auto found = kept_.find(key); found != kept_.end()) return &found->second;
  if (!label.empty() && labels_kept_ >= most_labels_) return nullptr;
  if (!label.empty()) ++labels_kept_;
  order_.push_back(key);
  return &kept_[std::move(key)];
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
      Series* const to = series(sample.metric, {labels_.data() + sample.label_at, sample.label_size});
      if (to == nullptr) {
        ++dropped_;
        continue;
      }
      append(*to, batch, n, sample);
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
    for (const auto& [key, sample] : cycle_) {
      if (Series* const to = series(key.first, key.second)) append(*to, batch, 1, sample);
    }
  }
  cycle_.clear();
  cycle_at_.clear();
  labels_of_cycle_ = 0;
}

std::optional<double> SampleBook::last_batch(std::uint32_t metric) const {
  const auto found = last_batch_.find(metric);
  return found == last_batch_.end() ? std::nullopt : std::optional(found->second);
}

SegmentPhase SampleBook::phase_of(const MetricRecord& metric, std::uint64_t batch) const {
  if (metric.domain == Domain::none) return SegmentPhase::process;
  return batch < steady_from_ ? SegmentPhase::warmup : SegmentPhase::measure;
}

void SampleBook::send_series(Reporter& reporter, const Key& key, const Series& series) const {
  const MetricRecord& metric = metrics_[key.first];
  const std::size_t count = series.values.size();
  for (std::size_t begin = 0; begin < count;) {
    // Extend while n and phase are the same and the batches go on in the step that the first two make (0: many values
    // of one batch).
    std::uint64_t step = 1;
    std::size_t end = begin + 1;
    const SegmentPhase phase = phase_of(metric, series.batches[begin]);
    const auto alike = [&](std::size_t i) {
      return i < count && series.ns[i] == series.ns[begin] && phase_of(metric, series.batches[i]) == phase;
    };
    if (alike(end)) {
      step = series.batches[end] - series.batches[begin];
      while (end - begin < protocol::kMaxSegmentSamples && alike(end) &&
             series.batches[end] - series.batches[end - 1] == step) {
        ++end;
      }
    }
    Segment segment;
    segment.quantity = series.durations.empty() ? Quantity::reported : Quantity::amount;
    segment.phase = phase;
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
