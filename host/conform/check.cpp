#include "conform/check.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "discover/descriptor_check.h"

namespace benchhost::conform {

using protocol::Finding;
using protocol::Observation;
using protocol::Requirement;
using protocol::Trial;

namespace {

/// A trial is taken up again after what ended it so often; a plugin that dies everywhere is dead enough.
constexpr int kMostRestarts = 16;
/// Places of one finding of a requirement that are kept; the others are counted.
constexpr std::int64_t kMostPlaces = 64;
/// As the worker ends the name of a place where it has planted wrong results.
constexpr std::string_view kSpoilt = " spoilt";

/// Libraries that every plugin of its language has: the system's C library and the compiler's runtimes.
constexpr std::array<std::string_view, 17> kSystemLibraries = {
    "libc.so.", "libm.so.",     "libpthread.so.", "libdl.so.",   "librt.so.",     "ld-linux",
    "ld64.so.", "libgcc_s.so.", "libstdc++.so.",  "libc++.so.",  "libc++abi.so.", "libgomp.so.",
    "libomp",   "libasan.so.",  "libubsan.so.",   "libtsan.so.", "liblsan.so."};
/// Runtimes that belong to a vendor's driver.
constexpr std::array<std::string_view, 12> kVendorLibraries = {
    "libOpenCL.",    "libcuda.",   "libcudart.",   "libnvrtc.",     "libcublas.", "libcudnn.",
    "libnvidia-ml.", "libvulkan.", "libamdhip64.", "libze_loader.", "libdawn",    "libwgpu"};

bool begins_with_any(std::string_view name, std::span<const std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view one) { return name.starts_with(one); });
}

/// Requirements whose check is the trial's own beginning: without it nothing can follow.
bool is_root(std::uint32_t number) {
  return number == static_cast<std::uint32_t>(Requirement::loads) ||
         number == static_cast<std::uint32_t>(Requirement::agrees) ||
         number == static_cast<std::uint32_t>(Requirement::readable_descriptors);
}

/// Initialisers that compilers and their runtimes put into every library, or into those that use a feature of theirs.
constexpr std::array<std::string_view, 5> kRuntimeInitialisers = {
    "frame_dummy", "__cpu_indicator_init", "__init_cpu_features", "init_have_lse_atomics", "__do_init"};

/// And those of sanitizers, by how their names begin.
constexpr std::array<std::string_view, 4> kSanitizerInitialisers = {"_sub_I_00099_", "_GLOBAL__sub_I_00099_",
                                                                    "asan.module_ctor", "tsan.module_ctor"};

/// Of a Rust library: its standard library has one of its own, and the names of its sources are in the file.
constexpr std::string_view kRustSources = "/rustc/";
constexpr std::string_view kRustInitialiser = "ARGV_INIT_ARRAY";

int weight(Finding finding) {
  switch (finding) {
    case Finding::failed:
      return 4;
    case Finding::warned:
      return 3;
    case Finding::passed:
      return 2;
    default:
      return 1;
  }
}

/// Requirements that trials of a benchmark examine.
bool is_of_benchmarks(const RequirementText& r) {
  return r.number() >= static_cast<std::uint32_t>(Requirement::creates_and_destroys) &&
         r.id != Requirement::ends_in_order && r.id != Requirement::prints_nothing;
}

/// Those of them that one worker can examine of a case that takes several: what a host without roles meets, rules that
/// hold for every call, and what belongs to the process.
bool is_examined_alone(const RequirementText& r) {
  constexpr std::array<Requirement, 4> kAlone = {Requirement::calls_where_allowed, Requirement::failures_have_reasons,
                                                 Requirement::nothing_unwinds,
                                                 Requirement::survives_missing_extensions};
  const bool of_process = r.number() >= static_cast<std::uint32_t>(Requirement::keeps_working_folder) &&
                          r.id != Requirement::returns_memory;
  return of_process || std::ranges::find(kAlone, r.id) != kAlone.end();
}

}  // namespace

std::string_view trial_name(Trial trial) {
  constexpr std::array<std::string_view, 14> kNames = {
      "older host", "newer host", "wide offer", "short structs", "long structs", "descriptors", "life",
      "refusals",   "growth",     "corruption", "disorder",      "boundary",     "beyond",      "alone"};
  const auto index = static_cast<std::size_t>(trial);
  return index < kNames.size() ? kNames[index] : "unknown";
}

std::size_t CheckReport::count(Finding verdict) const {
  return static_cast<std::size_t>(std::ranges::count(results, verdict, &RequirementResult::verdict));
}

