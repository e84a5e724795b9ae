// A clock that a test moves by hand.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "common/platform/clock.h"

namespace benchhost::test {

/// Time passes only by advance(), by sleep_until() and by `step_ns` at each reading (0 unless told).
/// Thread: any.
class FakeClock final : public platform::Clock {
 public:
  explicit FakeClock(std::int64_t start_ns = 1'000'000'000, std::int64_t step_ns = 0)
      : now_ns_(start_ns), step_ns_(step_ns) {}

  [[nodiscard]] std::int64_t now_ns() noexcept override { return now_ns_.fetch_add(step_ns_); }
  /// 2026-01-01T00:00:00Z and what passed since.
  [[nodiscard]] std::int64_t wall_ns() noexcept override { return 1'767'225'600'000'000'000 + now_ns_.load(); }
  void sleep_until(std::int64_t deadline_ns) noexcept override {
    std::int64_t now = now_ns_.load();
    while (now < deadline_ns && !now_ns_.compare_exchange_weak(now, deadline_ns)) {
    }
  }
  [[nodiscard]] std::string source() const override { return "fake"; }
  [[nodiscard]] std::optional<std::int64_t> resolution_ns() const override { return std::nullopt; }

  void advance(std::int64_t ns) noexcept { now_ns_.fetch_add(ns); }

 private:
  std::atomic<std::int64_t> now_ns_;
  std::int64_t step_ns_;
};

}  // namespace benchhost::test
