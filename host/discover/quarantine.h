// What is not started again because it crashed before: counted, judged and cleared. Pure; quarantine_file.h keeps it.
//
// Counted are ends that a plugin's own code brought about (supervise/ending.h) and, of probes, deadlines that were
// missed. Never counted is what somebody else may have had a part in: a signal from outside, a case's time or memory,
// the user's wish, a device or a system that failed, a file that was written to while it was probed. A driver that
// crashes in the midst of a benchmark cannot be told from it, and counts. A plugin is known by its fingerprint, which
// is that of what runs: a file that was stripped or signed since is still in quarantine, and one that was built anew is
// free.
//
// A probe that crashed once will crash again, and is not started again. One that missed its deadline, or called exit,
// may have met a slow machine: it takes three in a row. Of a benchmark it takes crashes in three runs in a row of which
// none passed, whatever its cases: what passes is not in quarantine. One that has never passed, as far as is known, is
// not started hundreds of times until then: ten crashes in a row are enough. Why not three: some cases of a benchmark
// may crash whenever they are run and the others pass, and in a random order several of the first come in a row. What
// passed before anything was counted is not remembered: a plugin that never crashes costs no entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "discover/refusal.h"

namespace benchhost::discover {

/// In a row: faults of a probe, runs of a benchmark.
inline constexpr std::uint32_t kMostFaults = 3;
/// Crashes in a row of a benchmark that has not passed since it was first counted, in one run or two.
inline constexpr std::uint32_t kMostFirstCrashes = 10;

enum class FaultKind : std::uint8_t {
  crash,  ///< a signal of a fault of its own
  exit,   ///< the plugin ended the process
  hang    ///< a probe missed its deadline
};

/// One end that is held against a plugin, and where to look.
struct Incident {
  std::string fingerprint;  ///< of the plugin
  std::string benchmark;    ///< id; "": the probe of the plugin
  std::string plugin;       ///< id
  std::string version;
  std::string file;  ///< where the plugin was
  FaultKind kind = FaultKind::crash;
  std::string fault;    ///< "SIGSEGV", "exit 0", "no answer"
  std::string phase;    ///< protocol::phase_name: "loading", "measuring"
  std::string message;  ///< for people, on one line
  std::int64_t wall_ns = 0;
  std::string machine;  ///< host name; "": not known
  /// Where a run has stored it: `benchhost show RUN/CASE --log --db DATABASE`. Empty and 0 of a probe.
  std::string database;
  std::int64_t run = 0;
  std::uint64_t ordinal = 0;  ///< of the case
  std::string case_name;

  friend bool operator==(const Incident&, const Incident&) = default;
};

/// What is known of one probe or one benchmark of one plugin.
struct QuarantineEntry {
  Incident last;
  std::uint32_t faults = 0;               ///< in a row
  std::uint32_t runs = 0;                 ///< in a row, of which each had some and no pass after it; 0 of a probe
  std::int64_t first_ns = 0;              ///< wall time of the first in the row
  std::optional<std::int64_t> passed_ns;  ///< when it last passed, if since the first fault that is known
  /// Since when it is not started; nullopt: it is. Stays until it is cleared.
  std::optional<std::int64_t> since_ns;

  [[nodiscard]] bool in_quarantine() const { return since_ns.has_value(); }
  /// Benchmark, or plugin where it is the probe.
  [[nodiscard]] const std::string& subject() const { return last.benchmark.empty() ? last.plugin : last.benchmark; }

  /// As the file and `--format json` have it.
  [[nodiscard]] Json to_json() const;

  friend bool operator==(const QuarantineEntry&, const QuarantineEntry&) = default;
};

/// "SIGSEGV while measuring, 3 times in a row, last 2026-03-01 09:30 UTC on node7".
[[nodiscard]] std::string summary_of(const QuarantineEntry& entry);
/// Why nothing is started, and how that ends: for a case of a run, on one line. Requires: it is in quarantine.
[[nodiscard]] std::string reason_of(const QuarantineEntry& entry);
/// The same as a refusal of the plugin's file, at the gate quarantine.
[[nodiscard]] Refusal refusal_of(const QuarantineEntry& entry);
/// "benchhost plugin quarantine --clear org.example.triad".
[[nodiscard]] std::string clear_command(const QuarantineEntry& entry);

/// Whether a name is the beginning of a fingerprint, of six digits at least, with "sha256:" or without.
[[nodiscard]] bool begins_fingerprint(std::string_view fingerprint, std::string_view name);

/// All entries of a user. Thread: one at a time.
class Quarantine {
 public:
  [[nodiscard]] const std::vector<QuarantineEntry>& entries() const { return entries_; }
  /// The entry of a benchmark, or of the probe where `benchmark` is ""; nullptr if there is none. Valid until: the next
  /// change.
  [[nodiscard]] const QuarantineEntry* find(std::string_view fingerprint, std::string_view benchmark) const;
  /// The same, if it is in quarantine.
  [[nodiscard]] const QuarantineEntry* find_shut(std::string_view fingerprint, std::string_view benchmark) const;

  /// Counts an incident, and judges. Forgets what is not in quarantine and is a quarter of a year older, and the oldest
  /// of more than a few thousand, so that no flood of builds fills the disk; a text is cut to a bound. passed_ns: when
  /// the benchmark passed since whoever calls counted its last one; that has ended the row before. is_same_run: whoever
  /// calls has counted one of this run already: numbers of runs begin anew with each database. Valid until: the next
  /// change.
  const QuarantineEntry& add(Incident incident, std::optional<std::int64_t> passed_ns = std::nullopt,
                             bool is_same_run = false);
  /// It passed, or its probe answered: what was counted in a row is over. Nothing of what is in quarantine changes: it
  /// was under way while others came to that judgement.
  void passed(std::string_view fingerprint, std::string_view benchmark, std::int64_t wall_ns);
  /// Entries that somebody means by a plugin's id, a benchmark's id, the end of one behind a '.', a fingerprint or six
  /// and more digits of its beginning, a file or its name. Indices into entries(), ascending.
  [[nodiscard]] std::vector<std::size_t> find_named(std::string_view name) const;
  /// Takes these out of it, and hands them back.
  std::vector<QuarantineEntry> clear(const std::vector<std::size_t>& indices);

  [[nodiscard]] Json to_json() const;
  /// Errors: BH0002: it is not what to_json writes; `is_newer` says whether a later version wrote it.
  [[nodiscard]] static Result<Quarantine> from_json(const Json& json, bool& is_newer);

  friend bool operator==(const Quarantine&, const Quarantine&) = default;

 private:
  [[nodiscard]] QuarantineEntry* find_entry(std::string_view fingerprint, std::string_view benchmark);
  void forget_before(std::int64_t wall_ns);
  /// For one more.
  void make_room();

  std::vector<QuarantineEntry> entries_;
};

}  // namespace benchhost::discover
