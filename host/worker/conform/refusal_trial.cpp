// A host that refuses what its contract lets it refuse: memory, threads, recorders, extensions, time.
#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "worker/conform/trials.h"

namespace benchhost::conform {
namespace {

using measure::CallEnd;
using protocol::Requirement;

/// Refusals are tried for so many calls of memory_take, one after the other.
constexpr std::uint64_t kMostBlocks = 8;

/// Counts the calls of services, and refuses some. Thread: called by all members of a team at once.
class Refusing {
 public:
  /// service: "" for none. from: number of the first call that is refused; only: just that one.
  Refusing(std::string service, bh_status_t status, std::uint64_t from = 1, bool only = false)
      : service_(std::move(service)), status_(status), from_(from), only_(only) {}

  bh_status_t operator()(std::string_view service) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t call = ++counts_[std::string(service)];
    const bool hit = service == service_ && (only_ ? call == from_ : call >= from_);
    refused_ = refused_ || hit;
    return hit ? status_ : BH_OK;
  }
  [[nodiscard]] std::uint64_t count(const std::string& service) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(service);
    return found == counts_.end() ? 0 : found->second;
  }
  [[nodiscard]] bool refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
  }
  void allow_all() {
    const std::lock_guard lock(mutex_);
    service_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::string service_;
  bh_status_t status_;
  std::uint64_t from_;
  bool only_;
  bool refused_ = false;
  std::map<std::string, std::uint64_t> counts_;
};

/// One cycle as far as it goes.
CallEnd cycle(Stage& stage, const Scene& scene, bool with_results = true) {
  CallEnd ended = stage.prepare();
  if (ended.ok()) ended = stage.batch(least_n(*scene.benchmark));
  if (ended.ok() && with_results && scene.benchmark->has_verify) {
    std::optional<measure::Judgement> judgement;
    ended = stage.verify(judgement);
    if (ended.ok() && judgement && judgement->wrong) {
      ended.status = BH_E_MISMATCH;
      ended.reason = judgement->reason;
    }
  }
  if (ended.ok() && with_results) ended = stage.process();
  if (stage.instance().counts().prepare > stage.instance().counts().teardown) {
    const CallEnd torn = stage.teardown();
    if (ended.ok()) ended = torn;
  }
  return ended;
}

/// A cycle on a host that refuses, then one on the same instance on a host that gives everything again.
void try_refused(const Scene& scene, Notebook& notes, Requirement requirement, const std::string& where,
                 Refusing refusing) {
  Check check(notes, requirement, where);
  if (!check) return;
  Stage stage(scene, notes, where, {std::ref(refusing), nullptr});
  if (const CallEnd created = stage.create(); !created.ok()) {
    if (!refusing.refused()) check.fail(to_text(created));
    return;
  }
  const CallEnd first = cycle(stage, scene);
  if (!refusing.refused()) {
    check.not_applicable("the plugin did not ask for it");
    return;
  }
  if (first.threw) check.fail(to_text(first));
  if (!first.ok() && first.status == BH_E_MISMATCH) {
    check.fail("prepare went on without what it was refused, and the results are wrong: " + first.reason);
  }
  // After a failed call an instance is prepared again or destroyed; both must do.
  if (!check.good() || stage.instance().state() != measure::LifeState::created) return;
  refusing.allow_all();
  if (scene.benchmark->fresh_process) return;
  if (const CallEnd second = cycle(stage, scene); !second.ok() && !declined(second)) {
    check.fail("with nothing refused any more, the same instance: " + to_text(second));
  }
}

void cancelled(const Scene& scene, Notebook& notes, const std::string& where) {
  const std::atomic<std::uint32_t> asked{1};
  Check check(notes, Requirement::ends_when_cancelled, where + ", the end is asked for from the start");
  if (!check) return;
  Stage stage(scene, notes, where, {{}, &asked});
  if (!stage.create().ok()) return;
  // What was cut short has no results to be verified.
  const CallEnd ended = cycle(stage, scene, false);
  if (!ended.ok() && ended.status != BH_E_CANCELLED && !declined(ended)) {
    check.warn(fmt::format("a call that stops because the host asked answers BH_E_CANCELLED; {}", to_text(ended)));
  }
}

/// Arguments as a newer host gives them: longer, with what this version does not know.
template <class T>
struct Longer {
  T value{};
  std::array<unsigned char, 64> tail;
  explicit Longer(const T& known) : value(known) {
    value.struct_size = sizeof(Longer);
    tail.fill(0xA5);
  }
  [[nodiscard]] bool intact() const {
    return std::ranges::all_of(tail, [](unsigned char byte) { return byte == 0xA5; });
  }
};

