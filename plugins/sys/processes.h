// Benchmarks of processes and of switching between what runs on one core.
#pragma once

#include <benchhost/plugin.hpp>

#include <array>
#include <optional>
#include <string>

#include "acts.h"
#include "calls.h"
#include "common/allowed_cpus.h"
#include "expected.h"
#include "system.h"

namespace sys {

/// The children are programs that tiny_program.h knows.
inline constexpr const char* kCanStart = "os == 'linux' && (arch == 'x86_64' || arch == 'aarch64')";

struct ProcessStart final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.benchhost.sys.spawn", "Starting a process",
                "posix_spawn of a program of four instructions, without a C library, and waiting for it: the kernel's "
                "part of starting a program",
                BH_CATEGORY_HOST)
          .tags("system,processes")
          .flags(BH_BENCHMARK_SPAWNS)
          .requirement(kCanStart);
  static constexpr bb::Metric metrics[] = {
      bb::time("time", "Time of a process", "from before it is started until its end is known").primary()};

  std::string program;
  std::uint64_t done = 0, sum = 0;

  explicit ProcessStart(const bb::Prepare& p) : program(install(Tiny::leave, scratch_folder(p.host))) {
    if (start_children(program.c_str(), 0, 1) != child_status(0)) {
      throw bb::Error(BH_E_FAILED, "a first child did not end as it was told to");
    }
  }
  void run(const bb::Batch& batch) override {
    sum += start_children(program.c_str(), done, batch.n);
    done += batch.n;
  }
  void verify(bb::Verdict& verdict) override {
    judge(verdict, done, sum, expected_statuses(done),
          "1 if the statuses of the children do not add up to those that they were told");
  }
};

/// Binds the control thread, and with it what it starts, to one CPU until teardown.
inline void hold_on_one_cpu(const bb::Prepare& p) {
  p.team(1);
  if (cpu::only_cpu() < 0) {
    throw bb::Error(BH_E_UNSUPPORTED, "threads cannot be held on one core here, so nothing makes them switch");
  }
}

/// A token that goes there and back between two that share a core.
class Switch : public bb::Benchmark {
 public:
  static constexpr bb::Metric metrics[] = {
      bb::time("round_trip", "Round trip", "a token there and the answer back: two switches, two writes and two reads")
          .primary(),
      bb::rate("switches", "Switches", BH_UNIT_RATE("switch"), BH_WORK_ITEMS, "two in each round trip")};

  explicit Switch(const bb::Prepare& p) : host_(p.host) { p.work({{BH_WORK_ITEMS, 2}}); }
  void verify(bb::Verdict& verdict) override {
    judge(verdict, done_, sum_, expected_answers(done_), "1 if the answers do not add up to those to all tokens");
  }

 protected:
  const bh_host_t* host_;
  Pipe there_ = open_pipe(), back_ = open_pipe();
  std::uint64_t done_ = 0, sum_ = 0;
};

/// Two threads of this process.
struct ThreadSwitch final : Switch {
  static constexpr auto about =
      bb::about("org.benchhost.sys.switch_threads", "Switching threads",
                "two threads on one core send each other a token through pipes, and wait", BH_CATEGORY_HOST)
          .tags("system,threads,switch")
          .requirement("os == 'linux'");

  bh_team_t* team = nullptr;

  explicit ThreadSwitch(const bb::Prepare& p) : Switch(p) {
    hold_on_one_cpu(p);
    // Not pinned each to a core of its own, but where the case may run: on its only one.
    team = p.team(2, BH_PIN_NONE);
    std::array<int, 2> cpus{};
    bb::run_team(host_, team, [&](std::uint32_t i) { cpus[i] = cpu::only_cpu(); });
    if (cpus[0] < 0 || cpus[0] != cpus[1]) {
      throw bb::Error(BH_E_UNSUPPORTED, "two threads cannot be held on one core here");
    }
  }
  void run(const bb::Batch& batch) override {
    bb::run_team(host_, team, [&](std::uint32_t i) {
      // One that fails lets the other see the end of its pipe.
      try {
        if (i == 0) {
          sum_ += bounce(there_.write.number(), back_.read.number(), done_, batch.n);
        } else {
          answer(there_.read.number(), back_.write.number(), batch.n);
        }
      } catch (...) {
        (i == 0 ? there_ : back_).write.close();
        throw;
      }
    });
    done_ += batch.n;
  }
};

/// This process and a child.
struct ProcessSwitch final : Switch {
  static constexpr auto about =
      bb::about("org.benchhost.sys.switch_processes", "Switching processes",
                "two processes on one core send each other a token through pipes, and wait; the other one is a program "
                "of twenty instructions",
                BH_CATEGORY_HOST)
          .tags("system,processes,switch")
          .flags(BH_BENCHMARK_SPAWNS)
          .requirement(kCanStart);

  std::optional<Child> child;

  explicit ProcessSwitch(const bb::Prepare& p) : Switch(p) {
    hold_on_one_cpu(p);
    child.emplace(install(Tiny::echo, scratch_folder(p.host)), there_.read.number(), back_.write.number());
    // The child's alone, so that its end is the end of the pipe.
    back_.write.close();
  }
  ~ProcessSwitch() override {
    if (!child) return;
    there_.write.close();
    if (child->wait() != 0) {
      host_->log(host_, BH_LOG_WARNING, "the child did not end in order when its pipe was closed");
    }
  }
  void run(const bb::Batch& batch) override {
    sum_ += bounce(there_.write.number(), back_.read.number(), done_, batch.n);
    done_ += batch.n;
  }
};

}  // namespace sys
