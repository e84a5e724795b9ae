#include "worker/device/calls.h"
#include "worker/device/device_state.h"
#include "worker/device/program_desc.h"
#include "worker/device/source_pick.h"
#include "worker/device/thread_error.h"

namespace benchhost::device::calls {
namespace {

void fill_info(bh_build_info_t* info, const bh_build_info_t& from) {
  if (info == nullptr) return;
  info->flags = from.flags;
  info->source_index = from.source_index;
  info->group_items_max = from.group_items_max;
  info->build_ns = from.build_ns;
  info->log = from.log;
}

/// Value of parameter `index` as the module takes it.
bh_status_t translate(const bh_program& program, std::uint64_t index, const bh_arg_t& value, bh_be_arg_t* out,
                      const char* function) {
  *out = {};
  const std::uint32_t type = program.arg_types[index];
  if (!is_buffer(type)) {
    if (value.scalar == nullptr) {
      return bad_argument("%s: parameter %llu is a scalar and has no value", function,
                          static_cast<unsigned long long>(index));
    }
    out->scalar = value.scalar;
    return BH_OK;
  }
  if (value.buffer == nullptr) {
    return bad_argument("%s: parameter %llu is a buffer and has none", function,
                        static_cast<unsigned long long>(index));
  }
  if (!usable(value.buffer, "the buffer")) return BH_E_ARGUMENT;
  if (value.buffer->device != program.device) {
    return bad_argument("%s: the buffer of parameter %llu is of another device", function,
                        static_cast<unsigned long long>(index));
  }
  if (value.buffer->kind == BH_BUFFER_PINNED) {
    return bad_argument("%s: parameter %llu: a PINNED buffer is never an argument; copy it to a DEVICE buffer",
                        function, static_cast<unsigned long long>(index));
  }
  out->buffer = value.buffer->be;
  return BH_OK;
}

BufferRef refer(const bh_program& program, std::uint64_t index, bh_buffer* buffer) {
  const bool written = program.arg_types[index] != BH_ARG_BUFFER_READ;
  return {buffer, buffer->generation, static_cast<std::uint32_t>(index), written};
}

}  // namespace

bh_status_t BH_CALL program_build(const bh_device_t* device, const bh_program_desc_t* desc, bh_build_info_t* info,
                                  bh_program_t** program) {
  if (program == nullptr) return bad_argument("program_build: no place for the program");
  *program = nullptr;
  if (const bh_status_t status = enter(device, Access::slow, "program_build"); status != BH_OK) return status;
  if (info != nullptr && !BH_HAS(bh_build_info_t, info, log)) {
    return bad_argument("program_build: struct_size of info was not set");
  }
  ProgramDesc own;
  if (const bh_status_t status = own.read(*device, desc); status != BH_OK) return status;
  std::uint32_t picked = 0;
  if (const bh_status_t status = pick_source(*device, own.sources(), &picked); status != BH_OK) return status;

  bh_build_info_t built{};
  built.struct_size = sizeof built;
  bh_be_program_t* be = nullptr;
  const auto& clock_ns = device->shared->options.clock_ns;
  const std::int64_t begin_ns = clock_ns();
  const bh_status_t status = device->api->program_build(device->be, &own.desc(), picked, &built, &be);
  built.build_ns = clock_ns() - begin_ns;
  built.source_index = picked;
  fill_info(info, built);
  if (status != BH_OK) return leave(device, status, "program_build");

  auto& owner = const_cast<bh_device_t&>(*device);
  bh_program* made = owner.programs.take([&](bh_program& fresh) {
    fresh.device = &owner;
    fresh.be = be;
    fresh.arg_types = own.arg_types();
    fresh.args.store(0, std::memory_order_relaxed);
  });
  {
    const std::lock_guard lock(device->shared->mutex);
    device->shared->picks.push_back(
        {device->name, own.desc().name, own.sources()[picked].dialect, picked, built.flags, built.build_ns});
  }
  *program = made;
  return BH_OK;
}

void BH_CALL program_destroy(bh_program_t* program) {
  if (program == nullptr || !usable(program, "program")) return;
  bh_device& device = *program->device;
  if (enter_destroy(&device, "program_destroy") != BH_OK) return;
  if (program->args.load(std::memory_order_relaxed) != 0) {
    device.shared->find("program_destroy: args of the program still exist; it stays until teardown ends");
    return;
  }
  device.api->program_destroy(program->be);
  program->be = nullptr;
  device.programs.give(program);
}

bh_status_t BH_CALL args_create(bh_program_t* program, const bh_arg_t* values, uint64_t count, bh_args_t** args) {
  if (args == nullptr) return bad_argument("args_create: no place for the args");
  *args = nullptr;
  if (!usable(program, "program")) return BH_E_ARGUMENT;
  bh_device& device = *program->device;
  if (const bh_status_t status = enter(&device, Access::slow, "args_create"); status != BH_OK) return status;
  if (count != program->arg_types.size() || (count != 0 && values == nullptr)) {
    return bad_argument("args_create: %llu values for %zu parameters", static_cast<unsigned long long>(count),
                        program->arg_types.size());
  }
  std::vector<bh_be_arg_t> translated(count);
  std::vector<BufferRef> buffers;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (const bh_status_t status = translate(*program, i, values[i], &translated[i], "args_create"); status != BH_OK) {
      return status;
    }
    if (translated[i].buffer != nullptr) buffers.push_back(refer(*program, i, values[i].buffer));
  }
  bh_be_args_t* be = nullptr;
  const bh_status_t status = device.api->args_create(program->be, translated.data(), count, &be);
  if (status != BH_OK) return leave(&device, status, "args_create");
  *args = device.args.take([&](bh_args& made) {
    made.device = &device;
    made.be = be;
    made.program = program;
    made.buffers = std::move(buffers);
    made.uses.clear();
  });
  program->args.fetch_add(1, std::memory_order_relaxed);
  return BH_OK;
}

bh_status_t BH_CALL args_set(bh_args_t* args, uint64_t index, const bh_arg_t* value) {
  if (!usable(args, "args")) return BH_E_ARGUMENT;
  bh_device& device = *args->device;
  const bh_program& program = *args->program;
  if (index >= program.arg_types.size()) {
    return bad_argument("args_set: there is no parameter %llu; the program has %zu",
                        static_cast<unsigned long long>(index), program.arg_types.size());
  }
  const bool buffer = is_buffer(program.arg_types[index]);
  if (const bh_status_t status = enter(&device, buffer ? Access::slow : Access::lent, "args_set"); status != BH_OK) {
    return status;
  }
  if (value == nullptr) return bad_argument("args_set: value is NULL");
  bh_be_arg_t translated{};
  if (const bh_status_t status = translate(program, index, *value, &translated, "args_set"); status != BH_OK) {
    return status;
  }
  const bh_status_t status = leave(&device, device.api->args_set(args->be, index, &translated), "args_set");
  if (status == BH_OK && buffer) {
    for (BufferRef& ref : args->buffers) {
      if (ref.position == index) ref = refer(program, index, value->buffer);
    }
  }
  return status;
}

void BH_CALL args_destroy(bh_args_t* args) {
  if (args == nullptr || !usable(args, "args")) return;
  bh_device& device = *args->device;
  if (enter_destroy(&device, "args_destroy") != BH_OK) return;
  if (!may_destroy(device, args->uses)) return;
  device.api->args_destroy(args->be);
  args->be = nullptr;
  args->program->args.fetch_sub(1, std::memory_order_relaxed);
  device.args.give(args);
}

}  // namespace benchhost::device::calls
