#include "store/run_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "store/error_ids.h"

namespace benchhost::store {
namespace {

constexpr std::string_view kForms = "a run is named by its number, latest, latest~N, its uid or LABEL=VALUE";

template <class T>
std::optional<T> number(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

bool is_uid(std::string_view text) {
  return text.size() >= 6 && text.size() <= 32 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<RunReference> parse_run_reference(std::string_view text) {
  const auto malformed = [text] {
    return make_error(kNotFound, fmt::format("'{}' names no run", text), std::string(kForms));
  };
  if (text == "latest") return RunReference(LatestRun{0});
  if (text.starts_with("latest~")) {
    const auto back = number<std::uint64_t>(text.substr(7));
    if (!back) return malformed();
    return RunReference(LatestRun{*back});
  }
  if (const auto id = number<RunId>(text)) {
    if (*id <= 0) return malformed();
    return RunReference(*id);
  }
  if (const auto equals = text.find('='); equals != std::string_view::npos && equals > 0) {
    return RunReference(RunLabel{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
  }
  const std::string_view uid = text.starts_with("uid:") ? text.substr(4) : text;
  if (is_uid(uid)) return RunReference(RunUid{std::string(uid)});
  return malformed();
}

Error no_such_run(std::string_view reference, std::optional<RunId> newest) {
  return make_error(kNotFound, fmt::format("there is no run '{}'", reference),
                    newest ? fmt::format("the newest is {}; `benchhost list runs` shows all", *newest)
                           : std::string("this database holds no run yet"));
}

}  // namespace benchhost::store
