#include "tuning/tune.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/platform/file_lock.h"

namespace benchhost::tuning {
namespace {

namespace fs = std::filesystem;

// Whoever else holds the lock is writing some files: longer than that is a hang.
constexpr std::int64_t kPatienceNs = 2'000'000'000;
// A list of a hundred CPUs' files helps nobody.
constexpr std::size_t kMostNamed = 4;

Result<platform::FileLock> take_lock(const TunePlace& place) {
  BH_CHECK(place.files.make_folder(place.state_folder));
  BH_CHECK(check_state_folder(place.files, place.state_folder));
  auto lock = platform::FileLock::take(place.state_folder / "tune.lock", kPatienceNs);
  if (lock.ok()) return lock;
  return make_error("BH0752", fmt::format("settings cannot be changed now: {}", lock.error().message),
                    "if another tune or restore is under way, wait for its end; nothing was changed");
}

// Refuses before anything is changed.
Result<void> check_permission(const std::vector<std::string>& files, const TunePlace& place) {
  std::vector<std::string> refused;
  std::string first;
  for (const std::string& file : files) {
    const auto may = place.writer.may_write(place.root / file);
    if (may.ok()) continue;
    if (refused.empty()) first = may.error().message;
    refused.push_back((place.root / file).string());
  }
  if (refused.empty()) return {};
  const std::size_t more = refused.size() > kMostNamed ? refused.size() - kMostNamed : 0;
  if (more > 0) refused.resize(kMostNamed);
  return make_error("BH0750",
                    fmt::format("{}{} may not be written ({})", fmt::join(refused, ", "),
                                more > 0 ? fmt::format(" and {} more", more) : "", first),
                    "these settings belong to root: sudo benchhost …; nothing was changed");
}

// Writes one file and looks whether it took.
Step put(const TunePlace& place, const SavedSetting& setting, const std::string& to) {
  const fs::path path = place.root / setting.file;
  Step step{setting.name, setting.file, read_setting(place.files, path).value_or(""), to, StepResult::changed, {}};
  if (!platform::exists(place.files, path)) {
    step.result = StepResult::failed;
    step.reason = "it is not there now: its CPU may be switched off";
    return step;
  }
  if (step.from == to) {
    step.result = StepResult::unchanged;
    return step;
  }
  const auto written = place.writer.write(path, to);
  const auto now = read_setting(place.files, path);
  if (now == to) return step;
  step.result = StepResult::failed;
  step.reason = !written.ok() ? written.error().message
                              : fmt::format("it was written, and says '{}' all the same", now.value_or("nothing"));
  return step;
}

Error of_another_root(const TuneState& state, const TunePlace& place) {
  return make_error("BH0751",
                    fmt::format("the saved settings are those below {}, not below {}", state.root, place.root.string()),
                    "name another folder with --state-dir; nothing was changed");
}

}  // namespace

std::string_view to_text(StepResult result) {
  switch (result) {
    case StepResult::changed:
      return "changed";
    case StepResult::unchanged:
      return "unchanged";
    case StepResult::failed:
      return "failed";
  }
  return "failed";
}

bool TuneReport::failed() const {
  return std::ranges::any_of(steps, [](const Step& s) { return s.result == StepResult::failed; });
}

fs::path state_file(const fs::path& state_folder) { return state_folder / "tune.json"; }

Result<TuneReport> tune(const TunePlan& plan, const TunePlace& place, std::int64_t now_wall_ns) {
  TuneState wanted;
  wanted.root = place.root.string();
  wanted.saved_wall_ns = now_wall_ns;
  std::vector<std::string> files;
  for (const Change& change : plan.changes) {
    for (const SettingFile& file : change.files) {
      wanted.settings.push_back({change.name, file.file, file.now, change.then});
      files.push_back(file.file);
    }
  }
  TuneReport report;
  report.state_file = state_file(place.state_folder);
  // A damaged file is said even where there is nothing to do or to be allowed: it holds what somebody wants back.
  BH_TRY(std::optional<TuneState> saved, load_state(place.files, report.state_file));
  BH_CHECK(check_permission(files, place));
  if (files.empty()) {
    report.state_kept = saved.has_value();
    return report;
  }
  BH_TRY(const platform::FileLock lock, take_lock(place));
  // Read again: whoever held the lock may have changed it.
  BH_TRY(saved, load_state(place.files, report.state_file));
  if (saved && saved->root != wanted.root) return of_another_root(*saved, place);
  const TuneState all = merged(saved, wanted);
  BH_CHECK(place.files.write(report.state_file, state_text(all), 0600));
  report.state_kept = true;
  for (const SavedSetting& setting : wanted.settings) report.steps.push_back(put(place, setting, setting.after));
  return report;
}

Result<std::optional<TuneReport>> restore(const TunePlace& place) {
  TuneReport report;
  report.state_file = state_file(place.state_folder);
  BH_TRY(std::optional<TuneState> saved, load_state(place.files, report.state_file));
  if (!saved) return std::optional<TuneReport>();
  BH_TRY(const platform::FileLock lock, take_lock(place));
  BH_TRY(saved, load_state(place.files, report.state_file));
  if (!saved) return std::optional<TuneReport>();
  if (saved->root != place.root.string()) return of_another_root(*saved, place);
  std::vector<std::string> files;
  for (const SavedSetting& setting : saved->settings) {
    // A CPU that was switched off has taken its files with it: that is no lack of permission, and no reason to leave
    // the others as they are.
    const fs::path path = place.root / setting.file;
    if (!platform::exists(place.files, path)) continue;
    if (read_setting(place.files, path) != setting.before) files.push_back(setting.file);
  }
  BH_CHECK(check_permission(files, place));
  TuneState left = *saved;
  left.settings.clear();
  for (const SavedSetting& setting : saved->settings) {
    Step step = put(place, setting, setting.before);
    if (step.result == StepResult::failed) {
      left.settings.push_back(setting);
    } else if (step.result == StepResult::changed && step.from != setting.after) {
      step.reason = fmt::format("changed in between: tune had set {}", setting.after);
    }
    report.steps.push_back(std::move(step));
  }
  report.state_kept = !left.settings.empty();
  if (report.state_kept) {
    BH_CHECK(place.files.write(report.state_file, state_text(left), 0600));
  } else {
    BH_CHECK(place.files.remove(report.state_file));
  }
  return std::optional(std::move(report));
}

}  // namespace benchhost::tuning
