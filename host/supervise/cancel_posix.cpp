#include <unistd.h>

#include <cerrno>

#include "supervise/cancel.h"

namespace benchhost::supervise {

Result<CancelToken> CancelToken::make() {
  BH_TRY(platform::Pipe requested, platform::make_pipe());
  BH_TRY(platform::Pipe forced, platform::make_pipe());
  return CancelToken(std::move(requested), std::move(forced));
}

CancelToken::CancelToken(CancelToken&& other) noexcept
    : requested_(std::move(other.requested_)), forced_(std::move(other.forced_)), level_(other.level_.load()) {}

void CancelToken::request() noexcept {
  if (requested()) {
    force();
  } else {
    raise(1, requested_);
  }
}

void CancelToken::force() noexcept {
  raise(1, requested_);
  raise(2, forced_);
}

void CancelToken::raise(int level, const platform::Pipe& pipe) noexcept {
  int before = level_.load();
  while (before < level && !level_.compare_exchange_weak(before, level)) {
  }
  if (before >= level) return;
  // One byte per pipe in its life, so the write cannot block. A handler must leave errno as it was.
  const int kept = errno;
  const char byte = 1;
  while (::write(pipe.write.get(), &byte, 1) < 0 && errno == EINTR) {
  }
  errno = kept;
}

}  // namespace benchhost::supervise
