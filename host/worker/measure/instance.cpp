#include "worker/measure/instance.h"

#include <fmt/format.h>

namespace benchhost::measure {

CallEnd Instance::end(Call which, bh_status_t status, bool threw) {
  CallEnd end;
  end.call = which;
  end.threw = threw;
  if (threw) {
    dead_ = true;
    end.status = BH_E_STATE;
    end.reason = fmt::format("{} let an exception out; nothing may unwind across the interface", to_text(which));
    return end;
  }
  end.status = known_status(status);
  if (end.ok()) return end;
  end.reason = services_.faults().reason();
  if (end.reason.empty() && devices_ != nullptr) end.reason = devices_->last_error();
  if (end.reason.empty()) {
    end.unsaid = true;
    end.reason = fmt::format("{} answered {}; no reason given", to_text(which), status_name(status));
  }
  return end;
}

template <class Function>
CallEnd Instance::call(Call which, States from, LifeState during, LifeState after, Function function) {
  Life& life = services_.life();
  if (dead_ || !life.in(from)) {
    CallEnd refused;
    refused.call = which;
    refused.status = BH_E_STATE;
    refused.reason = fmt::format("{} does not come in state {}", to_text(which), to_text(life.state()));
    return refused;
  }
  services_.faults().begin_call();
  // What an earlier call met and lived with is not the reason why this one fails.
  if (devices_ != nullptr) devices_->forget_error();
  life.set(during, which);
  bh_status_t status = BH_OK;
  bool threw = false;
  try {
    status = function();
  } catch (...) {
    threw = true;
  }
  CallEnd ended = end(which, status, threw);
  life.set(ended.ok() ? after : LifeState::failed, Call::none);
  return ended;
}

CallEnd Instance::create(const bh_create_t& args) {
  const bool may = state() == LifeState::none && !dead_;
  CallEnd ended = call(Call::create, one(LifeState::none), LifeState::created, LifeState::created,
                       [&] { return lifecycle_.create(services_.table(), &args, &self_); });
  if (ended.ok()) {
    ++counts_.create;
  } else if (may && !ended.threw) {
    // On failure nothing remains, and destroy is not called.
    services_.life().set(LifeState::none, Call::none);
  }
  return ended;
}

CallEnd Instance::prepare(const bh_prepare_t& args) {
  if (state() == LifeState::created && !dead_) ++counts_.prepare;
  return call(Call::prepare, one(LifeState::created), LifeState::preparing, LifeState::prepared,
              [&] { return lifecycle_.prepare(self_, &args); });
}

CallEnd Instance::prepare_batch(const bh_batch_t& batch) {
  return call(Call::prepare_batch, kPrepared, LifeState::prepared, LifeState::prepared,
              [&] { return lifecycle_.prepare_batch != nullptr ? lifecycle_.prepare_batch(self_, &batch) : BH_OK; });
}

CallEnd Instance::run(platform::Clock& clock, const bh_batch_t& batch, TimedRun* timed) {
  Life& life = services_.life();
  if (dead_ || !life.in(kPrepared)) {
    CallEnd refused;
    refused.call = Call::run;
    refused.status = BH_E_STATE;
    refused.reason = fmt::format("run does not come in state {}", to_text(life.state()));
    return refused;
  }
  services_.faults().begin_call();
  ++counts_.runs;
  life.set(open_run_ ? LifeState::open : LifeState::timed, Call::run);
  *timed = time_run(clock, lifecycle_, self_, batch);
  CallEnd ended = end(Call::run, timed->status, timed->threw);
  life.set(ended.ok() ? LifeState::prepared : LifeState::failed, Call::none);
  return ended;
}

CallEnd Instance::finish_batch(const bh_batch_t& batch) {
  return call(Call::finish_batch, kPrepared, LifeState::prepared, LifeState::prepared,
              [&] { return lifecycle_.finish_batch != nullptr ? lifecycle_.finish_batch(self_, &batch) : BH_OK; });
}

CallEnd Instance::verify(bh_verdict_t& verdict) {
  return call(Call::verify, kPrepared, LifeState::prepared, LifeState::prepared,
              [&] { return lifecycle_.verify != nullptr ? lifecycle_.verify(self_, &verdict) : BH_OK; });
}

CallEnd Instance::process() {
  return call(Call::process, kPrepared, LifeState::prepared, LifeState::prepared,
              [&] { return lifecycle_.process != nullptr ? lifecycle_.process(self_) : BH_OK; });
}

CallEnd Instance::teardown() {
  const bool failed = state() == LifeState::failed;
  const bool may = counts_.teardown < counts_.prepare;
  if (!may) {
    CallEnd refused;
    refused.call = Call::teardown;
    refused.status = BH_E_STATE;
    refused.reason = "teardown comes once after each prepare";
    return refused;
  }
  // Teardown of a cycle that did not fail is `untimed` and nothing else: `prepared` ends before it.
  CallEnd ended =
      call(Call::teardown, kPrepared | one(LifeState::failed), failed ? LifeState::failed : LifeState::created,
           LifeState::created, [&] { return lifecycle_.teardown(self_); });
  if (!dead_) ++counts_.teardown;
  return ended;
}

void Instance::destroy() {
  if (dead_ || counts_.destroy == counts_.create) return;
  Life& life = services_.life();
  services_.faults().begin_call();
  life.set(LifeState::created, Call::destroy);
  try {
    lifecycle_.destroy(self_);
  } catch (...) {
    dead_ = true;
    services_.faults().violate("destroy let an exception out; nothing may unwind across the interface");
  }
  ++counts_.destroy;
  life.set(LifeState::none, Call::none);
}

}  // namespace benchhost::measure
