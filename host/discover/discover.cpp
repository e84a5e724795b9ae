#include "discover/discover.h"

#include <algorithm>
#include <map>
#include <thread>

#include "common/platform/clock.h"
#include "discover/candidate.h"
#include "discover/probe.h"
#include "discover/probe_cache.h"
#include "discover/quarantine_file.h"

namespace benchhost::discover {
namespace {

namespace fs = std::filesystem;
using platform::FileType;

/// Who reads descriptors: another worker may read them otherwise.
std::string reader_of(const DiscoverOptions& options, const fs::path& worker, platform::Files& files) {
  const auto status = files.status(worker);
  const std::string file =
      status.ok() ? std::to_string(status->size_bytes) + "/" + std::to_string(status->modified_ns) : "";
  return options.version + " " + file + " abi " + protocol::abi_range_text(options.host.abi_min, options.host.abi_max);
}

class Discovery {
 public:
  Discovery(const DiscoverOptions& options, const supervise::WorkerProgram& program,
            const supervise::CancelToken& cancel, platform::Files& files, LogSink& log)
      : options_(options),
        prober_{program, cancel, files, options.probe_deadline_ns},
        files_(files),
        log_(log),
        jobs_(options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency())),
        cache_(ProbeCache::load(options.cache_file, reader_of(options, program.path, files), files, log)),
        quarantine_(options.quarantine_file, files) {}

  Result<Catalogue> run() {
    QuarantineFile::Reading known = quarantine_.read();
    if (!known.problem.empty()) log_.write(LogLevel::warning, known.problem);
    catalogue_.quarantine = std::move(known.quarantine);
    BH_CHECK(find_plugins());
    BH_CHECK(find_backends());
    refuse_twins();
    if (auto saved = cache_.save(files_); !saved) {
      log_.write(LogLevel::warning, "the cache of plugin probes is not kept: " + to_text(saved.error()));
    }
    return std::move(catalogue_);
  }

 private:
  [[nodiscard]] ReadLimits read_limits() const { return {options_.host, options_.max_file, jobs_}; }

  Result<void> find_plugins() {
    std::vector<Candidate> candidates = find_candidates(options_.plugins, catalogue_.refused_folders, files_);
    BH_CHECK(pass_static_gates(candidates, CandidateKind::plugin, read_limits(), cache_, files_));
    for (const Candidate& candidate : candidates) catalogue_.plugins.push_back(entry_of(candidate));
    // One probe for each content, whatever the number of files that have it.
    std::vector<std::size_t> to_probe;
    std::map<std::string, std::size_t> probed;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      PluginEntry& entry = catalogue_.plugins[i];
      if (entry.refusal || !is_free(entry)) continue;
      if (const PluginProbe* known = cache_.find_probe(entry.content_digest)) {
        accept(entry, *known);
        entry.from_cache = true;
      } else if (probed.emplace(entry.content_digest, to_probe.size()).second) {
        to_probe.push_back(i);
      }
    }
    std::vector<PluginProbe> probes(to_probe.size());
    const std::int64_t began_ns = platform::SystemClock().wall_ns();
    BH_CHECK(in_parallel(to_probe.size(), jobs_, [&](std::size_t i) {
      const PluginEntry& entry = catalogue_.plugins[to_probe[i]];
      const Candidate& candidate = candidates[to_probe[i]];
      probes[i] = probe_plugin(prober_, entry.path, candidate.stamp, *entry.note, candidate.content.facts);
    }));
    for (PluginEntry& entry : catalogue_.plugins) {
      if (entry.refusal || entry.record) continue;
      accept(entry, probes[probed.at(entry.content_digest)]);
    }
    count_faults(to_probe, probes, began_ns);
    for (const auto& [digest, index] : probed) {
      if (probes[index].lasting) cache_.remember_probe(digest, std::move(probes[index]));
    }
    return {};
  }

  [[nodiscard]] bool in_spite_of(const PluginEntry& entry) const {
    return options_.in_spite_of && options_.in_spite_of(entry);
  }

  /// Gate quarantine.
  bool is_free(PluginEntry& entry) const {
    const QuarantineEntry* shut = catalogue_.quarantine.find_shut(entry.fingerprint, "");
    if (shut == nullptr || in_spite_of(entry)) return true;
    entry.refusal = refusal_of(*shut);
    return false;
  }

