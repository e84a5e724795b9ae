#include "common/base/expression.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace benchhost;

namespace {

ExprScope scope() {
  ExprScope scope("machine");
  scope.add("machine.cores", kExprNumber)
      .add("machine.isa", expr_list_of(ExprType::Kind::text))
      .add("machine.os", kExprText)
      .add("param.n", kExprNumber)
      .add("param.flag", kExprBoolean)
      .add("param.ghost", kExprNumber)
      .add("param.ghost_flag", kExprBoolean)
      .add("device.mem.bytes", kExprNumber)
      .add("device.kind", kExprText)
      .admit_vendor_names("device");
  return scope;
}

ExprFacts facts() {
  ExprFacts facts;
  facts.set("machine.cores", 8)
      .set("machine.isa", ExprList{"x86-64-v3", "avx2"})
      .set("machine.os", "linux")
      .set("param.n", std::uint64_t{9007199254740993})
      .set("param.flag", true)
      .set("device.nvidia.cc", 900);
  return facts;
}

CheckedExpression checked(std::string_view text) {
  const auto parsed = Expression::parse(text);
  REQUIRE_MESSAGE(parsed.ok(), std::string(text) << ": " << to_text(parsed.error()));
  auto checked = parsed->check(scope());
  REQUIRE_MESSAGE(checked.ok(), std::string(text) << ": " << to_text(checked.error()));
  return std::move(checked).value();
}

ExprOutcome outcome(std::string_view text) { return checked(text).evaluate(facts()); }

/// The value as text, or "? " and the reason.
std::string value(std::string_view text) {
  const ExprOutcome result = outcome(text);
  return result.value ? to_text(*result.value) : "? " + result.reason;
}

Error parse_error(std::string_view text) {
  const auto parsed = Expression::parse(text);
  REQUIRE_MESSAGE(!parsed.ok(), std::string(text));
  CHECK(parsed.error().code == "BH0007");
  return parsed.error();
}

Error check_error(std::string_view text, ExprType wanted = kExprAny) {
  const auto parsed = Expression::parse(text);
  REQUIRE_MESSAGE(parsed.ok(), std::string(text));
  const auto checked = parsed->check(scope(), wanted);
  REQUIRE_MESSAGE(!checked.ok(), std::string(text));
  return checked.error();
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("operators bind as the grammar says") {
  CHECK(value("1 + 2 * 3") == "7");
  CHECK(value("(1 + 2) * 3") == "9");
  CHECK(value("10 - 4 - 3") == "3");
  CHECK(value("100 / 10 / 5") == "2");
  CHECK(value("7 % 4 * 2") == "6");
  CHECK(value("-2 * -3") == "6");
  CHECK(value("- -2") == "2");
  CHECK(value("1 + 1 == 2 && 3 > 2") == "true");
  CHECK(value("true || false && false") == "true");
  CHECK(value("(true || false) && false") == "false");
  CHECK(value("!false && false") == "false");
  CHECK(value("!!true") == "true");
  CHECK(value("!(1 < 2)") == "false");
}

TEST_CASE("integers are exact over the whole range of both 64-bit kinds") {
  CHECK(value("18446744073709551615") == "18446744073709551615");
  CHECK(value("18446744073709551615 - 1") == "18446744073709551614");
  CHECK(value("-9223372036854775808") == "-9223372036854775808");
  CHECK(value("9223372036854775807 + 1") == "9223372036854775808");
  CHECK(value("param.n + 0") == "9007199254740993");
  CHECK(value("4294967296 * 4294967295") == "18446744069414584320");
  CHECK(value("18446744073709551615 % 10") == "5");
  CHECK(value("abs(-9223372036854775808)") == "9223372036854775808");
}

TEST_CASE("what leaves the range is unknown, with that as the reason") {
  CHECK(value("18446744073709551615 + 1") == "? number outside the range");
  CHECK(value("-9223372036854775808 - 1") == "? number outside the range");
  CHECK(value("-18446744073709551615") == "? number outside the range");
  CHECK(value("18446744073709551615 * 18446744073709551615") == "? number outside the range");
  CHECK(value("-9223372036854775808 * 18446744073709551615 * 2") == "? number outside the range");
  CHECK(value("1e308 * 10") == "? number outside the range");
  CHECK(value("1 / 0") == "? division by 0");
  CHECK(value("1 % 0") == "? division by 0");
  CHECK(value("1.5 % 0.0") == "? division by 0");
  CHECK(value("log2(0)") == "? log2 of a number that is not positive");
  CHECK(value("log2(-1.5)") == "? log2 of a number that is not positive");
}

TEST_CASE("division gives a double, remainder has the sign of its left side") {
  CHECK(value("8 / 2 == 4") == "true");
  CHECK(value("7 / 2") == "3.5");
  CHECK(value("1 / 3 * 3 == 1") == "true");
  CHECK(value("-7 % 3") == "-1");
  CHECK(value("7 % -3") == "1");
  CHECK(value("-7.5 % 2") == "-1.5");
  CHECK(value("0.1 + 0.2 == 0.3") == "false");
}

TEST_CASE("numbers compare by mathematical value, integers against doubles exactly") {
  CHECK(value("param.n == 9007199254740992.0") == "false");
  CHECK(value("param.n > 9007199254740992.0") == "true");
  CHECK(value("18446744073709551615 < 18446744073709551616.0") == "true");
  CHECK(value("9223372036854775808 == 9223372036854775808.0") == "true");
  CHECK(value("-1 < 18446744073709551615") == "true");
  CHECK(value("-9223372036854775808 > -1e30") == "true");
  CHECK(value("2 < 2.5 && 3 > 2.5 && -3 < -2.5 && -2 > -2.5") == "true");
  CHECK(value("1e30 > 5 && 5 < 1e30") == "true");
  CHECK(value("1 == 1.0") == "true");
}

TEST_CASE("units are powers of 1024") {
  CHECK(value("4 KiB") == "4096");
  CHECK(value("1MiB + 1") == "1048577");
  CHECK(value("1.5 GiB == 1610612736") == "true");
  CHECK(value("2 TiB") == "2199023255552");
  CHECK(contains(parse_error("16777216 TiB").message, "range"));
  CHECK(contains(parse_error("4 GB").message, "KiB"));
  CHECK(contains(parse_error("KiB").message, "value"));
  CHECK(contains(parse_error("cores KiB").message, "KiB"));
  CHECK(contains(parse_error("4 KiBs").message, "KiB"));
}

TEST_CASE("texts compare byte by byte") {
  CHECK(value("'a' < 'b'") == "true");
  CHECK(value("'Z' < 'a'") == "true");
  CHECK(value("\"it's\" == \"it's\"") == "true");
  CHECK(value("'\u00e9' > 'z'") == "true");
  CHECK(value("machine.os == 'linux'") == "true");
  CHECK(value("''") == "''");
}

TEST_CASE("in asks for an equal element, == also compares lists") {
  CHECK(value("'avx2' in isa") == "true");
  CHECK(value("'avx512f' in isa") == "false");
  CHECK(value("8.0 in [1, 8]") == "true");
  CHECK(value("8 in []") == "false");
  CHECK(value("[1, 2] == [1.0, 2.0]") == "true");
  CHECK(value("[1, 2] != [2, 1]") == "true");
  CHECK(value("[1] in [[1], [2]]") == "true");
  CHECK(value("!('neon' in isa)") == "true");
}

TEST_CASE("functions") {
  CHECK(value("min(3, 1.5, 2)") == "1.5");
  CHECK(value("max(3, 1, 2)") == "3");
  CHECK(value("min([4, 2])") == "2");
  CHECK(value("max(7)") == "7");
  CHECK(value("max([])") == "? max of an empty list");
  CHECK(value("floor(2.7)") == "2");
  CHECK(value("floor(-2.5)") == "-3");
  CHECK(value("ceil(2.1)") == "3");
  CHECK(value("floor(1e300) == 1e300") == "true");
  CHECK(value("floor(9007199254740993)") == "9007199254740993");
  CHECK(value("abs(-2.5)") == "2.5");
  CHECK(value("log2(8)") == "3");
  CHECK(value("count(isa)") == "2");
  CHECK(value("count([])") == "0");
  CHECK(value("any([false, true])") == "true");
  CHECK(value("any([])") == "false");
  CHECK(value("all([])") == "true");
  CHECK(value("all([true, false])") == "false");
  CHECK(value("known(cores)") == "true");
  CHECK(value("known(param.ghost)") == "false");
}

TEST_CASE("if chooses one of two values of one type and looks at that one alone") {
  CHECK(value("if(cores > 0, 4, 8)") == "4");
  CHECK(value("if(cores < 0, 4, 8)") == "8");
  CHECK(value("3 * if(os == 'none', 4, 8) + 1") == "25");
  CHECK(value("if(true, 'a', 'b')") == "'a'");
  CHECK(value("if(false, true, cores > 0) && true") == "true");
  CHECK(value("if(false, [], [1, 2])") == "[1, 2]");
  CHECK(value("if(true, 1, if(true, 2, 3))") == "1");
  CHECK(value("if(true, 1, 1 / 0)") == "1");
  CHECK(value("if(false, param.ghost, 2)") == "2");
  CHECK(value("if(true, param.ghost, 2)") == "? param.ghost is not reported");
  CHECK(value("if(param.ghost_flag, 1, 1)") == "? param.ghost_flag is not reported");
  CHECK(value("if(device.nvidia.cc, 1, 2)") == "? 900 is no bool");
  CHECK(checked("if(true, 1, 2)").type() == kExprNumber);
  CHECK(checked("if(true, [], ['a'])").type() == expr_list_of(ExprType::Kind::text));
  CHECK(checked("if(true, device.nvidia.cc, 'x')").type() == kExprText);
  for (const char* text : {"if()", "if(true)", "if(true, 1)", "if(true, 1, 2, 3)"}) {
    CAPTURE(std::string(text));
    const auto parsed = Expression::parse(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == "BH0007");
    CHECK(contains(parsed.error().message, "a condition and two values"));
  }
  CHECK(contains(check_error("if(cores, 1, 2)").message, "if takes a bool, not a number"));
  CHECK(contains(check_error("if(true, 1, 'a')").message, "this is a text, the other a number"));
  CHECK(contains(check_error("if(true, [1], ['a'])").message, "the other a list of number"));
}

TEST_CASE("unknown stays unknown except where the other side decides") {
  CHECK(value("param.ghost > 1") == "? param.ghost is not reported");
  CHECK(value("param.ghost + 1") == "? param.ghost is not reported");
  CHECK(value("!param.ghost_flag") == "? param.ghost_flag is not reported");
  CHECK(value("param.ghost_flag && false") == "false");
  CHECK(value("false && param.ghost_flag") == "false");
  CHECK(value("param.ghost_flag || true") == "true");
  CHECK(value("true || param.ghost_flag") == "true");
  CHECK(value("param.ghost_flag && true") == "? param.ghost_flag is not reported");
  CHECK(value("param.ghost_flag || false") == "? param.ghost_flag is not reported");
  CHECK(value("1 / 0 > 1 && false") == "false");
  CHECK(value("param.ghost in [1]") == "? param.ghost is not reported");
  CHECK(value("[param.ghost] == [1]") == "? param.ghost is not reported");
  CHECK(value("min(param.ghost, 1)") == "? param.ghost is not reported");
  CHECK(value("known(param.ghost) && param.ghost > 1") == "false");
  CHECK_FALSE(outcome("param.ghost_flag").is_true());
  CHECK_FALSE(outcome("param.ghost_flag").is_false());
}

TEST_CASE("names are found with and without their home scope, and listed in full") {
  CHECK(value("cores == machine.cores") == "true");
  const CheckedExpression both = checked("cores > 1 && machine.cores < 99 && param.n > 0 && known(device.kind)");
  CHECK(both.names() == std::vector<std::string>{"device.kind", "machine.cores", "param.n"});
  CHECK(both.uses_scope("param"));
  CHECK_FALSE(both.uses_scope("benchmark"));
  CHECK(Expression::parse("b + a + b")->names() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a vendor's names are admitted in the scope that admits them, misspelt known ones are not") {
  CHECK(value("device.nvidia.cc >= 900") == "true");
  CHECK(value("device.amd.waves > 1") == "? device.amd.waves is not reported");
  CHECK(value("device.nvidia.cc == 'x'") == "? 'x' is no number");
  CHECK(value("device.nvidia.cc && true") == "? 900 is no bool");
  CHECK(value("'x' in device.nvidia.cc") == "? 900 is no list");
  CHECK(check_error("device.mem.bites > 1").code == "BH0008");
  CHECK(check_error("device.mem.bites > 1").help == "did you mean 'device.mem.bytes'?");
  CHECK(check_error("device.knd == 'x'").code == "BH0008");
  CHECK(check_error("nvidia.cc > 1").code == "BH0008");
}

TEST_CASE("unknown names are refused with their column and the nearest name") {
  const Error misspelt = check_error("1 < 2 && corse > 1");
  CHECK(misspelt.code == "BH0008");
  CHECK(misspelt.place == "column 10");
  CHECK(misspelt.help == "did you mean 'cores'?");
  CHECK(check_error("n > 1").help == "did you mean 'param.n'?");
  CHECK(contains(check_error("benchmark.id == 'x'").message, "not seen here"));
  CHECK(check_error("known(corse)").code == "BH0008");
}

TEST_CASE("types that do not fit are found before any fact is known") {
  for (const char* text : {"cores < 'x'",     "cores && true", "!cores",    "-os",          "os + 1",
                           "'a' in os",       "1 in isa",      "[1, 'a']",  "isa < isa",    "param.flag < true",
                           "param.flag == 1", "count(1)",      "any([1])",  "min('a')",     "min([1], 2)",
                           "floor(true)",     "min(['a'])",    "log2(isa)", "[1] == ['a']", "1 || true",
                           "-true",           "- !true",       "!-1"}) {
    CAPTURE(std::string(text));
    const auto parsed = Expression::parse(text);
    REQUIRE(parsed.ok());
    const auto checked = parsed->check(scope());
    CHECK_FALSE(checked.ok());
    if (!checked.ok()) CHECK(checked.error().code == "BH0009");
  }
  CHECK(contains(check_error("cores < 'x'").message, "a number and a text"));
  CHECK(check_error("true && cores").place == "column 9");
}

TEST_CASE("the place says what type it needs") {
  CHECK(check_error("cores + 1", kExprBoolean).code == "BH0009");
  CHECK(contains(check_error("cores + 1", kExprBoolean).message, "a number where a bool is needed"));
  const auto parsed = Expression::parse("cores > 1");
  CHECK(parsed->check(scope(), kExprBoolean)->type() == kExprBoolean);
  CHECK(Expression::parse("isa")->check(scope())->type() == expr_list_of(ExprType::Kind::text));
}

TEST_CASE("syntax errors carry their column") {
  struct Case {
    const char* text;
    const char* place;
    const char* part;
  };
  for (const Case& c : {Case{"", "column 1", "ends"},
                        {"1 +", "column 4", "ends"},
                        {"1 + * 2", "column 5", "'*'"},
                        {"(1", "column 3", "')'"},
                        {"[1, 2", "column 6", "']'"},
                        {"[1,]", "column 4", "']'"},
                        {"1 < 2 < 3", "column 7", "chain"},
                        {"1 in [1] in [2]", "column 10", "chain"},
                        {"a = 1", "column 3", "'='"},
                        {"a & b", "column 3", "'&'"},
                        {"'abc", "column 1", "closing quote"},
                        {"'\u00e9\u00e9' = 1", "column 6", "'='"},
                        {"Name", "column 1", "lower-case"},
                        {"1 2", "column 3", "'2'"},
                        {"a b", "column 3", "'b'"},
                        {"1.", "column 2", "'.'"},
                        {".5", "column 1", "'.'"},
                        {"1e", "column 2", "'e'"},
                        {"a..b", "column 2", "'.'"},
                        {"foo(1)", "column 1", "function"},
                        {"min()", "column 1", "one value or more"},
                        {"abs(1, 2)", "column 1", "takes one value"},
                        {"known(1)", "column 7", "name"},
                        {"in", "column 1", "'in'"},
                        {"a.in.b", "column 1", "reserved"},
                        {"18446744073709551616", "column 1", "range"},
                        {"1e999", "column 1", "range"},
                        {"\u20ac", "column 1", "\u20ac"}}) {
    CAPTURE(std::string(c.text));
    const Error error = parse_error(c.text);
    CHECK(error.place == c.place);
    CHECK_MESSAGE(contains(error.message, c.part), error.message);
  }
  CHECK(parse_error("flor(1)").help == "did you mean 'floor'?");
  CHECK(contains(parse_error("a = 1").help, "=="));
}

TEST_CASE("blanks separate and otherwise mean nothing") {
  CHECK(value(" \t1\n+\r2 ") == "3");
  CHECK(value("1<2&&3>2") == "true");
  CHECK(value("min ( 1 , 2 )") == "1");
}

TEST_CASE("length and nesting are capped, long flat chains are not deep") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '(') + "1" + std::string(static_cast<std::size_t>(depth), ')');
  };
  CHECK(Expression::parse(nested(64)).ok());
  CHECK(contains(parse_error(nested(65)).message, "64"));
  CHECK(contains(parse_error(std::string(4000, '[')).message, "64"));
  std::string chain = "1";
  while (chain.size() + 2 <= kMaxExpressionBytes) chain += "+1";
  CHECK(value(chain) == "2048");
  CHECK(contains(parse_error(chain + "+1").message, "4095"));
  CHECK(value(std::string(4000, '-') + "1") == "1");
  CHECK(contains(parse_error("'\xff'").message, "UTF-8"));
}

