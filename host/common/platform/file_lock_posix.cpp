#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include <cerrno>
#include <string>

#include "common/platform/clock.h"
#include "common/platform/file_lock.h"
#include "common/platform/os_error.h"

namespace benchhost::platform {

Result<FileLock> FileLock::take(const std::filesystem::path& file, std::int64_t patience_ns) {
  constexpr mode_t kOwnerOnly = 0600;
  const std::string what = "lock '" + file.string() + "'";
  OwnedHandle handle(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kOwnerOnly));
  if (!handle.valid()) return os_error("BH0003", what, errno);
  SystemClock clock;
  const std::int64_t started = clock.now_ns();
  while (flock(handle.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return os_error("BH0003", what, errno);
    if (clock.now_ns() - started >= patience_ns) {
      return make_error("BH0003", "cannot " + what + ": another process holds it");
    }
    // There is no waiting for a lock with an end but this.
    constexpr timespec kBetween{0, 5'000'000};
    nanosleep(&kBetween, nullptr);
  }
  return FileLock(std::move(handle));
}

}  // namespace benchhost::platform
