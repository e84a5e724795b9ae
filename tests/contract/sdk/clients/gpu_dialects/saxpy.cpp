// One program in three dialects and as native code, timed on the device's clock.
#include <benchhost/device.hpp>

#include <cmath>
#include <vector>

namespace bb = benchhost;

namespace {

constexpr char kOpenClC[] = R"(
__kernel __attribute__((reqd_work_group_size(BH_GROUP_X, 1, 1)))
void saxpy(__global const float *x, __global float *y, float a) {
  size_t base = get_global_id(0) * ITEMS;
  for (int k = 0; k < ITEMS; ++k) y[base + k] = a * x[base + k] + 1.0f;
})";
constexpr char kCudaC[] = R"(
extern "C" __global__ void saxpy(const float *x, float *y, float a) {
  unsigned base = (blockIdx.x * BH_GROUP_X + threadIdx.x) * ITEMS;
  for (int k = 0; k < ITEMS; ++k) y[base + k] = a * x[base + k] + 1.0f;
})";
constexpr char kWgsl[] = R"(
override BH_GROUP_X: u32; override ITEMS: u32;
struct Scalars { a: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> s: Scalars;
@compute @workgroup_size(BH_GROUP_X) fn saxpy(@builtin(global_invocation_id) id: vec3<u32>) {
  let base = id.x * ITEMS;
  for (var k = 0u; k < ITEMS; k++) { y[base + k] = s.a * x[base + k] + 1.0; }
})";

void BH_CALL saxpy_native(const bh_native_range_t* range, const bh_native_args_t* args) noexcept {
  const auto* x = static_cast<const float*>(args->values[0]);
  auto* y = static_cast<float*>(args->values[1]);
  const float a = *static_cast<const float*>(args->values[2]);
  const std::size_t items = *static_cast<const std::uint32_t*>(args->constants[0]);
  const std::size_t width = range->group_size[0] * items;
  for (std::size_t i = range->begin[0] * width; i < range->end[0] * width; ++i) y[i] = a * x[i] + 1.0f;
}

struct Saxpy final : bb::Benchmark {
  static constexpr auto about = bb::about("org.example.gpu.saxpy", "saxpy",
                                          "y[i] = a x[i] + 1 over n floats on the device", BH_CATEGORY_HARDWARE);
  static constexpr bh_value_t groups[] = {bb::u64(64), bb::u64(128), bb::u64(256)};
  static constexpr bb::Param parameters[] = {
      bb::param("n", bb::u64(1 << 22), "floats")
          .range(bb::u64(1024), bb::u64(1 << 28))
          .constraint("n % 1024 == 0")
          .log2(bb::u64(1 << 16), bb::u64(1 << 26)),
      bb::param("group", bb::u64(64), "items of one group").choices(groups).sweep(groups)};
  static constexpr bb::Metric metrics[] = {
      bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_ALL_BYTES, "8 bytes per float")
          .domain(BH_DOMAIN_QUEUE)
          .primary(),
      bb::rate("bandwidth.host", "Bandwidth by the host's clock", BH_UNIT_BYTES_PER_SECOND, BH_WORK_ALL_BYTES,
               "the same, launch and wait included")};
  static constexpr bb::Slot slots[] = {
      bb::slot("device", "time.span && mem.bytes >= 16 * param.n && group.items_max >= param.group", "where it runs")};
  static constexpr float kFactor = 3.0f;

  bb::Device device;
  std::size_t n;
  std::uint32_t group;
  bb::Buffer x, y;
  bb::Program program;
  bb::Args args;

  explicit Saxpy(const bb::Prepare& p)
      : device(p.host, p.device(0)),
        n(p.u64("n")),
        group(static_cast<std::uint32_t>(p.u64("group"))),
        x(device.buffer(n * sizeof(float))),
        y(device.buffer(n * sizeof(float))),
        program(device.build(bb::Source("saxpy", {group, 1, 1})
                                 .opencl_c(kOpenClC)
                                 .cuda_c(kCudaC)
                                 .wgsl(kWgsl)
                                 .native(saxpy_native)
                                 .constant("ITEMS", std::uint32_t{4}),
                             {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_F32})),
        args(program.bind(x, y, kFactor)) {
    std::vector<float> data(n);
    for (std::size_t i = 0; i < n; ++i) data[i] = static_cast<float>(i % 1000);
    device.write(x, data.data(), n * sizeof(float));
    p.work({{BH_WORK_BYTES_READ, 4.0 * static_cast<double>(n)}, {BH_WORK_BYTES_WRITTEN, 4.0 * static_cast<double>(n)}});
  }
  void run(const bb::Batch& batch) override {
    const auto count = static_cast<std::uint32_t>(n / 4 / group);
    for (std::uint64_t left = batch.n; left > 0; --left) device.dispatch(args, {count, 1, 1});
  }
  void verify(bb::Verdict& verdict) override {
    const std::vector<float> got = device.read<float>(y, n);
    double worst = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double error = std::fabs(static_cast<double>(got[i]) - (3.0 * static_cast<double>(i % 1000) + 1.0));
      if (error > worst || std::isnan(error)) worst = error;
    }
    verdict.checked = n;
    verdict.error = worst;
    verdict.tolerance = 0;
    verdict.what = "exact: small integers";
  }
};

/// Program building itself: run makes what it measures, which a benchmark without a QUEUE metric may.
struct Build final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.example.gpu.build", "Build", "builds saxpy without any cache", BH_CATEGORY_HARDWARE)
          .batch(BH_BATCH_ONCE);
  static constexpr bb::Metric metrics[] = {bb::time("build", "Build", "program_build and destroy").primary()};
  static constexpr bb::Slot slots[] = {bb::slot("device", nullptr, "whose compiler")};
  bb::Device device;
  explicit Build(const bb::Prepare& p) : device(p.host, p.device(0)) {}
  void run(const bb::Batch&) override {
    device.build(bb::Source("saxpy", {64, 1, 1})
                     .opencl_c(kOpenClC)
                     .cuda_c(kCudaC)
                     .wgsl(kWgsl)
                     .native(saxpy_native)
                     .constant("ITEMS", std::uint32_t{4}),
                 {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_F32}, BH_BUILD_NO_CACHE);
  }
};

}  // namespace

BH_PLUGIN_CXX("org.example.gpu", "1.0.0", "Example Ltd", "MIT", "https://example.org/gpu", Saxpy, Build);
