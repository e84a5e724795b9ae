#include "worker/device/caps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "common/base/utf8.h"

namespace benchhost::device {
namespace {

struct KnownFact {
  std::string_view name;
  std::uint32_t type;
};

constexpr KnownFact kKnown[] = {
#define BENCHHOST_FACT(fact, kind) {fact, BH_CAP_TYPE_##kind},
    BH_CAP_TABLE(BENCHHOST_FACT)
#undef BENCHHOST_FACT
};

constexpr std::array<std::string_view, 7> kTypeNames = {"nothing", "int",     "number", "bool",
                                                        "string",  "version", "words"};

std::string_view type_name(std::uint32_t type) { return type < kTypeNames.size() ? kTypeNames[type] : "no type"; }

std::optional<std::uint32_t> known_type(std::string_view name) {
  for (const KnownFact& fact : kKnown) {
    if (fact.name == name) return fact.type;
  }
  return std::nullopt;
}

Result<std::string> read_text(const char* text, std::size_t most, std::string_view what) {
  if (text == nullptr || text[0] == '\0') return make_error("BH0502", fmt::format("{} is absent or empty", what));
  const std::size_t size = ::strnlen(text, most + 1);
  if (size > most) return make_error("BH0502", fmt::format("{} is longer than {} bytes", what, most));
  if (!is_utf8({text, size})) return make_error("BH0502", fmt::format("{} is not UTF-8", what));
  return std::string(text, size);
}

Result<std::vector<std::string>> read_words(const std::string& text, std::string_view name) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end == begin) {
      return make_error("BH0502", fmt::format("the words of fact '{}' are not joined by single spaces", name));
    }
    words.push_back(text.substr(begin, end - begin));
    if (end == text.size()) return words;
    begin = end + 1;
  }
}

Result<void> read_value(const bh_cap_t& cap, protocol::CapRecord& record) {
  const std::string what = fmt::format("the text of fact '{}'", record.name);
  switch (cap.type) {
    case BH_CAP_TYPE_BOOL:
      if (cap.integer != 0 && cap.integer != 1) {
        return make_error("BH0502", fmt::format("fact '{}' is a bool with the value {}", record.name, cap.integer));
      }
      record.integer = cap.integer;
      return {};
    case BH_CAP_TYPE_INT:
      record.integer = cap.integer;
      return {};
    case BH_CAP_TYPE_NUMBER:
      if (!std::isfinite(cap.number)) {
        return make_error("BH0502", fmt::format("fact '{}' is not a finite number", record.name));
      }
      record.number = cap.number;
      return {};
    case BH_CAP_TYPE_STRING:
    case BH_CAP_TYPE_VERSION: {
      record.integer = cap.type == BH_CAP_TYPE_VERSION ? cap.integer : 0;
      BH_TRY(record.text, read_text(cap.text, BH_MAX_TEXT, what));
      return {};
    }
    case BH_CAP_TYPE_WORDS: {
      BH_TRY(const std::string text, read_text(cap.text, BH_MAX_TEXT, what));
      BH_TRY(record.words, read_words(text, record.name));
      return {};
    }
    default:
      return make_error("BH0502", fmt::format("fact '{}' has the unknown type {}", record.name, cap.type));
  }
}

Result<protocol::CapRecord> read_cap(const bh_cap_t& cap) {
  protocol::CapRecord record;
  BH_TRY(record.name, read_text(cap.name, BH_MAX_ID, "the name of a fact"));
  const auto type = known_type(record.name);
  if (type && *type != cap.type) {
    return make_error("BH0502", fmt::format("fact '{}' is of type {}, and must be of type {}", record.name,
                                            type_name(cap.type), type_name(*type)));
  }
  if (!type && record.name.find('.') == std::string::npos) {
    return make_error("BH0502",
                      fmt::format("fact '{}' is no fact of capabilities.h and has no vendor's prefix", record.name));
  }
  if (cap.provenance > BH_FROM_MEASURED) {
    return make_error("BH0502", fmt::format("fact '{}' has the unknown provenance {}", record.name, cap.provenance));
  }
  record.type = static_cast<protocol::CapType>(cap.type);
  record.provenance = static_cast<protocol::Provenance>(cap.provenance);
  BH_CHECK(read_value(cap, record));
  return record;
}

}  // namespace

Result<std::vector<protocol::CapRecord>> read_caps(const bh_cap_list_t& caps) {
  std::vector<protocol::CapRecord> records;
  if (caps.count == 0) return records;
  constexpr std::size_t kFirstSize = BH_SIZE_TO(bh_cap_t, text);
  if (caps.items == nullptr || caps.count > BH_MAX_ITEMS || caps.stride % 8 != 0 || caps.stride < kFirstSize ||
      caps.stride > BH_MAX_STRIDE) {
    return make_error("BH0502",
                      fmt::format("the list of facts is no list: {} items, {} bytes apart", caps.count, caps.stride));
  }
  for (std::uint32_t i = 0; i < caps.count; ++i) {
    const bh_cap_t* cap = BH_AT(bh_cap_t, &caps, i);
    if (!BH_HAS(bh_cap_t, cap, text) || cap->struct_size > caps.stride) {
      return make_error("BH0502", fmt::format("fact {} has a struct_size of {}", i, cap->struct_size));
    }
    BH_TRY(auto record, read_cap(*cap));
    for (const auto& other : records) {
      if (other.name == record.name) {
        return make_error("BH0502", fmt::format("fact '{}' is reported twice", record.name));
      }
    }
    records.push_back(std::move(record));
  }
  return records;
}

Result<void> check_mandatory(const std::vector<protocol::CapRecord>& caps, std::string_view kind) {
  for (const std::string_view name : {BH_CAP_KIND, BH_CAP_CLASS, BH_CAP_NAME, BH_CAP_MODEL, BH_CAP_DIALECTS}) {
    const auto found = std::find_if(caps.begin(), caps.end(), [&](const auto& cap) { return cap.name == name; });
    if (found == caps.end()) return make_error("BH0502", fmt::format("the fact '{}' is missing", name));
    if (name == BH_CAP_KIND && found->text != kind) {
      return make_error("BH0502", fmt::format("the fact 'kind' is '{}', the module's kind is '{}'", found->text, kind));
    }
  }
  return {};
}

}  // namespace benchhost::device
