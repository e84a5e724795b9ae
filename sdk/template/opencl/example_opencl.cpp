// A plugin for OpenCL devices, timed by the device's clock: change the names, the kernel and the oracle. The native kernel is
// for devices without a compiler, the simulated one of the tests among them.
#include <benchhost/device.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace bb = benchhost;

namespace {

constexpr std::uint32_t kGroup = 256;

constexpr std::string_view kOpenClC = R"(
__kernel void saxpy(__global const float *x, __global float *y, const float a, const uint n) {
  const uint stride = (uint)get_global_size(0);
  for (uint i = (uint)get_global_id(0); i < n; i += stride) y[i] += a * x[i];
})";

void BH_CALL saxpy_native(const bh_native_range_t* range, const bh_native_args_t* args) noexcept {
  const auto* x = static_cast<const float*>(args->values[0]);
  auto* y = static_cast<float*>(args->values[1]);
  const float a = *static_cast<const float*>(args->values[2]);
  const std::uint64_t n = *static_cast<const std::uint32_t*>(args->values[3]);
  // The groups of this call stand side by side in each round of the stride.
  const std::uint64_t items = range->group_size[0], stride = range->groups[0] * items;
  for (std::uint64_t round = 0; round < n; round += stride) {
    const std::uint64_t end = std::min(n, round + range->end[0] * items);
    for (std::uint64_t i = round + range->begin[0] * items; i < end; ++i) y[i] += a * x[i];
  }
}

}  // namespace

struct Saxpy final : bb::Benchmark {
  static constexpr auto about = bb::about("org.example.example_opencl.saxpy", "SAXPY on a device",
                                          "y[i] += a x[i], fp32, buffers in device memory", BH_CATEGORY_HARDWARE)
                                    .tags("memory,blas");
  static constexpr bb::Param parameters[] = {bb::param("n", bb::u64(1 << 24), "elements per vector")
                                                 .range(bb::u64(1), bb::u64(1u << 30))
                                                 .log2(bb::u64(1 << 12), bb::u64(1 << 28), 1, 2)};
  static constexpr bb::Slot slots[] = {bb::slot("device",
                                                "time.span && mem.bytes >= 8 * param.n && "
                                                "(!known(mem.buffer.bytes_max) || mem.buffer.bytes_max >= 4 * param.n)",
                                                "computes")};
  static constexpr bb::Metric metrics[] = {bb::queue_rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND,
                                                          BH_WORK_ALL_BYTES, "x read, y read and written")
                                               .primary(),
                                           bb::queue_time("time", "Time", "one pass on the device"),
                                           bb::time("wall", "Wall time", "one pass, until the host saw it complete")};

  // In this order: args go before the program, it and the buffers before the device.
  std::uint32_t n;
  bb::Device device;
  bb::Buffer x, y;
  bb::Program program;
  bb::Args plus, minus;  // a and -a in turn, so that y stays small and exact
  std::uint32_t groups;
  std::vector<float> start_x, start_y;
  bool odd = false;

  explicit Saxpy(const bb::Prepare& p)
      : n(static_cast<std::uint32_t>(p.u64("n"))),
        device(p.host, p.device(0)),
        x(device.buffer(bytes())),
        y(device.buffer(bytes())),
        program(device.build(bb::Source("saxpy", {kGroup, 1, 1}).opencl_c(kOpenClC).native(saxpy_native),
                             {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_READ_WRITE, BH_SCALAR_F32, BH_SCALAR_U32})),
        plus(program.bind(x, y, 3.0f, n)),
        minus(program.bind(x, y, -3.0f, n)) {
    const auto start = p.random<std::uint8_t>(0, std::size_t{2} * n);  // whole numbers are exact in fp32
    start_x.assign(start.begin(), start.begin() + n);
    start_y.assign(start.begin() + n, start.end());
    const auto most = static_cast<std::uint64_t>(device.cap(BH_CAP_GRID_X, 65535));
    groups = static_cast<std::uint32_t>(std::min((std::uint64_t{n} + kGroup - 1) / kGroup, most));
    device.write(x, start_x.data(), bytes());
    device.write(y, start_y.data(), bytes());
    device.dispatch(plus, {groups, 1, 1});  // what is compiled lazily is compiled here
    device.dispatch(minus, {groups, 1, 1});
    device.finish();
    const auto size = static_cast<double>(bytes());
    p.work({{BH_WORK_BYTES_READ, 2 * size}, {BH_WORK_BYTES_WRITTEN, size}, {BH_WORK_OPS("fp32"), 2.0 * n}});
  }
  /// Enqueues and does not wait.
  void run(const bb::Batch& batch) override {
    for (std::uint64_t left = batch.n; left > 0; --left, odd = !odd)
      device.dispatch(odd ? minus : plus, {groups, 1, 1});
  }
  void verify(bb::Verdict& verdict) override {
    const std::vector<float> got = device.read<float>(y, n);
    verdict.error = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const double error = std::fabs(double{got[i]} - (start_y[i] + (odd ? 3.0 * start_x[i] : 0.0)));
      if (!(error <= verdict.error)) verdict.error = error;
    }
    verdict.checked = n;
    verdict.tolerance = 0;
    verdict.what = "largest difference from whole numbers, which are exact";
  }

 private:
  std::uint64_t bytes() const { return std::uint64_t{4} * n; }
};

BH_PLUGIN_CXX("org.example.example_opencl", "1.0.0", "Example Ltd", "MIT", "https://example.org/example_opencl", Saxpy);
