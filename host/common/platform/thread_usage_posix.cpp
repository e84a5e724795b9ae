#include "common/platform/thread_usage.h"

#include <time.h>

#include "common/platform/resource_use_posix.h"

namespace benchhost::platform {
namespace {

std::int64_t to_ns(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::int64_t>(time.tv_usec) * 1000;
}

}  // namespace

ResourceUse from_rusage(const rusage& raw, bool with_size) noexcept {
  ResourceUse use;
#if defined(__APPLE__)
  constexpr std::uint64_t kSizeUnit = 1;
#else
  constexpr std::uint64_t kSizeUnit = 1024;  // getrusage(2): ru_maxrss is in kilobytes
#endif
  if (with_size) use.max_rss_bytes = static_cast<std::uint64_t>(raw.ru_maxrss) * kSizeUnit;
  use.user_ns = to_ns(raw.ru_utime);
  use.system_ns = to_ns(raw.ru_stime);
  use.minor_faults = static_cast<std::uint64_t>(raw.ru_minflt);
  use.major_faults = static_cast<std::uint64_t>(raw.ru_majflt);
  use.voluntary_switches = static_cast<std::uint64_t>(raw.ru_nvcsw);
  use.involuntary_switches = static_cast<std::uint64_t>(raw.ru_nivcsw);
  return use;
}

ResourceUse operator-(const ResourceUse& later, const ResourceUse& earlier) {
  ResourceUse difference = later;
  difference.user_ns -= earlier.user_ns;
  difference.system_ns -= earlier.system_ns;
  difference.minor_faults -= earlier.minor_faults;
  difference.major_faults -= earlier.major_faults;
  difference.voluntary_switches -= earlier.voluntary_switches;
  difference.involuntary_switches -= earlier.involuntary_switches;
  return difference;
}

std::optional<std::int64_t> thread_cpu_ns() noexcept {
  timespec now{};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return std::nullopt;
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

std::optional<ResourceUse> thread_use() noexcept {
#if defined(RUSAGE_THREAD)
  rusage raw{};
  if (getrusage(RUSAGE_THREAD, &raw) == 0) return from_rusage(raw, false);
#endif
  return std::nullopt;
}

std::optional<ResourceUse> process_use() noexcept {
  rusage raw{};
  if (getrusage(RUSAGE_SELF, &raw) != 0) return std::nullopt;
  return from_rusage(raw, true);
}

std::optional<ResourceUse> children_use() noexcept {
  rusage raw{};
  if (getrusage(RUSAGE_CHILDREN, &raw) != 0) return std::nullopt;
  return from_rusage(raw, true);
}

}  // namespace benchhost::platform
