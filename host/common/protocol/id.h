// What may be an id: the SDK's rule (base.h, section 4), so that every id is a name of the expression grammar.
#pragma once

#include <cstddef>
#include <string_view>

namespace benchhost::protocol {

/// Caps of the SDK, in bytes without a terminator.
inline constexpr std::size_t kMaxIdBytes = 127;
inline constexpr std::size_t kMaxTitleBytes = 255;
inline constexpr std::size_t kMaxTextBytes = 4095;
inline constexpr std::size_t kMaxItems = 1024;

/// One part: [a-z][a-z0-9_]*, and not `true`, `false` or `in`.
[[nodiscard]] bool is_id_part(std::string_view text);
/// Parts joined by dots, at most kMaxIdBytes.
[[nodiscard]] bool is_id(std::string_view text);

}  // namespace benchhost::protocol
