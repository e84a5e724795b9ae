#include "tuning/tune.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/platform/file_lock.h"
#include "common/platform/setting_file.h"
#include "unit/tuning/kernel_tree.h"

using namespace benchhost;
using namespace benchhost::tuning;
using benchhost::test::KernelTree;

namespace {

namespace fs = std::filesystem;

/// A kernel that writes into the tree, but for the files that a test takes away from it.
struct Kernel {
  KernelTree tree;
  std::set<std::string> forbidden;  ///< may not be written
  std::set<std::string> refusing;   ///< may be written, and does not take it
  std::set<std::string> silent;     ///< takes it, and stays as it is
  std::vector<std::string> written;
  SettingWriter writer{[this](const fs::path& path) { return may(path); },
                       [this](const fs::path& path, std::string_view text) { return write(path, text); }};

  [[nodiscard]] fs::path state_folder() const { return tree.root() / "state"; }
  [[nodiscard]] TunePlace place() { return {tree.files, writer, tree.root(), state_folder()}; }
  [[nodiscard]] std::string name_of(const fs::path& path) const {
    return path.lexically_relative(tree.root()).string();
  }
  Result<void> may(const fs::path& path) {
    if (!forbidden.contains(name_of(path))) return {};
    return make_error("BH0003", "Permission denied");
  }
  Result<void> write(const fs::path& path, std::string_view text) {
    written.push_back(name_of(path));
    if (refusing.contains(written.back())) return make_error("BH0003", "Invalid argument");
    if (silent.contains(written.back())) return {};
    return platform::write_setting(path, text);
  }
  Result<TuneReport> tune() { return tuning::tune(plan_tuning(tree.files, tree.root()), place(), 42); }
  [[nodiscard]] bool saved() { return platform::exists(tree.files, state_file(state_folder())); }
};

std::map<std::string, std::string> all_files(KernelTree& tree) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(tree.root())) {
    if (entry.is_regular_file())
      all[entry.path().string()] = tree.get(entry.path().lexically_relative(tree.root()).string());
  }
  return all;
}

}  // namespace

TEST_CASE("tune changes what it planned, restore puts all of it back and forgets it") {
  Kernel kernel;
  kernel.tree.put_defaults();
  const auto before = all_files(kernel.tree);
  const auto tuned = kernel.tune();
  REQUIRE_MESSAGE(tuned.ok(), to_text(tuned.ok() ? Error{} : tuned.error()));
  CHECK(tuned->steps.size() == 6);
  CHECK(std::ranges::all_of(tuned->steps, [](const Step& s) { return s.result == StepResult::changed; }));
  CHECK_FALSE(tuned->failed());
  CHECK(tuned->state_kept);
  CHECK(kernel.tree.get(test::kGovernor1) == "performance");
  CHECK(kernel.tree.get(test::kNoTurboFile) == "1");
  CHECK(kernel.saved());

  const auto back = restore(kernel.place());
  REQUIRE(back.ok());
  REQUIRE(back->has_value());
  CHECK((*back)->steps.size() == 6);
  CHECK_FALSE((*back)->failed());
  CHECK_FALSE((*back)->state_kept);
  CHECK_FALSE(kernel.saved());
  CHECK(kernel.tree.get(test::kGovernor0) == "powersave");
  CHECK(kernel.tree.get(test::kNoTurboFile) == "0");
  CHECK(kernel.tree.get("sys/kernel/mm/transparent_hugepage/enabled") == "always");
  CHECK(kernel.tree.get(test::kParanoidFile) == "4");
  CHECK(before.size() == all_files(kernel.tree).size() - 1);  // the lock stays

  const auto again = restore(kernel.place());
  REQUIRE(again.ok());
  CHECK_FALSE(again->has_value());
}

TEST_CASE("what was is on the disk before the first file is written") {
  Kernel kernel;
  kernel.tree.put_defaults();
  bool saved_before = false;
  const auto write = kernel.writer.write;
  kernel.writer.write = [&](const fs::path& path, std::string_view text) {
    if (kernel.written.empty())
      saved_before = load_state(kernel.tree.files, state_file(kernel.state_folder())).ok() && kernel.saved();
    return write(path, text);
  };
  REQUIRE(kernel.tune().ok());
  CHECK(saved_before);
}

