#include "cli/environment_table.h"

#include <array>

namespace benchhost::cli {

namespace {

constexpr auto kVariables = std::to_array<VariableMeaning>({
    {"BENCHHOST_DB", "The database of results, where --db names none."},
    {"BENCHHOST_PLUGIN_PATH BENCHHOST_BACKEND_PATH BENCHHOST_SUITE_PATH",
     "Folders with ':' between them that are searched for plugins, backend modules and suites, after those of flags "
     "and before those of settings."},
    {"BENCHHOST_CACHE_DIR", "Where probes and compiled programs are remembered, where --cache-dir names nothing."},
    {"BENCHHOST_STATE_DIR",
     "Where it is kept what crashed and is in quarantine, and what settings were before system tune (else "
     "/var/lib/benchhost), where --state-dir names nothing."},
    {"BENCHHOST_FORMAT BENCHHOST_COLOR BENCHHOST_PROGRESS", "What --format, --color and --progress say otherwise."},
    {"BENCHHOST_PROBE_TIMEOUT",
     "How long a plugin may take to be loaded and described: 60s. 10 s if it is not set. plugin check waits six times "
     "as long for a sign of life."},
    {"BENCHHOST_SYSTEM_ROOT",
     "The folder in whose proc and sys the audit before a run and `system` look for the state and the settings of the "
     "machine, in place of /: for tests, and to look at a copy. Runs say that it was set."},
    {"BENCHHOST_TESTBED", "A name for the machine, in place of the facts that make it comparable with others."},
    {"BENCHHOST_COMMIT GITHUB_SHA CI_COMMIT_SHA", "The commit that a run is labelled with; the first that is set."},
    {"BENCHHOST_BRANCH GITHUB_REF_NAME CI_COMMIT_REF_NAME",
     "The branch that a run is labelled with; the first that is set."},
    {"BENCHHOST_WORKER_TAG", "Set by benchhost itself: by it the processes of a worker are recognised."},
    {"NO_COLOR FORCE_COLOR",
     "Set to anything: no colour, or colour also where a stream is no terminal; the first goes before the second."},
    {"TERM", "With 'dumb' nothing is coloured, redrawn or drawn with characters beyond ASCII."},
    {"COLUMNS", "How wide a line may be, from 20 to 10000, where the terminal does not say."},
    {"LC_ALL LC_CTYPE LANG", "The first that is set says whether the terminal shows UTF-8."},
    {"TMPDIR", "Where temporary files of workers go."},
    {"XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME HOME",
     "Where settings, the database, what is remembered and what is in quarantine are, if nothing else says so."},
    {"PATH", "Whether plugin new can call this program by its name in what it says to do next."},
    {"LD_LIBRARY_PATH", "Searched, as the loader does it, for the libraries that a plugin needs."},
});

}  // namespace

std::span<const VariableMeaning> environment_variables() { return kVariables; }

}  // namespace benchhost::cli
