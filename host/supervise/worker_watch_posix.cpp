#include "supervise/worker_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "common/base/units.h"
#include "supervise/process_tree.h"

namespace benchhost::supervise {
namespace {

constexpr std::int64_t kMemoryLookNs = 20'000'000;
/// After KILL. A process that is still there then waits for a device or a dead disk, and nobody can end it.
constexpr std::int64_t kGiveUpNs = 10'000'000'000;
/// Looking again where the system has no handle for the end of a process.
constexpr std::int64_t kNoHandleLookNs = 2'000'000;
/// After the end of the worker, from each pipe: what it may have left, and a bound for a stray that writes for ever.
constexpr int kDrainReads = 256;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

void make_non_blocking(const platform::OwnedHandle& handle) {
  if (handle.valid()) fcntl(handle.get(), F_SETFL, fcntl(handle.get(), F_GETFL) | O_NONBLOCK);
}

std::int64_t after(std::int64_t start, std::int64_t span) { return span > kNever - start ? kNever : start + span; }

std::string seconds(std::int64_t ns) { return format_ns(static_cast<double>(ns)); }

}  // namespace

WorkerWatch::WorkerWatch(platform::Child& child, WorkerPipes pipes, std::string job_bytes, const Limits& limits,
                         Observer& observer, const CancelToken& cancel)
    : child_(child),
      pipes_(std::move(pipes)),
      job_bytes_(std::move(job_bytes)),
      limits_(limits),
      observer_(observer),
      cancel_(cancel),
      output_(limits.output_head_bytes, limits.output_tail_bytes),
      error_(limits.output_head_bytes, limits.output_tail_bytes),
      started_ns_(clock_.now_ns()),
      last_sign_ns_(started_ns_),
      silence_ns_(limits.silence_ns),
      next_memory_look_ns_(limits.rss_limit_bytes ? started_ns_ : kNever),
      next_tick_ns_(limits.tick_ns > 0 ? after(started_ns_, limits.tick_ns) : kNever) {
  for (const platform::OwnedHandle* handle : {&pipes_.job, &pipes_.result, &pipes_.output, &pipes_.error}) {
    make_non_blocking(*handle);
  }
}

void WorkerWatch::watch() {
  while (!unkillable_) {
    // A negative descriptor is skipped by poll: what is closed, or has been acted on, drops out by itself.
    const auto wanted = [](bool on, int fd) { return on ? fd : -1; };
    const bool stopping = stage_ != Stage::running;
    std::array<pollfd, 7> fds = {{{child_.wait_handle(), POLLIN, 0},
                                  {wanted(!stopping, pipes_.result.get()), POLLIN, 0},
                                  {pipes_.output.get(), POLLIN, 0},
                                  {pipes_.error.get(), POLLIN, 0},
                                  {pipes_.job.get(), POLLOUT, 0},
                                  {wanted(!stopping, cancel_.requested_handle()), POLLIN, 0},
                                  {wanted(stage_ != Stage::killing, cancel_.forced_handle()), POLLIN, 0}}};
    // Messages are taken while the worker ends in order; after a broken frame the decoder drops what comes.
    fds[1].fd = pipes_.result.get();
    std::int64_t wait = next_deadline();
    const std::int64_t before = clock_.now_ns();
    if (child_.wait_handle() == platform::kNoHandle) wait = std::min(wait, before + kNoHandleLookNs);
    const std::int64_t left = std::max<std::int64_t>(0, wait - before);
    timespec span{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    const int ready = ppoll(fds.data(), fds.size(), wait == kNever ? nullptr : &span, nullptr);
    if (ready < 0 && errno != EINTR) fds = {};  // ENOMEM: act on the clock alone, and look again

    const auto is_ready = [&](std::size_t i) { return ready > 0 && fds[i].revents != 0; };
    const bool heard = is_ready(1) && read_result();
    if (is_ready(2)) read_stream(pipes_.output, output_);
    if (is_ready(3)) read_stream(pipes_.error, error_);
    if (is_ready(0) || (child_.wait_handle() == platform::kNoHandle && child_.wait_for({0}))) return;
    if (is_ready(4)) send_job();
    act_on_cancel();
    act_on_time(clock_.now_ns(), heard);
  }
}

void WorkerWatch::drain() {
  for (int i = 0; i < kDrainReads && read_result(); ++i) {
  }
  for (int i = 0; i < kDrainReads && read_stream(pipes_.output, output_); ++i) {
  }
  for (int i = 0; i < kDrainReads && read_stream(pipes_.error, error_); ++i) {
  }
  ending_.at_boundary = decoder_.at_boundary();
}

std::int64_t WorkerWatch::next_deadline() const {
  if (stage_ == Stage::killing) return after(stage_ns_, kGiveUpNs);
  if (stage_ == Stage::terminating) return after(stage_ns_, limits_.grace_ns);
  std::int64_t next = std::min({after(last_sign_ns_, silence_ns_), next_memory_look_ns_, next_tick_ns_});
  if (limits_.total_ns > 0) next = std::min(next, after(started_ns_, limits_.total_ns));
  if (!told_slow_ && limits_.slow_notice_ns > 0) next = std::min(next, after(last_sign_ns_, limits_.slow_notice_ns));
  return next;
}

void WorkerWatch::act_on_time(std::int64_t now, bool heard) {
  if (stage_ == Stage::killing) {
    unkillable_ = now >= after(stage_ns_, kGiveUpNs);
    return;
  }
  if (stage_ == Stage::terminating) {
    if (now >= after(stage_ns_, limits_.grace_ns)) escalate(Stage::killing);
    return;
  }
  if (now >= next_tick_ns_) {
    next_tick_ns_ = after(now, limits_.tick_ns);
    observer_.on_tick();
  }
  if (now >= next_memory_look_ns_) {
    next_memory_look_ns_ = after(now, kMemoryLookNs);
    const std::optional<std::uint64_t> used = resident_bytes_of_tree(child_.id());
    if (used && *used > *limits_.rss_limit_bytes) {
      intervene(Intervention::memory,
                "used " + std::to_string(*used) + " bytes of memory, more than its limit of " +
                    std::to_string(*limits_.rss_limit_bytes),
                Stage::killing);
      return;
    }
  }
  if (limits_.total_ns > 0 && now >= after(started_ns_, limits_.total_ns)) {
    intervene(Intervention::total_time, "did not end within " + seconds(limits_.total_ns), Stage::terminating);
    return;
  }
  // This process may have been stopped itself: what lies in the pipe is read before silence is held against the worker.
  if (heard) return;
  const std::int64_t silent = now - last_sign_ns_;
  if (silent >= silence_ns_) {
    if (result_ended_ && !ending_.final) {
      intervene(Intervention::protocol, "closed the result pipe before it had finished, and did not end",
                Stage::terminating);
    } else {
      intervene(Intervention::silence, "gave no life sign for " + seconds(silence_ns_), Stage::terminating);
    }
  } else if (!told_slow_ && limits_.slow_notice_ns > 0 && silent >= limits_.slow_notice_ns) {
    told_slow_ = true;
    observer_.on_slow(silent, ending_.phase);
  }
}

void WorkerWatch::act_on_cancel() {
  if (cancel_.forced() && stage_ != Stage::killing) {
    intervene(Intervention::cancelled, "ended at once on request", Stage::killing);
  } else if (cancel_.requested() && stage_ == Stage::running) {
    intervene(Intervention::cancelled, "stopped on request", Stage::terminating);
  }
}

void WorkerWatch::send_job() {
  while (job_sent_ < job_bytes_.size()) {
    const ssize_t sent =
        ::send(pipes_.job.get(), job_bytes_.data() + job_sent_, job_bytes_.size() - job_sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (sent < 0) break;  // the worker closed its end: its exit will say why
    job_sent_ += static_cast<std::size_t>(sent);
  }
  // Closed on success and on failure alike: the worker reads to the end and sees that there is one job only.
  pipes_.job.close();
}

bool WorkerWatch::read_result() {
  if (!pipes_.result.valid()) return false;
  std::array<char, 1 << 16> buffer;
  ssize_t got = 0;
  do {
    got = ::read(pipes_.result.get(), buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    decoder_.feed(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    take_frames();
    return true;
  }
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
  // Its end. Mostly the process is ending too; if it is not and has not finished, it gets the grace, not the whole
  // silence.
  pipes_.result.close();
  result_ended_ = true;
  if (!ending_.final) {
    last_sign_ns_ = clock_.now_ns();
    silence_ns_ = std::min(silence_ns_, limits_.grace_ns);
  }
  return false;
}

bool WorkerWatch::read_stream(platform::OwnedHandle& handle, OutputCapture& capture) {
  if (!handle.valid()) return false;
  std::array<char, 1 << 16> buffer;
  ssize_t got = 0;
  do {
    got = ::read(handle.get(), buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    capture.add(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    return true;
  }
  if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) handle.close();
  return false;
}

void WorkerWatch::take_frames() {
  while (ending_.intervention != Intervention::protocol) {
    auto frame = decoder_.next();
    if (!frame) return intervene(Intervention::protocol, frame.error().message, Stage::killing);
    if (!frame.value()) return;
    message_bytes_ += protocol::kFrameHeaderBytes + (*frame)->payload.size();
    if (message_bytes_ > limits_.message_bytes_max) {
      return intervene(Intervention::protocol,
                       "sent more than " + std::to_string(limits_.message_bytes_max) + " bytes of messages",
                       Stage::killing);
    }
    auto message = protocol::decode((*frame)->type, (*frame)->payload);
    if (!message) {
      return intervene(Intervention::protocol,
                       "message " + std::to_string(messages_) + " cannot be read: " + to_text(message.error()),
                       Stage::killing);
    }
    take_message(*message);
  }
}

void WorkerWatch::take_message(const protocol::Message& message) {
  if (messages_ == 0 && !std::holds_alternative<protocol::Hello>(message)) {
    return intervene(Intervention::protocol, "its first message is no greeting", Stage::killing);
  }
  if (ending_.final) return intervene(Intervention::protocol, "sent a message after its last one", Stage::killing);
  if (const auto* progress = std::get_if<protocol::Progress>(&message)) ending_.phase = progress->phase;
  if (const auto* final = std::get_if<protocol::Final>(&message)) {
    if (final->messages != messages_) {
      return intervene(Intervention::protocol,
                       "says that it sent " + std::to_string(final->messages) + " messages; " +
                           std::to_string(messages_) + " arrived",
                       Stage::killing);
    }
    ending_.final = *final;
    if (final->outcome != protocol::Outcome::passed) ending_.phase = final->phase;
  }
  ++messages_;
  last_sign_ns_ = clock_.now_ns();
  told_slow_ = false;
  const auto* progress = std::get_if<protocol::Progress>(&message);
  silence_ns_ = progress != nullptr && progress->deadline_ns > 0 ? progress->deadline_ns : limits_.silence_ns;
  observer_.on_message(message);
}

void WorkerWatch::intervene(Intervention why, std::string text, Stage stage) {
  if (ending_.intervention == Intervention::none) {
    ending_.intervention = why;
    ending_.intervention_text = std::move(text);
  }
  escalate(stage);
}

void WorkerWatch::escalate(Stage stage) {
  if (stage <= stage_) return;
  stage_ = stage;
  stage_ns_ = clock_.now_ns();
  // A failure to signal means that the process is gone; its end is then already on its way.
  (void)child_.signal(stage == Stage::killing ? platform::ProcessSignal::kill : platform::ProcessSignal::terminate);
}

}  // namespace benchhost::supervise
