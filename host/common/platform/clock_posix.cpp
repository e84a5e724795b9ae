#include <time.h>

#include <cerrno>
#include <fstream>

#include "common/platform/clock.h"

namespace benchhost::platform {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::int64_t read_ns(clockid_t id) noexcept {
  timespec now{};
  clock_gettime(id, &now);  // cannot fail: both clocks exist on every supported system
  return static_cast<std::int64_t>(now.tv_sec) * kNsPerSecond + now.tv_nsec;
}

}  // namespace

std::int64_t SystemClock::now_ns() noexcept { return read_ns(CLOCK_MONOTONIC); }
std::int64_t SystemClock::wall_ns() noexcept { return read_ns(CLOCK_REALTIME); }

void SystemClock::sleep_until(std::int64_t deadline_ns) noexcept {
#if defined(__linux__) || defined(__FreeBSD__)
  timespec deadline{};
  deadline.tv_sec = static_cast<time_t>(deadline_ns / kNsPerSecond);
  deadline.tv_nsec = static_cast<long>(deadline_ns % kNsPerSecond);
  if (deadline_ns <= 0) return;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr) == EINTR) {
  }
#else
  for (std::int64_t left = deadline_ns - now_ns(); left > 0; left = deadline_ns - now_ns()) {
    timespec span{static_cast<time_t>(left / kNsPerSecond), static_cast<long>(left % kNsPerSecond)};
    nanosleep(&span, nullptr);
  }
#endif
}

std::string SystemClock::source() const {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string name;
  if (std::getline(file, name) && !name.empty()) return "CLOCK_MONOTONIC (" + name + ")";
  return "CLOCK_MONOTONIC";
}

std::optional<std::int64_t> SystemClock::resolution_ns() const {
  timespec step{};
  if (clock_getres(CLOCK_MONOTONIC, &step) != 0) return std::nullopt;
  return static_cast<std::int64_t>(step.tv_sec) * kNsPerSecond + step.tv_nsec;
}

}  // namespace benchhost::platform
