// SPDX-License-Identifier: MIT
//
// benchhost/cpp/benchmark.hpp: what an author derives from and is handed: Benchmark and Prepare, Plugin and Enumerate.
// Part of <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_BENCHMARK_HPP
#define BENCHHOST_CPP_BENCHMARK_HPP

#include <benchhost/cpp/services.hpp>
#include <benchhost/cpp/values.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost {

using Batch = bh_batch_t;
using Verdict = bh_verdict_t;

/// Base of every benchmark class. Hooks that are not overridden do not appear in the plugin's table.
class Benchmark {
 public:
  Benchmark() = default;
  Benchmark(const Benchmark&) = delete;
  Benchmark& operator=(const Benchmark&) = delete;
  virtual ~Benchmark() = default;
  /// Outside all clocks, before each run: resets what a batch consumes.
  virtual void prepare_batch(const Batch&) {}
  /// The loop over batch.n and nothing else.
  virtual void run(const Batch& batch) = 0;
  /// Outside all clocks, after each run: reports what the batch left.
  virtual void finish_batch(const Batch&) {}
  /// Compares what the last run left with a reference found another way; sets checked, error, tolerance, what.
  virtual void verify(Verdict&) {}
  /// Reports metrics that need the whole cycle.
  virtual void process() {}
};

/// What a constructor gets: parameters by name, host, devices.
/// Valid until: the constructor returns; a copy, until teardown.
class Prepare : public Values {
 public:
  Prepare(const bh_host_t* h, const bh_create_t* c, Values s, const bh_prepare_t* a, Values v, const Metric* m,
          std::size_t metric_count)
      : Values(v), host(h), create(c), args(a), settings(s), metrics_(m), metric_count_(metric_count) {}

  const bh_host_t* host;
  const bh_create_t* create;  ///< lives until destroy, settings included
  const bh_prepare_t* args;   ///< lives until teardown
  Values settings;

  std::string_view input() const { return create->input ? create->input : ""; }
  const bh_device_t* device(std::uint32_t slot) const {
    return slot < args->device_count ? args->devices[slot] : nullptr;
  }
  /// Index of a published metric. Errors: throws if there is none.
  std::uint32_t metric(std::string_view id) const {
    for (std::size_t i = 0; i < metric_count_; ++i)
      if (id == metrics_[i].raw.id) return static_cast<std::uint32_t>(i);
    throw Error(BH_E_NOT_FOUND, "no metric '" + std::string(id) + "' is published");
  }
  std::uint32_t declare(const Metric& m) const {
    std::uint32_t index = 0;
    check(host->metric_declare(host, &m.raw, &index));
    return index;
  }
  void withhold(std::string_view id, const char* reason) const { check(host->withhold(host, metric(id), reason)); }
  void work(std::initializer_list<bh_work_t> items) const {
    check(host->work(host, items.begin(), static_cast<std::uint32_t>(items.size())));
  }
  void check(bh_status_t status) const { benchhost::check(host, status); }

  /// The cycle's value of a metric of domain NONE. Those of domain SELF are reported from run: see Sample.
  void report(std::string_view id, double value) const { check(host->report(host, metric(id), value)); }
  /// Fills bytes by the case's seed (bh_host.random_fill): the same on every machine.
  void random(std::uint64_t stream, void* data, std::uint64_t size_bytes) const {
    host->random_fill(host, stream, 0, data, size_bytes);
  }
  /// count items of an integer type, filled so.
  template <class T>
  std::vector<T> random(std::uint64_t stream, std::size_t count) const {
    static_assert(std::is_integral_v<T> && !std::is_same_v<T, bool>,
                  "every pattern of bits is a value of integers only");
    std::vector<T> items(count);
    random(stream, items.data(), count * sizeof(T));
    return items;
  }
  /// count zeroed items in memory of the host.
  template <class T>
  Array<T> array(std::size_t count, std::uint32_t flags = 0) const {
    return Array<T>(host, count, flags);
  }
  /// count threads; pin: BH_PIN_*. Valid until: teardown returns.
  bh_team_t* team(std::uint32_t count, std::uint32_t pin = BH_PIN_HOST) const {
    bh_team_request_t request = sized<bh_team_request_t>();
    request.count = count;
    request.pin = pin;
    bh_team_t* opened = nullptr;
    check(host->team_open(host, &request, &opened));
    return opened;
  }
  /// A recorder of a SELF metric for thread or client `index`. capacity: most values per iteration that are kept raw;
  /// 0: all go into a histogram. Valid until: teardown returns.
  bh_recorder_t* recorder(std::string_view id, std::uint32_t index, std::uint64_t capacity = 0) const {
    bh_recorder_request_t request = sized<bh_recorder_request_t>();
    request.metric = metric(id);
    request.index = index;
    request.capacity = capacity;
    request.mode = capacity == 0 ? BH_RECORD_HISTOGRAM : BH_RECORD_RAW;
    bh_recorder_t* opened = nullptr;
    check(host->recorder_open(host, &request, &opened));
    return opened;
  }

