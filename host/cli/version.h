// What this build is.
#pragma once

#include <string>
#include <string_view>

namespace benchhost::cli {

/// "0.1.0".
[[nodiscard]] std::string_view host_version();
/// The page of `benchhost --version`.
[[nodiscard]] std::string version_text();

}  // namespace benchhost::cli
