// Private folders of invocations below the system's temporary folder.
#pragma once

#include <map>
#include <string>

#include "common/platform/files.h"
#include "schedule/executor.h"

namespace benchhost::cli {

/// Each folder lives until it is removed, at most as long as this. Thread: one.
class TempScratch final : public schedule::ScratchFolders {
 public:
  Result<std::string> make() override;
  void remove(const std::string& folder) override { open_.erase(folder); }

 private:
  std::map<std::string, platform::TempFolder> open_;
};

}  // namespace benchhost::cli
