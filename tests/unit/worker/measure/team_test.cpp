// Teams: everybody runs, together, as often as asked; barriers hold; places follow the request.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "worker/measure/team.h"
#include "worker/measure/team_layout.h"

namespace benchhost::measure::test {
namespace {

struct Shared {
  Team* team = nullptr;
  std::atomic<std::uint32_t> ran{0};
  std::atomic<std::uint32_t> behind{0};
  std::vector<std::atomic<std::uint32_t>> phases;
  explicit Shared(std::uint32_t count) : phases(count) {}
};

TEST_CASE("every member runs once in every turn, spinning or asleep, also with more members than cores") {
  for (const TeamWait wait : {TeamWait{0, 0}, TeamWait{200, 200}}) {
    for (const std::uint32_t count : {1u, 2u, 7u, 32u}) {
      CAPTURE(count);
      auto team = Team::open(count, {}, {}, wait);
      REQUIRE(team.ok());
      Shared shared(count);
      for (int turn = 0; turn < 50; ++turn) {
        (*team)->run([](void* argument, std::uint32_t) { static_cast<Shared*>(argument)->ran.fetch_add(1); }, &shared);
        CHECK(shared.ran.load() == count * static_cast<std::uint32_t>(turn + 1));
      }
    }
  }
}

TEST_CASE("nobody passes a barrier before all who still run have come to it") {
  constexpr std::uint32_t kCount = 5;
  auto team = Team::open(kCount, {}, {}, {100, 100});
  REQUIRE(team.ok());
  Shared shared(kCount);
  shared.team = team->get();
  (*team)->run(
      [](void* argument, std::uint32_t index) {
        auto& s = *static_cast<Shared*>(argument);
        // Member 0 returns after one phase, member 1 after two, …: those who have returned are not waited for.
        const std::uint32_t phases = index == kCount - 1 ? 40 : 1 + index;
        for (std::uint32_t phase = 1; phase <= phases; ++phase) {
          s.phases[index].store(phase);
          s.team->barrier();
          for (std::uint32_t other = 0; other < kCount; ++other) {
            const std::uint32_t last = other == kCount - 1 ? 40 : 1 + other;
            if (s.phases[other].load() < std::min(phase, last)) s.behind.fetch_add(1);
          }
        }
      },
      &shared);
  CHECK(shared.behind.load() == 0);
  CHECK(shared.phases[kCount - 1].load() == 40);
}

TEST_CASE("member 0 is the thread that calls run, and no other member is") {
  auto team = Team::open(3, {}, {}, {});
  REQUIRE(team.ok());
  std::vector<std::thread::id> ids(3);
  CHECK_FALSE((*team)->running());
  (*team)->run(
      [](void* argument, std::uint32_t index) {
        (*static_cast<std::vector<std::thread::id>*>(argument))[index] = std::this_thread::get_id();
      },
      &ids);
  CHECK_FALSE((*team)->running());
  CHECK(ids[0] == std::this_thread::get_id());
  CHECK(ids[1] != ids[0]);
  CHECK(ids[2] != ids[0]);
  CHECK(ids[1] != ids[2]);
}

TEST_CASE("a team that is not pinned tells no CPU") {
  auto team = Team::open(2, {}, {}, {});
  REQUIRE(team.ok());
  CHECK((*team)->cpu(0) == -1);
  CHECK((*team)->cpu(99) == -1);
}

TEST_CASE("a CPU that does not exist is refused") { CHECK_FALSE(Team::open(1, {100'000}, {}, {}).ok()); }

TEST_CASE("members are laid out over cores, nodes and hardware threads as asked") {
  // Two nodes of two cores of two hardware threads each.
  std::vector<CpuPlace> places;
  for (std::uint32_t cpu = 0; cpu < 8; ++cpu) places.push_back({cpu, cpu % 4, cpu % 4 / 2});
  const auto cpus = [&](std::uint32_t count, std::uint32_t pin) { return lay_out_team(places, count, pin).value(); };
  CHECK(cpus(4, BH_PIN_HOST) == std::vector<std::uint32_t>{0, 1, 2, 3});
  CHECK(cpus(6, BH_PIN_HOST) == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
  CHECK(cpus(4, BH_PIN_SPREAD) == std::vector<std::uint32_t>{0, 2, 1, 3});
  CHECK(cpus(4, BH_PIN_SIBLINGS) == std::vector<std::uint32_t>{0, 4, 1, 5});
  CHECK(cpus(99, BH_PIN_NONE).empty());
  // The case's CPUs begin in the second node: member 0, the control thread, is on the first of them in each way.
  std::rotate(places.begin(), places.begin() + 2, places.end());
  CHECK(cpus(3, BH_PIN_HOST) == std::vector<std::uint32_t>{2, 3, 4});
  CHECK(cpus(3, BH_PIN_SPREAD) == std::vector<std::uint32_t>{2, 4, 3});
  CHECK(cpus(3, BH_PIN_SIBLINGS) == std::vector<std::uint32_t>{2, 6, 3});
  CHECK_FALSE(lay_out_team(places, 9, BH_PIN_HOST).ok());
  CHECK_FALSE(lay_out_team(places, 1, 77).ok());
  CHECK_FALSE(lay_out_team({}, 1, BH_PIN_HOST).ok());
}

}  // namespace
}  // namespace benchhost::measure::test
