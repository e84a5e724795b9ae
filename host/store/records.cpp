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

}  // namespace benchhost::store