 private:
  const Metric* metrics_;
  std::size_t metric_count_;
};

/// A metric of domain SELF or NONE, ready to report from run, finish_batch, verify or process. Copies freely.
///   bb::Sample solo;                     // member
///   solo(p, "solo")                      // in the constructor's list
///   solo.rate(bytes, ns); solo(ns);      // in run
class Sample {
 public:
  Sample(const Prepare& p, std::string_view id) : Sample(p.host, p.metric(id)) {}
  /// index: of a metric that was declared late.
  Sample(const bh_host_t* host, std::uint32_t index) : host_(host), index_(index) {}

  /// One value. A rate of domain SELF is given by rate().
  void operator()(double value) const { check(host_, host_->report(host_, index_, value)); }
  void rate(double amount, double duration_ns) const {
    check(host_, host_->report_rate(host_, index_, amount, duration_ns));
  }
  void labelled(const std::string& label, double value) const {
    check(host_, host_->report_labelled(host_, index_, label.c_str(), value));
  }
  std::uint32_t index() const { return index_; }

 private:
  const bh_host_t* host_;
  std::uint32_t index_;
};

/// A case that enumerate found. Values are those of the first parameters; the rest is left to the suite.
struct Found {
  std::string input;
  std::string content_digest = {};
  std::string title = {};
  std::vector<bh_value_t> values = {};
};

/// What Plugin::enumerate gets. Valid until: it returns.
class Enumerate : public Values {
 public:
  Enumerate(const bh_host_t* h, const bh_enumerate_t* a, Values settings) : Values(settings), host(h), args(a) {}
  const bh_host_t* host;
  const bh_enumerate_t* args;
  /// Adds a case of the benchmark that stands at this place in the plugin's list.
  /// Errors: throws, also for a case that the host refuses.
  void add(std::uint32_t benchmark, const Found& found) const { check(host, give(benchmark, found)); }
  void add(std::uint32_t benchmark, const std::string& input, const std::string& content_digest = {},
           std::initializer_list<bh_value_t> values = {}) const {
    add(benchmark, Found{input, content_digest, {}, values});
  }
  /// The same for collections in which one bad case does not spoil the rest: it is logged as a warning. False: refused.
  bool try_add(std::uint32_t benchmark, const Found& found) const {
    const bh_status_t status = give(benchmark, found);
    if (status != BH_E_ARGUMENT) check(host, status);
    if (status == BH_OK) return true;
    host->log(host, BH_LOG_WARNING, ("'" + found.input + "' is left out: " + host->last_error(host)).c_str());
    return false;
  }

 private:
  bh_status_t give(std::uint32_t benchmark, const Found& found) const {
    bh_case_t c = sized<bh_case_t>();
    c.benchmark = benchmark;
    c.input = found.input.c_str();
    c.content_digest = found.content_digest.c_str();
    c.title = found.title.c_str();
    c.values = found.values.data();
    c.value_count = static_cast<std::uint32_t>(found.values.size());
    return args->add(args, &c);
  }
};

/// A plugin with more than benchmarks: derive from Plugin<its benchmarks…> and hide what it needs.
///   struct Mine : bb::Plugin<A, B> {
///     static constexpr std::uint32_t own_threads = 4;
///     static constexpr bb::Param settings[] = {…};
///     static void enumerate(const bb::Enumerate& e);
///     static const void* BH_CALL extension(const char* id) noexcept;
///   };
///   BH_PLUGIN_CXX(…, Mine);
template <class... T>
struct Plugin {
  template <template <class...> class F>
  using apply = F<T...>;
  static constexpr std::uint32_t own_threads = 0;
  static constexpr std::uint32_t flags = 0;
};

}  // namespace benchhost

#endif  // BENCHHOST_CPP_BENCHMARK_HPP
