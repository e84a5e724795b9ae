#include "discover/discover.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <system_error>
#include <thread>

#include "common/base/digest.h"
#include "common/platform/clock.h"
#include "discover/probe.h"
#include "discover/probe_cache.h"

namespace benchhost::discover {
namespace {

namespace fs = std::filesystem;
using platform::FileType;

/// A file changed so recently could change again within the resolution of its times, and look the same.
constexpr std::int64_t kFreshNs = 50'000'000;

struct Candidate {
  fs::path path;
  std::string origin;
  std::optional<Trust> trust;  ///< of its search folder
  std::optional<FileKey> key;
  bool is_fresh = false;
  ContentFacts content;
  std::optional<Refusal> refusal;  ///< of the gate file
};

bool is_library_name(const std::string& name) {
  return name.ends_with(".so") || name.ends_with(".dll") || name.ends_with(".dylib");
}

/// Runs work(i) for i < count on several threads; nothing of it throws.
Result<void> in_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto loop = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> threads;
  const std::size_t wanted = std::min<std::size_t>(count, std::max(1u, jobs));
  try {
    while (threads.size() < wanted) threads.emplace_back(loop);
  } catch (const std::system_error& failure) {
    if (threads.empty()) return make_error("BH0011", std::string("cannot start a thread: ") + failure.what());
  }
  for (std::thread& thread : threads) thread.join();
  return {};
}

/// The libraries of the search path, in order. A folder that cannot be listed is refused.
std::vector<Candidate> find_candidates(const SearchPath& search, std::vector<RefusedFolder>& refused,
                                       platform::Files& files) {
  std::vector<Candidate> out;
  for (const SearchFolder& folder : search.folders) {
    if (const auto status = files.status(folder.path); status.ok() && status->type == FileType::regular) {
      out.push_back({folder.path, folder.origin, folder.trust, {}, false, {}, {}});
      continue;
    }
    const auto entries = files.list(folder.path);
    if (!entries) {
      refused.push_back({folder.path, folder.origin, entries.error().message});
      continue;
    }
    for (const platform::DirectoryEntry& entry : *entries) {
      if (is_library_name(entry.name))
        out.push_back({folder.path / entry.name, folder.origin, folder.trust, {}, false, {}, {}});
    }
  }
  refused.insert(refused.end(), search.refused.begin(), search.refused.end());
  return out;
}

/// Gates file and trust, without opening anything.
void look_at(Candidate& candidate, const DiscoverOptions& options, std::int64_t wall_ns, platform::Files& files) {
  const auto status = files.status(candidate.path);
  if (!status) {
    candidate.refusal =
        refuse("file", Error{"BH0201", status.error().message, "", "a link that leads nowhere, or in a circle?"});
  } else if (status->type != FileType::regular) {
    candidate.refusal =
        Refusal{"file", "BH0201", "it is no regular file but a " + std::string(to_text(status->type)), ""};
  } else if (status->size_bytes > options.max_file.count) {
    candidate.refusal = Refusal{"file", "BH0201",
                                "it has " + std::to_string(status->size_bytes) + " bytes; more than " +
                                    std::to_string(options.max_file.count) + " are not read",
                                ""};
  } else if (const std::string why =
                 candidate.trust ? distrust_library(candidate.path, *status, *candidate.trust, files) : std::string();
             !why.empty()) {
    candidate.refusal =
        Refusal{"trust", "BH0212", why, "chmod go-w, or name it on the command line: that is taken as your own word"};
  } else {
    candidate.key = key_of(*status);
    candidate.is_fresh = wall_ns - std::max(status->changed_ns, status->modified_ns) < kFreshNs;
  }
}

/// Reads a file and all that its bytes say.
void read_content(Candidate& candidate, const DiscoverOptions& options, platform::Files& files) {
  const auto bytes = files.read(candidate.path, options.max_file);
  if (!bytes) {
    candidate.refusal = Refusal{"file", "BH0201", bytes.error().message, bytes.error().help};
    return;
  }
  ContentFacts& content = candidate.content;
  content.digest = digest_text(*bytes);
  auto facts = protocol::read_object_facts(*bytes);
  if (!facts) {
    content.refusal = refuse("format", facts.error());
    return;
  }
  content.facts = std::move(facts).value();
  if (auto print = protocol::fingerprint(*bytes)) content.fingerprint = std::move(print).value();
  if (auto note = protocol::read_note(*bytes)) {
    content.note_text = note->text;
  } else {
    content.refusal = refuse(note.error().code == "BH0202" ? "note" : "format", note.error());
  }
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
        cache_(ProbeCache::load(options.cache_file, reader(), files, log)) {}

  Result<Catalogue> run() {
    BH_CHECK(find_plugins());
    BH_CHECK(find_backends());
    refuse_twins();
    if (auto saved = cache_.save(files_); !saved) {
      log_.write(LogLevel::warning, "the cache of plugin probes is not kept: " + to_text(saved.error()));
    }
    return std::move(catalogue_);
  }

 private:
  /// Who reads descriptors: another worker may read them otherwise.
  [[nodiscard]] std::string reader() const {
    const auto worker = files_.status(prober_.program.path);
    const std::string file =
        worker.ok() ? std::to_string(worker->size_bytes) + "/" + std::to_string(worker->modified_ns) : "";
    return options_.version + " " + file + " abi " +
           protocol::abi_range_text(options_.host.abi_min, options_.host.abi_max);
  }

  Result<void> read_all(std::vector<Candidate>& candidates) {
    platform::SystemClock clock;
    const std::int64_t wall_ns = clock.wall_ns();
    std::vector<std::size_t> unknown;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      Candidate& candidate = candidates[i];
      look_at(candidate, options_, wall_ns, files_);
      if (candidate.refusal) continue;
      if (const ContentFacts* known = cache_.find_file(*candidate.key)) {
        candidate.content = *known;
      } else {
        unknown.push_back(i);
      }
    }
    BH_CHECK(in_parallel(unknown.size(), jobs_,
                         [&](std::size_t i) { read_content(candidates[unknown[i]], options_, files_); }));
    for (const std::size_t i : unknown) {
      Candidate& candidate = candidates[i];
      if (candidate.refusal) continue;
      if (!candidate.is_fresh) cache_.remember_file(*candidate.key, candidate.content.digest);
      if (cache_.find_content(candidate.content.digest) == nullptr) cache_.remember_content(candidate.content);
    }
    return {};
  }

