#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "common/platform/handle.h"
#include "common/platform/os_error.h"
#include "common/platform/setting_file.h"

namespace benchhost::platform {

Result<void> write_setting(const std::filesystem::path& file, std::string_view text) {
  const std::string what = "write '" + std::string(text) + "' to " + file.string();
  const OwnedHandle handle(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!handle.valid()) return os_error("BH0003", what, errno);
  ssize_t written = 0;
  do {
    written = ::write(handle.get(), text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written < 0) return os_error("BH0003", what, errno);
  if (static_cast<std::size_t>(written) != text.size()) {
    return make_error("BH0003", "cannot " + what + ": only a part of it was taken");
  }
  return {};
}

Result<void> may_write_setting(const std::filesystem::path& file) {
  if (::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0) return {};
  return os_error("BH0003", "write to " + file.string(), errno);
}

}  // namespace benchhost::platform
