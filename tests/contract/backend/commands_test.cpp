// What commands do to memory, on every backend.
#include <cstring>
#include <numeric>
#include <thread>

#include <doctest/doctest.h>

#include "contract/backend/rig.h"

using namespace benchhost::device::test;

namespace {

const std::vector<std::uint32_t> kAddTypes = {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32};

std::vector<std::uint32_t> counting(std::size_t count) {
  std::vector<std::uint32_t> words(count);
  std::iota(words.begin(), words.end(), 1U);
  return words;
}

bh_constant_t constant(const char* name, std::uint32_t type, const void* value, std::uint32_t id) {
  bh_constant_t made{};
  made.struct_size = sizeof made;
  made.type = type;
  made.name = name;
  made.value = value;
  made.id = id;
  return made;
}

}  // namespace

TEST_CASE("a three-dimensional dispatch reaches every item once, with its scalars and constants") {
  const Rig rig;
  constexpr std::uint32_t kItems = 8 * 6 * 5;
  bh_buffer_t* out = rig.buffer(kItems * 4);
  REQUIRE(rig.api->fill(rig.queue(), out, 0, kItems * 4, 0, nullptr) == BH_OK);
  const std::uint32_t first = 4'000'000'000U;
  const double second = 7.5;
  bh_program_t* program = rig.program(
      "grid", grid_kernel, {BH_ARG_BUFFER_READ_WRITE, BH_SCALAR_I64, BH_SCALAR_F64},
      {constant("FIRST", BH_SCALAR_U32, &first, 0), constant("SECOND", BH_SCALAR_F64, &second, 1)}, 4, 2, 1);
  const std::int64_t i64 = 1'000'000;
  const double f64 = 33.25;
  bh_args_t* args = rig.args(program, {{out, nullptr}, {nullptr, &i64}, {nullptr, &f64}});
  const std::uint32_t groups[3] = {2, 3, 5};
  REQUIRE(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_OK);
  const auto words = rig.words_of(out, kItems);
  for (std::uint32_t z = 0; z < 5; ++z) {
    for (std::uint32_t y = 0; y < 6; ++y) {
      for (std::uint32_t x = 0; x < 8; ++x) {
        CHECK(words[(z * 6 + y) * 8 + x] == grid_value(x, y, z, i64, f64, first, second));
      }
    }
  }
}

TEST_CASE("a dispatch uses the argument values of the moment when it was enqueued") {
  const Rig rig;
  constexpr std::size_t kCount = 1000;
  bh_buffer_t* a = rig.buffer_of(std::vector<std::uint32_t>(kCount, 0));
  bh_buffer_t* b = rig.buffer(kCount * 4);
  std::uint32_t scalar = 1;
  bh_program_t* program = rig.program("add", add_kernel, kAddTypes);
  bh_args_t* there = rig.args(program, {{a, nullptr}, {b, nullptr}, {nullptr, &scalar}});
  bh_args_t* back = rig.args(program, {{b, nullptr}, {a, nullptr}, {nullptr, &scalar}});
  const std::uint32_t groups[3] = {kCount, 1, 1};
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < 50; ++i) {
    scalar = i;
    const bh_arg_t value{nullptr, &scalar};
    REQUIRE(rig.api->args_set(i % 2 == 0 ? there : back, 2, &value) == BH_OK);
    scalar = 0xDEAD;  // copied before the call returned
    REQUIRE(rig.api->dispatch(rig.queue(), i % 2 == 0 ? there : back, groups, nullptr) == BH_OK);
    sum += i;
  }
  for (const std::uint32_t word : rig.words_of(a, kCount)) CHECK(word == sum);
}

