// Which calls are allowed when, and what bad arguments get, on every backend.
#include <doctest/doctest.h>

#include "contract/backend/rig.h"

using namespace benchhost::device;
using namespace benchhost::device::test;

namespace {

RigOptions with_queue_metrics() {
  RigOptions options;
  options.queue_metrics = true;
  return options;
}

const std::vector<std::uint32_t> kAddTypes = {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32};

}  // namespace

TEST_CASE("a queue run may enqueue, flush, wait on queues, poll and set scalars, and nothing else") {
  const Rig rig(with_queue_metrics());
  const bh_device_api_t& api = *rig.api;
  const bh_device_t* device = rig.device();
  bh_queue_t* queue = rig.queue();
  bh_buffer_t* buffer = rig.buffer(64);
  bh_buffer_t* target = rig.buffer(64);
  bh_buffer_t* mapped = rig.buffer(64, BH_BUFFER_MAPPED);
  bh_event_t* event = rig.event();
  bh_event_t* fresh = rig.event();
  const std::uint32_t one = 1;
  bh_program_t* program = rig.program("add", add_kernel, kAddTypes);
  bh_args_t* args = rig.args(program, {{buffer, nullptr}, {target, nullptr}, {nullptr, &one}});
  REQUIRE(rig.session->begin_queue_run(1).ok());

  const std::uint32_t groups[3] = {16, 1, 1};
  const bh_arg_t scalar{nullptr, &one};
  CHECK(api.dispatch(queue, args, groups, event) == BH_OK);
  CHECK(api.copy(queue, buffer, 0, target, 0, 32, nullptr) == BH_OK);
  CHECK(api.fill(queue, buffer, 0, 64, 1, nullptr) == BH_OK);
  CHECK(api.queue_flush(queue) == BH_OK);
  CHECK(api.queue_wait(queue, event) == BH_OK);
  CHECK(api.queue_wait(queue, fresh) == BH_E_STATE);
  std::uint32_t done = 0;
  CHECK(api.event_poll(event, &done) == BH_OK);
  CHECK(api.args_set(args, 2, &scalar) == BH_OK);
  CHECK(api.main_queue(device) == queue);
  CHECK_FALSE(rig.session->violation().has_value());

  std::uint32_t word = 0;
  void* pointer = nullptr;
  bh_queue_t* new_queue = queue;
  bh_buffer_t* new_buffer = buffer;
  bh_event_t* new_event = event;
  bh_args_t* new_args = args;
  bh_program_t* new_program = program;
  bh_cap_t cap{};
  cap.struct_size = sizeof cap;
  bh_event_times_t times{};
  times.struct_size = sizeof times;
  bh_span_t span{};
  span.struct_size = sizeof span;
  bh_buffer_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.kind = BH_BUFFER_DEVICE;
  desc.size_bytes = 64;
  bh_program_desc_t program_desc{};
  program_desc.struct_size = sizeof program_desc;
  const bh_arg_t buffer_value{buffer, nullptr};
  std::uint64_t handle = 1;
  CHECK(api.queue_finish(queue) == BH_E_STATE);
  CHECK(api.event_wait(event) == BH_E_STATE);
  CHECK(api.event_times(event, &times) == BH_E_STATE);
  CHECK(api.write(queue, buffer, 0, &word, 4, nullptr) == BH_E_STATE);
  CHECK(api.read(queue, buffer, 0, &word, 4, nullptr) == BH_E_STATE);
  CHECK(api.buffer_map(mapped, BH_ACCESS_READ, &pointer) == BH_E_STATE);
  CHECK(api.queue_create(device, 0, &new_queue) == BH_E_STATE);
  CHECK(new_queue == nullptr);
  CHECK(api.buffer_create(device, &desc, &new_buffer) == BH_E_STATE);
  CHECK(new_buffer == nullptr);
  CHECK(api.buffer_view(buffer, 0, 64, &new_buffer) == BH_E_STATE);
  CHECK(api.event_create(device, 0, &new_event) == BH_E_STATE);
  CHECK(new_event == nullptr);
  CHECK(api.args_create(program, nullptr, 0, &new_args) == BH_E_STATE);
  CHECK(new_args == nullptr);
  CHECK(api.args_set(args, 0, &buffer_value) == BH_E_STATE);
  CHECK(api.program_build(device, &program_desc, nullptr, &new_program) == BH_E_STATE);
  CHECK(new_program == nullptr);
  CHECK(api.cap(device, BH_CAP_KIND, &cap) == BH_E_STATE);
  CHECK(api.extension(device, BH_EXT_GRAPH) == nullptr);
  CHECK(api.last_span(device, &span) == BH_E_STATE);
  CHECK(api.native(device, BH_OBJECT_BUFFER, buffer, "void *", &handle) == BH_E_STATE);
  api.buffer_destroy(buffer);
  api.event_destroy(event);
  api.args_destroy(args);
  api.program_destroy(program);

  const QueueRun run = rig.session->end_queue_run();
  CHECK_MESSAGE(run.status == BH_OK, run.text);
  REQUIRE(rig.session->violation().has_value());
  CHECK(rig.session->violation()->find("queue_finish") != std::string::npos);
  // What the run tried to destroy is still there.
  CHECK(rig.words_of(buffer, 16) == std::vector<std::uint32_t>(16, 1));
  CHECK(api.event_wait(event) == BH_OK);
}

