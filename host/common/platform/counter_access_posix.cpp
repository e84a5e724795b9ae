#include "common/platform/counter_access.h"

#include <cerrno>
#include <system_error>
#if defined(__linux__)
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#endif

#include "common/platform/handle.h"
#include "common/platform/system_text.h"

namespace benchhost::platform {
namespace {

std::string said_by_system(int number) { return std::generic_category().message(number); }

#if defined(__linux__)
struct Event {
  const char* name;
  std::uint32_t type;
  std::uint64_t config;
};

constexpr auto kEvents = std::to_array<Event>({
    {"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {"cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    {"branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    {"task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
    {"context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES},
    {"cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS},
    {"page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
});

std::string reason_of(int number, bool hardware) {
  switch (number) {
    case EACCES:
    case EPERM:
      return "not allowed: kernel.perf_event_paranoid, or a sandbox, forbids it";
    case ENOSYS:
      return "this kernel has no perf events";
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
      return hardware ? "the processor, or the hypervisor below, offers no such counter"
                      : "this kernel has no such counter";
    default:
      return said_by_system(number);
  }
}
#endif

}  // namespace

std::vector<SourceAccess> counter_access() {
  std::vector<SourceAccess> all;
#if defined(__linux__)
  for (const Event& event : kEvents) {
    perf_event_attr attr{};
    attr.size = sizeof attr;
    attr.type = event.type;
    attr.config = event.config;
    attr.disabled = 1;
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    const OwnedHandle handle(
        static_cast<int>(::syscall(SYS_perf_event_open, &attr, 0, -1, -1, std::uint64_t{PERF_FLAG_FD_CLOEXEC})));
    all.push_back({event.name, handle.valid() ? "" : reason_of(errno, event.type == PERF_TYPE_HARDWARE)});
  }
#endif
  return all;
}

std::vector<SourceAccess> energy_access(Files& files, const std::filesystem::path& root) {
  std::vector<SourceAccess> all;
  const std::filesystem::path folder = root / "sys/class/powercap";
  const auto entries = files.list(folder);
  if (!entries.ok()) return all;
  for (const DirectoryEntry& entry : *entries) {
    const auto name = read_system_text(files, folder / entry.name / "name");
    if (!name) continue;
    const auto energy = files.read_start(folder / entry.name / "energy_uj", Bytes{32});
    all.push_back({*name + " (" + entry.name + ")", energy.ok() ? "" : energy.error().message});
  }
  return all;
}

}  // namespace benchhost::platform
