// Every order that the published state machine has, on one benchmark.
#include <algorithm>
#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "common/platform/affinity.h"
#include "worker/conform/process_state.h"
#include "worker/conform/trials.h"

namespace benchhost::conform {
namespace {

using measure::CallEnd;
using measure::Judgement;
using protocol::Domain;
using protocol::MetricKind;
using protocol::Requirement;

/// Results are wrong, or verify failed: the check has failed if false. True as well where there is no verify.
bool right(Stage& stage, const Scene& scene, Check& check, std::optional<Judgement>& judgement) {
  if (!scene.benchmark->has_verify) return true;
  const CallEnd ended = stage.verify(judgement);
  if (judgement && judgement->wrong) {
    check.fail("verify finds the results wrong: " + judgement->reason);
  } else if (!ended.ok()) {
    check.fail(to_text(ended));
  }
  return check.good();
}

bool went(Check& check, const CallEnd& ended) {
  if (declined(ended)) {
    check.not_applicable(to_text(ended));
  } else if (!ended.ok()) {
    check.fail(to_text(ended));
  }
  return ended.ok();
}

void creates(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::creates_and_destroys, where);
  if (!check) return;
  for (int i = 0; i < 3; ++i) {
    Stage stage(scene, notes, where);
    if (!went(check, stage.create())) return;
  }
}

void prepares(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::prepares, where + ", prepare and teardown without a batch");
  if (!check) return;
  Stage stage(scene, notes, where);
  if (went(check, stage.create()) && went(check, stage.prepare())) went(check, stage.teardown());
}

void cycles(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::repeats_cycles, where + ", three cycles of one instance");
  if (!check) return;
  if (scene.benchmark->fresh_process) {
    check.not_applicable("each of its cycles has a process of its own");
    return;
  }
  Stage stage(scene, notes, where);
  if (!went(check, stage.create())) return;
  for (std::uint64_t cycle = 0; cycle < 3 && check.good(); ++cycle) {
    std::optional<Judgement> judgement;
    // Other data each time: what an earlier cycle left must not pass for a result of this one.
    const bool done = went(check, stage.prepare(cycle)) &&
                      went(check, stage.batch(least_n(*scene.benchmark), cycle == 0)) &&
                      right(stage, scene, check, judgement) && went(check, stage.process());
    if (done) went(check, stage.teardown());
  }
}

void step_by_step(const Scene& scene, Notebook& notes, const std::string& where, Check& check) {
  Stage a(scene, notes, where);
  Stage b(scene, notes, where);
  const std::uint64_t n = least_n(*scene.benchmark);
  std::optional<Judgement> judgement;
  const bool done = went(check, a.create()) && went(check, b.create()) && went(check, a.prepare()) &&
                    went(check, b.prepare(1)) && went(check, a.batch(n)) && went(check, b.batch(n)) &&
                    right(a, scene, check, judgement) && right(b, scene, check, judgement) && went(check, a.teardown());
  if (!done) return;
  // The other one goes on.
  if (scene.benchmark->batch == protocol::BatchPolicy::once || went(check, b.batch(n)))
    right(b, scene, check, judgement);
}

void side_by_side(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::lives_side_by_side, where + ", two instances in turn");
  if (!check) return;
  if (scene.devices != nullptr) {
    check.not_applicable("devices are lent to one instance at a time");
    return;
  }
  // Teams of two instances bind the control thread one over the other, and each gives back what it found.
  const auto home = platform::allowed_cpus();
  step_by_step(scene, notes, where, check);
  if (home.ok()) static_cast<void>(platform::pin_this_thread(*home));
}

