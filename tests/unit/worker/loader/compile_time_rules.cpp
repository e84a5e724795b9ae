#include "compile_time_rules.h"

#include <benchhost/cpp/validate.hpp>

#include <vector>

namespace benchhost::loader::test {
namespace {

template <class Item, class List>
std::vector<Item> wrapped(const List& list) {
  std::vector<Item> items;
  for (std::uint32_t i = 0; i < list.count; ++i) items.push_back({list.items[i]});
  return items;
}

}  // namespace

bool wrapper_accepts(const bh_benchmark_t& b) {
  using namespace benchhost::detail;
  const auto params = wrapped<Param>(b.parameters);
  const auto metrics = wrapped<Metric>(b.metrics);
  const auto slots = wrapped<Slot>(b.slots);
  const auto summaries = wrapped<Summary>(b.summaries);
  for (const Finding& finding :
       {fault_of(About{b}), fault_of(params.data(), params.size()),
        fault_of(metrics.data(), metrics.size(), !slots.empty()), fault_of(slots.data(), slots.size()),
        fault_of(summaries.data(), summaries.size(), metrics.data(), metrics.size(), params.data(), params.size())}) {
    if (finding.fault != Fault::none) return false;
  }
  return true;
}

}  // namespace benchhost::loader::test