TEST_CASE("a run without a QUEUE metric may do everything, and its slow calls are counted") {
  const Rig rig;
  rig.session->begin_run();
  bh_buffer_t* buffer = rig.buffer_of({1, 2, 3, 4});
  CHECK(rig.words_of(buffer, 4) == std::vector<std::uint32_t>{1, 2, 3, 4});
  const std::uint32_t one = 1;
  bh_args_t* args =
      rig.args(rig.program("add", add_kernel, kAddTypes), {{buffer, nullptr}, {buffer, nullptr}, {nullptr, &one}});
  rig.session->end_run();
  // create, write, finish, read, finish, build, args_create
  CHECK(rig.session->slow_calls_in_run() == 7);
  CHECK_FALSE(rig.session->violation().has_value());
  rig.session->begin_run();
  const std::uint32_t groups[3] = {4, 1, 1};
  CHECK(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_OK);
  rig.session->end_run();
  CHECK(rig.session->slow_calls_in_run() == 0);
}

TEST_CASE("outside prepare and teardown nothing may be called, and the case is a protocol error") {
  const Rig rig;
  bh_buffer_t* buffer = rig.buffer(64);
  bh_queue_t* queue = rig.queue();
  (void)rig.session->take_back();
  CHECK(rig.api->main_queue(rig.device()) == nullptr);
  CHECK(rig.api->queue_finish(queue) == BH_E_STATE);
  CHECK(rig.session->violation().has_value());
  rig.session->lend();
  CHECK(rig.api->fill(rig.queue(), buffer, 0, 64, 0, nullptr) == BH_E_ARGUMENT);
}

TEST_CASE("bad arguments are refused with a text and change nothing") {
  const Rig rig;
  const bh_device_api_t& api = *rig.api;
  bh_queue_t* queue = rig.queue();
  bh_buffer_t* buffer = rig.buffer(64);
  std::uint32_t word = 0;
  const auto refused = [&](bh_status_t status) { return status == BH_E_ARGUMENT && !rig.why().empty(); };

  SUBCASE("handles") {
    CHECK(refused(api.queue_finish(nullptr)));
    CHECK(refused(api.fill(queue, nullptr, 0, 4, 0, nullptr)));
    CHECK(refused(api.event_wait(nullptr)));
    CHECK(refused(api.args_set(nullptr, 0, nullptr)));
    bh_event_t* event = rig.event();
    api.event_destroy(event);
    CHECK(refused(api.fill(queue, buffer, 0, 4, 0, event)));
    api.queue_destroy(nullptr);
    api.buffer_destroy(nullptr);
    api.program_destroy(nullptr);
    api.args_destroy(nullptr);
    api.event_destroy(nullptr);
  }
  SUBCASE("structs without a size") {
    bh_cap_t cap{};
    CHECK(refused(api.cap(rig.device(), BH_CAP_KIND, &cap)));
    bh_buffer_desc_t desc{};
    desc.kind = BH_BUFFER_DEVICE;
    desc.size_bytes = 64;
    bh_buffer_t* none = buffer;
    CHECK(refused(api.buffer_create(rig.device(), &desc, &none)));
    CHECK(none == nullptr);
    desc.struct_size = BH_SIZE_TO(bh_buffer_desc_t, host_access);
    CHECK(refused(api.buffer_create(rig.device(), &desc, &none)));
  }
  SUBCASE("sizes and ranges") {
    CHECK(refused(api.fill(queue, buffer, 0, 0, 0, nullptr)));
    CHECK(refused(api.fill(queue, buffer, 2, 4, 0, nullptr)));
    CHECK(refused(api.fill(queue, buffer, 64, 4, 0, nullptr)));
    CHECK(refused(api.write(queue, buffer, 60, &word, 8, nullptr)));
    CHECK(refused(api.read(queue, buffer, UINT64_MAX - 3, &word, 4, nullptr)));
    CHECK(refused(api.write(queue, buffer, 0, nullptr, 4, nullptr)));
    CHECK(refused(api.copy(queue, buffer, 0, buffer, 16, 32, nullptr)));
    CHECK(api.copy(queue, buffer, 0, buffer, 32, 32, nullptr) == BH_OK);
    bh_buffer_t* view = buffer;
    CHECK(refused(api.buffer_view(buffer, 0, 128, &view)));
    CHECK(view == nullptr);
    CHECK(refused(api.buffer_view(buffer, 3, 4, &view)));
    REQUIRE(api.buffer_view(buffer, 0, 32, &view) == BH_OK);
    bh_buffer_t* nested = nullptr;
    CHECK(refused(api.buffer_view(view, 0, 16, &nested)));
    CHECK(refused(api.fill(queue, view, 32, 4, 0, nullptr)));
  }
  SUBCASE("buffers") {
    bh_buffer_desc_t desc{};
    desc.struct_size = sizeof desc;
    bh_buffer_t* none = nullptr;
    desc.kind = 9;
    desc.size_bytes = 64;
    CHECK(refused(api.buffer_create(rig.device(), &desc, &none)));
    desc.kind = BH_BUFFER_IMPORTED;
    CHECK(refused(api.buffer_create(rig.device(), &desc, &none)));
    desc.kind = BH_BUFFER_DEVICE;
    desc.host_pointer = &word;
    CHECK(refused(api.buffer_create(rig.device(), &desc, &none)));
    desc.host_pointer = nullptr;
    desc.size_bytes = 6;
    CHECK(refused(api.buffer_create(rig.device(), &desc, &none)));
    void* pointer = nullptr;
    CHECK(refused(api.buffer_map(buffer, BH_ACCESS_READ, &pointer)));
    bh_buffer_t* pinned = rig.buffer(64, BH_BUFFER_PINNED);
    CHECK(refused(api.buffer_map(pinned, 0, &pointer)));
  }
  SUBCASE("programs and args") {
    const std::uint32_t one = 1;
    bh_program_t* program = rig.program("add", add_kernel, kAddTypes);
    bh_args_t* none = nullptr;
    const bh_arg_t missing[3] = {{buffer, nullptr}, {buffer, nullptr}, {nullptr, nullptr}};
    CHECK(refused(api.args_create(program, missing, 3, &none)));
    CHECK(refused(api.args_create(program, missing, 2, &none)));
    bh_buffer_t* pinned = rig.buffer(64, BH_BUFFER_PINNED);
    const bh_arg_t wrong[3] = {{pinned, nullptr}, {buffer, nullptr}, {nullptr, &one}};
    CHECK(refused(api.args_create(program, wrong, 3, &none)));
    CHECK(rig.why().find("PINNED") != std::string::npos);
    bh_args_t* args = rig.args(program, {{buffer, nullptr}, {buffer, nullptr}, {nullptr, &one}});
    const bh_arg_t scalar{nullptr, &one};
    CHECK(refused(api.args_set(args, 3, &scalar)));
    CHECK(refused(api.args_set(args, 0, &scalar)));
    const std::uint32_t zero[3] = {0, 1, 1};
    CHECK(refused(api.dispatch(queue, args, zero, nullptr)));
    const std::uint32_t groups[3] = {1, 1, 1};
    CHECK(refused(api.dispatch(queue, args, nullptr, nullptr)));
    bh_buffer_t* gone = rig.buffer(64);
    const bh_arg_t value{gone, nullptr};
    REQUIRE(api.args_set(args, 1, &value) == BH_OK);
    api.buffer_destroy(gone);
    CHECK(refused(api.dispatch(queue, args, groups, nullptr)));
    CHECK(rig.why().find("parameter 1") != std::string::npos);
  }
  CHECK(rig.session->action() == Action::none);
}

