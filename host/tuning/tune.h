// Changing settings and putting them back, such that what was is never lost: it is on the disk before the first change,
// and leaves it when everything is back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/platform/files.h"
#include "tuning/settings.h"
#include "tuning/tune_state.h"

namespace benchhost::tuning {

/// How files of the kernel's are written (platform/setting_file.h); tests put refusals behind it.
struct SettingWriter {
  std::function<Result<void>(const std::filesystem::path&)> may_write;
  std::function<Result<void>(const std::filesystem::path&, std::string_view)> write;
};

/// Where it all happens. Owns: nothing.
struct TunePlace {
  platform::Files& files;
  const SettingWriter& writer;
  std::filesystem::path root;          ///< "/"
  std::filesystem::path state_folder;  ///< made if it is not there
};

enum class StepResult : std::uint8_t {
  changed,    ///< it says now what it should
  unchanged,  ///< it said so already
  failed,     ///< `reason`
};
[[nodiscard]] std::string_view to_text(StepResult result);

/// What became of one file.
struct Step {
  std::string name;
  std::string file;
  std::string from;  ///< what it said; "" if that could not be read
  std::string to;    ///< what it should say
  StepResult result = StepResult::changed;
  std::string reason;  ///< of a failure; else a remark: that somebody changed it in between
};

struct TuneReport {
  std::vector<Step> steps;
  std::filesystem::path state_file;
  bool state_kept = false;  ///< there is something left for `system restore`
  [[nodiscard]] bool failed() const;
};

/// The file of saved settings in a state folder.
[[nodiscard]] std::filesystem::path state_file(const std::filesystem::path& state_folder);

/// Does what the plan says. All or nothing as far as permission goes: if one file may not be written, none is, and
/// nothing is saved (BH0750, with their names). Then saves what is, and changes file by file; one that is refused is a
/// failed step, and the rest goes on. Errors: BH0750; BH0751, nothing was changed; BH0752, another tune or restore is
/// under way; what is cannot be saved.
[[nodiscard]] Result<TuneReport> tune(const TunePlan& plan, const TunePlace& place, std::int64_t now_wall_ns);

/// Puts back what was saved, what somebody changed in between included, and says which that were; then removes what was
/// saved. A file that is refused, or is not there (a CPU that was switched off), is a failed step, stays saved and may
/// be tried again. nullopt: nothing was saved.
/// Errors: as tune.
[[nodiscard]] Result<std::optional<TuneReport>> restore(const TunePlace& place);

}  // namespace benchhost::tuning
