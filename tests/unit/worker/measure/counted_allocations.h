#pragma once

#include <cstdint>

namespace benchhost::measure::test {

/// How often this program has allocated by any form of new without alignment, on any thread. The C library's own
/// allocations are counted in tests of the whole worker.
[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace benchhost::measure::test