void any_n(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::runs_any_n, where + ", batches of different n");
  if (!check) return;
  Stage stage(scene, notes, where);
  if (!went(check, stage.create()) || !went(check, stage.prepare())) return;
  const std::uint64_t least = least_n(*scene.benchmark);
  for (const std::uint64_t n : {least, 2 * least, 3 * least, least, 7 * least, least + 1}) {
    std::optional<Judgement> judgement;
    const std::uint64_t allowed = allowed_n(*scene.benchmark, n);
    const CallEnd ended = stage.batch(allowed);
    if (!ended.ok()) {
      check.fail(fmt::format("n = {}: {}", allowed, to_text(ended)));
    } else if (!right(stage, scene, check, judgement)) {
      return;
    }
    if (!check.good() || scene.benchmark->batch == protocol::BatchPolicy::once) return;
  }
}

std::string text_of(double value) { return std::isnan(value) ? "none" : fmt::format("{}", value); }

std::string verdict_text(const protocol::Verdict& v) {
  return fmt::format("{} checked, error {}, tolerance {}", v.checked, text_of(v.error.value_or(NAN)),
                     text_of(v.tolerance.value_or(NAN)));
}

/// Threads and devices may add in another order each time: there the errors may differ.
bool same(const Scene& scene, Stage& stage, const protocol::Verdict& a, const protocol::Verdict& b) {
  const bool exact = scene.single_threaded && scene.devices == nullptr && stage.services().threads() == 1;
  return exact ? verdict_text(a) == verdict_text(b) : a.checked == b.checked && a.tolerance == b.tolerance;
}

void verdicts(const Scene& scene, Notebook& notes, const std::string& where) {
  std::optional<Judgement> first;
  {
    Check check(notes, Requirement::results_right, where);
    if (!check) return;
    if (!scene.benchmark->has_verify) {
      check.not_applicable("the benchmark has no verify");
      return;
    }
    Stage stage(scene, notes, where);
    if (!went(check, stage.up_to_batch()) || !right(stage, scene, check, first)) return;
    if (first->unverified) notes.fail(Requirement::has_oracle, where, "verify compares nothing: checked is 0");

    Check again(notes, Requirement::verify_repeats, where);
    std::optional<Judgement> second;
    if (again && right(stage, scene, again, second) && !same(scene, stage, first->verdict, second->verdict)) {
      again.fail(
          fmt::format("verify said first: {}; then: {}", verdict_text(first->verdict), verdict_text(second->verdict)));
    }
  }
  Check seeded(notes, Requirement::seed_decides, where + ", the same seed in another instance");
  if (!seeded) return;
  Stage stage(scene, notes, where);
  std::optional<Judgement> other;
  if (!went(seeded, stage.up_to_batch()) || !right(stage, scene, seeded, other)) return;
  if (!same(scene, stage, first->verdict, other->verdict)) {
    seeded.fail(
        fmt::format("verify said first: {}; then: {}", verdict_text(first->verdict), verdict_text(other->verdict)));
  }
}

std::string work_text(const std::optional<protocol::Work>& work) {
  if (!work) return "none";
  std::vector<std::string> items;
  for (const protocol::WorkItem& item : work->items) items.push_back(fmt::format("{} {}", item.key, item.amount));
  std::ranges::sort(items);
  return fmt::format("{}", fmt::join(items, ", "));
}

/// The metric divides work of this key: "bytes" stands for all bytes.
bool states(const protocol::Work& work, const std::string& key) {
  return std::ranges::any_of(work.items, [&](const protocol::WorkItem& item) {
    return item.key == key || item.key.starts_with(key + "_") || item.key.starts_with(key + ".");
  });
}

bool needs_work(const protocol::MetricRecord& m) {
  return (m.domain == Domain::host || m.domain == Domain::queue) && m.kind == MetricKind::rate;
}

void metrics(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::reports_metrics, where + ", one cycle");
  if (!check) return;
  Stage stage(scene, notes, where);
  std::optional<Judgement> judgement;
  const bool done = went(check, stage.up_to_batch()) && right(stage, scene, check, judgement) &&
                    went(check, stage.process()) && went(check, stage.teardown());
  if (!done) return;
  stage.services().send_kept();
  for (const protocol::MetricRecord& m : scene.benchmark->metrics) {
    const bool timed = m.domain == Domain::host || m.domain == Domain::queue;
    if (timed || !m.source.empty() || stage.witness().told().contains(m.id)) continue;
    const std::string text = fmt::format("metric '{}' has no value after a cycle and was not withheld", m.id);
    if (m.primary) {
      check.fail(text);
    } else {
      check.warn(text);
    }
  }
}

