// SPDX-License-Identifier: MIT
//
// Finds every open descriptor above the standard streams and writes rubbish to it, the worker's result pipe included:
// once while preparing, and in each run.
#include <dirent.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "animal.h"

namespace {

void litter() {
  std::vector<int> open;
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    const int fd = std::atoi(entry->d_name);
    if (fd > STDERR_FILENO && fd != dirfd(folder)) open.push_back(fd);
  }
  closedir(folder);
  static constexpr char kRubbish[] = "not a frame \xff\xfe\x01 at all: 0123456789abcdef0123456789abcdef";
  for (const int fd : open) {
    if (write(fd, kRubbish, sizeof kRubbish) < 0) continue;  // not every descriptor can be written to
  }
}

struct Garbage final : zoo::Animal {
  static constexpr auto about = zoo::bb::about("org.benchhost.zoo.garbage.run", "Garbage on the result pipe",
                                               "writes rubbish to every descriptor it finds", BH_CATEGORY_OTHER);

  explicit Garbage(const zoo::bb::Prepare& p) : Animal(p) {
    if (!well_behaved) litter();
  }

  void misbehave() override { litter(); }
};

}  // namespace

ZOO_PLUGIN("garbage", Garbage);
