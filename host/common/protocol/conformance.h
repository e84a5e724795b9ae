// What the validator examines, and what a worker tells of it. The numbers are those of sdk/REQUIREMENTS.md: each is
// given once and never another meaning.
#pragma once

#include <cstdint>
#include <string>

namespace benchhost::protocol {

enum class Requirement : std::uint32_t {
  // 1xx: the file, read as bytes
  one_export = 101,
  has_note = 102,
  note_fits_file = 103,
  loads = 104,
  nothing_at_load = 105,
  own_libraries = 106,
  // 2xx: negotiation
  agrees = 201,
  refuses_older_hosts = 202,
  refuses_newer_hosts = 203,
  answers_within_offer = 204,
  keeps_to_short_structs = 205,
  takes_longer_structs = 206,
  // 3xx: descriptors
  readable_descriptors = 301,
  sound_descriptors = 302,
  constant_descriptors = 303,
  ordered_benchmarks = 304,
  has_oracle = 305,
  answers_extensions = 306,
  // 4xx: the life of an instance
  creates_and_destroys = 401,
  prepares = 402,
  repeats_cycles = 403,
  lives_side_by_side = 404,
  runs_any_n = 405,
  results_right = 406,
  verify_repeats = 407,
  seed_decides = 408,
  reports_metrics = 409,
  states_work = 410,
  calls_where_allowed = 411,
  failures_have_reasons = 412,
  nothing_unwinds = 413,
  work_grows_with_n = 414,
  oracle_notices = 415,
  refuses_disorder = 416,
  // 5xx: a host that refuses
  survives_no_memory = 501,
  survives_refused_services = 502,
  survives_missing_extensions = 503,
  ends_when_cancelled = 504,
  takes_declared_parameters = 505,
  refuses_other_parameters = 506,
  takes_longer_arguments = 507,
  takes_longer_tables = 508,
  does_without = 509,
  // 6xx: what belongs to the process
  keeps_working_folder = 601,
  keeps_locale = 602,
  keeps_signals = 603,
  keeps_floating_point = 604,
  keeps_affinity = 605,
  keeps_umask = 606,
  keeps_environment = 607,
  keeps_streams = 608,
  keeps_limits = 609,
  leaves_no_threads = 610,
  leaves_no_descriptors = 611,
  leaves_no_children = 612,
  returns_memory = 613,
  prints_nothing = 614,
  ends_in_order = 615,
};

/// What was found out of a requirement at one place.
enum class Finding : std::uint32_t {
  begun = 0,  ///< the check goes on; one that the process does not survive has no other finding
  passed = 1,
  warned = 2,
  failed = 3,
  not_applicable = 4,  ///< could not be examined here; the text says why
};

/// One step of a check.
struct Observation {
  std::uint32_t requirement = 0;  ///< a number of Requirement
  Finding finding = Finding::begun;
  std::string where;  ///< benchmark and situation: "org.example.triad, third memory_take refused"; "" for the plugin
  std::string text;   ///< what was found; "" for passed
};

/// What a worker is asked to try. Each is one process, and more if the plugin ends it.
enum class Trial : std::uint32_t {
  older_host = 0,  ///< offers versions before the plugin's
  newer_host = 1,  ///< offers versions after it only
  wide_offer = 2,  ///< offers all versions
  short_structs = 3,
  long_structs = 4,
  descriptors = 5,  ///< reads all descriptors twice
  life = 6,         ///< one benchmark: every order that the state machine has
  refusals = 7,     ///< one benchmark: a host that refuses what it may refuse
  growth = 8,       ///< one benchmark: whether work grows with n
  corruption = 9,   ///< one benchmark: whether verify notices
  disorder = 10,    ///< one benchmark: orders that the state machine does not have
  boundary = 11,    ///< one benchmark with parameters at an end of what they may be: one cycle
  beyond = 12,      ///< the same with a value that the host would never pass
  alone = 13,       ///< one benchmark of several roles: what one worker can show of it
};

}  // namespace benchhost::protocol
