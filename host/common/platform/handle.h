// A handle of the operating system with an owner.
#pragma once

#include <utility>

#include "common/base/result.h"

namespace benchhost::platform {

#if defined(_WIN32)
using NativeHandle = void*;
inline constexpr NativeHandle kNoHandle = nullptr;
#else
using NativeHandle = int;
inline constexpr NativeHandle kNoHandle = -1;
#endif

/// Closes a handle when it ends. Move only.
class OwnedHandle {
 public:
  OwnedHandle() = default;
  explicit OwnedHandle(NativeHandle handle) : handle_(handle) {}
  OwnedHandle(OwnedHandle&& other) noexcept : handle_(other.release()) {}
  OwnedHandle& operator=(OwnedHandle&& other) noexcept {
    if (this != &other) {
      close();
      handle_ = other.release();
    }
    return *this;
  }
  ~OwnedHandle() { close(); }

  [[nodiscard]] NativeHandle get() const { return handle_; }
  [[nodiscard]] bool valid() const { return handle_ != kNoHandle; }
  [[nodiscard]] NativeHandle release() { return std::exchange(handle_, kNoHandle); }
  void close() noexcept;

 private:
  NativeHandle handle_ = kNoHandle;
};

/// Both ends of a pipe; neither is inherited by a child unless it is passed to it.
struct Pipe {
  OwnedHandle read;
  OwnedHandle write;
};

/// Errors: BH0011.
[[nodiscard]] Result<Pipe> make_pipe();

/// Both ends of a two-way byte stream; neither is inherited by a child unless it is passed to it.
struct Channel {
  OwnedHandle ours;
  OwnedHandle theirs;
};

/// Errors: BH0011.
[[nodiscard]] Result<Channel> make_channel();

}  // namespace benchhost::platform
