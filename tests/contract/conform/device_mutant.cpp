// A plugin for devices that keeps to every requirement, and with MUTANT=number one that breaks that requirement.
// MUTANT=1 breaks none: its results go to memory of its own before anybody can look at them on the device.
#include <benchhost/device.hpp>

#include <cmath>
#include <vector>

#ifndef MUTANT
#define MUTANT 0
#endif

namespace bb = benchhost;

namespace {

constexpr std::uint32_t kGroup = 64;

void BH_CALL double_up(const bh_native_range_t* range, const bh_native_args_t* args) noexcept {
  const auto* from = static_cast<const float*>(args->values[0]);
  auto* to = static_cast<float*>(args->values[1]);
  const std::uint32_t n = *static_cast<const std::uint32_t*>(args->values[2]);
  for (std::uint32_t i = range->begin[0] * kGroup; i < range->end[0] * kGroup && i < n; ++i) to[i] = 2 * from[i];
}

}  // namespace

struct DoubleUp final : bb::Benchmark {
  static constexpr auto about = bb::about("org.benchhost_test.device_mutant.double_up", "Double on a device",
                                          "to[i] = 2 from[i]", BH_CATEGORY_OTHER);
  static constexpr bb::Param parameters[] = {
      bb::param("n", bb::u64(4096), "elements").range(bb::u64(1), bb::u64(1 << 16))};
  static constexpr bb::Slot slots[] = {
      bb::slot("device", "'native' in dialects && time.span", "computes"),
      bb::slot("companion", "", "is looked at, if there is one", BH_SLOT_OPTIONAL | BH_SLOT_SHARED)};
  static constexpr bb::Metric metrics[] = {bb::queue_time("time", "Time", "one pass on the device").primary()};

  // In this order: args go before the program, it and the buffers before the device.
  std::uint32_t n;
  bb::Device device;
  bb::Buffer from, to;
  bb::Program program;
  bb::Args args;
  std::vector<float> start, got;

  explicit DoubleUp(const bb::Prepare& p)
      : n(static_cast<std::uint32_t>(p.u64("n"))),
        device(p.host, p.device(0)),
        from(device.buffer(bytes())),
        to(device.buffer(bytes())),
        program(device.build(bb::Source("double_up", {kGroup, 1, 1}).native(double_up),
                             {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32})),
        args(program.bind(from, to, n)) {
    const auto bits = p.random<std::uint8_t>(0, n);
    start.assign(bits.begin(), bits.end());
    device.write(from, start.data(), bytes());
    device.finish();
#if MUTANT == 508
    if (device.api->struct_size != sizeof *device.api) throw bb::Error(BH_E_VERSION, "another bh_device_api");
#elif MUTANT == 509
    // Takes the handle for a thing that is always there.
    if (*reinterpret_cast<const volatile char*>(p.device(1)) == 0)
      throw bb::Error(BH_E_UNSUPPORTED, "an odd companion");
#else
    if (p.device(1) != nullptr && device.api->main_queue(p.device(1)) == nullptr) {
      throw bb::Error(BH_E_UNSUPPORTED, "the companion has no queue");
    }
#endif
  }
  void run(const bb::Batch& batch) override {
    for (std::uint64_t left = batch.n; left > 0; --left) device.dispatch(args, {(n + kGroup - 1) / kGroup, 1, 1});
  }
#if MUTANT == 1
  void finish_batch(const bb::Batch&) override { got = device.read<float>(to, n); }
#endif
  void verify(bb::Verdict& verdict) override {
#if MUTANT == 415
    // Right on the processor, and of the device nothing is looked at.
    got.assign(n, 0);
    for (std::uint32_t i = 0; i < n; ++i) got[i] = start[i] + start[i];
#elif MUTANT != 1
    got = device.read<float>(to, n);
#endif
    verdict.error = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const double error = std::fabs(double{got[i]} - 2.0 * double{start[i]});
      if (!(error <= verdict.error)) verdict.error = error;
    }
    verdict.checked = n;
    verdict.tolerance = 0;
    verdict.what = "largest difference from whole numbers, which are exact";
  }

 private:
  std::uint64_t bytes() const { return std::uint64_t{4} * n; }
};

BH_PLUGIN_CXX("org.benchhost_test.device_mutant", "1.0.0", "benchhost", "MIT", "https://example.org", DoubleUp);
