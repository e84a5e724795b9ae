// From the facts of a worker's end to its one outcome. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/platform/process.h"
#include "common/protocol/message.h"

namespace benchhost::supervise {

/// Why the host ended a worker; the first reason stays.
enum class Intervention : std::uint8_t { none, protocol, cancelled, silence, total_time, memory };

struct Ending {
  Intervention intervention = Intervention::none;
  /// What it was: the protocol's error, "no life sign for 30 s".
  std::string intervention_text;
  platform::ExitStatus exit;
  std::optional<protocol::Final> final;
  /// The stream ended between two frames.
  bool at_boundary = true;
  /// Processes that it had started were there after its end, and have been ended.
  bool left_processes = false;
  protocol::Phase phase = protocol::Phase::starting;
};

struct Judgement {
  protocol::Outcome outcome = protocol::Outcome::infra_error;
  std::string code;
  std::string reason;
};

[[nodiscard]] Judgement judge(const Ending& ending);

/// How code of the plugin's own ended the process, before its last message or after it: "SIGSEGV", "exit 3". "": it did
/// not, or somebody else may have had a part: a signal that comes from outside (KILL, TERM, INT), the host itself, a
/// limit, or the time before the plugin was loaded and while a backend opened its devices.
[[nodiscard]] std::string own_fault(const Ending& ending);

}  // namespace benchhost::supervise
