#include "supervise/ending.h"

#include <doctest/doctest.h>

#include <csignal>

#include "supervise/captured_output.h"

using namespace benchhost;
using namespace benchhost::supervise;
using protocol::Outcome;
using protocol::Phase;

namespace {

Ending clean(Outcome outcome = Outcome::passed) {
  Ending ending;
  ending.exit.code = 0;
  ending.final.emplace();
  ending.final->outcome = outcome;
  if (outcome != Outcome::passed) ending.final->reason = "why";
  return ending;
}

}  // namespace

TEST_CASE("an intervention of the host comes before whatever the worker says afterwards") {
  for (const auto& [why, outcome] :
       std::vector<std::pair<Intervention, Outcome>>{{Intervention::protocol, Outcome::protocol_error},
                                                     {Intervention::silence, Outcome::timed_out},
                                                     {Intervention::total_time, Outcome::timed_out},
                                                     {Intervention::memory, Outcome::out_of_memory}}) {
    for (Ending ending : {clean(), clean(Outcome::interrupted), Ending{}}) {
      ending.intervention = why;
      ending.intervention_text = "text";
      CHECK(judge(ending).outcome == outcome);
      CHECK(judge(ending).reason.starts_with("text"));
    }
  }
}

TEST_CASE("a cancelled worker is interrupted unless it finished all the same") {
  Ending ending = clean();
  ending.intervention = Intervention::cancelled;
  CHECK(judge(ending).outcome == Outcome::passed);
  ending = clean(Outcome::failed);
  ending.intervention = Intervention::cancelled;
  CHECK(judge(ending).outcome == Outcome::failed);
  ending.at_boundary = false;
  CHECK(judge(ending).outcome == Outcome::interrupted);
  ending = clean(Outcome::interrupted);
  ending.intervention = Intervention::cancelled;
  CHECK(judge(ending).outcome == Outcome::interrupted);
  ending = clean();
  ending.intervention = Intervention::cancelled;
  ending.exit.code = 1;
  CHECK(judge(ending).outcome == Outcome::interrupted);
}

TEST_CASE("processes that were left behind turn a pass into a broken protocol, and nothing else") {
  Ending ending = clean();
  ending.left_processes = true;
  CHECK(judge(ending).outcome == Outcome::protocol_error);
  CHECK(judge(ending).code == "BH0302");
  CHECK(judge(ending).reason.find("still there") != std::string::npos);
  ending.intervention = Intervention::cancelled;  // in the moment in which it finished
  CHECK(judge(ending).outcome == Outcome::protocol_error);
  for (const Outcome outcome : {Outcome::failed, Outcome::skipped, Outcome::out_of_memory}) {
    ending = clean(outcome);
    ending.left_processes = true;
    CHECK(judge(ending).outcome == outcome);
    CHECK(judge(ending).reason == "why");
  }
  for (const auto& [why, outcome] :
       std::vector<std::pair<Intervention, Outcome>>{{Intervention::silence, Outcome::timed_out},
                                                     {Intervention::total_time, Outcome::timed_out},
                                                     {Intervention::memory, Outcome::out_of_memory}}) {
    ending = clean();
    ending.left_processes = true;
    ending.intervention = why;
    CHECK(judge(ending).outcome == outcome);
  }
  Ending crashed;
  crashed.left_processes = true;
  crashed.exit.signal = 11;
  CHECK(judge(crashed).outcome == Outcome::crashed);
}

TEST_CASE("a fault is the plugin's own where its code ended the process, and nobody else had a part in it") {
  const auto fault = [](int signal, Phase phase, Intervention why = Intervention::none) {
    Ending ending;
    ending.exit.signal = signal;
    ending.phase = phase;
    ending.intervention = why;
    return own_fault(ending);
  };
  // Numbers of Linux and POSIX.
  for (const auto& [signal, name] : std::vector<std::pair<int, std::string>>{{SIGILL, "SIGILL"},
                                                                             {SIGTRAP, "SIGTRAP"},
                                                                             {SIGABRT, "SIGABRT"},
                                                                             {SIGBUS, "SIGBUS"},
                                                                             {SIGFPE, "SIGFPE"},
                                                                             {SIGSEGV, "SIGSEGV"},
                                                                             {SIGSYS, "SIGSYS"}}) {
    for (const Phase phase : {Phase::loading, Phase::describing, Phase::preparing, Phase::measuring, Phase::ending}) {
      CHECK(fault(signal, phase) == name);
    }
  }
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU, SIGUSR1, SIGALRM}) {
    CHECK(fault(signal, Phase::measuring).empty());
  }
  // Before it is loaded nothing of it has run; while devices are opened it is the backend's code that runs.
  CHECK(fault(SIGSEGV, Phase::starting).empty());
  CHECK(fault(SIGSEGV, Phase::opening_device).empty());
  // What it does after the host has begun to end it may come of that.
  for (const Intervention why : {Intervention::cancelled, Intervention::silence, Intervention::total_time,
                                 Intervention::memory, Intervention::protocol}) {
    CHECK(fault(SIGSEGV, Phase::measuring, why).empty());
  }
}

TEST_CASE("a worker that ends before its last message, or otherwise than with 0 after it, was ended by the plugin") {
  for (const int code : {0, 1, 3}) {
    Ending ending;
    ending.exit.code = code;
    ending.phase = Phase::measuring;
    CHECK(own_fault(ending) == "exit " + std::to_string(code));
    ending.final.emplace();
    CHECK(own_fault(ending) == (code == 0 ? "" : "exit " + std::to_string(code)));
    ending.phase = Phase::starting;
    CHECK(own_fault(ending).empty());
  }
  Ending crashed_at_exit = clean(Outcome::failed);
  crashed_at_exit.exit.code.reset();
  crashed_at_exit.exit.signal = SIGSEGV;
  crashed_at_exit.phase = Phase::ending;
  CHECK(own_fault(crashed_at_exit) == "SIGSEGV");
}

TEST_CASE("every outcome but passed has a reason") {
  for (std::uint32_t signal : {0u, 6u, 9u, 11u}) {
    for (const bool final : {false, true}) {
      for (const bool boundary : {false, true}) {
        Ending ending;
        if (signal == 0) {
          ending.exit.code = 0;
        } else {
          ending.exit.signal = static_cast<int>(signal);
        }
        if (final) ending.final.emplace();
        ending.at_boundary = boundary;
        const Judgement judgement = judge(ending);
        CHECK((judgement.outcome == Outcome::passed) == (signal == 0 && final && boundary));
        CHECK(judgement.reason.empty() == (judgement.outcome == Outcome::passed));
        CHECK(judgement.code.empty() == (judgement.outcome == Outcome::passed));
      }
    }
  }
}

TEST_CASE("output is kept whole up to the caps, then as head and tail") {
  OutputCapture capture(4, 3);
  capture.add("ab");
  capture.add("cdef");
  CapturedOutput out = capture.take();
  CHECK(out.head == "abcd");
  CHECK(out.tail == "ef");
  CHECK(out.dropped_bytes() == 0);
  OutputCapture longer(4, 3);
  for (char c = 'a'; c <= 'z'; ++c) longer.add(std::string(1, c));
  out = longer.take();
  CHECK(out.head == "abcd");
  CHECK(out.tail == "xyz");
  CHECK(out.total_bytes == 26);
  CHECK(out.dropped_bytes() == 19);
  OutputCapture nothing(0, 0);
  nothing.add("abc");
  out = nothing.take();
  CHECK(out.head.empty());
  CHECK(out.tail.empty());
  CHECK(out.dropped_bytes() == 3);
}
