#include "cli/exit_status.h"

#include <doctest/doctest.h>

using benchhost::cli::ExitStatus;
using benchhost::cli::worst;

TEST_CASE("where several statuses apply: a bug, the signal, infrastructure, failures, a gate") {
  CHECK(worst({ExitStatus::gate, ExitStatus::failed}) == ExitStatus::failed);
  CHECK(worst({ExitStatus::failed, ExitStatus::incomplete}) == ExitStatus::incomplete);
  CHECK(worst({ExitStatus::interrupted, ExitStatus::incomplete}) == ExitStatus::interrupted);
  CHECK(worst({ExitStatus::bug, ExitStatus::interrupted, ExitStatus::failed}) == ExitStatus::bug);
  CHECK(worst({ExitStatus::ok, ExitStatus::nothing}) == ExitStatus::nothing);
  CHECK(worst({}) == ExitStatus::ok);
}
