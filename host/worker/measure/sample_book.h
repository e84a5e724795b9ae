// Values that the plugin reports: of domain SELF batch by batch, of domain NONE cycle by cycle.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchhost/base.h>

#include "common/protocol/message.h"
#include "worker/measure/reporter.h"
#include "worker/measure/reserved_array.h"

namespace benchhost::measure {

/// Most values of one batch, and most bytes of their labels: address space, not memory, until it is used.
inline constexpr std::size_t kMaxBatchSamples = std::size_t{1} << 22;
inline constexpr std::size_t kMaxLabelBytes = std::size_t{1} << 26;

/// Why a value was not taken.
struct Refusal {
  bh_status_t status = BH_E_ARGUMENT;
  const char* text = "";
};

/// Metrics of the case by index, published ones first, and the values given to them.
/// Thread: control. report functions allocate nothing for SELF metrics.
class SampleBook {
 public:
  /// most_labels: of all metrics together.
  explicit SampleBook(std::vector<protocol::MetricRecord> published, std::size_t most_labels = BH_MAX_CASES);

  [[nodiscard]] const std::vector<protocol::MetricRecord>& metrics() const { return metrics_; }
  /// Index of a metric that was declared late.
  std::uint32_t declare(protocol::MetricRecord metric);
  void withhold(std::uint32_t metric) { withheld_.insert(metric); }
  [[nodiscard]] bool withheld(std::uint32_t metric) const { return withheld_.contains(metric); }

  /// in_batch: inside run or finish_batch, where SELF values belong; else NONE values do.
  std::optional<Refusal> report(std::uint32_t metric, double value, bool in_batch);
  std::optional<Refusal> report_rate(std::uint32_t metric, double amount, double duration_ns, bool in_batch);
  std::optional<Refusal> report_labelled(std::uint32_t metric, std::string_view label, double value, bool in_batch);

  /// Keeps what the batch reported, or drops it. Between batches.
  void end_batch(std::uint64_t batch, std::uint64_t n, bool keep);
  /// SELF values of the batches before this one turned out to be of the warm-up.
  void cut_before(std::uint64_t batch) { steady_from_ = batch; }
  /// Keeps the NONE values of the cycle, or drops them.
  void end_cycle(std::uint64_t batch, bool keep);

  /// Mean of what the last kept batch reported of a metric (its rate, for a rate); nullopt: nothing.
  [[nodiscard]] std::optional<double> last_batch(std::uint32_t metric) const;
  /// Values that batches reported under labels beyond the most.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Sends all that was kept.
  void send(Reporter& reporter);

 private:
  /// Samples that one segment can hold: the same n, and batches in equal steps.
  struct Series {
    std::vector<std::uint64_t> batches, ns;
    std::vector<double> values;
    std::vector<std::int64_t> durations;  ///< of a rate
  };
  struct Sample {
    std::uint32_t metric = 0;
    std::uint32_t label_size = 0;
    std::uint64_t label_at = 0;
    double value = 0;
    double duration_ns = 0;
  };
  using Key = std::pair<std::uint32_t, std::string>;  ///< metric, label

  std::optional<Refusal> check(std::uint32_t metric, bool labelled, bool rate, bool in_batch) const;
  /// nullptr: a label too many.
  Series* series(std::uint32_t metric, std::string_view label);
  /// Sets the value of the cycle; false: a label too many.
  bool set_of_cycle(Key key, const Sample& sample);
  static void append(Series& series, std::uint64_t batch, std::uint64_t n, const Sample& sample);
  [[nodiscard]] protocol::SegmentPhase phase_of(const protocol::MetricRecord& metric, std::uint64_t batch) const;
  void send_series(Reporter& reporter, const Key& key, const Series& series) const;

  std::vector<protocol::MetricRecord> metrics_;
  std::set<std::uint32_t> withheld_;
  ReservedArray<Sample> batch_;
  ReservedArray<char> labels_;
  std::map<Key, Series> kept_;
  std::vector<Key> order_;               ///< of first appearance
  std::map<Key, std::size_t> cycle_at_;  ///< place in the next
  std::vector<std::pair<Key, Sample>> cycle_;
  std::size_t most_labels_;
  std::size_t labels_kept_ = 0;
  std::size_t labels_of_cycle_ = 0;  ///< that are not among the kept
  std::uint64_t dropped_ = 0;
  std::map<std::uint32_t, double> last_batch_;
  std::uint64_t steady_from_ = 0;
};

}  // namespace benchhost::measure
