// Gives a value as written the type that the benchmark declares.
#pragma once

#include "common/base/result.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/value.h"
#include "suite/model.h"

namespace benchhost::suite {

/// The value of a declared parameter, within its bounds, choices and counts. Integers are decimal; one whose unit is By
/// may be a size ("64 KiB"), one whose unit is ns a duration ("30 s"). Paths stay as written. Errors: BH0103 placed at
/// the literal, with what was expected and the nearest choice; never a value that was rounded.
[[nodiscard]] Result<protocol::Value> convert(const Literal& literal, const protocol::ParamRecord& parameter);

/// The same for the type alone, without bounds, choices and counts: a step is no value of the parameter.
[[nodiscard]] Result<protocol::Scalar> convert_scalar(const Literal& literal, const protocol::ParamRecord& parameter);

/// Whether a value lies within what the parameter declares. Errors: BH0103 placed at `at`.
[[nodiscard]] Result<void> check_range(const protocol::Value& value, const protocol::ParamRecord& parameter,
                                       const Position& at);

/// Less by value; both of the same type. Texts compare by byte.
[[nodiscard]] bool less(const protocol::Scalar& a, const protocol::Scalar& b);

/// "64 KiB" for 65536 By where that is exact, else as display_text.
[[nodiscard]] std::string short_text(const protocol::Value& value, const std::string& unit);

}  // namespace benchhost::suite
