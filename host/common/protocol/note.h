// The note in a plugin's file: identity readable without running anything. A size-bounded parser over bytes; every
// offset is checked, so that a truncated or hostile file is an Error and nothing else. Format:
// sdk/include/benchhost/note.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace benchhost::protocol {

/// The lines of a note. Texts are "" where optional and absent.
struct Note {
  std::string id, version, vendor, licence, url, sdk, os, arch, isa, init;
  std::uint32_t abi_min = 0;  ///< packed as BH_ABI_MAKE
  std::uint32_t abi_max = 0;
  std::vector<std::pair<std::string, std::string>> others;  ///< keys this reader does not know
  std::string text;                                         ///< as it stands in the file

  friend bool operator==(const Note&, const Note&) = default;
};

/// What kind of file the bytes are.
enum class ObjectFormat { elf, pe, mach_o, unknown };

/// Facts of an object file that stand beside the note and are needed to say why it does not load.
struct ObjectFacts {
  ObjectFormat format = ObjectFormat::unknown;
  std::string os;                   ///< as the note spells it; "" if the format does not say
  std::string arch;                 ///< likewise
  std::vector<std::string> needed;  ///< DT_NEEDED, in order (ELF)
  std::string soname;
  std::string runpath;  ///< DT_RUNPATH, else DT_RPATH: folders joined by ':' (ELF)
  bool is_shared = false;
};

/// Errors: not an object file; truncated (what lies outside, and where); two notes; no note; a bad line or missing key.
[[nodiscard]] Result<Note> read_note(std::string_view file);
/// Parses the text of a note. Errors: by line and key.
[[nodiscard]] Result<Note> parse_note_text(std::string_view text);
[[nodiscard]] Result<ObjectFacts> read_object_facts(std::string_view file);

/// Whether a file that begins so can be an ELF, PE or Mach-O file. Requires: its first 4 bytes or more, or all of it.
/// Errors: BH0201.
[[nodiscard]] Result<void> check_magic(std::string_view head);

/// Hash of what runs: loadable segments with the header fields that stripping rewrites masked, note, SDK version. The
/// same after strip, objcopy and signing; different after any change of code or data. "sha256:…". Resolved dependencies
/// are the caller's to add. Errors: as read_object_facts.
[[nodiscard]] Result<std::string> fingerprint(std::string_view file);

}  // namespace benchhost::protocol
