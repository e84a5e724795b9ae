// What sys does and what its oracles say that it comes to; its tiny programs, run.
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <benchhost/plugin.hpp>

#include "sys/acts.h"
#include "sys/expected.h"
#include "sys/system.h"
#include "sys/tiny_program.h"

using namespace sys;
namespace bb = benchhost;

namespace {

/// A private folder, removed afterwards. (The host's own has an Error that is not the SDK's, in the same namespace.)
class Folder {
 public:
  Folder() : name_((std::filesystem::temp_directory_path() / "benchhost-sys-XXXXXX").string()) {
    REQUIRE(::mkdtemp(name_.data()) != nullptr);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(name_); }
  [[nodiscard]] std::filesystem::path path() const { return name_; }

 private:
  std::string name_;
};

/// Whether there are programs of a few instructions for this machine.
bool has_programs() { return !tiny_program(Tiny::leave).empty(); }

}  // namespace

TEST_CASE("the closed forms of sys are what adding up one by one gives") {
  // From a Python program: the sum over k below 1777 of 1 + k % 250.
  CHECK(expected_statuses(1777) == 220003);
  std::uint64_t statuses = 0, numbers = 0, answers = 0;
  for (std::uint64_t k = 0; k < 1200; ++k) {
    CHECK(expected_statuses(k) == statuses);
    CHECK(expected_numbers(k) == numbers);
    CHECK(expected_answers(k) == answers);
    CHECK(child_status(k) != 0);
    CHECK(child_status(k) < 256);
    statuses += child_status(k);
    numbers += k + 1;
    answers += k + 2;
  }
}

TEST_CASE("the last block of each place of a file is that of writing them in turn") {
  for (const std::uint64_t places : {1u, 3u, 16u}) {
    std::vector<std::uint64_t> file(places, 0);
    for (std::uint64_t done = 0; done < 60; ++done) {
      for (std::uint64_t place = 0; place < places; ++place) CHECK(last_block(place, places, done) == file[place]);
      file[done % places] = done + 1;
    }
  }
}

TEST_CASE("children end with the statuses that they are told") {
  if (!has_programs()) return;
  const Folder scratch;
  const std::string program = install(Tiny::leave, scratch.path().c_str());
  for (const std::uint64_t child : {0u, 1u, 127u, 249u, 250u}) {
    CAPTURE(child);
    CHECK(start_children(program.c_str(), child, 1) == child_status(child));
  }
  CHECK(start_children(program.c_str(), 240, 20) == expected_statuses(260) - expected_statuses(240));
  CHECK(start_children(program.c_str(), 7, 0) == 0);
}

TEST_CASE("a child that cannot be started is said with the system's words") {
  const Folder scratch;
  const std::string missing = (scratch.path() / "missing").string();
  CHECK_THROWS_WITH_AS(start_children(missing.c_str(), 0, 1), doctest::Contains("No such file"), bb::Error);
  CHECK_THROWS_WITH_AS(install(Tiny::leave, missing.c_str()), doctest::Contains("leave"), bb::Error);
}

TEST_CASE("the echo adds one to each token, and ends in order when its pipe is closed") {
  if (!has_programs()) return;
  const Folder scratch;
  Pipe there = open_pipe(), back = open_pipe();
  Child child(install(Tiny::echo, scratch.path().c_str()), there.read.number(), back.write.number());
  back.write.close();
  CHECK(bounce(there.write.number(), back.read.number(), 0, 100) == expected_answers(100));
  CHECK(bounce(there.write.number(), back.read.number(), 0xfffffffeu, 1) == 0x100000000u);
  there.write.close();
  CHECK(child.wait() == 0);
  std::uint64_t more = 0;
  CHECK(::read(back.read.number(), &more, sizeof more) == 0);
}

TEST_CASE("the echo ends with another status when half a token comes") {
  if (!has_programs()) return;
  const Folder scratch;
  Pipe there = open_pipe(), back = open_pipe();
  Child child(install(Tiny::echo, scratch.path().c_str()), there.read.number(), back.write.number());
  CHECK(::write(there.write.number(), "half", 4) == 4);
  there.write.close();
  CHECK(child.wait() > 0);
}

