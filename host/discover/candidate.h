// A file that may be a plugin or a backend module, up to where a process would have to be started.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/platform/files.h"
#include "discover/catalogue.h"
#include "discover/probe_cache.h"
#include "discover/search_path.h"
#include "discover/static_gates.h"
#include "discover/trust.h"

namespace benchhost::discover {

struct Candidate {
  std::filesystem::path path;
  std::string origin;
  /// Of its search folder.
  std::optional<Trust> trust;
  std::optional<FileKey> key;
  /// platform::stamp_of the file before its content was read.
  std::string stamp;
  /// Changed so recently that it could change again and look the same.
  bool is_fresh = false;
  ContentFacts content;
  /// Of any gate that needs no process.
  std::optional<Refusal> refusal;
};

enum class CandidateKind : std::uint8_t { plugin, backend };

/// What reading candidates may cost, and for which host they are asked.
struct ReadLimits {
  const HostFacts& host;
  /// A larger file is refused unread. All files that are being read together are no larger either.
  Bytes max_file;
  unsigned jobs;
};

/// Runs work(i) for i < count on several threads; nothing of it throws. Errors: BH0011.
[[nodiscard]] Result<void> in_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work);

/// The libraries of the search path, in order. A folder that cannot be listed is added to refused.
[[nodiscard]] std::vector<Candidate> find_candidates(const SearchPath& search, std::vector<RefusedFolder>& refused,
                                                     platform::Files& files);

/// Passes every candidate through the gates that need no process: file, trust, format, note, os, arch, isa, abi; those
/// of the note for plugins only. What is no regular file is not opened, of what does not begin as a library only the
/// first bytes are read, what the cache knows is not read at all. Only what passed has a fingerprint.
/// Errors: BH0011 if the system gives no threads; those of a file are its refusal.
[[nodiscard]] Result<void> pass_static_gates(std::vector<Candidate>& candidates, CandidateKind kind,
                                             const ReadLimits& limits, ProbeCache& cache, platform::Files& files);

}  // namespace benchhost::discover
