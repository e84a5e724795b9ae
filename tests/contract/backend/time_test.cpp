// Spans, gates and waits, on every backend.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include <doctest/doctest.h>

#include "contract/backend/rig.h"

using namespace benchhost::device;
using namespace benchhost::device::test;

namespace {

/// Holds a queue inside a program until it is told to go on: no clock decides.
struct Latch {
  std::atomic<bool> open = false;
  static void BH_CALL kernel(const bh_native_range_t*, const bh_native_args_t* args) {
    auto* latch = *static_cast<Latch* const*>(args->values[0]);
    while (!latch->open.load()) std::this_thread::yield();
  }
};

struct Work {
  explicit Work(const Rig& on) : rig(on) {
    buffer = rig.buffer(4096);
    REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, 0, nullptr) == BH_OK);
    REQUIRE(rig.api->queue_finish(rig.queue()) == BH_OK);
    args = rig.args(rig.program("add", add_kernel, {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32}),
                    {{buffer, nullptr}, {buffer, nullptr}, {nullptr, &one}});
  }
  bh_status_t enqueue(bh_event_t* event = nullptr) const {
    const std::uint32_t groups[3] = {1024, 1, 1};
    return rig.api->dispatch(rig.queue(), args, groups, event);
  }
  QueueRun run(std::uint64_t iterations) const {
    const auto begun = rig.session->begin_queue_run(iterations);
    REQUIRE_MESSAGE(begun.ok(), to_text(begun.error()));
    for (std::uint64_t i = 0; i < iterations; ++i) REQUIRE(enqueue() == BH_OK);
    return rig.session->end_queue_run();
  }
  const Rig& rig;
  bh_buffer_t* buffer = nullptr;
  bh_args_t* args = nullptr;
  std::uint32_t one = 1;
};

RigOptions with_queue_metrics(bool gate) {
  RigOptions options;
  options.queue_metrics = true;
  options.gate = gate;
  return options;
}

}  // namespace

TEST_CASE("a span is positive, lies inside the host's bracket, and says what it is") {
  const Rig rig(with_queue_metrics(false));
  const Work work(rig);
  const std::string kind = rig.record().text(BH_CAP_TIME_SPAN_KIND);
  for (const std::uint64_t n : {1U, 10U, 100U}) {
    const QueueRun run = work.run(n);
    REQUIRE_MESSAGE(run.status == BH_OK, run.text);
    REQUIRE_MESSAGE(run.duration_ns.has_value(), run.reason);
    CHECK(*run.duration_ns > 0);
    CHECK(run.commands == n);
    CHECK_FALSE(run.bad_span);
    CHECK((run.flags & BH_SPAN_GATED) == 0);
    CHECK((run.flags & (kind == "markers" ? BH_SPAN_MARKERS : BH_SPAN_COMMANDS)) != 0);
    CHECK(run.finish_ns <= run.read_back_ns);
    CHECK(run.host_end_ns >= run.finish_ns);
    bh_span_t span{};
    span.struct_size = sizeof span;
    REQUIRE(rig.api->last_span(rig.device(), &span) == BH_OK);
    CHECK(span.duration_ns == *run.duration_ns);
    CHECK(span.iterations == n);
    CHECK(span.commands == n);
    CHECK(span.flags == run.flags);
  }
}

TEST_CASE("a device time for more work is longer") {
  const Rig rig(with_queue_metrics(true));
  const Work work(rig);
  // Whatever else the machine does only adds to a time: the shortest of many tries is the work's own.
  const auto shortest = [&](std::uint64_t n) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (int round = 0; round < 50; ++round) {
      const QueueRun run = work.run(n);
      REQUIRE(run.duration_ns.has_value());
      least = std::min(least, *run.duration_ns);
    }
    return least;
  };
  const std::int64_t few = shortest(2);
  CHECK(shortest(200) > few);
}

TEST_CASE("a gate holds up to its depth, and lets go rather than block") {
  const Rig rig(with_queue_metrics(true));
  const Work work(rig);
  const auto* depth = rig.record().cap(BH_CAP_QUEUE_DEPTH);
  const auto* gate = rig.record().cap(BH_CAP_TIME_GATE);
  REQUIRE(gate != nullptr);
  REQUIRE(depth != nullptr);
  const auto most = static_cast<std::uint64_t>(depth->integer);
  CHECK((work.run(10).flags & BH_SPAN_GATED) != 0);
  const QueueRun just = work.run(most - 1);
  CHECK((just.flags & BH_SPAN_GATED) != 0);
  CHECK(just.commands == most - 1);
  const QueueRun over = work.run(4 * most);
  CHECK(over.status == BH_OK);
  CHECK((over.flags & BH_SPAN_GATED) == 0);
  CHECK(over.commands == 4 * most);
  CHECK(rig.words_of(work.buffer, 1)[0] == 10 + (most - 1) + 4 * most);
}

