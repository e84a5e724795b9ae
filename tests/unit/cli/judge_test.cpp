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
  return judge(summary).status;
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
