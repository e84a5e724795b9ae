#include "common/protocol/device.h"

#include "common/protocol/record_members.h"

namespace benchhost::protocol {

const CapRecord* DeviceRecord::cap(std::string_view cap_name) const {
  for (const CapRecord& fact : caps) {
    if (fact.name == cap_name) return &fact;
  }
  return nullptr;
}

std::string DeviceRecord::text(std::string_view cap_name) const {
  const CapRecord* fact = cap(cap_name);
  return fact != nullptr && fact->type == CapType::string ? fact->text : std::string();
}

std::string DeviceRecord::model() const {
  for (const char* fact : {"model", "name"}) {
    if (std::string found = text(fact); !found.empty()) return found;
  }
  return kind;
}

bool DeviceRecord::simulated() const {
  const CapRecord* fact = cap("simulated");
  return fact != nullptr && fact->type == CapType::boolean && fact->integer != 0;
}

Json to_json(const DeviceRecord& record) { return detail::put(record); }
Result<DeviceRecord> device_from_json(const Json& json) { return detail::read_record<DeviceRecord>(json); }
Json to_json(const BackendRecord& record) { return detail::put(record); }
Result<BackendRecord> backend_from_json(const Json& json) { return detail::read_record<BackendRecord>(json); }

}  // namespace benchhost::protocol
