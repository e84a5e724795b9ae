// One instance of a benchmark, driven through the published state machine (sdk plugin.h).
#pragma once

#include <cstdint>
#include <string>

#include <benchhost/plugin.h>

#include "worker/measure/batch_timer.h"
#include "worker/measure/host_services.h"

namespace benchhost::measure {

/// How a call of the plugin ended.
struct CallEnd {
  bh_status_t status = BH_OK;  ///< a code of this version; unknown ones are BH_E_FAILED
  Call call = Call::none;
  std::string reason;   ///< for people; never empty unless BH_OK
  bool threw = false;   ///< an exception came out: nothing of the plugin may be called any more
  bool unsaid = false;  ///< the plugin gave no text with its failure

  [[nodiscard]] bool ok() const { return status == BH_OK; }
};

/// Pairs of calls so far: every prepare has its teardown, every create its destroy, when an instance is done.
struct CallCounts {
  std::uint64_t create = 0, destroy = 0, prepare = 0, teardown = 0, runs = 0;
  friend bool operator==(const CallCounts&, const CallCounts&) = default;
};

/// Calls in an order that the state machine does not have answer BH_E_STATE without reaching the plugin. After a
/// failure only teardown and destroy reach it, after an exception nothing does. Thread: control.
class Instance {
 public:
  /// `open_run`: run is timed as a whole or by the plugin itself (base.h, state open).
  /// The three must outlive the instance. devices: nullptr without.
  Instance(const bh_lifecycle_t& lifecycle, HostServices& services, DeviceBracket* devices, bool open_run)
      : lifecycle_(lifecycle), services_(services), devices_(devices), open_run_(open_run) {}
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  [[nodiscard]] CallEnd create(const bh_create_t& args);
  [[nodiscard]] CallEnd prepare(const bh_prepare_t& args);
  /// BH_OK if the benchmark has none; likewise finish_batch, verify and process.
  [[nodiscard]] CallEnd prepare_batch(const bh_batch_t& batch);
  /// The timed call.
  [[nodiscard]] CallEnd run(platform::Clock& clock, const bh_batch_t& batch, TimedRun* timed);
  [[nodiscard]] CallEnd finish_batch(const bh_batch_t& batch);
  [[nodiscard]] CallEnd verify(bh_verdict_t& verdict);
  [[nodiscard]] CallEnd process();
  /// After any prepare, also a failed one.
  [[nodiscard]] CallEnd teardown();
  void destroy();

  /// A failure outside the plugin (no room, no device) that ends the cycle as a failed call does.
  void fail() { services_.life().set(LifeState::failed, Call::none); }

  [[nodiscard]] LifeState state() const { return services_.life().state(); }
  [[nodiscard]] const CallCounts& counts() const { return counts_; }
  [[nodiscard]] bool has_verify() const { return lifecycle_.verify != nullptr; }

 private:
  template <class Function>
  CallEnd call(Call which, States from, LifeState during, LifeState after, Function function);
  CallEnd end(Call which, bh_status_t status, bool threw);

  const bh_lifecycle_t& lifecycle_;
  HostServices& services_;
  DeviceBracket* devices_;
  bool open_run_;
  void* self_ = nullptr;
  bool dead_ = false;
  CallCounts counts_;
};

}  // namespace benchhost::measure
