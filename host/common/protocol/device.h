// Devices and backends as records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"

namespace benchhost::protocol {

enum class CapType : std::uint32_t { integer = 1, number = 2, boolean = 3, string = 4, version = 5, words = 6 };
enum class Provenance : std::uint32_t { unknown = 0, driver = 1, formula = 2, table = 3, measured = 4 };

/// bh_cap_t: one fact about a device; a fact nobody knows is not in the list.
struct CapRecord {
  std::string name;
  CapType type = CapType::string;
  Provenance provenance = Provenance::unknown;
  std::int64_t integer = 0;  ///< integer, boolean (0 or 1), version (major * 100 + minor)
  double number = 0;
  std::string text;                ///< string; full text of a version
  std::vector<std::string> words;  ///< words

  friend bool operator==(const CapRecord&, const CapRecord&) = default;
};

/// A device, usable or not.
struct DeviceRecord {
  std::string name;  ///< "kind:index", e.g. "cpu:0"
  std::string kind;
  std::uint32_t index = 0;
  std::string reason;  ///< why it cannot be used and what to do; "": it can
  std::vector<CapRecord> caps;

  [[nodiscard]] const CapRecord* cap(std::string_view cap_name) const;
  /// Text of a string fact, "" if it is not reported.
  [[nodiscard]] std::string text(std::string_view cap_name) const;
  /// What goes into a case key: the fact "model", else "name", else the kind.
  [[nodiscard]] std::string model() const;
  [[nodiscard]] bool simulated() const;
  friend bool operator==(const DeviceRecord&, const DeviceRecord&) = default;
};

/// A backend module as its probe saw it.
struct BackendRecord {
  std::string id;
  std::string kind;
  std::string version;
  std::string vendor;
  std::uint32_t abi = 0;
  std::uint32_t score = 0;  ///< 0: not usable here, `reason` says why
  std::string reason;       ///< why there are no devices; "" if there are some
  std::vector<DeviceRecord> devices;

  friend bool operator==(const BackendRecord&, const BackendRecord&) = default;
};

[[nodiscard]] Json to_json(const DeviceRecord& record);
[[nodiscard]] Result<DeviceRecord> device_from_json(const Json& json);
[[nodiscard]] Json to_json(const BackendRecord& record);
[[nodiscard]] Result<BackendRecord> backend_from_json(const Json& json);

}  // namespace benchhost::protocol
