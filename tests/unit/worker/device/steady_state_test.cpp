// Nothing allocates in the steady state, neither in the table nor in the backend: these calls are timed.
#include <doctest/doctest.h>

#include "benchhost/plugin.h"
#include "contract/backend/rig.h"
#include "support/counted_allocations.h"

using benchhost::test::allocations;
using namespace benchhost::device;
using namespace benchhost::device::test;

namespace {

void check_steady(const char* file, bool gate) {
  CAPTURE(file);
  CAPTURE(gate);
  RigOptions options;
  options.file = file;
  options.queue_metrics = true;
  options.gate = gate;
  const Rig rig(std::move(options));
  bh_buffer_t* a = rig.buffer(4096);
  bh_buffer_t* b = rig.buffer(4096);
  bh_event_t* event = rig.event();
  const std::uint32_t one = 1;
  bh_args_t* args = rig.args(rig.program("add", add_kernel, {BH_ARG_BUFFER_READ, BH_ARG_BUFFER_WRITE, BH_SCALAR_U32}),
                             {{a, nullptr}, {b, nullptr}, {nullptr, &one}});
  const std::uint32_t groups[3] = {1024, 1, 1};
  const bh_arg_t scalar{nullptr, &one};
  const auto batch = [&](int iterations) {
    bh_status_t worst = BH_OK;
    const auto note = [&](bh_status_t status) { worst = status != BH_OK ? status : worst; };
    const bool begun = rig.session->begin_queue_run(1).ok();
    const std::uint64_t before = allocations();
    for (int i = 0; i < iterations; ++i) {
      note(rig.api->args_set(args, 2, &scalar));
      note(rig.api->dispatch(rig.queue(), args, groups, event));
      note(rig.api->copy(rig.queue(), b, 0, a, 0, 4096, nullptr));
      note(rig.api->fill(rig.queue(), b, 0, 4096, 7, event));
      note(rig.api->queue_wait(rig.queue(), event));
      note(rig.api->queue_flush(rig.queue()));
    }
    const std::uint64_t during = allocations() - before;
    const QueueRun run = rig.session->end_queue_run();
    CHECK(begun);
    CHECK(worst == BH_OK);
    CHECK(run.status == BH_OK);
    return during;
  };
  (void)batch(20);
  CHECK(batch(2'000) == 0);
}

}  // namespace

TEST_CASE("commands, events and scalar arguments allocate nothing after a first round") {
  const std::uint64_t before = allocations();
  int* one = new int(1);
  bh_keep(one);  // unused, a pair of new and delete may be optimised away
  delete one;
  REQUIRE(allocations() > before);  // the counter counts
  for (const char* file : {BENCHHOST_TEST_CPU, BENCHHOST_TEST_NULL}) {
    check_steady(file, false);
    check_steady(file, true);
  }
}