TEST_CASE("the pick among sources follows the device's dialects, and needs") {
  const Rig rig;
  bh_source_t sources[4] = {};
  for (bh_source_t& source : sources) source.struct_size = sizeof source;
  sources[0].dialect = BH_DIALECT_WGSL;
  sources[0].code = {"text", 4};
  sources[1].dialect = BH_DIALECT_NATIVE;
  sources[1].native = add_kernel;
  sources[1].needs = "'no_such_word' in isa";
  sources[2].dialect = BH_DIALECT_NATIVE;
  sources[2].native = add_kernel;
  sources[2].needs = "class != 'npu' && 'native' in device.dialects";
  sources[3] = sources[2];
  bh_program_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.name = "pick";
  desc.sources = {sources, 4, sizeof sources[0]};
  desc.arg_types = kAddTypes.data();
  desc.arg_count = 3;
  desc.group_size[0] = desc.group_size[1] = desc.group_size[2] = 1;
  bh_build_info_t info{};
  info.struct_size = sizeof info;
  bh_program_t* program = nullptr;
  REQUIRE_MESSAGE(rig.api->program_build(rig.device(), &desc, &info, &program) == BH_OK, rig.why());
  CHECK(info.source_index == 2);
  REQUIRE(rig.session->picks().size() == 1);
  CHECK(rig.session->picks()[0].dialect == "native");
  CHECK(rig.session->picks()[0].source_index == 2);

  desc.sources.count = 2;
  CHECK(rig.api->program_build(rig.device(), &desc, &info, &program) == BH_E_UNSUPPORTED);
  CHECK(program == nullptr);
  CHECK(rig.why().find("no_such_word") != std::string::npos);
  desc.sources.count = 1;
  CHECK(rig.api->program_build(rig.device(), &desc, nullptr, &program) == BH_E_UNSUPPORTED);
  CHECK(rig.why().find("native") != std::string::npos);
  desc.sources.count = 4;
  sources[1].needs = "isa +";
  CHECK(rig.api->program_build(rig.device(), &desc, nullptr, &program) == BH_E_ARGUMENT);
  sources[1].needs = "no_such_fact == 1";
  CHECK(rig.api->program_build(rig.device(), &desc, nullptr, &program) == BH_E_ARGUMENT);
  CHECK(rig.why().find("no_such_fact") != std::string::npos);
}
