// Operations of cpu_atomics that are wrong in one way, said by MUTANT. operations.cpp as it is shipped provides the
// rest, its own table renamed away.
#define operation shipped_operation
#include "operations.cpp"
#undef operation

namespace atomics {

Operation operation(Op op, std::uint64_t bits);

namespace {

#define ONE_TOO_MUCH 1
#define SKIPS_EVERY_SECOND 2
#define EMPTY 3
#define NOT_ATOMIC 4

// Right as long as no other thread comes between. The race is meant.
template <class Word>
__attribute__((no_sanitize("thread"))) Given not_atomic(Op op, const Share& share, std::uint64_t n) {
  Given given;
  for (std::uint64_t k = share.first; k != share.first + n; ++k) {
    volatile Word* word = word_of<Word>(share, k);
    const Word seen = *word;
    const Word amount = amount_of<Word>(share.member, k);
    *word = op == Op::exchange ? amount : static_cast<Word>(seen + amount);
    given.replaced += seen;
  }
  return given;
}

template <class Word, Op op>
Given mutant(const Share& share, std::uint64_t n) {
  switch (MUTANT) {
    case SKIPS_EVERY_SECOND:
      return of_width<Word>(op)(share, n / 2);
    case EMPTY:
      return {};
    case NOT_ATOMIC:
      return not_atomic<Word>(op, share, n);
    default:
      break;
  }
  if (MUTANT == ONE_TOO_MUCH) __atomic_fetch_add(word_of<Word>(share, share.first), Word(1), __ATOMIC_SEQ_CST);
  return of_width<Word>(op)(share, n);
}

template <class Word>
Operation mutant_of(Op op) {
  if (op == Op::add) return mutant<Word, Op::add>;
  return op == Op::cas ? mutant<Word, Op::cas> : mutant<Word, Op::exchange>;
}

}  // namespace

Operation operation(Op op, std::uint64_t bits) {
  return bits == 32 ? mutant_of<std::uint32_t>(op) : mutant_of<std::uint64_t>(op);
}

}  // namespace atomics
