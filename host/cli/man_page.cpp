#include "cli/man_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/environment_table.h"
#include "common/base/utf8.h"
#include "suite/preferences.h"

namespace benchhost::cli {

namespace {

// What roff would take for a request, an escape or typography.
std::string_view escape_of(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '"':
      return "\\(dq";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    default:
      return {};
  }
}

class Page {
 public:
  Page(std::string_view name, std::string_view version) {
    std::string title(name);
    std::ranges::transform(title, title.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    // No date: the same source gives the same page on every day.
    out_ = fmt::format(".TH {} 1 \"\" \"benchhost {}\" \"benchhost manual\"\n", roff_text(title), roff_text(version));
    // Flags and paths are copied from the page: nothing in it is hyphenated or spaced out.
    out_ += ".nh\n.ad l\n";
  }

  void section(std::string_view title) { out_ += fmt::format(".SH {}\n", title); }
  void subsection(std::string_view title) { out_ += fmt::format(".SS {}\n", roff_text(title)); }
  void paragraph() { out_ += ".PP\n"; }
  void text(std::string_view text) { out_ += roff_text(text) + '\n'; }
  void bold(std::string_view text) { out_ += "\\fB" + roff_text(text) + "\\fR\n"; }
  void item(std::string_view head, std::string_view body) {
    out_ += fmt::format(".TP\n{}\n{}\n", head, roff_text(body));
  }
  void lines(const std::vector<std::string>& commands) {
    out_ += ".nf\n.RS\n";
    for (const std::string& c : commands) out_ += "benchhost " + roff_text(c) + '\n';
    out_ += ".RE\n.fi\n";
  }
  void options(const std::vector<OptionSpec>& options) {
    for (const OptionSpec& o : options) {
      std::string head;
      if (const char letter = letter_of(o.name)) head = fmt::format("\\fB\\-{}\\fR, ", letter);
      head += fmt::format("\\fB\\-\\-{}\\fR", roff_text(o.name));
      if (!o.argument.empty()) head += fmt::format(" \\fI{}\\fR", roff_text(o.argument));
      item(head, help_of(o));
    }
  }
  void exit_status() {
    section("EXIT STATUS");
    for (const ExitMeaning& m : exit_meanings()) {
      item(fmt::format("\\fB{}\\fR", static_cast<int>(m.status)), std::string(m.meaning) + '.');
    }
    paragraph();
    text("Where several apply: 70, the signal, 5, 1, 3.");
  }
  std::string finish() && { return std::move(out_); }

 private:
  std::string out_;
};

void add_environment(Page& page) {
  page.section("ENVIRONMENT");
  for (const VariableMeaning& v : environment_variables()) {
    std::string head;
    for (std::string_view rest = v.names; !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
      head += fmt::format("{}\\fB{}\\fR", head.empty() ? "" : ", ", name);
    }
    page.item(head, v.meaning);
  }
}

void add_files(Page& page) {
  page.section("FILES");
  page.item("\\fIbenchhost.yaml\\fR",
            "Settings of a project: the nearest one from the current folder upward. What it says goes before the "
            "user's settings; flags and the environment go before both. Relative paths are meant from its folder.");
  page.item("\\fI\\(ti/.config/benchhost/config.yaml\\fR", "Settings of the user.");
  page.item(
      "\\fIbenchhost.db\\fR",
      "The database of results: beside the project's benchhost.yaml, without a project in ~/.local/share/benchhost.");
  page.item("\\fI\\(ti/.cache/benchhost\\fR", "What was learnt of plugins. It may be removed at any time.");
  page.paragraph();
  page.text("Settings have these keys:");
  for (const suite::Key& key : suite::preference_keys().keys) {
    page.item(fmt::format("\\fB{}\\fR", roff_text(key.name)), std::string(key.description) + '.');
  }
}

void add_see_also(Page& page, bool of_program) {
  page.section("SEE ALSO");
  if (!of_program) page.text("benchhost(1)");
  if (of_program) {
    page.text("sqlite3(1), which reads the database without benchhost.");
    page.paragraph();
    page.text("benchhost COMMAND --help shows one command, benchhost explain CODE explains an error code.");
  }
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  if (text.starts_with('.')) out += "\\&";
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    const char first = text.front();
    if (!point.valid || point.value >= 0x80) {
      out += fmt::format("\\[u{:04X}]", static_cast<std::uint32_t>(point.value));
    } else if (static_cast<unsigned char>(first) < 0x20 || first == 0x7f) {
      out += ' ';
    } else if (const std::string_view escape = escape_of(first); !escape.empty()) {
      out += escape;
    } else {
      out += first;
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string manual_page(const std::vector<Command>& table, std::string_view version) {
  Page page("benchhost", version);
  const std::string_view does = kAbout.substr(kAbout.find(' ') + 1);
  page.section("NAME");
  page.text(fmt::format("benchhost - {}", does.substr(0, does.size() - 1)));
  page.section("SYNOPSIS");
  page.text("benchhost COMMAND [flags] [operands]");
  for (const OptionSpec& o : program_options()) {
    page.paragraph();
    page.text("benchhost --" + o.name);
  }
  page.section("DESCRIPTION");
  page.text(kAbout);
  page.text(
      "Plugins are found in the folders of --plugins, of the environment and of settings, in plugins/ of the project, "
      "and beside the program; their code runs in worker processes only.");
  page.paragraph();
  page.text(
      "Data goes to standard output, everything else to standard error. --format json is versioned and only "
      "ever grows.");
  page.section("COMMANDS");
  for (const Command& c : table) {
    page.subsection(c.spec.name);
    page.bold("benchhost " + usage_of(c.spec));
    page.paragraph();
    page.text(c.spec.summary);
    page.options(c.spec.options);
    page.paragraph();
    page.lines(c.spec.examples);
  }
  page.section("GLOBAL FLAGS");
  page.text("Every command takes these.");
  page.options(global_options());
  page.exit_status();
  add_environment(page);
  add_files(page);
  add_see_also(page, true);
  return std::move(page).finish();
}

std::string manual_page_of(const CommandSpec& spec, std::string_view version) {
  std::string name = "benchhost-" + spec.name;
  std::ranges::replace(name, ' ', '-');
  Page page(name, version);
  page.section("NAME");
  page.text(fmt::format("{} - {}", name, spec.summary));
  page.section("SYNOPSIS");
  page.bold("benchhost " + usage_of(spec));
  page.section("DESCRIPTION");
  page.text(spec.summary);
  page.section("OPTIONS");
  page.options(all_options(spec));
  page.section("EXAMPLES");
  page.lines(spec.examples);
  page.exit_status();
  add_see_also(page, false);
  return std::move(page).finish();
}

}  // namespace benchhost::cli
