#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "common/platform/handle.h"
#include "common/platform/os_error.h"

namespace benchhost::platform {

void OwnedHandle::close() noexcept {
  // EINTR is no reason to repeat: Linux has closed the descriptor by then and its number may be somebody else's.
  if (handle_ != kNoHandle) ::close(std::exchange(handle_, kNoHandle));
}

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return os_error("BH0011", "make a pipe", errno);
  return Pipe{OwnedHandle(ends[0]), OwnedHandle(ends[1])};
}

Result<Channel> make_channel() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return os_error("BH0011", "make a channel", errno);
  return Channel{OwnedHandle(ends[0]), OwnedHandle(ends[1])};
}

}  // namespace benchhost::platform
