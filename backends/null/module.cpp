// The null backend: devices that compute right and whose times, faults and memory are scripted.
#include "null/module.h"

#include <memory>
#include <new>
#include <string>
#include <vector>

#include "native/fault.h"
#include "null/objects.h"

namespace benchhost::null {
namespace {

/// Of one start … stop.
struct Running {
  Options options;
  native::Facts facts;
  std::vector<bh_be_device_info_t> devices;
  bool fault_spent = false;
};

// What outlives a call. No initialiser runs for any of it.
constinit const bh_be_host_t* services = nullptr;
constinit Running* running = nullptr;
constinit std::mutex mutex;

void describe(native::Facts& facts, const Options& options) {
  facts.text(BH_CAP_KIND, "null");
  facts.text(BH_CAP_CLASS, "other");
  facts.text(BH_CAP_NAME, "benchhost null device");
  facts.text(BH_CAP_MODEL, "benchhost null device");
  facts.text(BH_CAP_VENDOR, "benchhost");
  facts.truth(BH_CAP_SIMULATED, true);
  facts.words(BH_CAP_DIALECTS, {BH_DIALECT_NATIVE});
  facts.words(BH_CAP_TYPES, {"fp64", "fp32", "int64", "int32", "int16", "int8"});
  facts.integer(BH_CAP_UNITS, 1);
  facts.integer(BH_CAP_ARG_BUFFERS, native::kParametersMax);
  facts.integer(BH_CAP_ARG_BYTES, native::kParametersMax * 8);
  facts.words(BH_CAP_MEM_KINDS, {"device", "pinned", "mapped", "imported"});
  facts.truth(BH_CAP_MEM_COMMIT, true);
  facts.words(BH_CAP_MEM_PATHS, {"pageable:cpu", "pinned:cpu", "mapped:shared"});
  facts.truth(BH_CAP_MEM_UNIFIED, true);
  facts.integer(BH_CAP_MEM_SUB_ALIGN, 64);
  facts.integer(BH_CAP_MEM_COPY_ALIGN, 4);
  facts.integer(BH_CAP_MEM_HOST_ALIGN, 4);
  facts.integer(BH_CAP_MEM_BYTES, static_cast<std::int64_t>(options.no_memory_at_bytes));
  facts.truth(BH_CAP_TIME_SPAN, true);
  facts.text(BH_CAP_TIME_SPAN_KIND, "commands");
  facts.truth(BH_CAP_TIME_EVENT, true);
  if (options.clock != Clock::zero) facts.integer(BH_CAP_TIME_STEP, options.step_ns);
  facts.words(BH_CAP_EXTENSIONS, {BH_EXT_GRAPH, BH_EXT_PEER});
  facts.truth(BH_CAP_TIME_GATE, true);
  facts.integer(BH_CAP_QUEUES, 1);
  facts.integer(BH_CAP_QUEUE_DEPTH, kQueueDepth);
}

uint32_t BH_CALL score() { return 1; }

void BH_CALL stop() {
  delete running;
  running = nullptr;
}

bh_status_t BH_CALL start() {
  stop();
  try {
    auto fresh = std::make_unique<Running>();
    if (!read_options(services, &fresh->options)) return BH_E_ARGUMENT;
    describe(fresh->facts, fresh->options);
    running = fresh.release();
    return BH_OK;
  } catch (const std::bad_alloc&) {
    return native::fail(services, {BH_E_NO_MEMORY, BH_FAULT_CALL, nullptr, nullptr, 0}, "no memory to start");
  }
}

bh_status_t BH_CALL probe(bh_be_probe_t* probe) {
  try {
    bh_be_device_info_t info{};
    info.struct_size = sizeof info;
    info.caps = running->facts.list();
    running->devices.assign(running->options.devices, info);
  } catch (const std::bad_alloc&) {
    return native::fail(services, {BH_E_NO_MEMORY, BH_FAULT_CALL, nullptr, nullptr, 0}, "no memory for the devices");
  }
  probe->devices.items = running->devices.data();
  probe->devices.count = static_cast<std::uint32_t>(running->devices.size());
  probe->devices.stride = sizeof(bh_be_device_info_t);
  probe->reason = running->devices.empty() ? "the option null.devices is 0" : nullptr;
  return BH_OK;
}

bh_status_t BH_CALL device_open(uint32_t index, bh_be_device_t** device, const bh_be_device_api_t** api) {
  *device = nullptr;
  try {
    auto made = std::make_unique<bh_be_device>();
    made->host = services;
    made->index = index;
    made->options = running->options;
    made->script = std::make_unique<Script>(made->options, index);
    describe(made->facts, made->options);
    std::vector<std::string> peers;
    for (std::uint32_t i = 0; i < made->options.devices; ++i) {
      if (i != index) peers.push_back("null:" + std::to_string(i));
    }
    made->facts.words(BH_CAP_PEERS, peers);
    made->caps = made->facts.list();
    *device = made.release();
  } catch (const std::bad_alloc&) {
    return native::fail(services, {BH_E_NO_MEMORY, BH_FAULT_CALL, nullptr, nullptr, 0}, "no memory for the device");
  }
  *api = device_api();
  return BH_OK;
}

void BH_CALL device_close(bh_be_device_t* device) { delete device; }

constexpr bh_backend_t kBackend = {
    sizeof(bh_backend_t),
    0,
    "org.benchhost.null",
    "null",
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

std::mutex& module_mutex() { return mutex; }

bool exchange_fault_spent(bool spent) {
  const bool before = running->fault_spent;
  running->fault_spent = spent;
  return before;
}

}  // namespace benchhost::null

BH_EXPORT bh_status_t BH_CALL bh_backend_entry(const bh_be_offer_t* offer, bh_be_answer_t* answer) {
  return bh_be_negotiate(offer, answer, &benchhost::null::kBackend, &benchhost::null::services);
}
