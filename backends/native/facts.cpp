#include "native/facts.h"

namespace benchhost::native {

bh_cap_t& Facts::add(const char* name, std::uint32_t type, std::uint32_t provenance) {
  bh_cap_t& cap = caps_.emplace_back();
  cap.struct_size = sizeof cap;
  cap.type = type;
  cap.provenance = provenance;
  cap.name = name;
  return cap;
}

void Facts::text(const char* name, std::string_view text, std::uint32_t provenance) {
  if (text.empty()) return;
  texts_.emplace_back(text);
  add(name, BH_CAP_TYPE_STRING, provenance).text = texts_.back().c_str();
}

void Facts::words(const char* name, const std::vector<std::string>& words, std::uint32_t provenance) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  if (joined.empty()) return;
  texts_.push_back(std::move(joined));
  add(name, BH_CAP_TYPE_WORDS, provenance).text = texts_.back().c_str();
}

void Facts::integer(const char* name, std::optional<std::int64_t> value, std::uint32_t provenance) {
  if (value) add(name, BH_CAP_TYPE_INT, provenance).integer = *value;
}

void Facts::number(const char* name, std::optional<double> value, std::uint32_t provenance) {
  if (value) add(name, BH_CAP_TYPE_NUMBER, provenance).number = *value;
}

void Facts::truth(const char* name, bool value, std::uint32_t provenance) {
  add(name, BH_CAP_TYPE_BOOL, provenance).integer = value ? 1 : 0;
}

bh_cap_list_t Facts::list() const { return {caps_.data(), static_cast<std::uint32_t>(caps_.size()), sizeof(bh_cap_t)}; }

}  // namespace benchhost::native
