#include "common/base/suggest.h"

#include <algorithm>
#include <vector>

namespace benchhost {
namespace {

/// Longer texts are no names; the cap bounds the quadratic work on hostile input.
constexpr std::size_t kMaxName = 256;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> nearest_name(std::string_view misspelt, std::span<const std::string> names) {
  if (misspelt.empty() || misspelt.size() > kMaxName) return std::nullopt;
  const std::string wanted = lower(misspelt);
  const std::string* nearest = nullptr;
  std::size_t nearest_distance = 0;
  for (const std::string& name : names) {
    if (name.empty() || name.size() > kMaxName) continue;
    const std::string candidate = lower(name);
    const std::size_t distance = edit_distance(wanted, candidate);
    const bool slip = distance <= std::max(wanted.size(), candidate.size()) / 3;
    const bool beginning = wanted.size() >= 3 && candidate.starts_with(wanted);
    if (!slip && !beginning) continue;
    if (nearest == nullptr || distance < nearest_distance) {
      nearest = &name;
      nearest_distance = distance;
    }
  }
  return nearest != nullptr ? std::optional(*nearest) : std::nullopt;
}

std::string did_you_mean(std::string_view misspelt, std::span<const std::string> names) {
  const std::optional<std::string> name = nearest_name(misspelt, names);
  return name ? "did you mean '" + *name + "'?" : std::string();
}

}  // namespace benchhost
