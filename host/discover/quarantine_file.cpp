#include "discover/quarantine_file.h"

#include "common/platform/file_lock.h"

namespace benchhost::discover {
namespace {

namespace fs = std::filesystem;

constexpr Bytes kMaxBytes{64u << 20};
constexpr std::uint32_t kOwnerOnly = 0600;
/// Whoever holds the lock reads and writes a small file.
constexpr std::int64_t kPatienceNs = 10'000'000'000;

struct Content {
  Quarantine quarantine;
  std::string text;
  bool is_damaged = false;  ///< it was read, and is nothing that any benchhost wrote
};

/// Errors: it cannot be read, or a newer benchhost wrote it.
Result<Content> read_content(const fs::path& file, platform::Files& files) {
  Content content;
  if (!exists(files, file)) return content;
  BH_TRY(content.text, files.read(file, kMaxBytes));
  const auto json = parse_json(content.text);
  bool is_newer = false;
  auto quarantine = json.ok() ? Quarantine::from_json(*json, is_newer) : Result<Quarantine>(json.error());
  if (is_newer) {
    return make_error("BH0002", "'" + file.string() + "' was written by a newer benchhost",
                      "use that one, or another folder of state: --state-dir");
  }
  if (quarantine.ok()) {
    content.quarantine = std::move(quarantine).value();
  } else {
    content.is_damaged = true;
  }
  return content;
}

fs::path aside(const fs::path& file) { return file.string() + ".damaged"; }

}  // namespace

QuarantineFile::Reading QuarantineFile::read() const {
  Reading reading;
  if (file_.empty()) return reading;
  auto content = read_content(file_, files_);
  if (!content.ok()) {
    reading.problem = "what is in quarantine is not known: " + to_text(content.error());
    return reading;
  }
  reading.quarantine = std::move(content->quarantine);
  if (!content->is_damaged) return reading;
  reading.problem = "'" + file_.string() + "' is damaged, so nothing is in quarantine now; ";
  if (auto mended = update([](Quarantine&) {}); mended.ok()) {
    reading.problem += "it is kept as '" + aside(file_).string() + "'";
    // Another process may have begun anew meanwhile.
    reading.quarantine = std::move(mended).value();
  } else {
    reading.problem += "it cannot be set aside: " + to_text(mended.error());
  }
  return reading;
}

Quarantine QuarantineFile::peek() const {
  if (file_.empty()) return {};
  auto content = read_content(file_, files_);
  return content.ok() ? std::move(content->quarantine) : Quarantine{};
}

Result<Quarantine> QuarantineFile::update(const std::function<void(Quarantine&)>& change) const {
  if (file_.empty()) {
    Quarantine none;
    change(none);
    return none;
  }
  BH_CHECK(files_.make_folder(file_.parent_path()));
  BH_TRY(const platform::FileLock lock, platform::FileLock::take(file_.string() + ".lock", kPatienceNs));
  BH_TRY(Content content, read_content(file_, files_));
  if (content.is_damaged) BH_CHECK(files_.write(aside(file_), content.text, kOwnerOnly));
  const Quarantine before = content.quarantine;
  change(content.quarantine);
  if (content.quarantine != before || content.is_damaged) {
    BH_CHECK(files_.write(file_, to_pretty_text(content.quarantine.to_json()) + '\n', kOwnerOnly));
  }
  return std::move(content.quarantine);
}

}  // namespace benchhost::discover
