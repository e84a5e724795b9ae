// Manual pages in roff (man(7)), from the tables that give help: commands, exit statuses, environment, settings.
// Their text is ASCII whatever the tables hold, so that every formatter reads it without being told an encoding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

/// benchhost(1): everything.
[[nodiscard]] std::string manual_page(const std::vector<Command>& table, std::string_view version);

/// benchhost-suite-check(1): one command.
[[nodiscard]] std::string manual_page_of(const CommandSpec& spec, std::string_view version);

/// Text as roff shows it: nothing in it is a request, an escape or a typographer's quote, and it stays on one line.
[[nodiscard]] std::string roff_text(std::string_view text);

}  // namespace benchhost::cli
