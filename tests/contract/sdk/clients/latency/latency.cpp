// Latencies under a schedule: several clients, one recorder each, percentiles of one stream of samples.
#include <benchhost/plugin.hpp>

#include <array>
#include <atomic>
#include <cmath>
#include <mutex>
#include <vector>

namespace bb = benchhost;

namespace {

struct OpenLoop final : bb::Benchmark {
  static constexpr auto about =
      bb::about(
          "org.example.latency.open_loop", "Counter under load",
          "Increments of a locked counter by clients on a Poisson schedule; latency counts from the intended start.",
          BH_CATEGORY_OTHER)
          .batch(BH_BATCH_HOT, 64)
          .claim_cores("clients");
  static constexpr bb::Param parameters[] = {
      bb::param("clients", bb::u64(4), "threads that send").range(bb::u64(1), bb::u64(64)),
      bb::param("rate", bb::f64(200000), "requests per second, all clients together")
          .unit(BH_UNIT_RATE("request"))
          .range(bb::f64(1), bb::f64(1e8))
          .search(bb::f64(1000), bb::f64(1e6), bb::f64(1000)),
      bb::param("limit_ns", bb::f64(1e6), "largest acceptable p99").unit(BH_UNIT_NS).apart()};
  static constexpr bb::Metric metrics[] = {
      bb::metric("latency", "Latency p50", BH_UNIT_NS, BH_KIND_TIME, BH_DIRECTION_LOWER, BH_DOMAIN_SELF,
                 "completion minus intended start")
          .primary()
          .statistic("p50"),
      bb::metric("latency.p99", "Latency p99", BH_UNIT_NS, BH_KIND_TIME, BH_DIRECTION_LOWER, BH_DOMAIN_SELF,
                 "of the same samples")
          .statistic("p99")
          .source("latency"),
      bb::metric("achieved", "Achieved rate", BH_UNIT_RATE("request"), BH_KIND_RATE, BH_DIRECTION_HIGHER,
                 BH_DOMAIN_SELF, "requests completed per second of the batch")};
  static constexpr bb::Summary summaries[] = {bb::summary(BH_SUMMARY_MAX_WITHIN, "rate.sustained", "Sustained rate",
                                                          BH_UNIT_RATE("request"), BH_DIRECTION_HIGHER, 1, 1,
                                                          "the largest rate with p99 within the limit")
                                                  .limit("limit_ns")};

  const bh_host_t* host;
  double rate;
  std::vector<bh_recorder_t*> recorders;
  bh_team_t* team;
  std::vector<std::int64_t> intended;
  std::uint64_t stream = 0;
  std::mutex mutex;
  std::uint64_t counter = 0, sent = 0;

  explicit OpenLoop(const bb::Prepare& p)
      : host(p.host), rate(p.f64("rate")), team(p.team(static_cast<std::uint32_t>(p.u64("clients")), BH_PIN_NONE)) {
    for (std::uint32_t i = 0; i < p.u64("clients"); ++i) recorders.push_back(p.recorder("latency", i, 1));
  }
  void prepare_batch(const bb::Batch& batch) override {
    std::vector<std::uint64_t> noise(batch.n);
    host->random_fill(host, stream++, 0, noise.data(), noise.size() * sizeof(std::uint64_t));
    intended.resize(batch.n);
    double at = 0;
    for (std::size_t i = 0; i < noise.size(); ++i) {
      at -= std::log((static_cast<double>(noise[i] >> 11) + 0.5) * 0x1p-53) * 1e9 / rate;
      intended[i] = static_cast<std::int64_t>(at);
    }
  }
  void run(const bb::Batch& batch) override {
    std::atomic<std::uint64_t> next{0};
    const std::int64_t zero = host->now_ns(host);
    bb::run_team(host, team, [&](std::uint32_t member) {
      for (std::uint64_t k = next++; k < batch.n && host->cancelled(host) == 0; k = next++) {
        host->sleep_until(host, zero + intended[k]);
        {
          const std::lock_guard<std::mutex> lock(mutex);
          ++counter;
        }
        host->record(recorders[member], host->now_ns(host) - zero - intended[k]);
      }
    });
    if (host->cancelled(host) != 0) throw bb::Error(BH_E_CANCELLED, "stopped because the host asked");
    sent += batch.n;
    bb::check(host,
              host->report_rate(host, 2, static_cast<double>(batch.n), static_cast<double>(host->now_ns(host) - zero)));
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = sent;
    verdict.error = std::abs(static_cast<double>(counter) - static_cast<double>(sent));
    verdict.tolerance = 0;
    verdict.what = "increments counted against requests sent";
  }
};

}  // namespace

BH_PLUGIN_CXX("org.example.latency", "1.0.0", "Example Ltd", "MIT", "https://example.org/latency", OpenLoop);
