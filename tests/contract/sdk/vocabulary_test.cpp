// The closed vocabularies: facts of devices, spelled constants, values.
#include <benchhost/backend.h>
#include <benchhost/params.h>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace {

struct Fact {
  const char* name;
  std::uint32_t type;
};
#define FACT(name, type) Fact{name, BH_CAP_TYPE_##type},
const std::vector<Fact> kFacts = {BH_CAP_TABLE(FACT)};
#undef FACT

template <class T>
std::string spelled(std::uint32_t type, T value, const char* c_long = "L") {
  bh_constant_t constant{};
  constant.struct_size = sizeof constant;
  constant.type = type;
  constant.value = &value;
  char text[64];
  return bh_be_spell(&constant, c_long, text, sizeof text) == 0 ? text : "refused";
}

}  // namespace

TEST_CASE("Facts have unique names of the grammar, and none begins another up to a dot") {
  CHECK(kFacts.size() >= 60);
  std::set<std::string> names;
  for (const Fact& fact : kFacts) {
    CHECK(names.insert(fact.name).second);
    CHECK(fact.type >= BH_CAP_TYPE_INT);
    CHECK(fact.type <= BH_CAP_TYPE_WORDS);
  }
  for (const std::string& a : names) {
    for (const std::string& b : names) CHECK_MESSAGE(b.rfind(a + ".", 0) != 0, a << " begins " << b);
    bool start = true;
    for (const char c : a) {
      CHECK((start ? c >= 'a' && c <= 'z' : (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'));
      start = c == '.';
    }
  }
}

TEST_CASE("Constants are spelled as device.h says") {
  CHECK(spelled(BH_SCALAR_I32, std::int32_t{5}) == "5");
  CHECK(spelled(BH_SCALAR_I32, std::int32_t{-5}) == "(-5)");
  CHECK(spelled(BH_SCALAR_I32, std::numeric_limits<std::int32_t>::min()) == "(-2147483647-1)");
  CHECK(spelled(BH_SCALAR_U32, std::uint32_t{2147483647}) == "2147483647");
  CHECK(spelled(BH_SCALAR_U32, std::uint32_t{4294967295}) == "4294967295u");
  CHECK(spelled(BH_SCALAR_I64, std::int64_t{5}, "LL") == "5LL");
  CHECK(spelled(BH_SCALAR_I64, std::numeric_limits<std::int64_t>::min()) == "(-9223372036854775807L-1)");
  CHECK(spelled(BH_SCALAR_U64, std::uint64_t{5}) == "5UL");
  CHECK(spelled(BH_SCALAR_F32, 3.0f) == "0x1.8p+1f");
  CHECK(spelled(BH_SCALAR_F32, -3.0f) == "(-0x1.8p+1f)");
  CHECK(spelled(BH_SCALAR_F64, -0.0) == "(-0x0p+0)");
  CHECK(spelled(BH_SCALAR_F64, std::nan("")) == "refused");
  CHECK(spelled(BH_SCALAR_F32, std::numeric_limits<float>::infinity()) == "refused");
  CHECK(spelled(99u, 0) == "refused");
}

TEST_CASE("Values are initialised by type, and lists know their element type and length") {
  const bh_value_t items[] = {BH_UINT(8), BH_UINT(16)};
  const bh_value_t list = BH_VALUES(BH_TYPE_UINT, items);
  CHECK(list.type == (BH_TYPE_LIST | BH_TYPE_UINT));
  CHECK(list.count == 2);
  CHECK(list.items[1].u == 16);
  const bh_value_t none = BH_NO_VALUES(BH_TYPE_STRING);
  CHECK(none.count == 0);
  CHECK(none.items == nullptr);
  const bh_value_t yes = BH_BOOL(7 > 3);
  CHECK(yes.u == 1);
}
