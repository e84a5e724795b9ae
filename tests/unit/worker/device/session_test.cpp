// What the session adds to a backend, on scripted devices: faults, clocks that lie, several devices, cancelling.
#include "worker/device/session.h"

#include <atomic>
#include <cmath>
#include <memory>
#include <thread>

#include <doctest/doctest.h>

#include "contract/backend/rig.h"

using namespace benchhost::device;
using namespace benchhost::device::test;

namespace {

const std::vector<std::uint32_t> kAddTypes = {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32};

RigOptions scripted(Options module, bool queue_metrics = false) {
  RigOptions options;
  options.module = std::move(module);
  options.queue_metrics = queue_metrics;
  options.file = BENCHHOST_TEST_NULL;
  return options;
}

/// A queue run of `count` fills on the main queue of the first device.
QueueRun run_fills(const Rig& rig, bh_buffer_t* buffer, std::uint64_t count) {
  const auto begun = rig.session->begin_queue_run(count);
  REQUIRE_MESSAGE(begun.ok(), to_text(begun.error()));
  for (std::uint64_t i = 0; i < count; ++i) {
    REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, 1, nullptr) == BH_OK);
  }
  return rig.session->end_queue_run();
}

/// Time that passes by step_ns at each look: nothing depends on the machine.
std::function<std::int64_t()> ticking_clock(std::int64_t step_ns = 1'000) {
  auto now_ns = std::make_shared<std::atomic<std::int64_t>>(0);
  return [now_ns, step_ns] { return now_ns->fetch_add(step_ns) + step_ns; };
}

}  // namespace

TEST_CASE("the null device keeps its planted times exactly, and says that it is simulated") {
  const Rig rig(scripted({{"launch_ns", "500"}, {"item_ns", "2"}, {"noise", "0"}}, true));
  CHECK(rig.session->simulated());
  bh_buffer_t* buffer = rig.buffer(4096);
  // A fill of 4096 bytes moves 1024 words.
  for (const std::uint64_t n : {1U, 7U, 100U}) {
    const QueueRun run = run_fills(rig, buffer, n);
    REQUIRE(run.duration_ns.has_value());
    CHECK(*run.duration_ns == static_cast<std::int64_t>(n * (500 + 2 * 1024)));
    CHECK_FALSE(run.bad_span);
    CHECK(run.step_ns == 1);
  }
}

TEST_CASE("what the plugin's buffers hold can be read and changed past it, and nothing of that counts as its own") {
  const Rig rig(scripted({}));
  bh_buffer_t* first = rig.buffer_of({1, 2, 3, 4});
  bh_buffer_t* second = rig.buffer_of({5, 6}, BH_BUFFER_MAPPED);
  bh_buffer_t* view = nullptr;
  REQUIRE(rig.api->buffer_view(second, 0, 8, &view) == BH_OK);
  const std::uint64_t read_backs = rig.session->read_backs();
  const std::vector<LiveBuffer> live = rig.session->live_buffers();
  REQUIRE(live.size() == 2);  // a view has no memory of its own
  CHECK(live[0].device == rig.session->record(0).name);
  CHECK(live[0].size_bytes == 16);
  CHECK(live[0].handle == first);

  std::vector<unsigned char> bytes(16);
  REQUIRE(rig.session->fetch(live[0], bytes).ok());
  CHECK(bytes[4] == 2);
  bytes[4] = 9;
  REQUIRE(rig.session->store(live[0], bytes).ok());
  CHECK(rig.session->read_backs() == read_backs);
  CHECK(rig.words_of(first, 4) == std::vector<std::uint32_t>{1, 9, 3, 4});
  CHECK(rig.session->read_backs() == read_backs + 1);

  void* pointer = nullptr;
  REQUIRE(rig.api->buffer_map(second, BH_ACCESS_READ, &pointer) == BH_OK);
  CHECK(rig.session->read_backs() == read_backs + 2);
  CHECK(rig.session->live_buffers().size() == 1);  // what is mapped is the plugin's alone
  bytes.resize(live[1].size_bytes);
  CHECK_FALSE(rig.session->fetch(live[1], bytes).ok());
  CHECK_FALSE(rig.session->store(live[1], bytes).ok());
  REQUIRE(rig.api->buffer_unmap(second) == BH_OK);
  CHECK(rig.session->fetch(live[1], bytes).ok());
  rig.api->buffer_destroy(first);
  bytes.resize(16);
  CHECK_FALSE(rig.session->fetch(live[0], bytes).ok());
  CHECK_FALSE(rig.session->store(live[0], bytes).ok());
}

