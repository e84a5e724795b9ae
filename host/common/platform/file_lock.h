// A lock on a file, by which processes take turns.
#pragma once

#include <cstdint>
#include <filesystem>

#include "common/base/result.h"
#include "common/platform/handle.h"

namespace benchhost::platform {

/// Held while the object lives, and no longer than its process. Locks who asks for it, not who does not.
class FileLock {
 public:
  /// Makes the file, for its owner alone, if it is not there, and leaves it there. Waits until nobody holds the lock,
  /// but not longer than `patience_ns`: who holds it may have been stopped. Errors: BH0003, also when patience has
  /// ended.
  [[nodiscard]] static Result<FileLock> take(const std::filesystem::path& file, std::int64_t patience_ns);

 private:
  explicit FileLock(OwnedHandle handle) : handle_(std::move(handle)) {}
  OwnedHandle handle_;
};

}  // namespace benchhost::platform
