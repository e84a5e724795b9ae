// SPDX-License-Identifier: MIT
//
// Gives up, as a failed assertion does: the process ends by SIGABRT in run.
#include <cstdlib>

#include "animal.h"

namespace {

struct Abort final : zoo::Animal {
  static constexpr auto about = zoo::bb::about("org.benchhost.zoo.abort.run", "Abort",
                                               "calls abort, as a failed assertion does", BH_CATEGORY_OTHER);
  using Animal::Animal;

  void misbehave() override { std::abort(); }
};

}  // namespace

ZOO_PLUGIN("abort", Abort);
