#include "cli/case_name.h"

#include <doctest/doctest.h>

#include "suite/case_identity.h"

using benchhost::cli::axis_of;
using benchhost::cli::CaseName;
using benchhost::cli::parse_case_name;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using Devices = std::vector<std::string>;

namespace {

CaseName parsed(std::string_view name) {
  const auto result = parse_case_name(name);
  REQUIRE_MESSAGE(result.ok(), name);
  return *result;
}

}  // namespace

TEST_CASE("a name is taken apart into what it was made from") {
  for (const Pairs& parameters :
       {Pairs{}, Pairs{{"bytes", "64 KiB"}, {"type", "fp32"}}, Pairs{{"text", ""}},
        Pairs{{"text", "a,b=c"}, {"list", "[64,64,1]"}, {"x", "it's"}}, Pairs{{"brace", "}{"}, {"at", "a@b"}}}) {
    for (const std::string& input : {std::string(), std::string("BM_Sort<int>/64"), std::string("a[1](x)")}) {
      const std::string name = benchhost::suite::display_name("org.x.triad", input, parameters, "cpu:0");
      CAPTURE(name);
      const CaseName back = parsed(name);
      CHECK(back.benchmark == "x.triad");
      CHECK(back.parameters == parameters);
      CHECK(back.devices == Devices{"cpu:0"});
      CHECK(back.input == input);
      CHECK(back.is_one_case());
    }
  }
}

TEST_CASE("an id alone, and a name without device, are names too") {
  CHECK(parsed("org.benchhost.cpu_stream.triad").benchmark == "org.benchhost.cpu_stream.triad");
  CHECK_FALSE(parsed("cpu_stream.triad").is_one_case());
  CHECK(parsed("triad{bytes=1 GiB}").parameters == Pairs{{"bytes", "1 GiB"}});
  CHECK(parsed("copy@opencl:0+opencl:1").devices == Devices{"opencl:0", "opencl:1"});
}

TEST_CASE("what is no name is said so") {
  for (const char* name : {"triad{bytes=1", "triad{bytes}", "triad[x", "triad{a=1}more", "triad{=1}"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_case_name(name).ok());
  }
}

TEST_CASE("a text in brackets is one list") {
  const auto list = axis_of({"sizes", "[64,64,1]"});
  REQUIRE(list.sweep.values.size() == 1);
  CHECK(list.sweep.values[0].is_list);
  CHECK(list.sweep.values[0].items.size() == 3);
  CHECK(list.sweep.values[0].items[2].text == "1");
  CHECK(axis_of({"sizes", "[]"}).sweep.values[0].items.empty());
  CHECK(axis_of({"text", "a,b"}).sweep.values[0].text == "a,b");
}