TEST_CASE("noise of the null device has its mean and spread, and repeats with the seed") {
  const auto durations = [](const char* seed) {
    const Rig rig(scripted({{"launch_ns", "100000"}, {"item_ns", "0"}, {"noise", "0.1"}, {"seed", seed}}, true));
    bh_buffer_t* buffer = rig.buffer(4096);
    std::vector<double> found;
    for (int i = 0; i < 400; ++i) found.push_back(static_cast<double>(*run_fills(rig, buffer, 1).duration_ns));
    return found;
  };
  const auto first = durations("42");
  CHECK(first == durations("42"));
  CHECK(first != durations("43"));
  double sum = 0;
  for (const double value : first) sum += value;
  const double mean = sum / 400;
  double squares = 0;
  for (const double value : first) squares += (value - mean) * (value - mean);
  // Standard error of the mean: 500; of the deviation: 354. Four of each; the seed is fixed.
  CHECK(mean == doctest::Approx(100'000).epsilon(0.02));
  CHECK(std::sqrt(squares / 399) == doctest::Approx(10'000).epsilon(0.15));
}

TEST_CASE("a clock that stands still, runs backwards or steps gives no duration, and a reason") {
  struct Lie {
    const char* clock;
    const char* word;
  };
  for (const Lie& lie : {Lie{"zero", "0 ns"}, Lie{"backwards", "-"}, Lie{"steps", "0 ns"}}) {
    CAPTURE(lie.clock);
    const Rig rig(scripted({{"clock", lie.clock}, {"noise", "0"}, {"item_ns", "0"}, {"launch_ns", "1000"}}, true));
    bh_buffer_t* buffer = rig.buffer(4096);
    const QueueRun run = run_fills(rig, buffer, 3);
    CHECK(run.status == BH_OK);
    CHECK_FALSE(run.duration_ns.has_value());
    CHECK(run.bad_span);
    CHECK(run.reason.find(lie.word) != std::string::npos);
    bh_span_t span{};
    span.struct_size = sizeof span;
    REQUIRE(rig.api->last_span(rig.device(), &span) == BH_OK);
    CHECK((span.flags & BH_SPAN_DURATION) == 0);
  }
  // Long against the step, a stepping clock is usable again.
  const Rig rig(scripted({{"clock", "steps"}, {"noise", "0"}, {"item_ns", "0"}, {"launch_ns", "1000"}}, true));
  const QueueRun run = run_fills(rig, rig.buffer(4096), 200);
  REQUIRE(run.duration_ns.has_value());
  CHECK(*run.duration_ns % 65'536 == 0);
  CHECK(run.step_ns == 65'536);
}

TEST_CASE("each class of fault asks for its action, and a lost device answers BH_E_DEVICE from then on") {
  struct Row {
    const char* name;
    Action action;
    bh_status_t status;
    bool lost;
  };
  for (const Row& row :
       {Row{"call", Action::fail_call, BH_E_FAILED, false}, Row{"retry", Action::retry_case, BH_E_FAILED, false},
        Row{"device", Action::reopen_device, BH_E_DEVICE, true}, Row{"process", Action::end_worker, BH_E_DEVICE, true},
        Row{"machine", Action::drop_device, BH_E_DEVICE, true}}) {
    for (const char* late : {"0", "1"}) {
      CAPTURE(row.name);
      CAPTURE(late);
      const Rig rig(scripted({{"fault", std::string(row.name) + "@3"}, {"fault_late", late}}));
      bh_buffer_t* buffer = rig.buffer(4096);
      const auto fill = [&] { return rig.api->fill(rig.queue(), buffer, 0, 4096, 1, nullptr); };
      CHECK(fill() == BH_OK);
      CHECK(fill() == BH_OK);
      CHECK(rig.session->action() == Action::none);
      const bh_status_t third = fill();
      if (late[0] == '0') {
        CHECK(third == row.status);
      } else {
        CHECK(third == BH_OK);
        CHECK(rig.api->queue_finish(rig.queue()) == row.status);
      }
      CHECK(rig.why().find("null_command") != std::string::npos);
      CHECK(rig.session->action() == row.action);
      REQUIRE(rig.session->faults().size() >= 1);
      CHECK(rig.session->faults()[0].device == "null:0");
      CHECK(to_text(rig.session->faults()[0]).find("[api -1]") != std::string::npos);
      CHECK(fill() == (row.lost ? BH_E_DEVICE : BH_OK));
      CHECK(rig.api->queue_finish(rig.queue()) == (row.lost ? BH_E_DEVICE : BH_OK));
      CHECK(rig.session->begin_queue_run(1).ok() == !row.lost);
      if (!row.lost) (void)rig.session->end_queue_run();
      // Objects can still be given back, and closing does not hang.
      rig.api->buffer_destroy(buffer);
      CHECK(rig.session->take_back().total() == 0);
    }
  }
}

TEST_CASE("a fault in the middle of a queue run ends it with the fault's text") {
  const Rig rig(scripted({{"fault", "device@2"}}, true));
  bh_buffer_t* buffer = rig.buffer(4096);
  REQUIRE(rig.session->begin_queue_run(2).ok());
  CHECK(rig.api->fill(rig.queue(), buffer, 0, 4096, 1, nullptr) == BH_OK);
  CHECK(rig.api->fill(rig.queue(), buffer, 0, 4096, 1, nullptr) == BH_E_DEVICE);
  const QueueRun run = rig.session->end_queue_run();
  CHECK(run.status == BH_E_DEVICE);
  CHECK_FALSE(run.text.empty());
  CHECK_FALSE(run.duration_ns.has_value());
}

TEST_CASE("a device that is closed and opened again is well, when the fault happens once") {
  const auto module = load_module(BENCHHOST_TEST_NULL, {{"fault", "device@1"}, {"fault_once", "1"}});
  REQUIRE(module->probe().ok());
  for (const bool first : {true, false}) {
    SessionOptions options;
    options.clock_ns = ticking_clock();
    auto session = Session::open({{module.get(), 0, "null:0"}}, options);
    REQUIRE(session.ok());
    (*session)->lend();
    const bh_device_api_t* api = Session::table();
    const bh_device_t* device = (*session)->devices()[0];
    bh_buffer_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.kind = BH_BUFFER_DEVICE;
    desc.size_bytes = 64;
    bh_buffer_t* buffer = nullptr;
    REQUIRE(api->buffer_create(device, &desc, &buffer) == BH_OK);
    CHECK(api->fill(api->main_queue(device), buffer, 0, 64, 1, nullptr) == (first ? BH_E_DEVICE : BH_OK));
    CHECK((*session)->action() == (first ? Action::reopen_device : Action::none));
  }
}

TEST_CASE("memory that runs out is BH_E_NO_MEMORY of class call, and what existed stays whole") {
  const Rig rig(scripted({{"no_memory_at", "8192"}}));
  bh_buffer_t* first = rig.buffer_of(std::vector<std::uint32_t>(1024, 77));
  bh_buffer_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.kind = BH_BUFFER_DEVICE;
  desc.size_bytes = 4100;
  desc.flags = BH_BUFFER_COMMIT;
  bh_buffer_t* second = nullptr;
  CHECK(rig.api->buffer_create(rig.device(), &desc, &second) == BH_E_NO_MEMORY);
  CHECK(second == nullptr);
  CHECK(rig.session->action() == Action::fail_call);
  desc.size_bytes = 4096;
  CHECK(rig.api->buffer_create(rig.device(), &desc, &second) == BH_OK);
  CHECK(rig.words_of(first, 1024) == std::vector<std::uint32_t>(1024, 77));
  rig.api->buffer_destroy(second);
  CHECK(rig.api->buffer_create(rig.device(), &desc, &second) == BH_OK);
}

TEST_CASE("a device that says done before it is done is found, and host time ends at the read-back") {
  RigOptions options = scripted({{"busy_ns", "50000"}, {"early_finish", "1"}}, true);
  options.clock_ns = ticking_clock();
  const Rig rig(std::move(options));
  bh_buffer_t* buffer = rig.buffer(4096);
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(rig.session->implausible());
    const QueueRun run = run_fills(rig, buffer, 20);
    CHECK(run.early_finish);
    CHECK(run.host_end_ns == run.read_back_ns);
    CHECK(run.read_back_ns - run.finish_ns > 500'000);
  }
  CHECK(rig.session->implausible());
}

TEST_CASE("a device that is as slow and honest is not accused") {
  RigOptions options = scripted({{"busy_ns", "50000"}}, true);
  options.clock_ns = ticking_clock();
  const Rig rig(std::move(options));
  bh_buffer_t* buffer = rig.buffer(4096);
  for (int i = 0; i < 10; ++i) {
    const QueueRun run = run_fills(rig, buffer, 20);
    CHECK_FALSE(run.early_finish);
    CHECK(run.host_end_ns == run.finish_ns);
  }
  CHECK_FALSE(rig.session->implausible());
}

TEST_CASE("a wait gives up when the host cancels") {
  auto cancel = std::make_shared<std::atomic<bool>>(false);
  // Each command takes longer than the host stays inside one wait.
  RigOptions options = scripted({{"busy_ns", "100000000"}}, true);
  options.clock_ns = ticking_clock(1'000'000);
  options.cancelled = [cancel] { return cancel->load(); };
  const Rig rig(std::move(options));
  bh_buffer_t* buffer = rig.buffer(4096);
  cancel->store(true);
  REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, 1, nullptr) == BH_OK);
  CHECK(rig.api->queue_finish(rig.queue()) == BH_E_CANCELLED);
  CHECK(rig.why().find("cancelled") != std::string::npos);
  bh_event_t* event = rig.event();
  REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, 1, event) == BH_OK);
  CHECK(rig.api->event_wait(event) == BH_E_CANCELLED);
  CHECK_FALSE(rig.session->begin_queue_run(1).ok());
  cancel->store(false);
  REQUIRE(rig.api->queue_finish(rig.queue()) == BH_OK);
  cancel->store(true);
  CHECK(run_fills(rig, buffer, 1).status == BH_E_CANCELLED);
  cancel->store(false);
  CHECK(rig.api->queue_finish(rig.queue()) == BH_OK);
}

TEST_CASE("what a command uses goes away after the command, also when the host cancels") {
  auto cancel = std::make_shared<std::atomic<bool>>(false);
  RigOptions options = scripted({{"busy_ns", "100000000"}}, true);
  options.clock_ns = ticking_clock(1'000'000);
  options.cancelled = [cancel] { return cancel->load(); };
  const Rig rig(std::move(options));
  bh_buffer_t* buffer = rig.buffer(4096);
  bh_event_t* event = rig.event();
  cancel->store(true);
  REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, 1, event) == BH_OK);
  CHECK(rig.api->event_wait(event) == BH_E_CANCELLED);
  rig.api->buffer_destroy(buffer);
  CHECK(rig.api->event_wait(event) == BH_OK);
}

