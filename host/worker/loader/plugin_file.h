// A plugin's file, from its bytes to its table, gate by gate.
#pragma once

#include <string>
#include <string_view>

#include <benchhost/plugin.h>

#include "common/base/result.h"
#include "common/platform/files.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/note.h"
#include "worker/loader/negotiate.h"
#include "worker/loader/shared_library.h"

namespace benchhost::loader {

/// A plugin that is loaded into this process, where it stays until the process ends.
/// Thread: control.
class PluginFile {
 public:
  /// Reads the note and loads the library. Nothing of the plugin but initialisers runs. `stamp`: platform::stamp_of the
  /// one file that is meant, "" for whatever is there; looked at before and after, so that what was loaded is that
  /// file. Errors: BH0201, BH0202 (file, note), BH0207 (loader), BH0208 (no entry), BH0214 (another file).
  [[nodiscard]] static Result<PluginFile> load(platform::Files& files, const std::string& file,
                                               const std::string& stamp = {});

  /// Calls the entry. Once, before describe and table.
  /// Errors: as negotiate().
  [[nodiscard]] Result<void> agree(const AbiRange& range = {});

  /// Reads every descriptor. Errors: BH0209. Requires: agree() succeeded.
  /// broke_shape: as for read_plugin.
  [[nodiscard]] Result<protocol::PluginRecord> describe(bool* broke_shape = nullptr) const;

  [[nodiscard]] const protocol::Note& note() const { return note_; }
  /// As the entry should answer it: without the 0 that ends it in the file.
  [[nodiscard]] std::string_view note_text() const;
  /// For who negotiates otherwise than agree() does.
  [[nodiscard]] Entry entry_point() const { return entry_; }
  /// Requires: agree() succeeded. Valid until: the process ends.
  [[nodiscard]] const bh_plugin_t& table() const { return *agreement_.plugin; }
  [[nodiscard]] std::uint32_t abi() const { return agreement_.abi; }

 private:
  PluginFile(std::string file, protocol::Note note, SharedLibrary library, Entry entry)
      : file_(std::move(file)), note_(std::move(note)), library_(std::move(library)), entry_(entry) {}

  std::string file_;
  protocol::Note note_;
  SharedLibrary library_;
  Entry entry_;
  Agreement agreement_;
};

}  // namespace benchhost::loader
