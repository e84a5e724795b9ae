#include "cpu/device.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "cpu/event.h"
#include "cpu/memory.h"
#include "cpu/module.h"
#include "cpu/queue.h"
#include "native/fault.h"

namespace benchhost::cpu {
namespace {

bool has(const std::vector<std::string>& words, const char* word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What C code computes with; the narrow floats only where there are instructions for them.
std::vector<std::string> types_of(const Machine& machine) {
  std::vector<std::string> types = {"fp64", "fp32", "int64", "int32", "int16", "int8"};
  if (has(machine.isa, "avx512_fp16") || has(machine.isa, "neon_fp16")) types.emplace_back("fp16");
  if (has(machine.isa, "avx512_bf16") || has(machine.isa, "amx_bf16") || has(machine.isa, "bf16")) {
    types.emplace_back("bf16");
  }
  return types;
}

/// Operations per second of all workers: clock x lanes x vector units x 2 for a fused multiply-add, with as many units
/// as the widest cores have (two of the widest registers on x86, four of 128 bits on Arm); others stay below this
/// bound.
std::optional<double> peak(const Machine& machine, std::uint32_t workers, std::int64_t lane_divisor) {
  const auto lanes = lanes_of(machine.isa);
  if (!machine.clock_hz || !lanes) return std::nullopt;
  const double units = has(machine.isa, "neon") ? 4.0 : 2.0;
  const double fused = has(machine.isa, "fma") || has(machine.isa, "neon") ? 2.0 : 1.0;
  const std::int64_t lanes_per_unit = *lanes / lane_divisor;
  return static_cast<double>(*machine.clock_hz) * static_cast<double>(lanes_per_unit) * units * fused * workers;
}

bh_status_t BH_CALL caps(bh_be_device_t* device, bh_cap_list_t* list) {
  *list = device->facts.list();
  return BH_OK;
}

bh_status_t BH_CALL clock_pair(bh_be_device_t*, bh_be_clock_pair_t* pair) {
  pair->host_ns = now_ns();
  pair->device_ns = pair->host_ns;  // one clock
  pair->error_ns = 0;
  return BH_OK;
}

bh_status_t BH_CALL program_build(bh_be_device_t* device, const bh_program_desc_t* desc, uint32_t source_index,
                                  bh_build_info_t* info, bh_be_program_t** program) {
  *program = nullptr;
  bh_be_program* made = nullptr;
  bool read = false;
  try {
    made = new bh_be_program;
    made->device = device;
    read = made->program.read(*desc, source_index);
  } catch (const std::bad_alloc&) {
    delete made;
    return native::fail(host(), {BH_E_NO_MEMORY, BH_FAULT_CALL, device, "new", 0}, "no memory for the program %s",
                        desc->name);
  }
  if (!read) {
    delete made;
    return native::fail(host(), {BH_E_UNSUPPORTED, BH_FAULT_CALL, device, nullptr, 0},
                        "%s: needs a native function, and at most %zu parameters", desc->name, native::kParametersMax);
  }
  info->flags = 0;
  info->group_items_max = 0;
  info->log = nullptr;
  *program = made;
  return BH_OK;
}

void BH_CALL program_destroy(bh_be_program_t* program) { delete program; }

bh_status_t BH_CALL args_set(bh_be_args_t* args, uint64_t index, const bh_be_arg_t* value) {
  const native::Program& program = args->program->program;
  if (program.takes_buffer(index)) {
    args->slots[index] = reinterpret_cast<std::uintptr_t>(value->buffer->data);
  } else {
    args->slots[index] = 0;
    std::memcpy(&args->slots[index], value->scalar, program.scalar_bytes(index));
  }
  return BH_OK;
}

bh_status_t BH_CALL args_create(bh_be_program_t* program, const bh_be_arg_t* values, uint64_t count,
                                bh_be_args_t** args) {
  *args = new (std::nothrow) bh_be_args;
  if (*args == nullptr) {
    return native::fail(host(), {BH_E_NO_MEMORY, BH_FAULT_CALL, program->device, "new", 0}, "no memory for args");
  }
  (*args)->program = program;
  for (std::uint64_t i = 0; i < count; ++i) (void)args_set(*args, i, &values[i]);
  return BH_OK;
}

void BH_CALL args_destroy(bh_be_args_t* args) { delete args; }

bh_status_t BH_CALL native(bh_be_device_t* device, uint32_t object_kind, void* object, const char* type,
                           uint64_t* value) {
  if (object_kind == BH_OBJECT_BUFFER && std::strcmp(type, "void *") == 0) {
    *value = reinterpret_cast<std::uintptr_t>(static_cast<bh_be_buffer*>(object)->data);
    return BH_OK;
  }
  return native::fail(host(), {BH_E_NOT_FOUND, BH_FAULT_CALL, device, nullptr, 0},
                      "the processor has no '%s'; a buffer has a 'void *'", type);
}

constexpr bh_be_device_api_t kApi = {
    sizeof(bh_be_device_api_t),
    0,
    caps,
    queue_create,
    queue_destroy,
    queue_flush,
    queue_finish,
    queue_wait,
    span_begin,
    span_release,
    span_end,
    span_read,
    clock_pair,
    read_back,
    buffer_create,
    buffer_view,
    buffer_destroy,
    buffer_map,
    buffer_unmap,
    write,
    read,
    copy,
    fill,
    dispatch,
    program_build,
    program_destroy,
    args_create,
    args_set,
    args_destroy,
    event_create,
    event_wait,
    event_times,
    event_destroy,
    native,
    nullptr,
};

}  // namespace

const bh_be_device_api_t* device_api() { return &kApi; }

void describe(native::Facts& facts, const Machine& machine, std::uint32_t workers) {
  facts.text(BH_CAP_KIND, "cpu");
  facts.text(BH_CAP_CLASS, "cpu");
  facts.text(BH_CAP_NAME, machine.name);
  facts.text(BH_CAP_MODEL, machine.model);
  facts.text(BH_CAP_VENDOR, machine.vendor);
  facts.integer(BH_CAP_NUMA_NODE, machine.numa_node);
  facts.words(BH_CAP_DIALECTS, {BH_DIALECT_NATIVE});
  facts.words(BH_CAP_ISA, machine.isa);
  facts.words(BH_CAP_TYPES, types_of(machine));
  facts.integer(BH_CAP_UNITS, workers);
  facts.integer(BH_CAP_LANES, lanes_of(machine.isa), BH_FROM_FORMULA);
  facts.integer(BH_CAP_ARG_BUFFERS, native::kParametersMax);
  facts.integer(BH_CAP_ARG_BYTES, native::kParametersMax * 8);
  facts.integer(BH_CAP_MEM_BYTES, machine.memory_bytes);
  facts.words(BH_CAP_MEM_KINDS, {"device", "pinned", "mapped", "imported"});
  facts.truth(BH_CAP_MEM_COMMIT, true);
  facts.words(BH_CAP_MEM_PATHS, {"pageable:cpu", "pinned:cpu", "mapped:shared"});
  facts.truth(BH_CAP_MEM_UNIFIED, true);
  facts.integer(BH_CAP_MEM_SUB_ALIGN, machine.line_bytes.value_or(64));
  facts.integer(BH_CAP_MEM_COPY_ALIGN, 4);
  facts.integer(BH_CAP_MEM_HOST_ALIGN, 4);
  facts.integer(BH_CAP_CACHE_L1, machine.l1_bytes);
  facts.integer(BH_CAP_CACHE_L2, machine.l2_bytes);
  facts.integer(BH_CAP_CACHE_LAST, machine.last_bytes);
  facts.integer(BH_CAP_CACHE_LINE, machine.line_bytes);
  facts.integer(BH_CAP_CLOCK_HZ, machine.clock_hz);
  facts.number(BH_CAP_PEAK_FP64, peak(machine, workers, 2), BH_FROM_FORMULA);
  facts.number(BH_CAP_PEAK_FP32, peak(machine, workers, 1), BH_FROM_FORMULA);
  facts.truth(BH_CAP_TIME_SPAN, true);
  facts.text(BH_CAP_TIME_SPAN_KIND, "markers");
  facts.truth(BH_CAP_TIME_EVENT, true);
  facts.integer(BH_CAP_TIME_STEP, 1);
  facts.truth(BH_CAP_TIME_GATE, true);
  // Dispatches of several queues take turns on one pool; copies run on the queue's own thread.
  facts.integer(BH_CAP_QUEUES, 1);
  facts.integer(BH_CAP_QUEUE_DEPTH, kQueueDepth);
}

}  // namespace benchhost::cpu
