#include "worker/device/early_finish.h"

#include <algorithm>

namespace benchhost::device {

std::int64_t EarlyFinish::slowest_idle() const {
  return *std::max_element(idle_ns_.begin(), idle_ns_.begin() + static_cast<std::ptrdiff_t>(std::min(seen_, kKept)));
}

bool EarlyFinish::judge(std::int64_t bracket_ns, std::int64_t first_ns, std::int64_t idle_ns) {
  idle_ns_[seen_ % kKept] = idle_ns;
  ++seen_;
  // Twice the slowest idle read-back, and a twentieth of the batch: what is below changes no result that is worth
  // storing.
  const std::int64_t allowed = 2 * slowest_idle() + std::max<std::int64_t>(bracket_ns, 0) / 20;
  const bool early = first_ns > allowed;
  in_a_row_ = early ? in_a_row_ + 1 : 0;
  if (in_a_row_ >= kInARow) persistent_ = true;
  return early;
}

}  // namespace benchhost::device
