// Whether the machine is as a suite demands. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/platform/load.h"
#include "common/platform/machine.h"
#include "suite/model.h"

namespace benchhost::suite {

/// What demands are compared with. Absent: the system does not tell.
struct EnvironmentFacts {
  std::optional<std::string> governor;  ///< of all cores; several are joined by ','
  std::optional<bool> turbo;
  std::optional<bool> smt;
  std::optional<bool> aslr;
  std::optional<double> load_1_minute;  ///< of the whole machine
  std::optional<double> steal_ratio;    ///< lately: since the command began, say
  std::optional<std::uint64_t> cores;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> free_memory_bytes;
  std::optional<bool> ac_power;
  std::optional<double> resolution_ratio;  ///< difference that this machine resolved when it was last seen
};

/// The facts that the machine and its load tell; what it resolves is the caller's to add.
[[nodiscard]] EnvironmentFacts environment_facts(const platform::MachineFacts& machine,
                                                 const platform::LoadFacts& load);

/// A demand that is not met.
struct Unmet {
  Demand demand;
  std::string because;  ///< "the governor is powersave", "the governor is not known here"

  friend bool operator==(const Unmet&, const Unmet&) = default;
};

/// The demands that are not met, in their order; empty: all are. What is not known meets no demand: nobody can tell.
[[nodiscard]] std::vector<Unmet> evaluate(std::span<const Demand> demands, const EnvironmentFacts& facts);

/// "the environment is not as demanded (governor: performance): the governor is powersave".
[[nodiscard]] std::string to_text(const Unmet& unmet);

}  // namespace benchhost::suite
