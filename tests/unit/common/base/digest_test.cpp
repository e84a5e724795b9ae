#include "common/base/digest.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

using namespace benchhost;

TEST_CASE("the examples of FIPS 180-4 and its validation suite") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(to_hex(sha256(std::string(1000000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("pieces of every size around a block give the digest of the whole") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  for (std::size_t size = 1; size < 130; ++size) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += size) hash.update(std::string_view(text).substr(at, size));
    CHECK(hash.finish() == sha256(text));
  }
}

TEST_CASE("pieces of nothing, of no memory too, change nothing") {
  Sha256 hash;
  hash.update(std::string_view());
  hash.update(std::span<const std::byte>());
  hash.update("a");
  hash.update(std::string_view());  // with a block begun
  hash.update("bc");
  hash.update(std::span<const std::byte>());
  CHECK(hash.finish() == sha256("abc"));
  CHECK(sha256(std::string_view()) == sha256(""));
}

TEST_CASE("after finish the object begins anew") {
  Sha256 hash;
  hash.update("abc");
  const Sha256Digest first = hash.finish();
  hash.update("abc");
  CHECK(hash.finish() == first);
}

TEST_CASE("a digest's text names its algorithm") {
  CHECK(digest_text("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
