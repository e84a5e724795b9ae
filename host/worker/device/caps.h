// Facts of a module's devices, checked against the closed vocabulary of capabilities.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <benchhost/capabilities.h>

#include "common/base/result.h"
#include "common/protocol/device.h"

namespace benchhost::device {

/// Reads a list of facts. Errors: a list that is none; a name of BH_CAP_TABLE with another type; a name outside without
/// a vendor's prefix; a name twice; a number that is not finite; text that is absent, empty, too long or not UTF-8.
Result<std::vector<protocol::CapRecord>> read_caps(const bh_cap_list_t& caps);

/// Errors: one of the facts that each device reports is missing (kind, class, name, model, dialects), or `kind` is not
/// the module's.
Result<void> check_mandatory(const std::vector<protocol::CapRecord>& caps, std::string_view kind);

}  // namespace benchhost::device
