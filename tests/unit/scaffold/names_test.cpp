#include "scaffold/names.h"

#include <doctest/doctest.h>

using namespace benchhost;
using namespace benchhost::scaffold;

TEST_CASE("a name of letters, digits and underscores is taken") {
  for (const char* name : {"a", "my_bench", "x2", "a_", "triad64"}) CHECK_MESSAGE(check_name(name).ok(), name);
  CHECK(check_name(std::string(kMaxNameBytes, 'a')).ok());
}

TEST_CASE("a name that cannot be one is refused with one that can") {
  struct Row {
    const char* wrong;
    const char* better;
  };
  for (const Row& row :
       {Row{"my-bench", "my_bench"}, Row{"My Bench", "my_bench"}, Row{"2d", "n2d"}, Row{"Größe", "gr_e"},
        Row{"a/b", "a_b"}, Row{"../up", "up"}, Row{"_x", "x"}, Row{"a.b", "a_b"}, Row{"tail-", "tail"},
        Row{"test", "test_bench"}, Row{"con", "con_bench"}, Row{"com9", "com9_bench"}, Row{"lpt9", "lpt9_bench"},
        Row{"match", "match_bench"}, Row{"TRUE", "true_bench"}, Row{"benchhost", "benchhost_bench"}}) {
    const auto checked = check_name(row.wrong);
    REQUIRE_MESSAGE(!checked.ok(), row.wrong);
    CHECK(checked.error().code == "BH0001");
    CHECK_MESSAGE(checked.error().help == std::string("take '") + row.better + "'", checked.error().help);
    CHECK_MESSAGE(check_name(row.better).ok(), row.better);
  }
}

TEST_CASE("of a name without a single letter nothing is left to suggest") {
  for (const char* wrong : {"", "..", "-", "___", "\xc3\xa4\xc3\xb6", "日本", "\xff"}) {
    const auto checked = check_name(wrong);
    REQUIRE_MESSAGE(!checked.ok(), wrong);
    CHECK(checked.error().help == "take a name like 'my_bench'");
  }
}

TEST_CASE("a name that is too long is cut to the length that is allowed") {
  const auto checked = check_name(std::string(kMaxNameBytes + 1, 'a'));
  REQUIRE(!checked.ok());
  CHECK(checked.error().help == "take '" + std::string(kMaxNameBytes, 'a') + "'");
  CHECK(check_name(suggest_name(std::string(kMaxNameBytes, '7'))).ok());
}

TEST_CASE("whatever is suggested can be taken") {
  for (int first = 1; first < 256; ++first) {
    for (const char* rest : {"", "x", "-", "9"}) {
      const std::string better = suggest_name(std::string(1, static_cast<char>(first)) + rest);
      if (!better.empty()) CHECK_MESSAGE(check_name(better).ok(), better);
    }
  }
}

TEST_CASE("id, vendor and licence must fit the note and a string literal") {
  Names names{"a", "com.example.a"};
  CHECK(check_names(names).ok());
  names.vendor = "Søren & Søn, O'Neill (2026)";
  CHECK(check_names(names).ok());
  for (const char* id : {"", "a", "Com.example.a", "com.ex-ample.a", "com..a", "com.true.a", "com.example.a.", ".a"}) {
    Names wrong = names;
    wrong.id = id;
    CHECK_MESSAGE(!check_names(wrong).ok(), id);
  }
  for (const char* text : {"", "a\"b", "a\\b", "a\nb", "\x7f", "\xff"}) {
    Names wrong = names;
    wrong.vendor = text;
    CHECK_MESSAGE(!check_names(wrong).ok(), text);
    wrong = names;
    wrong.licence = text;
    CHECK_MESSAGE(!check_names(wrong).ok(), text);
  }
  names.licence = std::string(256, 'x');
  CHECK(!check_names(names).ok());
}
