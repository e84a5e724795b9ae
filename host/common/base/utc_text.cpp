#include "common/base/utc_text.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace benchhost {

std::string utc_text(std::int64_t wall_ns) {
  using namespace std::chrono;
  // Of the earliest time that nanoseconds reach, the beginning of the day is one that they do not reach.
  const auto time = floor<seconds>(sys_time<nanoseconds>{nanoseconds{wall_ns}});
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text.data();
}

}  // namespace benchhost