TEST_CASE("two devices share nothing, and the longest span of a run counts") {
  RigOptions options = scripted({{"devices", "3"}, {"noise", "0"}, {"item_ns", "1"}, {"launch_ns", "0"}}, true);
  options.slots = {0, 2, 0};
  const Rig rig(std::move(options));
  REQUIRE(rig.session->devices().size() == 3);
  CHECK(rig.device(0) == rig.device(2));
  CHECK(rig.device(0) != rig.device(1));
  CHECK(rig.session->record(1).name == "null:2");
  bh_buffer_t* here = rig.buffer(4096);
  bh_queue_t* other = rig.api->main_queue(rig.device(1));
  REQUIRE(other != nullptr);
  CHECK(rig.api->fill(other, here, 0, 64, 1, nullptr) == BH_E_ARGUMENT);
  CHECK(rig.why().find("another device") != std::string::npos);
  bh_event_t* event = rig.event();
  REQUIRE(rig.api->fill(rig.queue(), here, 0, 64, 1, event) == BH_OK);
  CHECK(rig.api->queue_wait(other, event) == BH_E_ARGUMENT);

  bh_buffer_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.kind = BH_BUFFER_DEVICE;
  desc.size_bytes = 4096;
  bh_buffer_t* there = nullptr;
  REQUIRE(rig.api->buffer_create(rig.device(1), &desc, &there) == BH_OK);
  REQUIRE(rig.session->begin_queue_run(1).ok());
  REQUIRE(rig.api->fill(rig.queue(), here, 0, 400, 1, nullptr) == BH_OK);
  REQUIRE(rig.api->fill(other, there, 0, 4000, 1, nullptr) == BH_OK);
  const QueueRun run = rig.session->end_queue_run();
  REQUIRE(run.duration_ns.has_value());
  CHECK(*run.duration_ns == 1000);
  CHECK(run.commands == 2);
  CHECK((run.flags & BH_SPAN_GATED) == 0);
}

