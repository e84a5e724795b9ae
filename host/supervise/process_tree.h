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

/// Ends what a worker left behind outside its group, and what becomes ours when that ends. The tag tells whose a
/// process is while other workers live; a process without one, which gave itself another environment, is then ended but
/// nobody's, and one with another's tag is left to that. Requires: this process is a subreaper, the worker is
/// collected, its Child lives. Returns how many were this worker's. Waits at most some seconds for what cannot be
/// ended.
std::size_t end_strays(std::string_view tag);

}  // namespace benchhost::supervise
