// What the acts work on: pipes, files, children, clocks. Not measured.
// Errors: throw bb::Error with the system's words; BH_E_UNSUPPORTED where the system has no such thing.
#pragma once

#include <benchhost/plugin.hpp>

#include <cstdint>
#include <string>
#include <utility>

#include "acts.h"
#include "tiny_program.h"

namespace sys {

/// A descriptor that is closed with its owner.
class Handle {
 public:
  Handle() = default;
  explicit Handle(int number) : number_(number) {}
  Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Handle() { close(); }
  void close() noexcept;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_ = -1;
};

/// Both ends are closed in programs that are started.
struct Pipe {
  Handle read;
  Handle write;
};
Pipe open_pipe();

/// The case's own folder. Errors: this host gives none.
inline const char* scratch_folder(const bh_host_t* host) {
  if (host->scratch_dir == nullptr || *host->scratch_dir == '\0') {
    throw benchhost::Error(BH_E_UNSUPPORTED, "the host gives no scratch folder to write into");
  }
  return host->scratch_dir;
}

/// A new file for reading and writing.
Handle create_file(const std::string& path);
void read_at(int file, std::uint64_t offset_bytes, unsigned char* to, std::size_t size_bytes);
/// The system keeps the folder in memory, so that there is nothing to wait for.
bool is_in_memory(const char* folder);

/// Writes the program as an executable file into the folder. Its path.
std::string install(Tiny which, const char* folder);

/// A started `echo`. Ended at once if it is not asked to.
class Child {
 public:
  /// input, output: what become its standard input and output.
  Child(const std::string& program, int input, int output);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();
  /// Waits until it ends. Its status; -1: a signal ended it.
  int wait() noexcept;

 private:
  std::int64_t id_ = 0;
};

/// The clock, asked past the C library where the system lets one.
std::int64_t read_clock_by_kernel(Clock clock);

/// Number of this process's parent.
std::uint64_t parent();

}  // namespace sys