bool CheckReport::passed() const { return count(Finding::failed) == 0 && count(Finding::passed) > 0; }

Validator::Validator(TrialRunner& runner, std::string file, std::uint32_t strictness, std::uint64_t seed)
    : runner_(runner) {
  report_.file = std::move(file);
  report_.strictness = strictness;
  report_.seed = seed;
}

void Validator::note(Requirement requirement, Finding finding, std::string where, std::string text) {
  take({static_cast<std::uint32_t>(requirement), finding, std::move(where), std::move(text)});
}

void Validator::take(const Observation& observation) {
  const RequirementText* text = find_requirement(observation.requirement);
  if (text == nullptr || observation.finding == Finding::begun || !at(text->strictness)) return;
  Finding finding = observation.finding;
  // A worker cannot make a should a must, nor the other way round.
  if (finding == Finding::failed && !text->must) finding = Finding::warned;
  RequirementResult& result = found_[observation.requirement];
  result.requirement = text;
  if (result.places.empty() && result.passed == 0) result.verdict = Finding::not_applicable;
  if (weight(finding) > weight(result.verdict)) result.verdict = finding;
  if (finding == Finding::passed) {
    ++result.passed;
    return;
  }
  Place place{finding, observation.where, observation.text};
  if (std::ranges::find(result.places, place) != result.places.end()) return;
  if (std::ranges::count(result.places, finding, &Place::finding) < kMostPlaces) {
    result.places.push_back(std::move(place));
  } else {
    ++result.unlisted;
  }
}

void Validator::examine_object(std::string_view bytes, const discover::HostFacts& host) {
  auto note_read = protocol::read_note(bytes);
  if (note_read.ok()) {
    report_.note = *note_read;
    note(Requirement::has_note, Finding::passed, "");
  } else {
    note(Requirement::has_note, Finding::failed, "", to_text(note_read.error()));
  }
  const auto facts = protocol::read_object_facts(bytes);
  if (!facts.ok()) {
    for (const Requirement r : {Requirement::one_export, Requirement::nothing_at_load, Requirement::own_libraries}) {
      note(r, Finding::not_applicable, "", "the file cannot be read: " + facts.error().message);
    }
    return;
  }
  if (report_.note) {
    auto refusal = discover::check_format(*facts, host);
    if (!refusal) refusal = discover::check_machine(*facts, host);
    if (!refusal) refusal = discover::check_note(*report_.note, host);
    if (!refusal && !facts->os.empty() && facts->os != report_.note->os) {
      refusal = discover::Refusal{"os", "",
                                  fmt::format("the file is for {}, its note says {}", facts->os, report_.note->os), ""};
    }
    if (!refusal && facts->arch != report_.note->arch) {
      refusal = discover::Refusal{
          "arch", "", fmt::format("the file is for {}, its note says {}", facts->arch, report_.note->arch), ""};
    }
    if (refusal) {
      note(Requirement::note_fits_file, Finding::failed, "", refusal->message);
    } else {
      note(Requirement::note_fits_file, Finding::passed, "");
    }
  }

  const protocol::ObjectSymbols symbols = protocol::read_object_symbols(bytes);
  examine_exports(symbols);
  examine_initialisers(symbols, bytes);

  bool clean = true;
  for (const std::string& library : facts->needed) {
    if (begins_with_any(library, kSystemLibraries)) continue;
    clean = false;
    if (begins_with_any(library, kVendorLibraries)) {
      note(Requirement::own_libraries, Finding::failed, "", fmt::format("{} is linked", library));
    } else {
      note(Requirement::own_libraries, Finding::warned, "",
           fmt::format("{} is linked: a machine without it cannot load the plugin", library));
    }
  }
  if (clean) note(Requirement::own_libraries, Finding::passed, "");
}

