#include "common/base/log.h"

namespace benchhost {

std::string_view to_text(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

void CollectingLogSink::write(LogLevel level, std::string_view text) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({level, std::string(text)});
}

std::vector<CollectingLogSink::Entry> CollectingLogSink::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

}  // namespace benchhost
