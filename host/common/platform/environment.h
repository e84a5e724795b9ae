// Environment variables as a value: read once in main and passed on, never asked for behind a caller's back.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace benchhost::platform {

/// Names to values, ordered by name.
class Environment {
 public:
  Environment() = default;
  /// The variables of this process, now.
  [[nodiscard]] static Environment of_process();

  /// nullopt if the variable is not set; "" if it is set to nothing.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  Environment& set(std::string_view name, std::string_view value);
  Environment& unset(std::string_view name);
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return variables_; }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace benchhost::platform
