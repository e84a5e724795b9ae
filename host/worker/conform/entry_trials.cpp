// How the entry answers hosts that are older, newer, or have other structs than ours (sdk plugin.h, "Entry and
// negotiation").
#include <array>
#include <cstring>

#include <benchhost/note.h>
#include <fmt/format.h>

#include "worker/conform/trials.h"
#include "worker/loader/field_reader.h"

namespace benchhost::conform {
namespace {

using protocol::Requirement;

constexpr unsigned char kGuard = 0xA5;
/// Members that a later version might append, as far as this one can know.
constexpr std::size_t kTailBytes = 64;

/// A struct with bytes behind it that are not the other side's to touch.
template <class T>
struct Guarded {
  T value{};
  std::array<unsigned char, kTailBytes> tail;

  Guarded() {
    tail.fill(kGuard);
    value.struct_size = sizeof value;
  }
  [[nodiscard]] bool intact() const {
    for (const unsigned char byte : tail) {
      if (byte != kGuard) return false;
    }
    return true;
  }
};

/// What the entry did with an offer.
struct Answered {
  Guarded<bh_offer_t> offer;
  Guarded<bh_answer_t> answer;
  bh_status_t status = BH_E_FAILED;
  bool threw = false;
};

void offer(Answered& a, const loader::PluginFile& plugin, std::uint32_t min, std::uint32_t max) {
  a.offer.value.abi_min = min;
  a.offer.value.abi_max = max;
  a.offer.value.host_name = "benchhost-worker";
  a.offer.value.host_version = BH_SDK_VERSION;
  try {
    a.status = plugin.entry_point()(&a.offer.value, &a.answer.value);
  } catch (...) {
    a.threw = true;
  }
}

/// What every answer must keep to; the check has failed if false.
bool holds(Check& check, const Answered& a) {
  if (a.threw) check.fail("the entry let an exception out");
  if (!a.answer.intact() || !a.offer.intact())
    check.fail("the entry wrote beyond the end of a struct that the host gave");
  return check.good();
}

bool has_reason(const Answered& a) {
  return a.answer.value.reason != nullptr && !loader::bounded_text(a.answer.value.reason, BH_MAX_TEXT).empty();
}

std::string range_text(std::uint32_t min, std::uint32_t max) {
  return fmt::format("{} to {}", loader::abi_text(min), loader::abi_text(max));
}

/// A host with which the plugin has no version in common.
void refuse_host(const loader::PluginFile& plugin, Notebook& notes, Requirement requirement, std::uint32_t min,
                 std::uint32_t max) {
  Check check(notes, requirement, fmt::format("a host of versions {}", range_text(min, max)));
  if (!check) return;
  Answered a;
  offer(a, plugin, min, max);
  if (!holds(check, a)) return;
  if (a.status == BH_OK) {
    check.fail(fmt::format("the entry agreed on {} although its note says {}", loader::abi_text(a.answer.value.abi),
                           range_text(plugin.note().abi_min, plugin.note().abi_max)));
  } else if (a.status != BH_E_VERSION) {
    check.fail(fmt::format("the entry answered {} instead of BH_E_VERSION", measure::status_name(a.status)));
  } else if (!has_reason(a)) {
    check.fail("the entry refused without a reason");
  }
}

}  // namespace

void try_older_host(const loader::PluginFile& plugin, Notebook& notes) {
  const std::uint32_t least = plugin.note().abi_min;
  if (least == 0) {
    notes.note(Requirement::refuses_older_hosts, protocol::Finding::not_applicable, "", "no version is older than 0.0");
    return;
  }
  refuse_host(plugin, notes, Requirement::refuses_older_hosts, 0, least - 1);
}

void try_newer_host(const loader::PluginFile& plugin, Notebook& notes) {
  const std::uint32_t most = plugin.note().abi_max;
  refuse_host(plugin, notes, Requirement::refuses_newer_hosts, most + 1, BH_ABI_MAKE(0xfffe, 0));
}

void try_wide_offer(const loader::PluginFile& plugin, Notebook& notes) {
  const std::uint32_t min = 0;
  const std::uint32_t max = BH_ABI_MAKE(0xfffe, 0);
  Check check(notes, Requirement::answers_within_offer, fmt::format("a host of versions {}", range_text(min, max)));
  if (!check) return;
  Answered a;
  offer(a, plugin, min, max);
  if (!holds(check, a)) return;
  if (a.status != BH_OK) {
    check.fail(fmt::format("the entry answered {}, though a version in common exists", measure::status_name(a.status)));
  } else if (a.answer.value.abi < plugin.note().abi_min || a.answer.value.abi > plugin.note().abi_max) {
    check.fail(fmt::format("the entry answered version {}, which its note ({}) does not name",
                           loader::abi_text(a.answer.value.abi),
                           range_text(plugin.note().abi_min, plugin.note().abi_max)));
  }
}

void try_short_structs(const loader::PluginFile& plugin, Notebook& notes) {
  // As a host that forgot struct_size, and one that filled less than the first published members.
  for (const std::uint32_t size : {0u, 4u, 16u}) {
    for (const bool shorten_offer : {true, false}) {
      Check check(notes, Requirement::keeps_to_short_structs,
                  fmt::format("{} of {} bytes", shorten_offer ? "bh_offer" : "bh_answer", size));
      if (!check) continue;
      Answered a;
      // What lies beyond the size does not exist for the plugin, and so must not change either.
      if (!shorten_offer) std::memset(&a.answer.value, kGuard, sizeof a.answer.value);
      a.offer.value.struct_size = sizeof(bh_offer_t);
      a.answer.value.struct_size = sizeof(bh_answer_t);
      (shorten_offer ? a.offer.value.struct_size : a.answer.value.struct_size) = size;
      offer(a, plugin, BH_ABI_VERSION, BH_ABI_VERSION);
      if (!holds(check, a)) continue;
      if (a.status == BH_OK) check.fail("the entry took a struct that was never filled");
      if (!shorten_offer) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(&a.answer.value);
        for (std::size_t i = std::max<std::size_t>(size, sizeof(std::uint32_t)); i < sizeof a.answer.value; ++i) {
          if (bytes[i] != kGuard) check.fail(fmt::format("the entry wrote byte {} of a struct of {}", i, size));
        }
      }
    }
  }
}

void try_long_structs(const loader::PluginFile& plugin, Notebook& notes) {
  Check check(notes, Requirement::takes_longer_structs, "offer and answer of a newer host");
  if (!check) return;
  Answered a;
  a.offer.value.struct_size = sizeof(bh_offer_t) + kTailBytes;
  a.answer.value.struct_size = sizeof(bh_answer_t) + kTailBytes;
  offer(a, plugin, BH_ABI_VERSION, BH_ABI_VERSION);
  if (!holds(check, a)) return;
  if (a.status != BH_OK) {
    check.fail(fmt::format("the entry answered {}: a struct that grew at its end is still one that it knows",
                           measure::status_name(a.status)));
  }
}

}  // namespace benchhost::conform
