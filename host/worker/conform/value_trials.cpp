// Parameters at the ends of what they may be, and beyond; and calls in an order that no host makes.
#include <array>

#include <fmt/format.h>

#include "worker/conform/trials.h"

namespace benchhost::conform {
namespace {

using measure::Call;
using measure::CallEnd;
using measure::LifeState;
using protocol::Requirement;

std::string values_text(const Scene& scene) {
  std::string text;
  for (std::size_t i = 0; i < scene.job->values.size() && i < scene.benchmark->parameters.size(); ++i) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", scene.benchmark->parameters[i].name,
                        protocol::canonical_text(scene.job->values[i]));
  }
  return fmt::format("{} {{{}}}", scene.benchmark->id, text);
}

// ---- disorder -------------------------------------------------------------------------------------------------------

/// The functions of one instance, called in any order at all.
class Disorder {
 public:
  Disorder(const Scene& scene, Notebook& notes) : scene_(scene), stage_(scene, notes, scene.benchmark->id) {
    batch_.struct_size = sizeof batch_;
    batch_.n = least_n(*scene.benchmark);
  }
  ~Disorder() {
    try {
      if (created_) scene_.lifecycle->destroy(self_);
    } catch (...) {
      created_ = false;
    }
  }
  Disorder(const Disorder&) = delete;
  Disorder& operator=(const Disorder&) = delete;

  bh_status_t call(Call which) {
    const bh_lifecycle_t& life = *scene_.lifecycle;
    // As if the state were the right one: what is examined is the plugin and not the host.
    stage_.services().life().set(which == Call::run       ? LifeState::timed
                                 : which == Call::prepare ? LifeState::preparing
                                                          : LifeState::prepared,
                                 which);
    switch (which) {
      case Call::create: {
        const bh_create_t args = stage_.create_arguments();
        const bh_status_t status = life.create(stage_.services().table(), &args, &self_);
        created_ = status == BH_OK;
        return status;
      }
      case Call::prepare: {
        const bh_prepare_t args = stage_.prepare_arguments();
        return life.prepare(self_, &args);
      }
      case Call::prepare_batch:
        return life.prepare_batch == nullptr ? BH_E_STATE : life.prepare_batch(self_, &batch_);
      case Call::run:
        return life.run(self_, &batch_);
      case Call::finish_batch:
        return life.finish_batch == nullptr ? BH_E_STATE : life.finish_batch(self_, &batch_);
      case Call::verify: {
        bh_verdict_t verdict = measure::blank_verdict();
        return life.verify == nullptr ? BH_E_STATE : life.verify(self_, &verdict);
      }
      case Call::process:
        return life.process == nullptr ? BH_E_STATE : life.process(self_);
      default:
        return life.teardown(self_);
    }
  }

 private:
  const Scene& scene_;
  Stage stage_;
  bh_batch_t batch_{};
  void* self_ = nullptr;
  bool created_ = false;
};

struct Misorder {
  std::vector<Call> before;
  Call wrong = Call::none;
  std::string_view text;
};

const std::vector<Misorder>& misorders() {
  static const std::vector<Misorder> all = {
      {{}, Call::run, "run before prepare"},
      {{}, Call::prepare_batch, "prepare_batch before prepare"},
      {{}, Call::finish_batch, "finish_batch before prepare"},
      {{}, Call::verify, "verify before prepare"},
      {{}, Call::process, "process before prepare"},
      {{Call::prepare, Call::teardown}, Call::run, "run after teardown"},
      {{Call::prepare, Call::teardown}, Call::verify, "verify after teardown"},
  };
  return all;
}

}  // namespace

void try_disorder(const Scene& scene, Notebook& notes) {
  for (const Misorder& order : misorders()) {
    Check check(notes, Requirement::refuses_disorder, fmt::format("{}, {}", scene.benchmark->id, order.text));
    if (!check) continue;
    if (scene.benchmark->is_null) {
      check.not_applicable("a null benchmark does nothing in any order");
      continue;
    }
    if (scene.devices != nullptr) {
      check.not_applicable("not tried with devices, whose session would refuse first");
      continue;
    }
    try {
      Disorder disorder(scene, notes);
      bool ready = disorder.call(Call::create) == BH_OK;
      for (const Call before : order.before) ready = ready && disorder.call(before) == BH_OK;
      if (!ready) {
        check.not_applicable("the calls before it fail");
      } else if (disorder.call(order.wrong) == BH_OK) {
        check.warn("answered BH_OK; BH_E_STATE would say that nothing was done");
      }
    } catch (...) {
      check.warn("an exception came out");
    }
  }
}

void try_boundary(const Scene& scene, Notebook& notes) {
  const std::string where = values_text(scene);
  Check check(notes, Requirement::takes_declared_parameters, where);
  if (!check) return;
  Stage stage(scene, notes, where);
  CallEnd ended = stage.create();
  if (ended.ok()) ended = stage.prepare();
  if (ended.ok()) ended = stage.batch(least_n(*scene.benchmark));
  if (ended.ok() && scene.benchmark->has_verify) {
    std::optional<measure::Judgement> judgement;
    ended = stage.verify(judgement);
    if (judgement && judgement->wrong) check.fail("verify finds the results wrong: " + judgement->reason);
  }
  if (declined(ended)) {
    check.not_applicable(to_text(ended));
  } else if (!ended.ok()) {
    check.fail("the value is one that the descriptor allows; " + to_text(ended));
  }
}

void try_beyond(const Scene& scene, Notebook& notes) {
  const std::string where = values_text(scene);
  Check check(notes, Requirement::refuses_other_parameters, where);
  if (!check) return;
  Stage stage(scene, notes, where);
  CallEnd ended = stage.create();
  if (ended.ok()) ended = stage.prepare();
  if (ended.ok()) {
    check.warn("prepare took a value that the descriptor does not allow; BH_E_ARGUMENT would name it");
  }
}

}  // namespace benchhost::conform
