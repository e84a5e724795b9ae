#include "discover/quarantine.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/terminal_text.h"
#include "common/base/utc_text.h"
#include "common/base/utf8.h"

namespace benchhost::discover {
namespace {

constexpr int kVersion = 1;
constexpr const char* kGate = "quarantine";
constexpr const char* kCode = "BH0215";
constexpr std::int64_t kForgetNs = std::int64_t{90} * 24 * 3600 * 1'000'000'000;
constexpr std::size_t kMostEntries = 4096;
/// Of each text: a message comes from what a plugin wrote, a case is named by values. All entries together, with every
/// character of them escaped by JSON, are smaller than what quarantine_file reads.
constexpr std::size_t kMostText = 1024;
/// Digits of a fingerprint that mean one.
constexpr std::size_t kLeastDigits = 6;
constexpr std::string_view kDigest = "sha256:";

std::string_view kind_name(FaultKind kind) {
  return kind == FaultKind::crash ? "crash" : kind == FaultKind::exit ? "exit" : "hang";
}

bool judges(const QuarantineEntry& entry) {
  if (entry.last.benchmark.empty()) return entry.last.kind == FaultKind::crash || entry.faults >= kMostFaults;
  return entry.runs >= kMostFaults || (!entry.passed_ns && entry.faults >= kMostFirstCrashes);
}

bool ends_id(std::string_view id, std::string_view name) {
  return id.size() > name.size() && id.ends_with(name) && id[id.size() - name.size() - 1] == '.';
}

Json optional_json(const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(); }

/// Errors: a member is missing or of another type.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}
  [[nodiscard]] bool ok() const { return ok_; }

  std::string text(std::string_view name, bool may_be_null = false) {
    const Json& value = json_[name];
    ok_ = ok_ && (value.is_string() || (may_be_null && value.is_null()));
    return value.as_string();
  }
  std::int64_t number(std::string_view name) {
    ok_ = ok_ && json_[name].is_integer();
    return json_[name].as_int();
  }
  std::uint32_t count(std::string_view name) {
    const std::int64_t value = number(name);
    ok_ = ok_ && value >= 0 && value <= std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(value);
  }
  std::optional<std::int64_t> time(std::string_view name) {
    if (json_[name].is_null()) return std::nullopt;
    return number(name);
  }
  FaultKind kind(std::string_view name) {
    const std::string value = text(name);
    for (const FaultKind kind : {FaultKind::crash, FaultKind::exit, FaultKind::hang}) {
      if (value == kind_name(kind)) return kind;
    }
    ok_ = false;
    return FaultKind::crash;
  }

