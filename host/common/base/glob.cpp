#include "common/base/glob.h"

namespace benchhost {
namespace {

constexpr std::size_t kMaxPattern = 4095;

/// One element of a pattern that takes one byte of the text.
struct Element {
  /// Bytes of the pattern that it takes.
  std::size_t length = 1;
  bool accepts = false;
};

/// The set that begins at pattern[at] == '['. Requires: the pattern was checked, so it is closed.
Element match_set(std::string_view pattern, std::size_t at, unsigned char byte) {
  std::size_t i = at + 1;
  const bool negated = pattern[i] == '!' || pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (bool first = true; first || pattern[i] != ']'; first = false) {
    const auto low = static_cast<unsigned char>(pattern[i]);
    auto high = low;
    if (pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = static_cast<unsigned char>(pattern[i + 2]);
      i += 2;
    }
    if (byte >= low && byte <= high) found = true;
    ++i;
  }
  return {i + 1 - at, found != negated};
}

Element match_one(std::string_view pattern, std::size_t at, unsigned char byte) {
  switch (pattern[at]) {
    case '?':
      return {1, true};
    case '[':
      return match_set(pattern, at, byte);
    case '\\':
      return {2, static_cast<unsigned char>(pattern[at + 1]) == byte};
    default:
      return {1, static_cast<unsigned char>(pattern[at]) == byte};
  }
}

}  // namespace

Result<Glob> Glob::parse(std::string_view pattern) {
  const auto refuse = [&](const std::string& cause) {
    return make_error("BH0006", "the pattern '" + std::string(pattern.substr(0, 80)) + "' " + cause);
  };
  if (pattern.size() > kMaxPattern) return refuse("is longer than 4095 bytes");
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      if (i + 1 == pattern.size()) return refuse("ends in a '\\' that takes nothing");
      ++i;
    } else if (pattern[i] == '[') {
      std::size_t j = i + 1;
      if (j < pattern.size() && (pattern[j] == '!' || pattern[j] == '^')) ++j;
      // A ']' that stands first is a member of the set, as in the shell.
      const std::size_t end = pattern.find(']', j + 1);
      if (j >= pattern.size() || end == std::string_view::npos) return refuse("has a '[' without its ']'");
      for (; j < end; ++j) {
        if (j + 2 < end && pattern[j + 1] == '-') {
          if (static_cast<unsigned char>(pattern[j]) > static_cast<unsigned char>(pattern[j + 2])) {
            return refuse("has a range that runs backwards");
          }
          j += 2;
        }
      }
      i = end;
    }
  }
  return Glob(std::string(pattern));
}

bool Glob::matches(std::string_view text) const {
  // On a mismatch only the last star has to give: it takes one byte more. Earlier stars need never be tried again.
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = kNone;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern_.size() && pattern_[p] == '*') {
      after_star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern_.size()) {
      const Element element = match_one(pattern_, p, static_cast<unsigned char>(text[t]));
      if (element.accepts) {
        p += element.length;
        ++t;
        continue;
      }
    }
    if (after_star == kNone) return false;
    p = after_star;
    t = ++star_text;
  }
  while (p < pattern_.size() && pattern_[p] == '*') ++p;
  return p == pattern_.size();
}

bool Glob::is_literal() const { return pattern_.find_first_of("*?[\\") == std::string::npos; }

}  // namespace benchhost
