// The operations of cpu_atomics and what their oracle says that they come to.
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "cpu_atomics/ledger.h"
#include "cpu_atomics/operations.h"

using namespace atomics;

namespace {

constexpr Op kOps[] = {Op::add, Op::cas, Op::exchange};
constexpr std::uint64_t kWidths[] = {32, 64};
constexpr Addresses kLayouts[] = {Addresses::one, Addresses::several, Addresses::neighbours, Addresses::own};

struct alignas(kApartBytes) Block {
  unsigned char bytes[kApartBytes];
};

std::uint64_t word_at(const void* memory, std::size_t offset, std::uint64_t bits) {
  std::uint64_t word = 0;
  std::memcpy(&word, static_cast<const unsigned char*>(memory) + offset, bits / 8);
  return word;
}

}  // namespace

TEST_CASE("the sum of amounts is what adding them one by one gives") {
  // From a Python program: the sum over k below 1000 of k + 3 + 1.
  CHECK(amounts(3, 1000) == 503500);
  for (const std::uint64_t member : {0u, 1u, 17u}) {
    std::uint64_t sum = 0;
    for (std::uint64_t k = 0; k < 300; ++k) {
      CHECK(amounts(member, k) == sum);
      sum += amount_of<std::uint64_t>(member, k);
    }
  }
  // Beyond 2^32 operations the closed form still holds modulo 2^64: n(n-1)/2 for n = 2^33 is 2^65 - 2^32.
  CHECK(amounts(0, std::uint64_t{1} << 33) == (std::uint64_t{1} << 33) - (std::uint64_t{1} << 32));
}

TEST_CASE("there are operations of 32 and of 64 bits, and no others") {
  for (const Op op : kOps) {
    CHECK((operation(op, 32) != nullptr));
    CHECK((operation(op, 64) != nullptr));
    CHECK((operation(op, 16) == nullptr));
    CHECK((operation(op, 0) == nullptr));
  }
}

TEST_CASE("each operation does to a word what it says, in batches of any size") {
  for (const std::uint64_t bits : kWidths) {
    CAPTURE(bits);
    Block block{};
    Share share{block.bytes, 0, 0, 4, 0};
    for (const std::uint64_t n : {1u, 5u, 100u}) {
      const Given given = operation(Op::add, bits)(share, n);
      CHECK(given.failed == 0);
      share.first += n;
      CHECK(word_at(block.bytes, 0, bits) == amounts(4, share.first));
    }
    const std::uint64_t before = amounts(4, share.first);
    // Alone, a compare-exchange finds what was loaded.
    const Given given = operation(Op::cas, bits)(share, 50);
    CHECK(given.failed == 0);
    share.first += 50;
    CHECK(word_at(block.bytes, 0, bits) == amounts(4, share.first));
    // The first value that was replaced is that before, and the last one left is the newest.
    const Given taken = operation(Op::exchange, bits)(share, 1);
    CHECK(taken.replaced == amounts(4, share.first));
    CHECK(word_at(block.bytes, 0, bits) == share.first + 5);
    CHECK(before < amounts(4, share.first));
  }
}

TEST_CASE("words of 32 bits wrap, and the oracle with them") {
  Block block{};
  const std::uint32_t most = 0xffffffffu;
  std::memcpy(block.bytes, &most, sizeof most);
  // 1 is added to 2^32 - 1; the word beside it must not change.
  operation(Op::add, 32)({block.bytes, 0, 0, 0, 0}, 1);
  CHECK(word_at(block.bytes, 0, 32) == 0);
  CHECK(word_at(block.bytes, 4, 32) == 0);
  CHECK(truncated(0x1'0000'0000u, 32) == 0);
  CHECK(truncated(0x1'0000'0000u, 64) == 0x1'0000'0000u);
}

TEST_CASE("words of a layout lie inside its memory, apart where they are to be, and shared where they are to be") {
  for (const Addresses layout : kLayouts) {
    for (const std::uint64_t bits : kWidths) {
      for (const std::uint64_t threads : {1u, 2u, 9u, 64u}) {
        CAPTURE(static_cast<int>(layout));
        CAPTURE(bits);
        CAPTURE(threads);
        const std::size_t room = room_bytes(layout, threads, bits);
        std::vector<Block> memory(room / kApartBytes);
        CHECK(room % kApartBytes == 0);
        for (std::uint64_t i = 0; i < threads; ++i) {
          const Share share = share_of(memory.data(), layout, i, bits);
          const auto at = static_cast<std::size_t>(static_cast<unsigned char*>(share.words) - memory[0].bytes);
          CHECK(at + share.mask * kApartBytes + bits / 8 <= room);
          CHECK(share.member == i);
          if (layout == Addresses::one || layout == Addresses::several) CHECK(at == 0);
          if (layout == Addresses::neighbours) CHECK(at == i * bits / 8);
          if (layout == Addresses::own) CHECK(at == i * kApartBytes);
          CHECK(share.mask == (layout == Addresses::several ? kSeveral - 1 : 0));
        }
      }
    }
  }
}

TEST_CASE("a thread that goes round several words works on each of them equally often") {
  for (const std::uint64_t bits : kWidths) {
    std::vector<Block> memory(kSeveral);
    Share share = share_of(memory.data(), Addresses::several, 3, bits);
    operation(Op::add, bits)(share, kSeveral);
    // Word (3 + k) % 8 got k + 4.
    for (std::uint64_t k = 0; k < kSeveral; ++k) {
      CHECK(word_at(memory.data(), (3 + k) % kSeveral * kApartBytes, bits) == k + 4);
    }
  }
}