  /// What the probes say for and against their plugins, and what comes of it.
  void count_faults(const std::vector<std::size_t>& probed, const std::vector<PluginProbe>& probes,
                    std::int64_t began_ns) {
    platform::SystemClock clock;
    std::vector<Incident> incidents;
    std::vector<std::string> answered;
    for (std::size_t i = 0; i < probed.size(); ++i) {
      const PluginEntry& entry = catalogue_.plugins[probed[i]];
      if (entry.fingerprint.empty() || in_spite_of(entry)) continue;
      if (probes[i].fault) {
        // Copies of one plugin that are probed side by side meet one slow moment, and not three.
        if (std::ranges::find(incidents, entry.fingerprint, &Incident::fingerprint) != incidents.end()) continue;
        incidents.push_back(incident_of(entry, *probes[i].fault, clock.wall_ns()));
      } else if (probes[i].lasting && catalogue_.quarantine.find(entry.fingerprint, "") != nullptr) {
        answered.push_back(entry.fingerprint);
      }
    }
    if (options_.quarantine_file.empty() || incidents.size() + answered.size() == 0) return;
    auto changed = quarantine_.update([&](Quarantine& quarantine) {
      for (const std::string& fingerprint : answered) quarantine.passed(fingerprint, "", clock.wall_ns());
      for (const Incident& incident : incidents) {
        // Nor do hosts that run side by side meet three: another one has counted this one.
        const QuarantineEntry* known = quarantine.find(incident.fingerprint, "");
        const bool is_counted = incident.kind == FaultKind::hang && known != nullptr &&
                                known->last.wall_ns >= began_ns && known->last.wall_ns <= clock.wall_ns();
        if (!is_counted) quarantine.add(incident);
      }
    });
    if (!changed.ok()) {
      log_.write(LogLevel::warning, "what crashed is not kept in quarantine: " + to_text(changed.error()));
      return;
    }
    catalogue_.quarantine = std::move(changed).value();
    for (const Incident& incident : incidents) {
      const QuarantineEntry* shut = catalogue_.quarantine.find_shut(incident.fingerprint, "");
      if (shut == nullptr) continue;
      for (PluginEntry& entry : catalogue_.plugins) {
        if (entry.fingerprint != incident.fingerprint || !entry.refusal) continue;
        entry.refusal->help = "it is in quarantine now, and is not started again; " + refusal_of(*shut).help;
      }
    }
  }

  [[nodiscard]] Incident incident_of(const PluginEntry& entry, const ProbeFault& fault, std::int64_t wall_ns) const {
    Incident incident;
    incident.fingerprint = entry.fingerprint;
    incident.plugin = entry.note ? entry.note->id : "";
    incident.version = entry.note ? entry.note->version : "";
    incident.file = entry.path.string();
    incident.kind = fault.kind;
    incident.fault = fault.fault;
    incident.phase = fault.phase;
    incident.message = entry.refusal ? entry.refusal->message : "";
    incident.wall_ns = wall_ns;
    incident.machine = options_.machine;
    return incident;
  }

  PluginEntry entry_of(const Candidate& candidate) const {
    PluginEntry entry;
    entry.path = candidate.path;
    entry.origin = candidate.origin;
    entry.refusal = candidate.refusal;
    const ContentFacts& content = candidate.content;
    entry.content_digest = content.digest;
    entry.stamp = candidate.stamp;
    entry.fingerprint = content.fingerprint;
    if (!content.note_text.empty()) {
      if (auto note = protocol::parse_note_text(content.note_text)) entry.note = std::move(note).value();
    }
    if (!entry.refusal) {
      const fs::path assets = fs::path(entry.path).replace_extension(".assets");  // as host.h says
      const auto status = files_.status(assets);
      if (status.ok() && status->type == FileType::directory) entry.asset_dir = assets.string();
    }
    return entry;
  }

  static void accept(PluginEntry& entry, const PluginProbe& probe) {
    entry.record = probe.record;
    entry.refusal = probe.refusal;
    if (entry.record) entry.descriptor_digest = protocol::descriptor_digest(*entry.record);
  }

