// The table that a plugin is given: bh_host, whole (sdk host.h is its contract).
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <benchhost/host.h>

#include "common/platform/clock.h"
#include "common/protocol/descriptor.h"
#include "worker/measure/device_bracket.h"
#include "worker/measure/faults.h"
#include "worker/measure/life.h"
#include "worker/measure/memory_ledger.h"
#include "worker/measure/recorder.h"
#include "worker/measure/reporter.h"
#include "worker/measure/sample_book.h"
#include "worker/measure/team.h"
#include "worker/measure/team_layout.h"

namespace benchhost::measure {

/// Largest artefact, and all artefacts of a case together: an artefact travels in one frame.
inline constexpr std::uint64_t kMaxArtefactBytes = std::uint64_t{8} << 20;
inline constexpr std::uint64_t kMaxArtefactsBytes = std::uint64_t{64} << 20;
/// Lines that a case may log; the rest is counted.
inline constexpr std::uint64_t kMaxLogLines = 1000;

/// What the services stand on. Pointers must outlive them.
struct ServiceSetup {
  platform::Clock* clock = nullptr;
  Reporter* reporter = nullptr;
  const std::atomic<std::uint32_t>* cancelled = nullptr;  ///< not 0: the host wants the case to end
  DeviceBracket* devices = nullptr;                       ///< nullptr: a case without devices
  std::uint32_t abi = BH_ABI_VERSION;
  std::string asset_dir;
  std::string scratch_dir;
  std::uint64_t seed = 0;
  /// Where the case may run; asked when a team is opened. Empty: it may pin nothing.
  std::function<std::vector<CpuPlace>()> cores;
  std::optional<std::uint64_t> memory_limit_bytes;
  std::vector<protocol::MetricRecord> metrics;  ///< published
  bool queue_run = false;  ///< run enqueues for a QUEUE metric: what is tagged slow does not belong there
  /// The tables that the plugin is given say that they are longer than this version's, as those of a newer host are.
  bool grown = false;
  /// Asked by each service that may fail: BH_OK lets it work, anything else is its answer. Empty: all work. So the
  /// validator plays a host that has no memory or no threads left. Called on whatever thread calls the service, by
  /// several at once.
  std::function<bh_status_t(std::string_view service)> obstacle;
};

/// Services of one instance. Misuse is an answer (BH_E_STATE, NULL, 0) and a violation, which makes the case
/// protocol_error; it never is undefined. A case has one role: bh_host.extension knows no roles.
/// Thread: each function of the table as its tag says; the rest: control, between calls of the plugin.
class HostServices {
 public:
  explicit HostServices(ServiceSetup setup);
  HostServices(const HostServices&) = delete;
  HostServices& operator=(const HostServices&) = delete;
  ~HostServices();

  [[nodiscard]] const bh_host_t* table() const { return &table_; }
  [[nodiscard]] Life& life() { return life_; }
  [[nodiscard]] Faults& faults() { return faults_; }
  [[nodiscard]] SampleBook& samples() { return samples_; }

  /// Before a batch of n: room in every recorder. Errors: no memory.
  [[nodiscard]] Result<void> make_room(std::uint64_t n);
  /// After finish_batch (or a failed run): keeps or drops what was reported and recorded.
  void end_batch(std::uint64_t batch, std::uint64_t n, bool keep);
  /// The batches before this one turned out to be warm-up, and so what they reported and recorded. The batch from which
  /// on it counts: a little later where recorders cannot tell their counts apart so finely.
  std::uint64_t cut_before(std::uint64_t batch);
  /// After teardown: joins teams, closes recorders, takes memory back. What the plugin left, "" if nothing.
  [[nodiscard]] std::string end_cycle(std::uint64_t batch, bool keep);
  /// Sends what was kept: samples, histograms, artefacts, work, late metrics stand sent already.
  void send_kept();

