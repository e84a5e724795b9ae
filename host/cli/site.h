// What there is to run and to run on: plugins, backends with their devices, and this machine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/workplace.h"
#include "common/platform/machine.h"
#include "discover/catalogue.h"
#include "discover/quarantine_file.h"
#include "suite/expand.h"
#include "supervise/supervisor.h"

namespace benchhost::cli {

struct Site {
  discover::Catalogue catalogue;
  platform::MachineFacts machine;
  std::vector<unsigned> allowed_cpus;
  supervise::WorkerProgram worker;
  std::string cache_dir;
  std::int64_t probe_deadline_ns = 0;  ///< silence after which a plugin that is examined is given up
};

/// Whether backend modules are started too: they ask drivers, which takes time that a list of plugins need not.
enum class Look { plugins_only, everything };

/// Searches the usual places and those of --plugins and --backends. BENCHHOST_PROBE_TIMEOUT, a duration, says how long
/// a probe may take (else 10 s). in_spite_of: as DiscoverOptions, of the plugin that the command is about. Errors: the
/// worker program is missing; the run was cancelled.
[[nodiscard]] Result<Site> look_around(CommandContext& context, Workplace& workplace, Look look,
                                       const supervise::CancelToken& cancel,
                                       std::function<bool(const discover::PluginEntry&)> in_spite_of = {});

/// What earlier searches found out of the plugins that are there now, without starting anything; empty where nothing is
/// remembered. Errors: as look_around, where they do not come from workers.
[[nodiscard]] Result<std::vector<protocol::PluginRecord>> remembered_plugins(CommandContext& context,
                                                                             Workplace& workplace);

/// Cores for claims: never the first CPU while others suffice, since the host and most interrupts live there.
[[nodiscard]] std::function<std::vector<std::uint32_t>(std::uint64_t)> core_chooser(const Site& site);

/// What --state-dir or BENCHHOST_STATE_DIR say of the folder of state; nullopt: nothing. "": nowhere.
[[nodiscard]] std::optional<std::string> given_state_folder(const Arguments& args, const Workplace& workplace);

/// That, else "~/.local/state/benchhost" or what XDG_STATE_HOME says; "": nowhere.
[[nodiscard]] std::string state_folder(const Arguments& args, const Workplace& workplace);

/// What crashed before, in that folder.
[[nodiscard]] discover::QuarantineFile quarantine_file(const Arguments& args, Workplace& workplace);

/// --state-dir, for every command that starts plugins.
[[nodiscard]] OptionSpec state_option();

/// "~/.cache/benchhost" or what --cache-dir, BENCHHOST_CACHE_DIR or XDG_CACHE_HOME say.
[[nodiscard]] std::string cache_folder(const Arguments& args, const Workplace& workplace);

/// Usable plugins and all devices, as the expansion takes them. Valid as long as the site lives unchanged.
struct SiteInputs {
  suite::ExpandInputs inputs;
  std::vector<const discover::PluginEntry*> plugins;  ///< parallel to inputs.plugins
};
[[nodiscard]] SiteInputs site_inputs(const Site& site);

}  // namespace benchhost::cli
