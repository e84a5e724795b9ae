// A plugin in C++17 with one benchmark: change the names, the loop and the oracle.
#include <benchhost/plugin.hpp>

#include <cmath>
#include <vector>

namespace bb = benchhost;

struct Triad final : bb::Benchmark {
  static constexpr auto about = bb::about("org.example.example_cpp.triad", "Triad",
                                          "a[i] = b[i] + 3 c[i], arrays of n doubles, one thread", BH_CATEGORY_HARDWARE)
                                    .tags("memory,bandwidth")
                                    .claim_memory_bytes("3 * 8 * n");
  static constexpr bb::Param parameters[] = {bb::param("n", bb::u64(1 << 20), "elements per array")
                                                 .range(bb::u64(1), bb::u64(1ull << 32))
                                                 .log2(bb::u64(1 << 10), bb::u64(1 << 24))};
  static constexpr bb::Metric metrics[] = {bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND,
                                                    BH_WORK_ALL_BYTES,
                                                    "24 bytes per element, write-allocate not counted")
                                               .primary()};
  std::vector<double> a, b, c;

  explicit Triad(const bb::Prepare& p) : a(p.u64("n")), b(a.size()), c(a.size(), 2.0) {
    const auto n = static_cast<double>(a.size());
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<double>(i);
    p.work({{BH_WORK_BYTES_READ, 16 * n}, {BH_WORK_BYTES_WRITTEN, 8 * n}, {BH_WORK_OPS("fp64"), 2 * n}});
  }
  void run(const bb::Batch& batch) override {
    for (std::uint64_t left = batch.n; left > 0; --left) {
      for (std::size_t i = 0; i < a.size(); ++i) a[i] = b[i] + 3.0 * c[i];
      bh_keep(a.data());
    }
  }
  void verify(bb::Verdict& verdict) override {
    verdict.error = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double error = std::fabs(a[i] - (static_cast<double>(i) + 6.0));
      if (!(error <= verdict.error)) verdict.error = error;  // also when it is a NaN
    }
    verdict.checked = a.size();
    verdict.tolerance = 0.0;
    verdict.what = "largest difference from i + 6, which is exact";
  }
};

BH_PLUGIN_CXX("org.example.example_cpp", "1.0.0", "Example Ltd", "MIT", "https://example.org/example_cpp", Triad);
