// The command line that runs one case again: kept with every result, and what `benchhost replay` runs.
#pragma once

#include <string>
#include <string_view>

#include "cli/run_plan.h"

namespace benchhost::cli {

/// `benchhost run` with all that decides what the case is and how it is measured: benchmark, input, settings, every
/// parameter, devices, limits, seed, and where plugins and backends are searched. Read by a shell, or by
/// split_shell_words.
[[nodiscard]] std::string repeat_command(const suite::CaseSpec& spec, const protocol::PluginRecord& plugin,
                                         const PlanRequest& request);

/// The arguments that such a command gives `benchhost run`. What `own` says with --plugins and --backends is searched
/// first. Errors: BH0408, it is no such command; those of parse_arguments.
[[nodiscard]] Result<Arguments> repeat_arguments(const std::string& command, const Arguments& own);

/// A pattern that matches the text and nothing else.
[[nodiscard]] std::string literal_glob(std::string_view text);

}  // namespace benchhost::cli
