#include "suite/model.h"

#include <algorithm>

namespace benchhost::suite {

std::string to_text(const Position& at) {
  if (at.line == 0) return at.file;
  return at.file + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

const char* to_text(Priority priority) {
  switch (priority) {
    case Priority::critical:
      return "critical";
    case Priority::high:
      return "high";
    case Priority::medium:
      return "medium";
    case Priority::low:
      return "low";
  }
  return "medium";
}

const char* to_text(WhenUnmet when) {
  switch (when) {
    case WhenUnmet::warn:
      return "warn";
    case WhenUnmet::skip:
      return "skip";
    case WhenUnmet::fail:
      return "fail";
  }
  return "warn";
}

Settings merge(const Settings& base, const Settings& own) {
  Settings out = own;
  const auto take = [](auto& to, const auto& from) {
    if (!to) to = from;
  };
  take(out.devices, base.devices);
  take(out.precision_ratio, base.precision_ratio);
  take(out.time_ns, base.time_ns);
  take(out.invocations, base.invocations);
  take(out.timeout_ns, base.timeout_ns);
  take(out.priority, base.priority);
  take(out.exclusive, base.exclusive);
  take(out.share_device, base.share_device);
  take(out.when_unmet, base.when_unmet);
  out.tags.insert(out.tags.begin(), base.tags.begin(), base.tags.end());
  out.thresholds.insert(out.thresholds.begin(), base.thresholds.begin(), base.thresholds.end());
  for (const auto& label : base.labels) {
    if (std::ranges::none_of(out.labels, [&](const auto& l) { return l.first == label.first; }))
      out.labels.push_back(label);
  }
  for (const Demand& demand : base.environment) {
    if (std::ranges::none_of(out.environment, [&](const Demand& d) { return d.name == demand.name; }))
      out.environment.push_back(demand);
  }
  return out;
}

}  // namespace benchhost::suite
