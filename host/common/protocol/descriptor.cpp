#include "common/protocol/descriptor.h"

#include "common/base/digest.h"
#include "common/protocol/record_members.h"

namespace benchhost::protocol {

const MetricRecord* BenchmarkRecord::primary() const {
  for (const MetricRecord& metric : metrics) {
    if (metric.primary) return &metric;
  }
  return nullptr;
}

const ParamRecord* BenchmarkRecord::parameter(std::string_view name) const {
  for (const ParamRecord& param : parameters) {
    if (param.name == name) return &param;
  }
  return nullptr;
}

Json to_json(const MetricRecord& record) { return detail::put(record); }
Result<MetricRecord> metric_from_json(const Json& json) { return detail::read_record<MetricRecord>(json); }
Json to_json(const BenchmarkRecord& record) { return detail::put(record); }
Result<BenchmarkRecord> benchmark_from_json(const Json& json) { return detail::read_record<BenchmarkRecord>(json); }
Json to_json(const PluginRecord& record) { return detail::put(record); }
Result<PluginRecord> plugin_from_json(const Json& json) { return detail::read_record<PluginRecord>(json); }
std::string descriptor_digest(const PluginRecord& record) { return digest_text(to_text(to_json(record))); }
Json to_json(const FoundCase& found) { return detail::put(found); }
Result<FoundCase> found_case_from_json(const Json& json) { return detail::read_record<FoundCase>(json); }

}  // namespace benchhost::protocol
