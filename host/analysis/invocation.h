// All that one invocation of a case told: the messages of one worker, put together.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/protocol/message.h"
#include "store/records.h"

namespace benchhost::analysis {

/// One fresh process that ran one case: what is stored of it, and what only the result is made of. Plain data; `add`
/// keeps what belongs to the result and ignores life signs.
struct Invocation {
  store::Invocation record;
  std::vector<protocol::MetricRecord> declared;
  std::vector<protocol::Withheld> withheld;
  std::optional<protocol::Verdict> verdict;
  std::vector<protocol::DeviceRecord> devices;  ///< as opened by this worker

  void add(const protocol::Message& message);
};

/// Batches of the measuring phase that were timed by the host, and how many of them were disturbed.
[[nodiscard]] std::uint64_t measured_batches(const store::Invocation& invocation);
[[nodiscard]] std::uint64_t disturbed_measured_batches(const store::Invocation& invocation);

/// Batches that estimates leave out, ascending: the disturbed ones, where enough others were measured
/// (stats::clean_suffice). Empty: all are used. They are stored and shown all the same.
[[nodiscard]] std::vector<std::uint64_t> batches_left_out(const store::Invocation& invocation);

}  // namespace benchhost::analysis
