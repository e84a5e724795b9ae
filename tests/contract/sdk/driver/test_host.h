#pragma once
// A host for contract tests: every service of bh_host, in this process, strict about states. It measures nothing.

#include <benchhost/host.h>
#include <benchhost/plugin.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct bh_recorder {
  std::uint32_t metric = 0;
  std::uint32_t index = 0;
  std::vector<std::int64_t> values;
};

namespace benchhost::contract {

/// Where the instance is, in the words of base.h.
enum class State { none, created, preparing, prepared, timed, failed };

/// What a run may call beyond functions tagged `timed`, by the published metrics (base.h, section 6).
enum class RunKind { queue, per_iteration, open };
RunKind run_kind(const bh_benchmark_t& benchmark);

/// The services, what was asked of them, and what broke the rules.
/// Thread: made, driven and read on one thread; the services may be called as their tags say.
class TestHost {
 public:
  explicit TestHost(std::uint64_t seed = 1);
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;
  ~TestHost();

  const bh_host_t* table() const;
  /// The benchmark whose metrics the reports of the plugin mean; forgets what earlier cases said.
  void begin_case(const bh_benchmark_t* benchmark);
  void set_state(State state);
  State state() const;
  /// What is reported from now on is dropped (a warm-up batch).
  void drop_reports(bool drop);
  /// What the host takes back after teardown: memory not freed (counted), teams, recorders.
  void after_teardown();
  void set_asset_dir(const std::string& folder);
  void set_scratch_dir(const std::string& folder);
  void set_extension(const std::string& id, const void* functions);
  /// memory_take fails from the call of this number on; 0: never.
  void fail_memory_at(std::uint64_t call);
  void cancel();

  std::string reason;                                   ///< first text of fail since begin_call()
  std::vector<std::string> context;                     ///< later ones
  std::vector<std::string> logs;                        ///< lines of log
  std::vector<std::string> violations;                  ///< calls in a wrong state, and the like
  std::map<std::string, double> work;                   ///< by key
  std::map<std::string, std::vector<double>> reported;  ///< by metric id, report and report_rate
  std::map<std::string, std::map<std::string, double>> labelled;
  std::map<std::string, std::string> withheld;
  std::map<std::string, std::string> attached;              ///< content by name
  std::vector<std::string> declared;                        ///< ids, in order
  std::uint64_t recorded(const std::string& metric) const;  ///< values of all recorders of a metric, warm-ups left out
  std::uint32_t recorders() const;
  std::uint64_t leaked = 0;  ///< blocks of memory that teardown left

  /// Forgets the reason of the last call.
  void begin_call();

  /// The body behind bh_host; a type of its own so that the functions of the table can reach it.
  struct Body;

 private:
  std::unique_ptr<Body> body_;
};

}  // namespace benchhost::contract
