#include "cli/man_page.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "cli/environment_table.h"
#include "suite/preferences.h"

using benchhost::cli::Command;
using benchhost::cli::commands;
using benchhost::cli::CommandSpec;
using benchhost::cli::manual_page;
using benchhost::cli::manual_page_of;
using benchhost::cli::roff_text;

namespace {

bool has(const std::string& page, const std::string& text) { return page.find(text) != std::string::npos; }

// How often a line begins an item of that head.
std::ptrdiff_t heads(const std::string& page, const std::string& head) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = page.find(".TP\n" + head); at != std::string::npos; at = page.find(".TP\n" + head, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("text is never a request, an escape or typography, and is ASCII") {
  CHECK(roff_text(".so /etc/passwd") == "\\&.so /etc/passwd");
  CHECK(roff_text("'br") == "\\(aqbr");
  CHECK(roff_text("a\\b") == "a\\eb");
  CHECK(roff_text("--db `x` \"y\" ~ ^") == "\\-\\-db \\(gax\\(ga \\(dqy\\(dq \\(ti \\(ha");
  CHECK(roff_text("± log₂") == "\\[u00B1] log\\[u2082]");
  CHECK(roff_text("a\n.b\tc") == "a .b c");
  CHECK(roff_text("\xff") == "\\[uFFFD]");
  CHECK(roff_text("").empty());
}

TEST_CASE("the manual has every command with its flags and examples, exit status, variable and setting") {
  const std::string page = manual_page(commands(), "1.2.3");
  CHECK(page.starts_with(".TH BENCHHOST 1 \"\" \"benchhost 1.2.3\""));
  CHECK(std::ranges::all_of(page, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
  for (const Command& c : commands()) {
    CAPTURE(c.spec.name);
    const std::size_t begin = page.find(".SS " + roff_text(c.spec.name) + '\n');
    REQUIRE(begin != std::string::npos);
    const std::string own = page.substr(begin, page.find("\n.S", begin + 1) - begin);
    CHECK(has(own, roff_text(c.spec.summary)));
    for (const auto& o : c.spec.options) CHECK(heads(own, "\\fB\\-\\-" + roff_text(o.name) + "\\fR") == 1);
    CHECK(heads(own, "") == static_cast<std::ptrdiff_t>(c.spec.options.size()));
    for (const std::string& e : c.spec.examples) CHECK(has(own, "\nbenchhost " + roff_text(e) + "\n"));
  }
  for (const auto& m : benchhost::cli::exit_meanings()) {
    CHECK(heads(page, "\\fB" + std::to_string(static_cast<int>(m.status)) + "\\fR\n" + roff_text(m.meaning)) == 1);
  }
  for (const auto& v : benchhost::cli::environment_variables()) CHECK(has(page, roff_text(v.meaning)));
  for (const auto& k : benchhost::suite::preference_keys().keys) {
    CHECK(heads(page, "\\fB" + roff_text(k.name) + "\\fR") == 1);
  }
}

TEST_CASE("a command's own page has its flags and the global ones") {
  CommandSpec spec;
  spec.name = "suite check";
  spec.operands = "SUITE";
  spec.summary = "Reads a suite.";
  spec.options = {{"deep", "N", "How deep."}};
  spec.examples = {"suite check 'my suite.yaml'"};
  const std::string page = manual_page_of(spec, "1.2.3");
  CHECK(page.starts_with(".TH BENCHHOST\\-SUITE\\-CHECK 1"));
  CHECK(heads(page, "\\fB\\-\\-deep\\fR \\fIN\\fR\nHow deep.") == 1);
  CHECK(heads(page, "\\fB\\-C\\fR, \\fB\\-\\-directory\\fR \\fIDIR\\fR") == 1);
  CHECK(has(page, "benchhost suite check \\(aqmy suite.yaml\\(aq\n"));
}

TEST_CASE("every status has a rank, a name and a meaning of its own") {
  std::vector<std::string> names;
  for (const auto& m : benchhost::cli::exit_meanings()) {
    CHECK(benchhost::cli::name_of(m.status) == m.name);
    CHECK(std::ranges::find(names, m.name) == names.end());
    names.emplace_back(m.name);
    CHECK_FALSE(m.meaning.empty());
  }
  CHECK(names.size() == 9);
}
