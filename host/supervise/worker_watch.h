// The loop around one running worker: everything that can happen is one descriptor or one deadline. Private to this
// folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/platform/clock.h"
#include "common/platform/process.h"
#include "common/protocol/frame.h"
#include "supervise/ending.h"
#include "supervise/supervisor.h"

namespace benchhost::supervise {

/// The host's ends of what connects it with a worker.
struct WorkerPipes {
  platform::OwnedHandle job;  ///< a socket, so that a worker that does not read cannot raise SIGPIPE here
  platform::OwnedHandle result;
  platform::OwnedHandle output;
  platform::OwnedHandle error;
};

class WorkerWatch {
 public:
  /// Requires: all references outlive the object. job_bytes: what is sent to the worker.
  WorkerWatch(platform::Child& child, WorkerPipes pipes, std::string job_bytes, const Limits& limits,
              Observer& observer, const CancelToken& cancel);

  /// Returns once the process has ended, or was given up (then unkillable() is true).
  void watch();
  /// Takes what still lies in the pipes, without waiting for their end.
  void drain();

  /// intervention, final, boundary and phase; the exit is the caller's to add.
  [[nodiscard]] Ending ending() const { return ending_; }
  [[nodiscard]] CapturedOutput take_output() { return output_.take(); }
  [[nodiscard]] CapturedOutput take_error() { return error_.take(); }
  [[nodiscard]] std::uint64_t messages() const { return messages_; }
  [[nodiscard]] bool killed() const { return stage_ == Stage::killing; }
  [[nodiscard]] bool unkillable() const { return unkillable_; }

 private:
  enum class Stage : std::uint8_t { running, terminating, killing };

  [[nodiscard]] std::int64_t next_deadline() const;
  void act_on_time(std::int64_t now, bool heard);
  void act_on_cancel();
  void send_job();
  /// Reads once; false: nothing was there.
  bool read_result();
  bool read_stream(platform::OwnedHandle& handle, OutputCapture& capture);
  void take_frames();
  void take_message(const protocol::Message& message);
  void intervene(Intervention why, std::string text, Stage stage);
  void escalate(Stage stage);

  platform::Child& child_;
  WorkerPipes pipes_;
  std::string job_bytes_;
  std::size_t job_sent_ = 0;
  const Limits& limits_;
  Observer& observer_;
  const CancelToken& cancel_;
  platform::SystemClock clock_;
  protocol::FrameDecoder decoder_;
  OutputCapture output_;
  OutputCapture error_;
  Ending ending_;
  Stage stage_ = Stage::running;
  bool unkillable_ = false;
  bool told_slow_ = false;
  bool result_ended_ = false;
  std::uint64_t messages_ = 0;
  std::uint64_t message_bytes_ = 0;
  std::int64_t started_ns_;
  std::int64_t last_sign_ns_;
  std::int64_t silence_ns_;
  std::int64_t stage_ns_ = 0;
  std::int64_t next_memory_look_ns_;
  std::int64_t next_tick_ns_;
};

}  // namespace benchhost::supervise
