// A folder that stands for the root of a machine: a test puts the files there that the system would have.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string_view>

#include "common/platform/files.h"
#include "common/platform/temp_folder.h"

namespace benchhost::test {

struct PlantedTree {
  platform::TempFolder folder = platform::TempFolder::make(std::filesystem::temp_directory_path()).value();
  platform::SystemFiles files;

  [[nodiscard]] std::filesystem::path root() const { return folder.path(); }
  /// Below the root.
  void put(std::string_view path, std::string_view content) {
    const std::filesystem::path file = root() / path;
    REQUIRE(files.make_folder(file.parent_path()).ok());
    REQUIRE(files.write(file, content).ok());
  }
};

}  // namespace benchhost::test
