#include "cli/repeat_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/cmd_run.h"
#include "cli/shell_words.h"
#include "suite/written_value.h"

namespace benchhost::cli {

namespace p = protocol;

namespace {

void add_values(std::string& line, std::string_view flag, const std::vector<p::ParamRecord>& declared,
                const std::vector<p::Value>& values) {
  for (std::size_t i = 0; i < std::min(declared.size(), values.size()); ++i) {
    if (values[i].type == p::ValueType::none) continue;
    line += fmt::format(" --{} {}", flag, shell_word(declared[i].name + "=" + suite::written_value(values[i])));
  }
}

}  // namespace

std::string literal_glob(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string repeat_command(const suite::CaseSpec& spec, const p::PluginRecord& plugin, const PlanRequest& request) {
  const p::BenchmarkRecord& benchmark = plugin.benchmarks[spec.benchmark];
  std::string line = "benchhost run " + shell_word(spec.benchmark_id);
  if (!spec.input.empty()) line += " --input " + shell_word(literal_glob(spec.input));
  add_values(line, "setting", plugin.settings, spec.settings);
  add_values(line, "param", benchmark.parameters, spec.values);
  for (const p::SlotDevice& d : spec.devices) line += " --device " + shell_word(d.name);
  const suite::MeasureLimits& limits = spec.limits;
  if (limits.precision_ratio) line += fmt::format(" --precision {}", *limits.precision_ratio);
  if (limits.invocations) {
    const auto [min, max] = *limits.invocations;
    line += min == max ? fmt::format(" --invocations {}", min) : fmt::format(" --invocations {}..{}", min, max);
  }
  if (limits.time_ns) line += fmt::format(" --time {}ns", *limits.time_ns);
  if (limits.timeout_ns) line += fmt::format(" --timeout {}ns", *limits.timeout_ns);
  line += fmt::format(" --seed {}", request.seed);
  for (const std::string& flag : request.search_flags) line += ' ' + shell_word(flag);
  return line;
}

Result<Arguments> repeat_arguments(const std::string& command, const Arguments& own) {
  BH_TRY(std::vector<std::string> words, split_shell_words(command));
  if (words.size() < 2 || words[0] != "benchhost" || words[1] != "run") {
    return make_error("BH0408", "the result does not say how it is repeated");
  }
  words.erase(words.begin(), words.begin() + 2);
  std::vector<std::string> line;
  for (const char* flag : {"plugins", "backends"}) {
    for (const std::string& folder : own.values(flag)) line.insert(line.end(), {std::string("--") + flag, folder});
  }
  // What decides nothing of the case is this command's own business.
  for (const char* flag : {"cache-dir", "state-dir", "progress"}) {
    if (const auto said = own.value(flag)) line.insert(line.end(), {std::string("--") + flag, *said});
  }
  line.insert(line.end(), words.begin(), words.end());
  return parse_arguments(run_command().spec, line);
}

}  // namespace benchhost::cli
