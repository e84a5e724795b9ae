#include "worker/loader/negotiate.h"

#include <benchhost/note.h>

#include <fmt/format.h>

#include "common/base/utf8.h"
#include "worker/loader/field_reader.h"

namespace benchhost::loader {
namespace {

std::string said(const char* reason) {
  if (reason == nullptr) return "no reason given";
  const std::string text = to_valid_utf8(cut_utf8(bounded_text(reason, BH_MAX_TEXT), BH_MAX_TEXT));
  return text.empty() ? "no reason given" : text;
}

}  // namespace

std::string abi_text(std::uint32_t abi) { return fmt::format("{}.{}", BH_ABI_GET_MAJOR(abi), BH_ABI_GET_MINOR(abi)); }

Result<Agreement> negotiate(Entry entry, const AbiRange& range, std::string_view note_text) {
  bh_offer_t offer{};
  offer.struct_size = sizeof offer;
  offer.abi_min = range.min;
  offer.abi_max = range.max;
  offer.host_name = "benchhost-worker";
  offer.host_version = BH_SDK_VERSION;
  bh_answer_t answer{};
  answer.struct_size = sizeof answer;
  bh_status_t status = BH_E_FAILED;
  try {
    status = entry(&offer, &answer);
  } catch (...) {
    return make_error("BH0208", "the entry let an exception out; nothing may unwind across the interface");
  }
  if (status == BH_E_VERSION) {
    return make_error("BH0203", fmt::format("the plugin refuses versions {} to {}: {}", abi_text(range.min),
                                            abi_text(range.max), said(answer.reason)));
  }
  if (status != BH_OK) {
    return make_error("BH0208", fmt::format("the entry failed with status {}: {}", status, said(answer.reason)));
  }
  if (answer.abi < range.min || answer.abi > range.max) {
    return make_error("BH0203", fmt::format("the plugin answered version {}, outside the offer of {} to {}",
                                            abi_text(answer.abi), abi_text(range.min), abi_text(range.max)));
  }
  if (answer.plugin == nullptr) return make_error("BH0208", "the entry succeeded and answered no plugin (NULL)");
  if (answer.note == nullptr) return make_error("BH0208", "the entry answered no note (NULL)");
  if (bounded_text(answer.note, BH_NOTE_MAX_BYTES) != note_text) {
    return make_error("BH0208", "the note that the entry answered is not the note in the file");
  }
  return Agreement{answer.abi, answer.plugin};
}

}  // namespace benchhost::loader