 private:
  const Json& json_;
  bool ok_ = true;
};

std::optional<QuarantineEntry> read_entry(const Json& json) {
  Reader reader(json);
  QuarantineEntry entry;
  Incident& last = entry.last;
  last.fingerprint = reader.text("fingerprint");
  last.benchmark = reader.text("benchmark", true);
  last.plugin = reader.text("plugin");
  last.version = reader.text("version");
  last.file = reader.text("file");
  last.kind = reader.kind("kind");
  last.fault = reader.text("fault");
  last.phase = reader.text("phase");
  last.message = reader.text("message");
  last.wall_ns = reader.number("last_wall_ns");
  last.machine = reader.text("machine", true);
  last.database = reader.text("database", true);
  if (!last.database.empty()) {
    last.run = reader.number("run");
    last.ordinal = reader.count("case");
    last.case_name = reader.text("case_name", true);
  }
  entry.faults = reader.count("faults");
  entry.runs = reader.count("runs");
  entry.first_ns = reader.number("first_wall_ns");
  entry.passed_ns = reader.time("passed_wall_ns");
  entry.since_ns = reader.time("since_wall_ns");
  if (!reader.ok() || last.fingerprint.empty()) return std::nullopt;
  return entry;
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string summary_of(const QuarantineEntry& entry) {
  const Incident& last = entry.last;
  std::string text = last.fault + " while " + last.phase;
  if (entry.faults > 1) text += ", " + std::to_string(entry.faults) + " times in a row";
  if (entry.runs > 1) text += " in " + std::to_string(entry.runs) + " runs";
  text += (entry.faults > 1 ? ", last " : ", ") + utc_text(last.wall_ns) + " UTC";
  if (!last.machine.empty()) text += " on " + last.machine;
  return text;
}

std::string clear_command(const QuarantineEntry& entry) {
  return "benchhost plugin quarantine --clear " + entry.subject();
}

std::string reason_of(const QuarantineEntry& entry) {
  const Incident& last = entry.last;
  std::string text = entry.subject() + " is in quarantine: " + summary_of(entry);
  if (!last.database.empty()) {
    text += " (benchhost show " + std::to_string(last.run) + "/" + std::to_string(last.ordinal) + " --log)";
  }
  return text + "; it is not started until it is built anew or cleared: " + clear_command(entry);
}

Refusal refusal_of(const QuarantineEntry& entry) {
  return {kGate, kCode, "its probe is in quarantine: " + summary_of(entry) + ": " + entry.last.message,
          "benchhost plugin check examines it all the same; a new build is free; to have this one tried again: " +
              clear_command(entry)};
}

bool begins_fingerprint(std::string_view fingerprint, std::string_view name) {
  const auto bare = [](std::string_view text) {
    return text.starts_with(kDigest) ? text.substr(kDigest.size()) : text;
  };
  return bare(name).size() >= kLeastDigits && bare(fingerprint).starts_with(bare(name));
}

const QuarantineEntry* Quarantine::find(std::string_view fingerprint, std::string_view benchmark) const {
  const auto found = std::ranges::find_if(entries_, [&](const QuarantineEntry& e) {
    return e.last.fingerprint == fingerprint && e.last.benchmark == benchmark;
  });
  return found == entries_.end() ? nullptr : &*found;
}

QuarantineEntry* Quarantine::find_entry(std::string_view fingerprint, std::string_view benchmark) {
  return const_cast<QuarantineEntry*>(find(fingerprint, benchmark));  // NOLINT: of this, which is not const here
}

const QuarantineEntry* Quarantine::find_shut(std::string_view fingerprint, std::string_view benchmark) const {
  const QuarantineEntry* entry = find(fingerprint, benchmark);
  return entry != nullptr && entry->in_quarantine() ? entry : nullptr;
}

const QuarantineEntry& Quarantine::add(Incident incident, std::optional<std::int64_t> passed_ns, bool is_same_run) {
  // Names of files are any bytes, and one that is no text would spoil the file for all others.
  for (std::string* text : {&incident.file, &incident.message, &incident.machine, &incident.database,
                            &incident.case_name, &incident.plugin, &incident.version}) {
    *text = escape_for_terminal(*text);
    text->resize(cut_utf8(*text, kMostText).size());
  }
  forget_before(incident.wall_ns - kForgetNs);
  if (passed_ns) passed(incident.fingerprint, incident.benchmark, *passed_ns);
  QuarantineEntry* entry = find_entry(incident.fingerprint, incident.benchmark);
  if (entry == nullptr) {
    make_room();
    entry = &entries_.emplace_back();
    entry->passed_ns = passed_ns;
  }
  const bool is_first = entry->faults == 0;
  if (is_first) entry->first_ns = incident.wall_ns;
  if (!incident.benchmark.empty() && (is_first || !is_same_run)) ++entry->runs;
  ++entry->faults;
  entry->last = std::move(incident);
  if (!entry->since_ns && judges(*entry)) entry->since_ns = entry->last.wall_ns;
  return *entry;
}

void Quarantine::passed(std::string_view fingerprint, std::string_view benchmark, std::int64_t wall_ns) {
  QuarantineEntry* entry = find_entry(fingerprint, benchmark);
  if (entry == nullptr || entry->in_quarantine()) return;
  if (benchmark.empty()) {
    entries_.erase(entries_.begin() + (entry - entries_.data()));
    return;
  }
  entry->faults = 0;
  entry->runs = 0;
  entry->passed_ns = wall_ns;
}

std::vector<std::size_t> Quarantine::find_named(std::string_view name) const {
  using Means = bool (*)(const Incident&, std::string_view);
  // The nearest meaning of a name is what is meant.
  constexpr Means kMeanings[] = {
      [](const Incident& i, std::string_view asked) { return i.plugin == asked || i.benchmark == asked; },
      [](const Incident& i, std::string_view asked) { return ends_id(i.benchmark, asked) || ends_id(i.plugin, asked); },
      [](const Incident& i, std::string_view asked) { return begins_fingerprint(i.fingerprint, asked); },
      [](const Incident& i, std::string_view asked) { return i.file == asked; },
      [](const Incident& i, std::string_view asked) {
        return std::string_view(i.file).substr(i.file.rfind('/') + 1) == asked;
      }};
  std::vector<std::size_t> found;
  if (name.empty()) return found;
  for (const Means means : kMeanings) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (means(entries_[i].last, name)) found.push_back(i);
    }
    if (!found.empty()) break;
  }
  return found;
}

