// SPDX-License-Identifier: MIT
//
// Crashes while it is loaded, so that nobody ever reads its descriptors. The mended build of it is the same plugin
// without that.
#include "animal.h"

namespace {

#ifndef ZOO_MENDED
__attribute__((constructor)) void fall() { __builtin_trap(); }
#endif

struct Falls final : zoo::Animal {
  static constexpr auto about = zoo::bb::about("org.benchhost.zoo.falls.run", "Crash while loading",
                                               "crashes when it is loaded", BH_CATEGORY_OTHER);
  using Animal::Animal;
};

}  // namespace

ZOO_PLUGIN("falls", Falls);
