// Where an instance is in its life: what the tags of the SDK are checked against (sdk base.h section 6, plugin.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <thread>

namespace benchhost::measure {

enum class LifeState : std::uint32_t { none = 0, created, preparing, prepared, timed, open, failed };

/// The lifecycle function in progress; `none` between calls.
enum class Call : std::uint32_t {
  none = 0,
  create,
  prepare,
  prepare_batch,
  run,
  finish_batch,
  verify,
  process,
  teardown,
  destroy
};

[[nodiscard]] std::string_view to_text(LifeState state);
[[nodiscard]] std::string_view to_text(Call call);

/// Sets of states, as tags name them.
using States = std::uint32_t;
[[nodiscard]] constexpr States one(LifeState state) { return 1u << static_cast<std::uint32_t>(state); }

inline constexpr States kPreparing = one(LifeState::preparing);
inline constexpr States kPrepared = one(LifeState::prepared);
/// `open` is inside run as well: what timed allows, it allows.
inline constexpr States kTimed = one(LifeState::timed) | one(LifeState::open);
inline constexpr States kUntimed =
    one(LifeState::created) | kPreparing | kPrepared | one(LifeState::open) | one(LifeState::failed);

/// State and call, readable from every thread at the price of one relaxed load.
/// Thread: set by the control thread, which is the one that made it.
class Life {
 public:
  void set(LifeState state, Call call) {
    call_.store(call, std::memory_order_relaxed);
    state_.store(state, std::memory_order_relaxed);
  }
  [[nodiscard]] LifeState state() const { return state_.load(std::memory_order_relaxed); }
  [[nodiscard]] Call call() const { return call_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool in(States states) const { return (one(state()) & states) != 0; }
  [[nodiscard]] bool on_control_thread() const { return std::this_thread::get_id() == control_; }

 private:
  std::atomic<LifeState> state_{LifeState::none};
  std::atomic<Call> call_{Call::none};
  std::thread::id control_ = std::this_thread::get_id();
};

}  // namespace benchhost::measure
