#include "discover/search_path.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "discover/discover.h"

using namespace benchhost;
using namespace benchhost::discover;
namespace fs = std::filesystem;

namespace {

struct Tree {
  Tree() : folder(platform::TempFolder::make(fs::temp_directory_path()).value()) {
    request.current_folder = folder.path() / "work" / "deep";
    fs::create_directories(request.current_folder);
    for (const char* name : {"work", "work/deep"}) chmod((folder.path() / name).c_str(), 0755);
  }
  fs::path make(const fs::path& path) {
    const fs::path full = folder.path() / path;
    fs::create_directories(full);
    chmod(full.c_str(), 0755);
    return full;
  }
  void touch(const fs::path& path) {
    std::ofstream(folder.path() / path) << "name: x\n";
    chmod((folder.path() / path).c_str(), 0644);
  }
  SearchPath find() { return find_search_path(request, files); }

  platform::TempFolder folder;
  platform::SystemFiles files;
  SearchRequest request;
};

std::vector<std::string> origins(const SearchPath& path) {
  std::vector<std::string> out;
  for (const SearchFolder& folder : path.folders) out.push_back(folder.origin);
  return out;
}

}  // namespace

TEST_CASE("places are searched in the order flags, environment, project, install prefix, build tree") {
  Tree tree;
  const fs::path flag = tree.make("flag");
  const fs::path env_a = tree.make("env_a");
  const fs::path env_b = tree.make("env_b");
  tree.make("work/plugins");
  tree.touch("work/benchhost.yaml");
  tree.make("prefix/bin");
  tree.make("prefix/lib/benchhost/plugins");
  tree.make("prefix/plugins");
  tree.request.flags = {flag};
  tree.request.environment.set("BENCHHOST_PLUGIN_PATH", env_a.string() + "::" + env_b.string());
  tree.request.executable = tree.folder.path() / "prefix/bin/benchhost";
  const SearchPath path = tree.find();
  CHECK(origins(path) == std::vector<std::string>{"--plugins", "BENCHHOST_PLUGIN_PATH", "BENCHHOST_PLUGIN_PATH",
                                                  "project", "install prefix", "build tree"});
  CHECK(path.refused.empty());
  CHECK(path.folders[0].path == flag);
  CHECK(path.folders[3].path == tree.folder.path() / "work/plugins");
}

TEST_CASE("an elevated program does not ask the environment") {
  Tree tree;
  tree.request.environment.set("BENCHHOST_PLUGIN_PATH", tree.make("env").string());
  CHECK(tree.find().folders.size() == 1);
  tree.request.elevated = true;
  CHECK(tree.find().folders.empty());
  CHECK(!is_elevated());
}

TEST_CASE("the current folder's plugins are used without a project only if nobody else may write there") {
  Tree tree;
  const fs::path plugins = tree.make("work/deep/plugins");
  CHECK(origins(tree.find()) == std::vector<std::string>{"current folder"});
  for (const mode_t mode : {0775, 0777}) {
    chmod(plugins.c_str(), mode);
    const SearchPath path = tree.find();
    CHECK(path.folders.empty());
    REQUIRE(path.refused.size() == 1);
    CHECK(path.refused[0].reason.find("write") != std::string::npos);
  }
  chmod(plugins.c_str(), 0755);
  if (geteuid() == 0) {
    REQUIRE(chown(plugins.c_str(), 12345, 12345) == 0);
    const SearchPath path = tree.find();
    CHECK(path.folders.empty());
    REQUIRE(path.refused.size() == 1);
    CHECK(path.refused[0].reason.find("another user") != std::string::npos);
    REQUIRE(chown(plugins.c_str(), 0, 0) == 0);
  }
  tree.touch("benchhost.yaml");  // a project above: its plugins are asked for instead, and there are none
  CHECK(tree.find().folders.empty());
}

TEST_CASE("a place that everybody may write to is refused whoever names it") {
  Tree tree;
  const fs::path open_to_all = tree.make("open");
  chmod(open_to_all.c_str(), 0777);
  tree.request.flags = {open_to_all};
  tree.touch("work/benchhost.yaml");
  chmod(tree.make("work/plugins").c_str(), 0777);
  const SearchPath path = tree.find();
  CHECK(path.folders.empty());
  REQUIRE(path.refused.size() == 2);
  CHECK(path.refused[0].origin == "--plugins");
  CHECK(path.refused[1].origin == "project");
  CHECK(path.refused[0].reason.find("everybody") != std::string::npos);
}

