// Cases that lie outside a plugin's file: the call of enumerate with the part of the host that it may use.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <benchhost/plugin.h>

#include "common/base/result.h"
#include "common/platform/clock.h"
#include "common/protocol/descriptor.h"

namespace benchhost::loader {

/// What enumerate is given by the worker.
struct EnumerateServices {
  platform::Clock* clock = nullptr;                       ///< never null
  const std::atomic<std::uint32_t>* cancelled = nullptr;  ///< never null; not 0: stop
  std::string asset_dir;                                  ///< "": none
  std::string scratch_dir;                                ///< "": none
  std::vector<protocol::Value> settings;                  ///< in declared order
  /// Lines of the plugin; level is BH_LOG_*. Thread: any. May be empty.
  std::function<void(std::uint32_t level, std::string_view text)> log;
  /// Life signs. Thread: any. May be empty.
  std::function<void(std::uint64_t done, std::uint64_t total, std::string_view text)> progress;
  /// Each case, copied and checked. Thread: control. Never empty.
  std::function<void(protocol::FoundCase found)> found;
};

/// How enumerate ended.
struct EnumerateEnd {
  bh_status_t status = BH_OK;  ///< as the plugin returned it
  std::string reason;          ///< "" if it succeeded
  std::string violation;       ///< a call that enumerate may not make; "": none
  std::uint64_t cases = 0;
};

/// Calls enumerate once. A case that breaks a rule is refused to the plugin (BH_E_ARGUMENT) and is not among the found.
/// Errors: BH0208 if the plugin has no enumerate or lets an exception out; BH0209 if the settings are not those
/// declared. Requires: record was read from this plugin.
[[nodiscard]] Result<EnumerateEnd> enumerate_cases(const bh_plugin_t& plugin, std::uint32_t abi,
                                                   const protocol::PluginRecord& record, EnumerateServices services);

}  // namespace benchhost::loader
