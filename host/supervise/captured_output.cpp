#include "supervise/captured_output.h"

#include <algorithm>

namespace benchhost::supervise {

void OutputCapture::add(std::string_view bytes) {
  out_.total_bytes += bytes.size();
  const std::size_t to_head = std::min<std::size_t>(head_max_ - out_.head.size(), bytes.size());
  out_.head += bytes.substr(0, to_head);
  bytes.remove_prefix(to_head);
  if (bytes.size() > tail_max_) bytes.remove_prefix(bytes.size() - tail_max_);
  out_.tail += bytes;
  // Cut back only when it has doubled, so that a stream of single bytes costs no move each.
  if (out_.tail.size() > 2 * tail_max_) out_.tail.erase(0, out_.tail.size() - tail_max_);
}

CapturedOutput OutputCapture::take() {
  if (out_.tail.size() > tail_max_) out_.tail.erase(0, out_.tail.size() - tail_max_);
  return std::move(out_);
}

}  // namespace benchhost::supervise
