#include "cli/version.h"

#include <fmt/format.h>

namespace benchhost::cli {

std::string_view host_version() { return BENCHHOST_VERSION; }

std::string version_text() { return fmt::format("benchhost {}\n", host_version()); }

}  // namespace benchhost::cli
