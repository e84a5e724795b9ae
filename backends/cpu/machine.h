// What the system says about the processor and about memory. Linux; elsewhere what hwloc knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::cpu {

/// The processor as one device, cut down to the CPUs that this process may use.
struct Machine {
  std::string name;   ///< as the system spells it; "": unknown
  std::string model;  ///< the name without what varies: trademarks, clock, spaces
  std::string vendor;
  std::vector<std::string> isa;  ///< with the system's support, in the words of capabilities.h
  /// One logical CPU of each physical core that the process may use; the order of the system's numbering.
  std::vector<std::uint32_t> cores;
  std::optional<std::int64_t> numa_node;   ///< of all those cores, if they are of one
  std::optional<std::int64_t> l1_bytes;    ///< data, of one core
  std::optional<std::int64_t> l2_bytes;    ///< together
  std::optional<std::int64_t> last_bytes;  ///< of the last level, together
  std::optional<std::int64_t> line_bytes;
  std::optional<std::int64_t> clock_hz;  ///< the highest that the system admits
  std::optional<std::int64_t> memory_bytes;
};

/// Reads all of it; takes some milliseconds.
[[nodiscard]] Machine read_machine();

/// Name without trademarks, clock and repeated spaces: "Intel(R) Xeon(R) CPU @ 2.80GHz" is "Intel Xeon". Pure.
[[nodiscard]] std::string clean_model(const std::string& name);

/// ISA words of capabilities.h for the flags of a processor in /proc/cpuinfo. Pure.
[[nodiscard]] std::vector<std::string> isa_words(const std::vector<std::string>& flags);

/// fp32 lanes of one vector unit for these words; nullopt: none of them says.
[[nodiscard]] std::optional<std::int64_t> lanes_of(const std::vector<std::string>& isa);

/// Bytes that new memory may take before the system runs out, by the system's own estimate and the control group's
/// limit.
[[nodiscard]] std::optional<std::uint64_t> available_bytes();

}  // namespace benchhost::cpu
