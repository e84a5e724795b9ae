#include "store/records.h"

namespace benchhost::store {

std::string_view run_state_name(RunState state) {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::finished:
      return "finished";
    case RunState::interrupted:
      return "interrupted";
  }
  return "";
}

std::string_view gate_verdict_name(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::held:
      return "held";
    case GateVerdict::tripped:
      return "tripped";
    case GateVerdict::undecided:
      return "undecided";
  }
  return "";
}

}  // namespace benchhost::store
