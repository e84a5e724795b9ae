// A worker that speaks frames and misbehaves on demand. It is told how by the plugin file of its job: "script:NAME".
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include "common/protocol/frame.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

int g_job = -1;
const pid_t g_host = getppid();
int g_result = -1;
std::string g_argument;
FrameEncoder g_encoder;
std::uint64_t g_sent = 0;

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) _exit(99);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

std::string frame(const Message& message) { return g_encoder.encode(message_type(message), encode(message)); }

void tell(const Message& message) {
  write_all(g_result, frame(message));
  ++g_sent;
}

void hello() { tell(Hello{"fake", static_cast<std::uint32_t>(getpid()), 1, 1}); }
void phase(Phase phase, std::int64_t deadline_ns = 0) { tell(Progress{phase, deadline_ns, 0, 0, "", {}}); }

Final make_final(Outcome outcome = Outcome::passed, std::string reason = {}) {
  Final final;
  final.outcome = outcome;
  final.reason = std::move(reason);
  final.messages = g_sent;
  return final;
}
void finish(Outcome outcome = Outcome::passed, std::string reason = {}) {
  tell(make_final(outcome, std::move(reason)));
}

/// The deadline in the argument, for the silence that follows.
std::int64_t argument_ns() { return g_argument.empty() ? 0 : std::stoll(g_argument); }

[[noreturn]] void sleep_for_ever() {
  for (;;) pause();
}

void ignore_terminate() { signal(SIGTERM, SIG_IGN); }

/// A child that holds every descriptor and never ends by itself. It is ready when this returns.
void leave_child(bool own_session) {
  int ready[2];
  if (pipe(ready) != 0) _exit(98);
  if (fork() == 0) {
    if (own_session) {
      setsid();
      if (fork() != 0) _exit(0);
    }
    signal(SIGTERM, SIG_IGN);
    (void)!write(ready[1], "x", 1);
    sleep_for_ever();
  }
  char byte = 0;
  (void)!read(ready[0], &byte, 1);
  if (own_session) wait(nullptr);
}

/// As a helper that makes itself a daemon and execs with an empty environment: nothing of the worker can be seen in it.
void leave_bare_daemon() {
  int ready[2];
  if (pipe(ready) != 0) _exit(98);
  if (fork() == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    dup2(ready[1], 1);
    const char* const arguments[] = {"sh", "-c", "echo x; exec 1>&2; while :; do sleep 1000; done", nullptr};
    const char* const nothing[] = {nullptr};
    execve("/bin/sh", const_cast<char* const*>(arguments), const_cast<char* const*>(nothing));
    _exit(98);
  }
  char byte = 0;
  (void)!read(ready[0], &byte, 1);
  wait(nullptr);
}

/// A child in the host's own process group.
void leave_in_hosts_group() {
  int ready[2];
  if (pipe(ready) != 0) _exit(98);
  if (fork() == 0) {
    if (setpgid(0, getpgid(g_host)) != 0) _exit(98);
    (void)!write(ready[1], "x", 1);
    sleep_for_ever();
  }
  char byte = 0;
  (void)!read(ready[0], &byte, 1);
}

/// Uses a process whose parent has ended, through pipes, and lets it end before it returns.
bool use_orphan() {
  int to[2];
  int from[2];
  if (pipe(to) != 0 || pipe(from) != 0) return false;
  const pid_t middle = fork();
  if (middle == 0) {
    if (fork() != 0) _exit(0);
    close(to[1]);
    close(from[0]);
    char byte = 0;
    while (read(to[0], &byte, 1) == 1) (void)!write(from[1], &byte, 1);
    _exit(0);
  }
  close(to[0]);
  close(from[1]);
  waitpid(middle, nullptr, 0);
  char byte = 'a';
  if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1) return false;
  close(to[1]);
  const bool ended = read(from[0], &byte, 1) == 0;
  // Its last child: an adopted one, since this process takes in what is orphaned below it.
  return ended && wait(nullptr) > 0;
}

