#include "worker/loader/metric_reader.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "common/protocol/descriptor_rules.h"

namespace benchhost::loader {
namespace {

using protocol::Direction;
using protocol::Domain;
using protocol::MetricKind;
using protocol::MetricRecord;

/// "" or why the host cannot make such a value (the table of metrics.h, section Metrics).
std::string domain_rule(const MetricRecord& m) {
  const bool host = m.domain == Domain::host;
  if (!host && m.domain != Domain::queue) return {};
  switch (m.kind) {
    case MetricKind::time:
      return m.unit == "ns" ? "" : "a time that the host takes is in ns";
    case MetricKind::rate:
      if (m.work.empty()) return "a rate that the host computes names its work";
      return protocol::is_rate_unit(m.unit) ? "" : "a rate that the host computes is per second";
    case MetricKind::energy:
      return !host ? "queues have no energy" : m.unit.starts_with("J") ? "" : "energy is in J";
    case MetricKind::power:
      return !host ? "queues have no power" : m.unit == "W" ? "" : "power is in W";
    case MetricKind::bytes:
      return !host ? "queues have no memory" : m.unit == "By" ? "" : "peak memory is in By";
    default:
      return "the host takes times, rates, energy, power and peak memory only";
  }
}

}  // namespace

MetricRecord read_metric(FieldReader& reader, const bh_metric_t& metric) {
  MetricRecord m;
  m.id = reader.id("id", metric.id, true);
  reader.require(metric.kind <= BH_KIND_COUNT, "kind", fmt::format("{} is no kind", metric.kind));
  reader.require(metric.direction <= BH_DIRECTION_TARGET, "direction",
                 fmt::format("{} is no direction", metric.direction));
  reader.require(metric.domain <= BH_DOMAIN_SELF, "domain", fmt::format("{} is no domain", metric.domain));
  reader.require((metric.flags & ~(BH_METRIC_PRIMARY | BH_METRIC_LABELLED)) == 0, "flags",
                 fmt::format("has unknown bits: {}", metric.flags));
  if (!reader.ok()) return m;
  m.kind = static_cast<MetricKind>(metric.kind);
  m.direction = static_cast<Direction>(metric.direction);
  m.domain = static_cast<Domain>(metric.domain);
  m.primary = (metric.flags & BH_METRIC_PRIMARY) != 0;
  m.labelled = (metric.flags & BH_METRIC_LABELLED) != 0;
  m.title = reader.text("title", metric.title, kMandatoryTitle);
  m.unit = reader.text("unit", metric.unit, kMandatoryId);
  reader.require(protocol::is_unit(m.unit), "unit", fmt::format("'{}' is not in the registry of units", m.unit));
  m.description = reader.text("description", metric.description, kMandatoryText);
  m.work = reader.text("work", metric.work, kIdRule);
  m.statistic = reader.text("statistic", metric.statistic, kIdRule);
  m.source = reader.id("source", metric.source, false);
  reader.require(std::isfinite(metric.noise_floor_ratio) && metric.noise_floor_ratio >= 0, "noise_floor_ratio",
                 "must be finite and not negative");
  if (metric.noise_floor_ratio > 0) m.noise_floor_ratio = metric.noise_floor_ratio;
  if (m.direction == Direction::target) {
    reader.require(std::isfinite(metric.target), "target", "is not finite");
    m.target = metric.target;
  }
  if (!reader.ok()) return m;

  const bool hosts = m.domain == Domain::host || m.domain == Domain::queue;
  if (m.kind == MetricKind::time) reader.require(m.unit == "ns", "unit", "of a time is ns");
  reader.require(m.work.empty() || (hosts && (m.kind == MetricKind::rate || m.kind == MetricKind::energy)), "work",
                 "is for rates and energy of domain HOST or QUEUE");
  reader.require(m.work.empty() || protocol::is_work_key(m.work, true), "work",
                 fmt::format("'{}' is no work key", m.work));
  reader.require(m.statistic.empty() || protocol::is_statistic(m.statistic), "statistic",
                 fmt::format("'{}' is none of mean, median, min, max, sum, p50, p99.9 and the like", m.statistic));
  reader.require(!m.labelled || !hosts, "flags", "a labelled metric is of domain SELF or NONE");
  reader.require(!m.labelled || !m.primary, "flags", "a labelled metric is never primary");
  if (const std::string rule = domain_rule(m); !rule.empty()) reader.refuse("domain", rule);
  return m;
}

std::string broken_source(const MetricRecord& metric, const std::vector<MetricRecord>& all) {
  if (metric.source.empty()) return {};
  const auto found = std::ranges::find(all, metric.source, &MetricRecord::id);
  if (found == all.end() || found->id == metric.id)
    return fmt::format("'{}' is no other metric of the benchmark", metric.source);
  if (found->domain != Domain::self || metric.domain != Domain::self) return "source and metric are of domain SELF";
  if (found->unit != metric.unit)
    return fmt::format("'{}' is in {}, this metric in {}", found->id, found->unit, metric.unit);
  if (!found->source.empty()) return fmt::format("'{}' has a source itself", found->id);
  return {};
}

std::vector<MetricRecord> read_metrics(FieldReader& reader, const bh_metric_list_t& list) {
  std::vector<MetricRecord> read;
  if (!reader.require(list.count > 0, "metrics", "a benchmark has at least one")) return read;
  if (!reader.list("metrics", list.items, list.count, list.stride, BH_SIZE_TO(bh_metric_t, target))) return read;
  for (std::uint32_t i = 0; i < list.count && reader.ok(); ++i) {
    FieldReader::Item item(reader, fmt::format("metric {}", i));
    const bh_metric_t& metric = *BH_AT(bh_metric_t, &list, i);
    item.rename("metric", metric.id);
    MetricRecord record = read_metric(reader, metric);
    reader.require(std::ranges::find(read, record.id, &MetricRecord::id) == read.end(), "id",
                   fmt::format("'{}' is there twice", record.id));
    read.push_back(std::move(record));
  }
  if (!reader.ok()) return read;
  reader.require(std::ranges::count(read, true, &MetricRecord::primary) == 1, "metrics", "exactly one is primary");
  for (const MetricRecord& metric : read) {
    const FieldReader::Item item(reader, fmt::format("metric '{}'", metric.id));
    if (const std::string rule = broken_source(metric, read); !rule.empty()) reader.refuse("source", rule);
  }
  return read;
}

}  // namespace benchhost::loader
