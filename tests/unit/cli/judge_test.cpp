#include <doctest/doctest.h>

#include <csignal>

#include "cli/run_execution.h"

using benchhost::cli::ExitStatus;
using benchhost::cli::judge;
using benchhost::protocol::Outcome;
using benchhost::schedule::RunSummary;

namespace {

ExitStatus status_of(std::map<Outcome, std::uint64_t> outcomes, int signal = 0) {
  RunSummary summary;
  summary.outcomes = std::move(outcomes);
  summary.signal = signal;
  return judge(summary, {}).status;
}

}  // namespace

TEST_CASE("a case that was skipped for what the machine lacks is no failure beside one that passed") {
  CHECK(status_of({{Outcome::passed, 1}, {Outcome::skipped, 5}}) == ExitStatus::ok);
  CHECK(status_of({{Outcome::skipped, 5}}) == ExitStatus::nothing);
  CHECK(status_of({}) == ExitStatus::nothing);
}

TEST_CASE("every way of not passing is exit status 1") {
  for (const Outcome o :
       {Outcome::failed, Outcome::crashed, Outcome::timed_out, Outcome::out_of_memory, Outcome::protocol_error}) {
    CHECK(status_of({{Outcome::passed, 9}, {o, 1}}) == ExitStatus::failed);
  }
}

TEST_CASE("what could not be run counts more than what failed, and a signal more than both") {
  CHECK(status_of({{Outcome::failed, 1}, {Outcome::infra_error, 1}}) == ExitStatus::incomplete);
  CHECK(status_of({{Outcome::infra_error, 1}, {Outcome::interrupted, 1}}, SIGINT) == ExitStatus::interrupted);
  CHECK(status_of({{Outcome::passed, 1}}, SIGTERM) == ExitStatus::terminated);
}

namespace {

benchhost::cli::RunResult gated(std::uint64_t tripped, std::uint64_t undecided, std::uint64_t noisy,
                                std::uint64_t skipped, benchhost::cli::FailOn fail_on) {
  RunSummary summary;
  summary.outcomes[Outcome::passed] = 3;
  if (skipped > 0) summary.outcomes[Outcome::skipped] = skipped;
  summary.gates_tripped = tripped;
  summary.gates_undecided = undecided;
  summary.noisy_cases = noisy;
  return judge(summary, fail_on);
}

}  // namespace

TEST_CASE("a limit of the suite that is not kept trips the gate whatever --fail-on says") {
  CHECK(gated(1, 0, 0, 0, {}).status == ExitStatus::gate);
  CHECK(gated(1, 0, 0, 0, {}).reason == "1 limit of the suite is not kept");
  CHECK(gated(0, 4, 5, 6, {}).status == ExitStatus::ok);
}

TEST_CASE("--fail-on adds noise and skipped cases to the gate") {
  CHECK(gated(0, 1, 0, 0, {true, false}).reason == "1 limit of the suite is not decided");
  CHECK(gated(0, 0, 2, 0, {true, false}).reason == "2 cases are imprecise or disturbed");
  CHECK(gated(0, 0, 2, 0, {false, true}).status == ExitStatus::ok);
  CHECK(gated(0, 0, 0, 2, {false, true}).reason == "2 cases were skipped");
  CHECK(gated(2, 1, 1, 1, {true, true}).reason ==
        "2 limits of the suite are not kept; 1 limit of the suite is not decided; 1 case is imprecise or disturbed; 1 "
        "case was skipped");
}

TEST_CASE("a case that failed counts more than a gate") {
  RunSummary summary;
  summary.outcomes[Outcome::failed] = 1;
  summary.gates_tripped = 1;
  CHECK(judge(summary, {}).status == ExitStatus::failed);
}
