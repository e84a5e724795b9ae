// The members of one case, from its benchmark, its entry, its values and its devices. Private to the module.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "suite/combinations.h"
#include "suite/compiled_benchmark.h"
#include "suite/device_tuples.h"
#include "suite/expand.h"
#include "suite/expressions.h"

namespace benchhost::suite {

/// Fills cases of one expansion. Valid until: the inputs or the diagnostics go.
class CaseFiller {
 public:
  CaseFiller(const ExpandInputs& inputs, Diagnostics& diagnostics) : inputs_(inputs), diagnostics_(diagnostics) {}

  /// The devices in the slots, for names and keys: "cpu:0", "opencl:0+opencl:1"; "none" where no slot is filled.
  [[nodiscard]] std::string device_name(const CompiledBenchmark& b, const DeviceTuple& tuple) const;
  /// Why the benchmark's or a slot's requirement is not met here; "": it is.
  [[nodiscard]] std::string skip_reason(const CompiledBenchmark& b, const DeviceTuple& tuple,
                                        const std::string& none_reason, CaseFacts facts) const;
  /// Why the machine cannot give what is claimed; "": it can.
  [[nodiscard]] std::string beyond_machine(const Claims& claims) const;

  void fill_devices(CaseSpec& c, const CompiledBenchmark& b, const Entry& e, const DeviceTuple& tuple) const;
  /// Key, canonical texts and name. Requires: values and devices are filled. False: a path could not be read, which is
  /// said once.
  [[nodiscard]] bool fill_identity(CaseSpec& c, const CompiledBenchmark& b, const Entry& e,
                                   const Combinations& combinations, const std::string& device);
  /// Limits, priority and what else the entry says of measuring, the command line over it.
  void fill_measure(CaseSpec& c, const Entry& e) const;

 private:
  std::optional<protocol::Value> content_of(const protocol::Value& path, const Position& at);

  const ExpandInputs& inputs_;
  Diagnostics& diagnostics_;
  std::set<std::string> failed_paths_;
};

}  // namespace benchhost::suite
