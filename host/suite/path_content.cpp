#include "suite/path_content.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>

#include "common/base/digest.h"

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnreadable = "BH0002";

Error refuse(std::string message, const std::string& path, std::string help = {}) {
  return make_error(kUnreadable, std::move(message), std::move(help)).in(path);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

bool is_within(const fs::path& root, const fs::path& path) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

}  // namespace

Result<std::string> PathContent::digest(const std::string& path) {
  if (const auto known = digests_.find(path); known != digests_.end()) return known->second;
  BH_TRY(const platform::FileStatus status, files_.status(path));
  std::string hex;
  if (status.type == platform::FileType::regular) {
    BH_TRY(hex, file_hex(path, status));
  } else if (status.type == platform::FileType::directory) {
    BH_TRY(hex, folder_hex(path));
  } else {
    return refuse("a " + std::string(platform::to_text(status.type)) + " has no content that could be hashed", path,
                  "name a file or a folder");
  }
  return digests_.emplace(path, "sha256:" + hex).first->second;
}

Result<std::string> PathContent::file_hex(const std::string& path, const platform::FileStatus& status) {
  // Streamed: a model may be larger than memory.
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) return refuse("it cannot be opened", path, "check its permissions");
  Sha256 hash;
  std::uint64_t total = 0;
  std::vector<std::byte> block(std::size_t{1} << 20);
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), file.get())) {
    total += got;
    if (total > status.size_bytes) break;
    hash.update(std::span(block).first(got));
  }
  if (std::ferror(file.get()) != 0) return refuse("reading failed", path);
  if (total != status.size_bytes) return refuse("its size changed while it was read", path, "wait until it is written");
  seen_.push_back({path, status.size_bytes, status.modified_ns});
  return to_hex(hash.finish());
}

Result<void> PathContent::collect(const std::string& root, const std::string& relative, Walk& walk) {
  const std::string folder = relative.empty() ? root : root + '/' + relative;
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  if (error) return refuse("the folder cannot be entered", folder);
  if (std::ranges::find(walk.above, real) != walk.above.end())
    return refuse("a link leads back to a folder above", folder, "remove it");
  // Links may show one folder in many places; the count bounds the walk whatever they do.
  if (walk.above.size() >= kMostDepth || ++walk.folders > kMostFiles)
    return refuse("folders are nested too deep or too many", folder);
  walk.above.push_back(real);
  BH_TRY(const auto entries, files_.list(folder));
  for (const platform::DirectoryEntry& entry : entries) {
    const std::string name = relative.empty() ? entry.name : relative + '/' + entry.name;
    platform::FileType type = entry.type;
    if (type == platform::FileType::symlink) {
      const fs::path target = fs::canonical(root + '/' + name, error);
      if (error) return refuse("the link leads nowhere", root + '/' + name, "remove it");
      if (!is_within(walk.above.front(), target))
        return refuse("the link leads out of the folder", root + '/' + name, "copy what it points to");
      BH_TRY(const auto status, files_.status(root + '/' + name));
      type = status.type;
    }
    if (type == platform::FileType::directory) {
      BH_CHECK(collect(root, name, walk));
    } else if (type == platform::FileType::regular) {
      if (walk.files.size() >= kMostFiles) return refuse("it holds too many files", root);
      walk.files.push_back(name);
    }
  }
  walk.above.pop_back();
  return {};
}

Result<std::string> PathContent::folder_hex(const std::string& path) {
  Walk walk;
  BH_CHECK(collect(path, "", walk));
  std::vector<std::string>& names = walk.files;
  std::ranges::sort(names);
  Sha256 hash;
  for (const std::string& name : names) {
    const std::string file = path + '/' + name;
    BH_TRY(const platform::FileStatus status, files_.status(file));
    BH_TRY(const std::string hex, file_hex(file, status));
    hash.update(hex + "  " + name + '\n');
  }
  return to_hex(hash.finish());
}

Result<void> PathContent::check_unchanged() {
  for (const Seen& seen : seen_) {
    auto status = files_.status(seen.path);
    if (!status.ok()) return std::move(status).error();
    if (status->size_bytes != seen.size_bytes || status->modified_ns != seen.modified_ns)
      return refuse("it changed while the run used it", seen.path, "run again");
  }
  return {};
}

}  // namespace benchhost::suite
