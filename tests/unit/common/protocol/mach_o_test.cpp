// No compiler here makes Mach-O files: the test writes them.
#include <doctest/doctest.h>

#include <random>
#include <tuple>

#include "common/protocol/note.h"

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

void put(std::string& out, std::uint64_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * i) & 0xFF);
}
void put_big(std::string& out, std::uint64_t v, int bytes) {
  for (int i = bytes; i-- > 0;) out += static_cast<char>(v >> (8 * i) & 0xFF);
}
void put_name(std::string& out, std::string name) {
  name.resize(16, '\0');
  out += name;
}

std::string note_text(const std::string& arch) {
  return "BHNOTE1\nid=org.example.mac\nversion=1\nvendor=V\nlicence=MIT\nabi=0.1-0.1\nos=macos\narch=" + arch +
         "\nisa=base\n";
}

/// A bundle with a __TEXT segment of __text and __bhnote, a __LINKEDIT segment, and one library.
std::string slice(std::uint32_t cpu, const std::string& note, char code, const std::string& symbols) {
  const std::string body = std::string(64, code);
  const std::string text = note + '\0';
  constexpr std::uint64_t kCommands = 72 + 2 * 80 + 72 + 48;
  const std::uint64_t body_at = 32 + kCommands;
  const std::uint64_t note_at = body_at + body.size();
  const std::uint64_t link_at = note_at + text.size();
  std::string out;
  put(out, 0xfeedfacf, 4);
  put(out, cpu, 4);
  put(out, 3, 4);
  put(out, 8, 4);
  put(out, 3, 4);
  put(out, kCommands, 4);
  put(out, 0, 8);
  put(out, 0x19, 4);
  put(out, 72 + 2 * 80, 4);
  put_name(out, "__TEXT");
  for (const std::uint64_t v : {std::uint64_t{0}, link_at, std::uint64_t{0}, link_at}) put(out, v, 8);
  put(out, 5, 4);
  put(out, 5, 4);
  put(out, 2, 4);
  put(out, 0, 4);
  for (const auto& [name, at, size] :
       {std::tuple("__text", body_at, body.size()), std::tuple("__bhnote", note_at, text.size())}) {
    put_name(out, name);
    put_name(out, "__TEXT");
    put(out, at, 8);
    put(out, size, 8);
    put(out, at, 4);
    out.append(28, '\0');
  }
  put(out, 0x19, 4);
  put(out, 72, 4);
  put_name(out, "__LINKEDIT");
  for (const std::uint64_t v : {link_at, std::uint64_t{4096}, link_at, std::uint64_t{symbols.size()}}) put(out, v, 8);
  put(out, 1, 4);
  put(out, 1, 4);
  put(out, 0, 8);
  put(out, 0x0c, 4);
  put(out, 48, 4);
  put(out, 24, 4);
  out.append(12, '\0');
  std::string library = "/usr/lib/libX.dylib";
  library.resize(24, '\0');
  out += library;
  REQUIRE(out.size() == body_at);
  return out + body + text + symbols;
}

std::string universal(const std::vector<std::pair<std::uint32_t, std::string>>& slices) {
  std::string out;
  put_big(out, 0xcafebabe, 4);
  put_big(out, slices.size(), 4);
  std::uint64_t at = 8 + slices.size() * 20;
  for (const auto& [cpu, bytes] : slices) {
    for (const std::uint64_t v :
         {std::uint64_t{cpu}, std::uint64_t{3}, at, std::uint64_t{bytes.size()}, std::uint64_t{0}}) {
      put_big(out, v, 4);
    }
    at += bytes.size();
  }
  for (const auto& one : slices) out += one.second;
  return out;
}

constexpr std::uint32_t kX86 = 0x01000007;
constexpr std::uint32_t kArm = 0x0100000c;

void survive(const std::string& bytes) {
  (void)read_note(bytes);
  const auto facts = read_object_facts(bytes);
  CHECK(fingerprint(bytes).ok() == facts.ok());
}

}  // namespace

TEST_CASE("the note and the facts of a Mach-O bundle are read") {
  const std::string file = slice(kArm, note_text("aarch64"), 'c', "symbols");
  const auto note = read_note(file);
  REQUIRE(note.ok());
  CHECK(note->id == "org.example.mac");
  const auto facts = read_object_facts(file);
  REQUIRE(facts.ok());
  CHECK(facts->format == ObjectFormat::mach_o);
  CHECK(facts->os == "macos");
  CHECK(facts->arch == "aarch64");
  CHECK(facts->is_shared);
  REQUIRE(facts->needed.size() == 1);
  CHECK(facts->needed[0] == "/usr/lib/libX.dylib");
}

