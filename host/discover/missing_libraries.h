// Which libraries of a plugin the loader would not find: asked after it refused, to name them all and not only the
// first.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/platform/environment.h"
#include "common/platform/files.h"
#include "common/protocol/note.h"

namespace benchhost::discover {

/// Needed libraries that are in none of the places that the loader asks: the file's runpath, LD_LIBRARY_PATH, its
/// cache, the system's folders. May name too many where the loader is configured in other ways, so it explains a
/// refusal and never makes one.
[[nodiscard]] std::vector<std::string> missing_libraries(const protocol::ObjectFacts& facts,
                                                         const std::filesystem::path& file,
                                                         const platform::Environment& environment,
                                                         platform::Files& files);

}  // namespace benchhost::discover