TEST_CASE("an optional slot may stay empty") {
  SessionOptions options;
  options.clock_ns = ticking_clock();
  auto session = Session::open({SlotOpen{}}, options);
  REQUIRE(session.ok());
  REQUIRE((*session)->devices().size() == 1);
  CHECK((*session)->devices()[0] == nullptr);
  (*session)->lend();
  REQUIRE((*session)->begin_queue_run(1).ok());
  const QueueRun run = (*session)->end_queue_run();
  CHECK(run.status == BH_OK);
  CHECK_FALSE(run.duration_ns.has_value());
  CHECK_FALSE(run.reason.empty());
  bh_cap_t cap{};
  cap.struct_size = sizeof cap;
  CHECK(Session::table()->cap(nullptr, BH_CAP_KIND, &cap) == BH_E_ARGUMENT);
  CHECK(Session::last_error().find("NULL") != std::string::npos);
}

TEST_CASE("a command whose arguments are refused is none, and its text is forgotten when asked") {
  const Rig rig(scripted({}, true));
  bh_buffer_t* buffer = rig.buffer(4096);
  REQUIRE(rig.session->begin_queue_run(1).ok());
  CHECK(rig.api->fill(rig.queue(), buffer, 4096, 4, 0, nullptr) == BH_E_ARGUMENT);
  CHECK(rig.api->dispatch(rig.queue(), nullptr, nullptr, nullptr) == BH_E_ARGUMENT);
  REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 4096, 1, nullptr) == BH_OK);
  REQUIRE(rig.session->end_queue_run().duration_ns.has_value());
  bh_span_t span{};
  span.struct_size = sizeof span;
  REQUIRE(rig.api->last_span(rig.device(), &span) == BH_OK);
  CHECK(span.commands == 1);
  CHECK_FALSE(Session::last_error().empty());
  Session::forget_error();
  CHECK(Session::last_error().empty());
}