std::vector<QuarantineEntry> Quarantine::clear(const std::vector<std::size_t>& indices) {
  std::vector<QuarantineEntry> gone;
  std::vector<QuarantineEntry> left;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const bool goes = std::ranges::find(indices, i) != indices.end();
    (goes ? gone : left).push_back(std::move(entries_[i]));
  }
  entries_ = std::move(left);
  return gone;
}

// By the clock of whoever counts, and not by the newest entry: a machine whose clock was wrong once would have all the
// others forget what they count.
void Quarantine::forget_before(std::int64_t wall_ns) {
  std::erase_if(entries_, [&](const QuarantineEntry& e) { return !e.in_quarantine() && e.last.wall_ns < wall_ns; });
}

void Quarantine::make_room() {
  if (entries_.size() < kMostEntries) return;
  // What is in quarantine stays longest.
  entries_.erase(std::ranges::min_element(
      entries_, {}, [](const QuarantineEntry& e) { return std::pair(e.in_quarantine(), e.last.wall_ns); }));
}

Json QuarantineEntry::to_json() const {
  const bool has_case = !last.database.empty();
  Json json;
  json.set("plugin", last.plugin).set("version", last.version).set("benchmark", or_null(last.benchmark));
  json.set("fingerprint", last.fingerprint).set("file", last.file).set("in_quarantine", in_quarantine());
  json.set("since_wall_ns", optional_json(since_ns));
  json.set("kind", kind_name(last.kind)).set("fault", last.fault).set("phase", last.phase);
  json.set("message", last.message).set("faults", faults).set("runs", runs);
  json.set("first_wall_ns", first_ns).set("last_wall_ns", last.wall_ns);
  json.set("passed_wall_ns", optional_json(passed_ns)).set("machine", or_null(last.machine));
  json.set("database", or_null(last.database)).set("run", has_case ? Json(last.run) : Json());
  json.set("case", has_case ? Json(last.ordinal) : Json()).set("case_name", or_null(last.case_name));
  return json;
}

Json Quarantine::to_json() const {
  JsonArray all;
  for (const QuarantineEntry& entry : entries_) all.push_back(entry.to_json());
  return JsonObject{{"version", kVersion}, {"entries", std::move(all)}};
}

Result<Quarantine> Quarantine::from_json(const Json& json, bool& is_newer) {
  is_newer = json["version"].as_int() > kVersion;
  if (is_newer) return make_error("BH0002", "a newer benchhost wrote it");
  Quarantine quarantine;
  bool ok = json["version"].as_int() == kVersion && json["entries"].is_array() &&
            json["entries"].items().size() <= kMostEntries;
  for (const Json& item : ok ? json["entries"].items() : JsonArray{}) {
    std::optional<QuarantineEntry> entry = read_entry(item);
    ok = ok && entry && quarantine.find(entry->last.fingerprint, entry->last.benchmark) == nullptr;
    if (!ok) break;
    quarantine.entries_.push_back(*std::move(entry));
  }
  if (!ok) return make_error("BH0002", "it is not what benchhost writes");
  return quarantine;
}

}  // namespace benchhost::discover
