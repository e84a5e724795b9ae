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

constexpr auto kMeanings = std::to_array<ExitMeaning>({
    {ExitStatus::ok, "ok",
     "every selected case passed, was cached, or was skipped because the machine lacks what it requires; all is "
     "stored"},
    {ExitStatus::failed, "failed", "some case failed, crashed, timed out, ran out of memory or broke the protocol"},
    {ExitStatus::usage, "usage", "usage, suite or configuration error; nothing ran"},
    {ExitStatus::gate, "gate", "a gate tripped"},
    {ExitStatus::nothing, "nothing", "nothing was selected, or everything was skipped"},
    {ExitStatus::incomplete, "incomplete", "incomplete: infrastructure, backend lost, database not writable"},
    {ExitStatus::bug, "bug", "a bug in benchhost"},
    {ExitStatus::interrupted, "interrupted", "interrupted; what was finished is stored"},
    {ExitStatus::terminated, "terminated", "terminated; what was finished is stored"},
});
static_assert(kMeanings.size() == kOrder.size(), "every exit status has a rank and a meaning");

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

std::span<const ExitMeaning> exit_meanings() { return kMeanings; }

std::string_view name_of(ExitStatus status) {
  const auto row = std::ranges::find(kMeanings, status, &ExitMeaning::status);
  return row == kMeanings.end() ? "bug" : row->name;
}

}  // namespace benchhost::cli
