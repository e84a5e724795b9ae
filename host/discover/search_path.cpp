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

  /// Somebody asked for this very place: its absence is worth a word, and its owner is the user's own choice.
  void add_named(const fs::path& path, const std::string& origin) {
    const auto status = files_.status(path);
    if (!status) {
      out_.refused.push_back({path, origin, "it cannot be looked at: " + status.error().message});
      return;
    }
    if (status->type != FileType::directory && status->type != FileType::regular) {
      out_.refused.push_back({path, origin, "it is no folder but a " + std::string(to_text(status->type))});
      return;
    }
    if (!is_new(*status)) return;
    if (status->type == FileType::directory && status->writable_by_world) {
      out_.refused.push_back({path, origin, "everybody may write to it, so anybody's code would run; chmod o-w"});
      return;
    }
    out_.folders.push_back({path, origin, std::nullopt});
  }

  /// A place that is searched by itself: code that somebody else may have put there is not run by accident.
  void add_found(const fs::path& path, const std::string& origin, const Trust& trust = {}) {
    const auto status = files_.status(path);
    if (!status || status->type != FileType::directory || !is_new(*status)) return;
    if (const std::string why = distrust(*status, trust); !why.empty()) {
      out_.refused.push_back({path, origin, why + "; name it on the command line to use it"});
      return;
    }
    out_.folders.push_back({path, origin, trust});
  }

  void refuse(RefusedFolder refused) { out_.refused.push_back(std::move(refused)); }

  SearchPath take() { return std::move(out_); }

 private:
  bool is_new(const platform::FileStatus& status) { return seen_.insert({status.device, status.inode}).second; }

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

Project find_project(const fs::path& from, platform::Files& files) {
  for (fs::path folder = from;; folder = folder.parent_path()) {
    const fs::path file = folder / "benchhost.yaml";
    const auto status = files.status(file);
    if (status.ok() && status->type == FileType::regular) {
      std::string why = distrust(*status);
      if (why.empty()) {
        const auto around = files.status(folder);
        why = around.ok() ? distrust(*around) : around.error().message;
        if (!why.empty()) why = "of its folder: " + why;
      }
      if (why.empty()) return {folder, std::nullopt};
      return {std::nullopt,
              RefusedFolder{file, "project", why + "; a project must be yours alone, so this makes none"}};
    }
    if (!folder.has_relative_path()) return {};
  }
}

SearchPath find_search_path(const SearchRequest& request, platform::Files& files) {
  const std::string name(to_text(request.kind));
  Builder builder(files);
  for (const fs::path& flag : request.flags) builder.add_named(request.current_folder / flag, "--" + name);
  if (const auto list = request.environment.get(variable_of(request.kind)); list && !request.elevated) {
    std::string_view rest = *list;
    while (!rest.empty()) {
      const std::size_t end = rest.find(kListSeparator);
      // An empty element would mean the current folder, which is asked on its own terms below.
      if (end != 0) builder.add_named(request.current_folder / rest.substr(0, end), variable_of(request.kind));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  for (const fs::path& folder : request.settings) builder.add_named(folder, "settings");
  Project project = find_project(request.current_folder, files);
  if (project.refused) builder.refuse(*std::move(project.refused));
  if (project.folder) {
    builder.add_found(*project.folder / name, "project");
  } else {
    builder.add_found(request.current_folder / name, "current folder");
  }
  if (!request.executable.empty()) {
    const fs::path prefix = request.executable.parent_path().parent_path();
    const Trust trust = trust_beside(request.executable, files);
    if (request.kind == SearchKind::suites) {
      builder.add_found(prefix / BENCHHOST_DATADIR / "benchhost" / name, "install prefix", trust);
    } else {
      builder.add_found(prefix / BENCHHOST_LIBDIR / "benchhost" / name, "install prefix", trust);
      builder.add_found(prefix / "lib" / "benchhost" / name, "install prefix", trust);
    }
    builder.add_found(prefix / name, "build tree", trust);
  }
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
