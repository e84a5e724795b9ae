// The services behind bh_be_host_t: one table per loaded module, alive until the process ends.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <benchhost/backend.h>

#include "worker/device/backend_module.h"

namespace benchhost::device {

/// Thread: any, but for options, which are set before the module is called.
class ModuleHost {
 public:
  /// A host that is never destroyed, since a module may use it until the process ends.
  static ModuleHost& create(ModuleServices services);
  ModuleHost(const ModuleHost&) = delete;
  ModuleHost& operator=(const ModuleHost&) = delete;

  /// Valid until: the process ends.
  [[nodiscard]] const bh_be_host_t* table() const { return &table_.base; }

  void add_observer(bh_be_device_t* device, FaultObserver* observer);
  void remove_observer(FaultObserver* observer);
  /// From now on faults and log lines are dropped, and the services' functions are not called.
  void detach();

 private:
  explicit ModuleHost(ModuleServices services);
  ~ModuleHost() = delete;

  /// What a module hands back to us with every call: the table, and next to it whose it is.
  struct Table {
    bh_be_host_t base;
    ModuleHost* self;
  };

  static ModuleHost& of(const bh_be_host_t* host);
  static void BH_CALL on_fault(const bh_be_host_t* host, const bh_be_fault_t* fault);
  static void BH_CALL on_log(const bh_be_host_t* host, uint32_t level, const char* text);
  static int64_t BH_CALL clock_ns(const bh_be_host_t* host);
  static const char* BH_CALL option(const bh_be_host_t* host, const char* name);
  static const char* BH_CALL cache_dir(const bh_be_host_t* host);
  static const void* BH_CALL extension(const bh_be_host_t* host, const char* id);

  Table table_;
  ModuleServices services_;
  std::atomic<bool> attached_ = true;
  mutable std::mutex mutex_;  ///< of what follows
  std::vector<std::pair<bh_be_device_t*, FaultObserver*>> observers_;
};

}  // namespace benchhost::device
