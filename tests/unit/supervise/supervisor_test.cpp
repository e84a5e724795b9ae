#include "supervise/supervisor.h"

#include <doctest/doctest.h>

#include <functional>
#include <thread>

#include "common/platform/clock.h"

using namespace benchhost;
using namespace benchhost::supervise;
using protocol::Outcome;
using protocol::Phase;

namespace {

/// Far away: where a test's answer comes from an event and must never come from a timer.
constexpr std::int64_t kFar = 3'000'000'000'000;
/// Near: where a timer must end the wait. It begins only after the worker is ready for what follows, so that nothing
/// depends on how late it starts or how late the timer is noticed.
constexpr std::int64_t kNear = 100'000'000;

class Recorder final : public Observer {
 public:
  void on_message(const protocol::Message& message) override {
    ++messages;
    if (const auto* log = std::get_if<protocol::Log>(&message)) last_log = log->text;
    if (on_any) on_any();
  }
  void on_slow(std::int64_t silent_ns, Phase phase) override {
    ++slow;
    slow_phase = phase;
    CHECK(silent_ns > 0);
    if (on_slow_do) on_slow_do();
  }
  void on_tick() override {
    ++ticks;
    if (on_tick_do) on_tick_do();
  }
  int messages = 0;
  int slow = 0;
  int ticks = 0;
  Phase slow_phase = Phase::starting;
  std::string last_log;
  std::function<void()> on_any;
  std::function<void()> on_slow_do;
  std::function<void()> on_tick_do;
};

Limits patient() {
  Limits limits;
  limits.silence_ns = limits.slow_notice_ns = limits.grace_ns = kFar;
  return limits;
}

struct Run {
  WorkerReport report;
  Recorder recorder;
};

WorkerProgram fake() {
  WorkerProgram program;
  program.path = FAKE_WORKER;
  program.environment = platform::Environment::of_process();
  return program;
}

WorkerReport run(const std::string& script, const Limits& limits, Observer& observer) {
  auto cancel = CancelToken::make();
  REQUIRE(cancel.ok());
  auto report = run_worker(fake(), protocol::ProbePluginJob{script}, limits, observer, *cancel);
  REQUIRE(report.ok());
  CAPTURE(script);
  CAPTURE(report->reason);
  CHECK((report->outcome == Outcome::passed) == report->reason.empty());
  return *std::move(report);
}
WorkerReport run(const std::string& script, const Limits& limits = patient()) {
  Recorder recorder;
  return run(script, limits, recorder);
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// Processes of this machine that carry the tag variable of any worker of ours and are children of this one.
std::size_t children_left() { return platform::find_orphans().size(); }

}  // namespace

TEST_CASE("a worker that finishes in order has passed, with all its messages") {
  Recorder recorder;
  const WorkerReport report = run("pass:there", patient(), recorder);
  CHECK(report.outcome == Outcome::passed);
  CHECK(report.code.empty());
  CHECK(report.exit_code == 0);
  CHECK(!report.signal);
  CHECK(report.messages == 4);
  CHECK(recorder.messages == 4);
  CHECK(recorder.last_log == "hello there");
  CHECK(report.phase == Phase::measuring);
  REQUIRE(report.final);
  CHECK(report.flags.empty());
  CHECK(report.wall_ns > 0);
  CHECK(report.sandbox_tier == "T0");
  CHECK(recorder.slow == 0);
}

TEST_CASE("a worker gets its own group, the given environment and no descriptor but its own") {
  Recorder recorder;
  auto cancel = CancelToken::make();
  REQUIRE(cancel.ok());
  WorkerProgram program = fake();
  program.environment = platform::Environment();
  program.environment.set("FROM_TEST", "yes");
  const auto report = run_worker(program, protocol::ProbePluginJob{"report"}, patient(), recorder, *cancel);
  REQUIRE(report.ok());
  CHECK(report->outcome == Outcome::passed);
  CHECK(recorder.last_log == "descriptors 0,1,2,3,4 group own variable yes home none");
}

TEST_CASE("what a worker says of its failure is the outcome") {
  const WorkerReport failed = run("fail");
  CHECK(failed.outcome == Outcome::failed);
  CHECK(failed.code == "BH0602");
  CHECK(failed.reason == "the result is wrong");
  CHECK(failed.phase == Phase::verifying);
  CHECK(failed.has_flag("simulated"));
  CHECK(run("skip").outcome == Outcome::skipped);
  const WorkerReport memory = run("no_memory");
  CHECK(memory.outcome == Outcome::out_of_memory);
  CHECK(memory.code == "BH0305");
}

TEST_CASE("a crash is stored with its signal and its phase") {
  const WorkerReport crash = run("crash");
  CHECK(crash.outcome == Outcome::crashed);
  CHECK(crash.code == "BH0303");
  CHECK(crash.signal_name == "SIGSEGV");
  CHECK(!crash.exit_code);
  CHECK(crash.phase == Phase::preparing);
  CHECK(has(crash.reason, "SIGSEGV"));
  CHECK(has(crash.reason, "preparing"));
  CHECK(crash.messages == 2);
  CHECK(run("abort").signal_name == "SIGABRT");
  CHECK(crash.own_fault == "SIGSEGV");
  const WorkerReport outside = run("killed_from_outside");
  CHECK(outside.outcome == Outcome::crashed);
  CHECK(has(outside.reason, "from outside"));
  CHECK(!outside.has_flag("killed"));
  CHECK(outside.own_fault.empty());
}

TEST_CASE("a pass needs exit 0 after the last message") {
  const WorkerReport crash = run("crash_after_final");
  CHECK(crash.outcome == Outcome::crashed);
  CHECK(has(crash.reason, "after its last message"));
  CHECK(crash.final.has_value());
  const WorkerReport code = run("exit_3_after_final");
  CHECK(code.outcome == Outcome::crashed);
  CHECK(code.exit_code == 3);
  const WorkerReport both = run("fail_then_crash");
  CHECK(both.outcome == Outcome::failed);
  CHECK(has(both.reason, "the result is wrong"));
  CHECK(has(both.reason, "SIGSEGV"));
}

TEST_CASE("silence is never a pass: exit 0 before the last message is a broken protocol") {
  const WorkerReport early = run("exit_0_early");
  CHECK(early.outcome == Outcome::protocol_error);
  CHECK(has(early.reason, "ended with exit 0 before it had finished"));
  CHECK(early.phase == Phase::loading);
  CHECK(run("exit_0_at_once").outcome == Outcome::protocol_error);
  const WorkerReport seven = run("exit_7_early");
  CHECK(seven.outcome == Outcome::protocol_error);
  CHECK(has(seven.reason, "exit 7"));
}

TEST_CASE("whatever is wrong on the result pipe ends the worker at once as a broken protocol") {
  // All of these hang afterwards, and no limit is near: only what they wrote can end them.
  for (const auto& [script, part] :
       std::vector<std::pair<const char*, const char*>>{{"garbage", "magic"},
                                                        {"bad_crc", "checksum"},
                                                        {"wrong_sequence", "sequence"},
                                                        {"length_max", "4294967295"},
                                                        {"unknown_type", "77"},
                                                        {"no_hello", "greeting"},
                                                        {"talk_after_final", "after its last"},
                                                        {"lie_about_messages", "5 messages"}}) {
    CAPTURE(script);
    const WorkerReport report = run(script);
    CHECK(report.outcome == Outcome::protocol_error);
    CHECK(report.code == "BH0302");
    CAPTURE(report.reason);
    CHECK(has(report.reason, part));
    CHECK(report.has_flag("killed"));
  }
}

TEST_CASE("a stream that ends inside a frame is a broken protocol") {
  const WorkerReport report = run("partial_then_exit");
  CHECK(report.outcome == Outcome::protocol_error);
  CHECK(has(report.reason, "in the middle of a message"));
  CHECK(run("bytes_after_final").outcome == Outcome::protocol_error);
}

TEST_CASE("messages without end are stopped at their limit") {
  Limits limits = patient();
  limits.message_bytes_max = 5'000'000;
  const WorkerReport report = run("flood", limits);
  CHECK(report.outcome == Outcome::protocol_error);
  CHECK(has(report.reason, "5000000"));
}

TEST_CASE("a worker that is silent is told to end, and killed if it does not listen") {
  // The worker announces the near deadline itself, once it is ready.
  Limits limits = patient();
  limits.grace_ns = kNear;
  for (const char* script : {"hang:100000000", "partial_then_hang:100000000", "stop_itself:100000000"}) {
    CAPTURE(script);
    const WorkerReport report = run(script, limits);
    CHECK(report.outcome == Outcome::timed_out);
    CHECK(report.code == "BH0304");
    CHECK(report.signal_name == "SIGKILL");
    CHECK(report.has_flag("killed"));
    CHECK(report.wall_ns >= 2 * kNear);
    CHECK(has(report.reason, "no life sign for 100 ms"));
  }
  limits.grace_ns = kFar;
  const WorkerReport polite = run("hang_politely:100000000", limits);
  CHECK(polite.outcome == Outcome::timed_out);
  CHECK(polite.signal_name == "SIGTERM");
  CHECK(!polite.has_flag("killed"));
  CHECK(has(polite.reason, "measuring"));
}

TEST_CASE("a worker that left its process group is told to end and killed all the same") {
  Limits limits = patient();
  const WorkerReport polite = run("leave_group_politely:100000000", limits);
  CHECK(polite.outcome == Outcome::timed_out);
  CHECK(polite.signal_name == "SIGTERM");
  limits.grace_ns = kNear;
  const WorkerReport report = run("leave_group:100000000", limits);
  CHECK(report.outcome == Outcome::timed_out);
  CHECK(report.signal_name == "SIGKILL");
  CHECK(!report.has_flag("unkillable"));
}

TEST_CASE("the time of a whole worker can be limited") {
  Limits limits = patient();
  limits.total_ns = kNear;
  limits.grace_ns = kNear;
  const WorkerReport report = run("hang", limits);
  CHECK(report.outcome == Outcome::timed_out);
  CHECK(has(report.reason, "did not end within 100 ms"));
}

TEST_CASE("a slow worker is noticed once in a silence and goes on") {
  Limits limits = patient();
  Recorder recorder;
  // The limit holds from the message after this one on.
  recorder.on_any = [&] { limits.slow_notice_ns = recorder.messages == 2 ? kNear / 5 : kFar; };
  const WorkerReport report = run("long_batch:250", limits, recorder);
  CHECK(report.outcome == Outcome::passed);
  CHECK(recorder.slow == 1);
  CHECK(recorder.slow_phase == Phase::measuring);
}

TEST_CASE("time is told while a worker is silent, and not unless it is asked for") {
  Limits limits = patient();
  Recorder quiet;
  CHECK(run("long_batch:250", limits, quiet).outcome == Outcome::passed);
  CHECK(quiet.ticks == 0);
  // A silence of a quarter of a second, and ticks that are as near as can be: some come between two messages.
  limits.tick_ns = 1;
  Recorder recorder;
  int at_message = 0;
  bool between = false;
  recorder.on_any = [&] { at_message = recorder.ticks; };
  recorder.on_tick_do = [&] { between = between || recorder.ticks >= at_message + 2; };
  CHECK(run("long_batch:250", limits, recorder).outcome == Outcome::passed);
  CHECK(between);
}

TEST_CASE("a deadline that the worker announced replaces the silence limit") {
  Limits limits = patient();
  Recorder recorder;
  recorder.on_any = [&] { limits.silence_ns = recorder.messages == 1 ? kNear : kFar; };
  // Silent for longer than the limit, as it said that it would be.
  CHECK(run("long_batch:250", limits, recorder).outcome == Outcome::passed);
}

TEST_CASE("a worker that closes the result pipe and stays is ended after the grace") {
  Limits limits = patient();
  limits.grace_ns = kNear;
  const WorkerReport report = run("close_result", limits);
  CHECK(report.outcome == Outcome::protocol_error);
  CHECK(has(report.reason, "closed the result pipe"));
}

TEST_CASE("cancelling ends a worker in order, forcing at once, and both wake the wait") {
  for (const bool force : {false, true}) {
    auto cancel = CancelToken::make();
    REQUIRE(cancel.ok());
    Recorder recorder;
    recorder.on_any = [&] {
      if (recorder.messages == 2) force ? cancel->force() : cancel->request();
    };
    const auto report =
        run_worker(fake(), protocol::ProbePluginJob{force ? "hang" : "hang_politely"}, patient(), recorder, *cancel);
    REQUIRE(report.ok());
    CHECK(report->outcome == Outcome::interrupted);
    CHECK(report->signal_name == (force ? "SIGKILL" : "SIGTERM"));
  }
  auto cancel = CancelToken::make();
  REQUIRE(cancel.ok());
  Recorder recorder;
  std::thread other;
  recorder.on_any = [&] {
    if (recorder.messages == 2)
      other = std::thread([&] {
        cancel->request();
        cancel->request();
      });
  };
  const auto report = run_worker(fake(), protocol::ProbePluginJob{"hang"}, patient(), recorder, *cancel);
  other.join();
  REQUIRE(report.ok());
  CHECK(report->outcome == Outcome::interrupted);
  const auto after = run_worker(fake(), protocol::ProbePluginJob{"pass"}, patient(), recorder, *cancel);
  REQUIRE(after.ok());
  CHECK(after->outcome == Outcome::interrupted);
  CHECK(has(after->reason, "before it was started"));
}

TEST_CASE("a worker that is asked to stop may still finish what it is doing") {
  for (const bool passes : {false, true}) {
    auto cancel = CancelToken::make();
    REQUIRE(cancel.ok());
    Recorder recorder;
    recorder.on_any = [&] {
      if (recorder.messages == 2) cancel->request();
    };
    const std::string script = std::string("end_on_terminate:") + (passes ? "passed" : "");
    const auto report = run_worker(fake(), protocol::ProbePluginJob{script}, patient(), recorder, *cancel);
    REQUIRE(report.ok());
    CHECK(report->outcome == (passes ? Outcome::passed : Outcome::interrupted));
    CHECK(report->exit_code == 0);
  }
}

TEST_CASE("a hundred megabytes on stdout are kept as head and tail and disturb nothing") {
  Limits limits = patient();
  limits.output_head_bytes = 1000;
  limits.output_tail_bytes = 2000;
  const WorkerReport report = run("loud", limits);
  CHECK(report.outcome == Outcome::passed);
  CHECK(report.has_flag("noisy"));
  CHECK(report.stdout_text.head.size() == 1000);
  CHECK(report.stdout_text.tail.size() == 2000);
  CHECK(report.stdout_text.head.starts_with("first line\n"));
  CHECK(report.stdout_text.tail.ends_with("last line\n"));
  CHECK(report.stdout_text.total_bytes == 1600u * 65536 + 21);
  CHECK(report.stdout_text.dropped_bytes() == report.stdout_text.total_bytes - 3000);
  CHECK(report.stderr_text.head == std::string("\0\x1b[31m", 6));
}

TEST_CASE("processes that a worker leaves behind hold nothing up, are ended, flagged, and no pass") {
  for (const char* script :
       {"leave_child", "leave_session", "leave_bare", "leave_in_hosts_group", "crash_with_child"}) {
    CAPTURE(script);
    const WorkerReport report = run(script);
    CHECK(report.has_flag("leaked"));
    CHECK(report.outcome == (std::string(script) == "crash_with_child" ? Outcome::crashed : Outcome::protocol_error));
    CHECK_FALSE(report.reason.empty());
    CHECK(children_left() == 0);
  }
  CHECK(!run("pass").has_flag("leaked"));
}

TEST_CASE("an orphan below a worker is left alone for as long as the worker lives") {
  // It ended its parent itself, and counts on the orphan until it says so.
  const WorkerReport report = run("use_orphan");
  CAPTURE(report.reason);
  CHECK(report.outcome == Outcome::passed);
  CHECK(!report.has_flag("leaked"));
}

TEST_CASE("strays of one worker are not mistaken for those of another that runs beside it") {
  auto cancel = CancelToken::make();
  REQUIRE(cancel.ok());
  Recorder waiting;
  bool seen_other = false;
  waiting.on_any = [&] {
    // While this worker lives, another comes, leaves a stray, and goes.
    if (waiting.messages == 2) {
      Recorder other;
      seen_other = run("leave_session", patient(), other).has_flag("leaked");
      cancel->request();
    }
  };
  const auto report = run_worker(fake(), protocol::ProbePluginJob{"hang_politely"}, patient(), waiting, *cancel);
  REQUIRE(report.ok());
  CHECK(seen_other);
  CHECK(report->outcome == Outcome::interrupted);
  CHECK(report->signal_name == "SIGTERM");
  CHECK(!report->has_flag("leaked"));
}

TEST_CASE("a worker over its memory limit is ended as out of memory") {
  Limits limits = patient();
  limits.rss_limit_bytes = 200u << 20;
  const WorkerReport report = run("eat_memory", limits);
  CHECK(report.outcome == Outcome::out_of_memory);
  CHECK(report.code == "BH0305");
  CHECK(has(report.reason, "209715200"));
  CHECK(report.phase == Phase::preparing);
}

TEST_CASE("a program that cannot be started is an error of the infrastructure with its reason") {
  auto cancel = CancelToken::make();
  REQUIRE(cancel.ok());
  Recorder recorder;
  for (const char* path : {"/nonexistent/benchhost-worker", "/", "/etc/passwd"}) {
    WorkerProgram program = fake();
    program.path = path;
    const auto report = run_worker(program, protocol::ProbePluginJob{"pass"}, patient(), recorder, *cancel);
    REQUIRE(report.ok());
    CHECK(report->outcome == Outcome::infra_error);
    CHECK(report->code == "BH0301");
    CHECK(has(report->reason, path));
  }
}

TEST_CASE("a worker that ends without reading a large job does not hurt the host") {
  auto cancel = CancelToken::make();
  REQUIRE(cancel.ok());
  Recorder recorder;
  WorkerProgram program = fake();
  program.environment.set("FAKE_IGNORE_JOB", "1");
  const auto report =
      run_worker(program, protocol::ProbePluginJob{std::string(8u << 20, 'j')}, patient(), recorder, *cancel);
  REQUIRE(report.ok());
  CHECK(report->outcome == Outcome::passed);
  const auto too_large =
      run_worker(program, protocol::ProbePluginJob{std::string(17u << 20, 'j')}, patient(), recorder, *cancel);
  REQUIRE(too_large.ok());
  CHECK(too_large->outcome == Outcome::infra_error);
}

TEST_CASE("many workers run side by side, each with its own end") {
  std::vector<std::thread> threads;
  std::vector<Outcome> outcomes(16, Outcome::cached);
  auto cancel = CancelToken::make();
  REQUIRE(cancel.ok());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    threads.emplace_back([&, i] {
      Recorder recorder;
      const char* script = i % 3 == 0 ? "pass" : i % 3 == 1 ? "crash" : "exit_0_early";
      const auto report = run_worker(fake(), protocol::ProbePluginJob{script}, patient(), recorder, *cancel);
      if (report.ok()) outcomes[i] = report->outcome;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    CHECK(outcomes[i] == (i % 3 == 0 ? Outcome::passed : i % 3 == 1 ? Outcome::crashed : Outcome::protocol_error));
  }
}
