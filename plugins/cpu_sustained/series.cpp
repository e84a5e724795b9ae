#include "series.h"

#include <algorithm>
#include <cmath>

namespace sustained {

std::vector<double> rates_by_part(const std::vector<Window>& windows) {
  if (windows.empty()) return {};
  double total_ns = 0;
  for (const Window& window : windows) total_ns += static_cast<double>(window.duration_ns);
  const double part_ns = total_ns / kParts;
  std::vector<double> amounts(kParts, 0.0);
  double begin_ns = 0;
  for (const Window& window : windows) {
    const double duration_ns = static_cast<double>(window.duration_ns);
    const double end_ns = begin_ns + duration_ns;
    for (int part = 0; part < kParts; ++part) {
      const double shared_ns = std::min(end_ns, (part + 1) * part_ns) - std::max(begin_ns, part * part_ns);
      if (shared_ns > 0) amounts[static_cast<std::size_t>(part)] += window.amount * shared_ns / duration_ns;
    }
    begin_ns = end_ns;
  }
  std::vector<double> rates;
  for (const double amount : amounts) rates.push_back(amount / part_ns * 1e9);
  return rates;
}

std::uint64_t next_iterations(std::uint64_t iterations, std::int64_t took_ns, std::int64_t target_ns) {
  const double took = static_cast<double>(std::max<std::int64_t>(1, took_ns));
  const double wanted = static_cast<double>(iterations) * static_cast<double>(target_ns) / took;
  return static_cast<std::uint64_t>(std::max(std::round(wanted), 1.0));
}

}  // namespace sustained
