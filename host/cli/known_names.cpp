#include "cli/known_names.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/cmd_report.h"
#include "cli/run_plan.h"
#include "cli/settings.h"
#include "cli/site.h"
#include "common/base/error_codes.h"
#include "common/base/glob.h"

namespace benchhost::cli {

namespace p = protocol;

namespace {

// Runs back that are offered.
constexpr std::size_t kRunsBack = 20;

void add_once(std::vector<Candidate>& found, Candidate one) {
  if (std::ranges::find(found, one.text, &Candidate::text) == found.end()) found.push_back(std::move(one));
}

}  // namespace

// One line of the command that is being typed, as far as it says where things are. Mistakes in it, and in settings, are
// for the command itself to report. Goes into the folder of the line, so a line has one of them.
class SiteNames::Names {
 public:
  Names(Arguments args, Console& console, Workplace& workplace)
      : args_(std::move(args)), workplace_(workplace), context_{args_, console, {}, false, nullptr, {}} {
    if (const auto folder = args_.value("directory"); folder && chdir(folder->c_str()) != 0) return;
    auto preferences = load_preferences(args_, workplace.environment, workplace.files, console);
    if (!preferences.ok()) return;
    (void)fill_arguments(args_, workplace.environment, *preferences);
    context_.preferences = std::move(*preferences);
  }

  std::vector<Candidate> suites() {
    std::vector<Candidate> found;
    const auto suites = list_suites(context_, workplace_);
    if (!suites.ok()) return found;
    for (const SuiteFile& s : *suites) found.push_back({s.name, s.path});
    return found;
  }

  std::vector<p::PluginRecord> plugins() {
    auto found = remembered_plugins(context_, workplace_);
    return found.ok() ? std::move(*found) : std::vector<p::PluginRecord>{};
  }

  std::vector<Candidate> benchmarks() {
    std::vector<Candidate> found;
    for (const p::PluginRecord& plugin : plugins()) {
      for (const p::BenchmarkRecord& b : plugin.benchmarks) add_once(found, {b.id, b.title});
    }
    return found;
  }

  std::vector<Candidate> tags() {
    std::vector<Candidate> found;
    for (const p::PluginRecord& plugin : plugins()) {
      for (const p::BenchmarkRecord& b : plugin.benchmarks) {
        for (const std::string& tag : b.tags) add_once(found, {tag, ""});
      }
    }
    return found;
  }

  std::vector<Candidate> runs(std::string_view end) {
    std::vector<Candidate> found;
    const auto reader = open();
    if (!reader) return found;
    const auto runs = reader->list_runs(kRunsBack);
    if (!runs.ok() || runs->empty()) return found;
    found.push_back({fmt::format("latest{}", end), "the newest run"});
    for (const store::StoredRun& run : *runs) {
      found.push_back({fmt::format("{}{}", run.id, end),
                       fmt::format("{} {}", report::time_text(run.start.started_wall_ns), run.start.suite_name)});
    }
    return found;
  }

  std::vector<Candidate> results(std::string_view value) {
    const std::size_t slash = value.rfind('/');
    if (slash == std::string_view::npos) return runs("/");
    const std::string run(value.substr(0, slash));
    std::vector<Candidate> found;
    for (const store::StoredResult& r : results_of(run)) {
      found.push_back({fmt::format("{}/{}", run, r.start.ordinal), r.start.case_.title});
    }
    return found;
  }

  std::vector<Candidate> cases() {
    std::vector<Candidate> found;
    for (const store::StoredResult& r : results_of("latest")) {
      add_once(found, {r.start.case_.title, fmt::format("run {}", r.run)});
    }
    return found;
  }

  std::vector<Candidate> quarantined() {
    std::vector<Candidate> found;
    const discover::Quarantine quarantine = quarantine_file(args_, workplace_).peek();
    for (const discover::QuarantineEntry& e : quarantine.entries()) {
      if (e.faults == 0) continue;
      add_once(found, {e.subject(), summary_of(e)});
      if (e.last.plugin != e.subject()) add_once(found, {e.last.plugin, "all of the plugin"});
    }
    return found;
  }

