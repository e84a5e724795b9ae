// Finds plugins and backends, and says of every file whether it can be used and if not, why not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/base/result.h"
#include "common/platform/files.h"
#include "discover/catalogue.h"
#include "discover/search_path.h"
#include "discover/static_gates.h"
#include "supervise/supervisor.h"

namespace benchhost::discover {

struct DiscoverOptions {
  /// Both from find_search_path; a folder's files, not those of folders in it. An empty path finds nothing.
  SearchPath plugins;
  SearchPath backends;
  HostFacts host;
  /// Of the host program, for the key of the cache; the worker's file counts too.
  std::string version;
  /// "": nothing is remembered.
  std::filesystem::path cache_file;
  /// What crashed before and is not started again (quarantine.h); "": nothing is remembered of crashes.
  std::filesystem::path quarantine_file;
  /// Probes that are made whatever the quarantine says, and that count nothing: somebody looks at this plugin. Empty:
  /// none.
  std::function<bool(const PluginEntry&)> in_spite_of;
  /// Name of this machine, for what is counted; "": not known.
  std::string machine;
  std::vector<std::pair<std::string, std::string>> backend_options;
  std::int64_t probe_deadline_ns = 10'000'000'000;
  /// A larger file is refused unread.
  Bytes max_file{512u << 20};
  /// Probes side by side; 0: one per CPU.
  unsigned jobs = 0;
};

/// Nothing of a plugin runs in this process, and no file can stop it: what is no regular file is not opened, a probe
/// has a deadline. A file whose note is refused costs no process, nor does one whose probe is in quarantine. Probes of
/// plugins are remembered by content; devices are asked anew every time, since drivers change. Errors: none of a single
/// file's, which are refusals in the catalogue; BH0011 if the system gives no threads. Thread: any. Cancelled: files
/// not reached yet are refused with that reason.
[[nodiscard]] Result<Catalogue> discover(const DiscoverOptions& options, const supervise::WorkerProgram& program,
                                         const supervise::CancelToken& cancel, platform::Files& files, LogSink& log);

/// The records of plugins that are where they are searched and as they were when they were probed: what a completion
/// may show. Starts no process, reads no library, changes nothing; a plugin that was never listed is not among them.
/// worker: the program whose probes the cache holds.
[[nodiscard]] std::vector<protocol::PluginRecord> remembered_plugins(const DiscoverOptions& options,
                                                                     const std::filesystem::path& worker,
                                                                     platform::Files& files, LogSink& log);

}  // namespace benchhost::discover
