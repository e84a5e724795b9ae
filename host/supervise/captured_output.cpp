#include "supervise/captured_output.h"

#include <algorithm>

#include "common/base/terminal_text.h"
#include "common/base/utf8.h"

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

std::string last_words(const CapturedOutput& output) {
  constexpr int kLines = 2;
  constexpr std::size_t kLineBytes = 200;
  // Where nothing was dropped, head and tail are one text.
  const std::string text = output.dropped_bytes() == 0 || output.tail.empty() ? output.head + output.tail : output.tail;
  std::string_view rest = text;
  std::string words;
  for (int lines = 0; lines < kLines && !rest.empty();) {
    const std::size_t end = rest.find_last_of("\r\n");
    const std::string_view line = end == std::string_view::npos ? rest : rest.substr(end + 1);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    std::string shown = escape_for_terminal(line.substr(0, kLineBytes));
    if (shown.size() > kLineBytes) shown = cut_utf8(shown, kLineBytes);
    if (shown.size() < line.size()) shown += "...";
    words = words.empty() ? shown : shown + " | " + words;
    ++lines;
  }
  return words;
}

}  // namespace benchhost::supervise
