#include "worker/conform/process_state.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <thread>

using namespace benchhost::conform;
using benchhost::protocol::Requirement;

namespace {

std::vector<Requirement> changed(const ProcessState& before, std::uint32_t own_threads = 0) {
  std::vector<Requirement> all;
  for (const StateChange& c : changes(before, read_process_state(), own_threads)) all.push_back(c.requirement);
  return all;
}

}  // namespace

TEST_CASE("what nobody touched has not changed") {
  const ProcessState before = read_process_state();
  CHECK(changed(before).empty());
  CHECK(before.settings.size() == 9);
}

TEST_CASE("each change is found by its requirement and described") {
  const ProcessState before = read_process_state();
  const std::filesystem::path home = std::filesystem::current_path();
  std::filesystem::current_path("/");
  CHECK(changed(before) == std::vector{Requirement::keeps_working_folder});
  std::filesystem::current_path(home);

  setenv("BENCHHOST_STATE_TEST", "1", 1);
  const auto found = changes(before, read_process_state(), 0);
  REQUIRE(found.size() == 1);
  CHECK(found[0].requirement == Requirement::keeps_environment);
  CHECK(found[0].text.find("+'BENCHHOST_STATE_TEST=1'") != std::string::npos);
  unsetenv("BENCHHOST_STATE_TEST");

  const mode_t mask = umask(0);
  umask(mask ^ 022);
  CHECK(changed(before) == std::vector{Requirement::keeps_umask});
  umask(mask);

  std::setlocale(LC_ALL, "C.UTF-8");
  CHECK(changed(before) == std::vector{Requirement::keeps_locale});
  std::setlocale(LC_ALL, "C");
  CHECK(changed(before).empty());
}

TEST_CASE("a descriptor that was opened is found, and so is one that was closed") {
  const ProcessState before = read_process_state();
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  CHECK(changed(before) == std::vector{Requirement::leaves_no_descriptors});
  const ProcessState with = read_process_state();
  close(fd);
  CHECK(changed(before).empty());
  CHECK(changed(with) == std::vector{Requirement::leaves_no_descriptors});
}

TEST_CASE("a thread that lives on is found, unless it was declared") {
  const ProcessState before = read_process_state();
  std::atomic<bool> end{false};
  std::thread other([&] { end.wait(false); });
  CHECK(changed(before) == std::vector{Requirement::leaves_no_threads});
  CHECK(changed(before, 1).empty());
  end = true;
  end.notify_all();
  other.join();
}
