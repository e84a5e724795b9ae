#include "common/platform/process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

#include "common/platform/files.h"

using namespace benchhost;
using namespace benchhost::platform;

namespace {

constexpr Nanoseconds kLong{60'000'000'000};  // more than any of this takes; no test waits for it

SpawnRequest request(std::vector<std::string> arguments) {
  SpawnRequest request;
  request.program = PLATFORM_TEST_CHILD;
  request.arguments = std::move(arguments);
  // A sanitizer must not open files or look for leaks in the child of a test about descriptors.
  request.environment.set("ASAN_OPTIONS", "detect_leaks=0");
  return request;
}

std::string read_to_end(NativeHandle handle) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(handle, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

/// Runs to the end; what it wrote to stdout.
std::string output_of(SpawnRequest wanted) {
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  wanted.output = HandleStream{pipe->write.get()};
  auto child = spawn(wanted);
  REQUIRE_MESSAGE(child.ok(), to_text(child.error()));
  pipe->write.close();
  std::string text = read_to_end(pipe->read.get());
  const auto status = child->reap();
  REQUIRE(status.ok());
  CHECK_MESSAGE(status->succeeded(), to_text(*status));
  return text;
}

ExitStatus status_of(const SpawnRequest& wanted) {
  auto child = spawn(wanted);
  REQUIRE_MESSAGE(child.ok(), to_text(child.error()));
  const auto status = child->reap();
  REQUIRE(status.ok());
  return *status;
}

/// Starts a child that says "ready" and then waits, and returns when it has said so.
Child started(const std::string& what) {
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  SpawnRequest wanted = request({what});
  wanted.output = HandleStream{pipe->write.get()};
  auto child = spawn(wanted);
  REQUIRE(child.ok());
  char byte = 0;
  REQUIRE(::read(pipe->read.get(), &byte, 1) == 1);
  return std::move(child).value();
}

bool runs(ProcessId id) { return ::kill(static_cast<pid_t>(id), 0) == 0; }

/// A child that has ended, of this process as a subreaper, and what it left behind.
struct LeftBehind {
  Child child;
  ProcessId grandchild = 0;
};

LeftBehind left_behind(const char* how) {
  REQUIRE(become_subreaper().ok());
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  SpawnRequest wanted = request({how});
  wanted.output = HandleStream{pipe->write.get()};
  auto child = spawn(wanted);
  REQUIRE(child.ok());
  pipe->write.close();
  const ProcessId grandchild = std::stoll(read_to_end(pipe->read.get()));
  REQUIRE(child->reap()->succeeded());
  return {std::move(child).value(), grandchild};
}

}  // namespace

TEST_CASE("exit codes and signals are told apart") {
  CHECK(status_of(request({"exit", "0"})).succeeded());
  const ExitStatus failed = status_of(request({"exit", "37"}));
  CHECK(failed.code == 37);
  CHECK_FALSE(failed.signal);
  CHECK(to_text(failed) == "exit code 37");
  const ExitStatus crashed = status_of(request({"raise", std::to_string(SIGSEGV)}));
  CHECK_FALSE(crashed.code);
  CHECK(crashed.signal == SIGSEGV);
  CHECK_FALSE(crashed.dumped_core);
  CHECK(to_text(crashed).find("SIGSEGV") != std::string::npos);
  CHECK(signal_name(12345) == "signal 12345");
}

TEST_CASE("reap gives the same answer again") {
  auto child = spawn(request({"exit", "3"}));
  REQUIRE(child.ok());
  CHECK(child->wait_for(kLong));
  CHECK(child->wait_for(kLong));  // waiting does not collect
  CHECK(child->reap()->code == 3);
  CHECK(child->reap()->code == 3);
  CHECK(child->wait_for(Nanoseconds{0}));
  CHECK(child->signal(ProcessSignal::kill).ok());  // to nobody
}

TEST_CASE("arguments arrive as they are") {
  const std::string text = output_of(request({"arguments", "a b", "", "\"'$*", "\n"}));
  CHECK(text == "[" PLATFORM_TEST_CHILD "][arguments][a b][][\"'$*][\n]");
}

TEST_CASE("a program that cannot be executed is an error with the system's reason") {
  SpawnRequest missing = request({});
  missing.program = "/nowhere/at/all";
  const auto child = spawn(missing);
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().code == "BH0010");
  CHECK(child.error().message.find("/nowhere/at/all") != std::string::npos);
  CHECK(child.error().message.find("executing") != std::string::npos);
  CHECK(child.error().message.find("No such file") != std::string::npos);

  SpawnRequest folder = request({});
  folder.program = "/";
  CHECK_FALSE(spawn(folder).ok());

  auto temp = TempFolder::make(std::filesystem::temp_directory_path());
  REQUIRE(temp.ok());
  SystemFiles files;
  REQUIRE(files.write(temp->path() / "no_program", "no program at all", 0755).ok());
  SpawnRequest text = request({});
  text.program = temp->path() / "no_program";
  const auto refused = spawn(text);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("format") != std::string::npos);
}

