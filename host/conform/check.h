// The validator: takes a plugin through every requirement that can be examined, each trial in a worker of its own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/protocol/conformance.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"
#include "common/protocol/object_symbols.h"
#include "conform/requirements.h"
#include "discover/static_gates.h"

namespace benchhost::conform {

/// How one trial went.
struct TrialEnd {
  std::vector<protocol::Observation> observations;  ///< in order
  std::optional<protocol::PluginRecord> record;
  protocol::Outcome outcome = protocol::Outcome::passed;
  std::string reason;  ///< of an outcome that is not passed
  std::string output;  ///< the first it wrote to its standard streams, as text; "": nothing
};

/// Runs trials: a seam, behind which tests put scripted workers.
class TrialRunner {
 public:
  TrialRunner() = default;
  TrialRunner(const TrialRunner&) = delete;
  TrialRunner& operator=(const TrialRunner&) = delete;
  virtual ~TrialRunner() = default;
  /// Errors: no worker can be started; the user wants to stop.
  [[nodiscard]] virtual Result<TrialEnd> run(const protocol::CheckJob& job) = 0;
};

/// One finding of a requirement.
struct Place {
  protocol::Finding finding{};  ///< never begun
  std::string where;            ///< "" for the plugin
  std::string text;

  friend bool operator==(const Place&, const Place&) = default;
};

/// What was found of one requirement: the worst of its places.
struct RequirementResult {
  const RequirementText* requirement = nullptr;
  protocol::Finding verdict = protocol::Finding::not_applicable;
  std::uint64_t passed = 0;    ///< places at which it holds
  std::vector<Place> places;   ///< the others, each once, in order; of each finding a bounded number
  std::uint64_t unlisted = 0;  ///< more than those
};

struct CheckReport {
  std::string file;
  std::optional<protocol::Note> note;
  std::uint32_t strictness = kDefaultStrictness;
  std::uint64_t seed = 1;
  std::uint64_t trials = 0;  ///< processes
  std::vector<RequirementResult> results;

  [[nodiscard]] std::size_t count(protocol::Finding verdict) const;
  /// Something was examined and nothing that must hold is broken.
  [[nodiscard]] bool passed() const;
};

/// A benchmark as it can be tried here.
struct BenchmarkSubject {
  std::string id;
  std::optional<protocol::RunJob> job;  ///< smallest parameters; nullopt: why_not says why it is not tried
  std::string why_not;
  std::vector<protocol::RunJob> boundaries;  ///< one parameter at an end of what it may be
  std::vector<protocol::RunJob> beyond;      ///< one parameter past it
};

/// Collects what trials find. First the file, then its benchmarks, then the report.
/// Thread: one.
class Validator {
 public:
  /// runner: outlives the validator. strictness: kLeastStrictness to kMostStrictness.
  Validator(TrialRunner& runner, std::string file, std::uint32_t strictness, std::uint64_t seed);

  /// The file as bytes, its entry and its descriptors. `job`: file, stamp and scratch folder. Errors: of the runner.
  [[nodiscard]] Result<void> examine_file(std::string_view bytes, const discover::HostFacts& host,
                                          const protocol::RunJob& job);
  /// What the plugin published, if it could be read and makes sense.
  [[nodiscard]] const std::optional<protocol::PluginRecord>& record() const { return record_; }
  /// Errors: of the runner.
  [[nodiscard]] Result<void> examine_benchmark(const BenchmarkSubject& subject);

  [[nodiscard]] CheckReport report() const;

 private:
  void note(protocol::Requirement requirement, protocol::Finding finding, std::string where, std::string text = {});
  void take(const protocol::Observation& observation);
  [[nodiscard]] bool at(std::uint32_t strictness) const { return report_.strictness >= strictness; }
  void examine_object(std::string_view bytes, const discover::HostFacts& host);
  void examine_exports(const protocol::ObjectSymbols& symbols);
  void examine_initialisers(const protocol::ObjectSymbols& symbols, std::string_view bytes);
  /// False: the plugin hung, and what follows would as well.
  Result<bool> trial(protocol::Trial trial, const protocol::RunJob& job);
  Result<bool> trials(const BenchmarkSubject& subject);
  [[nodiscard]] bool has_roles(std::string_view id) const;
  /// Of a trial: the first is kept, later ones must be the same.
  void take_record(const std::optional<protocol::PluginRecord>& record, const std::string& benchmark,
                   protocol::Trial which);
  /// Begun and never ended: what the process did not survive. nullptr: nothing was under way.
  static const protocol::Observation* in_progress(const std::vector<protocol::Observation>& observations);

  TrialRunner& runner_;
  CheckReport report_;
  std::map<std::uint32_t, RequirementResult> found_;
  std::optional<protocol::PluginRecord> record_;
  std::optional<std::string> digest_;  ///< of the descriptors as first read
};

/// "life", "refusals": for messages.
[[nodiscard]] std::string_view trial_name(protocol::Trial trial);

}  // namespace benchhost::conform