TEST_CASE("a wait between the gated queue and another lets go of the gate, in both directions") {
  for (const bool main_waits : {false, true}) {
    CAPTURE(main_waits);
    const Rig rig(with_queue_metrics(true));
    const Work work(rig);
    bh_queue_t* other = nullptr;
    REQUIRE(rig.api->queue_create(rig.device(), 0, &other) == BH_OK);
    bh_event_t* event = rig.event();
    REQUIRE(rig.session->begin_queue_run(3).ok());
    if (!main_waits) {
      REQUIRE(work.enqueue(event) == BH_OK);
      REQUIRE(rig.api->queue_wait(other, event) == BH_OK);
    }
    REQUIRE(rig.api->fill(other, work.buffer, 2048, 2048, 9, event) == BH_OK);
    REQUIRE(rig.api->queue_wait(rig.queue(), event) == BH_OK);
    REQUIRE(work.enqueue() == BH_OK);
    const QueueRun run = rig.session->end_queue_run();
    CHECK(run.status == BH_OK);
    CHECK((run.flags & BH_SPAN_GATED) == 0);
    REQUIRE(run.duration_ns.has_value());
    const auto words = rig.words_of(work.buffer, 1024);
    CHECK(words[0] == (main_waits ? 1 : 2));
    CHECK(words[1023] == 10);
  }
}

TEST_CASE("waiting for a command of the gated queue itself keeps the gate") {
  const Rig rig(with_queue_metrics(true));
  const Work work(rig);
  bh_event_t* event = rig.event();
  REQUIRE(rig.session->begin_queue_run(2).ok());
  REQUIRE(work.enqueue(event) == BH_OK);
  REQUIRE(rig.api->queue_wait(rig.queue(), event) == BH_OK);
  REQUIRE(work.enqueue() == BH_OK);
  std::uint32_t done = 1;
  CHECK(rig.api->event_poll(event, &done) == BH_OK);
  CHECK(done == 0);
  const QueueRun run = rig.session->end_queue_run();
  CHECK((run.flags & BH_SPAN_GATED) != 0);
}

TEST_CASE("a wait with a limit ends at it, and may be asked again") {
  // On the module itself: the table of plugins has no limits.
  const Rig rig;
  const auto opened = rig.module->open(0);
  REQUIRE(opened.ok());
  const bh_be_device_api_t& api = *opened->api;
  bh_be_queue_t* queue = nullptr;
  REQUIRE(api.queue_create(opened->device, 0, &queue) == BH_OK);
  bh_be_event_t* event = nullptr;
  REQUIRE(api.event_create(opened->device, 0, &event) == BH_OK);
  bh_source_t source{};
  source.struct_size = sizeof source;
  source.dialect = BH_DIALECT_NATIVE;
  source.entry = "latch";
  source.native = Latch::kernel;
  const std::uint32_t type = BH_SCALAR_U64;
  bh_program_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.name = "latch";
  desc.sources = {&source, 1, sizeof source};
  desc.arg_types = &type;
  desc.arg_count = 1;
  desc.group_size[0] = desc.group_size[1] = desc.group_size[2] = 1;
  bh_build_info_t info{};
  info.struct_size = sizeof info;
  bh_be_program_t* program = nullptr;
  REQUIRE(api.program_build(opened->device, &desc, 0, &info, &program) == BH_OK);
  Latch latch;
  const Latch* address = &latch;
  const bh_be_arg_t value{nullptr, &address};
  bh_be_args_t* args = nullptr;
  REQUIRE(api.args_create(program, &value, 1, &args) == BH_OK);
  const std::uint32_t groups[3] = {1, 1, 1};
  // A device that executes on the calling thread cannot time out: its latch must be open.
  const bool own_threads = rig.record().kind == "cpu";
  if (!own_threads) latch.open = true;
  REQUIRE(api.dispatch(queue, args, groups, event) == BH_OK);
  if (own_threads) {
    CHECK(api.queue_finish(queue, 0) == BH_E_TIMEOUT);
    CHECK(api.queue_finish(queue, 2'000'000) == BH_E_TIMEOUT);
    CHECK(api.event_wait(event, 0) == BH_E_TIMEOUT);
    CHECK(api.event_wait(event, 2'000'000) == BH_E_TIMEOUT);
    latch.open = true;
  }
  CHECK(api.queue_finish(queue, BH_BE_NO_TIMEOUT) == BH_OK);
  CHECK(api.event_wait(event, 0) == BH_OK);
  CHECK(api.queue_finish(queue, 0) == BH_OK);
  api.args_destroy(args);
  api.program_destroy(program);
  api.event_destroy(event);
  api.queue_destroy(queue);
  rig.module->close(opened->device);
}

TEST_CASE("a clock pair is a reading of both clocks at one time") {
  const Rig rig;
  const auto opened = rig.module->open(0);
  REQUIRE(opened.ok());
  const bool has_pair = opened->api->clock_pair != nullptr;
  REQUIRE(has_pair);
  const auto now_ns = [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  const std::int64_t before_ns = now_ns();
  bh_be_clock_pair_t pair{};
  pair.struct_size = sizeof pair;
  REQUIRE(opened->api->clock_pair(opened->device, &pair) == BH_OK);
  const std::int64_t after_ns = now_ns();
  CHECK(pair.error_ns >= 0);
  CHECK(pair.host_ns >= before_ns);
  CHECK(pair.host_ns <= after_ns);
  rig.module->close(opened->device);
}