TEST_CASE("a working folder that does not exist is named as the step that failed") {
  SpawnRequest wanted = request({"exit", "0"});
  wanted.working_folder = "/nowhere/at/all";
  const auto child = spawn(wanted);
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().message.find("working folder") != std::string::npos);
  wanted.arguments = {"folder"};
  wanted.working_folder = "/";
  CHECK(output_of(wanted) == "/");
}

TEST_CASE("the child sees the given environment and nothing else") {
  SpawnRequest wanted = request({"environment"});
  wanted.environment = Environment().set("A", "1").set("B", "x=y z");
  CHECK(output_of(wanted) == "A=1\nB=x=y z\n");
}

TEST_CASE("only the standard streams and the passed handles are open in the child") {
  // Descriptors of the parent without close-on-exec, as libraries make them.
  const int careless_low = ::open("/dev/null", O_RDONLY);
  const int careless_high = fcntl(careless_low, F_DUPFD, 200);
  REQUIRE(careless_high >= 200);
  CHECK(output_of(request({"descriptors"})) == "0 1 2 ");
  SpawnRequest wanted = request({"descriptors"});
  wanted.passed = {{careless_high, 7}, {careless_low, 4}};
  CHECK(output_of(wanted) == "0 1 2 4 7 ");
  ::close(careless_low);
  ::close(careless_high);
}

TEST_CASE("passed handles keep their identity when their numbers are exchanged") {
  auto first = make_pipe();
  auto second = make_pipe();
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  REQUIRE(::write(first->write.get(), "first", 5) == 5);
  REQUIRE(::write(second->write.get(), "second", 6) == 6);
  const int a = first->read.get();
  const int b = second->read.get();
  REQUIRE(a >= 3);
  REQUIRE(b >= 3);
  SpawnRequest wanted = request({"read", std::to_string(b)});
  wanted.passed = {{a, b}, {b, a}};
  CHECK(output_of(wanted) == "first");
  wanted.arguments = {"read", std::to_string(a)};
  CHECK(output_of(wanted) == "second");
}

TEST_CASE("a handle that is passed under its own number stays open") {
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  REQUIRE(::write(pipe->write.get(), "same", 4) == 4);
  SpawnRequest wanted = request({"read", std::to_string(pipe->read.get())});
  wanted.passed = {{pipe->read.get(), pipe->read.get()}};
  CHECK(output_of(wanted) == "same");
}

TEST_CASE("handles that cannot be passed are refused") {
  SpawnRequest wanted = request({"exit", "0"});
  wanted.passed = {{0, 2}};
  CHECK_FALSE(spawn(wanted).ok());
  wanted.passed = {{0, 5}, {1, 5}};
  CHECK_FALSE(spawn(wanted).ok());
  wanted.passed = {{999999, 5}};
  const auto child = spawn(wanted);
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().message.find("handles") != std::string::npos);
}

TEST_CASE("streams read from a handle or from nothing") {
  SpawnRequest wanted = request({"read", "0"});
  CHECK(output_of(wanted).empty());
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  REQUIRE(::write(pipe->write.get(), "hello", 5) == 5);
  wanted.input = HandleStream{pipe->read.get()};
  CHECK(output_of(wanted) == "hello");
}