  Result<void> find_plugins() {
    std::vector<Candidate> candidates = find_candidates(options_.plugins, catalogue_.refused_folders, files_);
    BH_CHECK(read_all(candidates));
    for (Candidate& candidate : candidates) catalogue_.plugins.push_back(pass_static_gates(candidate));
    // One probe for each content, whatever the number of files that have it.
    std::vector<std::size_t> to_probe;
    std::map<std::string, std::size_t> probed;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      PluginEntry& entry = catalogue_.plugins[i];
      if (entry.refusal) continue;
      if (const PluginProbe* known = cache_.find_probe(entry.content_digest)) {
        accept(entry, *known);
        entry.from_cache = true;
      } else if (probed.emplace(entry.content_digest, to_probe.size()).second) {
        to_probe.push_back(i);
      }
    }
    std::vector<PluginProbe> probes(to_probe.size());
    BH_CHECK(in_parallel(to_probe.size(), jobs_, [&](std::size_t i) {
      const PluginEntry& entry = catalogue_.plugins[to_probe[i]];
      probes[i] = probe_plugin(prober_, entry.path, *entry.note, candidates[to_probe[i]].content.facts);
    }));
    for (PluginEntry& entry : catalogue_.plugins) {
      if (entry.refusal || entry.record) continue;
      accept(entry, probes[probed.at(entry.content_digest)]);
    }
    for (const auto& [digest, index] : probed) {
      if (probes[index].lasting) cache_.remember_probe(digest, std::move(probes[index]));
    }
    return {};
  }

  PluginEntry pass_static_gates(const Candidate& candidate) const {
    PluginEntry entry;
    entry.path = candidate.path;
    entry.origin = candidate.origin;
    entry.refusal = candidate.refusal;
    if (entry.refusal) return entry;
    const ContentFacts& content = candidate.content;
    entry.content_digest = content.digest;
    entry.fingerprint = content.fingerprint;
    if (!content.note_text.empty()) {
      if (auto note = protocol::parse_note_text(content.note_text)) entry.note = std::move(note).value();
    }
    entry.refusal = content.refusal;
    if (!entry.refusal) entry.refusal = check_format(content.facts, options_.host);
    if (!entry.refusal && entry.note) entry.refusal = check_note(*entry.note, options_.host);
    // A note says what its author's compiler said; a header for another machine would be the loader's riddle.
    if (!entry.refusal) entry.refusal = check_machine(content.facts);
    if (!entry.refusal) {
      const fs::path assets = entry.path.string() + ".assets";
      const auto status = files_.status(assets);
      if (status.ok() && status->type == FileType::directory) entry.asset_dir = assets.string();
    }
    return entry;
  }

  /// The header's machine against this one.
  [[nodiscard]] std::optional<Refusal> check_machine(const protocol::ObjectFacts& facts) const {
    if (facts.arch == options_.host.arch) return std::nullopt;
    return Refusal{"arch", "BH0204", "built for " + facts.arch + "; this is " + options_.host.arch, ""};
  }

  static void accept(PluginEntry& entry, const PluginProbe& probe) {
    entry.record = probe.record;
    entry.refusal = probe.refusal;
    if (entry.record) entry.descriptor_digest = protocol::descriptor_digest(*entry.record);
  }

  Result<void> find_backends() {
    std::vector<Candidate> candidates = find_candidates(options_.backends, catalogue_.refused_folders, files_);
    BH_CHECK(read_all(candidates));
    catalogue_.backends.resize(candidates.size());
    return in_parallel(candidates.size(), jobs_, [&](std::size_t i) {
      const Candidate& candidate = candidates[i];
      BackendEntry& entry = catalogue_.backends[i];
      entry.path = candidate.path;
      entry.origin = candidate.origin;
      entry.fingerprint = candidate.content.fingerprint;
      entry.refusal = candidate.refusal;
      // A module has no note; its header says for which machine it is.
      const std::optional<Refusal>& unread = candidate.content.refusal;
      if (!entry.refusal && unread && unread->gate == "format") entry.refusal = unread;
      if (!entry.refusal) entry.refusal = check_format(candidate.content.facts, options_.host);
      if (!entry.refusal) entry.refusal = check_machine(candidate.content.facts);
      if (entry.refusal) return;
      BackendProbe probe = probe_backend(prober_, entry.path, candidate.content.facts, options_.backend_options);
      entry.record = std::move(probe.record);
      entry.refusal = std::move(probe.refusal);
    });
  }

  /// Of files with one id the first in search order wins; the others are named with it.
  void refuse_twins() {
    std::map<std::string, const PluginEntry*> plugins;
    for (PluginEntry& entry : catalogue_.plugins) {
      if (!entry.usable()) continue;
      const auto [first, is_new] = plugins.emplace(entry.record->id, &entry);
      if (!is_new) entry.refusal = twin("plugin '" + entry.record->id + "'", first->second->path);
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
  Catalogue catalogue_;
};

}  // namespace

fs::path default_cache_file(const platform::Environment& environment) {
  // The specification of base directories ignores a relative path.
  if (const auto cache = environment.get("XDG_CACHE_HOME"); cache && fs::path(*cache).is_absolute()) {
    return fs::path(*cache) / "benchhost" / "probes.json";
  }
  if (const auto home = environment.get("HOME"); home && fs::path(*home).is_absolute()) {
    return fs::path(*home) / ".cache" / "benchhost" / "probes.json";
  }
  return {};
}

Result<Catalogue> discover(const DiscoverOptions& options, const supervise::WorkerProgram& program,
                           const supervise::CancelToken& cancel, platform::Files& files, LogSink& log) {
  return Discovery(options, program, cancel, files, log).run();
}

}  // namespace benchhost::discover
