#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>

#include "cli/value_form.h"
#include "common/base/suggest.h"
#include "report/table.h"

namespace benchhost::cli {

namespace po = boost::program_options;

namespace {

Error usage_error(const CommandSpec& spec, std::string message, std::string help = {}) {
  if (help.empty()) help = fmt::format("benchhost {} --help shows what it takes", spec.name);
  return make_error("BH0001", std::move(message), std::move(help));
}

Error unknown_flag(const CommandSpec& spec, const std::string& flag) {
  std::vector<std::string> names;
  for (const OptionSpec& o : all_options(spec)) names.push_back("--" + o.name);
  const auto near = nearest_name(flag, names);
  return usage_error(spec, fmt::format("benchhost {} has no flag '{}'", spec.name, flag),
                     near ? fmt::format("did you mean '{}'?", *near) : std::string{});
}

// A word where one of a few may stand.
Result<void> check_word(const CommandSpec& spec, const std::string& where, const ValueForm& place,
                        const std::string& word) {
  if (!place.words_only || std::ranges::find(place.words, word) != place.words.end()) return {};
  return usage_error(spec, fmt::format("{} is one of {}, not '{}'", where, fmt::join(place.words, ", "), word),
                     did_you_mean(word, place.words));
}

Result<void> check_words(const CommandSpec& spec, const std::vector<OptionSpec>& options, const Arguments& parsed) {
  for (const OptionSpec& o : options) {
    for (const std::string& v : parsed.values(o.name)) {
      BH_CHECK(check_word(spec, "--" + o.name, read_value_form(o.argument), v));
    }
  }
  const auto& operands = parsed.operands();
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const auto place = operand_form(spec, i);
    if (place) BH_CHECK(check_word(spec, "the word after benchhost " + spec.name, *place, operands[i]));
  }
  return {};
}

std::string option_list(const std::vector<OptionSpec>& options, std::size_t width) {
  std::size_t column = 0;
  auto left = [](const OptionSpec& o) { return "  --" + o.name + (o.argument.empty() ? "" : " " + o.argument); };
  for (const OptionSpec& o : options) column = std::max(column, left(o).size() + 2);
  column = std::min<std::size_t>(column, 30);
  std::string out;
  for (const OptionSpec& o : options) {
    std::string line = left(o);
    if (line.size() + 2 > column) {
      line += '\n' + std::string(column, ' ');
    } else {
      line.resize(column, ' ');
    }
    out += line + report::wrapped(help_of(o), column, width) + '\n';
  }
  return out;
}

// Flags every command takes, but for those of which the command has a row of its own.
std::vector<OptionSpec> other_options(const CommandSpec& spec) {
  std::vector<OptionSpec> others = global_options();
  std::erase_if(others, [&](const OptionSpec& o) {
    return std::ranges::find(spec.options, o.name, &OptionSpec::name) != spec.options.end();
  });
  return others;
}

}  // namespace

const std::vector<OptionSpec>& global_options() {
  static const std::vector<OptionSpec> options = {
      {"config", "FILE", "Read settings from FILE, not from the project's file."},
      {"directory", "DIR", "Work as if started in DIR."},
      {"format", "text|json", "How data is written on standard output."},
      {"color", "auto|always|never", "Colour; NO_COLOR and TERM=dumb are obeyed by auto."},
      {"progress", "auto|bar|lines|none", "How progress is shown on standard error."},
      {"quiet", "", "Show errors only."},
      {"verbose", "", "Say more of what is being done."},
      {"help", "", "Show this page."},
  };
  return options;
}

std::vector<std::string> choices_of(std::string_view flag) {
  for (const OptionSpec& o : global_options()) {
    if (o.name == flag) return read_value_form(o.argument).words;
  }
  return {};
}

char letter_of(std::string_view flag) {
  // -C is git's and make's name for it, so people try it.
  if (flag == "directory") return 'C';
  if (flag == "quiet") return 'q';
  if (flag == "verbose") return 'v';
  if (flag == "help") return 'h';
  return 0;
}

