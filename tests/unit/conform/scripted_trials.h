// Trials whose ends a test has written down.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "conform/check.h"

namespace benchhost::conform::test {

/// Answers each trial with the next end of its script; without one, an end that passed and found nothing.
class ScriptedTrials final : public TrialRunner {
 public:
  std::map<protocol::Trial, std::deque<TrialEnd>> script;
  std::vector<protocol::CheckJob> jobs;  ///< as they came

  [[nodiscard]] Result<TrialEnd> run(const protocol::CheckJob& job) override {
    jobs.push_back(job);
    std::deque<TrialEnd>& ends = script[job.trial];
    if (ends.empty()) return TrialEnd{};
    TrialEnd end = ends.front();
    ends.pop_front();
    return end;
  }
};

inline protocol::Observation observed(protocol::Requirement requirement, protocol::Finding finding,
                                      std::string where = "", std::string text = "") {
  return {static_cast<std::uint32_t>(requirement), finding, std::move(where), std::move(text)};
}

inline const RequirementResult& result_of(const CheckReport& report, protocol::Requirement requirement) {
  for (const RequirementResult& r : report.results) {
    if (r.requirement->id == requirement) return r;
  }
  throw std::runtime_error("the report does not have that requirement");
}

}  // namespace benchhost::conform::test