void work(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::states_work, where + ", two cycles");
  if (!check) return;
  Stage stage(scene, notes, where);
  if (!went(check, stage.create())) return;
  std::string before;
  for (int cycle = 0; cycle < (scene.benchmark->fresh_process ? 1 : 2); ++cycle) {
    if (!went(check, stage.prepare()) || !went(check, stage.batch(least_n(*scene.benchmark)))) return;
    if (!went(check, stage.teardown())) return;
    const std::string stated = work_text(stage.witness().work());
    if (cycle > 0 && stated != before) {
      check.fail(fmt::format("the same parameters stated first: {}; then: {}", before, stated));
    }
    before = stated;
  }
  const std::optional<protocol::Work>& stated = stage.witness().work();
  bool needed = false;
  for (const protocol::MetricRecord& m : scene.benchmark->metrics) {
    if (!needs_work(m) || stage.witness().told().contains(m.id)) continue;
    needed = true;
    if (!stated || !states(*stated, m.work)) {
      check.fail(
          fmt::format("metric '{}' divides work of '{}', which is not stated (stated: {})", m.id, m.work, before));
    }
  }
  if (!needed && !stated) check.not_applicable("no metric needs it, and none is stated");
}

void memory(const Scene& scene, Notebook& notes, const std::string& where) {
  Check check(notes, Requirement::returns_memory, where);
  if (!check) return;
  Stage stage(scene, notes, where);
  if (!went(check, stage.up_to_batch()) || !went(check, stage.teardown())) return;
  if (!stage.left().empty()) check.warn("teardown left with the host: " + stage.left());
}

/// Threads end a little after who waits for them goes on: looks again until the plugin has had time enough.
std::vector<StateChange> settled_changes(const ProcessState& before, std::uint32_t own_threads,
                                         platform::Clock& clock) {
  constexpr int kLooks = 40;
  constexpr std::int64_t kPauseNs = 25'000'000;
  for (int look = 0;; ++look) {
    auto found = changes(before, read_process_state(), own_threads);
    const bool may_pass = std::ranges::any_of(found, [](const StateChange& c) {
      return c.requirement == Requirement::leaves_no_threads || c.requirement == Requirement::leaves_no_children;
    });
    if (!may_pass || look == kLooks) return found;
    clock.sleep_until(clock.now_ns() + kPauseNs);
  }
}

}  // namespace

void note_changes(const ProcessState& before, std::uint32_t own_threads, platform::Clock& clock,
                  const std::string& where, Notebook& notes) {
  const std::vector<StateChange> found = settled_changes(before, own_threads, clock);
  for (const Requirement requirement : process_requirements()) {
    const auto change = std::ranges::find(found, requirement, &StateChange::requirement);
    if (change == found.end()) {
      notes.note(requirement, protocol::Finding::passed, where);
    } else {
      notes.fail(requirement, where, change->text);
    }
  }
}

void try_life(const Scene& scene, Notebook& notes) {
  const std::string& where = scene.benchmark->id;
  creates(scene, notes, where);
  prepares(scene, notes, where);
  cycles(scene, notes, where);
  side_by_side(scene, notes, where);
  any_n(scene, notes, where);
  verdicts(scene, notes, where);
  metrics(scene, notes, where);
  work(scene, notes, where);
  memory(scene, notes, where);
  // What stages note by themselves: nothing of it was seen, or it is on record as failed beside this.
  for (const Requirement always :
       {Requirement::calls_where_allowed, Requirement::failures_have_reasons, Requirement::nothing_unwinds}) {
    notes.note(always, protocol::Finding::passed, where);
  }
}

}  // namespace benchhost::conform
