#include "acts.h"

#include <benchhost/plugin.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstring>
#include <thread>

#include "expected.h"
#include "posix_error.h"

namespace sys {

namespace {

// Pipes give what is there: a large block comes in parts.
void send(int to, const void* data, std::size_t size_bytes) {
  const char* at = static_cast<const char*>(data);
  while (size_bytes > 0) {
    const ssize_t sent = ::write(to, at, size_bytes);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw io_error("a pipe cannot be written");
    at += sent;
    size_bytes -= static_cast<std::size_t>(sent);
  }
}

void receive(int from, void* data, std::size_t size_bytes) {
  char* at = static_cast<char*>(data);
  while (size_bytes > 0) {
    const ssize_t got = ::read(from, at, size_bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw io_error("a pipe cannot be read");
    if (got == 0) throw bb::Error(BH_E_IO, "the other end of a pipe was closed");
    at += got;
    size_bytes -= static_cast<std::size_t>(got);
  }
}

void number(unsigned char* block, std::uint64_t k) {
  const std::uint64_t value = k + 1;
  std::memcpy(block, &value, sizeof value);
}

}  // namespace

Readings read_clock(Clock clock, std::uint64_t n) {
  const clockid_t id = clock_id(clock);
  Readings seen;
  timespec now{};
  for (; seen.count < n; ++seen.count) {
    if (::clock_gettime(id, &now) != 0) throw io_error("the clock cannot be read");
    const std::int64_t ns = std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
    if (seen.count == 0) {
      seen.first_ns = ns;
    } else if (ns < seen.last_ns) {
      ++seen.backwards;
    }
    seen.last_ns = ns;
  }
  return seen;
}

std::uint64_t call_kernel(std::uint64_t n) {
  std::uint64_t sum = 0;
  for (; n > 0; --n) sum += static_cast<std::uint64_t>(::getppid());
  return sum;
}

std::uint64_t start_children(const char* program, std::uint64_t first, std::uint64_t n) {
  std::uint64_t sum = 0;
  char name[] = "leave";
  char status_wanted[2] = {0, 0};
  char* const arguments[] = {name, status_wanted, nullptr};
  char* const environment[] = {nullptr};
  for (std::uint64_t k = first; k != first + n; ++k) {
    status_wanted[0] = static_cast<char>(child_status(k));
    pid_t child = 0;
    if (const int error = ::posix_spawn(&child, program, nullptr, nullptr, arguments, environment); error != 0) {
      throw io_error("a child cannot be started", error);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
      if (errno != EINTR) throw io_error("a child cannot be waited for");
    }
    if (!WIFEXITED(status)) throw bb::Error(BH_E_CRASHED, "a child was ended by a signal");
    sum += static_cast<std::uint64_t>(WEXITSTATUS(status));
  }
  return sum;
}

std::uint64_t start_threads(std::uint64_t first, std::uint64_t n) {
  std::uint64_t sum = 0;
  for (std::uint64_t k = first; k != first + n; ++k) {
    std::thread([&sum, k] { sum += k + 1; }).join();
  }
  return sum;
}

std::uint64_t bounce(int to, int from, std::uint64_t first, std::uint64_t n) {
  std::uint64_t sum = 0;
  for (std::uint64_t k = first; k != first + n; ++k) {
    std::uint64_t token = k + 1;
    send(to, &token, sizeof token);
    receive(from, &token, sizeof token);
    sum += token;
  }
  return sum;
}

void answer(int from, int to, std::uint64_t n) {
  for (; n > 0; --n) {
    std::uint64_t token = 0;
    receive(from, &token, sizeof token);
    ++token;
    send(to, &token, sizeof token);
  }
}

void write_blocks(int to, unsigned char* block, std::size_t size_bytes, std::uint64_t first, std::uint64_t n) {
  for (std::uint64_t k = first; k != first + n; ++k) {
    number(block, k);
    send(to, block, size_bytes);
  }
}

std::uint64_t read_blocks(int from, unsigned char* block, std::size_t size_bytes, std::uint64_t n) {
  std::uint64_t sum = 0;
  for (; n > 0; --n) {
    receive(from, block, size_bytes);
    std::uint64_t value = 0;
    std::memcpy(&value, block, sizeof value);
    sum += value;
  }
  return sum;
}

void write_file(int file, unsigned char* block, std::size_t size_bytes, std::uint64_t places, Sync sync,
                std::uint64_t first, std::uint64_t n) {
  for (std::uint64_t k = first; k != first + n; ++k) {
    number(block, k);
    const auto place = static_cast<off_t>(k % places * size_bytes);
    for (std::size_t at = 0; at < size_bytes;) {
      const ssize_t written = ::pwrite(file, block + at, size_bytes - at, place + static_cast<off_t>(at));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw io_error("the file cannot be written");
      at += static_cast<std::size_t>(written);
    }
    int failed = 0;
    if (sync == Sync::all) failed = ::fsync(file);
#if defined(__APPLE__)
    if (sync == Sync::data) failed = ::fsync(file);
#else
    if (sync == Sync::data) failed = ::fdatasync(file);
#endif
    if (failed != 0) throw io_error("the system does not say that the file is stored");
  }
}

}  // namespace sys
