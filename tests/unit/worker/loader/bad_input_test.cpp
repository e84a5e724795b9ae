// What a hostile or careless author can put into descriptors, kind by kind: each is refused with the item and the
// member named, within memory and time that do not depend on what was put there. Single rules of single members are in
// reader_test.cpp; tests/e2e/bad_input_test.py puts the same kinds through the programs.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "plugin_tables.h"

namespace benchhost::loader::test {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr std::uint32_t kMillion = 1000000;
constexpr std::size_t kLongMessage = 4096;

/// Message of the refusal. Requires: it is one, of BH0209.
std::string refusal(Tables& t) {
  const auto record = t.read();
  REQUIRE_FALSE(record.ok());
  CHECK(record.error().code == "BH0209");
  return to_text(record.error());
}

void check_refused(Tables& t, const std::string& place, const std::string& rule) {
  const std::string text = refusal(t);
  CHECK_MESSAGE(text.find(place) != std::string::npos, text);
  CHECK_MESSAGE(text.find(rule) != std::string::npos, text);
  // Whatever was put there, the message is one that can be sent, stored and shown.
  CHECK_MESSAGE(text.size() < kLongMessage, text.size());
}

// ---- texts ----------------------------------------------------------------------------------------------------------

/// A text member, where it is, and whether a plugin may do without it.
struct TextMember {
  std::string place;
  std::function<const char**(Tables&)> at;
  bool mandatory = false;
};

const std::vector<TextMember>& text_members() {
  static const std::string kFirst = "benchmark 'org.example.tables.first', ";
  static const std::vector<TextMember> all = {
      {"benchmark 0, id", [](Tables& t) { return &t.benchmark.id; }, true},
      {kFirst + "title", [](Tables& t) { return &t.benchmark.title; }, true},
      {kFirst + "description", [](Tables& t) { return &t.benchmark.description; }, true},
      {kFirst + "tags", [](Tables& t) { return &t.benchmark.tags; }},
      {kFirst + "requirement", [](Tables& t) { return &t.benchmark.requirement; }},
      {kFirst + "claim_cores", [](Tables& t) { return &t.benchmark.claim_cores; }},
      {kFirst + "claim_memory_bytes", [](Tables& t) { return &t.benchmark.claim_memory_bytes; }},
      {kFirst + "claim_seconds", [](Tables& t) { return &t.benchmark.claim_seconds; }},
      {kFirst + "slot 0, id", [](Tables& t) { return &t.slots[0].id; }, true},
      {kFirst + "slot 0, requirement", [](Tables& t) { return &t.slots[0].requirement; }},
      {kFirst + "slot 0, description", [](Tables& t) { return &t.slots[0].description; }, true},
      {kFirst + "parameter 0, name", [](Tables& t) { return &t.params[0].name; }, true},
      {kFirst + "parameter 'n', unit", [](Tables& t) { return &t.params[0].unit; }},
      {kFirst + "parameter 'n', description", [](Tables& t) { return &t.params[0].description; }, true},
      {kFirst + "parameter 'n', constraint", [](Tables& t) { return &t.params[0].constraint; }},
      {kFirst + "parameter 'type', default_value", [](Tables& t) { return &t.params[1].default_value.s; }, true},
      {kFirst + "parameter 'type', choices[1]", [](Tables& t) { return &t.choices[1].s; }, true},
      {kFirst + "metric 1, id", [](Tables& t) { return &t.metrics[1].id; }, true},
      {kFirst + "metric 'latency', title", [](Tables& t) { return &t.metrics[1].title; }, true},
      {kFirst + "metric 'latency', unit", [](Tables& t) { return &t.metrics[1].unit; }, true},
      {kFirst + "metric 'latency', description", [](Tables& t) { return &t.metrics[1].description; }, true},
      {kFirst + "metric 'bandwidth', work", [](Tables& t) { return &t.metrics[0].work; }},
      {kFirst + "metric 'tail', statistic", [](Tables& t) { return &t.metrics[2].statistic; }},
      {kFirst + "metric 'tail', source", [](Tables& t) { return &t.metrics[2].source; }},
      {kFirst + "summary 0, id", [](Tables& t) { return &t.summaries[0].id; }, true},
      {kFirst + "summary 0, title", [](Tables& t) { return &t.summaries[0].title; }, true},
      {kFirst + "summary 0, unit", [](Tables& t) { return &t.summaries[0].unit; }, true},
      {kFirst + "summary 0, description", [](Tables& t) { return &t.summaries[0].description; }, true},
      {kFirst + "summary 0, limit", [](Tables& t) { return &t.summaries[0].limit; }},
      {kFirst + "role 0, id", [](Tables& t) { return &t.roles[0].id; }, true},
      {kFirst + "role 0, description", [](Tables& t) { return &t.roles[0].description; }, true},
      {kFirst + "role 1, count", [](Tables& t) { return &t.roles[1].count; }},
      {kFirst + "role 1, claim_cores", [](Tables& t) { return &t.roles[1].claim_cores; }},
      {"setting 0, name", [](Tables& t) { return &t.settings[0].name; }, true},
      {"setting 'path', description", [](Tables& t) { return &t.settings[0].description; }, true},
      {"setting 'path', default_value", [](Tables& t) { return &t.settings[0].default_value.s; }, true},
  };
  return all;
}

void break_each_text(const char* text, const std::string& rule) {
  for (const TextMember& member : text_members()) {
    CAPTURE(member.place);
    Tables t;
    t.publish_everything();
    *member.at(t) = text;
    check_refused(t, member.place, rule);
  }
}

TEST_CASE("what the texts are put into is itself a correct plugin") {
  Tables t;
  t.publish_everything();
  const auto record = t.read();
  REQUIRE_MESSAGE(record.ok(), (record.ok() ? "" : to_text(record.error())));
  CHECK(record->benchmarks[0].roles.size() == 2);
  CHECK(record->settings.size() == 1);
}

TEST_CASE("a text of 1 MB is refused wherever it stands, and is not read to its end") {
  // No 0 at its end: who reads further than the cap reads what is not the text's.
  std::vector<char> text(kMebibyte, 'x');
  break_each_text(text.data(), "is longer than");
}

TEST_CASE("a text that is not UTF-8 is refused wherever it stands") {
  // Of RFC 3629: a lone continuation, a cut sequence, an overlong form, a surrogate, a point beyond the last.
  for (const char* text : {"\x80", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    break_each_text(text, "is not UTF-8");
  }
}

TEST_CASE("a control character, of a terminal's sequences among them, is refused wherever it stands") {
  for (const char* text : {"\x1b[2J", "\x7f", "\xc2\x9b", "\x01"}) break_each_text(text, "has a control character");
}

TEST_CASE("NULL where a text is mandatory is refused, and elsewhere means absent") {
  for (const TextMember& member : text_members()) {
    CAPTURE(member.place);
    Tables t;
    t.publish_everything();
    const bool value = *member.at(t) == t.params[1].default_value.s || *member.at(t) == t.choices[1].s ||
                       *member.at(t) == t.settings[0].default_value.s;
    *member.at(t) = nullptr;
    if (member.mandatory) {
      check_refused(t, member.place, value ? "is a string or enum and NULL" : "is mandatory and absent");
    } else if (const auto record = t.read(); !record.ok()) {
      // Absent is then a mistake of meaning, such as a rate without its work.
      CHECK_MESSAGE(to_text(record.error()).find("NULL") == std::string::npos, to_text(record.error()));
    }
  }
}

// ---- numbers of things ----------------------------------------------------------------------------------------------

TEST_CASE("of a million benchmarks no more are asked for than a plugin may have") {
  static std::vector<bh_benchmark_t> all;
  static std::vector<std::string> ids;
  static std::uint32_t most_asked;
  Tables t;
  // What they share is small, so that the number alone is what is wrong.
  for (std::uint32_t i = 0; i <= BH_MAX_ITEMS; ++i) ids.push_back("org.example.tables.b" + std::to_string(i));
  for (const std::string& id : ids) {
    all.push_back(t.benchmark);
    all.back().id = id.c_str();
  }
  t.plugin.benchmark = [](std::uint32_t i) -> const bh_benchmark_t* {
    most_asked = std::max(most_asked, i);
    return i < kMillion ? &all[std::min<std::size_t>(i, BH_MAX_ITEMS)] : nullptr;
  };
  check_refused(t, "benchmark", "there are more than 1024");
  CHECK(most_asked == BH_MAX_ITEMS);
}

TEST_CASE("a function that never says that there is no more is asked a bounded number of times") {
  Tables t;
  t.plugin.benchmark = [](std::uint32_t) -> const bh_benchmark_t* { return &Tables::current()->benchmark; };
  check_refused(t, "benchmark 1", "is there twice");

  static std::uint32_t asked;
  static std::vector<std::string> ids;
  static bh_role_t role;
  for (std::uint32_t i = 0; i <= BH_MAX_ITEMS; ++i) ids.push_back("r" + std::to_string(i));
  Tables roles;
  roles.publish_everything();
  role = roles.roles[0];
  roles.role_table.role = [](const char*, std::uint32_t i) -> const bh_role_t* {
    asked = std::max(asked, i);
    role.id = ids[std::min<std::size_t>(i, BH_MAX_ITEMS)].c_str();
    return &role;
  };
  check_refused(roles, "role 1024", "there are more than 1024");
  CHECK(asked == BH_MAX_ITEMS);
}

/// A list member and its count, wherever one is.
struct ListMember {
  std::string place;
  std::function<void(Tables&, std::uint32_t count, bool null)> lie;
};

template <class List>
void set(List& list, std::uint32_t count, bool null) {
  list.count = count;
  if (null) list.items = nullptr;
}

const std::vector<ListMember>& list_members() {
  static const std::vector<ListMember> all = {
      {"slots", [](Tables& t, std::uint32_t n, bool null) { set(t.benchmark.slots, n, null); }},
      {"parameter", [](Tables& t, std::uint32_t n, bool null) { set(t.benchmark.parameters, n, null); }},
      {"metrics", [](Tables& t, std::uint32_t n, bool null) { set(t.benchmark.metrics, n, null); }},
      {"summaries", [](Tables& t, std::uint32_t n, bool null) { set(t.benchmark.summaries, n, null); }},
      {"setting", [](Tables& t, std::uint32_t n, bool null) { set(t.plugin.settings, n, null); }},
      {"parameter 'type', choices", [](Tables& t, std::uint32_t n, bool null) { set(t.params[1].choices, n, null); }},
      {"parameter 'n', sweep_values",
       [](Tables& t, std::uint32_t n, bool null) { set(t.params[0].sweep_values, n, null); }},
      {"parameter 'n', default_value",
       [](Tables& t, std::uint32_t n, bool null) {
         t.params[0].type = t.params[0].default_value.type = BH_TYPE_LIST | BH_TYPE_UINT;
         t.params[0].default_value.items = t.sweep.data();
         set(t.params[0].default_value, n, null);
       }},
  };
  return all;
}

TEST_CASE("a count that lies is refused before anything behind it is read") {
  for (const ListMember& member : list_members()) {
    CAPTURE(member.place);
    for (const std::uint32_t count : {std::uint32_t{BH_MAX_ITEMS} + 1, kMillion, 0xffffffffu}) {
      Tables t;
      t.publish_everything();
      member.lie(t, count, false);
      check_refused(t, member.place, "more than 1024");
    }
    Tables t;
    t.publish_everything();
    member.lie(t, 2, true);
    check_refused(t, member.place, "says 2 items and is NULL");
  }
}

TEST_CASE("lists in lists that come to gigabytes are refused at a bounded sum") {
  // 1024 benchmarks that publish one list of 1024 parameters, each described by one text of 4095 bytes: 4 GiB when
  // read.
  static const std::string longest(BH_MAX_TEXT, 'x');
  static std::vector<bh_benchmark_t> all;
  static std::vector<std::string> ids, names;
  Tables many;
  for (std::uint32_t i = 0; i < BH_MAX_ITEMS; ++i) names.push_back("p" + std::to_string(i));
  std::vector<bh_param_t> long_winded(BH_MAX_ITEMS, many.params[0]);
  for (std::uint32_t i = 0; i < BH_MAX_ITEMS; ++i) {
    long_winded[i].name = names[i].c_str();
    long_winded[i].description = longest.c_str();
    long_winded[i].constraint = nullptr;
  }
  long_winded[0].name = "n";
  many.benchmark.parameters = {long_winded.data(), BH_MAX_ITEMS, sizeof(bh_param_t)};
  many.benchmark.slots = BH_EMPTY_LIST;
  for (std::uint32_t i = 0; i < BH_MAX_ITEMS; ++i) ids.push_back("org.example.tables.b" + std::to_string(i));
  for (const std::string& id : ids) {
    all.push_back(many.benchmark);
    all.back().id = id.c_str();
  }
  many.plugin.benchmark = [](std::uint32_t i) -> const bh_benchmark_t* { return i < all.size() ? &all[i] : nullptr; };
  check_refused(many, "benchmark 'org.example.tables.b", "more than 16 MiB");
}

// ---- names that are there twice, and what leads back to itself ------------------------------------------------------

TEST_CASE("an id that is there twice is refused in every list that has ids") {
  struct Twice {
    std::string place;
    std::function<void(Tables&)> repeat;
  };
  const std::vector<Twice> rows = {
      {"benchmark 1", [](Tables& t) { t.published.push_back(t.published[0]); }},
      {"parameter 'n', name", [](Tables& t) { t.params[1].name = t.params[0].name; }},
      {"metric 'bandwidth', id", [](Tables& t) { t.metrics[1].id = t.metrics[0].id; }},
      {"slot 1, id",
       [](Tables& t) {
         t.slots.push_back(t.slots[0]);
         t.benchmark.slots = {t.slots.data(), 2, sizeof(bh_slot_t)};
       }},
      {"summary 1, id",
       [](Tables& t) {
         t.summaries.push_back(t.summaries[0]);
         t.benchmark.summaries = {t.summaries.data(), 2, sizeof(bh_summary_t)};
       }},
      {"summary 0, id", [](Tables& t) { t.summaries[0].id = t.metrics[0].id; }},
      {"role 1, id", [](Tables& t) { t.roles[1].id = t.roles[0].id; }},
      {"setting 'path', name",
       [](Tables& t) {
         t.settings.push_back(t.settings[0]);
         t.plugin.settings = {t.settings.data(), 2, sizeof(bh_param_t)};
       }},
      {"parameter 'type', choices[1]", [](Tables& t) { t.choices[1] = t.choices[0]; }},
  };
  for (const Twice& row : rows) {
    CAPTURE(row.place);
    Tables t;
    t.publish_everything();
    row.repeat(t);
    const std::string text = refusal(t);
    CHECK_MESSAGE(text.find(row.place) != std::string::npos, text);
    CHECK_MESSAGE((text.find("is there twice") != std::string::npos || text.find("of another") != std::string::npos),
                  text);
  }
}

TEST_CASE("what leads back to itself is refused: sources, and lists that hold themselves") {
  Tables t;
  t.metrics[2].source = "tail";
  check_refused(t, "metric 'tail', source", "is no other metric");

  Tables mutual;
  mutual.metrics[1].source = "tail";
  check_refused(mutual, "metric 'latency', source", "has a source itself");

  Tables chain;
  bh_metric_t third = chain.metrics[2];
  third.id = "third";
  third.source = "tail";
  chain.metrics.push_back(third);
  chain.benchmark.metrics = {chain.metrics.data(), 4, sizeof(bh_metric_t)};
  check_refused(chain, "metric 'third', source", "has a source itself");

  Tables list;
  bh_value_t& own = list.params[0].default_value;
  list.params[0].type = own.type = BH_TYPE_LIST | BH_TYPE_UINT;
  own.count = 1;
  own.items = &own;
  check_refused(list, "parameter 'n', default_value[0]", "is not of the list's element type");
}

TEST_CASE("constraints and limits may name each other and themselves: they are asked of values, and end") {
  // A constraint is a question about a combination that is there already (params.h), so nothing goes round.
  Tables t;
  t.params[0].constraint = "n == n && type == 'fp64'";
  t.params[1].constraint = "type == 'fp64' || n > 16";
  t.params[0].sweep = BH_SWEEP_SEARCH;
  t.params[0].sweep_first = BH_UINT(16);
  t.params[0].sweep_last = BH_UINT(64);
  t.summaries[0].kind = BH_SUMMARY_MAX_WITHIN;
  t.summaries[0].limit = "n * 2";
  const auto record = t.read();
  CHECK_MESSAGE(record.ok(), (record.ok() ? "" : to_text(record.error())));
  // Two searches would each wait for the other's result.
  bh_summary_t second = t.summaries[0];
  second.id = "second";
  t.summaries.push_back(second);
  t.benchmark.summaries = {t.summaries.data(), 2, sizeof(bh_summary_t)};
  check_refused(t, "parameters", "needs exactly one MAX_WITHIN summary, not 2");
}

// ---- numbers --------------------------------------------------------------------------------------------------------

TEST_CASE("a number that is none is refused as bound, default, choice, end and step of a sweep") {
  const std::vector<std::pair<std::string, std::function<bh_value_t*(Tables&)>>> members = {
      {"minimum", [](Tables& t) { return &t.params[0].minimum; }},
      {"maximum", [](Tables& t) { return &t.params[0].maximum; }},
      {"default_value", [](Tables& t) { return &t.params[0].default_value; }},
      {"choices[0]", [](Tables& t) { return &t.sweep[0]; }},
      {"sweep_first", [](Tables& t) { return &t.params[0].sweep_first; }},
      {"sweep_last", [](Tables& t) { return &t.params[0].sweep_last; }},
      {"sweep_step", [](Tables& t) { return &t.params[0].sweep_step; }},
  };
  for (const auto& [member, at] : members) {
    CAPTURE(member);
    for (const double bad : {std::nan(""), -std::nan(""), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
      Tables t;
      bh_param_t& p = t.params[0];
      p.type = BH_TYPE_DOUBLE;
      p.default_value = BH_DOUBLE(1);
      p.minimum = BH_DOUBLE(0.5);
      p.maximum = BH_DOUBLE(8);
      p.sweep = BH_SWEEP_LINEAR;
      p.sweep_first = BH_DOUBLE(1);
      p.sweep_last = BH_DOUBLE(4);
      p.sweep_step = BH_DOUBLE(1);
      p.sweep_values = BH_EMPTY_LIST;
      p.constraint = nullptr;
      t.sweep = {BH_DOUBLE(1), BH_DOUBLE(2)};
      if (member == "choices[0]") p.choices = {t.sweep.data(), 2, sizeof(bh_value_t)};
      REQUIRE(t.read().ok());
      *at(t) = BH_DOUBLE(bad);
      check_refused(t, "parameter 'n', " + member, "is a double that is not finite");
    }
  }
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -1.0}) {
    Tables t;
    t.metrics[0].noise_floor_ratio = bad;
    check_refused(t, "metric 'bandwidth', noise_floor_ratio", "must be finite and not negative");
  }
}

TEST_CASE("bounds that exclude each other, and a default outside of them, are refused with the member") {
  Tables t;
  t.params[0].minimum = BH_UINT(2048);
  check_refused(t, "parameter 'n', minimum", "is above the maximum");
  Tables low;
  low.params[0].default_value = BH_UINT(15);
  check_refused(low, "parameter 'n', default_value", "is below the minimum");
  Tables high;
  high.params[0].default_value = BH_UINT(std::numeric_limits<std::uint64_t>::max());
  check_refused(high, "parameter 'n', default_value", "is above the maximum");
  Tables list;
  list.params[0].type = BH_TYPE_LIST | BH_TYPE_UINT;
  list.params[0].sweep = BH_SWEEP_NONE;
  list.params[0].constraint = nullptr;
  list.params[0].default_value = BH_NO_VALUES(BH_TYPE_UINT);
  list.params[0].min_count = 2;
  list.params[0].max_count = 1;
  check_refused(list, "parameter 'n', max_count", "must be from min_count");
  Tables batches;
  batches.benchmark.batch_min = std::numeric_limits<std::uint64_t>::max();
  batches.benchmark.batch_max = 1;
  check_refused(batches, "batch_min", "is above batch_max");
}

TEST_CASE("a unit outside of the registry is refused by parameter, metric and summary") {
  for (const char* unit : {"KiB", "GB/s", "%", "By/h", "ns ", "{}", "{x", "ms"}) {
    CAPTURE(unit);
    Tables t;
    t.params[0].unit = unit;
    check_refused(t, "parameter 'n', unit", "is not in the registry of units");
    Tables metric;
    metric.metrics[1].unit = unit;
    check_refused(metric, "metric 'latency', unit", "is not in the registry of units");
    Tables summary;
    summary.summaries[0].unit = unit;
    check_refused(summary, "summary 0, unit", "is not in the registry of units");
  }
}

// ---- expressions ----------------------------------------------------------------------------------------------------

TEST_CASE("an expression that does not parse is refused with its place and the column of the mistake") {
  struct Expression {
    std::string place;
    std::function<const char**(Tables&)> at;
  };
  const std::vector<Expression> members = {
      {"'org.example.tables.first', requirement", [](Tables& t) { return &t.benchmark.requirement; }},
      {"claim_cores", [](Tables& t) { return &t.benchmark.claim_cores; }},
      {"claim_memory_bytes", [](Tables& t) { return &t.benchmark.claim_memory_bytes; }},
      {"claim_seconds", [](Tables& t) { return &t.benchmark.claim_seconds; }},
      {"parameter 'n', constraint", [](Tables& t) { return &t.params[0].constraint; }},
      {"slot 'device', requirement", [](Tables& t) { return &t.slots[0].requirement; }},
      {"role 1, count", [](Tables& t) { return &t.roles[1].count; }},
      {"role 1, claim_cores", [](Tables& t) { return &t.roles[1].claim_cores; }},
  };
  // Columns counted by hand, from 1, in characters.
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"n >= && n", "column 6"},        {"n = 4", "column 3"},     {"(n + 1", "column 7"},
      {"n + 4 KB", "column 7"},         {"n < 4 < 5", "column 7"}, {"'\xc2\xb5\xc2\xb5' == n n", "column 11"},
      {"n + 'never closed", "column 5"}};
  for (const Expression& member : members) {
    for (const auto& [text, column] : mistakes) {
      CAPTURE(text);
      Tables t;
      t.publish_everything();
      *member.at(t) = text.c_str();
      check_refused(t, member.place, column);
    }
  }
}

TEST_CASE("the longest expressions that can be written are read or refused without a deep stack") {
  const auto repeated = [](const std::string& unit) {
    std::string text;
    while (text.size() + unit.size() < BH_MAX_TEXT) text += unit;
    return text;
  };
  for (const char* unit : {"(", "[", "!", "-", "min(", "if(true,", "1+", "n*", "'"}) {
    CAPTURE(unit);
    const std::string text = repeated(unit);
    Tables t;
    t.benchmark.requirement = text.c_str();
    check_refused(t, "requirement", "column");
  }
  // A long one that is right stays right.
  Tables t;
  const std::string longest = "param.n > 0" + std::string(BH_MAX_TEXT - 11, ' ');
  t.benchmark.requirement = longest.c_str();
  const auto record = t.read();
  CHECK_MESSAGE(record.ok(), (record.ok() ? "" : to_text(record.error())));
}

}  // namespace
}  // namespace benchhost::loader::test
