// Parameters and settings as a plugin publishes them (sdk params.h).
#pragma once

#include <string_view>
#include <vector>

#include <benchhost/params.h>

#include "common/protocol/descriptor.h"
#include "worker/loader/field_reader.h"

namespace benchhost::loader {

/// Reads a list of parameters and refuses what contradicts itself: a default outside its own bounds or choices, a sweep
/// without what it needs, two parameters of one name.
[[nodiscard]] std::vector<protocol::ParamRecord> read_params(FieldReader& reader, std::string_view member,
                                                             const bh_param_list_t& list);

}  // namespace benchhost::loader
