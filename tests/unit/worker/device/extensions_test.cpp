// Graphs and peers through the device table, on the null backend, which has both.
#include <doctest/doctest.h>

#include "contract/backend/rig.h"

using namespace benchhost::device;
using namespace benchhost::device::test;

namespace {

RigOptions scripted(Options module, std::vector<std::uint32_t> slots = {0}, bool queue_metrics = false) {
  RigOptions options;
  options.module = std::move(module);
  options.slots = std::move(slots);
  options.file = BENCHHOST_TEST_NULL;
  options.queue_metrics = queue_metrics;
  return options;
}

const bh_graph_api_t& graphs_of(const Rig& rig) {
  const void* table = rig.api->extension(rig.device(), BH_EXT_GRAPH);
  REQUIRE(table != nullptr);
  return *static_cast<const bh_graph_api_t*>(table);
}

struct Adder {
  explicit Adder(const Rig& rig, bh_buffer_t* buffer) {
    args = rig.args(rig.program("add", add_kernel, {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32}),
                    {{buffer, nullptr}, {buffer, nullptr}, {nullptr, &one}});
  }
  std::uint32_t one = 1;
  bh_args_t* args = nullptr;
};

}  // namespace

TEST_CASE("a graph replays what was recorded, with the values of then, and is one command of a span") {
  const Rig rig(scripted({{"noise", "0"}, {"launch_ns", "1000"}, {"item_ns", "1"}}, {0}, true));
  const bh_graph_api_t& graphs = graphs_of(rig);
  bh_queue_t* queue = rig.queue();
  bh_buffer_t* buffer = rig.buffer_of({10, 20, 30, 40});
  const Adder adder(rig, buffer);
  const std::uint32_t groups[3] = {4, 1, 1};
  bh_event_t* event = rig.event();

  REQUIRE(graphs.begin(queue) == BH_OK);
  CHECK(graphs.begin(queue) == BH_E_STATE);
  CHECK(rig.api->dispatch(queue, adder.args, groups, nullptr) == BH_OK);
  CHECK(rig.api->dispatch(queue, adder.args, groups, nullptr) == BH_OK);
  CHECK(rig.api->dispatch(queue, adder.args, groups, event) == BH_E_STATE);
  std::uint32_t word = 0;
  CHECK(rig.api->read(queue, buffer, 0, &word, 4, nullptr) == BH_E_STATE);
  CHECK(rig.api->queue_flush(queue) == BH_E_STATE);
  CHECK(rig.api->queue_finish(queue) == BH_E_STATE);
  bh_graph_t* graph = nullptr;
  REQUIRE_MESSAGE(graphs.end(queue, &graph) == BH_OK, rig.why());
  CHECK(graphs.end(queue, &graph) == BH_E_STATE);
  CHECK(graph == nullptr);
}

TEST_CASE("launches of a graph run its commands, and its args are not changed by a later args_set") {
  const Rig rig(scripted({{"noise", "0"}, {"launch_ns", "1000"}, {"item_ns", "1"}}, {0}, true));
  const bh_graph_api_t& graphs = graphs_of(rig);
  bh_queue_t* queue = rig.queue();
  bh_buffer_t* buffer = rig.buffer_of({10, 20, 30, 40});
  const Adder adder(rig, buffer);
  const std::uint32_t groups[3] = {4, 1, 1};
  REQUIRE(graphs.begin(queue) == BH_OK);
  REQUIRE(rig.api->dispatch(queue, adder.args, groups, nullptr) == BH_OK);
  REQUIRE(rig.api->dispatch(queue, adder.args, groups, nullptr) == BH_OK);
  bh_graph_t* graph = nullptr;
  REQUIRE(graphs.end(queue, &graph) == BH_OK);
  CHECK(rig.words_of(buffer, 4) == std::vector<std::uint32_t>{10, 20, 30, 40});
  const std::uint32_t hundred = 100;
  const bh_arg_t value{nullptr, &hundred};
  REQUIRE(rig.api->args_set(adder.args, 2, &value) == BH_OK);

  REQUIRE(rig.session->begin_queue_run(3).ok());
  bh_event_t* none = nullptr;
  for (int i = 0; i < 3; ++i) CHECK(graphs.launch(queue, graph, none) == BH_OK);
  const QueueRun run = rig.session->end_queue_run();
  CHECK(run.commands == 3);
  REQUIRE(run.duration_ns.has_value());
  CHECK(*run.duration_ns == 3 * (1000 + 8));
  CHECK(run.read_back_ns > 0);
  CHECK(rig.words_of(buffer, 4) == std::vector<std::uint32_t>{16, 26, 36, 46});
  rig.api->buffer_destroy(buffer);
  CHECK(graphs.launch(queue, graph, nullptr) == BH_E_ARGUMENT);
  graphs.destroy(graph);
  graphs.destroy(nullptr);
  CHECK(graphs.launch(queue, graph, nullptr) == BH_E_ARGUMENT);
}

