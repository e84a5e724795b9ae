#include "cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace benchhost::cli {

namespace {

// The words that follow `before` in names of commands; those of groups say what is in them.
std::vector<Candidate> command_words(const std::vector<Command>& table, const std::vector<std::string>& before) {
  const std::string prefix = before.empty() ? "" : fmt::format("{} ", fmt::join(before, " "));
  std::vector<Candidate> found;
  for (const Command& c : table) {
    if (!c.spec.name.starts_with(prefix)) continue;
    const std::string rest = c.spec.name.substr(prefix.size());
    const std::size_t blank = rest.find(' ');
    const std::string word = rest.substr(0, blank);
    const std::string about = blank == std::string::npos ? c.spec.summary : rest.substr(blank + 1);
    const auto same = std::ranges::find(found, word, &Candidate::text);
    if (same == found.end()) {
      found.push_back({word, about});
    } else if (blank != std::string::npos) {
      same->description += ", " + about;
    }
  }
  return found;
}

const OptionSpec* find_option(const std::vector<OptionSpec>& options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &OptionSpec::name);
  return found == options.end() ? nullptr : &*found;
}

// What is typed of a command, up to the cursor.
struct Typed {
  Arguments args;
  const OptionSpec* waiting = nullptr;  ///< the flag before the cursor lacks its value
  bool operands_only = false;           ///< "--" came
};

void read_flag(const std::vector<OptionSpec>& options, std::string_view word, Typed& typed) {
  const std::size_t equals = word.find('=');
  const OptionSpec* option = find_option(options, word.substr(2, equals == word.npos ? word.npos : equals - 2));
  if (option == nullptr) return;
  if (option->argument.empty()) {
    typed.args.add_switch(option->name);
  } else if (equals != std::string_view::npos) {
    typed.args.add(option->name, std::string(word.substr(equals + 1)));
  } else {
    typed.waiting = option;
  }
}

// "-C", "-qC", "-C/tmp".
void read_letters(const std::vector<OptionSpec>& options, std::string_view word, Typed& typed) {
  for (std::size_t i = 1; i < word.size(); ++i) {
    const auto option = std::ranges::find(options, word[i], [](const OptionSpec& o) { return letter_of(o.name); });
    if (option == options.end()) return;
    if (option->argument.empty()) {
      typed.args.add_switch(option->name);
      continue;
    }
    if (i + 1 < word.size()) {
      typed.args.add(option->name, std::string(word.substr(i + 1)));
    } else {
      typed.waiting = &*option;
    }
    return;
  }
}

Typed read_words(const std::vector<OptionSpec>& options, const std::vector<std::string>& words, std::size_t first) {
  Typed typed;
  for (std::size_t i = first; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (typed.waiting != nullptr) {
      typed.args.add(typed.waiting->name, word);
      typed.waiting = nullptr;
    } else if (typed.operands_only || word.size() < 2 || word[0] != '-') {
      typed.args.add_operand(word);
    } else if (word == "--") {
      typed.operands_only = true;
    } else if (word[1] == '-') {
      read_flag(options, word, typed);
    } else {
      read_letters(options, word, typed);
    }
  }
  return typed;
}

class Completer {
 public:
  Completer(const std::vector<Command>& table, const std::string& current, KnownNames& known)
      : table_(table), current_(current), known_(known) {}

  Completion of_program(const std::vector<std::string>& words) {
    done_.candidates = command_words(table_, words);
    if (words.empty() && current_.starts_with('-')) {
      for (const OptionSpec& o : program_options()) done_.candidates.push_back({"--" + o.name, o.help});
    }
    return std::move(done_);
  }

  Completion of_command(const CommandSpec& spec, const std::vector<std::string>& words, std::size_t first) {
    const std::vector<OptionSpec> options = all_options(spec);
    const Typed typed = read_words(options, words, first);
    if (typed.waiting != nullptr) {
      add_value(read_value_form(typed.waiting->argument), typed.args, "");
      return std::move(done_);
    }
    const std::size_t equals = current_.find('=');
    if (!typed.operands_only && current_.starts_with("--") && equals != std::string::npos) {
      const OptionSpec* option = find_option(options, current_.substr(2, equals - 2));
      if (option != nullptr) {
        add_value(read_value_form(option->argument), typed.args, current_.substr(0, equals + 1));
      }
      return std::move(done_);
    }
    const auto place = operand_form(spec, typed.args.operands().size());
    if (typed.operands_only || !current_.starts_with('-')) {
      if (place) add_value(*place, typed.args, "");
    }
    // Flags where they are asked for, and where nothing else can stand.
    if (!typed.operands_only && (current_.starts_with('-') || (current_.empty() && !place))) {
      for (const OptionSpec& o : options) {
        if (o.repeatable || !typed.args.has(o.name)) done_.candidates.push_back({"--" + o.name, help_of(o)});
      }
    }
    return std::move(done_);
  }

 private:
  // prefix: what of the word is before the value, "--db=".
  void add_value(const ValueForm& place, const Arguments& typed, const std::string& prefix) {
    for (const std::string& word : place.words) done_.candidates.push_back({prefix + word, ""});
    for (const ValueKind kind : place.kinds) add_kind(kind, typed, prefix);
  }

  void add_kind(ValueKind kind, const Arguments& typed, const std::string& prefix) {
    if (kind == ValueKind::folder) {
      done_.paths = Paths::folders;
      return;
    }
    if (kind == ValueKind::file || kind == ValueKind::suite) done_.paths = Paths::files;
    if (kind == ValueKind::file) return;
    std::vector<Candidate> names = kind == ValueKind::command
                                       ? command_words(table_, typed.operands())
                                       : known_.names(kind, typed, std::string_view(current_).substr(prefix.size()));
    for (Candidate& name : names) {
      name.text.insert(0, prefix);
      done_.candidates.push_back(std::move(name));
    }
  }

  const std::vector<Command>& table_;
  const std::string& current_;
  KnownNames& known_;
  Completion done_;
};

}  // namespace

Completion complete(const std::vector<Command>& table, const std::vector<std::string>& words,
                    const std::string& current, KnownNames& known) {
  Completer completer(table, current, known);
  // A name of two words before one of one, as find_command does it.
  for (const std::size_t length : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < length) continue;
    const std::string name = length == 2 ? words[0] + ' ' + words[1] : words[0];
    const auto command = std::ranges::find(table, name, [](const Command& c) { return c.spec.name; });
    if (command != table.end()) return completer.of_command(command->spec, words, length);
  }
  return words.size() < 2 ? completer.of_program(words) : Completion{};
}

}  // namespace benchhost::cli
