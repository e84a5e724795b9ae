#include "report/run_detail.h"

#include <algorithm>
#include <set>

#include "common/stats/histogram.h"
#include "report/run_view.h"

namespace benchhost::report {

namespace p = protocol;

namespace {

// Whether a segment holds samples of what is asked for.
bool is_of(const p::Segment& segment, p::Quantity timed, const std::string& metric) {
  if (timed != p::Quantity::reported) {
    return segment.quantity == timed && segment.phase == p::SegmentPhase::measure && segment.n > 0;
  }
  const bool measured = segment.phase == p::SegmentPhase::measure || segment.phase == p::SegmentPhase::process;
  return measured && segment.metric == metric && segment.label.empty() &&
         (segment.quantity == p::Quantity::reported || segment.quantity == p::Quantity::recorded);
}

void add(const p::Segment& segment, const std::set<std::uint64_t>& disturbed, InvocationSamples& to) {
  const bool timed = segment.quantity == p::Quantity::wall || segment.quantity == p::Quantity::span;
  const double n = timed ? static_cast<double>(segment.n) : 1.0;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    to.values.push_back(segment.is_real() ? segment.reals[i] : static_cast<double>(segment.integers[i]) / n);
    to.disturbed.push_back(timed && disturbed.contains(segment.first_batch + i * segment.batch_step));
  }
}

// The middle of each bucket, with its count.
void add(const p::RecorderHistogram& counts, InvocationSamples& to) {
  const stats::Histogram scale;
  for (const auto& [index, count] : counts.buckets) {
    const auto bucket = static_cast<std::int32_t>(index);
    if (bucket < 0 || bucket >= scale.bucket_limit()) continue;
    const double low = static_cast<double>(scale.bucket_low(bucket));
    const double high = static_cast<double>(scale.bucket_high(bucket));
    to.counted.emplace_back((low + high) / 2, count);
  }
}

// The text of a warning in the event log, whoever wrote it.
std::string warning_text(const Json& body) {
  for (const char* member : {"text", "message", "warning"}) {
    if (body[member].is_string()) return body[member].as_string();
  }
  return to_text(body);
}

}  // namespace

Result<CaseSamples> read_samples(store::RunReader& reader, const store::StoredResult& result,
                                 const std::vector<store::StoredInvocation>& invocations, std::uint64_t& samples_left) {
  CaseSamples samples;
  const store::StoredMeasurement* primary = primary_of(result);
  if (primary == nullptr) return samples;
  const p::MetricRecord& metric = primary->metric;
  p::Quantity timed = p::Quantity::reported;
  if (metric.domain == p::Domain::host) timed = p::Quantity::wall;
  if (metric.domain == p::Domain::queue) timed = p::Quantity::span;
  samples.what =
      timed == p::Quantity::reported ? (metric.title.empty() ? metric.id : metric.title) : "time per iteration";
  samples.unit = timed == p::Quantity::reported ? metric.unit : "ns";
  const std::string& source = metric.source.empty() ? metric.id : metric.source;
  for (const store::StoredInvocation& stored : invocations) {
    InvocationSamples one;
    one.index = stored.invocation.index;
    const auto& marked = stored.invocation.disturbed_batches;
    const std::set<std::uint64_t> disturbed(marked.begin(), marked.end());
    for (const store::SegmentInfo& info : stored.segments) {
      if (!is_of(info.segment, timed, source)) continue;
      if (info.count > samples_left) {
        samples.unread += info.count;
        continue;
      }
      samples_left -= info.count;
      BH_TRY(const p::Segment segment, reader.segment(info.id));
      add(segment, disturbed, one);
    }
    for (const store::Histogram& counts : stored.invocation.histograms) {
      if (timed == p::Quantity::reported && counts.metric == source) add(counts, one);
    }
    samples.invocations.push_back(std::move(one));
  }
  return samples;
}

Result<RunDetail> read_detail(store::RunReader& reader, store::RunId run,
                              const std::vector<store::StoredResult>& results, const DetailLimits& limits) {
  RunDetail detail;
  BH_TRY(detail.devices, reader.run_devices(run));
  BH_TRY(detail.backends, reader.run_backends(run));
  BH_TRY(const auto events, reader.events(run, 0, 0));
  for (const store::Event& e : events) {
    if (e.kind == "warning") detail.warnings.push_back(warning_text(e.body));
  }
  std::uint64_t samples_left = limits.samples;
  for (const store::StoredResult& result : results) {
    const std::string& id = result.start.case_.benchmark;
    if (!detail.benchmarks.contains(id)) {
      BH_TRY(auto benchmark, reader.benchmark(id));
      if (benchmark) detail.benchmarks.emplace(id, std::move(*benchmark));
    }
    const store::StoredMeasurement* primary = primary_of(result);
    if (primary == nullptr || primary->measurement.samples == 0) continue;
    if (detail.cases.size() == limits.cases) {
      ++detail.cases_left_out;
      continue;
    }
    BH_TRY(const auto invocations, reader.invocations(result.id));
    BH_TRY(const CaseSamples samples, read_samples(reader, result, invocations, samples_left));
    CaseDetail& one = detail.cases[result.id];
    one.shape = shape_of(samples);
    one.counts = counted_sums(invocations);
    one.energies = energy_sums(invocations);
    const auto stated =
        std::ranges::find_if(invocations, [](const store::StoredInvocation& s) { return !s.invocation.work.empty(); });
    if (stated != invocations.end()) one.work = stated->invocation.work;
  }
  return detail;
}

}  // namespace benchhost::report
