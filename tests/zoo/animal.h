// What the animals of the zoo share: a small sum that is measured and verified like any benchmark's, and one way to
// misbehave. With `well_behaved` an animal does the sum and nothing else: so what fails a case is what it did, not what
// it is. Built with ZOO_MENDED it is another build of the same plugin, which does nothing else in any case.
#pragma once

#include <benchhost/plugin.hpp>

#include <array>
#include <cstdint>
#include <numeric>

namespace zoo {

namespace bb = benchhost;

/// Base of a benchmark class that adds `about`.
struct Animal : bb::Benchmark {
  static constexpr bb::Param parameters[] = {
      bb::param("well_behaved", bb::boolean(false), "true: measures its sum and does nothing else")};
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time of a sum", "the sum of 256 integers").primary()};

  bool well_behaved;
  std::array<std::uint32_t, 256> data{};
  std::uint32_t sum = 0;
  bool ran = false;

  explicit Animal(const bb::Prepare& p) : well_behaved(p.boolean("well_behaved")) {
    std::iota(data.begin(), data.end(), 1u);
    p.work({{BH_WORK_ITEMS, static_cast<double>(data.size())}});
  }

  /// What the animal does once in each run, before its work.
  virtual void misbehave() {}

  void run(const bb::Batch& batch) override {
#ifndef ZOO_MENDED
    if (!well_behaved) misbehave();
#endif
    for (std::uint64_t left = batch.n; left > 0; --left) {
      bh_keep(data.data());
      sum = std::accumulate(data.begin(), data.end(), 0u);
      bh_keep(&sum);
    }
    ran = true;
  }

  void verify(bb::Verdict& verdict) override {
    constexpr double kWant = 256.0 * 257.0 / 2.0;
    verdict.checked = ran ? 1 : 0;
    verdict.error = static_cast<double>(sum) - kWant;
    if (verdict.error < 0) verdict.error = -verdict.error;
    verdict.tolerance = 0;
    verdict.what = "the sum of 1 to 256";
  }
};

}  // namespace zoo

#define ZOO_PLUGIN(name, type) \
  BH_PLUGIN_CXX("org.benchhost.zoo." name, "1.0.0", "The benchhost authors", "MIT", "", type)
