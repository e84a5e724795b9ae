// A plugin for CUDA devices, timed by the device's clock: change the names, the kernel and the oracle. The native kernel is for
// devices without a compiler, the simulated one of the tests among them.
#include <benchhost/device.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace bb = benchhost;

namespace {

constexpr std::uint32_t kTile = 16;

// Through shared memory, so that rows are read and written whole; the column more keeps its banks apart.
constexpr std::string_view kCudaC = R"(
#define TILE BH_GROUP_X
extern "C" __global__ void transpose(const float *in, float *out, const unsigned int n) {
  __shared__ float tile[TILE][TILE + 1];
  const unsigned int x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y;
  if (x < n && y < n) tile[threadIdx.y][threadIdx.x] = in[(size_t)y * n + x];
  __syncthreads();
  const unsigned int to_x = blockIdx.y * TILE + threadIdx.x, to_y = blockIdx.x * TILE + threadIdx.y;
  if (to_x < n && to_y < n) out[(size_t)to_y * n + to_x] = tile[threadIdx.x][threadIdx.y];
})";

void BH_CALL transpose_native(const bh_native_range_t* range, const bh_native_args_t* args) noexcept {
  const auto* in = static_cast<const float*>(args->values[0]);
  auto* out = static_cast<float*>(args->values[1]);
  const std::uint64_t n = *static_cast<const std::uint32_t*>(args->values[2]);
  const std::uint64_t x_begin = range->begin[0] * kTile, x_end = std::min<std::uint64_t>(n, range->end[0] * kTile);
  const std::uint64_t y_begin = range->begin[1] * kTile, y_end = std::min<std::uint64_t>(n, range->end[1] * kTile);
  for (std::uint64_t y = y_begin; y < y_end; ++y)
    for (std::uint64_t x = x_begin; x < x_end; ++x) out[x * n + y] = in[y * n + x];
}

}  // namespace

struct Transpose final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.example.example_cuda.transpose", "Transpose on a device",
                "out[x][y] = in[y][x], fp32, n rows and columns, buffers in device memory", BH_CATEGORY_HARDWARE)
          .tags("memory,layout");
  static constexpr bb::Param parameters[] = {bb::param("n", bb::u64(4096), "rows and columns")
                                                 .range(bb::u64(1), bb::u64(32768))
                                                 .log2(bb::u64(256), bb::u64(16384))};
  static constexpr bb::Slot slots[] = {
      bb::slot("device", "time.span && mem.bytes >= 8 * param.n * param.n", "computes")};
  static constexpr bb::Metric metrics[] = {bb::queue_rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND,
                                                          BH_WORK_ALL_BYTES, "each element read once, written once")
                                               .primary(),
                                           bb::queue_time("time", "Time", "one pass on the device"),
                                           bb::time("wall", "Wall time", "one pass, until the host saw it complete")};

  // In this order: args go before the program, it and the buffers before the device.
  std::uint32_t n;
  bb::Device device;
  bb::Buffer in, out;
  bb::Program program;
  bb::Args args;
  std::uint32_t groups;
  std::vector<float> start;

  explicit Transpose(const bb::Prepare& p)
      : n(static_cast<std::uint32_t>(p.u64("n"))),
        device(p.host, p.device(0)),
        in(device.buffer(bytes())),
        out(device.buffer(bytes())),
        program(device.build(bb::Source("transpose", {kTile, kTile, 1}).cuda_c(kCudaC).native(transpose_native),
                             {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32})),
        args(program.bind(in, out, n)),
        groups((n + kTile - 1) / kTile) {
    const auto values = p.random<std::uint16_t>(0, std::size_t{n} * n);  // whole numbers are exact in fp32
    start.assign(values.begin(), values.end());
    device.write(in, start.data(), bytes());
    device.dispatch(args, {groups, groups, 1});  // what is compiled lazily is compiled here
    device.fill(out, bytes(), 0xffffffff);       // NaN: what run does not write is found
    device.finish();
    const auto size = static_cast<double>(bytes());
    p.work({{BH_WORK_BYTES_READ, size}, {BH_WORK_BYTES_WRITTEN, size}});
  }
  /// Enqueues and does not wait.
  void run(const bb::Batch& batch) override {
    for (std::uint64_t left = batch.n; left > 0; --left) device.dispatch(args, {groups, groups, 1});
  }
  void verify(bb::Verdict& verdict) override {
    const std::vector<float> got = device.read<float>(out, std::size_t{n} * n);
    verdict.error = 0;
    for (std::size_t y = 0; y < n; ++y) {
      for (std::size_t x = 0; x < n; ++x) {
        const double error = std::fabs(double{got[x * n + y]} - double{start[y * n + x]});
        if (!(error <= verdict.error)) verdict.error = error;  // also when it is a NaN
      }
    }
    verdict.checked = std::uint64_t{n} * n;
    verdict.tolerance = 0;
    verdict.what = "largest difference from what was written, which is exact";
  }

 private:
  std::uint64_t bytes() const { return std::uint64_t{4} * n * n; }
};

BH_PLUGIN_CXX("org.example.example_cuda", "1.0.0", "Example Ltd", "MIT", "https://example.org/example_cuda", Transpose);
