// The values of a sweep, as the SDK's params.h defines them.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/value.h"
#include "suite/model.h"

namespace benchhost::suite {

/// More values than this of one sweep are refused before the first is made.
inline constexpr std::uint64_t kMostSweepValues = 100'000;

/// first, first + step, … <= last. Reals are first + k * step, and one that misses last by rounding alone is last.
/// Requires: all of one type, int64, uint64 or real. Errors: BH0103 without a place: step not over 0, first over last,
/// more than kMostSweepValues.
[[nodiscard]] Result<std::vector<protocol::Scalar>> linear_values(const protocol::Scalar& first,
                                                                  const protocol::Scalar& last,
                                                                  const protocol::Scalar& step);

/// first * 2^(k * step / per_octave) <= last for k = 0, 1, …; integers rounded to the nearest, halves up, repeated ones
/// dropped. The same bits on every machine: whole octaves are exact, others are computed without the C library.
/// Requires: as above; per_octave > 0. Errors: BH0103 without a place: first not over 0, step 0, first over last, more
/// than kMostSweepValues steps.
[[nodiscard]] Result<std::vector<protocol::Scalar>> log2_values(const protocol::Scalar& first,
                                                                const protocol::Scalar& last, std::uint64_t step,
                                                                std::uint32_t per_octave);

/// The values that a sweep gives a parameter, each within what the parameter declares. Errors: BH0103, placed; also for
/// a sweep that the host would have to search, and for a suggested one of a parameter that is not part of identity.
[[nodiscard]] Result<std::vector<protocol::Value>> sweep_values(const Sweep& sweep,
                                                                const protocol::ParamRecord& parameter);

}  // namespace benchhost::suite
