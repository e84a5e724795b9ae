// The names that `benchhost complete` offers beside those of tables: benchmarks, suites, runs and their like. Nothing
// here starts a worker, waits for one, writes, or fails: what is not known gives no names.
#pragma once

#include <memory>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/workplace.h"
#include "common/protocol/descriptor.h"

namespace benchhost::cli {

/// Plugins are those that the probe cache remembers, devices those of the newest run, both where the flags of the line,
/// the environment and the settings say. For one line: the first question goes into the folder of its -C and reads the
/// settings there, the others are answered from the same place. Thread: one.
class SiteNames final : public KnownNames {
 public:
  /// Both outlive it.
  SiteNames(Console& console, Workplace& workplace);
  ~SiteNames() override;

  std::vector<Candidate> names(ValueKind kind, const Arguments& typed, std::string_view value) override;

 private:
  class Names;

  Console& console_;
  Workplace& workplace_;
  std::unique_ptr<Names> line_;
};

/// "bytes=" for each parameter of the benchmarks that the globs mean, of all without one; once "bytes=" is typed, the
/// values that its author named. The value of a list is only completed up to its first ','.
[[nodiscard]] std::vector<Candidate> parameter_names(const std::vector<protocol::PluginRecord>& plugins,
                                                     const std::vector<std::string>& globs, std::string_view value);

}  // namespace benchhost::cli
