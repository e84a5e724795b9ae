// SPDX-License-Identifier: MIT
//
// Reports rates that are known beforehand, so that what is printed of them can be compared with what should be: the
// k-th process that measures says 40 GB/s, 1 % more, 1 % less, and so on. A file that STEADY_COUNTER names keeps the
// count. A batch takes STEADY_MS milliseconds at least: a case has a bounded number of them, and ends early without.
#include <benchhost/plugin.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

namespace bb = benchhost;

// The processes run one after the other: a run has one worker at a time.
unsigned next_number() {
  const char* const path = std::getenv("STEADY_COUNTER");
  if (path == nullptr) return 0;
  unsigned number = 0;
  if (std::FILE* file = std::fopen(path, "r")) {
    if (std::fscanf(file, "%u", &number) != 1) number = 0;
    std::fclose(file);
  }
  if (std::FILE* file = std::fopen(path, "w")) {
    std::fprintf(file, "%u", number + 1);
    std::fclose(file);
  }
  return number;
}

std::chrono::milliseconds least_time() {
  const char* const text = std::getenv("STEADY_MS");
  return std::chrono::milliseconds(text == nullptr ? 0 : std::atoi(text));
}

struct Copy final : bb::Benchmark {
  static constexpr auto about = bb::about("org.benchhost_e2e.steady.copy", "A rate that is known",
                                          "reports the rate that it is to report", BH_CATEGORY_OTHER)
                                    .claim_cores("threads");
  static constexpr bb::Param parameters[] = {
      bb::param("bytes", bb::u64(4096), "as large as the rate is to be").unit(BH_UNIT_BYTES),
      bb::param("threads", bb::u64(1), "cores that are claimed").range(bb::u64(1), bb::u64(100000))};
  static constexpr bb::Metric metrics[] = {bb::metric("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_KIND_RATE,
                                                      BH_DIRECTION_HIGHER, BH_DOMAIN_SELF, "what is to be reported")
                                               .primary()};

  const bh_host_t* host;
  double bytes;
  std::chrono::milliseconds pause = least_time();

  explicit Copy(const bb::Prepare& p) : host(p.host) {
    constexpr std::array<double, 5> kShares = {1.0, 1.01, 0.99, 1.005, 0.995};
    bytes = 40.0 * kShares[next_number() % kShares.size()] * (p.u64("bytes") > 65536 ? 0.25 : 1.0);
  }
  void run(const bb::Batch& batch) override {
    for (std::uint64_t left = batch.n; left > 0; --left) bh_keep(&bytes);
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    // Bytes in a nanosecond are GB/s.
    bb::check(host, host->report_rate(host, 0, bytes, 1.0));
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = 1;
    verdict.error = 0;
    verdict.tolerance = 0;
    verdict.what = "nothing is computed";
  }
};

struct Steady : bb::Plugin<Copy> {};

}  // namespace

BH_PLUGIN_CXX("org.benchhost_e2e.steady", "1.0.0", "The benchhost authors", "MIT", "", Steady);
