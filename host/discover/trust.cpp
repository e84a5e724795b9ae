#include "discover/trust.h"

namespace benchhost::discover {

namespace fs = std::filesystem;
using platform::FileStatus;

Trust trust_beside(const fs::path& program, platform::Files& files) {
  const auto status = files.status(program);
  if (!status || status->writable_by_world) return {};
  Trust trust{status->owner, std::nullopt};
  if (status->writable_by_group) trust.group = status->group;
  return trust;
}

std::string distrust(const FileStatus& status, const Trust& trust) {
  constexpr std::uint32_t kRoot = 0;
  if (!status.owned_by_caller && status.owner != kRoot && status.owner != trust.owner) {
    return "it belongs to another user (number " + std::to_string(status.owner) + ")";
  }
  if (status.writable_by_world) return "everybody may write to it";
  if (status.writable_by_group && status.group != trust.group) {
    return "others may write to it (group " + std::to_string(status.group) + ")";
  }
  return {};
}

std::string distrust_library(const fs::path& path, const FileStatus& status, const Trust& trust,
                             platform::Files& files) {
  if (std::string why = distrust(status, trust); !why.empty()) return why;
  const auto link = files.link_status(path);
  if (!link) return link.error().message;
  if (link->type != platform::FileType::symlink) return {};
  std::error_code failed;
  const fs::path folder = fs::canonical(path, failed).parent_path();
  if (failed) return "it is a link that cannot be followed: " + failed.message();
  const auto target = files.status(folder);
  if (!target) return target.error().message;
  if (const std::string why = distrust(*target, trust); !why.empty()) {
    return "it is a link into " + folder.string() + ": " + why;
  }
  return {};
}

}  // namespace benchhost::discover
