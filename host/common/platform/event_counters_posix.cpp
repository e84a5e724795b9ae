// Of POSIX systems only Linux has perf_event_open(2).
#include "common/platform/event_counters.h"

#if defined(__linux__)
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#endif

namespace benchhost::platform {
namespace {

#if defined(__linux__)

struct Kind {
  std::uint32_t type;
  std::uint64_t config;
};

Kind kind_of(CountedEvent event) {
  switch (event) {
    case CountedEvent::instructions:
      return {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS};
    case CountedEvent::cycles:
      return {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES};
    case CountedEvent::branches:
      return {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS};
    case CountedEvent::branch_misses:
      return {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES};
    case CountedEvent::cache_references:
      return {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES};
    case CountedEvent::cache_misses:
      return {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES};
    case CountedEvent::context_switches:
      return {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES};
    case CountedEvent::migrations:
      return {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS};
    case CountedEvent::page_faults:
      return {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS};
  }
  return {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY};
}

/// Switches and migrations happen in the kernel: without its work they would always count 0.
bool happens_in_kernel(CountedEvent event) {
  return event == CountedEvent::context_switches || event == CountedEvent::migrations;
}

std::string paranoid_level() {
  const int file = ::open("/proc/sys/kernel/perf_event_paranoid", O_RDONLY | O_CLOEXEC);
  if (file < 0) return "unknown";
  char text[16] = {};
  const ssize_t size = ::read(file, text, sizeof text - 1);
  ::close(file);
  std::string level(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!level.empty() && (level.back() == '\n' || level.back() == ' ')) level.pop_back();
  return level.empty() ? "unknown" : level;
}

std::string reason_of(int error) {
  switch (error) {
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
      return "the processor, or what it is virtualised by, has no counter of it";
    case EACCES:
    case EPERM:
      return "the kernel gives no leave: kernel.perf_event_paranoid is " + paranoid_level() +
             ", or a sandbox forbids the call";
    case ENOSYS:
      return "the kernel has no perf_event_open";
    case EMFILE:
    case ENFILE:
      return "too many files are open";
    default:
      return std::string("perf_event_open: ") + std::strerror(error);
  }
}

class KernelEvents final : public EventSource {
 public:
  Opened open(CountedEvent event, int leader, bool user_only) override {
    const Kind kind = kind_of(event);
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = kind.type;
    attributes.config = kind.config;
    attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    // The leader switches the whole group.
    attributes.disabled = leader < 0;
    attributes.inherit = 1;
    attributes.exclude_hv = 1;
    attributes.exclude_kernel = user_only;
    constexpr int kThisThread = 0;
    constexpr int kAnyCpu = -1;
    const long opened = syscall(SYS_perf_event_open, &attributes, kThisThread, kAnyCpu, leader,
                                static_cast<unsigned long>(PERF_FLAG_FD_CLOEXEC));
    Opened result;
    if (opened >= 0) {
      result.handle = static_cast<int>(opened);
      return result;
    }
    const int error = errno;
    const bool refused = error == EACCES || error == EPERM;
    result.refusal = {error, reason_of(error), refused && !user_only && !happens_in_kernel(event)};
    return result;
  }
  void count(int leader, bool on) noexcept override {
    static_cast<void>(ioctl(leader, on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP));
  }
  std::optional<EventReading> read(int handle) noexcept override {
    std::uint64_t values[3] = {};
    if (::read(handle, values, sizeof values) != static_cast<ssize_t>(sizeof values)) return std::nullopt;
    return EventReading{values[0], values[1], values[2]};
  }
  void close(int handle) noexcept override { ::close(handle); }
};

#else

class NoEvents final : public EventSource {
 public:
  Opened open(CountedEvent, int, bool) override {
    Opened refused;
    refused.refusal.reason = "this system counts no events for a program";
    return refused;
  }
  void count(int, bool) noexcept override {}
  std::optional<EventReading> read(int) noexcept override { return std::nullopt; }
  void close(int) noexcept override {}
};

#endif

}  // namespace

std::unique_ptr<EventSource> system_event_source() {
#if defined(__linux__)
  return std::make_unique<KernelEvents>();
#else
  return std::make_unique<NoEvents>();
#endif
}

}  // namespace benchhost::platform
