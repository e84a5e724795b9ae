// Events: a place that commands record into, and that anybody may wait on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include <benchhost/backend.h>

/// Lives until its owner and every command that it is recorded in are done with it.
struct bh_be_event {
  bh_be_device* device = nullptr;
  bool wants_times = false;
  std::atomic<std::uint32_t> owners = 1;
  std::mutex mutex;  ///< of all that follows
  std::condition_variable changed;
  std::uint64_t recorded = 0;   ///< number of the command that it holds; 0: none yet
  std::uint64_t completed = 0;  ///< number of the last one that completed
  std::int64_t queued_ns = 0;
  std::int64_t started_ns = 0;
  std::int64_t ended_ns = 0;
};

namespace benchhost::cpu {

/// A new command is held from now on; its number. The command is an owner until complete().
std::uint64_t record(bh_be_event& event, std::int64_t queued_ns);
/// Command `number` has run. The event may be gone afterwards.
void complete(bh_be_event* event, std::uint64_t number, std::int64_t started_ns, std::int64_t ended_ns);
/// Number of the command that it holds; the caller becomes an owner.
std::uint64_t hold(bh_be_event& event);
/// One owner less.
void drop(bh_be_event* event);
/// Waits until command `number` has completed, at most timeout_ns. False: not in time.
bool wait(bh_be_event& event, std::uint64_t number, std::int64_t timeout_ns);

/// The event functions of the device's table.
bh_status_t BH_CALL event_create(bh_be_device_t* device, uint32_t flags, bh_be_event_t** event);
bh_status_t BH_CALL event_wait(bh_be_event_t* event, int64_t timeout_ns);
bh_status_t BH_CALL event_times(bh_be_event_t* event, bh_event_times_t* times);
void BH_CALL event_destroy(bh_be_event_t* event);

}  // namespace benchhost::cpu
