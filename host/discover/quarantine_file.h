// Where quarantine is kept: one file of state, not of cache, since deleting a cache must not set a crasher free.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/platform/files.h"
#include "discover/quarantine.h"

namespace benchhost::discover {

/// A file that several processes change at once without losing what another one counted: it is read, changed and
/// replaced under a lock. Thread: any.
class QuarantineFile {
 public:
  /// `file`: "" keeps nothing: it is always empty. files outlives it.
  QuarantineFile(std::filesystem::path file, platform::Files& files) : file_(std::move(file)), files_(files) {}

  [[nodiscard]] const std::filesystem::path& path() const { return file_; }

  struct Reading {
    Quarantine quarantine;
    /// Why what the file says is not known, for people; "": it is. A damaged file has been set aside.
    std::string problem;
  };
  /// Never fails: without a file nothing is in quarantine.
  [[nodiscard]] Reading read() const;

  /// The same without a word or a change: what cannot be used is empty.
  [[nodiscard]] Quarantine peek() const;

  /// Changes what the file says, and tells what it says then. Errors: BH0003, BH0002: it cannot be locked, written or
  /// read, or a newer benchhost wrote it; nothing has been changed then.
  Result<Quarantine> update(const std::function<void(Quarantine&)>& change) const;

 private:
  std::filesystem::path file_;
  platform::Files& files_;
};

}  // namespace benchhost::discover