TEST_CASE("if one file may not be written, none is and nothing is saved") {
  Kernel kernel;
  kernel.tree.put_defaults();
  kernel.forbidden = {std::string(test::kNoTurboFile)};
  const auto before = all_files(kernel.tree);
  const auto tuned = kernel.tune();
  REQUIRE_FALSE(tuned.ok());
  CHECK(tuned.error().code == "BH0750");
  CHECK(tuned.error().message.find("no_turbo") != std::string::npos);
  CHECK(tuned.error().message.find("Permission denied") != std::string::npos);
  CHECK(tuned.error().message.find("scaling_governor") == std::string::npos);
  CHECK(kernel.written.empty());
  CHECK(all_files(kernel.tree) == before);
}

TEST_CASE("a setting that the kernel refuses, or takes and forgets, is said, and the others are changed") {
  Kernel kernel;
  kernel.tree.put_defaults();
  kernel.refusing = {"proc/sys/kernel/perf_event_max_sample_rate"};
  kernel.silent = {std::string(test::kGovernor1)};
  const auto tuned = kernel.tune();
  REQUIRE(tuned.ok());
  CHECK(tuned->failed());
  std::vector<std::string> failed;
  for (const Step& s : tuned->steps) {
    if (s.result == StepResult::failed) failed.push_back(s.reason);
  }
  REQUIRE(failed.size() == 2);
  CHECK(failed[0].find("says 'powersave' all the same") != std::string::npos);
  CHECK(failed[1] == "Invalid argument");
  CHECK(kernel.tree.get(test::kGovernor0) == "performance");
  // What was never changed is no trouble for putting back.
  kernel.refusing.clear();
  kernel.silent.clear();
  const auto back = restore(kernel.place());
  REQUIRE(back.ok());
  CHECK_FALSE((*back)->failed());
  CHECK(kernel.tree.get(test::kGovernor0) == "powersave");
}

TEST_CASE("a tune on top of a tune keeps the oldest values") {
  Kernel kernel;
  kernel.tree.put_defaults();
  REQUIRE(kernel.tune().ok());
  kernel.tree.put(test::kGovernor0, "ondemand\n");
  kernel.tree.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors", "performance ondemand powersave");
  const auto second = kernel.tune();
  REQUIRE(second.ok());
  REQUIRE(second->steps.size() == 1);
  CHECK(second->steps[0].from == "ondemand");
  REQUIRE(restore(kernel.place()).ok());
  CHECK(kernel.tree.get(test::kGovernor0) == "powersave");
}

TEST_CASE("a setting that somebody changed in between is put back and said") {
  Kernel kernel;
  kernel.tree.put_defaults();
  REQUIRE(kernel.tune().ok());
  kernel.tree.put(test::kParanoidFile, "3\n");
  kernel.tree.put(test::kNoTurboFile, "0\n");  // back by itself
  const auto back = restore(kernel.place());
  REQUIRE(back.ok());
  for (const Step& s : (*back)->steps) {
    if (s.file == test::kParanoidFile) {
      CHECK(s.from == "3");
      CHECK(s.to == "4");
      CHECK(s.reason == "changed in between: tune had set 2");
    } else if (s.file == test::kNoTurboFile) {
      CHECK(s.result == StepResult::unchanged);
    } else {
      CHECK(s.reason.empty());
    }
  }
  CHECK(kernel.tree.get(test::kParanoidFile) == "4");
}

TEST_CASE("what cannot be put back stays saved") {
  Kernel kernel;
  kernel.tree.put_defaults();
  REQUIRE(kernel.tune().ok());
  kernel.refusing = {std::string(test::kNoTurboFile)};
  const auto back = restore(kernel.place());
  REQUIRE(back.ok());
  CHECK((*back)->failed());
  CHECK((*back)->state_kept);
  const auto left = load_state(kernel.tree.files, state_file(kernel.state_folder())).value();
  REQUIRE(left.has_value());
  REQUIRE(left->settings.size() == 1);
  CHECK(left->settings[0].before == "0");
  kernel.refusing.clear();
  REQUIRE(restore(kernel.place()).ok());
  CHECK_FALSE(kernel.saved());
  CHECK(kernel.tree.get(test::kNoTurboFile) == "0");
}

