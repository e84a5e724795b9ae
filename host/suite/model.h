// A suite as it was written: plain values with the place of each node that a message may have to blame. Types of
// parameters are not known here; expand.h gives the texts their declared types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::suite {

/// Where something was written. line and column start at 1, the column counts code points; line 0: a place that has no
/// lines (`file` is then a word such as "--param bytes").
struct Position {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

/// "nightly.yaml:14:3", or the file alone where there is no line.
[[nodiscard]] std::string to_text(const Position& at);

/// A text with its place.
struct Placed {
  std::string text;
  Position at;

  friend bool operator==(const Placed&, const Placed&) = default;
};

/// One value as written: a scalar, or a list of values where `is_list`.
struct Literal {
  std::string text;
  bool quoted = false;
  bool is_list = false;
  std::vector<Literal> items;
  Position at;

  friend bool operator==(const Literal&, const Literal&) = default;
};

/// How one parameter varies.
struct Sweep {
  enum class Form : std::uint8_t {
    values,     ///< `values`, in order; one of them: no sweep
    linear,     ///< first, first + step, … <= last
    log2,       ///< first * 2^(k * step / per_octave) <= last, rounded and deduplicated as the SDK's params.h says
    suggested,  ///< what the benchmark's author suggests
  };
  Form form = Form::values;
  std::vector<Literal> values;
  Literal first;
  Literal last;
  std::optional<Literal> step;
  std::uint32_t per_octave = 1;
  Position at;

  friend bool operator==(const Sweep&, const Sweep&) = default;
};

/// A parameter by name with its sweep.
struct Axis {
  std::string name;
  Sweep sweep;
  Position at;  ///< of the name

  friend bool operator==(const Axis&, const Axis&) = default;
};

/// Parameters that advance together: the first values, the second values, …
struct Zip {
  std::vector<Axis> axes;  ///< at least two
  Position at;

  friend bool operator==(const Zip&, const Zip&) = default;
};

/// Picks devices: all that is given must hold. A selector with nothing given picks every usable device.
struct DeviceSelector {
  std::string pattern;  ///< glob over "kind:index", or a kind alone; "": any
  std::string name;     ///< glob over the facts name and model, without regard to case; "": any
  std::string vendor;   ///< glob over the fact vendor, without regard to case; "": any
  std::string where;    ///< expression in scope device; "": any
  Position at;

  friend bool operator==(const DeviceSelector&, const DeviceSelector&) = default;
};

enum class Priority : std::uint8_t { critical = 0, high = 1, medium = 2, low = 3 };
[[nodiscard]] const char* to_text(Priority priority);

/// Fresh processes per case. max == min: exactly so many.
struct Invocations {
  std::uint32_t min = 0;
  std::uint32_t max = 0;

  friend bool operator==(const Invocations&, const Invocations&) = default;
};

/// What of a metric trips a gate. At least one of `change`, `at_least` and `at_most` is said; of each the last
/// threshold that matches a metric counts.
struct Threshold {
  std::string metric;              ///< glob over metric ids; "*": all
  std::optional<double> change;    ///< against a baseline, as a ratio: 0.03 is 3 %
  std::optional<Placed> at_least;  ///< a value with its unit, as written: the metric's unit is not known here
  std::optional<Placed> at_most;
  Position at;

  friend bool operator==(const Threshold&, const Threshold&) = default;
};

/// A demand on the state of the machine: name and value of environment_keys() (governor: performance).
struct Demand {
  std::string name;
  std::string value;
  Position at;

  friend bool operator==(const Demand&, const Demand&) = default;
};

/// What becomes of cases whose environment is not as demanded: they run and it is said, they are skipped, or the run is
/// incomplete.
enum class WhenUnmet : std::uint8_t { warn = 0, skip = 1, fail = 2 };
[[nodiscard]] const char* to_text(WhenUnmet when);

/// A report to write when the run has ended.
struct ReportRequest {
  std::string format;
  std::string file;  ///< as written, relative to the output folder; "": standard output
  Position at;

  friend bool operator==(const ReportRequest&, const ReportRequest&) = default;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

/// What both `defaults` and an entry may say. Absent: not said.
struct Settings {
  std::optional<std::vector<DeviceSelector>> devices;
  /// Half-width of the 95 % interval over invocations, relative, at which a case may stop: 0.01 is 1 %.
  std::optional<double> precision_ratio;
  /// Time of the measured batches of one case, all invocations together.
  std::optional<std::int64_t> time_ns;
  std::optional<Invocations> invocations;
  /// Wall time of one invocation, after which it is timed_out.
  std::optional<std::int64_t> timeout_ns;
  std::optional<Priority> priority;
  std::optional<bool> exclusive;  ///< nothing else may run on the machine meanwhile; absent: as the benchmark declares
  std::optional<bool> share_device;  ///< other cases may use the device; absent: as the slot declares
  std::vector<std::string> tags;
  Labels labels;
  std::vector<Threshold> thresholds;
  std::vector<Demand> environment;
  std::optional<WhenUnmet> when_unmet;  ///< absent: warn

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// `own` where it says something, else `base`. Labels and demands merge by name; tags and thresholds of base come
/// first.
[[nodiscard]] Settings merge(const Settings& base, const Settings& own);

/// Selects benchmarks and says how to run them.
struct Entry {
  std::string id;                  ///< unique in the suite; "" if not given
  std::vector<Placed> benchmarks;  ///< globs over benchmark ids; the plugin's id is matched by "plugin.id.*"
  std::vector<Placed> inputs;      ///< globs over the inputs of enumerated cases; empty: all
  std::vector<Axis> settings;      ///< of the plugin's enumerate; one value each
  std::vector<Axis> parameters;    ///< crossed, in this order: the last one varies fastest
  std::vector<Zip> zips;           ///< each crossed with the rest as one axis, after `parameters`
  std::vector<Placed> exclude;     ///< expressions; a combination for which one is true is left out
  Settings measure;                ///< defaults already merged in by the reader
  /// Folder against which relative paths of this entry are resolved (an include has its own). Absolute or "".
  std::string folder;
  Position at;

  friend bool operator==(const Entry&, const Entry&) = default;
};

/// A suite with its includes resolved: entries of an include stand before those of the file that includes it.
struct Suite {
  std::string name;
  std::string description;
  Labels labels;
  std::optional<std::uint64_t> seed;
  std::vector<Entry> entries;
  std::vector<ReportRequest> reports;
  std::string file;    ///< as given; "" for a selection from the command line
  std::string digest;  ///< SHA-256, hex, of all files read, in order; "" for a selection

  friend bool operator==(const Suite&, const Suite&) = default;
};

}  // namespace benchhost::suite