TEST_CASE("a changed buffer argument reaches later dispatches and no earlier one") {
  const Rig rig;
  bh_buffer_t* in = rig.buffer_of({5, 6, 7, 8});
  bh_buffer_t* first = rig.buffer(16);
  bh_buffer_t* second = rig.buffer(16);
  const std::uint32_t one = 1;
  bh_args_t* args =
      rig.args(rig.program("add", add_kernel, kAddTypes), {{in, nullptr}, {first, nullptr}, {nullptr, &one}});
  const std::uint32_t groups[3] = {4, 1, 1};
  REQUIRE(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_OK);
  const bh_arg_t other{second, nullptr};
  REQUIRE(rig.api->args_set(args, 1, &other) == BH_OK);
  const std::uint32_t ten = 10;
  const bh_arg_t value{nullptr, &ten};
  REQUIRE(rig.api->args_set(args, 2, &value) == BH_OK);
  REQUIRE(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_OK);
  CHECK(rig.words_of(first, 4) == std::vector<std::uint32_t>{6, 7, 8, 9});
  CHECK(rig.words_of(second, 4) == std::vector<std::uint32_t>{15, 16, 17, 18});
}

TEST_CASE("write, view, copy, fill and read move the bytes they name and no others") {
  const Rig rig;
  const auto words = counting(256);
  bh_buffer_t* a = rig.buffer_of(words);
  bh_buffer_t* b = rig.buffer(1024);
  bh_queue_t* queue = rig.queue();
  REQUIRE(rig.api->fill(queue, b, 0, 1024, 0xABCDEF01, nullptr) == BH_OK);
  bh_buffer_t* view = nullptr;
  REQUIRE_MESSAGE(rig.api->buffer_view(b, 256, 512, &view) == BH_OK, rig.why());
  REQUIRE(rig.api->copy(queue, a, 40, view, 8, 80, nullptr) == BH_OK);
  REQUIRE(rig.api->fill(queue, view, 508, 4, 7, nullptr) == BH_OK);
  const std::uint32_t two[2] = {1111, 2222};
  REQUIRE(rig.api->write(queue, b, 1016, two, 8, nullptr) == BH_OK);
  std::vector<std::uint32_t> expected(256, 0xABCDEF01);
  for (std::size_t i = 0; i < 20; ++i) expected[64 + 2 + i] = words[10 + i];
  expected[64 + 127] = 7;
  expected[254] = 1111;
  expected[255] = 2222;
  CHECK(rig.words_of(b, 256) == expected);
  std::vector<std::uint32_t> part(3);
  REQUIRE(rig.api->read(queue, view, 504, part.data(), 12 - 4, nullptr) == BH_OK);
  REQUIRE(rig.api->queue_finish(queue) == BH_OK);
  CHECK(part[0] == 0xABCDEF01);
  CHECK(part[1] == 7);
  CHECK(part[2] == 0);
}

TEST_CASE("a pinned buffer carries data to and from device memory") {
  const Rig rig;
  const auto words = counting(64);
  bh_buffer_t* pinned = rig.buffer(256, BH_BUFFER_PINNED);
  void* memory = nullptr;
  REQUIRE(rig.api->buffer_map(pinned, BH_ACCESS_WRITE, &memory) == BH_OK);
  std::memcpy(memory, words.data(), 256);
  REQUIRE(rig.api->buffer_unmap(pinned) == BH_OK);
  bh_buffer_t* device = rig.buffer(256);
  REQUIRE(rig.api->copy(rig.queue(), pinned, 0, device, 0, 256, nullptr) == BH_OK);
  CHECK(rig.words_of(device, 64) == words);
}

