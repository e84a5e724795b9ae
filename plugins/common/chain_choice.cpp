#include "common/chain_team.h"

namespace chains {

namespace {

namespace bb = benchhost;

template <class T, std::size_t N>
std::size_t place_in(const T (&list)[N], const T& wanted) {
  for (std::size_t i = 0; i < N; ++i) {
    if (list[i] == wanted) return i;
  }
  return N;
}

Type type_of(std::string_view name) {
  for (std::uint32_t i = 0; i < kTypes; ++i) {
    if (name == kTypeNames[i]) return static_cast<Type>(i);
  }
  throw bb::Error(BH_E_ARGUMENT, "there is no type '" + std::string(name) + "'");
}

/// A kernel of one chain shows whether the level has the type at all.
bool has_type(const Set& set, Type type) { return set.kernels[static_cast<std::uint32_t>(type)][0][0] != nullptr; }

/// Why the set of the level cannot be used for the type; "" if it can.
std::string hindrance(cpu::Level level, Type type, const cpu::Registers& registers) {
  std::string why = cpu::missing(level, registers);
  if (!why.empty()) return why;
  const Set* set = set_of(level);
  if (set == nullptr) {
    return std::string(cpu::name_of(level)) + ": the compiler that built this plugin did not know it";
  }
  if (!has_type(*set, type)) {
    return std::string(cpu::name_of(level)) + " has no instructions for " +
           kTypeNames[static_cast<std::uint32_t>(type)];
  }
  return {};
}

const Set& pick(std::string_view isa, Type type, const cpu::Registers& registers) {
  const Set* best = nullptr;
  std::string reasons;
  for (const cpu::Level level : kOrder) {
    if (isa != "best" && isa != cpu::name_of(level)) continue;
    const std::string why = hindrance(level, type, registers);
    if (why.empty()) {
      best = set_of(level);
    } else if (const Set* set = set_of(level); isa != "best" || (set != nullptr && has_type(*set, type))) {
      reasons += (reasons.empty() ? "" : "; ") + why;
    }
  }
  if (best != nullptr) return *best;
  if (!reasons.empty()) throw bb::Error(BH_E_UNSUPPORTED, reasons);
  if (isa != "best") throw bb::Error(BH_E_ARGUMENT, "there is no isa '" + std::string(isa) + "'");
  throw bb::Error(BH_E_UNSUPPORTED, std::string("this plugin was built without kernels for ") +
                                        kTypeNames[static_cast<std::uint32_t>(type)]);
}

}  // namespace

Choice choose(std::string_view type_name, std::string_view isa, std::uint64_t bits, std::uint64_t chains,
              const cpu::Registers& registers) {
  const Type type = type_of(type_name);
  const std::size_t count = place_in(kChains, static_cast<std::uint32_t>(chains));
  if (count == kCounts || chains > kChains[kCounts - 1]) {
    throw bb::Error(BH_E_ARGUMENT, "there are no kernels with " + std::to_string(chains) + " chains");
  }
  const Set& set = pick(isa, type, registers);
  const auto& widths = set.kernels[static_cast<std::uint32_t>(type)];
  std::size_t width = kWidths;
  if (bits == 0) {
    while (width > 0 && widths[width - 1][0] == nullptr) --width;
    --width;
  } else {
    width = place_in(kBits, static_cast<std::uint32_t>(bits));
    if (width == kWidths) throw bb::Error(BH_E_ARGUMENT, "there are no vectors of " + std::to_string(bits) + " bits");
  }
  const std::string level = cpu::name_of(set.level);
  if (widths[width][0] == nullptr) {
    throw bb::Error(BH_E_UNSUPPORTED, level + " has no vectors of " + std::to_string(bits) + " bits");
  }
  if (widths[width][count] == nullptr) {
    throw bb::Error(BH_E_UNSUPPORTED, level + " has 16 registers, and " + std::to_string(chains) +
                                          " chains with their operands do not fit into them");
  }
  return {type, set.level, set.is_fused, kBits[width], static_cast<std::uint32_t>(chains), widths[width][count]};
}

}  // namespace chains
