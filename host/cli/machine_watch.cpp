#include "cli/machine_watch.h"

#include <system_error>

#include "common/base/utf8.h"
#include "tuning/audit.h"

namespace benchhost::cli {

std::filesystem::path system_root(const Workplace& workplace) {
  const auto given = workplace.environment.get("BENCHHOST_SYSTEM_ROOT");
  if (!given || given->empty()) return "/";
  // One folder has one name, by which saved settings are told from those of another root.
  std::error_code failed;
  std::filesystem::path root = std::filesystem::absolute(*given, failed);
  if (failed) root = *given;
  root = root.lexically_normal();
  return root.has_filename() || !root.has_relative_path() ? root : root.parent_path();
}

MachineWatch::MachineWatch(Workplace& workplace)
    : workplace_(workplace),
      root_(system_root(workplace)),
      load_(workplace.files, root_),
      conditions_(workplace.files, workplace.clock, root_),
      since_ns_(workplace.clock.now_ns()) {
  static_cast<void>(load_.read());
  static_cast<void>(conditions_.read());
}

const MachineState& MachineWatch::look(const platform::MachineFacts& machine, const std::vector<unsigned>& allowed) {
  if (state_) return *state_;
  MachineState state;
  // Before the sleep, so that it is a part of the window.
  state.clock = platform::measure_clock(workplace_.clock);
  state.machine = root_ == "/" ? machine : platform::read_machine(workplace_.files, machine.topology, allowed, root_);
  workplace_.clock.sleep_until(since_ns_ + kLeastWindowNs);
  state.load = load_.read();
  state.conditions = conditions_.read();
  state.allowed = allowed;
  return state_.emplace(std::move(state));
}

std::vector<store::RunFinding> MachineWatch::findings(const platform::MachineFacts& machine,
                                                      const std::vector<unsigned>& allowed) {
  const MachineState& s = look(machine, allowed);
  std::vector<store::RunFinding> all;
  for (tuning::Finding& f : tuning::audit({s.machine, s.load, s.conditions, s.clock, s.allowed})) {
    all.push_back({std::string(f.code), std::string(f.subject), std::string(tuning::to_text(f.severity)),
                   to_valid_utf8(f.text), std::move(f.help)});
  }
  return all;
}

}  // namespace benchhost::cli