TEST_CASE("the part that is not met is named with its facts") {
  const auto unmet = [](std::string_view text) { return checked(text).first_unmet_part(facts()); };
  CHECK_FALSE(unmet("cores >= 8 && os == 'linux'"));
  auto part = unmet("cores >= 2 && (os == 'linux' && cores >= 16)");
  REQUIRE(part);
  CHECK(part->text == "cores >= 16");
  CHECK(part->reason == "machine.cores is 8");
  part = unmet("device.mem.bytes > 1 && cores >= 16");
  REQUIRE(part);
  CHECK(part->text == "cores >= 16");  // false decides, unknown does not
  part = unmet("cores >= 2 && device.mem.bytes > 1 GiB");
  REQUIRE(part);
  CHECK(part->text == "device.mem.bytes > 1 GiB");
  CHECK(part->reason == "device.mem.bytes is not reported");
  part = unmet("(cores > 99) || 'neon' in isa");
  REQUIRE(part);
  CHECK(part->text == "(cores > 99) || 'neon' in isa");
  CHECK(part->reason == "machine.cores is 8, machine.isa is ['x86-64-v3', 'avx2']");
  part = unmet("1 > 2");
  REQUIRE(part);
  CHECK(part->reason == "it is never true");
}

TEST_CASE("numbers are asked for as integers only where they are whole and fit") {
  CHECK(ExprNumber(8.0).to_int64() == 8);
  CHECK_FALSE(ExprNumber(8.5).to_int64());
  CHECK_FALSE(ExprNumber(1e19).to_int64());
  CHECK(ExprNumber(1e19).to_uint64() == 10000000000000000000u);
  CHECK_FALSE(ExprNumber(1e20).to_uint64());
  CHECK_FALSE(ExprNumber(-1).to_uint64());
  CHECK_FALSE(ExprNumber(UINT64_MAX).to_int64());
}

TEST_CASE("values are written as the grammar reads them") {
  CHECK(to_text(ExprValue(ExprList{true, 1, 0.5, "it's"})) == "[true, 1, 0.5, \"it's\"]");
  CHECK(to_text(ExprValue(UINT64_MAX)) == "18446744073709551615");
}
