// Which devices fill the slots of a benchmark. Private to the module.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "suite/compiled_benchmark.h"
#include "suite/device_choice.h"

namespace benchhost::suite {

/// One device a slot, as an index into ExpandInputs::devices; nullopt: an optional slot stays empty.
using DeviceTuple = std::vector<std::optional<std::size_t>>;

struct DeviceTuples {
  std::vector<DeviceTuple> tuples;  ///< never empty
  std::string none_reason;          ///< why no device fills a slot: every case is skipped then; "": they are filled
};

/// Every way to fill the slots with devices that are chosen and can meet the slot's requirement for some parameters;
/// one device fills two slots only where the later one may share it. An optional slot is filled where it can be.
[[nodiscard]] DeviceTuples device_tuples(const CompiledBenchmark& benchmark, const DeviceChoice& choice,
                                         const std::vector<DeviceInput>& devices, const ExprFacts& machine);

}  // namespace benchhost::suite
