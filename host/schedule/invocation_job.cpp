#include "schedule/invocation_job.h"

#include "common/stats/random.h"

namespace benchhost::schedule {

std::uint64_t data_seed(const suite::CaseSpec& spec, std::uint64_t run_seed) {
  std::uint64_t from_key = 0;
  for (const char c : spec.key.substr(0, 16)) {
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    from_key = from_key << 4 | static_cast<std::uint64_t>(digit & 15);
  }
  return stats::derive(from_key, run_seed);
}

protocol::RunJob job_of(const PlanCase& work, const Plan& plan,
                        const std::function<std::vector<std::uint32_t>(std::uint64_t)>& choose_cores) {
  const PlanPlugin& plugin = plan.plugins[work.plugin];
  protocol::RunJob job;
  job.plugin_file = plugin.file;
  job.plugin_stamp = plugin.stamp;
  job.descriptor_digest = plugin.descriptor_digest;
  job.benchmark = work.spec.benchmark_id;
  job.input = work.spec.input;
  job.content_digest = work.spec.content_digest;
  job.settings = work.spec.settings;
  job.values = work.spec.values;
  job.devices = work.spec.devices;
  job.seed = data_seed(work.spec, plan.seed);
  job.cores = choose_cores(work.spec.claims.cores);
  job.memory_limit_bytes = work.spec.claims.memory_bytes;
  job.asset_dir = plugin.asset_dir;
  job.cache_dir = plan.cache_dir;
  job.backend_options = plan.backend_options;
  job.plan.time_budget_ns = work.policy.invocation_ns;
  return job;
}

}  // namespace benchhost::schedule
