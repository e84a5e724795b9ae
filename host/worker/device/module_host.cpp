#include "worker/device/module_host.h"

#include <cstring>

#include "worker/device/thread_error.h"

namespace benchhost::device {

ModuleHost::ModuleHost(ModuleServices services)
    : table_{{sizeof(bh_be_host_t), 0, on_fault, on_log, clock_ns, option, cache_dir, extension}, this},
      services_(std::move(services)) {}

ModuleHost& ModuleHost::create(ModuleServices services) {
  // Kept where leak checkers see them, and never in a static object: that would die before threads of drivers do.
  static auto& hosts = *new std::pair<std::mutex, std::vector<ModuleHost*>>();
  auto* host = new ModuleHost(std::move(services));
  const std::lock_guard lock(hosts.first);
  hosts.second.push_back(host);
  return *host;
}

ModuleHost& ModuleHost::of(const bh_be_host_t* host) {
  static_assert(offsetof(Table, base) == 0);
  return *reinterpret_cast<const Table*>(host)->self;
}

void ModuleHost::add_observer(bh_be_device_t* device, FaultObserver* observer) {
  const std::lock_guard lock(mutex_);
  observers_.emplace_back(device, observer);
}

void ModuleHost::remove_observer(FaultObserver* observer) {
  const std::lock_guard lock(mutex_);
  std::erase_if(observers_, [&](const auto& entry) { return entry.second == observer; });
}

void ModuleHost::detach() {
  attached_.store(false, std::memory_order_release);
  const std::lock_guard lock(mutex_);
  observers_.clear();
}

void BH_CALL ModuleHost::on_fault(const bh_be_host_t* host, const bh_be_fault_t* fault) {
  ModuleHost& self = of(host);
  if (fault == nullptr || !BH_HAS(bh_be_fault_t, fault, text) || !self.attached_.load(std::memory_order_acquire))
    return;
  // What has no class known to this version is taken for the harmless one only if it says so; else for the worst.
  bh_be_fault_t own = *fault;
  own.struct_size = sizeof own;
  if (own.fault_class < BH_FAULT_CALL || own.fault_class > BH_FAULT_MACHINE) own.fault_class = BH_FAULT_PROCESS;
  if (own.status == BH_E_NO_MEMORY) own.fault_class = BH_FAULT_CALL;
  store_fault(own);
  const std::lock_guard lock(self.mutex_);
  for (const auto& [device, observer] : self.observers_) {
    if (device == own.device) observer->on_fault(own);
  }
}

void BH_CALL ModuleHost::on_log(const bh_be_host_t* host, uint32_t level, const char* text) {
  ModuleHost& self = of(host);
  if (text == nullptr || !self.services_.log || !self.attached_.load(std::memory_order_acquire)) return;
  self.services_.log(level, text);
}

int64_t BH_CALL ModuleHost::clock_ns(const bh_be_host_t* host) {
  ModuleHost& self = of(host);
  return self.attached_.load(std::memory_order_relaxed) ? self.services_.clock_ns() : 0;
}

const char* BH_CALL ModuleHost::option(const bh_be_host_t* host, const char* name) {
  if (name == nullptr) return nullptr;
  for (const auto& [known, value] : of(host).services_.options) {
    if (known == name) return value.c_str();
  }
  return nullptr;
}

const char* BH_CALL ModuleHost::cache_dir(const bh_be_host_t* host) {
  const std::string& folder = of(host).services_.cache_dir;
  return folder.empty() ? nullptr : folder.c_str();
}

// No optional service is published yet; NULL is what "unknown" means.
const void* BH_CALL ModuleHost::extension(const bh_be_host_t*, const char*) { return nullptr; }

}  // namespace benchhost::device