std::string read_job() {
  std::string bytes;
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(g_job, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
  FrameDecoder decoder;
  decoder.feed(bytes);
  auto frame = decoder.next();
  if (!frame || !frame.value() || (*frame)->type != kJobFrameType || !decoder.at_boundary()) _exit(97);
  const auto json = parse_json((*frame)->payload);
  if (!json) _exit(96);
  const auto job = job_from_json(*json);
  if (!job) _exit(95);
  return std::get<ProbePluginJob>(*job).file;
}

/// Descriptors that are open, as a text.
std::string open_descriptors() {
  std::string text;
  for (int fd = 0; fd < 256; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) text += (text.empty() ? "" : ",") + std::to_string(fd);
  }
  return text;
}

const std::map<std::string, std::function<void()>>& scripts() {
  static const std::map<std::string, std::function<void()>> all = {
      {"pass",
       [] {
         hello();
         phase(Phase::measuring);
         tell(Log{LogLevel::info, LogSource::plugin, "hello " + g_argument});
         finish();
       }},
      {"report",
       [] {
         hello();
         tell(Log{LogLevel::info, LogSource::worker,
                  "descriptors " + open_descriptors() + " group " + (getpgrp() == getpid() ? "own" : "shared") +
                      " variable " + (getenv("FROM_TEST") != nullptr ? getenv("FROM_TEST") : "none") + " home " +
                      (getenv("HOME") != nullptr ? "set" : "none")});
         finish();
       }},
      {"fail",
       [] {
         hello();
         Final final = make_final(Outcome::failed, "the result is wrong");
         final.code = "BH0602";
         final.phase = Phase::verifying;
         final.flags = {"simulated"};
         tell(final);
       }},
      {"skip",
       [] {
         hello();
         finish(Outcome::skipped, "needs fp16");
       }},
      {"no_memory",
       [] {
         hello();
         finish(Outcome::out_of_memory, "no memory for the arrays");
       }},
      {"crash",
       [] {
         hello();
         phase(Phase::preparing);
         raise(SIGSEGV);
       }},
      {"abort",
       [] {
         hello();
         phase(Phase::measuring);
         abort();
       }},
      {"killed_from_outside",
       [] {
         hello();
         raise(SIGKILL);
       }},
      {"crash_after_final",
       [] {
         hello();
         finish();
         raise(SIGSEGV);
       }},
      {"exit_3_after_final",
       [] {
         hello();
         finish();
         _exit(3);
       }},
      {"fail_then_crash",
       [] {
         hello();
         finish(Outcome::failed, "the result is wrong");
         raise(SIGSEGV);
       }},
      {"exit_0_early",
       [] {
         hello();
         phase(Phase::loading);
         _exit(0);
       }},
      {"exit_0_at_once", [] { _exit(0); }},
      {"exit_7_early",
       [] {
         hello();
         _exit(7);
       }},
      {"hang",
       [] {
         ignore_terminate();
         hello();
         phase(Phase::measuring, argument_ns());
         sleep_for_ever();
       }},
      {"leave_group",
       [] {
         // Out of the group that the host made for it, into the host's own: what is sent to the first misses it.
         ignore_terminate();
         if (setpgid(0, getpgid(getppid())) != 0) _exit(92);
         hello();
         phase(Phase::measuring, argument_ns());
         sleep_for_ever();
       }},
      {"leave_group_politely",
       [] {
         if (setpgid(0, getpgid(getppid())) != 0) _exit(92);
         hello();
         phase(Phase::measuring, argument_ns());
         sleep_for_ever();
       }},
      {"hang_politely",
       [] {
         hello();
         phase(Phase::measuring, argument_ns());
         sleep_for_ever();
       }},
      {"stop_itself",
       [] {
         ignore_terminate();
         hello();
         phase(Phase::measuring, argument_ns());
         raise(SIGSTOP);
         sleep_for_ever();
       }},
      {"end_on_terminate",
       [] {
         // Waits for TERM, and finishes in order.
         sigset_t wanted;
         sigemptyset(&wanted);
         sigaddset(&wanted, SIGTERM);
         sigprocmask(SIG_BLOCK, &wanted, nullptr);
         hello();
         phase(Phase::measuring);
         int number = 0;
         sigwait(&wanted, &number);
         finish(g_argument == "passed" ? Outcome::passed : Outcome::interrupted, "stopped in the middle");
       }},
      {"long_batch",
       [] {
         // Announces more time than the silence limit, sleeps through that limit, and goes on.
         hello();
         phase(Phase::measuring, 60'000'000'000);
         poll(nullptr, 0, std::stoi(g_argument));
         finish();
       }},
      {"garbage",
       [] {
         hello();
         write_all(g_result, "printf from a plugin that found the pipe\n");
         sleep_for_ever();
       }},
      {"partial_then_hang",
       [] {
         ignore_terminate();
         hello();
         phase(Phase::measuring, argument_ns());
         write_all(g_result, frame(Log{}).substr(0, 30));
         sleep_for_ever();
       }},
      {"partial_then_exit",
       [] {
         hello();
         write_all(g_result, frame(Log{}).substr(0, 30));
       }},
      {"bad_crc",
       [] {
         hello();
         std::string bytes = frame(Log{LogLevel::info, LogSource::worker, "text"});
         bytes.back() = static_cast<char>(bytes.back() ^ 1);
         write_all(g_result, bytes);
         sleep_for_ever();
       }},
      {"wrong_sequence",
       [] {
         hello();
         (void)frame(Log{});
         tell(Log{});
         sleep_for_ever();
       }},
      {"length_max",
       [] {
         hello();
         std::string bytes = frame(Log{});
         for (std::size_t i = 16; i < 20; ++i) bytes[i] = '\xff';
         write_all(g_result, bytes);
         sleep_for_ever();
       }},
      {"unknown_type",
       [] {
         hello();
         write_all(g_result, g_encoder.encode(77, "{}"));
         sleep_for_ever();
       }},
      {"no_hello",
       [] {
         phase(Phase::loading);
         sleep_for_ever();
       }},
      {"talk_after_final",
       [] {
         hello();
         finish();
         tell(Log{});
         sleep_for_ever();
       }},
      {"bytes_after_final",
       [] {
         hello();
         finish();
         write_all(g_result, "BH");
       }},
      {"lie_about_messages",
       [] {
         hello();
         Final final = make_final();
         final.messages = 5;
         tell(final);
         sleep_for_ever();
       }},
      {"flood",
       [] {
         hello();
         for (;;) tell(Log{LogLevel::info, LogSource::plugin, std::string(60'000, 'x')});
       }},
      {"close_result",
       [] {
         ignore_terminate();
         hello();
         close(g_result);
         sleep_for_ever();
       }},
      {"loud",
       [] {
         hello();
         write_all(1, "first line\n");
         const std::string block(1 << 16, 'o');
         for (int i = 0; i < 1600; ++i) write_all(1, block);
         write_all(1, "last line\n");
         write_all(2, std::string("\0\x1b[31m", 6));
         finish();
       }},
      {"leave_child",
       [] {
         hello();
         leave_child(false);
         finish();
       }},
      {"leave_session",
       [] {
         hello();
         leave_child(true);
         finish();
       }},
      {"leave_bare",
       [] {
         hello();
         leave_bare_daemon();
         finish();
       }},
      {"leave_in_hosts_group",
       [] {
         hello();
         leave_in_hosts_group();
         finish();
       }},
      {"use_orphan",
       [] {
         hello();
         const bool answered = use_orphan();
         finish(answered ? Outcome::passed : Outcome::failed, answered ? "" : "the orphan did not answer");
       }},
      {"crash_with_child",
       [] {
         hello();
         leave_child(true);
         leave_child(false);
         raise(SIGSEGV);
       }},
      {"eat_memory",
       [] {
         hello();
         phase(Phase::preparing);
         for (;;) {
           constexpr std::size_t kStep = 8u << 20;
           char* block = static_cast<char*>(malloc(kStep));
           if (block != nullptr) memset(block, 1, kStep);
           phase(Phase::preparing);
         }
       }},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGSEGV, SIG_DFL);  // a sanitizer would turn the signal into an exit code
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--job-fd") == 0) g_job = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--result-fd") == 0) g_result = std::atoi(argv[i + 1]);
  }
  if (g_job < 3 || g_result < 3) return 94;
  if (getenv("FAKE_IGNORE_JOB") != nullptr) {
    // Ends without having read what it was sent.
    hello();
    finish();
    return 0;
  }
  std::string script = read_job();
  const std::size_t colon = script.find(':');
  if (colon != std::string::npos) {
    g_argument = script.substr(colon + 1);
    script.resize(colon);
  }
  const auto found = scripts().find(script);
  if (found == scripts().end()) return 93;
  found->second();
  return 0;
}
