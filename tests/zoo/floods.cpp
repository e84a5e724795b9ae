// SPDX-License-Identifier: MIT
//
// Writes 1 GB to standard output while preparing, of all that a log should not be fed with: control sequences, zeros,
// broken UTF-8, lines that a CI system takes for commands. Then it measures, and passes.
#include <unistd.h>

#include <cstring>
#include <string>

#include "animal.h"

namespace {

constexpr std::uint64_t kFloodBytes = 1'000'000'000;

void flood() {
  constexpr char kLine[] = "::error::\x1b[2J\x1b[31mred\x1b[0m \xc3\x28 \0 zero\r\n";
  std::string block;
  while (block.size() < (1u << 20)) block.append(kLine, sizeof kLine - 1);
  for (std::uint64_t left = kFloodBytes; left > 0;) {
    const ssize_t wrote = write(STDOUT_FILENO, block.data(), left < block.size() ? left : block.size());
    if (wrote < 0) throw zoo::bb::Error(BH_E_IO, "standard output takes no more");
    left -= static_cast<std::uint64_t>(wrote);
  }
}

struct Floods final : zoo::Animal {
  static constexpr auto about = zoo::bb::about("org.benchhost.zoo.floods.run", "Flood of output",
                                               "writes 1 GB to standard output", BH_CATEGORY_OTHER);

  explicit Floods(const zoo::bb::Prepare& p) : Animal(p) {
    if (!well_behaved) flood();
  }
};

}  // namespace

ZOO_PLUGIN("floods", Floods);
