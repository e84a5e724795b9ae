#include "suite/device_tuples.h"

#include <fmt/format.h>

#include <algorithm>

namespace benchhost::suite {
namespace {

/// Devices for one slot, or why there are none.
struct Candidates {
  std::vector<std::size_t> devices;
  std::string reason;
};

Candidates candidates_for(const std::optional<CheckedExpression>& requirement, const CompiledBenchmark& benchmark,
                          const DeviceChoice& choice, const std::vector<DeviceInput>& devices,
                          const ExprFacts& machine) {
  Candidates out;
  CaseFacts facts;  // parameters stay unknown: what holds for no device whatever they are is decided here
  facts.machine = &machine;
  facts.benchmark = benchmark.record;
  for (const std::size_t i : choice.usable) {
    facts.device = &devices[i].record;
    if (!requirement) {
      out.devices.push_back(i);
      continue;
    }
    const ExprOutcome outcome = requirement->evaluate(facts);
    if (outcome.is_true() || (!outcome.is_false() && requirement->uses_scope("param"))) {
      out.devices.push_back(i);
    } else if (out.reason.empty()) {
      const auto part = requirement->first_unmet_part(facts);
      if (part)
        out.reason = fmt::format("{}: it requires {}, and {}", devices[i].record.name, part->text, part->reason);
    }
  }
  if (!out.devices.empty() || !out.reason.empty()) return out;
  if (!choice.unusable.empty()) {
    const protocol::DeviceRecord& device = devices[choice.unusable.front()].record;
    out.reason = fmt::format("{} cannot be used: {}", device.name, device.reason);
  } else if (!choice.asked.empty()) {
    out.reason = fmt::format("no device here matches '{}'", choice.asked);
  } else {
    out.reason = "it requires a device, and no backend offers one here";
  }
  return out;
}

void fill(const CompiledBenchmark& benchmark, const std::vector<Candidates>& slots, DeviceTuple& tuple,
          std::vector<DeviceTuple>& out) {
  const std::size_t slot = tuple.size();
  if (slot == slots.size()) {
    out.push_back(tuple);
    return;
  }
  bool filled = false;
  for (const std::size_t device : slots[slot].devices) {
    const bool taken = std::ranges::find(tuple, std::optional(device)) != tuple.end();
    if (taken && !benchmark.record->slots[slot].shared) continue;
    filled = true;
    tuple.emplace_back(device);
    fill(benchmark, slots, tuple, out);
    tuple.pop_back();
  }
  if (filled || !benchmark.record->slots[slot].optional) return;
  tuple.emplace_back(std::nullopt);
  fill(benchmark, slots, tuple, out);
  tuple.pop_back();
}

}  // namespace

DeviceTuples device_tuples(const CompiledBenchmark& benchmark, const DeviceChoice& choice,
                           const std::vector<DeviceInput>& devices, const ExprFacts& machine) {
  DeviceTuples out;
  std::vector<Candidates> slots;
  for (std::size_t i = 0; i < benchmark.slots.size(); ++i) {
    slots.push_back(candidates_for(benchmark.slots[i], benchmark, choice, devices, machine));
    if (slots.back().devices.empty() && !benchmark.record->slots[i].optional && out.none_reason.empty())
      out.none_reason = slots.back().reason;
  }
  if (out.none_reason.empty()) {
    DeviceTuple tuple;
    fill(benchmark, slots, tuple, out.tuples);
    if (out.tuples.empty())
      out.none_reason = fmt::format("it needs a device of its own for each of {} slots", benchmark.slots.size());
  }
  if (out.tuples.empty()) out.tuples.emplace_back(benchmark.slots.size(), std::nullopt);
  return out;
}

}  // namespace benchhost::suite
