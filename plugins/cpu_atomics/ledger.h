// Where the words of a case lie, and what they must add up to in the end: the oracle, in closed form. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include "operations.h"

namespace atomics {

enum class Addresses : std::uint32_t {
  one,         ///< one word for all threads
  several,     ///< kSeveral words, each on a line of its own; every thread goes round all of them
  neighbours,  ///< a word for each thread, side by side: nothing is shared but the line
  own,         ///< a word for each thread, on lines of its own
};

inline constexpr std::uint64_t kSeveral = 8;

/// Bytes that the words of `threads` threads take.
constexpr std::size_t room_bytes(Addresses addresses, std::uint64_t threads, std::uint64_t bits) {
  switch (addresses) {
    case Addresses::one:
      return kApartBytes;
    case Addresses::several:
      return kSeveral * kApartBytes;
    case Addresses::neighbours:
      return (threads * bits / 8 + kApartBytes - 1) / kApartBytes * kApartBytes;
    case Addresses::own:
      return threads * kApartBytes;
  }
  return 0;
}

/// What thread `member` works on, in memory of room_bytes().
inline Share share_of(void* memory, Addresses addresses, std::uint64_t member, std::uint64_t bits) {
  Share share;
  share.words = memory;
  share.member = member;
  if (addresses == Addresses::several) {
    share.mask = kSeveral - 1;
    share.start = member;
  }
  if (addresses == Addresses::neighbours) share.words = static_cast<char*>(memory) + member * bits / 8;
  if (addresses == Addresses::own) share.words = static_cast<char*>(memory) + member * kApartBytes;
  return share;
}

/// `value` modulo 2^bits.
constexpr std::uint64_t truncated(std::uint64_t value, std::uint64_t bits) {
  return bits == 32 ? value & 0xffffffffu : value;
}

/// Sum of amount_of over the first `done` operations of a thread; modulo 2^64, of which the width's modulus is a
/// divisor.
constexpr std::uint64_t amounts(std::uint64_t member, std::uint64_t done) {
  const std::uint64_t pairs = done % 2 == 0 ? done / 2 * (done - 1) : (done - 1) / 2 * done;
  return done * (member + 1) + pairs;
}

}  // namespace atomics