TEST_CASE("an empty graph is an argument error, and a forgotten recording does not survive the case") {
  const Rig rig(scripted({}));
  const bh_graph_api_t& graphs = graphs_of(rig);
  bh_graph_t* graph = nullptr;
  REQUIRE(graphs.begin(rig.queue()) == BH_OK);
  CHECK(graphs.end(rig.queue(), &graph) == BH_E_ARGUMENT);
  CHECK(graph == nullptr);
  bh_buffer_t* buffer = rig.buffer(64);
  REQUIRE(graphs.begin(rig.queue()) == BH_OK);
  REQUIRE(rig.api->fill(rig.queue(), buffer, 0, 64, 1, nullptr) == BH_OK);
  REQUIRE(graphs.end(rig.queue(), &graph) == BH_OK);
  REQUIRE(graphs.begin(rig.queue()) == BH_OK);
  const Leaks leaks = rig.session->take_back();
  CHECK(leaks.graphs == 1);
  CHECK(leaks.buffers == 1);
  rig.session->lend();
  CHECK(rig.words_of(rig.buffer_of({5}), 1) == std::vector<std::uint32_t>{5});
}

TEST_CASE("a peer copy moves data between two devices, ordered by a peer wait") {
  const Rig rig(scripted({{"devices", "2"}}, {0, 1}));
  const auto* peers = static_cast<const bh_peer_api_t*>(rig.api->extension(rig.device(0), BH_EXT_PEER));
  REQUIRE(peers != nullptr);
  CHECK(rig.session->record(0).cap(BH_CAP_PEERS)->words == std::vector<std::string>{"null:1"});
  std::uint32_t flags = 7;
  CHECK(peers->path(rig.device(0), rig.device(1), &flags) == BH_OK);
  CHECK(flags == BH_PEER_DIRECT);

  bh_queue_t* here = rig.queue();
  bh_queue_t* there = rig.api->main_queue(rig.device(1));
  bh_buffer_t* source = rig.buffer_of({1, 2, 3, 4});
  bh_buffer_desc_t desc{};
  desc.struct_size = sizeof desc;
  desc.kind = BH_BUFFER_DEVICE;
  desc.size_bytes = 16;
  bh_buffer_t* target = nullptr;
  REQUIRE(rig.api->buffer_create(rig.device(1), &desc, &target) == BH_OK);
  bh_event_t* copied = rig.event();
  CHECK(rig.api->copy(here, source, 0, target, 0, 16, nullptr) == BH_E_ARGUMENT);
  CHECK(peers->wait(there, copied) == BH_E_STATE);
  REQUIRE_MESSAGE(peers->copy(here, source, 4, target, 0, 12, copied) == BH_OK, rig.why());
  REQUIRE(peers->wait(there, copied) == BH_OK);
  CHECK(peers->wait(here, copied) == BH_E_ARGUMENT);
  std::uint32_t words[3] = {};
  REQUIRE(rig.api->read(there, target, 0, words, 12, nullptr) == BH_OK);
  REQUIRE(rig.api->queue_finish(there) == BH_OK);
  CHECK(words[0] == 2);
  CHECK(words[2] == 4);
  CHECK(peers->copy(here, source, 0, source, 8, 8, nullptr) == BH_E_ARGUMENT);
  CHECK(peers->copy(here, source, 8, target, 0, 16, nullptr) == BH_E_ARGUMENT);
}

TEST_CASE("an extension that nobody knows is absent") {
  const Rig rig(scripted({}));
  CHECK(rig.api->extension(rig.device(), BH_EXT_TELEMETRY) == nullptr);
  CHECK(rig.api->extension(rig.device(), "vendor.surprise/1") == nullptr);
  CHECK(rig.api->extension(rig.device(), nullptr) == nullptr);
}
