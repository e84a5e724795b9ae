// A shared library that is opened once and stays: the end of the process is its unload.
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"

namespace benchhost::loader {

/// A library in this process. Bound at once and locally, so that a missing symbol is found here and no symbol of one
/// plugin meets another's. Never unloaded, whatever becomes of this object: a plugin may have left threads or
/// destructors behind, and a file that is loaded a second time would run the old code. Thread: control.
class SharedLibrary {
 public:
  /// Errors: BH0207 with the loader's own words.
  /// Requires: file is an absolute path.
  [[nodiscard]] static Result<SharedLibrary> open(const std::string& file);

  /// Address of a symbol, nullptr if the library does not export it. Valid until: the process ends.
  [[nodiscard]] void* symbol(const char* name) const;

 private:
  explicit SharedLibrary(std::shared_ptr<void> library) : library_(std::move(library)) {}
  std::shared_ptr<void> library_;  ///< a boost::dll::shared_library, which no other file may see
};

}  // namespace benchhost::loader
