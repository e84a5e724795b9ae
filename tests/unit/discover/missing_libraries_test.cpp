#include "discover/missing_libraries.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace benchhost;
using namespace benchhost::discover;
namespace fs = std::filesystem;

TEST_CASE(
    "libraries are looked for beside the file, in the environment and in the system, and all missing ones are named") {
  auto folder = platform::TempFolder::make(fs::temp_directory_path());
  REQUIRE(folder.ok());
  fs::create_directories(folder->path() / "lib");
  fs::create_directories(folder->path() / "env");
  std::ofstream(folder->path() / "lib" / "libbeside.so.1") << "x";
  std::ofstream(folder->path() / "env" / "libnamed.so.2") << "x";
  platform::SystemFiles files;
  platform::Environment environment;
  protocol::ObjectFacts facts;
  facts.format = protocol::ObjectFormat::elf;
#if defined(__x86_64__)
  facts.arch = "x86_64";
#else
  facts.arch = "aarch64";
#endif
  facts.needed = {"libbeside.so.1", "libnamed.so.2", "libc.so.6", "libnowhere.so.3", "/no/such/file.so"};
  const fs::path plugin = folder->path() / "plugin.so";
  CHECK(missing_libraries(facts, plugin, environment, files) ==
        std::vector<std::string>{"libbeside.so.1", "libnamed.so.2", "libnowhere.so.3", "/no/such/file.so"});
  facts.runpath = "/nowhere:$ORIGIN/lib";
  environment.set("LD_LIBRARY_PATH", ":" + (folder->path() / "env").string());
  CHECK(missing_libraries(facts, plugin, environment, files) ==
        std::vector<std::string>{"libnowhere.so.3", "/no/such/file.so"});
}
