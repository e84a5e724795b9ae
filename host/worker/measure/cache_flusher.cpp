#include "worker/measure/cache_flusher.h"

#include <algorithm>

#include <benchhost/plugin.h>

namespace benchhost::measure {
namespace {

constexpr std::size_t kLine = 64;

}  // namespace

CacheFlusher::CacheFlusher(std::uint64_t last_cache_bytes)
    : bytes_(std::min(kMaxBytes, 2 * (last_cache_bytes == 0 ? kDefaultCacheBytes : last_cache_bytes))),
      capped_(2 * last_cache_bytes > kMaxBytes) {}

void CacheFlusher::flush() {
  if (buffer_.empty()) buffer_.resize(bytes_);
  ++turn_;
  for (std::size_t at = 0; at < buffer_.size(); at += kLine)
    buffer_[at] = static_cast<std::uint8_t>(buffer_[at] + turn_);
  bh_keep(buffer_.data());
}

void CacheFlusher::walk() const {
  std::uint8_t sum = 0;
  for (std::size_t at = 0; at < buffer_.size(); at += kLine) sum = static_cast<std::uint8_t>(sum + buffer_[at]);
  bh_keep(&sum);
}

}  // namespace benchhost::measure
