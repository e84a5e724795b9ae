// One instance of a benchmark with services of its own, taken through its life by hand.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <benchhost/plugin.h>

#include "common/platform/clock.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/job.h"
#include "worker/conform/notebook.h"
#include "worker/loader/value_reader.h"
#include "worker/measure/batch_runner.h"
#include "worker/measure/oracle.h"
#include "worker/measure/sampler.h"

namespace benchhost::conform {

/// What all stages of a trial share. Pointers outlive them; devices: nullptr without.
struct Scene {
  const bh_lifecycle_t* lifecycle = nullptr;
  const protocol::BenchmarkRecord* benchmark = nullptr;
  const protocol::RunJob* job = nullptr;
  std::uint32_t abi = BH_ABI_VERSION;
  platform::Clock* clock = nullptr;
  measure::UsageMeter* meter = nullptr;
  measure::CacheFlusher* flusher = nullptr;
  measure::DeviceBracket* devices = nullptr;
  measure::Reporter* reporter = nullptr;
  std::function<std::vector<measure::CpuPlace>()> cores;
  /// Nothing but the host's teams computes in parallel, so that sums come out the same every time.
  bool single_threaded = false;
};

/// Keeps what a plugin told; life signs go on to the host.
class Witness final : public measure::Reporter {
 public:
  explicit Witness(measure::Reporter& host) : host_(host) {}
  void send(protocol::Message message) override;

  [[nodiscard]] const std::optional<protocol::Work>& work() const { return work_; }
  /// Ids of metrics of which a value was reported or recorded, or that were withheld.
  [[nodiscard]] const std::set<std::string>& told() const { return told_; }
  [[nodiscard]] const std::vector<protocol::MetricRecord>& declared() const { return declared_; }

 private:
  measure::Reporter& host_;
  std::optional<protocol::Work> work_;
  std::set<std::string> told_;
  std::vector<protocol::MetricRecord> declared_;
};

/// What a stage's host does differently. Empty: nothing.
struct Hindrance {
  /// As measure::ServiceSetup::obstacle.
  std::function<bh_status_t(std::string_view service)> obstacle;
  const std::atomic<std::uint32_t>* cancelled = nullptr;  ///< nullptr: never
  /// As measure::ServiceSetup::grown.
  bool grown = false;
  /// What may be absent is: the folder of assets, the devices of optional slots.
  bool bare = false;
};

/// An end that breaks a rule which holds everywhere (nothing unwinds, failures have reasons, services are called where
/// their tags allow) is noted wherever it happens. What is still prepared or created when the stage dies is ended.
/// Thread: control. One prepared stage at a time where there are devices.
class Stage {
 public:
  Stage(const Scene& scene, Notebook& notes, std::string where, Hindrance hindrance = {});
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  measure::CallEnd create();
  /// seed_step: added to the job's seed.
  measure::CallEnd prepare(std::uint64_t seed_step = 0);
  /// prepare_batch, run and finish_batch. Its numbers: last().
  measure::CallEnd batch(std::uint64_t n, bool warm_up = false);
  /// judgement: set unless the call failed for another reason than wrong results.
  measure::CallEnd verify(std::optional<measure::Judgement>& judgement);
  measure::CallEnd process();
  measure::CallEnd teardown();
  void destroy();
  /// create, prepare, a batch of the least n: what most checks begin with.
  measure::CallEnd up_to_batch();

  [[nodiscard]] const measure::BatchRow& last() const { return runner_.last(); }
  [[nodiscard]] Witness& witness() { return witness_; }
  [[nodiscard]] measure::HostServices& services() { return services_; }
  [[nodiscard]] measure::Instance& instance() { return instance_; }
  /// What teardown left with the host: "" if nothing.
  [[nodiscard]] const std::string& left() const { return left_; }

  /// Arguments as this stage would give them. Valid until: the stage dies.
  [[nodiscard]] bh_create_t create_arguments() const;
  [[nodiscard]] bh_prepare_t prepare_arguments(std::uint64_t seed_step = 0) const;
  /// From prepare to teardown by other means than this object's: devices go and come back.
  void lend();
  void take_back();

 private:
  measure::CallEnd note(measure::CallEnd ended);
  measure::ServiceSetup services_setup();
  measure::BatchSetup batch_setup();

  const Scene& scene_;
  Notebook& notes_;
  std::string where_;
  Hindrance hindrance_;
  std::filesystem::path scratch_;  ///< of this instance alone, as a worker of its own would have it
  std::atomic<std::uint32_t> never_{0};
  measure::TimingNeed need_;
  Witness witness_;
  measure::HostServices services_;
  measure::Instance instance_;
  measure::BatchLog log_;
  measure::BatchRunner runner_;
  loader::ValueTable values_, settings_;
  std::vector<const bh_device_t*> devices_;  ///< one a slot; empty without devices
  std::uint64_t index_ = 0;
  std::string left_;
};

/// Smallest n of a benchmark, and n cut to what its policy allows (sdk plugin.h, "Batches").
[[nodiscard]] std::uint64_t least_n(const protocol::BenchmarkRecord& benchmark);
[[nodiscard]] std::uint64_t allowed_n(const protocol::BenchmarkRecord& benchmark, std::uint64_t n);

/// The machine is too small for the case, or lacks something: an answer that every prepare may give.
[[nodiscard]] bool declined(const measure::CallEnd& ended);

/// "prepare failed with BH_E_IO: …".
[[nodiscard]] std::string to_text(const measure::CallEnd& ended);

}  // namespace benchhost::conform
