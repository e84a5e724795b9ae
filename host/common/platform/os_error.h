// Errors of the operating system as text. Private to common/platform.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

#include "common/base/result.h"

namespace benchhost::platform {

/// "cannot WHAT: No such file or directory".
[[nodiscard]] inline Error os_error(std::string_view code, std::string_view what, int number) {
  return make_error(code, "cannot " + std::string(what) + ": " + std::generic_category().message(number));
}

}  // namespace benchhost::platform
