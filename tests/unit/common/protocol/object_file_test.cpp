// Real files, whole and damaged in every way that a disk or a person can.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include "common/protocol/note.h"

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

std::string read(const std::string& name) {
  std::ifstream in(std::string(FIXTURES "/") + name, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::uint64_t little(const std::string& bytes, std::size_t at, std::size_t size) {
  std::uint64_t v = 0;
  for (std::size_t i = size; i-- > 0;) v = v << 8 | static_cast<unsigned char>(bytes[at + i]);
  return v;
}

/// Offset and size of the first executable segment.
std::pair<std::size_t, std::size_t> code_of(const std::string& elf) {
  for (std::size_t i = 0; i < little(elf, 56, 2); ++i) {
    const std::size_t at = little(elf, 32, 8) + i * 56;
    if (little(elf, at, 4) == 1 && (little(elf, at + 4, 4) & 1) != 0) {
      return {little(elf, at + 8, 8), little(elf, at + 32, 8)};
    }
  }
  FAIL("no code");
  return {};
}

/// Offset and size of a section by its name; nothing if there is none.
std::pair<std::size_t, std::size_t> section_of(const std::string& elf, const std::string& name) {
  const std::size_t table = little(elf, 40, 8);
  const auto header = [&](std::size_t i) { return table + i * 64; };
  const std::size_t names = little(elf, header(little(elf, 62, 2)) + 24, 8);
  for (std::size_t i = 0; i < little(elf, 60, 2); ++i) {
    const std::size_t at = header(i);
    if (elf.compare(names + little(elf, at, 4), name.size() + 1, name.c_str(), name.size() + 1) == 0) {
      return {little(elf, at + 24, 8), little(elf, at + 32, 8)};
    }
  }
  return {};
}

/// Every reader, on bytes that may be anything. Results do not matter here, only that there are some.
void survive(const std::string& bytes) {
  const auto note = read_note(bytes);
  if (!note) CHECK(!note.error().message.empty());
  const auto facts = read_object_facts(bytes);
  if (!facts) CHECK(!facts.error().message.empty());
  const auto print = fingerprint(bytes);
  CHECK(print.ok() == facts.ok());
}

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
}

/// Every reader refuses it, and says that parts overlap: none of them goes over the same bytes again and again.
void refused_as_overlapping(const std::string& bytes) {
  for (const Error& error : {read_note(bytes).ok() ? Error{} : read_note(bytes).error(),
                             read_object_facts(bytes).ok() ? Error{} : read_object_facts(bytes).error(),
                             fingerprint(bytes).ok() ? Error{} : fingerprint(bytes).error()}) {
    CHECK(error.code == "BH0201");
    CHECK(error.message.find("overlap") != std::string::npos);
  }
}

const char* host_arch() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#else
  return "";
#endif
}

}  // namespace

TEST_CASE("the note and the facts of a real plugin are read without running it") {
  const std::string file = read("noted_plugin.so");
  const auto note = read_note(file);
  REQUIRE(note.ok());
  CHECK(note->id == "org.example.noted");
  CHECK(note->version == "1.2.3");
  CHECK(note->abi_min == 1);
  CHECK(note->os == "linux");
  const auto facts = read_object_facts(file);
  REQUIRE(facts.ok());
  CHECK(facts->format == ObjectFormat::elf);
  CHECK(facts->arch == host_arch());
  CHECK(facts->is_shared);
  CHECK(!facts->needed.empty());
}

TEST_CASE("note and fingerprint survive strip, objcopy and an appended signature") {
  const std::string original = read("noted_plugin.so");
  const auto print = fingerprint(original);
  REQUIRE(print.ok());
  CHECK(print->starts_with("sha256:"));
  // The list is that of the tools that are here (CMakeLists.txt).
  std::istringstream names(PACKAGED);
  std::size_t packaged = 0;
  for (std::string name; names >> name; ++packaged) {
    CAPTURE(name);
    const std::string file = read(name);
    CHECK(file != original);
    const auto other = fingerprint(file);
    REQUIRE(other.ok());
    CHECK(*other == *print);
    const auto note = read_note(file);
    REQUIRE(note.ok());
    CHECK(note->id == "org.example.noted");
  }
  CHECK(packaged >= 7);
  const auto appended = fingerprint(original + "untrusted comment: signature\nRUQ…\n");
  REQUIRE(appended.ok());
  CHECK(*appended == *print);
}

TEST_CASE("a file without section headers still has its note and its fingerprint") {
  std::string file = read("noted_plugin.so");
  const auto print = fingerprint(file);
  file.resize(little(file, 40, 8));
  for (const std::size_t at : {40u, 41u, 42u, 43u, 44u, 45u, 46u, 47u, 60u, 61u, 62u, 63u}) file[at] = 0;
  REQUIRE(read_note(file).ok());
  CHECK(*fingerprint(file) == *print);
}

