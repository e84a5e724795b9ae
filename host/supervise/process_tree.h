// What a worker's processes use, and what it left behind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/platform/process.h"

namespace benchhost::supervise {

/// Resident bytes of a process and all below it; nullopt where the system does not tell.
[[nodiscard]] std::optional<std::uint64_t> resident_bytes_of_tree(platform::ProcessId root);

/// The variable by which what comes from a worker is recognised, whatever group or session it moved to.
inline constexpr const char* kTagVariable = "BENCHHOST_WORKER_TAG";

/// A tag that no other worker has.
[[nodiscard]] std::string make_tag();

/// Kills and collects children of this process that carry the tag, and what becomes ours when they end. Requires: this
/// process is a subreaper and the tagged worker is collected. Returns how many there were.
std::size_t end_tagged_orphans(std::string_view tag);

}  // namespace benchhost::supervise
