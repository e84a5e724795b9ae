#include "worker/main/session_bracket.h"

namespace benchhost::worker_main {

std::string SessionBracket::take_back() {
  const device::Leaks leaks = session_->take_back();
  return leaks.total() == 0 ? std::string() : leaks.to_text();
}

measure::QueueEnd SessionBracket::end_queue_run() {
  device::QueueRun run = session_->end_queue_run();
  bad_span_ = bad_span_ || run.bad_span;
  measure::QueueEnd end;
  end.status = run.status;
  end.text = std::move(run.text);
  end.duration_ns = run.bad_span ? std::nullopt : run.duration_ns;
  end.reason = run.bad_span ? "the device's time contradicts the host's clock" : std::move(run.reason);
  end.host_end_ns = run.host_end_ns;
  return end;
}

std::vector<measure::DeviceBlock> SessionBracket::memory_blocks() {
  std::vector<measure::DeviceBlock> blocks;
  for (const device::LiveBuffer& buffer : session_->live_buffers()) {
    blocks.push_back({buffer.device, buffer.size_bytes,
                      [this, buffer](std::span<unsigned char> into) { return session_->fetch(buffer, into); },
                      [this, buffer](std::span<const unsigned char> from) { return session_->store(buffer, from); }});
  }
  return blocks;
}

std::vector<std::string> SessionBracket::flags() const {
  std::vector<std::string> flags;
  if (session_->simulated()) flags.emplace_back("simulated");
  if (session_->implausible() || bad_span_) flags.emplace_back("implausible");
  return flags;
}

}  // namespace benchhost::worker_main
