// Points in time for people.
#pragma once

#include <cstdint>
#include <string>

namespace benchhost {

/// "2026-03-01 09:30" of nanoseconds since 1970-01-01 UTC, in UTC.
[[nodiscard]] std::string utc_text(std::int64_t wall_ns);

}  // namespace benchhost
