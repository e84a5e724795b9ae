#include "cli/site.h"

#include <fmt/format.h>

#include <filesystem>
#include <mutex>

#include "cli/folders.h"
#include "cli/version.h"
#include "common/base/log.h"
#include "common/base/units.h"
#include "common/platform/affinity.h"
#include "discover/discover.h"
#include "discover/search_path.h"

namespace benchhost::cli {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> paths_of(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

// Messages of the search: details with --verbose, warnings always.
class ConsoleLog final : public LogSink {
 public:
  ConsoleLog(Console& console, bool verbose) : console_(console), verbose_(verbose) {}
  void write(LogLevel level, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    if (level >= LogLevel::warning) {
      console_.warning(make_error("", std::string(text)));
    } else if (verbose_) {
      console_.say(std::string(text) + '\n');
    }
  }

 private:
  std::mutex mutex_;
  Console& console_;
  bool verbose_;
};

// "benchhost" in a folder that the XDG base directory specification names, or below the user's home; "": there is none.
std::string users_folder(const std::optional<std::string>& named, const Workplace& workplace, std::string_view below) {
  if (named && named->starts_with('/')) return *named + "/benchhost";
  const auto home = workplace.environment.get("HOME");
  return home && !home->empty() ? fmt::format("{}/{}/benchhost", *home, below) : "";
}

// The worker stands beside the host: in an install in libexec, in a build tree in the same folder.
Result<fs::path> find_worker(platform::Files& files) {
  BH_TRY(const fs::path self, platform::executable_path());
  const fs::path folder = self.parent_path();
  const fs::path installed = folder.parent_path() / BENCHHOST_LIBEXECDIR / "benchhost" / "benchhost-worker";
  for (const fs::path& candidate : {folder / "benchhost-worker", installed}) {
    if (platform::exists(files, candidate)) return candidate;
  }
  return make_error("BH0010", fmt::format("the worker program is missing: {} was looked for", installed.string()),
                    "install benchhost whole: `cmake --install`");
}

/// BENCHHOST_PROBE_TIMEOUT, for machines on which loading a plugin takes longer than anybody else would wait.
Result<std::int64_t> probe_deadline(const platform::Environment& environment, std::int64_t otherwise_ns) {
  const auto given = environment.get("BENCHHOST_PROBE_TIMEOUT");
  if (!given || given->empty()) return otherwise_ns;
  auto read = parse_duration(*given);
  if (!read) return std::move(read).error().in("BENCHHOST_PROBE_TIMEOUT");
  if (read->count <= 0) return make_error("BH0005", "BENCHHOST_PROBE_TIMEOUT: a deadline is longer than nothing");
  return read->count;
}

// Where to search, and what is remembered of what is found there.
Result<discover::DiscoverOptions> search_options_of(const CommandContext& context, Workplace& workplace, Look look) {
  discover::SearchRequest request;
  request.environment = workplace.environment;
  request.elevated = discover::is_elevated();
  BH_TRY(request.current_folder, current_folder());
  BH_TRY(request.executable, platform::executable_path());
  request.flags = paths_of(context.args.values("plugins"));
  request.settings = paths_of(context.preferences.plugins);

  discover::DiscoverOptions options;
  options.plugins = discover::find_search_path(request, workplace.files);
  if (look == Look::everything) {
    request.kind = discover::SearchKind::backends;
    request.flags = paths_of(context.args.values("backends"));
    request.settings = paths_of(context.preferences.backends);
    options.backends = discover::find_search_path(request, workplace.files);
  }
  options.version = std::string(host_version());
  const std::string cache = cache_folder(context.args, workplace);
  if (!cache.empty()) options.cache_file = fs::path(cache) / "probes.json";
  options.quarantine_file = quarantine_file(context.args, workplace).path();
  return options;
}

}  // namespace

std::string cache_folder(const Arguments& args, const Workplace& workplace) {
  if (const auto given = args.value("cache-dir")) return *given;
  if (const auto given = workplace.environment.get("BENCHHOST_CACHE_DIR"); given && !given->empty()) return *given;
  return users_folder(workplace.environment.get("XDG_CACHE_HOME"), workplace, ".cache");
}

std::optional<std::string> given_state_folder(const Arguments& args, const Workplace& workplace) {
  if (auto given = args.value("state-dir")) return given;
  if (auto given = workplace.environment.get("BENCHHOST_STATE_DIR"); given && !given->empty()) return given;
  return std::nullopt;
}

std::string state_folder(const Arguments& args, const Workplace& workplace) {
  if (const auto given = given_state_folder(args, workplace)) return *given;
  return users_folder(workplace.environment.get("XDG_STATE_HOME"), workplace, ".local/state");
}

discover::QuarantineFile quarantine_file(const Arguments& args, Workplace& workplace) {
  const std::string folder = state_folder(args, workplace);
  return {folder.empty() ? fs::path() : fs::path(folder) / "quarantine.json", workplace.files};
}

OptionSpec state_option() {
  return {"state-dir", "DIR", "Where it is kept what crashed, so that it is not started again; '' keeps nothing."};
}

Result<Site> look_around(CommandContext& context, Workplace& workplace, Look look, const supervise::CancelToken& cancel,
                         std::function<bool(const discover::PluginEntry&)> in_spite_of) {
  Site site;
  BH_TRY(const fs::path worker, find_worker(workplace.files));
  site.worker.path = worker;
  site.worker.environment = workplace.environment;
  BH_TRY(site.worker.working_folder, temporary_folder());
  site.cache_dir = cache_folder(context.args, workplace);

  BH_TRY(platform::Topology topology, platform::read_topology());
  BH_TRY(site.allowed_cpus, platform::allowed_cpus());
  site.machine = platform::read_machine(workplace.files, std::move(topology), site.allowed_cpus);

  BH_TRY(discover::DiscoverOptions options, search_options_of(context, workplace, look));
  options.host = {site.machine.os, site.machine.arch, site.machine.isa};
  BH_TRY(options.probe_deadline_ns, probe_deadline(workplace.environment, options.probe_deadline_ns));
  site.probe_deadline_ns = options.probe_deadline_ns;
  options.in_spite_of = std::move(in_spite_of);
  options.machine = site.machine.hostname.value_or("");
  // What runs that were killed left there; done here, where no measurement runs yet.
  if (look == Look::everything) (void)platform::sweep_temp_folders(site.worker.working_folder);
  ConsoleLog log(context.console, context.args.has("verbose"));
  BH_TRY(site.catalogue, discover::discover(options, site.worker, cancel, workplace.files, log));
  // What a stopped search found is not what there is.
  BH_CHECK(go_on(context));
  return site;
}

Result<std::vector<protocol::PluginRecord>> remembered_plugins(CommandContext& context, Workplace& workplace) {
  BH_TRY(const fs::path worker, find_worker(workplace.files));
  BH_TRY(const discover::DiscoverOptions options, search_options_of(context, workplace, Look::plugins_only));
  ConsoleLog log(context.console, false);
  return discover::remembered_plugins(options, worker, workplace.files, log);
}

std::function<std::vector<std::uint32_t>(std::uint64_t)> core_chooser(const Site& site) {
  const platform::Topology topology = site.machine.topology;
  const std::vector<unsigned> allowed = site.allowed_cpus;
  return [topology, allowed](std::uint64_t cores) -> std::vector<std::uint32_t> {
    if (cores == 0 || cores > allowed.size()) return {};
    const auto count = static_cast<unsigned>(cores);
    std::vector<unsigned> free = allowed;
    if (free.size() > count) free.erase(free.begin());
    const auto chosen = platform::choose_cpus(topology, free, count);
    return chosen ? std::vector<std::uint32_t>(chosen->begin(), chosen->end()) : std::vector<std::uint32_t>{};
  };
}

SiteInputs site_inputs(const Site& site) {
  SiteInputs all;
  for (const discover::PluginEntry& entry : site.catalogue.plugins) {
    if (!entry.usable()) continue;
    all.inputs.plugins.push_back({entry.path.string(), &*entry.record});
    all.plugins.push_back(&entry);
  }
  for (const discover::BackendEntry& entry : site.catalogue.backends) {
    if (!entry.usable()) continue;
    for (const protocol::DeviceRecord& device : entry.record->devices) {
      all.inputs.devices.push_back({entry.path.string(), device});
    }
  }
  return all;
}

}  // namespace benchhost::cli
