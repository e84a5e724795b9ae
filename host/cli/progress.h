// How a run is shown while it goes on: a live bar on a terminal, a line per case and a heartbeat elsewhere.
#pragma once

#include <memory>
#include <string>

#include "cli/console.h"
#include "common/platform/clock.h"
#include "schedule/observer.h"

namespace benchhost::cli {

enum class ProgressStyle { bar, lines, none };

/// What was asked for, but none with --quiet. auto: a bar where standard error is a terminal that can be redrawn, lines
/// elsewhere, none with --quiet.
[[nodiscard]] ProgressStyle choose_progress(const std::string& flag, const Console& console);

/// Somebody wants to know what is running.
class StatusWish {
 public:
  virtual ~StatusWish() = default;
  /// Whether somebody asked since this was asked last. Thread: any.
  [[nodiscard]] virtual bool take_status_wish() = 0;
};

/// Owns: nothing but its text; console, clock and wish outlive it. A wish is answered within a second, in every style
/// and with --quiet too: with what is running, for how long, and how far the run is.
[[nodiscard]] std::unique_ptr<schedule::Observer> make_progress(ProgressStyle style, Console& console,
                                                                platform::Clock& clock, StatusWish* wish = nullptr);

}  // namespace benchhost::cli
