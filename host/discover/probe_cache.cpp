#include "discover/probe_cache.h"

#include <limits>

#include "common/base/digest.h"
#include "common/base/json.h"

namespace benchhost::discover {
namespace {

constexpr int kVersion = 3;
/// First line of the file: this and the digest of the rest.
constexpr std::string_view kMagic = "benchhost-probes ";
constexpr Bytes kMaxCacheBytes{256u << 20};
/// More contents or files than this, and those that this listing did not meet are forgotten.
constexpr std::size_t kMaxEntries = 8192;

Json to_json(const std::optional<Refusal>& refusal) {
  if (!refusal) return {};
  return JsonArray{refusal->gate, refusal->code, refusal->message, refusal->help};
}

bool read_refusal(const Json& json, std::optional<Refusal>& out) {
  if (json.is_null()) return true;
  const JsonArray& items = json.items();
  if (items.size() != 4) return false;
  for (const Json& item : items) {
    if (!item.is_string()) return false;
  }
  out = Refusal{items[0].as_string(), items[1].as_string(), items[2].as_string(), items[3].as_string()};
  return true;
}

Json to_json(const ContentFacts& content) {
  JsonArray needed;
  for (const std::string& name : content.facts.needed) needed.emplace_back(name);
  return JsonArray{content.digest,          content.fingerprint,
                   content.note_text,       static_cast<std::int64_t>(content.facts.format),
                   content.facts.os,        content.facts.arch,
                   std::move(needed),       content.facts.runpath,
                   content.facts.is_shared, to_json(content.refusal)};
}

bool read_content(const Json& json, ContentFacts& out) {
  const JsonArray& items = json.items();
  if (items.size() != 10) return false;
  for (const std::size_t i : {0u, 1u, 2u, 4u, 5u, 7u}) {
    if (!items[i].is_string()) return false;
  }
  const std::int64_t format = items[3].as_int(-1);
  if (format < 0 || format > static_cast<std::int64_t>(protocol::ObjectFormat::unknown)) return false;
  out.digest = items[0].as_string();
  out.fingerprint = items[1].as_string();
  out.note_text = items[2].as_string();
  out.facts.format = static_cast<protocol::ObjectFormat>(format);
  out.facts.os = items[4].as_string();
  out.facts.arch = items[5].as_string();
  for (const Json& name : items[6].items()) out.facts.needed.push_back(name.as_string());
  out.facts.runpath = items[7].as_string();
  out.facts.is_shared = items[8].as_bool();
  return !out.digest.empty() && read_refusal(items[9], out.refusal);
}

/// What stands below the first line. Errors: BH0002 if the digest in it is another's.
Result<std::string_view> checked_body(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(kMagic) ||
      digest_text(text.substr(end + 1)) != text.substr(kMagic.size(), end - kMagic.size())) {
    return make_error("BH0002", "its digest does not fit");
  }
  return text.substr(end + 1);
}

}  // namespace

FileKey key_of(const platform::FileStatus& status) {
  return {status.device, status.inode, status.size_bytes, status.modified_ns, status.changed_ns};
}

ProbeCache ProbeCache::load(const std::filesystem::path& file, std::string reader, platform::Files& files,
                            LogSink& log) {
  ProbeCache cache;
  cache.file_ = file;
  cache.reader_ = std::move(reader);
  if (file.empty() || !exists(files, file)) return cache;
  std::string problem;
  if (const auto text = files.read(file, kMaxCacheBytes); !text) {
    problem = text.error().message;
  } else if (const auto body = checked_body(*text); !body) {
    problem = body.error().message;
  } else if (const auto json = parse_json(*body); !json) {
    problem = json.error().message;
  } else if (!cache.read(*json)) {
    problem = "it is not what this version writes";
  }
  if (!problem.empty()) {
    log.write(LogLevel::info, "the cache of plugin probes, " + file.string() + ", is built anew: " + problem);
    ProbeCache empty;
    empty.file_ = file;
    empty.reader_ = std::move(cache.reader_);
    return empty;
  }
  return cache;
}

const ContentFacts* ProbeCache::find_file(const FileKey& key) {
  const auto found = digests_.find(key);
  if (found == digests_.end()) return nullptr;
  used_files_.insert(key);
  return find_content(found->second);
}

const ContentFacts* ProbeCache::find_content(const std::string& digest) {
  const auto found = contents_.find(digest);
  if (found == contents_.end()) return nullptr;
  used_.insert(digest);
  return &found->second;
}

