// The loads of cpu_scaling against values found by another program, and against the closed forms of its oracle.
#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "cpu_scaling/expected.h"
#include "cpu_scaling/loads.h"

using namespace scaling;

namespace {

std::vector<std::uint64_t> words_of(Part lines) {
  std::vector<std::uint64_t> words;
  for (std::uint64_t i = lines.begin * kLineWords; i < lines.end * kLineWords; ++i) words.push_back(word_of(i));
  return words;
}

}  // namespace

// The numbers are from a Python program that takes each chain through its steps with long integers.
TEST_CASE("the chains of cpu_scaling end where another program says") {
  CHECK(compute({0, kGroups}, 0, 1) == 0x9433eaf1697f0000u);
  CHECK(compute({16, 24}, 3, 1) == 0xd4939090b55557e0u);
}

TEST_CASE("the closed form of the chains holds for any part and any passes") {
  CHECK(expected_compute({0, kGroups}, 0, 1) == 0x9433eaf1697f0000u);
  CHECK(expected_compute({16, 24}, 3, 1) == 0xd4939090b55557e0u);
  for (const Part part : {Part{0, 1}, Part{5, 5}, Part{7, 30}, Part{kGroups - 3, kGroups}}) {
    for (const std::uint64_t first : {0u, 1u, 1000u}) {
      for (const std::uint64_t passes : {0u, 1u, 2u, 7u}) {
        CAPTURE(part.begin);
        CAPTURE(first);
        CAPTURE(passes);
        CHECK(compute(part, first, passes) == expected_compute(part, first, passes));
      }
    }
  }
}

TEST_CASE("sums of the array are those of another program and of the closed form, in any pass") {
  constexpr Part kMiBLines{0, (1u << 20) / kLineBytes};
  const std::vector<std::uint64_t> all = words_of(kMiBLines);
  CHECK(sum(all.data(), all.size(), 1) == 0x784e77747c150000u);
  CHECK(expected_sum(kMiBLines) == 0x784e77747c150000u);
  CHECK(sum(all.data(), all.size(), 3) == 3 * 0x784e77747c150000u);
  const std::vector<std::uint64_t> some = words_of({3, 11});
  CHECK(sum(some.data(), some.size(), 1) == 0xcf975c25fc18a8a0u);
  CHECK(expected_sum({3, 11}) == 0xcf975c25fc18a8a0u);
  CHECK(sum(some.data(), 0, 5) == 0);
}

TEST_CASE("threads share the work without a gap, an overlap or more than one unit of difference") {
  for (const std::uint64_t units : {1u, 7u, 16384u}) {
    for (const std::uint64_t threads : {1u, 2u, 3u, 7u, 96u, 1024u}) {
      CAPTURE(units);
      CAPTURE(threads);
      std::uint64_t at = 0;
      for (std::uint64_t i = 0; i < threads; ++i) {
        const Part part = part_of(units, i, threads);
        CHECK(part.begin == at);
        CHECK(part.end - part.begin >= units / threads);
        CHECK(part.end - part.begin <= units / threads + 1);
        at = part.end;
      }
      CHECK(at == units);
    }
  }
}

TEST_CASE("the checksum does not depend on the number of threads") {
  for (const std::uint64_t threads : {1u, 2u, 3u, 64u}) {
    std::uint64_t chains = 0, words = 0;
    for (std::uint64_t i = 0; i < threads; ++i) {
      chains += expected_compute(part_of(kGroups, i, threads), 0, 1);
      words += expected_sum(part_of(16384, i, threads));
    }
    CHECK(chains == 0x9433eaf1697f0000u);
    CHECK(words == 0x784e77747c150000u);
  }
}
