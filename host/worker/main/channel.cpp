#include "worker/main/channel.h"

#include <array>
#include <cerrno>
#include <variant>

#include <fmt/format.h>
#include <unistd.h>

namespace benchhost::worker_main {
namespace {

/// What a pipe takes at once.
constexpr std::size_t kMostWaiting = 65'536;

/// False when the other end does not take it.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<protocol::Job> read_job(platform::NativeHandle handle) {
  protocol::FrameDecoder decoder;
  std::array<char, 65'536> buffer;
  while (true) {
    BH_TRY(auto frame, decoder.next());
    if (frame) {
      if (frame->type != protocol::kJobFrameType) {
        return make_error("BH0302", fmt::format("the first frame is of type {}, no job", frame->type));
      }
      BH_TRY(const Json json, parse_json(frame->payload));
      return protocol::job_from_json(json);
    }
    const ssize_t size = read(handle, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return make_error("BH0302", "the job ended before it was whole");
    decoder.feed({buffer.data(), static_cast<std::size_t>(size)});
  }
}

void FrameReporter::send(protocol::Message message) {
  const std::string payload = protocol::encode(message);
  const std::scoped_lock lock(mutex_);
  // A stream with a gap is worth nothing: after one failure nothing more is sent, and the host sees the end missing.
  if (broken_) return;
  if (payload.size() > protocol::kMaxPayload) {
    broken_ = true;
    return;
  }
  waiting_ += encoder_.encode(protocol::message_type(message), payload);
  ++sent_;
  // Samples come by the hundred at the end of an invocation, each some hundred bytes: a write for each would wake the
  // host as often. Whatever follows them takes them along.
  const bool may_wait = std::holds_alternative<protocol::Segment>(message) && waiting_.size() < kMostWaiting;
  if (may_wait) return;
  broken_ = !write_all(handle_.get(), waiting_);
  waiting_.clear();
}

std::uint64_t FrameReporter::sent() const {
  const std::scoped_lock lock(mutex_);
  return sent_;
}

}  // namespace benchhost::worker_main
