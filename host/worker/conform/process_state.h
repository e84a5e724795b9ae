// What belongs to the process and not to a plugin (sdk plugin.h): read before and after, and compared.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/protocol/conformance.h"

namespace benchhost::conform {

/// As texts, so that a difference can be shown as it is.
struct ProcessState {
  std::map<protocol::Requirement, std::string> settings;  ///< working folder, locale, … one text each
  std::map<std::string, std::string> threads;             ///< names by id
  std::map<int, std::string> descriptors;                 ///< what each open descriptor leads to
  std::map<std::string, std::string> children;            ///< likewise
};

/// Thread: control. What the system does not tell is left empty, and equals itself.
[[nodiscard]] ProcessState read_process_state();

struct StateChange {
  protocol::Requirement requirement{};
  std::string text;  ///< "the working folder was '/a' and is '/b'"
};

/// Changes of what must not change, and what is there now and was not. Threads may number `own_threads` more.
[[nodiscard]] std::vector<StateChange> changes(const ProcessState& before, const ProcessState& after,
                                               std::uint32_t own_threads);

/// The requirements that changes() can name.
[[nodiscard]] std::vector<protocol::Requirement> process_requirements();

}  // namespace benchhost::conform
