// The devices of a case, as measuring needs them. The worker's main puts a session of worker/device behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <benchhost/device.h>

#include "common/base/result.h"
#include "common/protocol/message.h"

namespace benchhost::measure {

/// How a queue run ended.
struct QueueEnd {
  bh_status_t status = BH_OK;
  std::string text;                         ///< why, unless BH_OK
  std::optional<std::int64_t> duration_ns;  ///< on the device's clock; nullopt: `reason` says why
  std::string reason;
  std::int64_t host_end_ns = 0;  ///< host clock at which the effects were there
};

/// Memory of a device that the plugin holds: for who looks at results, or spoils them to see who notices.
struct DeviceBlock {
  std::string device;  ///< "cpu:0"
  std::uint64_t size_bytes = 0;
  /// Copy all of it out of the device and into it, and wait. Requires: memory of that size. Errors: the device's
  /// reason.
  std::function<Result<void>(std::span<unsigned char>)> fetch;
  std::function<Result<void>(std::span<const unsigned char>)> store;
};

/// Thread: control.
class DeviceBracket {
 public:
  DeviceBracket() = default;
  DeviceBracket(const DeviceBracket&) = delete;
  DeviceBracket& operator=(const DeviceBracket&) = delete;
  virtual ~DeviceBracket() = default;

  /// One per slot. Valid until: this object dies.
  [[nodiscard]] virtual std::span<const bh_device_t* const> devices() const = 0;
  /// What bh_host.extension answers for BH_EXT_DEVICE.
  [[nodiscard]] virtual const void* table() const = 0;
  /// From the start of prepare.
  virtual void lend() = 0;
  /// To the end of teardown. What the plugin left, "" if nothing.
  [[nodiscard]] virtual std::string take_back() = 0;
  /// Around a run without QUEUE metrics.
  virtual void begin_run() = 0;
  virtual void end_run() = 0;
  /// Slow calls of the device table inside the last such run.
  [[nodiscard]] virtual std::uint64_t slow_calls_in_run() const = 0;
  /// Around a queue run.
  [[nodiscard]] virtual Result<void> begin_queue_run(std::uint64_t iterations) = 0;
  [[nodiscard]] virtual QueueEnd end_queue_run() = 0;
  /// In the order in which they were made; what is mapped now is left out. Valid until: the plugin is called again.
  [[nodiscard]] virtual std::vector<DeviceBlock> memory_blocks() = 0;
  /// How often the plugin has taken what devices hold into memory of its own.
  [[nodiscard]] virtual std::uint64_t read_backs() const = 0;
  /// Text of the last device function that failed on this thread since forget_error, "" if none did.
  [[nodiscard]] virtual std::string last_error() const = 0;
  virtual void forget_error() = 0;
  /// First call of a device function out of its state, "" if there was none.
  [[nodiscard]] virtual std::string violation() const = 0;
  /// Flags for the result: "simulated", "implausible", …
  [[nodiscard]] virtual std::vector<std::string> flags() const = 0;
};

}  // namespace benchhost::measure
