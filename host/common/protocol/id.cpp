#include "common/protocol/id.h"

namespace benchhost::protocol {

bool is_id_part(std::string_view text) {
  if (text.empty() || text.size() > kMaxIdBytes || text == "true" || text == "false" || text == "in") return false;
  if (text.front() < 'a' || text.front() > 'z') return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

bool is_id(std::string_view text) {
  if (text.size() > kMaxIdBytes) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_id_part(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace benchhost::protocol
