// What an invocation used, all its cycles together.
#pragma once

#include <cstdint>
#include <optional>

#include "common/protocol/message.h"
#include "worker/measure/usage_meter.h"

namespace benchhost::measure {

/// Thread: one.
class UsageSum {
 public:
  /// One cycle, from before prepare to after teardown: counters are summed, sizes are those of the largest cycle. What
  /// is not known of a cycle is not known of the sum.
  void add(const UsageTotals& before, const UsageTotals& after, std::optional<std::uint64_t> resident_bytes,
           std::optional<std::uint64_t> peak_bytes);
  [[nodiscard]] const protocol::Usage& usage() const { return usage_; }

 private:
  protocol::Usage usage_;
  bool any_ = false;
};

}  // namespace benchhost::measure
