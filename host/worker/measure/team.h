// A team of pinned threads that start together (sdk host.h, "Threads").
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <benchhost/host.h>

#include "common/base/result.h"

namespace benchhost::measure {

/// How members wait: watching a word in memory for so many turns before they sleep; 0: sleep at once (BH_PIN_NONE).
struct TeamWait {
  std::uint32_t idle_spins = 0;  ///< between two runs
  std::uint32_t run_spins = 0;   ///< inside a run: at barriers, and for the last member
};

/// Members that wait for run(): member 0 is the thread that opens the team and calls run, the others are threads of the
/// team's own. Thread: open, run and the destructor: control; barrier: members, inside run.
class Team {
 public:
  /// cpus: one per member, or empty for a team that is not pinned; then each may run on all of `home`, or where the
  /// calling thread may if that is empty too. The calling thread stays where that puts it.
  /// Errors: the system gives no thread; a CPU that a member cannot be pinned to.
  [[nodiscard]] static Result<std::unique_ptr<Team>> open(std::uint32_t count, std::vector<std::uint32_t> cpus,
                                                          std::vector<std::uint32_t> home, TeamWait wait);
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  /// Joins. Requires: no run is in progress.
  ~Team();

  /// Calls function(argument, index) on every member, released together, and returns when the last has returned. What
  /// leaves a member as an exception ends the process. Requires: no run is in progress.
  void run(bh_team_function_t function, void* argument) noexcept;
  /// Waits until every member is here or has returned.
  void barrier() noexcept;

  /// Between the begin and the end of run(). Thread: any.
  [[nodiscard]] bool running() const { return running_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t size() const { return count_; }
  /// -1: not pinned, or no such member.
  [[nodiscard]] std::int32_t cpu(std::uint32_t index) const;

 private:
  Team(std::uint32_t count, std::vector<std::uint32_t> cpus, std::vector<std::uint32_t> home, TeamWait wait)
      : count_(count), cpus_(std::move(cpus)), home_(std::move(home)), wait_(wait) {}
  [[nodiscard]] bool settle(std::uint32_t index) const noexcept;
  void member(std::uint32_t index) noexcept;
  void take_part(std::uint32_t index) noexcept;
  void wait_for_change(const std::atomic<std::uint32_t>& word, std::uint32_t old, std::uint32_t spins) const noexcept;
  void arrive(bool leave) noexcept;

  const std::uint32_t count_;
  const std::vector<std::uint32_t> cpus_;
  const std::vector<std::uint32_t> home_;
  const TeamWait wait_;
  std::vector<std::thread> threads_;
  bh_team_function_t function_ = nullptr;
  void* argument_ = nullptr;
  bool ending_ = false;
  std::atomic<bool> running_{false};
  std::atomic<bool> pinned_{true};
  // Each on a line of its own: members watch one while others write another.
  alignas(64) std::atomic<std::uint32_t> generation_{0};  ///< raised by run: what the others wait for
  alignas(64) std::atomic<std::uint32_t> finished_{0};    ///< raised by the last member: what member 0 waits for
  alignas(64) std::atomic<std::uint32_t> phase_{0};       ///< raised when a barrier opens
  alignas(64) std::atomic<std::uint64_t> arrived_{0};     ///< members still running << 32 | arrived at the barrier
};

}  // namespace benchhost::measure

/// The handle that plugins hold.
struct bh_team {
  explicit bh_team(std::unique_ptr<benchhost::measure::Team> opened) : team(std::move(opened)) {}
  std::unique_ptr<benchhost::measure::Team> team;
  void* owner = nullptr;  ///< the services that opened it
};
