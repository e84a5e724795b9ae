// Allocations of a whole test program, counted: list counted_allocations.cpp among its sources.
#pragma once

#include <cstdint>

namespace benchhost::test {

/// How often this program and what it loaded have allocated by any form of new without alignment. The C library's own
/// allocations are counted in tests of the whole worker.
/// Thread: any.
[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace benchhost::test
