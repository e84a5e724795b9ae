// Empties the processor's caches between batches of a cold benchmark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace benchhost::measure {

/// Walks memory of twice the last-level cache, so that nothing of a benchmark's data stays cached.
class CacheFlusher {
 public:
  /// No buffer is larger: above, emptying takes longer than most batches, and part of a cache stays warm.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{256} << 20;
  /// Taken where the size of the last cache is not known.
  static constexpr std::uint64_t kDefaultCacheBytes = std::uint64_t{32} << 20;

  /// last_cache_bytes: of all last-level caches that the case's cores use; 0: not known. Takes no memory yet.
  explicit CacheFlusher(std::uint64_t last_cache_bytes);

  /// Writes and reads a byte of each line: of the caches that the calling thread's CPU uses. Milliseconds.
  void flush();
  /// Reads a byte of each line, for another CPU's own caches. Thread: any, several at once. Requires: flush() before.
  void walk() const;

  /// The buffer is smaller than twice the cache.
  [[nodiscard]] bool capped() const { return capped_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t bytes_;
  bool capped_;
  std::vector<std::uint8_t> buffer_;
  std::uint8_t turn_ = 0;
};

}  // namespace benchhost::measure
