#include "worker/measure/usage_sum.h"

namespace benchhost::measure {
namespace {

/// Adds later - earlier; the sum of nothing is 0.
template <class T>
void add_difference(std::optional<T>& sum, bool first, const std::optional<T>& later, const std::optional<T>& earlier) {
  const bool known = later && earlier && (first || sum);
  sum = known ? std::optional<T>((first ? T{0} : *sum) + (*later - *earlier)) : std::nullopt;
}

}  // namespace

void UsageSum::add(const UsageTotals& before, const UsageTotals& after, std::optional<std::uint64_t> resident_bytes,
                   std::optional<std::uint64_t> peak_bytes) {
  const bool first = !any_;
  any_ = true;
  add_difference(usage_.minor_faults, first, after.minor_faults, before.minor_faults);
  add_difference(usage_.major_faults, first, after.major_faults, before.major_faults);
  add_difference(usage_.voluntary_switches, first, after.voluntary_switches, before.voluntary_switches);
  add_difference(usage_.involuntary_switches, first, after.involuntary_switches, before.involuntary_switches);
  add_difference(usage_.user_ns, first, after.user_ns, before.user_ns);
  add_difference(usage_.system_ns, first, after.system_ns, before.system_ns);
  add_difference(usage_.steal_ns, first, after.steal_ns, before.steal_ns);
  if (!first && !usage_.peak_rss_bytes) return;
  if (first || !peak_bytes || *peak_bytes > *usage_.peak_rss_bytes) {
    usage_.peak_rss_bytes = peak_bytes;
    usage_.rss_at_prepare_bytes = resident_bytes;
  }
}

}  // namespace benchhost::measure
