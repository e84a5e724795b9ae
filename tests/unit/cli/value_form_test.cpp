#include "cli/value_form.h"

#include <doctest/doctest.h>

#include "cli/command.h"

using benchhost::cli::CommandSpec;
using benchhost::cli::operand_form;
using benchhost::cli::read_value_form;
using benchhost::cli::ValueKind;
using Kinds = std::vector<ValueKind>;
using Words = std::vector<std::string>;

TEST_CASE("a word in capitals says what completes it, brackets and dots aside") {
  CHECK(read_value_form("FILE").kinds == Kinds{ValueKind::file});
  CHECK(read_value_form("[RUN]").kinds == Kinds{ValueKind::run});
  CHECK(read_value_form("RUN/CASE").kinds == Kinds{ValueKind::result});
  CHECK(read_value_form("[BENCHMARK...]").kinds == Kinds{ValueKind::benchmark});
  CHECK(read_value_form("[BENCHMARK…]").kinds == Kinds{ValueKind::benchmark});
  CHECK(read_value_form("FORMAT[:FILE]").kinds == Kinds{ValueKind::report_format});
  CHECK(read_value_form("ENTRY").kinds == Kinds{ValueKind::quarantined});
  CHECK(read_value_form("CASE|BENCHMARK|PLUGIN").kinds ==
        Kinds{ValueKind::case_name, ValueKind::benchmark, ValueKind::plugin});
}

TEST_CASE("alternatives in small letters are the only ones, beside one in capitals they are examples") {
  const auto only = read_value_form("text|json");
  CHECK(only.words == Words{"text", "json"});
  CHECK(only.words_only);
  CHECK(read_value_form("[bash|zsh|fish]").words == Words{"bash", "zsh", "fish"});
  const auto some = read_value_form("auto|N");
  CHECK(some.words == Words{"auto"});
  CHECK_FALSE(some.words_only);
}

TEST_CASE("what is in no row may be anything") {
  for (const char* text : {"", "N", "N|MIN..MAX", "NAME=VALUE", "\"SQL\"", "EXPR", "D", "|", "[]", "...", "1|2"}) {
    CAPTURE(text);
    const auto place = read_value_form(text);
    CHECK(place.words.empty());
    CHECK(place.kinds.empty());
    CHECK_FALSE(place.words_only);
  }
}

TEST_CASE("operands have a form each, and the last one's is that of all that follow") {
  CommandSpec spec;
  CHECK_FALSE(operand_form(spec, 0).has_value());
  spec.operands = "bash|zsh FILE...";
  spec.max_operands = 3;
  CHECK(operand_form(spec, 0)->words == Words{"bash", "zsh"});
  CHECK(operand_form(spec, 1)->kinds == Kinds{ValueKind::file});
  CHECK(operand_form(spec, 2)->kinds == Kinds{ValueKind::file});
  CHECK_FALSE(operand_form(spec, 3).has_value());
}

TEST_CASE("operands of every command agree with how many it takes") {
  for (const auto& command : benchhost::cli::commands()) {
    CAPTURE(command.spec.name);
    CHECK(command.spec.operands.empty() == (command.spec.max_operands == 0));
    CHECK(command.spec.min_operands <= command.spec.max_operands);
    CHECK((command.spec.min_operands == 0) == (command.spec.operands.empty() || command.spec.operands[0] == '['));
  }
}
