// Where the program's own messages go. Nothing below host/cli prints; it is handed one of these.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// "debug", "info", "warning" or "error".
[[nodiscard]] std::string_view to_text(LogLevel level);

/// Receives messages: one sentence each, UTF-8, no newline at the end.
/// Thread: write may be called from every thread. It is never called inside a timed region.
class LogSink {
 public:
  LogSink() = default;
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  virtual ~LogSink() = default;
  virtual void write(LogLevel level, std::string_view text) = 0;
};

/// Drops every message.
class NullLogSink final : public LogSink {
 public:
  void write(LogLevel, std::string_view) override {}
};

/// Keeps every message, for tests and for what is stored beside a result.
class CollectingLogSink final : public LogSink {
 public:
  struct Entry {
    LogLevel level = LogLevel::info;
    std::string text;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  void write(LogLevel level, std::string_view text) override;
  /// A copy, in the order of arrival.
  [[nodiscard]] std::vector<Entry> entries() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace benchhost
