#include "cli/value_form.h"

#include <algorithm>
#include <array>
#include <utility>

namespace benchhost::cli {

namespace {

constexpr auto kKinds = std::to_array<std::pair<std::string_view, ValueKind>>({
    {"FILE", ValueKind::file},
    {"FILE.so", ValueKind::file},
    {"DIR", ValueKind::folder},
    {"SUITE", ValueKind::suite},
    {"BENCHMARK", ValueKind::benchmark},
    {"PLUGIN", ValueKind::plugin},
    {"SEL", ValueKind::device},
    {"PARAM=VALUE", ValueKind::parameter},
    {"TAG", ValueKind::tag},
    {"RUN", ValueKind::run},
    {"RUN/CASE", ValueKind::result},
    {"CASE", ValueKind::case_name},
    {"CODE", ValueKind::error_code},
    {"COMMAND", ValueKind::command},
    {"FORMAT", ValueKind::report_format},
    {"ENTRY", ValueKind::quarantined},
});

bool is_word(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.+") == std::string_view::npos &&
         text.find_first_of("abcdefghijklmnopqrstuvwxyz") == 0;
}

std::string_view without_end(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

// "[RUN]", "BENCHMARK...", "FORMAT[:FILE]": what is between the brackets at the beginning, else what is before them.
std::string_view bare(std::string_view text) {
  if (text.starts_with('[')) text = without_end(text.substr(1), "]");
  text = without_end(without_end(text, "..."), "…");
  return text.substr(0, text.find('['));
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(at);
    if (end != 0) parts.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return parts;
}

}  // namespace

ValueForm read_value_form(std::string_view text) {
  ValueForm place;
  const std::vector<std::string_view> parts = split(bare(text), '|');
  for (const std::string_view part : parts) {
    if (is_word(part)) {
      place.words.emplace_back(part);
    } else if (const auto* row = std::ranges::find(kKinds, part, &decltype(kKinds)::value_type::first);
               row != kKinds.end()) {
      place.kinds.push_back(row->second);
    }
  }
  place.words_only = parts.size() > 1 && place.words.size() == parts.size();
  return place;
}

std::optional<ValueForm> operand_form(const CommandSpec& spec, std::size_t index) {
  const std::vector<std::string_view> operands = split(spec.operands, ' ');
  if (operands.empty() || index >= spec.max_operands) return std::nullopt;
  // What may be repeated stands last.
  return read_value_form(operands[std::min(index, operands.size() - 1)]);
}

}  // namespace benchhost::cli