std::vector<OptionSpec> all_options(const CommandSpec& spec) {
  std::vector<OptionSpec> all = spec.options;
  const std::vector<OptionSpec> global = other_options(spec);
  all.insert(all.end(), global.begin(), global.end());
  return all;
}

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto it = values_.find(std::string(name));
  if (it == values_.end() || it->second.empty()) return std::nullopt;
  return it->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto it = values_.find(std::string(name));
  return it == values_.end() ? std::vector<std::string>{} : it->second;
}

Result<Arguments> parse_arguments(const CommandSpec& spec, const std::vector<std::string>& args) {
  po::options_description description;
  const std::vector<OptionSpec> options = all_options(spec);
  for (const OptionSpec& o : options) {
    const char letter = letter_of(o.name);
    const std::string name = letter == 0 ? o.name : o.name + ',' + letter;
    if (o.argument.empty()) {
      description.add_options()(name.c_str(), o.help.c_str());
    } else {
      description.add_options()(name.c_str(), po::value<std::vector<std::string>>()->composing(), o.help.c_str());
    }
  }
  description.add_options()("operand", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("operand", -1);
  Arguments parsed;
  try {
    using style = po::command_line_style::style_t;
    // Abbreviations are not guessed: a flag added later would change what they mean.
    const auto raw = po::command_line_parser(args)
                         .options(description)
                         .positional(positional)
                         .style(style::unix_style & ~style::allow_guessing)
                         .run();
    for (const auto& option : raw.options) {
      if (option.string_key == "operand" || option.position_key >= 0) {
        for (const auto& v : option.value) parsed.add_operand(v);
        continue;
      }
      parsed.add_switch(option.string_key);
      for (const auto& v : option.value) parsed.add(option.string_key, v);
    }
  } catch (const po::unknown_option& e) {
    return unknown_flag(spec, e.get_option_name());
  } catch (const po::error& e) {
    return usage_error(spec, e.what());
  }
  for (const OptionSpec& o : options) {
    const auto given = parsed.values(o.name);
    if (!o.repeatable && given.size() > 1) {
      return usage_error(spec, fmt::format("--{} is given {} times and may stand once", o.name, given.size()));
    }
    for (const std::string& v : given) {
      // "--db --resume" would otherwise make a database called --resume.
      if (v.starts_with("--")) return usage_error(spec, fmt::format("--{} needs a value and got '{}'", o.name, v));
    }
  }
  if (parsed.has("help")) return parsed;
  if (parsed.operands().size() < spec.min_operands) {
    return usage_error(spec, fmt::format("benchhost {} needs {}", spec.name, spec.operands));
  }
  if (parsed.operands().size() > spec.max_operands) {
    return usage_error(spec, fmt::format("benchhost {} does not know what to do with '{}'", spec.name,
                                         parsed.operands()[spec.max_operands]));
  }
  BH_CHECK(check_words(spec, options, parsed));
  return parsed;
}

std::string usage_of(const CommandSpec& spec) {
  return spec.name + (spec.options.empty() ? "" : " [flags]") + (spec.operands.empty() ? "" : ' ' + spec.operands);
}

std::string help_of(const OptionSpec& option) { return option.help + (option.repeatable ? " May be repeated." : ""); }

std::string help_page(const CommandSpec& spec, std::size_t width) {
  std::string out = report::wrapped(spec.summary, 0, width) + "\n\nusage: benchhost " + usage_of(spec) + '\n';
  if (!spec.options.empty()) out += "\nflags:\n" + option_list(spec.options, width);
  out += "\nglobal flags:\n" + option_list(other_options(spec), width);
  if (!spec.examples.empty()) {
    out += "\nexamples:\n";
    for (const std::string& e : spec.examples) out += "  benchhost " + e + '\n';
  }
  return out;
}

}  // namespace benchhost::cli
