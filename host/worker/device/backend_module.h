// A loaded backend module: negotiation, the services it is given, probing, opening devices.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchhost/backend.h>

#include "common/base/result.h"
#include "common/protocol/device.h"
#include "worker/device/fault.h"

namespace benchhost::device {

/// What the worker gives a module.
struct ModuleServices {
  /// Monotonic host clock in ns. Thread: any. Never empty.
  std::function<std::int64_t()> clock_ns;
  /// Lines for the log of the run; level is BH_LOG_*. Thread: any. Empty: lines are dropped.
  std::function<void(std::uint32_t level, std::string_view text)> log;
  /// What the user set for this module, by name.
  std::vector<std::pair<std::string, std::string>> options;
  /// Directory for compiled programs; "": modules do not cache.
  std::string cache_dir;
};

/// Hears the faults of one device. Thread: any, at any time between add and remove.
class FaultObserver {
 public:
  virtual ~FaultObserver() = default;
  virtual void on_fault(const bh_be_fault_t& fault) = 0;
};

/// A backend module of this process. Thread: control, but for what the services say.
/// The library stays loaded until the process ends: code of vendors' runtimes may still be running.
class BackendModule {
 public:
  /// Loads `file` and negotiates; scores nothing, starts nothing.
  /// Errors: file that cannot be loaded, no entry, no common version, a table with a missing function or a bad id.
  static Result<std::unique_ptr<BackendModule>> load(const std::string& file, ModuleServices services);

  BackendModule(const BackendModule&) = delete;
  BackendModule& operator=(const BackendModule&) = delete;
  /// Stops the module if it runs. Requires: every device is closed.
  ~BackendModule();

  [[nodiscard]] std::string id() const;
  [[nodiscard]] std::string kind() const;

  /// 0: of no use here, and the last fault says why. Opens no runtime.
  [[nodiscard]] std::uint32_t score();
  /// Starts the module, once; a started one stays started.
  Result<void> start();
  /// Joins the module's threads. May be started again.
  void stop();

  /// Finds devices; starts the module if need be. A device that reports a fact wrongly (a name of BH_CAP_TABLE with
  /// another type, a number that is not finite, text that is not UTF-8, a mandatory fact missing) is an Error of the
  /// whole module. No device is a record with a reason.
  Result<protocol::BackendRecord> probe();

  /// A device of the last probe, open.
  struct Opened {
    bh_be_device_t* device = nullptr;
    const bh_be_device_api_t* api = nullptr;
  };
  /// Probes first if nobody did. Errors: index outside the probe, the module's own, a table with a missing function.
  Result<Opened> open(std::uint32_t index);
  void close(bh_be_device_t* device);

  void add_observer(bh_be_device_t* device, FaultObserver* observer);
  void remove_observer(FaultObserver* observer);

 private:
  struct State;
  explicit BackendModule(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace benchhost::device
