#include "common/platform/counter_access.h"

#include <utility>

#include "common/platform/energy.h"

namespace benchhost::platform {

std::vector<SourceAccess> counter_access(EventSource& source) {
  EventCounters counters(source);
  counters.resume();
  counters.pause();
  std::vector<SourceAccess> all;
  for (EventCount& count : counters.read()) {
    all.push_back({std::string(event_name(count.event)), std::move(count.null_reason)});
  }
  return all;
}

std::vector<SourceAccess> energy_access(Files& files, const std::filesystem::path& root) {
  EnergyMeter meter(files, root);
  std::vector<SourceAccess> all;
  if (!meter.any()) return all;
  // Whether they can be read is asked, not what they use: any time that is long enough does.
  meter.begin(0);
  meter.end(kLeastEnergyWindowNs);
  for (ZoneEnergy& zone : meter.used()) all.push_back({std::move(zone.zone), std::move(zone.null_reason)});
  return all;
}

}  // namespace benchhost::platform
