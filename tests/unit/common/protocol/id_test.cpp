#include "common/protocol/id.h"

#include <doctest/doctest.h>

#include <string>

using benchhost::protocol::is_id;

TEST_CASE("ids are parts of lower-case letters, digits and underlines joined by dots") {
  for (const char* good : {"a", "org.example.triad", "org.n3_example", "a0.b_", "true_", "inn"}) CHECK(is_id(good));
  for (const char* bad :
       {"", ".", "a.", ".a", "a..b", "A", "a-b", "0a", "a.0", "a b", "_a", "true", "a.in", "false.b", "\xC2\xB5"}) {
    CAPTURE(bad);
    CHECK(!is_id(bad));
  }
  CHECK(is_id(std::string(127, 'a')));
  CHECK(!is_id(std::string(128, 'a')));
}
