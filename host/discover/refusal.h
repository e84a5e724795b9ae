// Why a file is not used.
#pragma once

#include <string>

namespace benchhost::discover {

/// Gates in the order in which they are asked: file trust format note os arch isa abi quarantine dependencies probe
/// descriptors identity.
struct Refusal {
  std::string gate;
  std::string code;     ///< for `benchhost explain`
  std::string message;  ///< what is wrong, on one line or several
  std::string help;     ///< what to do; may be ""

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

}  // namespace benchhost::discover
