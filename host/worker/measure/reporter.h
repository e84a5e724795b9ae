// Where the worker's messages go.
#pragma once

#include "common/protocol/message.h"

namespace benchhost::measure {

/// Thread: any; never called inside a timed region.
class Reporter {
 public:
  Reporter() = default;
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  virtual ~Reporter() = default;
  virtual void send(protocol::Message message) = 0;
};

}  // namespace benchhost::measure