TEST_CASE("a benchhost.yaml that may be somebody else's makes no project, and what lies beside it is not searched") {
  Tree tree;
  tree.make("work/plugins");
  tree.make("work/deep/plugins");
  tree.touch("work/benchhost.yaml");
  const fs::path yaml = tree.folder.path() / "work/benchhost.yaml";
  const auto refused_for = [&](const char* part) {
    const SearchPath path = tree.find();
    // Not searched; the current folder is asked on its own terms, as if there were no project.
    CHECK(origins(path) == std::vector<std::string>{"current folder"});
    REQUIRE(path.refused.size() == 1);
    CHECK(path.refused[0].path == yaml);
    CHECK(path.refused[0].origin == "project");
    CAPTURE(path.refused[0].reason);
    CHECK(path.refused[0].reason.find(part) != std::string::npos);
    CHECK(!find_project(tree.request.current_folder, tree.files).folder);
  };
  for (const mode_t mode : {0666, 0664}) {
    chmod(yaml.c_str(), mode);
    refused_for("may write to it");
  }
  chmod(yaml.c_str(), 0644);
  for (const mode_t mode : {01777, 0777, 0775}) {  // the first is /tmp's
    chmod(yaml.parent_path().c_str(), mode);
    refused_for("of its folder");
  }
  chmod(yaml.parent_path().c_str(), 0755);
  CHECK(origins(tree.find()) == std::vector<std::string>{"project"});
  if (geteuid() == 0) {
    REQUIRE(chown(yaml.c_str(), 12345, 12345) == 0);
    refused_for("another user");
    REQUIRE(chown(yaml.c_str(), 0, 0) == 0);
    REQUIRE(chown(yaml.parent_path().c_str(), 12345, 12345) == 0);
    refused_for("another user");
  }
}

TEST_CASE("a project's plugins folder that may be somebody else's is refused, and one that was named is not") {
  Tree tree;
  const fs::path plugins = tree.make("work/plugins");
  tree.touch("work/benchhost.yaml");
  CHECK(origins(tree.find()) == std::vector<std::string>{"project"});
  chmod(plugins.c_str(), 0775);
  SearchPath path = tree.find();
  CHECK(path.folders.empty());
  REQUIRE(path.refused.size() == 1);
  CHECK(path.refused[0].reason.find("group") != std::string::npos);
  tree.request.flags = {plugins};
  path = tree.find();
  CHECK(path.refused.empty());
  REQUIRE(path.folders.size() == 1);
  CHECK(!path.folders[0].trust);
}

TEST_CASE("what lies beside the program is trusted as far as the program") {
  Tree tree;
  tree.make("prefix/bin");
  const fs::path plugins = tree.make("prefix/plugins");
  tree.touch("prefix/bin/benchhost");
  tree.request.executable = tree.folder.path() / "prefix/bin/benchhost";
  chmod(plugins.c_str(), 0775);
  CHECK(tree.find().folders.empty());
  // A tree built with a umask of 002: whoever is of the group may exchange the program itself.
  chmod(tree.request.executable.c_str(), 0775);
  CHECK(origins(tree.find()) == std::vector<std::string>{"build tree"});
  chmod(plugins.c_str(), 0777);
  CHECK(tree.find().folders.empty());
  if (geteuid() == 0) {
    chmod(plugins.c_str(), 0755);
    REQUIRE(chown(plugins.c_str(), 12345, 12345) == 0);
    CHECK(tree.find().folders.empty());
    REQUIRE(chown(tree.request.executable.c_str(), 12345, 12345) == 0);
    CHECK(origins(tree.find()) == std::vector<std::string>{"build tree"});
  }
}

TEST_CASE("a named place that is not there is refused, one that nobody named is left out") {
  Tree tree;
  tree.request.flags = {"nowhere"};
  tree.request.executable = tree.folder.path() / "prefix/bin/benchhost";
  tree.touch("file");
  tree.request.environment.set("BENCHHOST_PLUGIN_PATH", "/dev/null");
  const SearchPath path = tree.find();
  CHECK(path.folders.empty());
  REQUIRE(path.refused.size() == 2);
  CHECK(path.refused[0].path == tree.request.current_folder / "nowhere");
  CHECK(path.refused[1].path == "/dev/null");
}

TEST_CASE("a place named twice, also by a link, is searched once; a single file may be named") {
  Tree tree;
  const fs::path flag = tree.make("flag");
  fs::create_directory_symlink(flag, tree.folder.path() / "link");
  tree.touch("one.so");
  tree.request.flags = {flag, tree.folder.path() / "link", flag / "..", flag / "../one.so", flag};
  const SearchPath path = tree.find();
  REQUIRE(path.folders.size() == 3);
  CHECK(path.folders[0].path == flag);
  CHECK(path.folders[2].path == flag / "../one.so");
}

TEST_CASE("backends and suites have their own folders and variables") {
  Tree tree;
  tree.request.kind = SearchKind::suites;
  tree.request.environment.set("BENCHHOST_PLUGIN_PATH", tree.make("p").string());
  tree.request.environment.set("BENCHHOST_SUITE_PATH", tree.make("s").string());
  tree.request.environment.set("BENCHHOST_BACKEND_PATH", tree.make("b").string());
  tree.make("prefix/bin");
  tree.make("prefix/share/benchhost/suites");
  tree.request.executable = tree.folder.path() / "prefix/bin/benchhost";
  SearchPath path = tree.find();
  REQUIRE(path.folders.size() == 2);
  CHECK(path.folders[0].path.filename() == "s");
  CHECK(path.folders[1].origin == "install prefix");
  tree.request.kind = SearchKind::backends;
  path = tree.find();
  REQUIRE(path.folders.size() == 1);
  CHECK(path.folders[0].path.filename() == "b");
}

TEST_CASE("the project is the nearest benchhost.yaml upward") {
  Tree tree;
  tree.touch("benchhost.yaml");
  CHECK(find_project(tree.request.current_folder, tree.files).folder == tree.folder.path());
  tree.touch("work/benchhost.yaml");
  CHECK(find_project(tree.request.current_folder, tree.files).folder == tree.folder.path() / "work");
}
