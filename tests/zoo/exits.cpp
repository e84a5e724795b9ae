// SPDX-License-Identifier: MIT
//
// Ends the process successfully while it is loaded. A host that takes exit 0 for a pass would believe it; one that
// loads plugins itself would be gone.
#include <cstdlib>

#include "animal.h"

namespace {

__attribute__((constructor)) void leave() { std::exit(0); }

struct Exits final : zoo::Animal {
  static constexpr auto about = zoo::bb::about("org.benchhost.zoo.exits.run", "Exit while loading",
                                               "calls exit(0) when it is loaded", BH_CATEGORY_OTHER);
  using Animal::Animal;
};

}  // namespace

ZOO_PLUGIN("exits", Exits);
