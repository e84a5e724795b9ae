#include "discover/candidate.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "common/base/digest.h"
#include "common/platform/clock.h"

namespace benchhost::discover {
namespace {

namespace fs = std::filesystem;
using platform::FileType;

/// A file changed so recently could change again within the resolution of its times, and look the same.
constexpr std::int64_t kFreshNs = 50'000'000;
/// Enough for the magic of every format.
constexpr Bytes kMagicBytes{8};

/// Bytes that several threads hold at once. Files are read and not mapped: one that is cut while it is looked at would
/// end the host with SIGBUS.
class ByteBudget {
 public:
  explicit ByteBudget(std::uint64_t bytes) : left_(bytes) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;
  ~ByteBudget() = default;

  /// Waits until so many are left. Requires: no more than there are in all.
  void take(std::uint64_t bytes) {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return left_ >= bytes; });
    left_ -= bytes;
  }
  void give_back(std::uint64_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      left_ += bytes;
    }
    returned_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  std::uint64_t left_;
};

bool is_library_name(const std::string& name) {
  return name.ends_with(".so") || name.ends_with(".dll") || name.ends_with(".dylib");
}

/// Gates file and trust, without opening anything.
void look_at(Candidate& candidate, Bytes max_file, std::int64_t wall_ns, platform::Files& files) {
  const auto status = files.status(candidate.path);
  if (!status) {
    candidate.refusal =
        refuse("file", Error{"BH0201", status.error().message, "", "a link that leads nowhere, or in a circle?"});
    return;
  }
  if (status->type != FileType::regular) {
    candidate.refusal =
        Refusal{"file", "BH0201", "it is no regular file but a " + std::string(to_text(status->type)), ""};
    return;
  }
  if (status->size_bytes > max_file.count) {
    candidate.refusal = Refusal{"file", "BH0201",
                                "it has " + std::to_string(status->size_bytes) + " bytes; more than " +
                                    std::to_string(max_file.count) + " are not read",
                                ""};
    return;
  }
  if (candidate.trust) {
    if (const std::string why = distrust_library(candidate.path, *status, *candidate.trust, files); !why.empty()) {
      candidate.refusal =
          Refusal{"trust", "BH0212", why, "chmod go-w, or name it on the command line: that is taken as your own word"};
      return;
    }
  }
  candidate.key = key_of(*status);
  candidate.stamp = platform::stamp_of(*status);
  candidate.is_fresh = wall_ns - std::max(status->changed_ns, status->modified_ns) < kFreshNs;
}

/// The gates of what the bytes say. The order is that of Refusal::gate.
std::optional<Refusal> check_content(const ContentFacts& content, CandidateKind kind, const HostFacts& host) {
  // A module has no note; its header says for which machine it is.
  if (content.refusal && (kind == CandidateKind::plugin || content.refusal->gate == "format")) return content.refusal;
  std::optional<Refusal> refusal = check_format(content.facts, host);
  if (!refusal && kind == CandidateKind::plugin) {
    if (const auto note = protocol::parse_note_text(content.note_text)) {
      refusal = check_note(*note, host);
    } else {
      refusal = refuse("note", note.error());
    }
  }
  // A note says what its author's compiler said; a header for another machine would be the loader's riddle.
  if (!refusal) refusal = check_machine(content.facts, host);
  return refusal;
}

/// Reads a file and all that its bytes say.
void read_content(Candidate& candidate, CandidateKind kind, const ReadLimits& limits, ByteBudget& budget,
                  platform::Files& files) {
  const auto head = files.read_start(candidate.path, kMagicBytes);
  if (!head) {
    candidate.refusal = Refusal{"file", "BH0201", head.error().message, head.error().help};
    return;
  }
  if (const auto magic = protocol::check_magic(*head); !magic) {
    candidate.refusal = refuse("format", magic.error());
    return;
  }
  const std::uint64_t size = std::get<2>(*candidate.key);
  budget.take(size);
  // A file that has grown since is another one.
  const auto bytes = files.read(candidate.path, Bytes{size});
  if (bytes) {
    ContentFacts& content = candidate.content;
    content.digest = digest_text(*bytes);
    if (auto facts = protocol::read_object_facts(*bytes)) {
      content.facts = std::move(facts).value();
      if (auto note = protocol::read_note(*bytes)) {
        content.note_text = note->text;
      } else {
        content.refusal = refuse(note.error().code == "BH0202" ? "note" : "format", note.error());
      }
      candidate.refusal = check_content(content, kind, limits.host);
      // Hashing costs as much as all the rest: not before it is known that the file will be used.
      if (!candidate.refusal) {
        if (auto print = protocol::fingerprint(*bytes)) content.fingerprint = std::move(print).value();
      }
    } else {
      content.refusal = refuse("format", facts.error());
      candidate.refusal = content.refusal;
    }
  } else {
    candidate.refusal = Refusal{"file", "BH0201", bytes.error().message, bytes.error().help};
  }
  budget.give_back(size);
}

}  // namespace

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

std::vector<Candidate> find_candidates(const SearchPath& search, std::vector<RefusedFolder>& refused,
                                       platform::Files& files) {
  std::vector<Candidate> out;
  const auto add = [&out](fs::path path, const SearchFolder& folder) {
    Candidate candidate;
    candidate.path = std::move(path);
    candidate.origin = folder.origin;
    candidate.trust = folder.trust;
    out.push_back(std::move(candidate));
  };
  for (const SearchFolder& folder : search.folders) {
    if (const auto status = files.status(folder.path); status.ok() && status->type == FileType::regular) {
      add(folder.path, folder);
      continue;
    }
    const auto entries = files.list(folder.path);
    if (!entries) {
      refused.push_back({folder.path, folder.origin, entries.error().message});
      continue;
    }
    for (const platform::DirectoryEntry& entry : *entries) {
      if (is_library_name(entry.name)) add(folder.path / entry.name, folder);
    }
  }
  refused.insert(refused.end(), search.refused.begin(), search.refused.end());
  return out;
}

Result<void> pass_static_gates(std::vector<Candidate>& candidates, CandidateKind kind, const ReadLimits& limits,
                               ProbeCache& cache, platform::Files& files) {
  platform::SystemClock clock;
  const std::int64_t wall_ns = clock.wall_ns();
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    Candidate& candidate = candidates[i];
    look_at(candidate, limits.max_file, wall_ns, files);
    if (candidate.refusal) continue;
    if (const ContentFacts* known = cache.find_file(*candidate.key)) {
      candidate.refusal = check_content(*known, kind, limits.host);
      // Known from a time when it was refused, by another host or as the other kind: then it was not fingerprinted.
      if (candidate.refusal || !known->fingerprint.empty()) {
        candidate.content = *known;
        continue;
      }
    }
    unknown.push_back(i);
  }
  ByteBudget budget(limits.max_file.count);
  BH_CHECK(in_parallel(unknown.size(), limits.jobs,
                       [&](std::size_t i) { read_content(candidates[unknown[i]], kind, limits, budget, files); }));
  for (const std::size_t i : unknown) {
    const Candidate& candidate = candidates[i];
    const ContentFacts& content = candidate.content;
    if (content.digest.empty()) continue;
    if (!candidate.is_fresh) cache.remember_file(*candidate.key, content.digest);
    const ContentFacts* known = cache.find_content(content.digest);
    if (known == nullptr || known->fingerprint.empty()) cache.remember_content(content);
  }
  return {};
}

}  // namespace benchhost::discover
