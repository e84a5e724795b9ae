#include "common/base/suggest.h"

#include <doctest/doctest.h>

#include <vector>

using namespace benchhost;

TEST_CASE("inserting, deleting, replacing and swapping neighbours cost one each") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("cuda", "cudaa") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("ab", "ba") == 1);
  CHECK(edit_distance("ca", "abc") == 3);  // the restricted distance: the swapped pair is not edited again
}

TEST_CASE("the nearest name is suggested and a far one is not") {
  const std::vector<std::string> names = {"cpu", "cuda", "opencl", "iterations"};
  CHECK(nearest_name("cudaa", names) == "cuda");
  CHECK(nearest_name("CUDA", names) == "cuda");
  CHECK(nearest_name("opnecl", names) == "opencl");
  CHECK(nearest_name("iter", names) == "iterations");
  CHECK(nearest_name("metal", names) == std::nullopt);
  CHECK(nearest_name("", names) == std::nullopt);
  CHECK(nearest_name("x", names) == std::nullopt);
  CHECK(nearest_name(std::string(100000, 'c'), names) == std::nullopt);
  CHECK(did_you_mean("cudaa", names) == "did you mean 'cuda'?");
  CHECK(did_you_mean("metal", names).empty());
}
