// Programs of a few instructions, made here byte by byte: children that are the same on every machine of an
// architecture, start nothing of a C library, and need no file that might not be there. For Linux.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sys {

enum class Tiny : std::uint32_t {
  leave,  ///< ends with the first byte of its first argument as status
  echo,   ///< adds one to each 64-bit number from standard input and writes it to standard output; ends at end of file
          ///< with 0, with another status if anything else came
};

/// An executable file; empty where the machine's instructions are not known here.
std::vector<unsigned char> tiny_program(Tiny which);

}  // namespace sys
