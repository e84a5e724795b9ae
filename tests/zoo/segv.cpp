// SPDX-License-Identifier: MIT
//
// Writes where nothing may be written: the process ends by SIGSEGV in run.
#include <sys/mman.h>

#include "animal.h"

namespace {

struct Segv final : zoo::Animal {
  static constexpr auto about = zoo::bb::about("org.benchhost.zoo.segv.run", "Segmentation fault",
                                               "writes to protected memory", BH_CATEGORY_OTHER);
  using Animal::Animal;

  void misbehave() override {
    void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile char*>(page) = 1;
  }
};

}  // namespace

ZOO_PLUGIN("segv", Segv);
