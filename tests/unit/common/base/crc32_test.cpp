#include "common/base/crc32.h"

#include <doctest/doctest.h>

#include <string>

using benchhost::crc32c;

TEST_CASE("the vectors of RFC 3720, appendix B.4") {
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
  std::string rising;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
  CHECK(crc32c(rising) == 0x46dd794eu);
  CHECK(crc32c(std::string(rising.rbegin(), rising.rend())) == 0x113fdb5cu);
  CHECK(crc32c("123456789") == 0xe3069283u);
  CHECK(crc32c("") == 0u);
}

TEST_CASE("pieces give the checksum of the whole") { CHECK(crc32c("6789", crc32c("12345")) == crc32c("123456789")); }
