// Opening, closing, leaking, and what threads do meanwhile, on every backend.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>

#include "contract/backend/rig.h"

using namespace benchhost::device;
using namespace benchhost::device::test;

namespace {

#if defined(__linux__)
std::set<std::string> tasks() {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    found.insert(entry.path().filename().string());
  }
  return found;
}

std::string status_of(const std::string& task, const std::string& key) {
  std::ifstream file("/proc/self/task/" + task + "/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(key)) return line.substr(key.size());
  }
  return "";
}
#endif

}  // namespace

TEST_CASE("the probe reports a complete record, twice the same") {
  const auto module = load_module(backend_file());
  const auto first = module->probe();
  REQUIRE_MESSAGE(first.ok(), to_text(first.error()));
  CHECK(first->id.starts_with("org.benchhost."));
  CHECK(first->abi == BH_BACKEND_ABI_VERSION);
  CHECK(first->score >= 1);
  REQUIRE(first->devices.size() == 1);
  const auto& device = first->devices[0];
  CHECK(device.name == first->kind + ":0");
  CHECK(device.reason.empty());
  CHECK(device.cap(BH_CAP_DIALECTS) != nullptr);
  CHECK_FALSE(device.model().empty());
  // An absent fact is absent; none is 0 for "unknown".
  for (const auto& cap : device.caps) {
    CAPTURE(cap.name);
    if (cap.type == benchhost::protocol::CapType::integer && cap.name != BH_CAP_NUMA_NODE) CHECK(cap.integer > 0);
    if (cap.type == benchhost::protocol::CapType::number) CHECK(cap.number > 0);
  }
  const auto second = module->probe();
  REQUIRE(second.ok());
  CHECK(*first == *second);
}

TEST_CASE("an open device reports at least what its probe did") {
  const Rig rig;
  const auto probed = rig.module->probe();
  REQUIRE(probed.ok());
  for (const auto& cap : probed->devices[0].caps) {
    CAPTURE(cap.name);
    REQUIRE(rig.record().cap(cap.name) != nullptr);
    CHECK(*rig.record().cap(cap.name) == cap);
    bh_cap_t fact{};
    fact.struct_size = sizeof fact;
    CHECK(rig.api->cap(rig.device(), cap.name.c_str(), &fact) == BH_OK);
    CHECK(fact.type == static_cast<std::uint32_t>(cap.type));
  }
  bh_cap_t fact{};
  fact.struct_size = sizeof fact;
  CHECK(rig.api->cap(rig.device(), "no.such.fact", &fact) == BH_E_NOT_FOUND);
}

TEST_CASE("two hundred sessions leave nothing behind") {
  const auto module = load_module(backend_file());
  REQUIRE(module->probe().ok());
#if defined(__linux__)
  const auto before = tasks();
#endif
  for (int i = 0; i < 200; ++i) {
    SessionOptions options;
    options.clock_ns = [] { return std::int64_t{0}; };
    auto session = Session::open({{module.get(), 0, "x:0"}}, options);
    REQUIRE_MESSAGE(session.ok(), to_text(session.error()));
    (*session)->lend();
    const bh_device_api_t* api = Session::table();
    bh_queue_t* queue = api->main_queue((*session)->devices()[0]);
    bh_buffer_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.kind = BH_BUFFER_DEVICE;
    desc.size_bytes = 4096;
    bh_buffer_t* buffer = nullptr;
    REQUIRE(api->buffer_create((*session)->devices()[0], &desc, &buffer) == BH_OK);
    REQUIRE(api->fill(queue, buffer, 0, 4096, 1, nullptr) == BH_OK);
    api->buffer_destroy(buffer);
    CHECK((*session)->take_back().total() == 0);
  }
#if defined(__linux__)
  CHECK(tasks() == before);
#endif
}

TEST_CASE("start and stop may be repeated") {
  const auto module = load_module(backend_file());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(module->start().ok());
    const auto probed = module->probe();
    REQUIRE(probed.ok());
    CHECK(probed->devices.size() == 1);
    auto opened = module->open(0);
    REQUIRE(opened.ok());
    module->close(opened->device);
    module->stop();
  }
}

TEST_CASE("a device outside the probe cannot be opened") {
  const auto module = load_module(backend_file());
  REQUIRE(module->probe().ok());
  const auto opened = module->open(7);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message.find("7") != std::string::npos);
}

