#include "discover/backend_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "common/base/terminal_text.h"
#include "common/protocol/descriptor_rules.h"
#include "common/protocol/id.h"

namespace benchhost::discover {
namespace {

using namespace protocol;  // NOLINT: every second word below is a record

/// backend.h: [a-z][a-z0-9]*, since it begins the names of devices.
bool is_kind(std::string_view text) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= kMaxIdBytes && is_lower(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_lower(c) || (c >= '0' && c <= '9'); });
}

class Checker {
 public:
  explicit Checker(const BackendRecord& backend) : backend_(backend) {}

  std::vector<Finding> check() {
    text("id", backend_.id, kMaxIdBytes, true, false);
    text("version", backend_.version, kMaxIdBytes, true, false);
    text("vendor", backend_.vendor, kMaxIdBytes, false, false);
    text("reason", backend_.reason, kMaxTextBytes, backend_.devices.empty(), true);
    if (!is_kind(backend_.kind)) add("kind", "'" + escape_for_terminal(backend_.kind) + "' is no [a-z][a-z0-9]*");
    if (backend_.devices.size() > kMaxItems) {
      add("devices", "are more than " + std::to_string(kMaxItems));
      return std::move(findings_);
    }
    std::set<std::string> names;
    for (const DeviceRecord& device : backend_.devices) {
      const std::string name = "device '" + escape_for_terminal(device.name) + "'";
      if (device.kind != backend_.kind || device.name != device.kind + ":" + std::to_string(device.index)) {
        add(name, "must be named '" + escape_for_terminal(backend_.kind) + ":' and its index");
      }
      if (!names.insert(device.name).second) add(name, "is there twice");
      text(name + ": reason", device.reason, kMaxTextBytes, false, true);
      check_caps(name, device);
    }
    return std::move(findings_);
  }

 private:
  void add(std::string member, std::string what) { findings_.push_back({"", std::move(member), std::move(what)}); }

  void text(const std::string& member, const std::string& value, std::size_t cap, bool mandatory, bool lines) {
    if (mandatory && value.empty()) {
      add(member, "is absent");
    } else if (!is_text(value, cap, lines)) {
      add(member, "is no UTF-8 of at most " + std::to_string(cap) + " bytes without control characters");
    }
  }

  void check_caps(const std::string& device_name, const DeviceRecord& device) {
    if (device.caps.size() > kMaxItems) return add(device_name, "has more facts than " + std::to_string(kMaxItems));
    std::set<std::string> names;
    for (const CapRecord& fact : device.caps) {
      const std::string name = device_name + ": fact '" + escape_for_terminal(fact.name) + "'";
      text(name + ": name", fact.name, kMaxIdBytes, true, false);
      if (!names.insert(fact.name).second) add(name, "is there twice");
      text(name + ": text", fact.text, kMaxTextBytes, false, true);
      if (fact.words.size() > kMaxItems) add(name, "has more words than " + std::to_string(kMaxItems));
      for (const std::string& word : fact.words) text(name + ": word", word, kMaxTextBytes, true, false);
    }
  }

  const BackendRecord& backend_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_backend(const BackendRecord& record) { return Checker(record).check(); }

}  // namespace benchhost::discover
