// The brackets of a queue run: spans of the devices, the wait, the read-back, and what they say together.
#pragma once

#include <cstdint>
#include <span>

#include "worker/device/device_state.h"
#include "worker/device/early_finish.h"
#include "worker/device/session.h"

namespace benchhost::device {

/// Brackets queue runs on the distinct devices of a session. Thread: control.
class QueueBracket {
 public:
  /// Opens a span on each main queue that can carry one. Errors: the module's; spans opened before are closed again.
  Result<void> begin(std::span<bh_device* const> devices, bool gate, std::uint64_t iterations);
  /// Closes them, waits, reads back.
  QueueRun end(std::span<bh_device* const> devices);

  [[nodiscard]] bool implausible() const { return early_.persistent(); }

 private:
  bh_status_t close_spans(std::span<bh_device* const> devices);
  void read_back(std::span<bh_device* const> devices, QueueRun& run);
  void read_span(bh_device& device, QueueRun& run);

  std::int64_t begin_ns_ = 0;
  EarlyFinish early_;
};

}  // namespace benchhost::device
