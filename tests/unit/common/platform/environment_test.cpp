#include "common/platform/environment.h"

#include <doctest/doctest.h>

#include <cstdlib>

using benchhost::platform::Environment;

TEST_CASE("an unset variable is told from an empty one") {
  Environment environment;
  environment.set("EMPTY", "").set("A", "1").set("A", "2");
  CHECK(environment.get("EMPTY") == "");
  CHECK(environment.get("A") == "2");
  CHECK_FALSE(environment.get("NONE"));
  environment.unset("A").unset("NONE");
  CHECK_FALSE(environment.get("A"));
  CHECK(environment.all().size() == 1);
}

TEST_CASE("the process's variables are read, also values with an equals sign") {
  REQUIRE(setenv("BENCHHOST_TEST_VARIABLE", "a=b=c", 1) == 0);
  CHECK(Environment::of_process().get("BENCHHOST_TEST_VARIABLE") == "a=b=c");
  REQUIRE(unsetenv("BENCHHOST_TEST_VARIABLE") == 0);
  CHECK_FALSE(Environment::of_process().get("BENCHHOST_TEST_VARIABLE"));
}
