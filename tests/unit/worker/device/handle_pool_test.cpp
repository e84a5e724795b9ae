#include "worker/device/handle_pool.h"

#include <cstdint>
#include <set>
#include <vector>

#include <doctest/doctest.h>

using benchhost::device::HandlePool;

namespace {

struct Handle {
  static constexpr std::uint32_t kTag = 7;
  std::uint32_t tag = 0;
  std::uint64_t generation = 0;
  int value = 0;
};

}  // namespace

TEST_CASE("the place of a destroyed handle is left alone for a while, and used again later") {
  HandlePool<Handle> pool;
  Handle* first = pool.take([](Handle& h) { h.value = 1; });
  CHECK(first->tag == Handle::kTag);
  pool.give(first);
  CHECK(first->tag == 0);
  CHECK(first->generation == 1);
  std::set<Handle*> seen;
  for (std::size_t i = 0; i < HandlePool<Handle>::kRest; ++i) {
    Handle* next = pool.take([](Handle&) {});
    CHECK(next != first);
    seen.insert(next);
    pool.give(next);
  }
  CHECK(first->tag == 0);
  // From here on the oldest come back: memory does not grow with the number of handles that ever were.
  CHECK(pool.take([](Handle& h) { h.value = 2; }) == first);
  CHECK(first->value == 2);
  for (int i = 0; i < 10'000; ++i) {
    Handle* next = pool.take([](Handle&) {});
    seen.insert(next);
    pool.give(next);
  }
  CHECK(seen.size() <= HandlePool<Handle>::kRest + 2);
}

TEST_CASE("live handles are those that were taken and not given back") {
  HandlePool<Handle> pool;
  std::vector<Handle*> taken;
  for (int i = 0; i < 200; ++i) taken.push_back(pool.take([&](Handle& h) { h.value = i; }));
  for (std::size_t i = 0; i < taken.size(); i += 2) pool.give(taken[i]);
  const std::vector<Handle*> live = pool.live();
  REQUIRE(live.size() == 100);
  for (std::size_t i = 0; i < live.size(); ++i) CHECK(live[i]->value == static_cast<int>(2 * i + 1));
}
