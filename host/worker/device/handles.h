// What the handles of device.h point to. Completes the incomplete types of the SDK, hence outside any namespace.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include <benchhost/backend.h>

namespace benchhost::device {

/// Queues of a device beyond this many share the last lane.
inline constexpr std::size_t kLanes = 64;

/// The serial of the last command of each lane that used an object: which waits must come before it may go.
class Uses {
 public:
  void note(std::size_t lane, std::uint64_t serial) { last_[lane].store(serial, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t last(std::size_t lane) const { return last_[lane].load(std::memory_order_relaxed); }
  void clear() {
    for (auto& serial : last_) serial.store(0, std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kLanes> last_{};
};

/// A buffer and which of the buffers that ever had its slot.
struct BufferRef {
  bh_buffer* buffer = nullptr;
  std::uint64_t generation = 0;
  std::uint32_t position = 0;  ///< index of the parameter
  bool written = false;
};

/// A word that a command wrote: what is read back to see whether it really did.
struct WrittenWord {
  bh_buffer* buffer = nullptr;
  std::uint64_t generation = 0;
  std::uint64_t offset_bytes = 0;
};

}  // namespace benchhost::device

struct bh_queue {
  static constexpr std::uint32_t kTag = 0x55455551;
  std::uint32_t tag = 0;
  std::uint64_t generation = 0;
  bh_device* device = nullptr;
  bh_be_queue_t* be = nullptr;
  std::size_t lane = 0;
  bool times = false;      ///< made with BH_BE_QUEUE_TIMES
  bool recording = false;  ///< between begin and end of a graph
  std::vector<benchhost::device::BufferRef> recorded_buffers;
  std::vector<bh_args*> recorded_args;
  std::uint64_t recorded_commands = 0;
  benchhost::device::WrittenWord recorded_word;
};

struct bh_buffer {
  static constexpr std::uint32_t kTag = 0x46465542;
  std::uint32_t tag = 0;
  std::uint64_t generation = 0;
  bh_device* device = nullptr;
  bh_be_buffer_t* be = nullptr;
  bh_buffer* root = nullptr;       ///< itself, or the parent of a view
  std::uint64_t offset_bytes = 0;  ///< in root
  std::uint64_t size_bytes = 0;
  std::uint32_t kind = 0;
  std::uint32_t host_access = 0;
  std::atomic<std::uint32_t> views = 0;
  std::atomic<void*> mapped = nullptr;  ///< of root only
  benchhost::device::Uses uses;
};

struct bh_program {
  static constexpr std::uint32_t kTag = 0x474F5250;
  std::uint32_t tag = 0;
  std::uint64_t generation = 0;
  bh_device* device = nullptr;
  bh_be_program_t* be = nullptr;
  std::vector<std::uint32_t> arg_types;
  std::atomic<std::uint32_t> args = 0;
};

struct bh_args {
  static constexpr std::uint32_t kTag = 0x53475241;
  std::uint32_t tag = 0;
  std::uint64_t generation = 0;
  bh_device* device = nullptr;
  bh_be_args_t* be = nullptr;
  bh_program* program = nullptr;
  std::vector<benchhost::device::BufferRef> buffers;
  benchhost::device::Uses uses;
};

struct bh_event {
  static constexpr std::uint32_t kTag = 0x544E5645;
  std::uint32_t tag = 0;
  std::uint64_t generation = 0;
  bh_device* device = nullptr;
  bh_be_event_t* be = nullptr;
  bool wants_times = false;
  // Of the command that it holds. Any thread may wait while another records.
  std::atomic<bh_queue*> queue = nullptr;  ///< nullptr: never recorded
  std::atomic<std::size_t> lane = 0;
  std::atomic<std::uint64_t> serial = 0;
  std::atomic<bool> has_times = false;
};

struct bh_graph {
  static constexpr std::uint32_t kTag = 0x48505247;
  std::uint32_t tag = 0;
  std::uint64_t generation = 0;
  bh_device* device = nullptr;
  bh_be_graph_t* be = nullptr;
  std::vector<benchhost::device::BufferRef> buffers;
  std::vector<bh_args*> args;
  benchhost::device::WrittenWord word;
  benchhost::device::Uses uses;
};