TEST_CASE("the fingerprint differs after any change of code or data") {
  const std::string original = read("noted_plugin.so");
  const auto print = fingerprint(original);
  REQUIRE(print.ok());
  const auto [offset, size] = code_of(original);
  for (std::size_t at = offset; at < offset + size; at += 1 + size / 64) {
    std::string changed = original;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    const auto other = fingerprint(changed);
    REQUIRE(other.ok());
    CHECK(*other != *print);
  }
  const auto data = fingerprint(read("noted_plugin_changed.so"));
  REQUIRE(data.ok());
  CHECK(*data != *print);
}

TEST_CASE("the fingerprint differs after a change of one byte of constants, of data or of the note") {
  for (const char* name : {"noted_plugin.so", "section_added.so"}) {
    CAPTURE(name);
    const std::string original = read(name);
    const auto print = fingerprint(original);
    REQUIRE(print.ok());
    for (const char* section : {".text", ".rodata", ".data", ".note.benchhost", ".dynstr", ".rela.dyn"}) {
      CAPTURE(section);
      const auto [offset, size] = section_of(original, section);
      REQUIRE(size > 0);
      for (const std::size_t at : {offset, offset + size / 2, offset + size - 1}) {
        std::string changed = original;
        changed[at] = static_cast<char>(changed[at] ^ 0x01);
        const auto other = fingerprint(changed);
        REQUIRE(other.ok());
        CHECK(*other != *print);
      }
    }
    // What nothing loads is no part of it.
    const auto [offset, size] = section_of(original, ".debug_info");
    REQUIRE(size > 0);
    std::string changed = original;
    changed[offset + size / 2] = static_cast<char>(changed[offset + size / 2] ^ 0x01);
    CHECK(*fingerprint(changed) == *print);
  }
}

TEST_CASE("a plugin cut anywhere is refused as truncated") {
  const std::string file = read("noted_plugin.so");
  for (std::size_t cut = 0; cut < file.size(); cut += 64) {
    const std::string part = file.substr(0, cut);
    survive(part);
    const auto note = read_note(part);
    CAPTURE(cut);
    REQUIRE(!note.ok());
    if (cut >= 4) CHECK(note.error().message.find("truncated") != std::string::npos);
  }
}

TEST_CASE("flipped bits never crash a reader") {
  const std::string file = read("stripped.so");
  std::mt19937_64 random(20240612);
  for (int round = 0; round < 1500; ++round) {
    std::string changed = file;
    for (std::uint64_t flips = 1 + random() % 8; flips > 0; --flips) {
      // Half of them in the headers, where they hurt.
      const std::size_t at = random() % (round % 2 == 0 ? 1024 : changed.size());
      changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
    }
    survive(changed);
  }
  for (int round = 0; round < 1500; ++round) {
    std::string changed = file;
    for (int i = 0; i < 8; ++i) changed[random() % 1024] = static_cast<char>(random() % 2 == 0 ? 0xff : random());
    survive(changed);
  }
}

TEST_CASE("a file whose segments are the same bytes over and over is refused") {
  // A table of 65,000 segments, each of them the whole file of 4 MB: hashed one by one that is a quarter of an hour.
  std::string file = read("stripped.so");
  constexpr std::size_t kSegments = 65'000;
  const std::size_t table = file.size();
  file.resize(table + kSegments * 56, '\0');
  for (std::size_t i = 0; i < kSegments; ++i) {
    const std::size_t at = table + i * 56;
    put(file, at, 1, 4);
    put(file, at + 32, file.size(), 8);
    put(file, at + 40, file.size(), 8);
  }
  put(file, 32, table, 8);
  put(file, 56, kSegments, 2);
  refused_as_overlapping(file);
  // One of them is what a linker might write.
  put(file, 56, 1, 2);
  CHECK(fingerprint(file).ok());
}

TEST_CASE("what is no object file is refused with a reason") {
  std::mt19937_64 random(3);
  std::string noise(4096, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const std::string& bytes : {std::string(),
                                   std::string("\x7f"
                                               "ELF"),
                                   std::string("\x7f"
                                               "ELF\x02\x01\x01\0",
                                               8),
                                   std::string("MZ"), std::string("#!/bin/sh\necho no\n"), std::string(100000, '\0'),
                                   std::string("\xca\xfe\xba\xbe\0\0\0\x37", 8), noise}) {
    const auto note = read_note(bytes);
    REQUIRE(!note.ok());
    CHECK(note.error().code == "BH0201");
    survive(bytes);
  }
}

