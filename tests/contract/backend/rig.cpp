#include "contract/backend/rig.h"

#include <chrono>
#include <cstdlib>

#include <doctest/doctest.h>

namespace benchhost::device::test {
namespace {

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::string backend_file() {
  const char* file = std::getenv("BENCHHOST_TEST_BACKEND");
  REQUIRE_MESSAGE(file != nullptr, "set BENCHHOST_TEST_BACKEND to the module's file");
  return file;
}

std::unique_ptr<BackendModule> load_module(const std::string& file, Options options) {
  ModuleServices services;
  services.clock_ns = steady_ns;
  services.options = std::move(options);
  auto module = BackendModule::load(file, std::move(services));
  REQUIRE_MESSAGE(module.ok(), to_text(module.error()));
  return std::move(module).value();
}

Rig::Rig(RigOptions options) {
  const std::string file = options.file.empty() ? backend_file() : options.file;
  ModuleServices services;
  services.clock_ns = options.clock_ns ? options.clock_ns : steady_ns;
  services.options = options.module;
  auto loaded = BackendModule::load(file, services);
  REQUIRE_MESSAGE(loaded.ok(), to_text(loaded.error()));
  module = std::move(loaded).value();
  auto probed = module->probe();
  REQUIRE_MESSAGE(probed.ok(), to_text(probed.error()));
  std::vector<SlotOpen> slots;
  for (const std::uint32_t index : options.slots) {
    slots.push_back({module.get(), index, module->kind() + ":" + std::to_string(index)});
  }
  SessionOptions session_options;
  session_options.queue_metrics = options.queue_metrics;
  session_options.gate = options.gate;
  session_options.clock_ns = services.clock_ns;
  session_options.cancelled = options.cancelled;
  auto opened = Session::open(slots, session_options);
  REQUIRE_MESSAGE(opened.ok(), to_text(opened.error()));
  session = std::move(opened).value();
  api = Session::table();
  session->lend();
}

Rig::~Rig() {
  if (session) (void)session->take_back();
}

bh_buffer_t* Rig::buffer(std::uint64_t size_bytes, std::uint32_t kind, void* host_pointer, std::uint32_t flags) const {
  bh_buffer_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.kind = kind;
  desc.size_bytes = size_bytes;
  desc.host_pointer = host_pointer;
  desc.host_access = BH_ACCESS_READ_WRITE;
  desc.flags = flags;
  bh_buffer_t* made = nullptr;
  const bh_status_t status = api->buffer_create(device(), &desc, &made);
  REQUIRE_MESSAGE(status == BH_OK, why());
  return made;
}

bh_buffer_t* Rig::buffer_of(const std::vector<std::uint32_t>& words, std::uint32_t kind) const {
  bh_buffer_t* made = buffer(words.size() * 4, kind);
  REQUIRE(api->write(queue(), made, 0, words.data(), words.size() * 4, nullptr) == BH_OK);
  REQUIRE(api->queue_finish(queue()) == BH_OK);
  return made;
}

std::vector<std::uint32_t> Rig::words_of(bh_buffer_t* buffer, std::size_t count) const {
  std::vector<std::uint32_t> words(count);
  REQUIRE(api->read(queue(), buffer, 0, words.data(), count * 4, nullptr) == BH_OK);
  REQUIRE_MESSAGE(api->queue_finish(queue()) == BH_OK, why());
  return words;
}

bh_program_t* Rig::program(const char* name, bh_native_fn_t function, const std::vector<std::uint32_t>& types,
                           const std::vector<bh_constant_t>& constants, std::uint32_t group_x, std::uint32_t group_y,
                           std::uint32_t group_z) const {
  bh_source_t source{};
  source.struct_size = sizeof source;
  source.dialect = BH_DIALECT_NATIVE;
  source.native = function;
  bh_program_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.name = name;
  desc.sources = {&source, 1, sizeof source};
  desc.constants = {constants.data(), static_cast<std::uint32_t>(constants.size()), sizeof(bh_constant_t)};
  desc.arg_types = types.data();
  desc.arg_count = static_cast<std::uint32_t>(types.size());
  desc.group_size[0] = group_x;
  desc.group_size[1] = group_y;
  desc.group_size[2] = group_z;
  bh_build_info_t info{};
  info.struct_size = sizeof info;
  bh_program_t* made = nullptr;
  const bh_status_t status = api->program_build(device(), &desc, &info, &made);
  REQUIRE_MESSAGE(status == BH_OK, why());
  CHECK(info.source_index == 0);
  CHECK(info.build_ns >= 0);
  return made;
}

bh_args_t* Rig::args(bh_program_t* program, const std::vector<bh_arg_t>& values) const {
  bh_args_t* made = nullptr;
  const bh_status_t status = api->args_create(program, values.data(), values.size(), &made);
  REQUIRE_MESSAGE(status == BH_OK, why());
  return made;
}

bh_event_t* Rig::event(std::uint32_t flags) const {
  bh_event_t* made = nullptr;
  const bh_status_t status = api->event_create(device(), flags, &made);
  REQUIRE_MESSAGE(status == BH_OK, why());
  return made;
}

void BH_CALL add_kernel(const bh_native_range_t* range, const bh_native_args_t* args) {
  const auto* in = static_cast<const std::uint32_t*>(args->values[0]);
  auto* out = static_cast<std::uint32_t*>(args->values[1]);
  const auto scalar = *static_cast<const std::uint32_t*>(args->values[2]);
  for (std::uint32_t i = range->begin[0]; i < range->end[0]; ++i) out[i] = in[i] + scalar;
}

std::uint32_t grid_value(std::uint32_t x, std::uint32_t y, std::uint32_t z, std::int64_t i64, double f64,
                         std::uint32_t first, double second) {
  return x + 100 * y + 10'000 * z + static_cast<std::uint32_t>(i64) + static_cast<std::uint32_t>(f64) + first +
         static_cast<std::uint32_t>(second);
}

void BH_CALL grid_kernel(const bh_native_range_t* range, const bh_native_args_t* args) {
  auto* out = static_cast<std::uint32_t*>(args->values[0]);
  const auto i64 = *static_cast<const std::int64_t*>(args->values[1]);
  const auto f64 = *static_cast<const double*>(args->values[2]);
  const auto first = *static_cast<const std::uint32_t*>(args->constants[0]);
  const auto second = *static_cast<const double*>(args->constants[1]);
  const std::uint32_t* size = range->group_size;
  const std::uint64_t row = std::uint64_t{range->groups[0]} * size[0];
  const std::uint64_t plane = row * range->groups[1] * size[1];
  for (std::uint32_t z = range->begin[2] * size[2]; z < range->end[2] * size[2]; ++z) {
    for (std::uint32_t y = range->begin[1] * size[1]; y < range->end[1] * size[1]; ++y) {
      for (std::uint32_t x = range->begin[0] * size[0]; x < range->end[0] * size[0]; ++x) {
        out[z * plane + y * row + x] += grid_value(x, y, z, i64, f64, first, second);
      }
    }
  }
}

}  // namespace benchhost::device::test
