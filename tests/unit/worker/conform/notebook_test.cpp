#include "worker/conform/notebook.h"

#include <doctest/doctest.h>

#include <vector>

using namespace benchhost::conform;
using benchhost::protocol::Finding;
using benchhost::protocol::Observation;
using benchhost::protocol::Requirement;

namespace {

class Collecting final : public benchhost::measure::Reporter {
 public:
  void send(benchhost::protocol::Message message) override { all.push_back(std::get<Observation>(message)); }
  std::vector<Observation> all;
};

}  // namespace

TEST_CASE("a check says that it begins before it can die, and that it passed when nothing else was said") {
  Collecting reporter;
  Notebook notes(reporter, {});
  {
    Check check(notes, Requirement::prepares, "a");
    REQUIRE(check);
    CHECK(reporter.all.size() == 1);
    CHECK(reporter.all[0].finding == Finding::begun);
  }
  REQUIRE(reporter.all.size() == 2);
  CHECK(reporter.all[1].finding == Finding::passed);
  CHECK(reporter.all[1].requirement == 402);
  CHECK(reporter.all[1].where == "a");
}

TEST_CASE("the first word of a check counts") {
  Collecting reporter;
  Notebook notes(reporter, {});
  {
    Check check(notes, Requirement::prepares, "a");
    check.warn("first");
    check.fail("second");
    CHECK_FALSE(check.good());
  }
  CHECK(reporter.all.back().finding == Finding::warned);
  CHECK(reporter.all.back().text == "first");
}

TEST_CASE("a check that ended the process before is left out without a word, others of its requirement are not") {
  Collecting reporter;
  Notebook notes(reporter, {"402 a"});
  CHECK_FALSE(static_cast<bool>(Check(notes, Requirement::prepares, "a")));
  CHECK(reporter.all.empty());
  CHECK(static_cast<bool>(Check(notes, Requirement::prepares, "b")));
  CHECK(static_cast<bool>(Check(notes, Requirement::repeats_cycles, "a")));
}
