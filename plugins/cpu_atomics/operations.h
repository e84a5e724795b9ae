// What a thread does to words that other threads may change too. Read-modify-write operations are sequentially
// consistent, as they are where nobody says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

namespace atomics {

enum class Op : std::uint32_t { add, cas, exchange };

/// Words that are not to share a line lie this far apart: lines are fetched in pairs on many processors, and are of
/// 128 bytes on some.
inline constexpr std::size_t kApartBytes = 256;

/// The words of one thread and which operation comes next. Operation k works on word (start + k) % (mask + 1) of those
/// that begin at `words`, kApartBytes apart.
struct Share {
  void* words = nullptr;
  std::uint64_t start = 0;
  std::uint64_t mask = 0;    ///< number of words less one; the number is a power of two
  std::uint64_t member = 0;  ///< number of the thread
  std::uint64_t first = 0;   ///< k of the next operation, counted from prepare on
};

/// What operation k of a thread brings: adds, or puts in place of what was there. It differs from one operation to the
/// next, so that neither one too few nor one twice leaves the sum right.
template <class Word>
constexpr Word amount_of(std::uint64_t member, std::uint64_t k) {
  return static_cast<Word>(k + member + 1);
}

/// What operations gave back.
struct Given {
  std::uint64_t replaced = 0;  ///< sum of the values that were there before; modulo 2^bits of the word
  std::uint64_t failed = 0;    ///< compare-exchanges that found another value than was loaded
};

/// n operations. Thread: any number at once on the same words.
using Operation = Given (*)(const Share& share, std::uint64_t n);

/// bits: 32 or 64; nullptr for others.
///   add       word += amount
///   cas       loads the word and puts load + amount there if the word is unchanged; again until it was
///   exchange  puts the amount there and takes what was
Operation operation(Op op, std::uint64_t bits);

}  // namespace atomics