TEST_CASE("each thread keeps the text of its own last failure") {
  const Rig rig(scripted({}));
  bh_buffer_t* buffer = rig.buffer(64);
  CHECK(rig.api->fill(rig.queue(), buffer, 64, 4, 0, nullptr) == BH_E_ARGUMENT);
  const std::string mine = rig.why();
  std::string others;
  std::thread thread([&] {
    CHECK(rig.why().empty());
    void* pointer = nullptr;
    CHECK(rig.api->buffer_map(buffer, BH_ACCESS_READ, &pointer) == BH_E_ARGUMENT);
    others = rig.why();
  });
  thread.join();
  CHECK(rig.why() == mine);
  CHECK(others != mine);
  CHECK(others.find("buffer_map") != std::string::npos);
}

TEST_CASE("extensions that a backend does not offer are absent") {
  RigOptions options;
  options.file = BENCHHOST_TEST_CPU;
  const Rig rig(std::move(options));
  CHECK(rig.api->extension(rig.device(), BH_EXT_GRAPH) == nullptr);
  CHECK(rig.api->extension(rig.device(), BH_EXT_PEER) == nullptr);
}

TEST_CASE("program descriptions are checked before the backend sees them") {
  const Rig rig(scripted({}));
  bh_source_t source{};
  source.struct_size = sizeof source;
  source.dialect = BH_DIALECT_NATIVE;
  source.native = add_kernel;
  const double one = 1;
  const double infinite = HUGE_VAL;
  bh_constant_t constants[2] = {};
  constants[0] = {sizeof constants[0], BH_SCALAR_F64, "A", &one, 0, 0};
  constants[1] = {sizeof constants[1], BH_SCALAR_F64, "B", &one, 1, 0};
  bh_program_desc_t good{};
  good.struct_size = sizeof good;
  good.name = "good";
  good.sources = {&source, 1, sizeof source};
  good.constants = {constants, 2, sizeof constants[0]};
  good.arg_types = kAddTypes.data();
  good.arg_count = 3;
  good.group_size[0] = good.group_size[1] = good.group_size[2] = 1;
  const auto build = [&](const bh_program_desc_t& desc) {
    bh_program_t* program = nullptr;
    const bh_status_t status = rig.api->program_build(rig.device(), &desc, nullptr, &program);
    CHECK((program != nullptr) == (status == BH_OK));
    return status;
  };
  CHECK(build(good) == BH_OK);

  bh_program_desc_t bad = good;
  bad.struct_size = 24;
  CHECK(build(bad) == BH_E_ARGUMENT);
  for (const char* name : {static_cast<const char*>(nullptr), "", "9lives", "a-b", "name with blanks"}) {
    bad = good;
    bad.name = name;
    CHECK(build(bad) == BH_E_ARGUMENT);
  }
  bad = good;
  bad.sources.count = 0;
  CHECK(build(bad) == BH_E_ARGUMENT);
  bad = good;
  bad.sources.stride = 12;
  CHECK(build(bad) == BH_E_ARGUMENT);
  bad = good;
  bad.sources.count = 5000;
  CHECK(build(bad) == BH_E_ARGUMENT);
  bad = good;
  bad.group_size[1] = 0;
  CHECK(build(bad) == BH_E_ARGUMENT);
  bad = good;
  const std::uint32_t no_type[] = {7};
  bad.arg_types = no_type;
  bad.arg_count = 1;
  CHECK(build(bad) == BH_E_ARGUMENT);
  bad = good;
  const std::vector<std::uint32_t> many(33, BH_SCALAR_U32);
  bad.arg_types = many.data();
  bad.arg_count = 33;
  CHECK(build(bad) == BH_E_UNSUPPORTED);

  const auto with_constant = [&](bh_constant_t changed) {
    const bh_constant_t before = constants[1];
    constants[1] = changed;
    const bh_status_t status = build(good);
    constants[1] = before;
    return status;
  };
  CHECK(with_constant({sizeof source, BH_SCALAR_F64, "B", &one, 1, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], 3, "B", &one, 1, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], BH_SCALAR_F64, "b", &one, 1, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], BH_SCALAR_F64, "BH_B", &one, 1, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], BH_SCALAR_F64, "A", &one, 1, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], BH_SCALAR_F64, "B", &one, 0, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], BH_SCALAR_F64, "B", &one, 1000, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], BH_SCALAR_F64, "B", nullptr, 1, 0}) == BH_E_ARGUMENT);
  CHECK(with_constant({sizeof constants[0], BH_SCALAR_F64, "B", &infinite, 1, 0}) == BH_E_ARGUMENT);
  source.native = nullptr;
  CHECK(build(good) == BH_E_ARGUMENT);
}