TEST_CASE("a CPU that was switched off after tune keeps no other setting from being put back") {
  Kernel kernel;
  kernel.tree.put_defaults();
  // As the kernel: what is not there cannot be written.
  kernel.writer.may_write = platform::may_write_setting;
  REQUIRE(kernel.tune().ok());
  const fs::path cpu = (kernel.tree.root() / test::kGovernor1).parent_path();
  const fs::path away = kernel.tree.root() / "away";
  fs::rename(cpu, away);
  const auto back = restore(kernel.place());
  REQUIRE(back.ok());
  for (const Step& s : (*back)->steps) {
    CAPTURE(s.file);
    CHECK((s.result == StepResult::failed) == (s.file == test::kGovernor1));
  }
  CHECK(kernel.tree.get(test::kGovernor0) == "powersave");
  CHECK(kernel.tree.get(test::kParanoidFile) == "4");
  const auto left = load_state(kernel.tree.files, state_file(kernel.state_folder())).value();
  REQUIRE(left.has_value());
  REQUIRE(left->settings.size() == 1);
  CHECK(left->settings[0].file == test::kGovernor1);
  // Back again, with what tune had set.
  fs::rename(away, cpu);
  REQUIRE(restore(kernel.place()).ok());
  CHECK(kernel.tree.get(test::kGovernor1) == "powersave");
  CHECK_FALSE(kernel.saved());
}

TEST_CASE("restore without permission changes nothing and keeps what was saved") {
  Kernel kernel;
  kernel.tree.put_defaults();
  REQUIRE(kernel.tune().ok());
  kernel.written.clear();
  kernel.forbidden = {std::string(test::kGovernor0)};
  const auto back = restore(kernel.place());
  REQUIRE_FALSE(back.ok());
  CHECK(back.error().code == "BH0750");
  CHECK(kernel.written.empty());
  CHECK(kernel.saved());
}

TEST_CASE("saved settings that are damaged stop tune and restore before anything is touched") {
  Kernel kernel;
  kernel.tree.put_defaults();
  kernel.tree.put("state/tune.json", "{\"format\": \"benchhost.tu");
  REQUIRE(fs::exists(state_file(kernel.state_folder())));
  const auto before = all_files(kernel.tree);
  const auto tuned = kernel.tune();
  REQUIRE_FALSE(tuned.ok());
  CHECK(tuned.error().code == "BH0751");
  const auto back = restore(kernel.place());
  REQUIRE_FALSE(back.ok());
  CHECK(back.error().code == "BH0751");
  CHECK(kernel.written.empty());
  CHECK(all_files(kernel.tree) == before);
}

TEST_CASE("saved settings of another root are not put into this one") {
  Kernel kernel;
  kernel.tree.put_defaults();
  Kernel other;
  other.tree.put_defaults();
  REQUIRE(kernel.tune().ok());
  TunePlace mixed = other.place();
  mixed.state_folder = kernel.state_folder();
  const auto back = restore(mixed);
  REQUIRE_FALSE(back.ok());
  CHECK(back.error().code == "BH0751");
  CHECK(other.written.empty());
  const auto tuned = tuning::tune(plan_tuning(other.tree.files, other.tree.root()), mixed, 1);
  REQUIRE_FALSE(tuned.ok());
  CHECK(tuned.error().code == "BH0751");
  CHECK(other.written.empty());
}

TEST_CASE("while another tune is under way nothing is changed") {
  Kernel kernel;
  kernel.tree.put_defaults();
  REQUIRE(kernel.tree.files.make_folder(kernel.state_folder()).ok());
  const auto held = platform::FileLock::take(kernel.state_folder() / "tune.lock", 1'000'000'000);
  REQUIRE(held.ok());
  const auto tuned = kernel.tune();
  REQUIRE_FALSE(tuned.ok());
  CHECK(tuned.error().code == "BH0752");
  CHECK(kernel.written.empty());
  CHECK_FALSE(kernel.saved());
}

TEST_CASE("where nothing is to be changed nothing is saved") {
  Kernel kernel;
  const auto tuned = kernel.tune();
  REQUIRE(tuned.ok());
  CHECK(tuned->steps.empty());
  CHECK_FALSE(tuned->state_kept);
  CHECK_FALSE(kernel.saved());
}