const PluginProbe* ProbeCache::find_probe(const std::string& digest) {
  const auto found = probes_.find(digest);
  return found == probes_.end() ? nullptr : &found->second;
}

void ProbeCache::remember_file(const FileKey& key, const std::string& digest) {
  const auto is_same_file = [&key](const FileKey& other) {
    return std::get<0>(other) == std::get<0>(key) && std::get<1>(other) == std::get<1>(key);
  };
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
  auto known = digests_.lower_bound({std::get<0>(key), std::get<1>(key), 0, kFirst, kFirst});
  while (known != digests_.end() && is_same_file(known->first)) known = digests_.erase(known);
  digests_[key] = digest;
  used_files_.insert(key);
  changed_ = true;
}

void ProbeCache::remember_content(ContentFacts facts) {
  used_.insert(facts.digest);
  std::string digest = facts.digest;
  contents_.insert_or_assign(std::move(digest), std::move(facts));
  changed_ = true;
}

void ProbeCache::remember_probe(const std::string& digest, PluginProbe probe) {
  probes_.insert_or_assign(digest, std::move(probe));
  changed_ = true;
}

Result<void> ProbeCache::save(platform::Files& files) {
  if (file_.empty() || !changed_) return {};
  if (contents_.size() > kMaxEntries) {
    std::erase_if(contents_, [this](const auto& entry) { return !used_.contains(entry.first); });
  }
  if (digests_.size() > kMaxEntries) {
    std::erase_if(digests_, [this](const auto& entry) { return !used_files_.contains(entry.first); });
  }
  std::erase_if(digests_, [this](const auto& entry) { return !contents_.contains(entry.second); });
  std::erase_if(probes_, [this](const auto& entry) { return !contents_.contains(entry.first); });
  BH_CHECK(files.make_folder(file_.parent_path()));
  constexpr std::uint32_t kOwnerOnly = 0600;
  const std::string body = to_text(to_json());
  BH_CHECK(files.write(file_, std::string(kMagic) + digest_text(body) + '\n' + body, kOwnerOnly));
  changed_ = false;
  return {};
}

Json ProbeCache::to_json() const {
  JsonArray digests;
  for (const auto& [key, digest] : digests_) {
    digests.push_back(
        JsonArray{std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), std::get<4>(key), digest});
  }
  JsonArray contents;
  for (const auto& [digest, content] : contents_) contents.push_back(discover::to_json(content));
  JsonArray probes;
  for (const auto& [digest, probe] : probes_) {
    probes.push_back(
        JsonArray{digest, probe.record ? protocol::to_json(*probe.record) : Json(), discover::to_json(probe.refusal)});
  }
  return JsonObject{{"version", kVersion},
                    {"reader", reader_},
                    {"files", std::move(digests)},
                    {"contents", std::move(contents)},
                    {"probes", std::move(probes)}};
}

bool ProbeCache::read(const Json& json) {
  if (json["version"].as_int() != kVersion || !json["reader"].is_string()) return false;
  for (const Json& item : json["contents"].items()) {
    ContentFacts content;
    if (!read_content(item, content)) return false;
    std::string digest = content.digest;
    contents_.emplace(std::move(digest), std::move(content));
  }
  for (const Json& item : json["files"].items()) {
    const JsonArray& parts = item.items();
    if (parts.size() != 6 || !parts[5].is_string()) return false;
    digests_.emplace(
        FileKey{parts[0].as_uint(), parts[1].as_uint(), parts[2].as_uint(), parts[3].as_int(), parts[4].as_int()},
        parts[5].as_string());
  }
  if (json["reader"].as_string() != reader_) {
    changed_ = true;
    return true;
  }
  for (const Json& item : json["probes"].items()) {
    const JsonArray& parts = item.items();
    PluginProbe probe;
    probe.lasting = true;
    if (parts.size() != 3 || !parts[0].is_string() || !read_refusal(parts[2], probe.refusal)) return false;
    if (!parts[1].is_null()) {
      auto record = protocol::plugin_from_json(parts[1]);
      if (!record) return false;
      probe.record = std::move(record).value();
    }
    if (probe.record.has_value() == probe.refusal.has_value()) return false;
    probes_.emplace(parts[0].as_string(), std::move(probe));
  }
  return true;
}

}  // namespace benchhost::discover
