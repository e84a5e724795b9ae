// Runs the real worker with one job and collects what it says.
#pragma once

#include <doctest/doctest.h>

#include <unistd.h>
#include <string>
#include <variant>
#include <vector>

#include "common/platform/process.h"
#include "common/protocol/frame.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"

namespace benchhost::worker_main::test {

struct WorkerEnd {
  platform::ExitStatus exit;
  std::vector<protocol::Message> messages;
  std::string broken;  ///< why the stream of frames could not be read to its end; "": it could

  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& m : messages) {
      if (const T* one = std::get_if<T>(&m)) found.push_back(*one);
    }
    return found;
  }
  [[nodiscard]] protocol::Final end() const {
    REQUIRE(!messages.empty());
    REQUIRE(std::holds_alternative<protocol::Final>(messages.back()));
    return std::get<protocol::Final>(messages.back());
  }
};

/// `bytes`: what is written to the worker instead of a job, if not empty.
inline WorkerEnd run_worker(const protocol::Job& job, const std::string& bytes = {}) {
  auto in = platform::make_pipe();
  auto out = platform::make_pipe();
  REQUIRE(in.ok());
  REQUIRE(out.ok());
  platform::SpawnRequest request;
  request.program = BENCHHOST_WORKER;
  request.arguments = {"--job-fd", "3", "--result-fd", "4"};
  request.environment = platform::Environment::of_process();
  request.passed = {{in->read.get(), 3}, {out->write.get(), 4}};
  auto child = platform::spawn(request);
  REQUIRE_MESSAGE(child.ok(), (child.ok() ? "" : child.error().message));
  in->read.close();
  out->write.close();
  protocol::FrameEncoder encoder;
  const std::string frame =
      bytes.empty() ? encoder.encode(protocol::kJobFrameType, to_text(protocol::to_json(job))) : bytes;
  REQUIRE(write(in->write.get(), frame.data(), frame.size()) == static_cast<ssize_t>(frame.size()));
  in->write.close();

  WorkerEnd end;
  protocol::FrameDecoder decoder;
  char buffer[65'536];
  for (ssize_t size = 0; (size = read(out->read.get(), buffer, sizeof buffer)) > 0;) {
    decoder.feed({buffer, static_cast<std::size_t>(size)});
    while (true) {
      auto next = decoder.next();
      if (!next.ok()) {
        end.broken = next.error().message;
        break;
      }
      if (!*next) break;
      auto message = protocol::decode((*next)->type, (*next)->payload);
      REQUIRE_MESSAGE(message.ok(), (message.ok() ? "" : message.error().message));
      end.messages.push_back(std::move(message).value());
    }
  }
  auto exit = child->reap();
  REQUIRE(exit.ok());
  end.exit = *exit;
  return end;
}

}  // namespace benchhost::worker_main::test
