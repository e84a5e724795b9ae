#include "schedule/supervised_runner.h"

#include <fmt/format.h>

#include <utility>

#include "common/base/terminal_text.h"
#include "common/base/utf8.h"

namespace benchhost::schedule {

namespace {

// Often enough for a clock that people look at, and nothing beside a measurement.
constexpr std::int64_t kTickNs = 1'000'000'000;

class Forwarder final : public supervise::Observer {
 public:
  explicit Forwarder(MessageTaker& taker) : taker_(taker) {}
  void on_message(const protocol::Message& message) override { taker_.on_message(message); }
  void on_slow(std::int64_t silent_ns, protocol::Phase phase) override { taker_.on_slow(silent_ns, phase); }
  void on_tick() override { taker_.on_tick(); }

 private:
  MessageTaker& taker_;
};

// Text columns hold text: what a stream carried that is none is shown the way a terminal would have to be shown it.
std::string as_text(const std::string& bytes) {
  return is_utf8(bytes) && bytes.find('\0') == std::string::npos ? bytes : escape_for_terminal(bytes, LineBreaks::keep);
}

void add_output(const supervise::CapturedOutput& captured, const std::string& source,
                std::vector<store::LogLine>& lines) {
  if (captured.total_bytes == 0) return;
  std::string text = as_text(captured.head);
  if (captured.dropped_bytes() > 0)
    text += fmt::format("\n... {} bytes were dropped here ...\n", captured.dropped_bytes());
  text += as_text(captured.tail);
  lines.push_back({"info", source, std::move(text)});
}

}  // namespace

Result<WorkerReport> SupervisedRunner::run(const protocol::RunJob& job, std::int64_t timeout_ns, MessageTaker& taker) {
  supervise::Limits limits = limits_;
  limits.total_ns = timeout_ns;
  limits.tick_ns = kTickNs;
  // A claim is an estimate of the benchmark's data; twice that and room for its code and libraries is certainly too
  // much.
  constexpr std::uint64_t kRoom = std::uint64_t{1} << 30;
  // A claim of more than any machine has is as good as none.
  constexpr std::uint64_t kMostClaimed = std::uint64_t{1} << 60;
  if (job.memory_limit_bytes && *job.memory_limit_bytes < kMostClaimed) {
    limits.rss_limit_bytes = 2 * *job.memory_limit_bytes + kRoom;
  }
  Forwarder forwarder(taker);
  BH_TRY(supervise::WorkerReport ended,
         supervise::run_worker(program_, protocol::Job(job), limits, forwarder, cancel_));
  WorkerReport report;
  report.outcome = ended.outcome;
  report.code = std::move(ended.code);
  report.reason = std::move(ended.reason);
  report.phase = ended.phase;
  report.flags = std::move(ended.flags);
  report.exit_code = ended.exit_code;
  report.signal = ended.signal;
  report.own_fault = std::move(ended.own_fault);
  report.wall_ns = ended.wall_ns;
  add_output(ended.stdout_text, "stdout", report.output);
  add_output(ended.stderr_text, "stderr", report.output);
  return report;
}

}  // namespace benchhost::schedule