TEST_CASE("an echo that nobody ends does not outlive its owner") {
  if (!has_programs()) return;
  const Folder scratch;
  Pipe there = open_pipe(), back = open_pipe();
  { const Child child(install(Tiny::echo, scratch.path().c_str()), there.read.number(), back.write.number()); }
  // All ends that the child had are closed with it.
  back.write.close();
  std::uint64_t more = 0;
  CHECK(::read(back.read.number(), &more, sizeof more) == 0);
}

TEST_CASE("two threads answer each other, and one that fails ends the other's wait") {
  Pipe there = open_pipe(), back = open_pipe();
  std::uint64_t sum = 0;
  std::thread other([&] { answer(there.read.number(), back.write.number(), 50); });
  sum = bounce(there.write.number(), back.read.number(), 10, 50);
  other.join();
  CHECK(sum == expected_answers(60) - expected_answers(10));

  std::string said;
  std::thread waiting([&] {
    try {
      answer(there.read.number(), back.write.number(), 1);
    } catch (const bb::Error& e) {
      said = e.what();
    }
  });
  there.write.close();
  waiting.join();
  CHECK(said.find("closed") != std::string::npos);
}

TEST_CASE("blocks larger than a pipe come through whole and in order") {
  Pipe pipe = open_pipe();
  std::vector<unsigned char> sent(1 << 20), received(1 << 20);
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<unsigned char>(i * 7);
  std::thread other([&] { write_blocks(pipe.write.number(), sent.data(), sent.size(), 5, 4); });
  const std::uint64_t sum = read_blocks(pipe.read.number(), received.data(), received.size(), 4);
  other.join();
  CHECK(sum == 6 + 7 + 8 + 9);
  CHECK(received == sent);
}

TEST_CASE("blocks of a file are written in turn, and are there") {
  const Folder scratch;
  const Handle file = create_file((scratch.path() / "blocks").string());
  std::vector<unsigned char> block(512, 0xab), found(512);
  for (const Sync sync : {Sync::none, Sync::data, Sync::all}) {
    write_file(file.number(), block.data(), block.size(), 3, sync, 0, 5);
    for (std::uint64_t place = 0; place < 3; ++place) {
      read_at(file.number(), place * found.size(), found.data(), found.size());
      std::uint64_t number = 0;
      std::memcpy(&number, found.data(), sizeof number);
      CHECK(number == last_block(place, 3, 5));
      CHECK(found.back() == 0xab);
    }
  }
  CHECK_THROWS_WITH_AS(read_at(file.number(), 3 * found.size(), found.data(), 1), doctest::Contains("shorter"),
                       bb::Error);
  CHECK_THROWS_AS(write_file(-1, block.data(), block.size(), 3, Sync::none, 0, 1), bb::Error);
}

TEST_CASE("a clock is read as often as asked, and between two readings of the kernel") {
  for (const Clock clock : {Clock::monotonic, Clock::monotonic_raw, Clock::thread_cpu, Clock::process_cpu}) {
    CAPTURE(static_cast<int>(clock));
    const std::int64_t before = read_clock_by_kernel(clock);
    const Readings seen = read_clock(clock, 1000);
    const std::int64_t after = read_clock_by_kernel(clock);
    CHECK(seen.count == 1000);
    CHECK(seen.backwards == 0);
    CHECK(before <= seen.first_ns);
    CHECK(seen.first_ns <= seen.last_ns);
    CHECK(seen.last_ns <= after);
    CHECK(read_clock(clock, 1).first_ns >= after);
  }
}

TEST_CASE("threads and calls leave what they must") {
  CHECK(start_threads(3, 5) == 4 + 5 + 6 + 7 + 8);
  CHECK(call_kernel(7) == 7 * parent());
}

TEST_CASE("descriptors close with their owner, once, and move") {
  Pipe pipe = open_pipe();
  const int number = pipe.read.number();
  {
    const Handle taken = std::move(pipe.read);
    CHECK(taken.number() == number);
    CHECK(::fcntl(number, F_GETFD) == FD_CLOEXEC);
  }
  CHECK(::fcntl(number, F_GETFD) == -1);
}
