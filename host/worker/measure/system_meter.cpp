#include "worker/measure/system_meter.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

#include "common/platform/thread_usage.h"

#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace benchhost::measure {
namespace {

/// The kernel counts stolen time in ticks of 10 ms; reading more often tells nothing more.
constexpr std::int64_t kStealEveryNs = 10'000'000;
/// Of /proc/stat with a thousand CPUs, whose lines come first.
constexpr std::size_t kStatBytes = std::size_t{128} << 10;
constexpr Bytes kStatusLimit{std::uint64_t{1} << 16};

std::optional<std::int64_t> process_cpu_ns() noexcept {
#if defined(CLOCK_PROCESS_CPUTIME_ID)
  timespec time{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0)
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
#endif
  return std::nullopt;
}

/// Field `index` (from 0) of a line of blanks and numbers after its name.
std::optional<std::int64_t> field(std::string_view line, int index) {
  auto at = line.find(' ');
  for (int i = 0; at != std::string_view::npos; ++i) {
    while (at < line.size() && line[at] == ' ') ++at;
    if (i == index) {
      std::int64_t value = 0;
      const auto parsed = std::from_chars(line.data() + at, line.data() + line.size(), value);
      return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
    }
    at = line.find(' ', at);
  }
  return std::nullopt;
}

}  // namespace

SystemMeter::SystemMeter(platform::Clock& clock, platform::Files& files, std::vector<std::uint32_t> cpus)
    : clock_(clock), files_(files), cpus_(std::move(cpus)), text_(kStatBytes) {
#if defined(__linux__)
  stat_ = platform::OwnedHandle(open("/proc/stat", O_RDONLY | O_CLOEXEC));
#endif
}

std::optional<std::int64_t> SystemMeter::read_steal() noexcept {
#if defined(__linux__)
  static constexpr int kStealField = 7;
  if (!stat_.valid()) return std::nullopt;
  const ssize_t size = pread(stat_.get(), text_.data(), text_.size(), 0);
  if (size <= 0) return std::nullopt;
  std::string_view text(text_.data(), static_cast<std::size_t>(size));
  std::int64_t ticks = 0;
  std::size_t found = 0;
  while (text.starts_with("cpu")) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    std::uint32_t cpu = 0;
    const bool numbered = std::from_chars(line.data() + 3, line.data() + line.size(), cpu).ec == std::errc();
    // The first line is the sum over all CPUs.
    const bool wanted = cpus_.empty() ? !numbered : numbered && std::ranges::find(cpus_, cpu) != cpus_.end();
    if (wanted) {
      const auto value = field(line, kStealField);
      if (!value) return std::nullopt;
      ticks += *value;
      ++found;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const long per_second = sysconf(_SC_CLK_TCK);
  if (found == 0 || per_second <= 0) return std::nullopt;
  return ticks * (1'000'000'000 / per_second);
#else
  return std::nullopt;
#endif
}

UsageReading SystemMeter::read(StealReading steal) noexcept {
  UsageReading reading;
  const std::int64_t now = clock_.now_ns();
  const bool due = steal == StealReading::due && now - stolen_at_ns_ >= kStealEveryNs;
  if (!stolen_ns_ || due || steal == StealReading::now) {
    stolen_at_ns_ = now;
    stolen_ns_ = read_steal();
  }
  reading.steal_ns = stolen_ns_;
  const auto use = platform::process_use();
  const auto children = platform::children_use();
  if (use && children) {
    reading.involuntary_switches = use->involuntary_switches + children->involuntary_switches;
    reading.voluntary_switches = use->voluntary_switches + children->voluntary_switches;
  }
  // The process's own clock is finer than its use.
  if (const auto own = process_cpu_ns(); own && children)
    reading.cpu_ns = *own + children->user_ns + children->system_ns;
  return reading;
}

UsageTotals SystemMeter::totals() {
  UsageTotals totals;
  totals.steal_ns = read_steal();
  const auto use = platform::process_use();
  const auto children = platform::children_use();
  if (use && children) {
    totals.minor_faults = use->minor_faults + children->minor_faults;
    totals.major_faults = use->major_faults + children->major_faults;
    totals.voluntary_switches = use->voluntary_switches + children->voluntary_switches;
    totals.involuntary_switches = use->involuntary_switches + children->involuntary_switches;
    totals.user_ns = use->user_ns + children->user_ns;
    totals.system_ns = use->system_ns + children->system_ns;
  }
  return totals;
}

std::optional<std::uint64_t> SystemMeter::status_bytes(std::string_view key) {
#if defined(__linux__)
  const auto status = files_.read("/proc/self/status", kStatusLimit);
  if (!status.ok()) return std::nullopt;
  const auto at = status->find("\n" + std::string(key) + ":");
  if (at == std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(*status).substr(at + key.size() + 2);
  const auto digit = rest.find_first_of("0123456789");
  std::uint64_t kibibytes = 0;
  if (digit == std::string_view::npos ||
      std::from_chars(rest.data() + digit, rest.data() + rest.size(), kibibytes).ec != std::errc()) {
    return std::nullopt;
  }
  return kibibytes * 1024;
#else
  static_cast<void>(key);
  return std::nullopt;
#endif
}

std::optional<std::uint64_t> SystemMeter::start_peak() {
  peak_is_ours_ = false;
#if defined(__linux__)
  // 5: resets the peak of resident memory (proc(5)). Refused in some containers.
  const platform::OwnedHandle refs(open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC));
  peak_is_ours_ = refs.valid() && write(refs.get(), "5", 1) == 1;
#endif
  children_ = platform::children_use().value_or(platform::ResourceUse{});
  return status_bytes("VmRSS");
}

std::optional<std::uint64_t> SystemMeter::peak_rss_bytes() {
  if (!peak_is_ours_) return std::nullopt;
  const auto peak = status_bytes("VmHWM");
  const auto children = platform::children_use();
  if (!peak || !children) return std::nullopt;
  // The system keeps the largest child of the whole process's life; what several used at the same time is not told.
  const bool ended = children->minor_faults != children_.minor_faults;
  if (!ended) return peak;
  if (children->max_rss_bytes.value_or(0) <= children_.max_rss_bytes.value_or(0)) return std::nullopt;
  return *peak + *children->max_rss_bytes;
}

}  // namespace benchhost::measure
