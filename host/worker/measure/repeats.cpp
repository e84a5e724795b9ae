#include "worker/measure/repeats.h"

#include <algorithm>
#include <cmath>

namespace benchhost::measure {

Repeats::Repeats(std::size_t wanted, std::int64_t budget_ns)
    : wanted_(wanted),
      most_ns_(
          static_cast<std::int64_t>(kRepeatTimeRatio * static_cast<double>(std::max<std::int64_t>(0, budget_ns)))) {}

bool Repeats::has_time(std::int64_t spent_ns, double each_ns) const {
  return static_cast<double>(spent_ns) + each_ns <= static_cast<double>(most_ns_);
}

std::size_t Repeats::next(std::size_t measured, std::size_t disturbed, std::int64_t spent_ns) {
  const std::size_t clean = measured - std::min(measured, disturbed);
  if (rounds_ > 0) {
    // What counts as usual is known better with every batch, so a batch may have become clean since.
    in_vain_ = clean > clean_before_ ? 0 : in_vain_ + asked_;
    ran_ += asked_;
  }
  const auto most = static_cast<std::size_t>(std::floor(kMostRepeatsRatio * static_cast<double>(wanted_)));
  const bool spent = ran_ >= most || spent_ns >= most_ns_ || rounds_ >= kRepeatRounds;
  if (clean >= wanted_ || spent || in_vain_ >= kHopelessRepeats) return asked_ = 0;
  ++rounds_;
  clean_before_ = clean;
  // A look at whether it helps, before much is spent.
  const std::size_t missing = std::min(wanted_ - clean, most - ran_);
  return asked_ = rounds_ == 1 ? std::min(missing, kHopelessRepeats) : missing;
}

}  // namespace benchhost::measure
