#include "operations.h"

namespace atomics {

namespace {

template <class Word>
Word* word_of(const Share& share, std::uint64_t k) {
  return reinterpret_cast<Word*>(static_cast<char*>(share.words) + ((share.start + k) & share.mask) * kApartBytes);
}

template <class Word>
Given add(const Share& share, std::uint64_t n) {
  Word replaced = 0;
  for (std::uint64_t k = share.first, end = share.first + n; k != end; ++k) {
    const Word amount = amount_of<Word>(share.member, k);
    replaced = static_cast<Word>(replaced + __atomic_fetch_add(word_of<Word>(share, k), amount, __ATOMIC_SEQ_CST));
  }
  return {replaced, 0};
}

template <class Word>
Given cas(const Share& share, std::uint64_t n) {
  Given given;
  Word replaced = 0;
  for (std::uint64_t k = share.first, end = share.first + n; k != end; ++k) {
    Word* word = word_of<Word>(share, k);
    const Word amount = amount_of<Word>(share.member, k);
    Word seen = __atomic_load_n(word, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(word, &seen, static_cast<Word>(seen + amount), false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
      ++given.failed;
    }
    replaced = static_cast<Word>(replaced + seen);
  }
  given.replaced = replaced;
  return given;
}

template <class Word>
Given exchange(const Share& share, std::uint64_t n) {
  Word replaced = 0;
  for (std::uint64_t k = share.first, end = share.first + n; k != end; ++k) {
    const Word amount = amount_of<Word>(share.member, k);
    replaced = static_cast<Word>(replaced + __atomic_exchange_n(word_of<Word>(share, k), amount, __ATOMIC_SEQ_CST));
  }
  return {replaced, 0};
}

template <class Word>
Operation of_width(Op op) {
  static_assert(__atomic_always_lock_free(sizeof(Word), nullptr), "what is measured is the processor, not a lock");
  switch (op) {
    case Op::add:
      return add<Word>;
    case Op::cas:
      return cas<Word>;
    case Op::exchange:
      return exchange<Word>;
  }
  return nullptr;
}

}  // namespace

Operation operation(Op op, std::uint64_t bits) {
  if (bits == 32) return of_width<std::uint32_t>(op);
  if (bits == 64) return of_width<std::uint64_t>(op);
  return nullptr;
}

}  // namespace atomics
