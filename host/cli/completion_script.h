// What a shell reads to complete command lines of benchhost. The scripts hold no names of commands, flags or anything
// else: they hand the line to the program that stands at its beginning (`benchhost complete`) and show what it answers,
// so they fit every version.
#pragma once

#include <optional>
#include <string_view>

namespace benchhost::cli {

/// shell: "bash", "zsh" or "fish"; nullopt for another.
[[nodiscard]] std::optional<std::string_view> completion_script(std::string_view shell);

}  // namespace benchhost::cli