  /// First violation, also of a recorder that was used outside run; "" if there was none.
  [[nodiscard]] std::string violation() const;
  /// Threads that the teams of this cycle have together; at least 1.
  [[nodiscard]] int threads() const;
  /// Functions tagged slow that were called inside run so far.
  [[nodiscard]] std::uint64_t slow_calls_in_run() const { return slow_calls_.load(std::memory_order_relaxed); }
  /// Memory that the plugin holds: address and size in bytes.
  [[nodiscard]] std::vector<std::pair<void*, std::uint64_t>> memory_blocks() const { return memory_.blocks(); }
  /// Calls it on every member of every pinned team, team after team. Thread: control, between calls of the plugin.
  void on_pinned_teams(const std::function<void()>& function);
  /// CPUs of the teams so far.
  [[nodiscard]] const std::vector<std::uint32_t>& team_cpus() const { return team_cpus_; }
  /// Mean per batch of what was reported or recorded last for a metric, or for its
  /// source; nullopt: nothing.
  [[nodiscard]] std::optional<double> last_batch(std::uint32_t metric) const;

 private:
  struct Table : bh_host_t {
    Table() : bh_host_t{} {}
    HostServices* owner = nullptr;
  };
  /// The table of devices with members that this version does not have.
  struct GrownDevices : bh_device_api_t {
    GrownDevices() : bh_device_api_t{} {}
    std::uint64_t unknown[8] = {};
  };
  struct Artefact {
    protocol::Artefact file;
    std::uint64_t cycle = 0;
  };

  /// Runs the host's part of a function of the table: nothing may unwind into the plugin's frames. What ends it is a
  /// want of memory: `failed`, with a text.
  template <class R, class Body>
  static R guarded(const bh_host_t* host, const char* function, R failed, Body&& body) noexcept {
    try {
      return body(of(host));
    } catch (const std::exception&) {
      of(host).no_memory(function);
      return failed;
    }
  }
  template <class Body>
  static void guarded(const bh_host_t* host, const char* function, Body&& body) noexcept {
    static_cast<void>(guarded(host, function, false, [&](HostServices& self) {
      body(self);
      return true;
    }));
  }
  void no_memory(const char* function) noexcept;

  static HostServices& of(const bh_host_t* host) { return *static_cast<const Table*>(host)->owner; }
  void fill_texts();
  void fill_measures();
  void fill_resources();

  /// Whether a function may be called here and now; a violation if not.
  bool allowed(const char* function, States states, bool control);
  /// The same for what is tagged slow: also in run, where nothing of the host's is being timed on a queue.
  bool allowed_slow(const char* function);
  bh_status_t refuse(const Refusal& refusal);
  /// BH_OK, or the answer of a service that is refused although it could be given.
  bh_status_t hindered(const char* function);
  /// Inside run or finish_batch: where SELF values belong.
  [[nodiscard]] bool in_batch() const;

  void log(std::uint32_t level, const char* text);
  void progress(std::uint64_t done, std::uint64_t total, const char* text);
  std::int64_t sleep_until(std::int64_t until_ns);
  bh_status_t work(const bh_work_t* items, std::uint32_t count);
  bh_status_t declare(const bh_metric_t* metric, std::uint32_t* index);
  bh_status_t withhold(std::uint32_t metric, const char* reason);
  bh_status_t open_recorder(const bh_recorder_request_t* request, bh_recorder_t** out);
  bh_status_t take_memory(bh_memory_t* memory);
  bh_status_t open_team(const bh_team_request_t* request, bh_team_t** out);
  bh_status_t attach(const char* name, const char* media_type, const void* data, std::uint64_t size_bytes);

  ServiceSetup setup_;
  Table table_;
  GrownDevices grown_devices_;
  Life life_;
  Faults faults_;
  SampleBook samples_;
  MemoryLedger memory_;
  std::list<bh_recorder> recorders_;
  std::list<bh_team> teams_;
  std::vector<std::uint32_t> team_cpus_;
  std::optional<std::uint32_t> pinned_control_;        ///< where pinned teams hold the control thread
  std::optional<std::vector<unsigned>> control_home_;  ///< where it ran before the cycle's first team
  std::map<std::string, Artefact> artefacts_;
  std::uint64_t artefact_bytes_ = 0;
  std::uint64_t cycle_ = 0;
  std::atomic<std::uint64_t> slow_calls_{0};
  std::mutex lines_;  ///< guards the three below, which any thread may touch
  std::uint64_t log_lines_ = 0;
  std::uint64_t log_dropped_ = 0;
  std::int64_t last_progress_ns_ = 0;
};

}  // namespace benchhost::measure
