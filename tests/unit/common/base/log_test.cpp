#include "common/base/log.h"

#include <doctest/doctest.h>

#include <thread>

using namespace benchhost;

TEST_CASE("the collecting sink keeps messages in order") {
  CollectingLogSink sink;
  sink.write(LogLevel::warning, "first");
  sink.write(LogLevel::debug, "second");
  CHECK(sink.entries() ==
        std::vector<CollectingLogSink::Entry>{{LogLevel::warning, "first"}, {LogLevel::debug, "second"}});
}

TEST_CASE("several threads may write at once") {
  CollectingLogSink sink;
  const auto write = [&] {
    for (int i = 0; i < 500; ++i) sink.write(LogLevel::info, "x");
  };
  std::thread a(write);
  std::thread b(write);
  a.join();
  b.join();
  CHECK(sink.entries().size() == 1000);
}

TEST_CASE("levels have names") {
  CHECK(to_text(LogLevel::debug) == "debug");
  CHECK(to_text(LogLevel::error) == "error");
}