TEST_CASE("a channel goes both ways") {
  auto channel = make_channel();
  REQUIRE(channel.ok());
  REQUIRE(::write(channel->ours.get(), "to child", 8) == 8);
  SpawnRequest wanted = request({"read", "3"});
  wanted.passed = {{channel->theirs.get(), 3}};
  CHECK(output_of(wanted) == "to child");
}

TEST_CASE("ignored and blocked signals of the parent do not reach the child") {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto handler = signal(SIGUSR2, SIG_IGN);
  CHECK(output_of(request({"signals"})) == "blocked 0 ignored 0");
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, &before, &after);
  CHECK(sigismember(&after, SIGUSR1) == 1);  // the parent keeps its own
  signal(SIGUSR2, handler);
}

TEST_CASE("the child leads a group of its own unless told otherwise") {
  CHECK(output_of(request({"group"})) == "own");
  SpawnRequest wanted = request({"group"});
  wanted.own_group = false;
  CHECK(output_of(wanted) == "foreign");
}

TEST_CASE("limits are set, core files are off unless asked for") {
  SpawnRequest wanted = request({"limits"});
  wanted.limits.file_bytes = 4096;
  CHECK(output_of(wanted) == "core 0 file 4096");
}

TEST_CASE("the child runs on the CPUs it is given") {
  cpu_set_t mine;
  REQUIRE(sched_getaffinity(0, sizeof mine, &mine) == 0);
  unsigned first = 0;
  while (!CPU_ISSET(first, &mine)) ++first;
  SpawnRequest wanted = request({"cpus"});
  wanted.cpus = {first};
  CHECK(output_of(wanted) == std::to_string(first) + " ");
  wanted.cpus = {100000};
  const auto child = spawn(wanted);
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().message.find("CPUs") != std::string::npos);
}

TEST_CASE("a running child is not ended by waiting and is by a signal") {
  Child child = started("wait");
  CHECK_FALSE(child.wait_for(Nanoseconds{0}));
  CHECK(child.signal(ProcessSignal::terminate).ok());
  CHECK(child.wait_for(kLong));
  CHECK(child.reap()->signal == SIGTERM);
}

TEST_CASE("a child that ignores a polite signal is still killed") {
  Child child = started("stubborn");
  CHECK(child.signal(ProcessSignal::terminate).ok());
  CHECK_FALSE(child.wait_for(Nanoseconds{20'000'000}));
  CHECK(child.signal(ProcessSignal::kill).ok());
  CHECK(child.reap()->signal == SIGKILL);
}

TEST_CASE("a child that left its group gets what is sent to it") {
  for (const auto& [wanted, number] :
       {std::pair(ProcessSignal::terminate, SIGTERM), std::pair(ProcessSignal::kill, SIGKILL)}) {
    Child child = started("leave-group");
    CHECK(child.signal(wanted).ok());
    REQUIRE(child.wait_for(kLong));
    CHECK(child.reap()->signal == number);
  }
}

TEST_CASE("a child that is dropped is killed and collected") {
  ProcessId id = 0;
  {
    Child child = started("wait");
    id = child.id();
    Child moved = std::move(child);
    CHECK(moved.id() == id);
    CHECK(runs(id));
  }
  CHECK_FALSE(runs(id));
}

TEST_CASE("a child dies with the thread that started it when it is tied to it") {
  std::optional<Child> child;
  std::thread([&] { child.emplace(started("wait")); }).join();
  CHECK(child->wait_for(kLong));
  CHECK(child->reap()->signal == SIGKILL);
}

TEST_CASE("a grandchild that is left behind in the group is killed and reported") {
  auto [child, grandchild] = left_behind("leave");
  CHECK(runs(grandchild));
  CHECK(child.reap_strays() == std::vector<ProcessId>{grandchild});
  CHECK_FALSE(runs(grandchild));
  CHECK(child.reap_strays().empty());
}

