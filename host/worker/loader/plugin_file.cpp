#include "worker/loader/plugin_file.h"

#include <fmt/format.h>

#include "worker/loader/plugin_reader.h"

namespace benchhost::loader {
namespace {

/// No plugin is larger; a file that claims to be is no plugin, and is not read into memory.
constexpr Bytes kMaxFile{std::uint64_t{1} << 30};

Result<void> check_stamp(platform::Files& files, const std::string& file, const std::string& stamp) {
  if (stamp.empty()) return {};
  const auto status = files.status(file);
  if (status.ok() && platform::stamp_of(*status) == stamp) return {};
  return make_error("BH0214", status.ok() ? "the file changed since it was examined" : status.error().message,
                    "run again: results of two builds do not belong into one case")
      .in(file);
}

}  // namespace

Result<PluginFile> PluginFile::load(platform::Files& files, const std::string& file, const std::string& stamp) {
  BH_CHECK(check_stamp(files, file, stamp));
  auto bytes = files.read(file, kMaxFile);
  if (!bytes.ok()) return make_error("BH0201", std::move(bytes).error().message).in(file);
  auto note = protocol::read_note(*bytes);
  if (!note.ok()) {
    Error error = std::move(note).error();
    if (error.code.empty()) error.code = "BH0202";
    return std::move(error).in(file);
  }
  auto opened = SharedLibrary::open(file);
  // A file that was being replaced is that, and not what the loader made of it.
  BH_CHECK(check_stamp(files, file, stamp));
  BH_TRY(auto library, std::move(opened));
  void* entry = library.symbol(BH_ENTRY_NAME);
  if (entry == nullptr)
    return make_error("BH0208", fmt::format("the library does not export {}", BH_ENTRY_NAME)).in(file);
  return PluginFile(file, std::move(note).value(), std::move(library), reinterpret_cast<Entry>(entry));
}

std::string_view PluginFile::note_text() const {
  // The text in memory ends at its 0; the file's may be kept with it.
  std::string_view text = note_.text;
  while (text.ends_with('\0')) text.remove_suffix(1);
  return text;
}

Result<void> PluginFile::agree(const AbiRange& range) {
  auto agreement = negotiate(entry_, range, note_text());
  if (!agreement.ok()) return std::move(agreement).error().in(file_);
  agreement_ = *agreement;
  return {};
}

Result<protocol::PluginRecord> PluginFile::describe(bool* broke_shape) const {
  auto record = read_plugin(agreement_.plugin, agreement_.abi, note_, broke_shape);
  if (!record.ok()) return std::move(record).error().in(file_);
  return record;
}

}  // namespace benchhost::loader
