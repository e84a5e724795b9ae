// The handshake with a plugin's entry (sdk plugin.h, "Entry and negotiation").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <benchhost/plugin.h>

#include "common/base/result.h"

namespace benchhost::loader {

/// The versions that this worker speaks, inclusive.
struct AbiRange {
  std::uint32_t min = BH_ABI_VERSION;
  std::uint32_t max = BH_ABI_VERSION;
};

/// What both sides agreed on.
struct Agreement {
  std::uint32_t abi = 0;
  const bh_plugin_t* plugin = nullptr;  ///< valid until the process ends
};

using Entry = bh_status_t(BH_CALL*)(const bh_offer_t*, bh_answer_t*);

/// "0.1".
[[nodiscard]] std::string abi_text(std::uint32_t abi);

/// Offers the range and examines the answer. note_text: of the file's note, without its final 0.
/// Errors: BH0203 when the plugin refuses for the version or answers outside the offer; BH0208 when it refuses
/// otherwise, lets an exception out, answers no plugin, or a note that is not the file's.
[[nodiscard]] Result<Agreement> negotiate(Entry entry, const AbiRange& range, std::string_view note_text);

}  // namespace benchhost::loader
