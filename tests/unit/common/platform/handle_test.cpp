#include "common/platform/handle.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

using namespace benchhost::platform;

TEST_CASE("a handle is closed once, by its last owner") {
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  const NativeHandle number = pipe->read.get();
  OwnedHandle taken = std::move(pipe->read);
  CHECK_FALSE(pipe->read.valid());
  CHECK(fcntl(number, F_GETFD) >= 0);
  taken.close();
  CHECK(fcntl(number, F_GETFD) < 0);
  taken.close();
  CHECK_FALSE(taken.valid());
}

TEST_CASE("assigning closes what was held") {
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  const NativeHandle old = pipe->read.get();
  pipe->read = std::move(pipe->write);
  CHECK(fcntl(old, F_GETFD) < 0);
  CHECK(pipe->read.valid());
}

TEST_CASE("pipes and channels are not inherited by accident") {
  auto pipe = make_pipe();
  auto channel = make_channel();
  REQUIRE(pipe.ok());
  REQUIRE(channel.ok());
  for (const NativeHandle handle : {pipe->read.get(), pipe->write.get(), channel->ours.get(), channel->theirs.get()}) {
    CHECK((fcntl(handle, F_GETFD) & FD_CLOEXEC) != 0);
  }
}
