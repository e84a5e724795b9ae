// What of a run only pictures need: samples, condensed, and what was running on what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/message.h"
#include "report/noise_text.h"
#include "report/sample_shape.h"
#include "store/run_store.h"

namespace benchhost::report {

/// How much is read: it bounds memory and time, whatever a run holds.
struct DetailLimits {
  std::size_t cases = 200;            ///< with samples, in plan order
  std::uint64_t samples = 5'000'000;  ///< of all of them together
};

/// Of one case.
struct CaseDetail {
  CaseShape shape;
  std::vector<protocol::WorkItem> work;  ///< of one iteration; empty: not stated
  std::vector<CountedSum> counts;
  std::vector<EnergySum> energies;
};

struct RunDetail {
  std::vector<store::DeviceRow> devices;
  std::vector<store::BackendRow> backends;
  std::map<std::string, protocol::BenchmarkRecord> benchmarks;  ///< by id, as last described
  std::vector<std::string> warnings;                            ///< of the run, as told while it went on
  std::map<store::ResultId, CaseDetail> cases;
  std::size_t cases_left_out = 0;  ///< measured, and over the limit
};

/// The samples of a result's primary metric: by the host's or the device's clock the time per iteration of each batch,
/// else what the plugin reported or recorded. What is over `samples_left` is not read, and what is read is taken off.
[[nodiscard]] Result<CaseSamples> read_samples(store::RunReader& reader, const store::StoredResult& result,
                                               const std::vector<store::StoredInvocation>& invocations,
                                               std::uint64_t& samples_left);

/// Of the run and these results of it.
[[nodiscard]] Result<RunDetail> read_detail(store::RunReader& reader, store::RunId run,
                                            const std::vector<store::StoredResult>& results,
                                            const DetailLimits& limits = {});

}  // namespace benchhost::report
