// benchhost-worker: the process in which plugins and backend modules run. Started by the host with one job, tells what
// came of it in frames, and ends. usage: benchhost-worker --job-fd N --result-fd M
//
// The order: handles out of a plugin's way, signals, greeting, the job, its end as the last message, a plain return, so
// that what a plugin does while the process ends is seen by the host as well. Standard output and error are the
// plugin's.
#include <charconv>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string_view>
#include <variant>

#include <unistd.h>

#include "common/platform/clock.h"
#include "common/platform/files.h"
#include "common/protocol/version.h"
#include "worker/loader/negotiate.h"
#include "worker/main/channel.h"
#include "worker/main/jobs.h"
#include "worker/main/process_setup.h"
#include "worker/main/signals.h"

namespace benchhost::worker_main {
namespace {

static_assert(protocol::kAbiMin == loader::AbiRange().min && protocol::kAbiMax == loader::AbiRange().max,
              "the host wing tells users the versions that the worker speaks");

/// Exit statuses of a worker that could not even begin; everything later is told in messages.
constexpr int kUsage = 2;
constexpr int kNoChannel = 3;

std::optional<int> fd_option(int argc, char** argv, std::string_view name) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (argv[i] != name) continue;
    const char* text = argv[i + 1];
    int fd = -1;
    const auto parsed = std::from_chars(text, text + std::strlen(text), fd);
    if (parsed.ec == std::errc() && *parsed.ptr == '\0' && fd >= 0) return fd;
  }
  return std::nullopt;
}

protocol::Final work(const JobContext& context, const Result<protocol::Job>& job) {
  if (!job.ok()) return end_with(job.error(), protocol::Phase::starting, protocol::Outcome::protocol_error);
  try {
    return std::visit([&](const auto& one) { return do_job(context, one); }, *job);
  } catch (const std::bad_alloc&) {
    return end_with(make_error("BH0305", "the worker has no memory left"), protocol::Phase::ending,
                    protocol::Outcome::out_of_memory);
  } catch (const std::exception& failure) {
    return end_with(make_error("BH0302", std::string("the worker failed: ") + failure.what()), protocol::Phase::ending,
                    protocol::Outcome::protocol_error);
  }
}

int run(int argc, char** argv) {
  const auto job_fd = fd_option(argc, argv, "--job-fd");
  const auto result_fd = fd_option(argc, argv, "--result-fd");
  if (!job_fd || !result_fd) {
    static constexpr std::string_view kText =
        "benchhost-worker is started by benchhost: benchhost-worker --job-fd N --result-fd M\n";
    return write(STDERR_FILENO, kText.data(), kText.size()) < 0 ? kNoChannel : kUsage;
  }
  auto handles = take_handles(*job_fd, *result_fd);
  if (!handles.ok()) return kNoChannel;
  die_with_parent();
  catch_end_signals();

  platform::SystemClock clock;
  platform::SystemFiles files;
  FrameReporter reporter(std::move(handles->result));
  reporter.send(
      protocol::Hello{BENCHHOST_VERSION, static_cast<std::uint32_t>(getpid()), protocol::kAbiMin, protocol::kAbiMax});
  const auto job = read_job(handles->job.get());
  handles->job.close();
  protocol::Final final = work({&clock, &files, &reporter, &cancelled()}, job);
  final.messages = reporter.sent();
  reporter.send(std::move(final));
  return 0;
}

}  // namespace
}  // namespace benchhost::worker_main

int main(int argc, char** argv) { return benchhost::worker_main::run(argc, argv); }
