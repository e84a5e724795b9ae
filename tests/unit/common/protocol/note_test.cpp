#include "common/protocol/note.h"

#include <doctest/doctest.h>

#include <random>

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

constexpr std::string_view kGood =
    "BHNOTE1\nid=org.example.byhand\nversion=1\nvendor=Example Ltd\nlicence=MIT\nabi=0.1-0.3\nos=linux\narch=x86_64\n"
    "isa=base\n";

std::string replaced(std::string_view line, std::string_view by) {
  std::string text(kGood);
  const std::size_t at = text.find(line);
  REQUIRE(at != std::string::npos);
  return text.replace(at, line.size(), by);
}

void refuses(const std::string& text, std::string_view part) {
  CAPTURE(text);
  const auto note = parse_note_text(text);
  REQUIRE(!note.ok());
  CHECK(note.error().code == "BH0202");
  CAPTURE(to_text(note.error()));
  CHECK(to_text(note.error()).find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a note of the mandatory lines is read, the rest has its defaults") {
  const auto note = parse_note_text(kGood);
  REQUIRE(note.ok());
  CHECK(note->id == "org.example.byhand");
  CHECK(note->version == "1");
  CHECK(note->vendor == "Example Ltd");
  CHECK(note->licence == "MIT");
  CHECK(note->abi_min == 1);
  CHECK(note->abi_max == 3);
  CHECK(note->os == "linux");
  CHECK(note->arch == "x86_64");
  CHECK(note->isa == "base");
  CHECK(note->init == "none");
  CHECK(note->url.empty());
  CHECK(note->text == kGood);
}

TEST_CASE("keys that the reader does not know are kept, and values may hold any character but controls") {
  const auto note = parse_note_text(std::string(kGood) + "org.example.key=a=b \xC3\xA9\ninit=register\nurl=\n");
  REQUIRE(note.ok());
  REQUIRE(note->others.size() == 1);
  CHECK(note->others[0].first == "org.example.key");
  CHECK(note->others[0].second == "a=b \xC3\xA9");
  CHECK(note->init == "register");
}

TEST_CASE("a bad line or a missing key refuses the note by name") {
  refuses("", "BHNOTE1");
  refuses("BHNOTE2\nid=x\n", "BHNOTE1");
  refuses("BHNOTE1\n", "'id'");
  for (const char* key : {"id", "version", "vendor", "licence", "abi", "os", "arch", "isa"}) {
    const std::string line(kGood.substr(kGood.find("\n" + std::string(key) + "=") + 1));
    refuses(replaced(line.substr(0, line.find('\n') + 1), ""), "'" + std::string(key) + "'");
  }
  refuses(replaced("vendor=Example Ltd", "vendor="), "'vendor'");
  refuses(std::string(kGood) + "id=org.other\n", "twice");
  refuses(std::string(kGood) + "no equals sign\n", "line 10");
  refuses(std::string(kGood) + "\n", "line 10");
  refuses(std::string(kGood) + "Key=1\n", "key=value");
  refuses(std::string(kGood) + "url=a\tb\n", "control");
  refuses(std::string(kGood) + "url=a\rb\n", "control");
  refuses(std::string(kGood) + "url=https://example.org", "does not end");
  refuses(std::string(kGood) + "url=\xff\n", "UTF-8");
  refuses(std::string(kGood) + "init=later\n", "init");
  refuses(replaced("org.example.byhand", "Org.Example"), "no id");
  refuses(replaced("vendor=Example Ltd", "vendor=" + std::string(256, 'v')), "255");
  refuses(std::string(kGood) + "x=" + std::string(4096, 'v') + "\n", "4096");
}

TEST_CASE("the ABI range is two versions, the lower first") {
  for (const char* bad :
       {"abi=", "abi=1", "abi=0.1", "abi=0.1-", "abi=0.1-0.1x", "abi=0.1-0", "abi=-0.1", "abi=0.-0.1", "abi=0.1–0.1",
        "abi=0.65536-0.65537", "abi=99999999999.0-1.0", "abi=0.1 -0.1", "abi=+0.1-0.1"}) {
    refuses(replaced("abi=0.1-0.3", bad), "abi");
  }
  refuses(replaced("abi=0.1-0.3", "abi=0.3-0.1"), "above");
  const auto wide = parse_note_text(replaced("abi=0.1-0.3", "abi=0.1-65535.65535"));
  REQUIRE(wide.ok());
  CHECK(wide->abi_max == 0xffffffffu);
}

TEST_CASE("seeded mutations of a note's text never crash and never give a note without identity") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 5000; ++round) {
    std::string text(kGood);
    for (std::uint64_t edits = 1 + random() % 3; edits > 0; --edits) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    const auto note = parse_note_text(text);
    if (note.ok()) CHECK((!note->id.empty() && !note->arch.empty() && note->abi_min <= note->abi_max));
  }
}