  Result<void> find_backends() {
    std::vector<Candidate> candidates = find_candidates(options_.backends, catalogue_.refused_folders, files_);
    BH_CHECK(pass_static_gates(candidates, CandidateKind::backend, read_limits(), cache_, files_));
    catalogue_.backends.resize(candidates.size());
    return in_parallel(candidates.size(), jobs_, [&](std::size_t i) {
      const Candidate& candidate = candidates[i];
      BackendEntry& entry = catalogue_.backends[i];
      entry.path = candidate.path;
      entry.origin = candidate.origin;
      entry.fingerprint = candidate.content.fingerprint;
      entry.refusal = candidate.refusal;
      if (entry.refusal) return;
      BackendProbe probe = probe_backend(prober_, entry.path, candidate.content.facts, options_.backend_options);
      entry.record = std::move(probe.record);
      entry.refusal = std::move(probe.refusal);
    });
  }

  /// Of files with one id the first in search order wins; the others are named with it.
  void refuse_twins() {
    std::map<std::string, const PluginEntry*> plugins;
    // One plugin's id may begin another's, so two may publish one benchmark all the same.
    std::map<std::string, const PluginEntry*> benchmarks;
    for (PluginEntry& entry : catalogue_.plugins) {
      if (!entry.usable()) continue;
      if (const auto [first, is_new] = plugins.emplace(entry.record->id, &entry); !is_new) {
        entry.refusal = twin("plugin '" + entry.record->id + "'", first->second->path);
        continue;
      }
      for (const protocol::BenchmarkRecord& benchmark : entry.record->benchmarks) {
        if (const auto first = benchmarks.find(benchmark.id); first != benchmarks.end()) {
          entry.refusal = twin("benchmark '" + benchmark.id + "'", first->second->path);
          break;
        }
      }
      if (entry.refusal) continue;
      for (const protocol::BenchmarkRecord& benchmark : entry.record->benchmarks)
        benchmarks.emplace(benchmark.id, &entry);
    }
    std::map<std::string, const BackendEntry*> backends;
    for (BackendEntry& entry : catalogue_.backends) {
      if (!entry.usable()) continue;
      const auto [first, is_new] = backends.emplace(entry.record->kind, &entry);
      if (!is_new) entry.refusal = twin("the backend for '" + entry.record->kind + "'", first->second->path);
    }
  }

  static Refusal twin(const std::string& what, const fs::path& first) {
    return {"identity", "BH0213", what + " is already there: " + first.string() + " was found first and is used",
            "remove one of the two files, or name one search folder only"};
  }

  const DiscoverOptions& options_;
  Prober prober_;
  platform::Files& files_;
  LogSink& log_;
  unsigned jobs_;
  ProbeCache cache_;
  QuarantineFile quarantine_;
  Catalogue catalogue_;
};

}  // namespace

Result<Catalogue> discover(const DiscoverOptions& options, const supervise::WorkerProgram& program,
                           const supervise::CancelToken& cancel, platform::Files& files, LogSink& log) {
  return Discovery(options, program, cancel, files, log).run();
}

std::vector<protocol::PluginRecord> remembered_plugins(const DiscoverOptions& options, const fs::path& worker,
                                                       platform::Files& files, LogSink& log) {
  ProbeCache cache = ProbeCache::load(options.cache_file, reader_of(options, worker, files), files, log);
  std::vector<RefusedFolder> refused;
  std::vector<protocol::PluginRecord> found;
  for (const Candidate& candidate : find_candidates(options.plugins, refused, files)) {
    const auto status = files.status(candidate.path);
    const ContentFacts* content = status.ok() ? cache.find_file(key_of(*status)) : nullptr;
    const PluginProbe* probe = content != nullptr && !content->refusal ? cache.find_probe(content->digest) : nullptr;
    if (probe == nullptr || !probe->record || probe->refusal) continue;
    const bool is_twin =
        std::ranges::any_of(found, [&](const protocol::PluginRecord& r) { return r.id == probe->record->id; });
    if (!is_twin) found.push_back(*probe->record);
  }
  return found;
}

}  // namespace benchhost::discover