TEST_CASE("an option that cannot be read stops the module with its name") {
  for (const Options& options :
       {Options{{"threads", "many"}, {"devices", "many"}}, Options{{"threads", "-1"}, {"devices", "-1"}},
        Options{{"threads", "2x"}, {"devices", "2x"}}}) {
    const auto module = load_module(backend_file(), options);
    const auto probed = module->probe();
    REQUIRE_FALSE(probed.ok());
    CHECK(probed.error().message.find("option " + module->kind() + ".") != std::string::npos);
  }
}

TEST_CASE("what a plugin forgets is destroyed and counted by kind") {
  const Rig rig;
  bh_queue_t* queue = nullptr;
  REQUIRE(rig.api->queue_create(rig.device(), 0, &queue) == BH_OK);
  bh_buffer_t* parent = rig.buffer(256);
  bh_buffer_t* view = nullptr;
  REQUIRE(rig.api->buffer_view(parent, 0, 64, &view) == BH_OK);
  bh_buffer_t* mapped = rig.buffer(64, BH_BUFFER_MAPPED);
  void* pointer = nullptr;
  REQUIRE(rig.api->buffer_map(mapped, BH_ACCESS_READ_WRITE, &pointer) == BH_OK);
  const std::uint32_t one = 1;
  bh_program_t* program = rig.program("add", add_kernel, {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32});
  (void)rig.args(program, {{parent, nullptr}, {view, nullptr}, {nullptr, &one}});
  bh_event_t* event = rig.event();
  // Unfinished commands are waited for first.
  for (int i = 0; i < 100; ++i) REQUIRE(rig.api->fill(queue, parent, 0, 256, 1, event) == BH_OK);
  const Leaks leaks = rig.session->take_back();
  CHECK(leaks.queues == 1);
  CHECK(leaks.buffers == 3);
  CHECK(leaks.programs == 1);
  CHECK(leaks.args == 1);
  CHECK(leaks.events == 1);
  CHECK(leaks.total() == 7);
  CHECK(leaks.to_text() == "1 queue, 3 buffers, 1 program, 1 args, 1 event");
  rig.session->lend();
  CHECK(rig.session->take_back().total() == 0);
}

TEST_CASE("destroying in the wrong order is put right at the end and no crash") {
  const Rig rig;
  bh_buffer_t* parent = rig.buffer(256);
  bh_buffer_t* view = nullptr;
  REQUIRE(rig.api->buffer_view(parent, 0, 64, &view) == BH_OK);
  rig.api->buffer_destroy(parent);  // refused: the view lives
  CHECK(rig.api->fill(rig.queue(), view, 0, 64, 5, nullptr) == BH_OK);
  CHECK(rig.words_of(view, 16) == std::vector<std::uint32_t>(16, 5));
  rig.api->buffer_destroy(view);
  rig.api->buffer_destroy(parent);
  rig.api->buffer_destroy(parent);  // a second time: a dead handle
  rig.api->queue_destroy(rig.queue());
  CHECK(rig.session->violation().has_value());
  CHECK(rig.session->take_back().total() == 0);
}

#if defined(__linux__)
TEST_CASE("threads of a module block all signals, and sleep while nothing is enqueued") {
  const auto before = tasks();
  const Rig rig;
  bh_buffer_t* buffer = rig.buffer_of({1, 2, 3, 4});
  CHECK(rig.words_of(buffer, 4) == std::vector<std::uint32_t>{1, 2, 3, 4});
  for (const std::string& task : tasks()) {
    if (before.contains(task)) continue;
    CAPTURE(task);
    const std::uint64_t blocked = std::stoull(status_of(task, "SigBlk:"), nullptr, 16);
    for (const int signal : {SIGTERM, SIGINT, SIGCHLD, SIGUSR1, SIGALRM, SIGPIPE}) {
      CHECK((blocked >> (signal - 1) & 1) == 1);
    }
    // It may still be on its way to sleep, however long this machine takes; a thread that spins never gets there.
    std::string state;
    for (int look = 0; look < 1'000'000 && state.find('S') == std::string::npos; ++look) {
      state = status_of(task, "State:");
      std::this_thread::yield();
    }
    CHECK(state.find('S') != std::string::npos);
    const std::string switches = status_of(task, "voluntary_ctxt_switches:");
    for (int look = 0; look < 100; ++look) std::this_thread::yield();
    CHECK(status_of(task, "voluntary_ctxt_switches:") == switches);
  }
}
#endif