TEST_CASE("mapped and imported buffers are one memory for both sides") {
  const Rig rig;
  alignas(4096) static std::uint32_t own[1024];
  std::fill(std::begin(own), std::end(own), 0U);
  for (const std::uint32_t kind : {BH_BUFFER_MAPPED, BH_BUFFER_IMPORTED}) {
    CAPTURE(kind);
    bh_buffer_t* shared = rig.buffer(4096, kind, kind == BH_BUFFER_IMPORTED ? own : nullptr);
    void* memory = nullptr;
    REQUIRE(rig.api->buffer_map(shared, BH_ACCESS_WRITE, &memory) == BH_OK);
    if (kind == BH_BUFFER_IMPORTED) CHECK(memory == own);
    for (std::uint32_t i = 0; i < 1024; ++i) static_cast<std::uint32_t*>(memory)[i] = i;
    REQUIRE(rig.api->buffer_unmap(shared) == BH_OK);
    const std::uint32_t scalar = 1000;
    bh_args_t* args =
        rig.args(rig.program("add", add_kernel, kAddTypes), {{shared, nullptr}, {shared, nullptr}, {nullptr, &scalar}});
    const std::uint32_t groups[3] = {1024, 1, 1};
    REQUIRE(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_OK);
    // Mapping waits for the dispatch by itself.
    REQUIRE(rig.api->buffer_map(shared, BH_ACCESS_READ, &memory) == BH_OK);
    for (std::uint32_t i = 0; i < 1024; ++i) CHECK(static_cast<std::uint32_t*>(memory)[i] == i + 1000);
    void* again = nullptr;
    CHECK(rig.api->buffer_map(shared, BH_ACCESS_READ, &again) == BH_E_STATE);
    CHECK(again == nullptr);
    CHECK(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_E_ARGUMENT);
    CHECK(rig.why().find("mapped") != std::string::npos);
    CHECK(rig.api->write(rig.queue(), rig.buffer(64), 0, static_cast<char*>(memory) + 64, 64, nullptr) ==
          BH_E_ARGUMENT);
    REQUIRE(rig.api->buffer_unmap(shared) == BH_OK);
    CHECK(rig.api->buffer_unmap(shared) == BH_E_STATE);
    CHECK(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_OK);
  }
}

TEST_CASE("committed memory is there, and what exceeds all memory fails and harms nobody") {
  const Rig rig;
  const auto words = counting(1024);
  bh_buffer_t* survivor = rig.buffer_of(words);
  bh_buffer_t* committed = rig.buffer(1 << 20, BH_BUFFER_DEVICE, nullptr, BH_BUFFER_COMMIT);
  bh_buffer_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.kind = BH_BUFFER_DEVICE;
  desc.size_bytes = std::uint64_t{1} << 50;
  desc.flags = BH_BUFFER_COMMIT;
  bh_buffer_t* none = committed;
  CHECK(rig.api->buffer_create(rig.device(), &desc, &none) == BH_E_NO_MEMORY);
  CHECK(none == nullptr);
  CHECK(rig.why().find("bytes") != std::string::npos);
  CHECK(rig.words_of(survivor, 1024) == words);
  CHECK(rig.session->action() <= benchhost::device::Action::fail_call);
}

TEST_CASE("an event is recorded again and again, and holds the last command") {
  const Rig rig;
  bh_event_t* event = rig.event(BH_EVENT_TIMES);
  bh_buffer_t* buffer = rig.buffer(4096);
  CHECK(rig.api->event_wait(event) == BH_E_STATE);
  std::uint32_t done = 7;
  CHECK(rig.api->event_poll(event, &done) == BH_E_STATE);
  CHECK(done == 0);
  std::int64_t last_end_ns = INT64_MIN;
  for (std::uint32_t i = 0; i < 20; ++i) {
    REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, i, event) == BH_OK);
    REQUIRE_MESSAGE(rig.api->event_wait(event) == BH_OK, rig.why());
    REQUIRE(rig.api->event_poll(event, &done) == BH_OK);
    CHECK(done == 1);
    bh_event_times_t times{};
    times.struct_size = sizeof times;
    REQUIRE_MESSAGE(rig.api->event_times(event, &times) == BH_OK, rig.why());
    REQUIRE((times.valid & BH_TIME_STARTED) != 0);
    REQUIRE((times.valid & BH_TIME_ENDED) != 0);
    CHECK(times.started_ns <= times.ended_ns);
    CHECK(times.started_ns >= last_end_ns);
    last_end_ns = times.ended_ns;
  }
  CHECK(rig.words_of(buffer, 1)[0] == 19);
}

TEST_CASE("an event may be destroyed before its command has run") {
  const Rig rig;
  bh_buffer_t* buffer = rig.buffer(4096);
  for (std::uint32_t i = 0; i < 100; ++i) {
    bh_event_t* event = rig.event();
    REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, i, event) == BH_OK);
    rig.api->event_destroy(event);
  }
  CHECK(rig.words_of(buffer, 1)[0] == 99);
}

