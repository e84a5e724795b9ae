// What was learnt of files before, so that listing a thousand plugins starts no process. One file: a line with its
// digest, and JSON.
//
// Two steps lead to an answer: (device, inode, size, times) to the digest of the content, which saves reading the file,
// and the digest to what is in it and what its probe said. The second holds for one worker and one ABI range only:
// another worker may read descriptors otherwise. It needs no more of a key: descriptors are constants by the SDK's
// contract (plugin.h) and have no inputs. What has inputs, enumerate with its settings and the files that they name, is
// asked anew every time and never stands here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "common/base/log.h"
#include "common/platform/files.h"
#include "common/protocol/note.h"
#include "discover/catalogue.h"
#include "discover/probe.h"

namespace benchhost::discover {

/// What the bytes of a file say without a process.
struct ContentFacts {
  std::string digest;       ///< SHA-256 of all of it
  std::string fingerprint;  ///< "" if it was refused by a gate before its probe
  std::string note_text;    ///< "" if there is no good one
  protocol::ObjectFacts facts;
  std::optional<Refusal> refusal;  ///< of the gates format and note
};

/// Names one state of one file.
using FileKey = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>;
[[nodiscard]] FileKey key_of(const platform::FileStatus& status);

/// Thread: one at a time.
class ProbeCache {
 public:
  /// reader: who reads descriptors, and which ABI it speaks; probes of another reader are forgotten. A file that is not
  /// there makes an empty cache, one that cannot be read as well, with a line in the log.
  [[nodiscard]] static ProbeCache load(const std::filesystem::path& file, std::string reader, platform::Files& files,
                                       LogSink& log);

  /// Valid until: the next remember.
  [[nodiscard]] const ContentFacts* find_file(const FileKey& key);
  [[nodiscard]] const ContentFacts* find_content(const std::string& digest);
  [[nodiscard]] const PluginProbe* find_probe(const std::string& digest);

  void remember_file(const FileKey& key, const std::string& digest);
  void remember_content(ContentFacts facts);
  /// Requires: probe.lasting.
  void remember_probe(const std::string& digest, PluginProbe probe);

  /// Writes the file, with a mode for its owner only, if anything changed. Errors: BH0003.
  [[nodiscard]] Result<void> save(platform::Files& files);

 private:
  [[nodiscard]] Json to_json() const;
  [[nodiscard]] bool read(const Json& json);

  std::filesystem::path file_;
  std::string reader_;
  /// At most one state of a file, the last: an earlier one cannot come back, since nobody sets back the time of a
  /// change.
  std::map<FileKey, std::string> digests_;
  std::map<std::string, ContentFacts> contents_;
  std::map<std::string, PluginProbe> probes_;
  std::set<std::string> used_;
  std::set<FileKey> used_files_;
  bool changed_ = false;
};

}  // namespace benchhost::discover
