// Kernels of chains that are wrong in one way, said by MUTANT: the sets as they are shipped, with those of twelve
// chains replaced. Built with the rest of cpu_peak and cpu_sustained as they are shipped: their oracle has to notice
// each.
#define set_of shipped_set_of
#include "common/chain_sets.cpp"
#undef set_of

#include <cstring>
#include <utility>

namespace chains {

const Set* set_of(cpu::Level level);

namespace {

#define LAST_ITERATION_SKIPPED 1
#define EVERY_SECOND_SKIPPED 2
#define WRONG_OPERAND 3
#define LAST_LANE_LEFT_OUT 4
#define EMPTY 5

constexpr std::uint32_t kTwelve = 6;
static_assert(kChains[kTwelve] == 12, "the default of both plugins");

template <cpu::Level level, std::uint32_t type, std::uint32_t width>
void mutated(const State& state, std::uint64_t first, std::uint64_t n) {
  const Kernel kernel = shipped_set_of(level)->kernels[type][width][kTwelve];
  switch (MUTANT) {
    case LAST_ITERATION_SKIPPED:
      return kernel(state, first, n - 1);
    case EVERY_SECOND_SKIPPED:
      for (std::uint64_t i = first; i < first + n; i += 2) kernel(state, i, 1);
      return;
    case WRONG_OPERAND: {
      // The first operand, off by its least bit.
      alignas(kVectorBytes) std::byte operands[3 * kVectorBytes] = {};
      std::memcpy(operands, state.operands, 2 * kVectorBytes);
      for (std::size_t i = 0; i < kVectorBytes; i += lane_bits(static_cast<Type>(type)) / 8)
        operands[i] ^= std::byte{1};
      State other = state;
      other.operands = operands;
      return kernel(other, first, n);
    }
    case LAST_LANE_LEFT_OUT: {
      constexpr std::size_t kBytes = lane_bits(static_cast<Type>(type)) / 8;
      std::byte* last = state.sums + 11 * kVectorBytes + kBits[width] / 8 - kBytes;
      std::byte before[8];
      std::memcpy(before, last, kBytes);
      kernel(state, first, n);
      std::memcpy(last, before, kBytes);
      return;
    }
    case EMPTY:
      return;
    default:
      return kernel(state, first, n);
  }
}

template <cpu::Level level, std::uint32_t type, std::uint32_t... width>
void mutate_widths(Set& set, std::integer_sequence<std::uint32_t, width...>) {
  const auto mutate = [&](std::uint32_t at, Kernel replaced) {
    if (Kernel& kernel = set.kernels[type][at][kTwelve]; kernel != nullptr) kernel = replaced;
  };
  (mutate(width, mutated<level, type, width>), ...);
}

template <cpu::Level level, std::uint32_t... type>
void mutate_types(Set& set, std::integer_sequence<std::uint32_t, type...>) {
  (mutate_widths<level, type>(set, std::make_integer_sequence<std::uint32_t, kWidths>()), ...);
}

template <std::uint32_t... level>
const Set* mutated_set(cpu::Level wanted, std::integer_sequence<std::uint32_t, level...>) {
  static Set sets[cpu::kLevels];
  const Set* found = nullptr;
  const auto look = [&](std::uint32_t at, auto mutate) {
    const Set* shipped = static_cast<cpu::Level>(at) == wanted ? shipped_set_of(wanted) : nullptr;
    if (shipped == nullptr) return;
    sets[at] = *shipped;
    mutate(sets[at]);
    found = &sets[at];
  };
  (look(level,
        [](Set& set) {
          mutate_types<static_cast<cpu::Level>(level)>(set, std::make_integer_sequence<std::uint32_t, kTypes>());
        }),
   ...);
  return found;
}

}  // namespace

const Set* set_of(cpu::Level level) {
  return mutated_set(level, std::make_integer_sequence<std::uint32_t, cpu::kLevels>());
}

}  // namespace chains