TEST_CASE("an object file without a note says so, and so does one with two") {
  std::ifstream self("/proc/self/exe", std::ios::binary);
  const std::string program((std::istreambuf_iterator<char>(self)), std::istreambuf_iterator<char>());
  if (!program.empty()) {
    const auto note = read_note(program);
    REQUIRE(!note.ok());
    CHECK(note.error().message.find("no benchhost note") != std::string::npos);
    const auto facts = read_object_facts(program);
    REQUIRE(facts.ok());
    CHECK(!facts->is_shared);
  }
  // A second note: its header and text appended, and the segment of notes pointed at two notes in a row.
  std::string file = read("stripped.so");
  const std::string magic("benchhost\0\0\0BHNOTE1\n", 20);
  const std::size_t name = file.find(magic);
  REQUIRE(name != std::string::npos);
  const std::size_t begin = name - 12;
  const std::size_t size = (24 + little(file, begin + 4, 4) + 3) / 4 * 4;
  const std::string one = file.substr(begin, size);
  const std::size_t two_at = file.size();
  for (std::size_t i = 0; i < little(file, 56, 2); ++i) {
    const std::size_t at = little(file, 32, 8) + i * 56;
    if (little(file, at, 4) != 4 || little(file, at + 8, 8) > begin ||
        little(file, at + 8, 8) + little(file, at + 32, 8) <= begin) {
      continue;
    }
    const std::uint64_t twice = 2 * size;
    for (std::size_t b = 0; b < 8; ++b) file[at + 8 + b] = static_cast<char>(std::uint64_t{two_at} >> (8 * b));
    for (std::size_t b = 0; b < 8; ++b) file[at + 32 + b] = static_cast<char>(twice >> (8 * b));
  }
  file += one + one;
  const auto note = read_note(file);
  REQUIRE(!note.ok());
  CHECK(note.error().message.find("notes") != std::string::npos);
}

TEST_CASE("objects of other word sizes and byte orders are named, not guessed") {
  std::string file = read("stripped.so");
  file[4] = 1;
  file[18] = 40;
  auto facts = read_object_facts(file);
  REQUIRE(facts.ok());
  CHECK(facts->arch == "arm");
  CHECK(!read_note(file).ok());
  file = read("stripped.so");
  file[18] = static_cast<char>(183);
  facts = read_object_facts(file);
  REQUIRE(facts.ok());
  CHECK(facts->arch == "aarch64");
}

#if defined(BENCHHOST_HAVE_DLL)
TEST_CASE("the note, the facts and the fingerprint of a DLL are read") {
  const std::string file = read("noted.dll");
  const auto note = read_note(file);
  REQUIRE(note.ok());
  CHECK(note->id == "org.example.noted");
  CHECK(note->os == "windows");
  const auto facts = read_object_facts(file);
  REQUIRE(facts.ok());
  CHECK(facts->format == ObjectFormat::pe);
  CHECK(facts->arch == "x86_64");
  CHECK(facts->is_shared);
  const auto print = fingerprint(file);
  REQUIRE(print.ok());
  const std::string stripped = read("noted_stripped.dll");
  CHECK(stripped.size() < file.size());
  CHECK(*fingerprint(stripped) == *print);
  std::string changed = stripped;
  const std::size_t text = changed.find("org.example.noted");
  REQUIRE(text != std::string::npos);
  changed[text + 4] = 'f';
  CHECK(*fingerprint(changed) != *print);
}

TEST_CASE("a DLL whose sections are the same bytes over and over, or whose note has no end, is refused") {
  const std::string original = read("noted_stripped.dll");
  const std::size_t header = little(original, 60, 4);
  const std::size_t table = header + 24 + little(original, header + 20, 2);
  std::string file = original;
  // The header moves behind the file, where there is room for as many sections as the count can say.
  constexpr std::size_t kSections = 65'000;
  const std::size_t moved = file.size();
  file += original.substr(header, table - header);
  const std::size_t sections = file.size();
  file.resize(sections + kSections * 40, '\0');
  put(file, 60, moved, 4);
  put(file, moved + 6, kSections, 2);
  for (std::size_t i = 0; i < kSections; ++i) {
    const std::size_t at = sections + i * 40;
    file.replace(at, 5, ".text");
    put(file, at + 8, file.size() - 512, 4);
    put(file, at + 16, file.size() - 512, 4);
    put(file, at + 20, 512, 4);
  }
  refused_as_overlapping(file);
  put(file, moved + 6, 1, 2);
  CHECK(fingerprint(file).ok());
  // Its only section is called a note: two megabytes without a NUL in their first 4096 bytes.
  file.replace(sections, 8, std::string(".bhnote\0", 8));
  file.replace(512, 5000, std::string(5000, 'x'));
  const auto note = read_note(file);
  REQUIRE(!note.ok());
  CHECK(note.error().message.find("4096") != std::string::npos);
}

TEST_CASE("a DLL cut or flipped never crashes a reader") {
  const std::string file = read("noted_stripped.dll");
  for (std::size_t cut = 0; cut < file.size(); cut += 64) survive(file.substr(0, cut));
  std::mt19937_64 random(5);
  for (int round = 0; round < 1500; ++round) {
    std::string changed = file;
    for (int i = 0; i < 4; ++i) changed[random() % 1024] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
    survive(changed);
  }
}
#endif
