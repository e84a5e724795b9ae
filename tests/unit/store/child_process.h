// A forked child for tests that need a second process, or one that is killed.
#pragma once

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

namespace benchhost::store::test {

/// Runs `body` in a child with a pipe each way. The child never returns into the test: it ends with the body's status.
class Child {
 public:
  /// What the child sees: numbers to the parent, and a wait for its word.
  struct Side {
    int out = -1;
    int in = -1;
    void tell(std::int64_t number) const { static_cast<void>(!write(out, &number, sizeof number)); }
    void wait() const {
      char byte = 0;
      static_cast<void>(!read(in, &byte, 1));
    }
  };

  explicit Child(const std::function<int(const Side&)>& body) {
    std::array<int, 2> up{};
    std::array<int, 2> down{};
    REQUIRE(pipe(up.data()) == 0);
    REQUIRE(pipe(down.data()) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      close(up[0]);
      close(down[1]);
      _exit(body(Side{up[1], down[0]}));
    }
    close(up[1]);
    close(down[0]);
    in_ = up[0];
    out_ = down[1];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    finish();
    close(in_);
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// The next number; nullopt once the child has ended.
  std::optional<std::int64_t> hear() const {
    std::int64_t number = 0;
    std::size_t have = 0;
    while (have < sizeof number) {
      const ssize_t got = read(in_, reinterpret_cast<char*>(&number) + have, sizeof number - have);
      if (got <= 0) return std::nullopt;
      have += static_cast<std::size_t>(got);
    }
    return number;
  }
  void kill_now() const { kill(pid_, SIGKILL); }
  /// Lets the child go on and waits for its end. Its wait status.
  int finish() {
    if (pid_ <= 0) return status_;
    close(out_);
    waitpid(pid_, &status_, 0);
    pid_ = 0;
    return status_;
  }

 private:
  pid_t pid_ = 0;
  int in_ = -1;
  int out_ = -1;
  int status_ = 0;
};

}  // namespace benchhost::store::test