void Validator::examine_exports(const protocol::ObjectSymbols& symbols) {
  if (!symbols.exports) {
    note(Requirement::one_export, Finding::not_applicable, "", "the table of symbols of this file is not read");
    return;
  }
  std::vector<std::string> others = *symbols.exports;
  const bool has_entry = std::erase(others, "bh_plugin_entry") > 0;
  if (!has_entry) note(Requirement::one_export, Finding::failed, "", "bh_plugin_entry is not exported");
  if (!others.empty()) {
    const std::size_t shown = std::min<std::size_t>(others.size(), 5);
    note(Requirement::one_export, Finding::failed, "",
         fmt::format("{} more symbols are exported: {}{}", others.size(),
                     fmt::join(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                     others.size() > shown ? ", …" : ""));
  }
  if (has_entry && others.empty()) note(Requirement::one_export, Finding::passed, "");
}

void Validator::examine_initialisers(const protocol::ObjectSymbols& symbols, std::string_view bytes) {
  constexpr Requirement kThis = Requirement::nothing_at_load;
  if (!symbols.initialisers) return note(kThis, Finding::not_applicable, "", "initialisers of this file are not read");
  if (report_.note && report_.note->init == "register") return note(kThis, Finding::passed, "");
  const bool rust = bytes.find(kRustSources) != std::string_view::npos;
  std::vector<std::string> own;
  std::size_t unnamed = 0;
  for (const std::string& name : *symbols.initialisers) {
    const bool runtime = std::ranges::find(kRuntimeInitialisers, name) != kRuntimeInitialisers.end() ||
                         begins_with_any(name, kSanitizerInitialisers) ||
                         (rust && name.find(kRustInitialiser) != std::string::npos);
    if (name.empty()) {
      ++unnamed;
    } else if (!runtime) {
      own.push_back(name);
    }
  }
  // Of a stripped file the number alone is known: one is the language's, one more may be the compiler's.
  const std::size_t usual = rust ? 2 : 1;
  if (!own.empty()) {
    note(kThis, Finding::failed, "", fmt::format("initialisers: {}", fmt::join(own, ", ")));
  } else if (unnamed > usual + 1) {
    note(kThis, Finding::failed, "",
         fmt::format("{} initialisers, of which {} belong to the language's runtime", unnamed, usual));
  } else if (unnamed > usual) {
    note(kThis, Finding::warned, "",
         "one initialiser more than the language's runtime has; that may be the compiler's own, as of "
         "__builtin_cpu_supports: a file that is not stripped names it");
  } else {
    note(kThis, Finding::passed, "");
  }
}

void Validator::take_record(const std::optional<protocol::PluginRecord>& record, const std::string& benchmark,
                            Trial which) {
  if (!record) return;
  const std::string digest = protocol::descriptor_digest(*record);
  if (!digest_) {
    record_ = record;
    digest_ = digest;
  } else if (digest != *digest_) {
    note(Requirement::constant_descriptors, Finding::failed, fmt::format("{}, {}", benchmark, trial_name(which)),
         "the descriptors that this process read are not those of another");
  }
}

const Observation* Validator::in_progress(const std::vector<Observation>& observations) {
  std::set<std::pair<std::uint32_t, std::string>> ended;
  for (std::size_t i = observations.size(); i-- > 0;) {
    const Observation& o = observations[i];
    if (o.finding != Finding::begun) {
      ended.emplace(o.requirement, o.where);
    } else if (!ended.contains({o.requirement, o.where})) {
      return &o;
    }
  }
  return nullptr;
}

Result<bool> Validator::trial(Trial which, const protocol::RunJob& run) {
  protocol::CheckJob job;
  job.trial = which;
  job.run = run;
  for (int restart = 0; restart <= kMostRestarts; ++restart) {
    BH_TRY(const TrialEnd end, runner_.run(job));
    ++report_.trials;
    for (const Observation& o : end.observations) take(o);
    take_record(end.record, run.benchmark, which);
    const std::string where = run.benchmark.empty() ? std::string(trial_name(which))
                                                    : fmt::format("{}, {}", run.benchmark, trial_name(which));
    note(Requirement::prints_nothing, end.output.empty() ? Finding::passed : Finding::failed, where, end.output);
    if (end.outcome == protocol::Outcome::passed) {
      note(Requirement::ends_in_order, Finding::passed, where);
      return true;
    }
    const Observation* open = in_progress(end.observations);
    const bool hung = end.outcome == protocol::Outcome::timed_out;
    if (open == nullptr) {
      note(Requirement::ends_in_order, Finding::failed, where, end.reason);
      return !hung;
    }
    const auto requirement = static_cast<Requirement>(open->requirement);
    const bool spoilt = requirement == Requirement::oracle_notices && open->where.ends_with(kSpoilt);
    if (which == Trial::boundary && hung) {
      // Large values may take long, which breaks no rule.
      note(requirement, Finding::not_applicable, open->where, end.reason);
      return true;
    }
    if (end.outcome == protocol::Outcome::out_of_memory) {
      note(requirement, Finding::not_applicable, open->where,
           "it takes more memory than there is for it: " + end.reason);
    } else if (spoilt) {
      // A case whose verify does not survive what it finds does not pass either.
      note(requirement, Finding::passed, open->where);
      return true;
    } else {
      note(requirement, Finding::failed, open->where, "the process did not survive it: " + end.reason);
    }
    if (hung) return false;
    if (is_root(open->requirement)) return true;
    job.skip.push_back(fmt::format("{} {}", open->requirement, open->where));
  }
  note(Requirement::ends_in_order, Finding::failed, std::string(trial_name(which)),
       fmt::format("the trial was given up after its process had died {} times", kMostRestarts + 1));
  return true;
}

Result<void> Validator::examine_file(std::string_view bytes, const discover::HostFacts& host,
                                     const protocol::RunJob& job) {
  examine_object(bytes, host);
  BH_TRY(const bool alive, trial(Trial::descriptors, job));
  if (!alive) return {};
  // A file that does not even load has said all that it can.
  const auto loads = found_.find(static_cast<std::uint32_t>(Requirement::loads));
  if (loads == found_.end() || loads->second.verdict == Finding::failed) return {};
  for (const Trial entry :
       {Trial::older_host, Trial::newer_host, Trial::wide_offer, Trial::short_structs, Trial::long_structs}) {
    BH_CHECK(trial(entry, job));
  }
  if (!record_) return {};
  const std::vector<discover::Finding> findings = discover::check_descriptors(*record_);
  for (const discover::Finding& f : findings) {
    note(Requirement::sound_descriptors, Finding::failed, f.benchmark, fmt::format("{}: {}", f.member, f.what));
  }
  if (!findings.empty()) {
    record_.reset();
    return {};
  }
  note(Requirement::sound_descriptors, Finding::passed, "");
  for (const protocol::BenchmarkRecord& b : record_->benchmarks) {
    if (b.has_verify) {
      note(Requirement::has_oracle, Finding::passed, b.id);
    } else if (b.is_null) {
      note(Requirement::has_oracle, Finding::not_applicable, b.id, "a null benchmark has no results");
    } else {
      note(Requirement::has_oracle, Finding::failed, b.id, "it has no verify");
    }
  }
  return {};
}

bool Validator::has_roles(std::string_view id) const {
  return record_ && std::ranges::any_of(record_->benchmarks, [&](const protocol::BenchmarkRecord& b) {
           return b.id == id && !b.roles.empty();
         });
}

Result<void> Validator::examine_benchmark(const BenchmarkSubject& subject) {
  if (!subject.job) {
    for (const RequirementText& r : requirements()) {
      if (is_of_benchmarks(r)) note(r.id, Finding::not_applicable, subject.id, subject.why_not);
    }
    return {};
  }
  const bool alone = has_roles(subject.id);
  for (const RequirementText& r : requirements()) {
    if (alone && is_of_benchmarks(r) && !is_examined_alone(r)) {
      note(r.id, Finding::not_applicable, subject.id, "a case of several roles takes several workers");
    }
  }
  BH_TRY(const bool alive, trials(subject));
  if (!alive) {
    for (const RequirementText& r : requirements()) {
      if (is_of_benchmarks(r)) note(r.id, Finding::not_applicable, subject.id, "not tried any more after it hung");
    }
  }
  return {};
}

Result<bool> Validator::trials(const BenchmarkSubject& subject) {
  std::vector<std::pair<Trial, const protocol::RunJob*>> all;
  const auto add = [&](Trial which, const protocol::RunJob& job) { all.emplace_back(which, &job); };
  const bool alone = has_roles(subject.id);
  if (at(2)) add(alone ? Trial::alone : Trial::life, *subject.job);
  if (at(3) && !alone) {
    for (const Trial which : {Trial::refusals, Trial::growth, Trial::corruption}) add(which, *subject.job);
    for (const protocol::RunJob& job : subject.boundaries) add(Trial::boundary, job);
  }
  if (at(4) && !alone) add(Trial::disorder, *subject.job);
  if (at(5) && !alone) {
    for (const protocol::RunJob& job : subject.beyond) add(Trial::beyond, job);
  }
  for (const auto& [which, job] : all) {
    BH_TRY(const bool alive, trial(which, *job));
    if (!alive) return false;
  }
  return true;
}

CheckReport Validator::report() const {
  CheckReport report = report_;
  for (const RequirementText& r : requirements()) {
    if (!at(r.strictness)) continue;
    const auto found = found_.find(r.number());
    if (found != found_.end()) {
      report.results.push_back(found->second);
    } else {
      RequirementResult none;
      none.requirement = &r;
      none.places.push_back({Finding::not_applicable, "", "not reached"});
      report.results.push_back(std::move(none));
    }
  }
  return report;
}

}  // namespace benchhost::conform
