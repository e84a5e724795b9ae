// Trials in real workers.
#pragma once

#include <cstdint>

#include "conform/check.h"
#include "supervise/supervisor.h"

namespace benchhost::conform {

class SupervisedTrials final : public TrialRunner {
 public:
  /// silence_ns: of a worker, after which it is ended. `cancel` outlives it.
  SupervisedTrials(supervise::WorkerProgram program, std::int64_t silence_ns, const supervise::CancelToken& cancel)
      : program_(std::move(program)), silence_ns_(silence_ns), cancel_(cancel) {}

  [[nodiscard]] Result<TrialEnd> run(const protocol::CheckJob& job) override;

 private:
  supervise::WorkerProgram program_;
  std::int64_t silence_ns_;
  const supervise::CancelToken& cancel_;
};

}  // namespace benchhost::conform
