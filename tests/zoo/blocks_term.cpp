// SPDX-License-Identifier: MIT
//
// Never returns from run and does not listen to SIGTERM: ignores it, blocks it, and takes the handler away.
#include <csignal>

#include "animal.h"

namespace {

struct BlocksTerm final : zoo::Animal {
  static constexpr auto about = zoo::bb::about("org.benchhost.zoo.blocks_term.run", "Endless loop",
                                               "loops for ever with SIGTERM blocked", BH_CATEGORY_OTHER);

  explicit BlocksTerm(const zoo::bb::Prepare& p) : Animal(p) {
    if (well_behaved) return;
    std::signal(SIGTERM, SIG_IGN);
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, nullptr);
    p.host->log(p.host, BH_LOG_INFO, "does not listen to SIGTERM any more");
  }

  void misbehave() override {
    for (;;) bh_keep(this);
  }
};

}  // namespace

ZOO_PLUGIN("blocks_term", BlocksTerm);
