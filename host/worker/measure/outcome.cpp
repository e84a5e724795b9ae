#include "worker/measure/outcome.h"

namespace benchhost::measure {

using protocol::Outcome;
using protocol::Phase;

Outcome outcome_of(bh_status_t status, bool asked) {
  switch (known_status(status)) {
    case BH_OK:
      return Outcome::passed;
    case BH_E_STATE:
      return Outcome::protocol_error;
    case BH_E_UNSUPPORTED:
      return Outcome::skipped;
    case BH_E_NO_MEMORY:
      return Outcome::out_of_memory;
    case BH_E_TIMEOUT:
      return Outcome::timed_out;
    case BH_E_CANCELLED:
      return asked ? Outcome::interrupted : Outcome::failed;
    case BH_E_CRASHED:
      return Outcome::crashed;
    default:
      return Outcome::failed;
  }
}

const char* code_of(Outcome outcome, bh_status_t status) {
  switch (outcome) {
    case Outcome::protocol_error:
      return "BH0302";
    case Outcome::out_of_memory:
      return "BH0305";
    case Outcome::timed_out:
      return "BH0304";
    case Outcome::crashed:
      return "BH0303";
    default:
      return status == BH_E_MISMATCH ? "BH0602" : status == BH_E_DEVICE ? "BH0503" : "";
  }
}

Phase phase_of(Call call) {
  switch (call) {
    case Call::create:
      return Phase::creating;
    case Call::prepare:
      return Phase::preparing;
    case Call::verify:
      return Phase::verifying;
    case Call::process:
      return Phase::processing;
    case Call::teardown:
      return Phase::tearing_down;
    case Call::destroy:
      return Phase::destroying;
    default:
      return Phase::measuring;
  }
}

}  // namespace benchhost::measure
