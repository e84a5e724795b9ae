// What one probe in a worker tells of a plugin or backend module.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/platform/files.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"
#include "common/protocol/note.h"
#include "discover/catalogue.h"
#include "supervise/supervisor.h"

namespace benchhost::discover {

/// How a plugin's own code kept its probe from an answer.
struct ProbeFault {
  FaultKind kind = FaultKind::crash;
  std::string fault;  ///< as Incident
  std::string phase;
};

/// A record or a refusal.
struct PluginProbe {
  std::optional<protocol::PluginRecord> record;
  std::optional<Refusal> refusal;
  /// The answer holds for these bytes for ever: a good record, descriptors that are not valid, an ABI that the plugin
  /// refuses. Not so whatever the machine may have had a part in: time, memory, a signal from outside, a missing
  /// library, a file that could not be read. Nor a crash: that is for the quarantine to remember, from which it can be
  /// cleared.
  bool lasting = false;
  /// What is held against the plugin; nothing if its file was written to meanwhile.
  std::optional<ProbeFault> fault;
};

struct BackendProbe {
  std::optional<protocol::BackendRecord> record;
  std::optional<Refusal> refusal;
};

struct Prober {
  const supervise::WorkerProgram& program;
  const supervise::CancelToken& cancel;
  platform::Files& files;
  std::int64_t deadline_ns;
};

[[nodiscard]] PluginProbe probe_plugin(const Prober& prober, const std::filesystem::path& file,
                                       const std::string& stamp, const protocol::Note& note,
                                       const protocol::ObjectFacts& facts);
[[nodiscard]] BackendProbe probe_backend(const Prober& prober, const std::filesystem::path& file,
                                         const protocol::ObjectFacts& facts,
                                         const std::vector<std::pair<std::string, std::string>>& options);

}  // namespace benchhost::discover