TEST_CASE("symbols and signature do not enter the fingerprint of a Mach-O file, code and note do") {
  const auto print = fingerprint(slice(kArm, note_text("aarch64"), 'c', "symbols"));
  REQUIRE(print.ok());
  CHECK(*fingerprint(slice(kArm, note_text("aarch64"), 'c', "other symbols")) == *print);
  CHECK(*fingerprint(slice(kArm, note_text("aarch64"), 'd', "symbols")) != *print);
  CHECK(*fingerprint(slice(kArm, note_text("aarch65"), 'c', "symbols")) != *print);
  CHECK(*fingerprint(slice(kX86, note_text("aarch64"), 'c', "symbols")) != *print);
}

TEST_CASE("a universal file answers for one slice and is fingerprinted whole") {
  const std::string x86 = slice(kX86, note_text("x86_64"), 'c', "s");
  const std::string arm = slice(kArm, note_text("aarch64"), 'd', "s");
  const std::string file = universal({{kX86, x86}, {kArm, arm}});
  const auto note = read_note(file);
  REQUIRE(note.ok());
  const auto facts = read_object_facts(file);
  REQUIRE(facts.ok());
  CHECK(facts->arch == note->arch);
  const auto print = fingerprint(file);
  REQUIRE(print.ok());
  CHECK(*fingerprint(universal({{kX86, x86}, {kArm, slice(kArm, note_text("aarch64"), 'e', "s")}})) != *print);
  CHECK(*fingerprint(universal({{kX86, slice(kX86, note_text("x86_64"), 'e', "s")}, {kArm, arm}})) != *print);
}

TEST_CASE("a Mach-O file whose parts are the same bytes over and over is refused") {
  const auto refused = [](const std::string& bytes) {
    for (const bool with_hash : {false, true}) {
      const Error error = with_hash ? fingerprint(bytes).error() : read_object_facts(bytes).error();
      CHECK(error.code == "BH0201");
      CHECK(error.message.find("overlap") != std::string::npos);
    }
  };
  /// A file of load commands alone.
  const auto with_commands = [](std::uint64_t count, const std::string& commands) {
    std::string out;
    for (const std::uint64_t v : {std::uint64_t{0xfeedfacf}, std::uint64_t{kArm}, std::uint64_t{3}, std::uint64_t{8},
                                  count, std::uint64_t{commands.size()}, std::uint64_t{0}, std::uint64_t{0}}) {
      put(out, v, 4);
    }
    return out + commands;
  };
  // Sections: ten thousand in one segment, each nearly the whole file.
  constexpr std::uint64_t kSections = 10'000;
  std::string sections;
  put(sections, 0x19, 4);
  put(sections, 72 + kSections * 80, 4);
  put_name(sections, "__TEXT");
  sections.append(40, '\0');
  put(sections, kSections, 4);
  put(sections, 0, 4);
  for (std::uint64_t i = 0; i < kSections; ++i) {
    put_name(sections, "__text");
    put_name(sections, "__TEXT");
    put(sections, 0, 8);
    put(sections, kSections * 80, 8);
    put(sections, 0, 4);
    sections.append(28, '\0');
  }
  refused(with_commands(1, sections));
  // Fix-ups: four ranges a command.
  constexpr std::uint64_t kCommands = 10'000;
  std::string fixups;
  for (std::uint64_t i = 0; i < kCommands; ++i) {
    put(fixups, 0x80000022, 4);
    put(fixups, 48, 4);
    for (int pair = 0; pair < 5; ++pair) {
      put(fixups, 0, 4);
      put(fixups, kCommands * 48, 4);
    }
  }
  refused(with_commands(kCommands, fixups));
  // Slices: one file, named as often as the table may.
  const std::string body = slice(kArm, note_text("aarch64"), 'c', "");
  std::string file;
  put_big(file, 0xcafebabe, 4);
  put_big(file, 32, 4);
  for (int i = 0; i < 32; ++i) {
    for (const std::uint64_t v : {std::uint64_t{kArm}, std::uint64_t{0}, std::uint64_t{8 + 32 * 20},
                                  std::uint64_t{body.size()}, std::uint64_t{0}}) {
      put_big(file, v, 4);
    }
  }
  refused(file + body);
}

TEST_CASE("cut, flipped and hostile Mach-O files never crash a reader") {
  const std::string file = universal(
      {{kX86, slice(kX86, note_text("x86_64"), 'c', "s")}, {kArm, slice(kArm, note_text("aarch64"), 'd', "symbols")}});
  for (std::size_t cut = 0; cut < file.size(); ++cut) {
    CHECK(!read_note(file.substr(0, cut)).ok());
    survive(file.substr(0, cut));
  }
  std::mt19937_64 random(9);
  for (int round = 0; round < 4000; ++round) {
    std::string changed = file;
    for (int i = 0; i < 3; ++i)
      changed[random() % changed.size()] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
    survive(changed);
  }
}
