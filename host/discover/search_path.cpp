#include "discover/search_path.h"

#include <set>
#include <utility>

#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

// Relative to the prefix; the build passes the distribution's, which may name the architecture.
#if !defined(BENCHHOST_LIBDIR)
#define BENCHHOST_LIBDIR "lib"
#endif
#if !defined(BENCHHOST_DATADIR)
#define BENCHHOST_DATADIR "share"
#endif

namespace benchhost::discover {
namespace {

namespace fs = std::filesystem;
using platform::FileType;

constexpr char kListSeparator =
#if defined(_WIN32)
    ';';
#else
    ':';
#endif

const char* variable_of(SearchKind kind) {
  switch (kind) {
    case SearchKind::plugins:
      return "BENCHHOST_PLUGIN_PATH";
    case SearchKind::backends:
      return "BENCHHOST_BACKEND_PATH";
    case SearchKind::suites:
      break;
  }
  return "BENCHHOST_SUITE_PATH";
}

class Builder {
 public:
  explicit Builder(platform::Files& files) : files_(files) {}

  /// named: somebody asked for this very place, so that its absence is worth a word.
  void add(const fs::path& path, const std::string& origin, bool named) {
    const auto status = files_.status(path);
    if (!status) {
      if (named) out_.refused.push_back({path, origin, "it cannot be looked at: " + status.error().message});
      return;
    }
    if (status->type != FileType::directory && !(named && status->type == FileType::regular)) {
      if (named) out_.refused.push_back({path, origin, "it is no folder but a " + std::string(to_text(status->type))});
      return;
    }
    if (!seen_.insert({status->device, status->inode}).second) return;
    if (status->type == FileType::directory && status->writable_by_world) {
      out_.refused.push_back({path, origin, "everybody may write to it, so anybody's code would run; chmod o-w"});
      return;
    }
    out_.folders.push_back({path, origin});
  }

  /// Of the current folder: code that somebody else may have put there is not run by accident.
  void add_current(const fs::path& path) {
    const auto status = files_.status(path);
    if (!status || status->type != FileType::directory) return;
    if (!status->owned_by_caller || status->writable_by_group || status->writable_by_world) {
      if (seen_.insert({status->device, status->inode}).second) {
        out_.refused.push_back({path, "current folder",
                                status->owned_by_caller
                                    ? "others may write to it; name it on the command line to use it"
                                    : "it belongs to another user; name it on the command line to "
                                      "use it"});
      }
      return;
    }
    add(path, "current folder", false);
  }

  SearchPath take() { return std::move(out_); }

 private:
  platform::Files& files_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
  SearchPath out_;
};

}  // namespace

std::string_view to_text(SearchKind kind) {
  switch (kind) {
    case SearchKind::plugins:
      return "plugins";
    case SearchKind::backends:
      return "backends";
    case SearchKind::suites:
      break;
  }
  return "suites";
}

std::optional<fs::path> find_project(const fs::path& from, platform::Files& files) {
  for (fs::path folder = from;; folder = folder.parent_path()) {
    const auto status = files.status(folder / "benchhost.yaml");
    if (status.ok() && status->type == FileType::regular) return folder;
    if (!folder.has_relative_path()) return std::nullopt;
  }
}

SearchPath find_search_path(const SearchRequest& request, platform::Files& files) {
  const std::string name(to_text(request.kind));
  Builder builder(files);
  for (const fs::path& flag : request.flags) builder.add(request.current_folder / flag, "--" + name, true);
  if (const auto list = request.environment.get(variable_of(request.kind)); list && !request.elevated) {
    std::string_view rest = *list;
    while (!rest.empty()) {
      const std::size_t end = rest.find(kListSeparator);
      // An empty element would mean the current folder, which is asked on its own terms below.
      if (end != 0) builder.add(request.current_folder / rest.substr(0, end), variable_of(request.kind), true);
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  if (const auto project = find_project(request.current_folder, files)) {
    builder.add(*project / name, "project", false);
  } else {
    builder.add_current(request.current_folder / name);
  }
  if (!request.executable.empty()) {
    const fs::path prefix = request.executable.parent_path().parent_path();
    if (request.kind == SearchKind::suites) {
      builder.add(prefix / BENCHHOST_DATADIR / "benchhost" / name, "install prefix", false);
    } else {
      builder.add(prefix / BENCHHOST_LIBDIR / "benchhost" / name, "install prefix", false);
      builder.add(prefix / "lib" / "benchhost" / name, "install prefix", false);
    }
    builder.add(prefix / name, "build tree", false);
  }
  for (const fs::path& folder : request.configured) builder.add(folder, "configuration", true);
  return builder.take();
}

bool is_elevated() {
#if defined(__linux__)
  return getauxval(AT_SECURE) != 0;
#elif defined(__unix__) || defined(__APPLE__)
  return issetugid() != 0;
#else
  return false;
#endif
}

}  // namespace benchhost::discover
