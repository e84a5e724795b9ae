// What a failed call of the plugin makes of its case.
#pragma once

#include <benchhost/base.h>

#include "common/protocol/message.h"
#include "worker/measure/instance.h"

namespace benchhost::measure {

/// Outcome and code behind a failed call (sdk base.h, "Status"). `asked`: the host had asked for the end.
[[nodiscard]] protocol::Outcome outcome_of(bh_status_t status, bool asked);
[[nodiscard]] const char* code_of(protocol::Outcome outcome, bh_status_t status);
/// The phase of a case in which the call is made.
[[nodiscard]] protocol::Phase phase_of(Call call);

}  // namespace benchhost::measure
