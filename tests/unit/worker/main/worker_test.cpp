// The real worker with a real plugin, from outside: jobs in, messages out, how the process ends.
#include "worker_process.h"

#include "common/base/digest.h"
#include "common/platform/files.h"
#include "common/protocol/descriptor.h"

namespace benchhost::worker_main::test {
namespace {

using protocol::Outcome;
using protocol::Quantity;
using protocol::SegmentPhase;

protocol::PluginRecord probe() {
  const WorkerEnd end = run_worker(protocol::ProbePluginJob{WORKER_TEST_PLUGIN});
  CHECK(end.end().outcome == Outcome::passed);
  CHECK(end.exit.succeeded());
  const auto records = end.all<protocol::PluginRecord>();
  REQUIRE(records.size() == 1);
  return records[0];
}

/// A quick run of a benchmark of the test plugin.
protocol::RunJob job_for(const std::string& benchmark) {
  const protocol::PluginRecord record = probe();
  protocol::RunJob job;
  job.plugin_file = WORKER_TEST_PLUGIN;
  job.descriptor_digest = descriptor_digest(record);
  job.benchmark = "org.benchhost_test.worker." + benchmark;
  for (const auto& b : record.benchmarks) {
    if (b.id != job.benchmark) continue;
    for (const auto& p : b.parameters) job.values.push_back(p.default_value);
  }
  job.seed = 11;
  job.plan.min_batch_ns = 100'000;
  job.plan.time_budget_ns = 5'000'000;
  job.plan.warmup_budget_ns = 5'000'000;
  job.plan.min_batches = 5;
  return job;
}

TEST_CASE("a probe answers a greeting, phases, one record and a passed end") {
  const WorkerEnd end = run_worker(protocol::ProbePluginJob{WORKER_TEST_PLUGIN});
  REQUIRE(std::holds_alternative<protocol::Hello>(end.messages.front()));
  CHECK(end.broken == "");
  CHECK(end.end().outcome == Outcome::passed);
  CHECK(end.end().messages == end.messages.size() - 1);
  const auto record = end.all<protocol::PluginRecord>().at(0);
  CHECK(record.id == "org.benchhost_test.worker");
  CHECK(record.benchmarks.size() >= 3);
}

TEST_CASE("a file that is no plugin fails at its gate and the worker ends in order") {
  for (const auto& [file, code] :
       {std::pair{"/nonexistent/plugin.so", "BH0201"}, {"/", "BH0201"}, {"/etc/passwd", "BH02"}}) {
    const WorkerEnd end = run_worker(protocol::ProbePluginJob{file});
    CHECK(end.exit.succeeded());
    CHECK(end.end().outcome == Outcome::failed);
    CHECK(end.end().code.starts_with(code));
    CHECK(end.end().reason != "");
  }
}

TEST_CASE("bytes that are no job end the worker with a protocol error") {
  const WorkerEnd end = run_worker(protocol::ProbePluginJob{}, "this is no frame, and long enough to be read as one");
  CHECK(end.exit.succeeded());
  CHECK(end.end().outcome == Outcome::protocol_error);
}

TEST_CASE("a run measures, verifies and stores its batches") {
  auto job = job_for("sum");
  // Their number ends the run and not the time, of which a busy machine may take any share.
  job.plan.time_budget_ns = 60'000'000'000;
  job.plan.max_batches = 5;
  const WorkerEnd end = run_worker(job);
  CHECK(end.end().reason == "");
  CHECK(end.end().outcome == Outcome::passed);
  CHECK(end.exit.succeeded());
  std::size_t batches = 0;
  for (const auto& s : end.all<protocol::Segment>()) {
    if (s.quantity == Quantity::wall && s.phase == SegmentPhase::measure) batches += s.size();
  }
  CHECK(batches == 5);
  CHECK(end.all<protocol::Verdict>().size() == 1);
  CHECK(end.all<protocol::Verdict>()[0].checked == 1);
  CHECK(end.all<protocol::Calibration>().size() == 1);
  CHECK(end.all<protocol::Usage>().size() == 1);
  CHECK(end.all<protocol::Work>().size() == 1);
}

TEST_CASE("a plugin whose descriptors are not those of the probe is refused") {
  auto job = job_for("sum");
  job.descriptor_digest = digest_text("another");
  const WorkerEnd end = run_worker(job);
  CHECK(end.end().outcome == Outcome::protocol_error);
  CHECK(end.end().code == "BH0209");
}

TEST_CASE("an unknown benchmark is an error with its name") {
  auto job = job_for("sum");
  job.benchmark = "org.benchhost_test.worker.absent";
  CHECK(run_worker(job).end().reason.find("absent") != std::string::npos);
}

TEST_CASE("an exception out of run is a protocol error and reaches nothing else") {
  const WorkerEnd end = run_worker(job_for("throws"));
  CHECK(end.exit.succeeded());
  CHECK(end.end().outcome == Outcome::protocol_error);
  CHECK(end.end().reason.find("run let an exception out") != std::string::npos);
}

TEST_CASE("a file that is not the one that was examined is not loaded") {
  platform::SystemFiles files;
  protocol::RunJob job = job_for("sum");
  job.plugin_stamp = platform::stamp_of(files.status(job.plugin_file).value());
  CHECK(run_worker(job).end().outcome == Outcome::passed);
  job.plugin_stamp += "0";
  const auto end = run_worker(job).end();
  CHECK(end.outcome == Outcome::failed);
  CHECK(end.code == "BH0214");
  CHECK(end.reason.find("changed since it was examined") != std::string::npos);
}

TEST_CASE("a team reports latencies and runs on the cores of the case") {
  const WorkerEnd end = run_worker(job_for("team"));
  CHECK(end.end().reason == "");
  CHECK(end.end().outcome == Outcome::passed);
  std::size_t recorded = 0;
  for (const auto& s : end.all<protocol::Segment>()) recorded += s.quantity == Quantity::recorded ? s.size() : 0;
  CHECK(recorded > 0);
}

}  // namespace
}  // namespace benchhost::worker_main::test
