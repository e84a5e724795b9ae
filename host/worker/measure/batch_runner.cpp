#include "worker/measure/batch_runner.h"

#include <algorithm>
#include <cmath>

namespace benchhost::measure {
namespace {

/// A batch may take a minute and ten times what its iterations took before (sdk plugin.h, "Deadlines").
constexpr double kDeadlineNs = 60e9;
constexpr double kDeadlineFactor = 10;
/// Life signs of short batches are sent this seldom: each is a system call and wakes the supervisor.
constexpr std::int64_t kSignEveryNs = 500'000'000;
/// After a pause of this length stolen time is read anew, so that no batch is charged what was stolen in the pause.
constexpr std::int64_t kPauseNs = 1'000'000;

template <class T>
std::optional<T> difference(const std::optional<T>& later, const std::optional<T>& earlier) {
  return later && earlier ? std::optional<T>(*later - *earlier) : std::nullopt;
}

}  // namespace

void BatchRunner::announce(protocol::Phase phase, std::uint64_t total) {
  phase_ = phase;
  done_ = 0;
  total_ = total;
  // Makes the next batch send a sign.
  signed_deadline_ns_ = 0;
}

void BatchRunner::sign(std::uint64_t n) {
  const double bound = std::min(kDeadlineNs + kDeadlineFactor * per_iteration_ns_ * static_cast<double>(n), 9e18);
  const auto deadline = static_cast<std::int64_t>(bound);
  const std::int64_t now = setup_.clock->now_ns();
  if (signed_deadline_ns_ != 0 && now - signed_at_ns_ < kSignEveryNs && deadline <= 2 * signed_deadline_ns_) return;
  signed_at_ns_ = now;
  signed_deadline_ns_ = deadline;
  protocol::Progress progress;
  progress.phase = phase_;
  progress.deadline_ns = deadline;
  progress.done = done_;
  progress.total = total_;
  progress.estimate = estimate_;
  setup_.reporter->send(std::move(progress));
}

CallEnd BatchRunner::timed(const bh_batch_t& batch, BatchRow* row) {
  const bool paused = ended_at_ns_ == 0 || setup_.clock->now_ns() - ended_at_ns_ >= kPauseNs;
  const UsageReading before = setup_.meter->read(paused ? StealReading::now : StealReading::kept);
  if (setup_.devices != nullptr) {
    if (setup_.queue) {
      auto begun = setup_.devices->begin_queue_run(batch.n);
      if (!begun.ok()) {
        setup_.instance->fail();
        return {BH_E_DEVICE, Call::run, begun.error().message, false};
      }
    } else {
      setup_.devices->begin_run();
    }
  }
  TimedRun timed;
  // Between the two readings of usage, which would be counted too.
  if (events_ != nullptr) events_->resume();
  CallEnd ended = setup_.instance->run(*setup_.clock, batch, &timed);
  if (setup_.devices != nullptr) {
    if (setup_.queue) {
      QueueEnd queue = setup_.devices->end_queue_run();
      timed.end_ns = queue.host_end_ns;
      row->span_ns = queue.duration_ns;
      if (!queue.duration_ns && no_span_.empty())
        no_span_ = queue.reason.empty() ? "the device gave no time" : queue.reason;
      if (ended.ok() && queue.status != BH_OK) {
        setup_.instance->fail();
        ended = {known_status(queue.status), Call::run, queue.text.empty() ? "the device failed" : queue.text, false};
      }
    } else {
      setup_.devices->end_run();
      slow_calls_ += setup_.devices->slow_calls_in_run();
    }
  }
  if (events_ != nullptr) events_->pause();
  // Between batches without a pause it is read now and then only, and charged to the batch after which it shows.
  const UsageReading after = setup_.meter->read(paused ? StealReading::now : StealReading::due);
  ended_at_ns_ = setup_.clock->now_ns();
  row->wall_ns = timed.end_ns - timed.begin_ns;
  row->cpu_ns = difference(after.cpu_ns, before.cpu_ns);
  row->involuntary_switches = difference(after.involuntary_switches, before.involuntary_switches);
  row->voluntary_switches = difference(after.voluntary_switches, before.voluntary_switches);
  row->steal_ns = difference(after.steal_ns, before.steal_ns);
  return ended;
}

CallEnd BatchRunner::run(std::uint64_t n, protocol::SegmentPhase phase, std::uint64_t index) {
  HostServices& services = *setup_.services;
  const bool measured = phase == protocol::SegmentPhase::measure;
  sign(n);
  setup_.log->make_room();
  if (auto room = services.make_room(n); !room.ok()) {
    setup_.instance->fail();
    return {BH_E_NO_MEMORY, Call::run, room.error().message, false};
  }
  bh_batch_t batch{};
  batch.struct_size = sizeof batch;
  batch.flags = measured ? 0 : BH_RUN_WARM_UP;
  batch.n = n;
  batch.index = index;
  const std::uint64_t number = setup_.log->rows().size();
  if (CallEnd ended = setup_.instance->prepare_batch(batch); !ended.ok()) return ended;
  if (setup_.flusher != nullptr) {
    setup_.flusher->flush();
    services.on_pinned_teams([this] { setup_.flusher->walk(); });
  }

  BatchRow row;
  row.n = n;
  row.phase = phase;
  CallEnd ended = timed(batch, &row);
  if (measured) {
    ++measured_batches_;
    measured_iterations_ += n;
  }
  // A failure that was said and not returned spoils the batch: its time is kept, as none of the measured ones.
  const bool spoilt = ended.ok() && services.faults().texts() > 0;
  if (ended.ok()) ended = setup_.instance->finish_batch(batch);
  if (!ended.ok()) {
    services.end_batch(number, n, false);
    return ended;
  }
  row.spoilt = spoilt;
  if (spoilt && measured) row.phase = protocol::SegmentPhase::warmup;
  setup_.log->add(row);
  services.end_batch(number, n, measured && !spoilt);
  per_iteration_ns_ = static_cast<double>(row.wall_ns) / static_cast<double>(n);
  ++done_;
  return ended;
}

}  // namespace benchhost::measure
