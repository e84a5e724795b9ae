// A benchmark in fifteen lines, and one that throws where it is told.
#include <benchhost/plugin.hpp>

#include <atomic>
#include <mutex>
#include <numeric>
#include <string>
#include <vector>

namespace bb = benchhost;

namespace {

struct Sum final : bb::Benchmark {
  static constexpr auto about = bb::about("org.example.sum.host", "Sum", "adds n doubles", BH_CATEGORY_HARDWARE);
  static constexpr bb::Param parameters[] = {
      bb::param("n", bb::u64(4096), "elements").log2(bb::u64(1024), bb::u64(1 << 20))};
  static constexpr bb::Metric metrics[] = {
      bb::rate("bandwidth", "Bandwidth", "By/s", BH_WORK_ALL_BYTES, "8 bytes per element").primary()};
  std::vector<double> data;
  double sum = 0;
  std::mutex cannot_move;
  std::atomic<int> neither{0};

  explicit Sum(const bb::Prepare& p) : data(p.u64("n"), 1.0) {
    p.work({{BH_WORK_BYTES_READ, 8.0 * static_cast<double>(data.size())}});
  }
  void run(const bb::Batch& batch) override {
    for (std::uint64_t left = batch.n; left > 0; --left) {
      bh_keep(data.data());
      sum = std::accumulate(data.begin(), data.end(), 0.0);
      bh_keep(&sum);
    }
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = 1;
    verdict.error = sum - static_cast<double>(data.size());
    verdict.tolerance = 0;
  }
};

struct Thrower final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.example.sum.thrower", "Thrower", "throws where it is told", BH_CATEGORY_OTHER);
  static constexpr bh_value_t wheres[] = {bb::choice("nowhere"), bb::choice("prepare"), bb::choice("memory"),
                                          bb::choice("run"),     bb::choice("int"),     bb::choice("verify")};
  static constexpr bb::Param parameters[] = {
      bb::param("where", bb::choice("nowhere"), "the call that throws").choices(wheres)};
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time", "never measured").primary()};
  std::string where;
  bb::Array<double> array;

  explicit Thrower(const bb::Prepare& p) : where(p.choice("where")), array(p.array<double>(16)) {
    if (where == "prepare") throw std::bad_alloc();
    if (where == "memory") bb::Array<double> too_much(p.host, SIZE_MAX / 2);
  }
  void run(const bb::Batch&) override {
    if (where == "run") throw std::runtime_error("thrown on purpose");
    if (where == "int") throw 7;
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = 3;
    if (where == "verify") throw bb::Error(BH_E_MISMATCH, "wrong on purpose");
  }
};

}  // namespace

BH_PLUGIN_CXX("org.example.sum", "2.1.0", "Example Ltd", "MIT", "https://example.org/sum", Sum, Thrower);