TEST_CASE("queue_wait orders two queues in both directions") {
  const Rig rig;
  bh_queue_t* other = nullptr;
  REQUIRE_MESSAGE(rig.api->queue_create(rig.device(), 0, &other) == BH_OK, rig.why());
  bh_buffer_t* ball = rig.buffer_of(std::vector<std::uint32_t>(512, 0));
  const std::uint32_t one = 1;
  bh_program_t* program = rig.program("add", add_kernel, kAddTypes);
  bh_args_t* args = rig.args(program, {{ball, nullptr}, {ball, nullptr}, {nullptr, &one}});
  bh_event_t* here = rig.event();
  bh_event_t* there = rig.event();
  const std::uint32_t groups[3] = {512, 1, 1};
  for (int i = 0; i < 100; ++i) {
    REQUIRE(rig.api->dispatch(rig.queue(), args, groups, here) == BH_OK);
    REQUIRE(rig.api->queue_wait(other, here) == BH_OK);
    REQUIRE(rig.api->dispatch(other, args, groups, there) == BH_OK);
    REQUIRE(rig.api->queue_wait(rig.queue(), there) == BH_OK);
  }
  for (const std::uint32_t word : rig.words_of(ball, 512)) CHECK(word == 200);
  rig.api->queue_destroy(other);
}

TEST_CASE("two threads with a queue each do not disturb each other") {
  const Rig rig;
  const auto work = [&](std::uint32_t scalar, std::vector<std::uint32_t>* result) {
    bh_queue_t* queue = nullptr;
    if (rig.api->queue_create(rig.device(), 0, &queue) != BH_OK) return;
    bh_buffer_t* a = rig.buffer(4096);
    (void)rig.api->fill(queue, a, 0, 4096, 0, nullptr);
    bh_args_t* args =
        rig.args(rig.program("add", add_kernel, kAddTypes), {{a, nullptr}, {a, nullptr}, {nullptr, &scalar}});
    const std::uint32_t groups[3] = {1024, 1, 1};
    for (int i = 0; i < 200; ++i) (void)rig.api->dispatch(queue, args, groups, nullptr);
    result->assign(1024, 0);
    (void)rig.api->read(queue, a, 0, result->data(), 4096, nullptr);
    (void)rig.api->queue_finish(queue);
    rig.api->queue_destroy(queue);
  };
  std::vector<std::uint32_t> first;
  std::vector<std::uint32_t> second;
  std::thread thread([&] { work(3, &second); });
  work(2, &first);
  thread.join();
  CHECK(first == std::vector<std::uint32_t>(1024, 400));
  CHECK(second == std::vector<std::uint32_t>(1024, 600));
}

TEST_CASE("more commands than a queue holds are all executed") {
  const Rig rig;
  bh_buffer_t* buffer = rig.buffer_of({0, 0, 0, 0});
  const std::uint32_t one = 1;
  bh_args_t* args =
      rig.args(rig.program("add", add_kernel, kAddTypes), {{buffer, nullptr}, {buffer, nullptr}, {nullptr, &one}});
  const std::uint32_t groups[3] = {4, 1, 1};
  for (int i = 0; i < 5000; ++i) REQUIRE(rig.api->dispatch(rig.queue(), args, groups, nullptr) == BH_OK);
  CHECK(rig.words_of(buffer, 4) == std::vector<std::uint32_t>(4, 5000));
}

TEST_CASE("a buffer's native handle is its address") {
  const Rig rig;
  bh_buffer_t* buffer = rig.buffer_of({0x12345678});
  std::uint64_t address = 0;
  REQUIRE(rig.api->native(rig.device(), BH_OBJECT_BUFFER, buffer, "void *", &address) == BH_OK);
  CHECK(*reinterpret_cast<const std::uint32_t*>(address) == 0x12345678);
  CHECK(rig.api->native(rig.device(), BH_OBJECT_BUFFER, buffer, "cl_mem", &address) == BH_E_NOT_FOUND);
  CHECK(address == 0);
  CHECK(rig.why().find("cl_mem") != std::string::npos);
}
