#include "worker/measure/life.h"

namespace benchhost::measure {

std::string_view to_text(LifeState state) {
  switch (state) {
    case LifeState::none:
      return "none";
    case LifeState::created:
      return "created";
    case LifeState::preparing:
      return "preparing";
    case LifeState::prepared:
      return "prepared";
    case LifeState::timed:
      return "timed";
    case LifeState::open:
      return "open";
    case LifeState::failed:
      return "failed";
  }
  return "";
}

std::string_view to_text(Call call) {
  switch (call) {
    case Call::none:
      return "between calls";
    case Call::create:
      return "create";
    case Call::prepare:
      return "prepare";
    case Call::prepare_batch:
      return "prepare_batch";
    case Call::run:
      return "run";
    case Call::finish_batch:
      return "finish_batch";
    case Call::verify:
      return "verify";
    case Call::process:
      return "process";
    case Call::teardown:
      return "teardown";
    case Call::destroy:
      return "destroy";
  }
  return "";
}

}  // namespace benchhost::measure
