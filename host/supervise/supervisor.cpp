#include "supervise/supervisor.h"

#include <algorithm>
#include <memory>

#include "supervise/ending.h"
#include "supervise/process_tree.h"
#include "supervise/worker_watch.h"

namespace benchhost::supervise {
namespace {

constexpr int kJobNumber = 3;
constexpr int kResultNumber = 4;

/// The worker's ends of what connects it with the host.
struct FarEnds {
  platform::OwnedHandle job;
  platform::OwnedHandle result;
  platform::OwnedHandle output;
  platform::OwnedHandle error;
};

platform::SpawnRequest make_request(const WorkerProgram& program, const protocol::Job& job, const FarEnds& ends,
                                    const std::string& tag) {
  platform::SpawnRequest request;
  request.program = program.path;
  request.arguments = {"--job-fd", std::to_string(kJobNumber), "--result-fd", std::to_string(kResultNumber)};
  request.environment = program.environment;
  request.environment.set(kTagVariable, tag);
  request.working_folder = program.working_folder;
  if (const auto* run = std::get_if<protocol::RunJob>(&job)) {
    if (!run->scratch_dir.empty()) request.working_folder = run->scratch_dir;
    request.cpus.assign(run->cores.begin(), run->cores.end());
  } else if (const auto* enumerate = std::get_if<protocol::EnumerateJob>(&job)) {
    if (!enumerate->scratch_dir.empty()) request.working_folder = enumerate->scratch_dir;
  }
  request.output = platform::HandleStream{ends.output.get()};
  request.error = platform::HandleStream{ends.error.get()};
  request.passed = {{ends.job.get(), kJobNumber}, {ends.result.get(), kResultNumber}};
  request.limits = program.limits;
  // What it leaves behind comes to this process when it has ended and not before: so that nothing that a plugin still
  // uses is taken for a stray.
  request.adopts_orphans = true;
  return request;
}

void add_flag(std::vector<std::string>& flags, const char* flag) {
  if (std::find(flags.begin(), flags.end(), flag) == flags.end()) flags.emplace_back(flag);
}

}  // namespace

bool WorkerReport::has_flag(std::string_view flag) const {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

Result<WorkerReport> run_worker(const WorkerProgram& program, const protocol::Job& job, const Limits& limits,
                                Observer& observer, const CancelToken& cancel) {
  WorkerReport report;
  if (cancel.requested()) {
    report.outcome = protocol::Outcome::interrupted;
    report.reason = "stopped on request before it was started";
    return report;
  }
  const std::string job_text = to_text(to_json(job));
  if (job_text.size() > protocol::kMaxPayload) {
    report.code = "BH0301";
    report.reason = "its job does not fit into one message";
    return report;
  }
  // Where the system cannot do this, strays are ended with their group only.
  (void)platform::become_subreaper();

  BH_TRY(platform::Channel job_channel, platform::make_channel());
  BH_TRY(platform::Pipe result, platform::make_pipe());
  BH_TRY(platform::Pipe output, platform::make_pipe());
  BH_TRY(platform::Pipe error, platform::make_pipe());
  FarEnds far{std::move(job_channel.theirs), std::move(result.write), std::move(output.write), std::move(error.write)};
  const std::string tag = make_tag();
  platform::SystemClock clock;
  const std::int64_t started = clock.now_ns();
  auto child = platform::spawn(make_request(program, job, far, tag));
  far = {};  // else this process would hold the pipes open itself
  if (!child) {
    report.code = "BH0301";
    report.reason = to_text(child.error());
    return report;
  }

  protocol::FrameEncoder encoder;
  WorkerWatch watch(
      *child, {std::move(job_channel.ours), std::move(result.read), std::move(output.read), std::move(error.read)},
      encoder.encode(protocol::kJobFrameType, job_text), limits, observer, cancel);
  watch.watch();
  report.wall_ns = clock.now_ns() - started;

  Ending ending = watch.ending();
  if (watch.unkillable()) {
    // Collecting it would wait for ever; its number stays taken until this process ends.
    (void)std::make_unique<platform::Child>(std::move(*child)).release();
    add_flag(report.flags, "unkillable");
  } else {
    BH_TRY(platform::ExitStatus exit, child->reap());
    const bool in_group = !child->reap_strays().empty();
    const bool outside = end_strays(tag) > 0;
    watch.drain();
    ending = watch.ending();
    ending.left_processes = in_group || outside;
    if (ending.left_processes) add_flag(report.flags, "leaked");
    ending.exit = exit;
    report.exit_code = exit.code;
    report.signal = exit.signal;
    if (exit.signal) report.signal_name = platform::signal_name(*exit.signal);
    report.use = exit.use;
  }
  Judgement judgement = judge(ending);
  report.outcome = judgement.outcome;
  report.code = std::move(judgement.code);
  report.reason = std::move(judgement.reason);
  report.own_fault = own_fault(ending);
  report.phase = ending.phase;
  report.messages = watch.messages();
  report.final = ending.final;
  report.stdout_text = watch.take_output();
  report.stderr_text = watch.take_error();
  if (ending.final) {
    for (const std::string& flag : ending.final->flags) add_flag(report.flags, flag.c_str());
  }
  if (watch.killed()) add_flag(report.flags, "killed");
  if (report.stdout_text.dropped_bytes() + report.stderr_text.dropped_bytes() > 0) add_flag(report.flags, "noisy");
  return report;
}

}  // namespace benchhost::supervise
