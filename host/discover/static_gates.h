// The gates that are answered from a file's bytes and the host's facts, without a process. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/protocol/note.h"
#include "common/protocol/version.h"
#include "discover/catalogue.h"

namespace benchhost::discover {

/// What plugins are held against.
struct HostFacts {
  std::string os;    ///< as the note spells it
  std::string arch;  ///< likewise
  /// Features and levels of the vocabulary of requirements; empty: not known, and then the gate is open.
  std::vector<std::string> isa;
  std::uint32_t abi_min = protocol::kAbiMin;
  std::uint32_t abi_max = protocol::kAbiMax;
};

/// The system and architecture that this program was built for.
[[nodiscard]] HostFacts host_facts(std::vector<std::string> isa);

/// Gate format. The file's own header decides; what the note says is compared with it.
[[nodiscard]] std::optional<Refusal> check_format(const protocol::ObjectFacts& facts, const HostFacts& host);
/// Gates os, arch, isa and abi, in this order.
[[nodiscard]] std::optional<Refusal> check_note(const protocol::Note& note, const HostFacts& host);
/// Gate arch by the file's own header.
[[nodiscard]] std::optional<Refusal> check_machine(const protocol::ObjectFacts& facts, const HostFacts& host);

/// A refusal made of an error.
[[nodiscard]] Refusal refuse(std::string_view gate, const Error& error);

}  // namespace benchhost::discover