TEST_CASE("a child that cleans up leaves no strays") {
  REQUIRE(become_subreaper().ok());
  auto child = spawn(request({"exit", "0"}));
  REQUIRE(child.ok());
  REQUIRE(child->reap().ok());
  CHECK(child->reap_strays().empty());
}

TEST_CASE("a grandchild in a session of its own is found among the orphans") {
  auto [child, grandchild] = left_behind("leave-session");
  CHECK(child.reap_strays().empty());
  Child other = started("wait");
  const std::vector<Orphan> orphans = find_orphans();
  REQUIRE(orphans.size() == 1);
  CHECK(orphans[0].id == grandchild);
  CHECK(orphans[0].name == "platform_test_c");
  CHECK(end_orphans(orphans) == 0);
  CHECK_FALSE(runs(grandchild));
  CHECK(find_orphans().empty());
  CHECK(runs(other.id()));
}

TEST_CASE("an orphan that has ended is collected and is none") {
  auto [child, grandchild] = left_behind("leave-session");
  REQUIRE(::kill(static_cast<pid_t>(grandchild), SIGKILL) == 0);
  siginfo_t ended{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(grandchild), &ended, WEXITED | WNOWAIT) == 0);
  CHECK(runs(grandchild));  // a zombie still has its number
  CHECK(find_orphans().empty());
  CHECK_FALSE(runs(grandchild));
}

TEST_CASE("an orphan below a child that adopts is that child's until it ends") {
  REQUIRE(become_subreaper().ok());
  auto pipe = make_pipe();
  REQUIRE(pipe.ok());
  SpawnRequest wanted = request({"orphan-and-wait"});
  wanted.adopts_orphans = true;
  wanted.output = HandleStream{pipe->write.get()};
  auto child = spawn(wanted);
  REQUIRE(child.ok());
  pipe->write.close();
  ProcessId grandchild = 0;
  REQUIRE(::read(pipe->read.get(), &grandchild, sizeof grandchild) == sizeof grandchild);
  CHECK(find_orphans().empty());
  CHECK(child->signal(ProcessSignal::kill).ok());
  REQUIRE(child->reap().ok());
  const std::vector<Orphan> orphans = find_orphans();
  REQUIRE(orphans.size() == 1);
  CHECK(orphans[0].id == grandchild);
  CHECK(end_orphans(orphans) == 0);
}

TEST_CASE("children that are being started by other threads are never orphans") {
  REQUIRE(become_subreaper().ok());
  std::atomic<int> running = 4;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&running] {
      for (int n = 0; n < 25; ++n) {
        auto child = spawn(request({"exit", "5"}));
        if (!child.ok() || child->reap()->code != 5) break;
        if (n == 24) --running;
      }
    });
  }
  std::size_t found = 0;
  for (int looks = 0; looks < 200; ++looks) found += find_orphans().size();
  for (std::thread& thread : threads) thread.join();
  CHECK(found == 0);
  CHECK(running == 0);  // nobody else collected them
  CHECK(started_children() == 0);
}

TEST_CASE("a fork of this program that it made itself is no orphan") {
  REQUIRE(become_subreaper().ok());
  const pid_t copy = fork();
  if (copy == 0) {
    for (;;) pause();
  }
  REQUIRE(copy > 0);
  CHECK(find_orphans().empty());
  REQUIRE(::kill(copy, SIGKILL) == 0);
  int status = 0;
  CHECK(waitpid(copy, &status, 0) == copy);
}

TEST_CASE("the use of a child is counted") {
  const ExitStatus status = status_of(request({"exit", "0"}));
  REQUIRE(status.use.max_rss_bytes);
  CHECK(*status.use.max_rss_bytes > 100'000);
  CHECK(status.use.minor_faults > 0);
}

TEST_CASE("children do not pile up descriptors") {
  const auto next = [] {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(fd);
    return fd;
  };
  const int before = next();
  SpawnRequest missing = request({});
  missing.program = "/nowhere";
  for (int i = 0; i < 20; ++i) {
    (void)status_of(request({"exit", "0"}));
    (void)spawn(missing);
  }
  CHECK(next() == before);
}
