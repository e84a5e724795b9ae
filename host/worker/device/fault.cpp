#include "worker/device/fault.h"

#include <fmt/format.h>

namespace benchhost::device {

std::string_view to_text(Action action) {
  switch (action) {
    case Action::none:
      return "nothing";
    case Action::fail_call:
      return "the case fails";
    case Action::retry_case:
      return "tear the case down and try it again";
    case Action::reopen_device:
      return "close and open the device and rerun the case once";
    case Action::end_worker:
      return "end this worker and start another";
    case Action::drop_device:
      return "end this worker and take the device out of the run";
  }
  return "nothing";
}

std::string to_text(const Fault& fault) {
  std::string line = fault.call.empty() ? fault.text : fmt::format("{}: {}", fault.call, fault.text);
  if (fault.api_code != 0) line += fmt::format(" [api {}]", fault.api_code);
  return line;
}

}  // namespace benchhost::device
