#include "common/protocol/note.h"

#include <array>
#include <charconv>
#include <optional>
#include <set>

#include "common/base/digest.h"
#include "common/base/utf8.h"
#include "common/protocol/id.h"
#include "common/protocol/object_file.h"

namespace benchhost::protocol {
namespace {

constexpr const char* kBadNote = "BH0202";
constexpr std::string_view kMagic = "BHNOTE1\n";
constexpr std::size_t kMaxNoteBytes = 4096;

Error bad_note(std::string what) {
  return make_error(kBadNote, std::move(what), "the note is what BH_PLUGIN of the SDK writes; see note.h");
}

bool is_key(std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.')) return false;
  }
  return true;
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

/// "0.1": packed, and moved on in the text.
std::optional<std::uint32_t> take_version(std::string_view& text) {
  std::array<std::uint32_t, 2> parts{};
  for (std::size_t i = 0; i < 2; ++i) {
    if (i == 1) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const auto read = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
    if (read.ec != std::errc() || parts[i] > 0xffff) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  }
  return parts[0] << 16 | parts[1];
}

Result<void> read_abi(std::string_view value, Note& note) {
  const Error bad = bad_note("abi: expected major.minor-major.minor, found '" + std::string(value) + "'");
  const auto low = take_version(value);
  if (!low || !value.starts_with('-')) return bad;
  value.remove_prefix(1);
  const auto high = take_version(value);
  if (!high || !value.empty()) return bad;
  if (*low > *high) return bad_note("abi: the lowest version is above the highest");
  note.abi_min = *low;
  note.abi_max = *high;
  return {};
}

struct Field {
  std::string_view key;
  std::string Note::*member;
  std::size_t cap;
  bool mandatory;
};

constexpr std::array<Field, 10> kFields = {{{"id", &Note::id, kMaxIdBytes, true},
                                            {"version", &Note::version, kMaxTitleBytes, true},
                                            {"vendor", &Note::vendor, kMaxTitleBytes, true},
                                            {"licence", &Note::licence, kMaxTitleBytes, true},
                                            {"url", &Note::url, kMaxTextBytes, false},
                                            {"sdk", &Note::sdk, kMaxTitleBytes, false},
                                            {"os", &Note::os, kMaxIdBytes, true},
                                            {"arch", &Note::arch, kMaxIdBytes, true},
                                            {"isa", &Note::isa, kMaxTextBytes, true},
                                            {"init", &Note::init, kMaxIdBytes, false}}};

Result<void> read_line(std::string_view key, std::string_view value, Note& note) {
  if (key == "abi") return read_abi(value, note);
  for (const Field& field : kFields) {
    if (field.key != key) continue;
    if (value.size() > field.cap)
      return bad_note(std::string(key) + ": longer than " + std::to_string(field.cap) + " bytes");
    note.*field.member = std::string(value);
    return {};
  }
  note.others.emplace_back(key, value);
  return {};
}

/// The one note of a parsed file.
Result<Note> only_note(const detail::ObjectFile& object) {
  if (object.notes.empty()) {
    return make_error(kBadNote, "the file has no benchhost note, so it is no plugin or backend of this host",
                      "a plugin is made with BH_PLUGIN of the SDK's note.h; a linker that drops the section needs the "
                      "entry to refer to it");
  }
  if (object.notes.size() > 1) return bad_note("the file has " + std::to_string(object.notes.size()) + " notes");
  return parse_note_text(object.notes.front());
}

}  // namespace

Result<Note> parse_note_text(std::string_view text) {
  if (text.size() + 1 > kMaxNoteBytes)
    return bad_note("the note is longer than " + std::to_string(kMaxNoteBytes) + " bytes");
  if (!text.starts_with(kMagic)) return bad_note("the note's first line is not BHNOTE1");
  if (!is_utf8(text)) return bad_note("the note is no UTF-8");
  Note note;
  note.text = std::string(text);
  std::set<std::string_view> seen;
  std::string_view rest = text.substr(kMagic.size());
  for (int number = 2; !rest.empty(); ++number) {
    const std::string line_name = "line " + std::to_string(number) + " of the note";
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return bad_note(line_name + " does not end");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || !is_key(line.substr(0, equals))) {
      return bad_note(line_name + " is not key=value");
    }
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (!seen.insert(key).second) return bad_note(line_name + ": '" + std::string(key) + "' stands twice");
    if (has_control(value)) return bad_note(line_name + ": '" + std::string(key) + "' has control characters");
    if (auto read = read_line(key, value, note); !read) return std::move(read).error().in(line_name);
  }
  for (const Field& field : kFields) {
    if (field.mandatory && (note.*field.member).empty())
      return bad_note("the note has no '" + std::string(field.key) + "'");
  }
  if (seen.count("abi") == 0) return bad_note("the note has no 'abi'");
  if (!is_id(note.id)) return bad_note("id: '" + note.id + "' is no id: parts of a-z, 0-9 and _ joined by dots");
  if (note.init.empty()) note.init = "none";
  if (note.init != "none" && note.init != "register") return bad_note("init: expected none or register");
  return note;
}

Result<void> check_magic(std::string_view head) {
  const auto format = detail::format_of(head);
  return format.ok() ? Result<void>() : format.error();
}

Result<Note> read_note(std::string_view file) {
  BH_TRY(auto object, detail::parse_object(file, nullptr));
  return only_note(object);
}

Result<ObjectFacts> read_object_facts(std::string_view file) {
  BH_TRY(auto object, detail::parse_object(file, nullptr));
  return std::move(object.facts);
}

Result<std::string> fingerprint(std::string_view file) {
  Sha256 image;
  BH_TRY(auto object, detail::parse_object(file, &image));
  for (const std::string& text : object.notes) {
    detail::describe(image, "note", {}, text);
    if (const auto note = parse_note_text(text); note.ok()) detail::describe(image, "sdk", {}, note->sdk);
  }
  return digest_text(image.finish());
}

}  // namespace benchhost::protocol
