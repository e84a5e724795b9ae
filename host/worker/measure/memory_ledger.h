// Memory that plugins take from the host: aligned, touched, on huge pages or a NUMA node where asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <benchhost/host.h>

#include "worker/measure/sample_book.h"

namespace benchhost::measure {

/// Thread: any.
class MemoryLedger {
 public:
  /// limit_bytes: what all blocks together may take; nullopt: no limit.
  explicit MemoryLedger(std::optional<std::uint64_t> limit_bytes) : limit_bytes_(limit_bytes) {}
  MemoryLedger(const MemoryLedger&) = delete;
  MemoryLedger& operator=(const MemoryLedger&) = delete;
  ~MemoryLedger() { free_all(); }

  /// Requires: the struct is as long as at its first publication. Stores what was granted in it; data is NULL on
  /// refusal.
  [[nodiscard]] std::optional<Refusal> take(bh_memory_t& memory);
  /// False if data is no block of this ledger. NULL is freed by doing nothing.
  bool free(void* data);
  /// Frees what is left and says how many blocks there were.
  std::size_t free_all();

  [[nodiscard]] std::uint64_t taken_bytes() const;
  /// Address and size asked for, of every block that is taken.
  [[nodiscard]] std::vector<std::pair<void*, std::uint64_t>> blocks() const;

 private:
  struct Block {
    void* mapping = nullptr;
    std::size_t mapped_bytes = 0;
    std::uint64_t counted_bytes = 0;  ///< what was asked for
  };

  mutable std::mutex mutex_;
  std::optional<std::uint64_t> limit_bytes_;
  std::uint64_t taken_bytes_ = 0;
  std::map<void*, Block> blocks_;
};

}  // namespace benchhost::measure
