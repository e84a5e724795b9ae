#include "discover/missing_libraries.h"

#include <string_view>

namespace benchhost::discover {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = list.find(':');
    if (end != 0) parts.emplace_back(list.substr(0, end));
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
  }
  return parts;
}

std::string with_origin(std::string text, const std::string& origin) {
  for (const std::string_view token : {"${ORIGIN}", "$ORIGIN"}) {
    for (std::size_t at = 0; (at = text.find(token, at)) != std::string::npos; at += origin.size()) {
      text.replace(at, token.size(), origin);
    }
  }
  return text;
}

/// The names in glibc's cache. Its strings are taken as they lie, so that no version of its tables has to be known: a
/// name that is in it is a string of its own.
bool in_loader_cache(const std::string& cache, const std::string& name) {
  const std::string wanted = std::string(1, '\0') + name + '\0';
  return cache.find(wanted) != std::string::npos;
}

}  // namespace

std::vector<std::string> missing_libraries(const protocol::ObjectFacts& facts, const fs::path& file,
                                           const platform::Environment& environment, platform::Files& files) {
  std::vector<std::string> folders;
  for (const std::string& folder : split(facts.runpath)) {
    folders.push_back(with_origin(folder, file.parent_path().string()));
  }
  for (const std::string& folder : split(environment.get("LD_LIBRARY_PATH").value_or(""))) folders.push_back(folder);
  const std::string triplet = facts.arch == "ppc64le" ? "powerpc64le" : facts.arch;
  for (const char* root : {"/lib", "/usr/lib", "/usr/local/lib"}) {
    folders.push_back(std::string(root) + "/" + triplet + "-linux-gnu");
    folders.emplace_back(root);
    folders.push_back(std::string(root) + "64");
  }
  constexpr Bytes kMaxCache{16u << 20};
  const auto cache = files.read("/etc/ld.so.cache", kMaxCache);
  std::vector<std::string> missing;
  for (const std::string& name : facts.needed) {
    bool found = cache.ok() && in_loader_cache(*cache, name);
    if (name.find('/') != std::string::npos) {
      found = exists(files, name);
    } else {
      for (const std::string& folder : folders) found = found || exists(files, fs::path(folder) / name);
    }
    if (!found) missing.push_back(name);
  }
  return missing;
}

}  // namespace benchhost::discover
