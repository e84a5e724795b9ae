#include "cli/exit_status.h"

#include <algorithm>
#include <array>
#include <csignal>

namespace benchhost::cli {

namespace {

// From what matters least to what matters most.
constexpr std::array kOrder = {ExitStatus::ok,         ExitStatus::nothing,     ExitStatus::usage,
                               ExitStatus::gate,       ExitStatus::failed,      ExitStatus::incomplete,
                               ExitStatus::terminated, ExitStatus::interrupted, ExitStatus::bug};

}  // namespace

ExitStatus worst(std::initializer_list<ExitStatus> statuses) {
  auto rank = [](ExitStatus s) { return std::ranges::find(kOrder, s) - kOrder.begin(); };
  ExitStatus found = ExitStatus::ok;
  for (ExitStatus s : statuses) {
    if (rank(s) > rank(found)) found = s;
  }
  return found;
}

ExitStatus signal_status(int signal) {
  if (signal == 0) return ExitStatus::ok;
  return signal == SIGINT ? ExitStatus::interrupted : ExitStatus::terminated;
}

std::string_view name_of(ExitStatus status) {
  switch (status) {
    case ExitStatus::ok:
      return "ok";
    case ExitStatus::failed:
      return "failed";
    case ExitStatus::usage:
      return "usage";
    case ExitStatus::gate:
      return "gate";
    case ExitStatus::nothing:
      return "nothing";
    case ExitStatus::incomplete:
      return "incomplete";
    case ExitStatus::bug:
      return "bug";
    case ExitStatus::interrupted:
      return "interrupted";
    case ExitStatus::terminated:
      return "terminated";
  }
  return "bug";
}

}  // namespace benchhost::cli
