#include "conform/supervised_trials.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/platform/temp_folder.h"

namespace benchhost::conform {
namespace {

class Collector final : public supervise::Observer {
 public:
  explicit Collector(TrialEnd& end) : end_(end) {}
  void on_message(const protocol::Message& message) override {
    if (const auto* o = std::get_if<protocol::Observation>(&message)) end_.observations.push_back(*o);
    if (const auto* r = std::get_if<protocol::PluginRecord>(&message)) end_.record = *r;
  }

 private:
  TrialEnd& end_;
};

/// More than any machine has: as good as no claim.
constexpr std::uint64_t kMostClaimed = std::uint64_t{1} << 50;
/// Beyond what a case claims, and copies of it: its code, libraries, and copies that trials take.
constexpr std::uint64_t kRoomBytes = std::uint64_t{1} << 30;

}  // namespace

Result<TrialEnd> SupervisedTrials::run(const protocol::CheckJob& asked) {
  BH_TRY(const auto scratch, platform::TempFolder::make(program_.working_folder));
  protocol::CheckJob job = asked;
  job.run.scratch_dir = scratch.path().string();
  supervise::Limits limits;
  limits.silence_ns = silence_ns_;
  limits.total_ns = 20 * silence_ns_;
  limits.slow_notice_ns = 0;
  limits.grace_ns = 500'000'000;
  limits.output_head_bytes = 4096;
  limits.output_tail_bytes = 4096;
  limits.message_bytes_max = 64u << 20;
  limits.rss_limit_bytes = 4 * std::min(job.run.memory_limit_bytes.value_or(0), kMostClaimed) + kRoomBytes;
  TrialEnd end;
  Collector collector(end);
  BH_TRY(const supervise::WorkerReport report,
         supervise::run_worker(program_, protocol::Job(job), limits, collector, cancel_));
  end.outcome = report.outcome;
  end.reason = report.reason;
  if (report.outcome == protocol::Outcome::interrupted) return make_error("", "the check was stopped");
  for (const auto& [name, stream] :
       {std::pair{"standard output", &report.stdout_text}, {"standard error", &report.stderr_text}}) {
    if (stream->total_bytes == 0) continue;
    end.output += fmt::format("{}{} bytes on {}: {}", end.output.empty() ? "" : "; ", stream->total_bytes, name,
                              supervise::last_words(*stream));
  }
  return end;
}

}  // namespace benchhost::conform
