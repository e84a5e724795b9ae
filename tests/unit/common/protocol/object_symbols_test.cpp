#include "common/protocol/object_symbols.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

using benchhost::protocol::ObjectSymbols;
using benchhost::protocol::read_object_symbols;

namespace {

std::string this_program() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("what this program runs before main is known by name") {
  const ObjectSymbols symbols = read_object_symbols(this_program());
  REQUIRE(symbols.initialisers);
  // doctest registers each file of tests so.
  const auto ours = [](const std::string& name) { return name.find("object_symbols_test") != std::string::npos; };
  CHECK(std::ranges::any_of(*symbols.initialisers, ours));
  CHECK(std::ranges::find(*symbols.initialisers, "frame_dummy") != symbols.initialisers->end());
}

TEST_CASE("of what is no whole ELF file nothing is known") {
  CHECK_FALSE(read_object_symbols("").exports);
  CHECK_FALSE(read_object_symbols("MZ and more").initialisers);
  const std::string file = this_program();
  for (std::size_t cut = 0; cut < file.size(); cut += 4093) {
    const ObjectSymbols symbols = read_object_symbols(std::string_view(file).substr(0, cut));
    CHECK_FALSE(symbols.exports);
    CHECK_FALSE(symbols.initialisers);
  }
}

TEST_CASE("tables that lie are read within the file") {
  const std::string file = this_program();
  for (std::size_t at = 0; at < 64; ++at) {
    for (const char byte : {'\x00', '\x01', '\x7f', '\xff'}) {
      std::string bad = file;
      bad[at] = byte;
      static_cast<void>(read_object_symbols(bad));
    }
  }
  // Section headers lie at the end: each byte of a few of them.
  for (std::size_t back = 1; back <= 2048; back += 7) {
    std::string bad = file;
    bad[bad.size() - back] = '\xff';
    static_cast<void>(read_object_symbols(bad));
  }
}
