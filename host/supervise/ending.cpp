#include "supervise/ending.h"

#include <algorithm>
#include <array>

namespace benchhost::supervise {
namespace {

using protocol::Outcome;

constexpr const char* kBrokeProtocol = "BH0302";
constexpr const char* kCrashed = "BH0303";
constexpr const char* kSilent = "BH0304";
constexpr const char* kOutOfMemory = "BH0305";

std::string while_in(protocol::Phase phase) { return " while " + std::string(phase_name(phase)); }

const char* code_for(Outcome outcome) {
  switch (outcome) {
    case Outcome::crashed:
      return kCrashed;
    case Outcome::timed_out:
      return kSilent;
    case Outcome::out_of_memory:
      return kOutOfMemory;
    case Outcome::protocol_error:
      return kBrokeProtocol;
    default:
      return "";
  }
}

Judgement from_final(const protocol::Final& final) {
  return {final.outcome, final.code.empty() ? code_for(final.outcome) : final.code, final.reason};
}

/// The worker ended by itself, after its last word.
Judgement judge_after_final(const Ending& ending) {
  if (ending.exit.succeeded() && ending.at_boundary) return from_final(*ending.final);
  const std::string how = ending.exit.succeeded() ? "wrote more to the result pipe" : to_text(ending.exit);
  if (ending.final->outcome != Outcome::passed) {
    // What went wrong first is what has to be read.
    Judgement judgement = from_final(*ending.final);
    judgement.reason += "; after its last message the worker ended so: " + how;
    return judgement;
  }
  if (ending.exit.succeeded())
    return {Outcome::protocol_error, kBrokeProtocol, "after its last message the worker " + how};
  return {Outcome::crashed, kCrashed, "after its last message, while the process ended: " + how};
}

Judgement judge_intervention(const Ending& ending) {
  switch (ending.intervention) {
    case Intervention::protocol:
      return {Outcome::protocol_error, kBrokeProtocol, ending.intervention_text};
    case Intervention::cancelled:
      return {Outcome::interrupted, "", ending.intervention_text + while_in(ending.phase)};
    case Intervention::memory:
      return {Outcome::out_of_memory, kOutOfMemory, ending.intervention_text + while_in(ending.phase)};
    case Intervention::silence:
    case Intervention::total_time:
    case Intervention::none:
      break;
  }
  return {Outcome::timed_out, kSilent, ending.intervention_text + while_in(ending.phase)};
}

Judgement judge_process(const Ending& ending) {
  if (ending.intervention != Intervention::none) {
    // It finished in the same moment in which it was asked to stop: what is done is done.
    const bool finished_all_the_same = ending.intervention == Intervention::cancelled && ending.final &&
                                       ending.final->outcome != Outcome::interrupted && ending.exit.succeeded() &&
                                       ending.at_boundary;
    return finished_all_the_same ? from_final(*ending.final) : judge_intervention(ending);
  }
  if (ending.final) return judge_after_final(ending);
  if (ending.exit.signal) {
    std::string reason = to_text(ending.exit) + while_in(ending.phase);
    constexpr int kKill = 9;
    if (*ending.exit.signal == kKill) {
      reason += "; the signal came from outside: the system's out-of-memory killer, or a person";
    }
    return {Outcome::crashed, kCrashed, std::move(reason)};
  }
  const std::string code = ending.exit.code ? std::to_string(*ending.exit.code) : "unknown";
  return {Outcome::protocol_error, kBrokeProtocol,
          "ended with exit " + code + " before it had finished" + while_in(ending.phase) +
              (ending.at_boundary ? "" : ", in the middle of a message")};
}

// A processor sends these to who did something wrong, and abort to itself. A breakpoint is what a compiler's trap is on
// some architectures.
constexpr std::array<std::string_view, 7> kFaultSignals = {"SIGSEGV", "SIGBUS",  "SIGILL", "SIGFPE",
                                                           "SIGABRT", "SIGTRAP", "SIGSYS"};

}  // namespace

Judgement judge(const Ending& ending) {
  Judgement judgement = judge_process(ending);
  if (ending.left_processes && judgement.outcome == Outcome::passed) {
    // They may have run beside the measurement, and would beside the next. Whatever else went wrong says more.
    return {
        Outcome::protocol_error, kBrokeProtocol,
        "processes that it started were still there when it had finished, and were ended: a plugin waits for its own"};
  }
  return judgement;
}

std::string own_fault(const Ending& ending) {
  if (ending.intervention != Intervention::none) return {};
  if (ending.phase == protocol::Phase::starting || ending.phase == protocol::Phase::opening_device) return {};
  if (ending.exit.signal) {
    std::string name = platform::signal_name(*ending.exit.signal);
    return std::ranges::find(kFaultSignals, name) != kFaultSignals.end() ? name : std::string();
  }
  // The worker ends by itself after its last message only, and then with 0.
  if (ending.exit.code && (!ending.final || *ending.exit.code != 0)) return "exit " + std::to_string(*ending.exit.code);
  return {};
}

}  // namespace benchhost::supervise
