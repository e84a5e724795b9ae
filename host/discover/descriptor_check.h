// Whether what a plugin says of itself holds together. The worker that read it checked the memory; this checks the
// meaning, again and on this side, since a plugin can write into its worker whatever it likes. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/protocol/descriptor.h"

namespace benchhost::discover {

struct Finding {
  std::string benchmark;  ///< id; "" for the plugin itself
  std::string member;     ///< "parameter 'n': default"
  std::string what;

  friend bool operator==(const Finding&, const Finding&) = default;
};

/// "org.example.triad: parameter 'n': default: is below the minimum".
[[nodiscard]] std::string to_text(const Finding& finding);

/// Findings in the order of the descriptors, no more than a few dozen; none: the plugin may be used. A list that is
/// longer than one may be is one finding, and not looked into.
[[nodiscard]] std::vector<Finding> check_descriptors(const protocol::PluginRecord& plugin);

}  // namespace benchhost::discover