  std::vector<Candidate> devices() {
    std::vector<Candidate> found;
    const auto reader = open();
    if (!reader) return found;
    const auto newest = reader->find_run("latest");
    if (!newest.ok()) return found;
    const auto devices = reader->run_devices(*newest);
    if (!devices.ok()) return found;
    for (const store::DeviceRow& d : *devices) add_once(found, {d.record.name, d.record.model()});
    return found;
  }

 private:
  std::unique_ptr<store::RunReader> open() {
    store::OpenOptions options;
    options.path = database_path(args_, workplace_);
    if (!platform::exists(workplace_.files, options.path)) return nullptr;
    auto opened = store::open_reader(options);
    return opened.ok() ? std::move(opened->reader) : nullptr;
  }

  std::vector<store::StoredResult> results_of(const std::string& run) {
    const auto reader = open();
    if (!reader) return {};
    const auto id = reader->find_run(run);
    if (!id.ok()) return {};
    auto results = reader->results(*id, store::Attempts::last);
    return results.ok() ? std::move(*results) : std::vector<store::StoredResult>{};
  }

  Arguments args_;
  Workplace& workplace_;
  CommandContext context_;
};

namespace {

bool is_meant(const p::BenchmarkRecord& benchmark, const std::vector<std::string>& globs) {
  return globs.empty() || std::ranges::any_of(globs, [&](const std::string& text) {
           const auto glob = Glob::parse(text);
           return glob.ok() && glob->matches(benchmark.id);
         });
}

}  // namespace

std::vector<Candidate> parameter_names(const std::vector<p::PluginRecord>& plugins,
                                       const std::vector<std::string>& globs, std::string_view value) {
  const std::size_t equals = value.find('=');
  std::vector<Candidate> found;
  for (const p::PluginRecord& plugin : plugins) {
    for (const p::BenchmarkRecord& b : plugin.benchmarks) {
      if (!is_meant(b, globs)) continue;
      for (const p::ParamRecord& q : b.parameters) {
        if (equals == std::string_view::npos) {
          add_once(found, {q.name + '=', q.description});
        } else if (q.name == value.substr(0, equals)) {
          for (const auto* values : {&q.choices, &q.sweep_values}) {
            for (const p::Value& v : *values) add_once(found, {fmt::format("{}={}", q.name, p::display_text(v)), ""});
          }
        }
      }
    }
  }
  return found;
}

SiteNames::SiteNames(Console& console, Workplace& workplace) : console_(console), workplace_(workplace) {}
SiteNames::~SiteNames() = default;

std::vector<Candidate> SiteNames::names(ValueKind kind, const Arguments& typed, std::string_view value) {
  std::vector<Candidate> found;
  if (kind == ValueKind::error_code) {
    for (const ErrorCode& c : error_codes()) found.push_back({std::string(c.code), std::string(c.title)});
    return found;
  }
  if (kind == ValueKind::report_format) {
    for (const std::string& format : report_formats()) found.push_back({format, ""});
    return found;
  }
  if (!line_) line_ = std::make_unique<Names>(typed, console_, workplace_);
  Names& here = *line_;
  switch (kind) {
    case ValueKind::suite:
      return here.suites();
    case ValueKind::benchmark:
      return here.benchmarks();
    case ValueKind::plugin:
      for (const p::PluginRecord& plugin : here.plugins()) found.push_back({plugin.id, plugin.vendor});
      return found;
    case ValueKind::parameter:
      return parameter_names(here.plugins(), typed.operands(), value);
    case ValueKind::tag:
      return here.tags();
    case ValueKind::device:
      return here.devices();
    case ValueKind::run:
      return here.runs("");
    case ValueKind::result:
      return here.results(value);
    case ValueKind::case_name:
      return here.cases();
    case ValueKind::quarantined:
      return here.quarantined();
    default:
      return found;
  }
}

}  // namespace benchhost::cli
