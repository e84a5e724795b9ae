// The cpu backend: native functions on pinned threads, timed by the host's own clock.
#include "cpu/module.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <system_error>

#include "cpu/device.h"
#include "native/fault.h"

namespace benchhost::cpu {
namespace {

/// Of one start … stop.
struct Running {
  std::optional<std::uint64_t> threads;
  std::optional<std::uint64_t> memory_limit_bytes;
  Machine machine;
  native::Facts facts;
  bh_be_device_info_t info{};
};

// The two things that outlive a call. No initialiser runs for either.
constinit const bh_be_host_t* services = nullptr;
constinit Running* running = nullptr;

/// False: the option is there and is no positive number.
bool read_option(const char* name, std::optional<std::uint64_t>* out) {
  const char* value = services->option(services, name);
  if (value == nullptr) return true;
  std::uint64_t number = 0;
  const char* end = value + std::strlen(value);
  const auto [stop, error] = std::from_chars(value, end, number);
  if (error != std::errc() || stop != end || number == 0) {
    (void)native::fail(services, {BH_E_ARGUMENT, BH_FAULT_CALL, nullptr, nullptr, 0},
                       "option cpu.%s=%s: give a whole number above 0", name, value);
    return false;
  }
  *out = number;
  return true;
}

/// One worker per physical core; the user may ask for fewer, or for more, which then share cores.
std::vector<std::uint32_t> worker_cpus() {
  std::vector<std::uint32_t> cpus = running->machine.cores;
  if (running->threads) {
    const std::size_t cores = cpus.size();
    cpus.resize(std::min<std::uint64_t>(*running->threads, 4096));
    for (std::size_t i = cores; i < cpus.size(); ++i) cpus[i] = cpus[i % cores];
  }
  return cpus;
}

bh_status_t no_memory() {
  return native::fail(services, {BH_E_NO_MEMORY, BH_FAULT_CALL, nullptr, "new", 0}, "no memory for the backend itself");
}

uint32_t BH_CALL score() { return 100; }

void BH_CALL stop() {
  delete running;
  running = nullptr;
}

bh_status_t BH_CALL start() {
  stop();
  running = new (std::nothrow) Running;
  if (running == nullptr) return no_memory();
  if (read_option("threads", &running->threads) && read_option("memory_limit_bytes", &running->memory_limit_bytes)) {
    return BH_OK;
  }
  stop();
  return BH_E_ARGUMENT;
}

bh_status_t BH_CALL probe(bh_be_probe_t* probe) {
  try {
    auto fresh = std::make_unique<Running>();
    fresh->threads = running->threads;
    fresh->memory_limit_bytes = running->memory_limit_bytes;
    fresh->machine = read_machine();
    delete running;
    running = fresh.release();
    describe(running->facts, running->machine, static_cast<std::uint32_t>(worker_cpus().size()));
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
  running->info.struct_size = sizeof running->info;
  running->info.caps = running->facts.list();
  probe->devices.items = &running->info;
  probe->devices.count = 1;
  probe->devices.stride = sizeof running->info;
  return BH_OK;
}

bh_status_t BH_CALL device_open(uint32_t, bh_be_device_t** device, const bh_be_device_api_t** api) {
  *device = nullptr;
  try {
    auto made = std::make_unique<bh_be_device>();
    made->machine = running->machine;
    made->pool = std::make_unique<Pool>(worker_cpus());
    made->memory_limit_bytes = running->memory_limit_bytes.value_or(UINT64_MAX);
    describe(made->facts, made->machine, made->pool->workers());
    *device = made.release();
  } catch (const std::bad_alloc&) {
    return no_memory();
  } catch (const std::system_error& error) {
    return native::fail(services, {BH_E_UNSUPPORTED, BH_FAULT_CALL, nullptr, "pthread_create", error.code().value()},
                        "not enough threads; set the option cpu.threads, or raise the limit of threads");
  }
  *api = device_api();
  return BH_OK;
}

void BH_CALL device_close(bh_be_device_t* device) { delete device; }

constexpr bh_backend_t kBackend = {
    sizeof(bh_backend_t),
    0,
    "org.benchhost.cpu",
    "cpu",
    "0.1.0",
    "benchhost",
    score,
    start,
    probe,
    device_open,
    device_close,
    stop,
    nullptr,
    nullptr,
};

}  // namespace

const bh_be_host_t* host() { return services; }

}  // namespace benchhost::cpu

BH_EXPORT bh_status_t BH_CALL bh_backend_entry(const bh_be_offer_t* offer, bh_be_answer_t* answer) {
  return bh_be_negotiate(offer, answer, &benchhost::cpu::kBackend, &benchhost::cpu::services);
}
