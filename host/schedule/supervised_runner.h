// Workers as real processes: the executor's seam over supervise.
#pragma once

#include <string>

#include "schedule/worker_runner.h"
#include "supervise/supervisor.h"

namespace benchhost::schedule {

class SupervisedRunner final : public WorkerRunner {
 public:
  /// `cancel` outlives it.
  SupervisedRunner(supervise::WorkerProgram program, supervise::Limits limits, const supervise::CancelToken& cancel)
      : program_(std::move(program)), limits_(limits), cancel_(cancel) {}

  [[nodiscard]] Result<WorkerReport> run(const protocol::RunJob& job, std::int64_t timeout_ns,
                                         MessageTaker& taker) override;
  [[nodiscard]] std::string_view sandbox_tier() const override { return "T0"; }

 private:
  supervise::WorkerProgram program_;
  supervise::Limits limits_;
  const supervise::CancelToken& cancel_;
};

}  // namespace benchhost::schedule
