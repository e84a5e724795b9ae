// The time in which energy is added up.
#pragma once

#include "common/platform/clock.h"
#include "common/platform/energy.h"

namespace benchhost::measure {

/// Open from its begin to its end. Thread: control; never inside a timed region.
class EnergyWindow {
 public:
  /// `meter`: may be null, then nothing is added up.
  EnergyWindow(platform::EnergyMeter* meter, platform::Clock& clock) : meter_(meter), clock_(clock) {
    if (meter_ != nullptr) meter_->begin(clock_.now_ns());
  }
  EnergyWindow(const EnergyWindow&) = delete;
  EnergyWindow& operator=(const EnergyWindow&) = delete;
  ~EnergyWindow() {
    if (meter_ != nullptr) meter_->end(clock_.now_ns());
  }
  /// Between two batches.
  void keep_up() const {
    if (meter_ != nullptr) meter_->keep_up(clock_.now_ns());
  }

 private:
  platform::EnergyMeter* meter_;
  platform::Clock& clock_;
};

}  // namespace benchhost::measure
