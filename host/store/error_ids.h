// The codes of this module's errors; common/base/error_codes.cpp explains them.
#pragma once

#include <string_view>

namespace benchhost::store {

inline constexpr std::string_view kCannotOpen = "BH0401";
inline constexpr std::string_view kNewerSchema = "BH0402";
inline constexpr std::string_view kDamaged = "BH0403";
inline constexpr std::string_view kNotStored = "BH0404";  ///< disk full, input or output error
inline constexpr std::string_view kLocked = "BH0405";
inline constexpr std::string_view kNotWritable = "BH0406";
inline constexpr std::string_view kMigration = "BH0407";     ///< older schema that was not brought up to date
inline constexpr std::string_view kNotFound = "BH0408";      ///< no such run, result, segment or invocation
inline constexpr std::string_view kRefused = "BH0409";       ///< a record that breaks the store's contract
inline constexpr std::string_view kQueryRefused = "BH0410";  ///< SQL that the read-only console does not allow
inline constexpr std::string_view kQueryLimit = "BH0411";    ///< time, size or rows
inline constexpr std::string_view kRunUnderWay = "BH0412";   ///< what must not happen beside a run

}  // namespace benchhost::store