void longer_arguments(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::takes_longer_arguments, where);
  if (!check) return;
  Stage stage(scene, notes, where);
  measure::Instance& instance = stage.instance();
  const auto went = [&](const CallEnd& ended) {
    if (declined(ended)) check.not_applicable(to_text(ended));
    if (!ended.ok()) check.fail("with structs that are longer than the plugin knows, " + to_text(ended));
    return ended.ok();
  };
  const Longer create(stage.create_arguments());
  const Longer prepare(stage.prepare_arguments());
  if (!went(instance.create(create.value))) return;
  stage.lend();
  bool done = went(instance.prepare(prepare.value));
  if (done && scene.devices == nullptr) {
    bh_batch_t known{};
    known.n = least_n(*scene.benchmark);
    const Longer batch(known);
    measure::TimedRun timed;
    if (const auto room = stage.services().make_room(known.n); !room.ok()) check.fail(room.error().message);
    done = went(instance.prepare_batch(batch.value)) && went(instance.run(*scene.clock, batch.value, &timed)) &&
           went(instance.finish_batch(batch.value));
    if (done && scene.benchmark->has_verify) {
      Longer verdict(measure::blank_verdict());
      const CallEnd ended = instance.verify(verdict.value);
      went(ended);
      if (!verdict.intact()) check.fail("verify wrote beyond the members of bh_verdict that it knows");
    }
  }
  static_cast<void>(instance.teardown());
  stage.take_back();
}

void longer_tables(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::takes_longer_tables, where);
  if (!check) return;
  Hindrance grown;
  grown.grown = true;
  Stage stage(scene, notes, where, grown);
  CallEnd ended = stage.create();
  if (ended.ok()) ended = cycle(stage, scene);
  if (declined(ended)) {
    check.not_applicable(to_text(ended));
  } else if (!ended.ok()) {
    check.fail("with tables that are longer than the plugin knows, " + to_text(ended));
  }
}

void does_without(const Scene& scene, Notebook& notes, const std::string& where) {
  std::vector<std::string> absent;
  if (!scene.job->asset_dir.empty()) absent.emplace_back("asset_dir");
  for (std::size_t i = 0; scene.devices != nullptr && i < scene.benchmark->slots.size(); ++i) {
    const bool filled = scene.devices->devices()[i] != nullptr;
    if (filled && scene.benchmark->slots[i].optional) absent.push_back("slot " + scene.benchmark->slots[i].id);
  }
  if (absent.empty()) {
    notes.note(Requirement::does_without, protocol::Finding::not_applicable, where,
               "it has neither assets nor a device in an optional slot");
    return;
  }
  Check check(notes, Requirement::does_without, fmt::format("{}, without {}", where, fmt::join(absent, ", ")));
  if (!check) return;
  Hindrance bare;
  bare.bare = true;
  Stage stage(scene, notes, where, bare);
  CallEnd ended = stage.create();
  // Who cannot go on says so; who goes on does it right.
  if (!ended.ok()) return;
  ended = cycle(stage, scene);
  if (!ended.ok() && (ended.threw || ended.call != measure::Call::prepare)) check.fail(to_text(ended));
}

}  // namespace

void try_refusals(const Scene& scene, Notebook& notes) {
  const std::string& id = scene.benchmark->id;
  Refusing counting("", BH_OK);
  {
    Check check(notes, Requirement::prepares, id + ", before anything is refused");
    if (!check) return;
    Stage stage(scene, notes, id, {std::ref(counting), nullptr});
    if (!stage.create().ok()) return;
    static_cast<void>(cycle(stage, scene));
  }
  const std::uint64_t blocks = counting.count("memory_take");
  for (std::uint64_t call = 1; call <= std::min(blocks, kMostBlocks); ++call) {
    try_refused(scene, notes, Requirement::survives_no_memory,
                fmt::format("{}, memory_take {} of {} refused", id, call, blocks),
                Refusing("memory_take", BH_E_NO_MEMORY, call, true));
  }
  if (blocks == 0) {
    notes.note(Requirement::survives_no_memory, protocol::Finding::not_applicable, id,
               "it takes no memory of the host");
  }
  for (const char* service : {"team_open", "recorder_open", "metric_declare", "attach"}) {
    const bool asked = counting.count(service) > 0;
    if (!asked) {
      notes.note(Requirement::survives_refused_services, protocol::Finding::not_applicable,
                 fmt::format("{}, {}", id, service), "it does not ask for that");
      continue;
    }
    const bh_status_t status = std::string_view(service) == "attach" ? BH_E_IO : BH_E_NO_MEMORY;
    try_refused(scene, notes, Requirement::survives_refused_services, fmt::format("{}, {} refused", id, service),
                Refusing(service, status));
  }
  if (counting.count("extension") == 0) {
    notes.note(Requirement::survives_missing_extensions, protocol::Finding::not_applicable, id, "it asks for none");
  } else {
    try_refused(scene, notes, Requirement::survives_missing_extensions, fmt::format("{}, extension answers NULL", id),
                Refusing("extension", BH_E_UNSUPPORTED));
  }
  cancelled(scene, notes, id);
  longer_arguments(scene, notes, id);
  longer_tables(scene, notes, id);
  does_without(scene, notes, id);
}

}  // namespace benchhost::conform
