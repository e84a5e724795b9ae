// What the C++ wrapper of the SDK says of descriptors while it compiles a plugin. Apart from the host's headers, whose
// names are in the same namespace.
#pragma once

#include <benchhost/plugin.h>

namespace benchhost::loader::test {

/// False if a plugin with such a benchmark would not compile. Roles are not looked at.
[[nodiscard]] bool wrapper_accepts(const bh_benchmark_t& benchmark);

}  // namespace benchhost::loader::test
