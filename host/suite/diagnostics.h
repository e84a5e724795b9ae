// All that is wrong with a suite, not only the first thing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "suite/model.h"

namespace benchhost::suite {

/// Errors and warnings in the order they were found, each with its place. At most kMost of each are kept: beyond that
/// a suite is another file than the user thinks.
class Diagnostics {
 public:
  static constexpr std::size_t kMost = 100;

  void error(std::string_view code, std::string message, const Position& at, std::string help = {});
  /// An error that another module found, placed.
  void error(Error error, const Position& at);
  /// One that is placed already.
  void error(Error error);
  void warning(std::string_view code, std::string message, const Position& at, std::string help = {});

  [[nodiscard]] bool ok() const { return errors_.empty(); }
  [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }
  [[nodiscard]] const std::vector<Error>& warnings() const { return warnings_; }
  void append(const Diagnostics& other);

 private:
  std::vector<Error> errors_;
  std::vector<Error> warnings_;
};

}  // namespace benchhost::suite
