#include "cli/signals.h"

#include <array>
#include <csignal>

namespace benchhost::cli {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

// A signal handler has no argument of its own: this is the one way to it.
std::atomic<SignalGuard*> current = nullptr;

}  // namespace

struct SignalGuard::Saved {
  std::array<struct sigaction, kSignals.size()> actions;
  std::array<bool, kSignals.size()> taken;
};

SignalGuard::SignalGuard(supervise::CancelToken& cancel) : cancel_(cancel), saved_(std::make_unique<Saved>()) {
  current.store(this);
  struct sigaction action = {};
  action.sa_handler = &SignalGuard::handle;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &saved_->actions[i]);
    // nohup, or a shell that started this in the background: whoever ignores a signal for us means it.
    saved_->taken[i] = saved_->actions[i].sa_handler != SIG_IGN;
    if (saved_->taken[i]) sigaction(kSignals[i], &action, nullptr);
  }
}

SignalGuard::~SignalGuard() { give_back(); }

void SignalGuard::give_back() {
  if (saved_ == nullptr) return;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (saved_->taken[i]) sigaction(kSignals[i], &saved_->actions[i], nullptr);
  }
  current.store(nullptr);
  saved_.reset();
}

void SignalGuard::handle(int number) {
  SignalGuard* guard = current.load();
  if (guard == nullptr) return;
  if (number == SIGUSR1) {
    guard->status_wanted_.store(true);
    return;
  }
  int none = 0;
  if (guard->first_.compare_exchange_strong(none, number)) {
    guard->cancel_.request();
  } else if (!guard->cancel_.forced()) {
    guard->cancel_.force();
  } else {
    // Whatever keeps this process from listening, its user has waited long enough.
    ::signal(number, SIG_DFL);
    raise(number);
  }
}

Result<std::unique_ptr<Interrupts>> Interrupts::make() {
  BH_TRY(supervise::CancelToken token, supervise::CancelToken::make());
  return std::unique_ptr<Interrupts>(new Interrupts(std::move(token)));
}

}  // namespace benchhost::cli
