#include "scaffold/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/utf8.h"
#include "common/protocol/id.h"

namespace benchhost::scaffold {
namespace {

struct Reserved {
  std::string_view word;
  std::string_view why;
};

constexpr std::string_view kCMake = "it is the name of a target that CMake makes itself";
constexpr std::string_view kRust = "it is a word or a crate of Rust";
constexpr std::string_view kWindows = "it is the name of a device on Windows";
constexpr std::string_view kExpression = "it is a word of the expression grammar";

constexpr auto kReserved = std::to_array<Reserved>({
    {"all", kCMake},
    {"clean", kCMake},
    {"depend", kCMake},
    {"edit_cache", kCMake},
    {"help", kCMake},
    {"install", kCMake},
    {"package", kCMake},
    {"preinstall", kCMake},
    {"package_source", kCMake},
    {"rebuild_cache", kCMake},
    {"test", kCMake},
    {"list_install_components", kCMake},
    {"alloc", kRust},
    {"as", kRust},
    {"async", kRust},
    {"await", kRust},
    {"benchhost", kRust},
    {"break", kRust},
    {"const", kRust},
    {"continue", kRust},
    {"core", kRust},
    {"crate", kRust},
    {"dyn", kRust},
    {"else", kRust},
    {"enum", kRust},
    {"extern", kRust},
    {"fn", kRust},
    {"for", kRust},
    {"gen", kRust},
    {"if", kRust},
    {"impl", kRust},
    {"let", kRust},
    {"loop", kRust},
    {"match", kRust},
    {"mod", kRust},
    {"move", kRust},
    {"mut", kRust},
    {"proc_macro", kRust},
    {"pub", kRust},
    {"ref", kRust},
    {"return", kRust},
    {"self", kRust},
    {"static", kRust},
    {"std", kRust},
    {"struct", kRust},
    {"super", kRust},
    {"trait", kRust},
    {"type", kRust},
    {"unsafe", kRust},
    {"use", kRust},
    {"where", kRust},
    {"while", kRust},
    {"aux", kWindows},
    {"con", kWindows},
    {"nul", kWindows},
    {"prn", kWindows},
    {"com1", kWindows},
    {"com2", kWindows},
    {"com3", kWindows},
    {"com4", kWindows},
    {"com5", kWindows},
    {"com6", kWindows},
    {"com7", kWindows},
    {"com8", kWindows},
    {"com9", kWindows},
    {"lpt1", kWindows},
    {"lpt2", kWindows},
    {"lpt3", kWindows},
    {"lpt4", kWindows},
    {"lpt5", kWindows},
    {"lpt6", kWindows},
    {"lpt7", kWindows},
    {"lpt8", kWindows},
    {"lpt9", kWindows},
    {"true", kExpression},
    {"false", kExpression},
    {"in", kExpression},
});

const Reserved* reserved(std::string_view name) {
  const auto found = std::ranges::find(kReserved, name, &Reserved::word);
  return found != kReserved.end() ? &*found : nullptr;
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error bad_name(std::string_view name, std::string_view why) {
  const std::string better = suggest_name(name);
  return make_error("BH0001", fmt::format("'{}' cannot be the name of a plugin: {}", name, why),
                    better.empty() ? "take a name like 'my_bench'" : fmt::format("take '{}'", better));
}

/// Text that stands in the note, in a string literal of C, C++ and Rust, and in a CMake or YAML file.
Result<void> check_line(std::string_view what, std::string_view text) {
  if (text.empty()) return make_error("BH0001", fmt::format("the {} is empty", what));
  if (text.size() > protocol::kMaxTitleBytes) {
    return make_error("BH0001", fmt::format("the {} has {} bytes, of which {} are allowed", what, text.size(),
                                            protocol::kMaxTitleBytes));
  }
  if (!is_utf8(text)) return make_error("BH0001", fmt::format("the {} is not UTF-8", what));
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(text, control) || text.find_first_of("\"\\") != std::string_view::npos) {
    return make_error("BH0001", fmt::format("the {} has a quotation mark, a backslash or a control character", what),
                      "it stands between quotation marks in the source");
  }
  return {};
}

}  // namespace

std::string default_id(std::string_view name) { return fmt::format("org.example.{}", name); }

std::string suggest_name(std::string_view wrong) {
  std::string out;
  for (const char c : wrong) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (is_letter(low) || is_digit(low)) {
      out += low;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  if (out.size() > kMaxNameBytes) out.resize(kMaxNameBytes);
  while (out.ends_with('_')) out.pop_back();
  if (!out.empty() && is_digit(out.front())) {
    out.insert(0, 1, 'n');
    if (out.size() > kMaxNameBytes) out.resize(kMaxNameBytes);
  }
  if (reserved(out) != nullptr) out += "_bench";
  return out;
}

Result<void> check_name(std::string_view name) {
  if (name.empty()) return bad_name(name, "it is empty");
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '_'; };
  if (!is_letter(name.front()) || !std::ranges::all_of(name, allowed)) {
    return bad_name(name, "it begins with a lower-case letter and goes on with such letters, digits and '_'");
  }
  if (name.size() > kMaxNameBytes) {
    return bad_name(name, fmt::format("it has {} letters, of which {} are allowed", name.size(), kMaxNameBytes));
  }
  if (const Reserved* word = reserved(name)) return bad_name(name, word->why);
  return {};
}

Result<void> check_names(const Names& names) {
  BH_CHECK(check_name(names.name));
  if (!protocol::is_id(names.id) || names.id.find('.') == std::string::npos) {
    return make_error("BH0001", fmt::format("'{}' cannot be the id of a plugin", names.id),
                      fmt::format("reverse DNS in lower case, '-' written as '_', like com.example.{}", names.name));
  }
  BH_CHECK(check_line("vendor", names.vendor));
  BH_CHECK(check_line("licence", names.licence));
  return {};
}

}  // namespace benchhost::scaffold
