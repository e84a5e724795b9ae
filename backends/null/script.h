// The scripted clock: how long a command takes on the device, and what the device says about it.
#pragma once

#include <cstdint>

#include "null/options.h"

namespace benchhost::null {

/// One device's time. Depends on nothing but options, seed and the sequence of commands.
class Script {
 public:
  Script(const Options& options, std::uint32_t device_index);

  /// Time passes: one command of `items` items. Mean: launch_ns + item_ns * items; normal noise by the seed.
  void run(std::uint64_t items);
  /// True device time since the device was opened.
  [[nodiscard]] std::int64_t now_ns() const { return now_ns_; }
  /// What the device's clock shows at a true time.
  [[nodiscard]] std::int64_t shown(std::int64_t true_ns) const;
  /// What the device says about its resolution; 0: nothing.
  [[nodiscard]] std::int64_t step_ns() const { return options_.clock == Clock::zero ? 0 : options_.step_ns; }

 private:
  double noise();

  Options options_;
  std::uint64_t state_;
  std::int64_t now_ns_ = 0;
};

}  // namespace benchhost::null
