#include "common/base/error_codes.h"

#include <algorithm>
#include <array>

namespace benchhost {
namespace {

constexpr auto kCodes = std::to_array<ErrorCode>({
    // BH00xx: general and usage
    {"BH0001", "the command line cannot be used",
     "An option is unknown, misses its value, or does not go with another one. The message names it. "
     "`benchhost COMMAND --help` lists the options of a command. Nothing has run (exit status 2)."},
    {"BH0002", "a file cannot be read",
     "The file does not exist, may not be read, is larger than the limit, or is no regular file: benchhost never opens "
     "FIFOs, devices or directories where it expects a file, because reading them could wait for ever."},
    {"BH0003", "a file cannot be written",
     "The folder does not exist or is not writable, or the disk is full. Files are written under a temporary name and "
     "renamed when complete, so the earlier content is untouched."},
    {"BH0004", "a text is no JSON",
     "The text breaks RFC 8259 at the place that the message names, names one member of an object twice, nests deeper "
     "than 64 levels, or is not UTF-8."},
    {"BH0005", "a duration or size cannot be read",
     "Durations are a number and a unit: 250ms, 30s, 1.5m, 2h. A number alone is refused, since nobody can know "
     "whether "
     "seconds or milliseconds were meant. Sizes are a number of bytes or a number and a unit: 4096, 64 KiB, 1.5 GiB "
     "(powers of 1024), 10 MB (powers of 1000)."},
    {"BH0006", "a pattern cannot be read",
     "Patterns are as in a shell: * stands for any text, ? for one byte, [a-z] for one of a set, [!a-z] for one not of "
     "it, and \\ takes the next byte as it is."},
    {"BH0007", "an expression cannot be read",
     "Requirements, constraints and filters share one grammar: || && == != < <= > >= in + - * / % ! and the functions "
     "min max floor ceil abs log2 count any all known. Comparisons do not chain: write a < b && b < c. The message "
     "names "
     "the column."},
    {"BH0008", "a name in an expression is unknown",
     "The expression asks for a name that its scope does not have. Names of other scopes are written in full: "
     "param.n, device.types, machine.cores. benchhost suggests the nearest name."},
    {"BH0009", "types in an expression do not fit",
     "The expression compares or combines values of different kinds, for example a number with a text, or its result "
     "is "
     "not of the kind that the place needs (a requirement is true or false)."},
    {"BH0010", "a process cannot be started",
     "The program does not exist, may not be executed, is built for another machine, or the system has no processes or "
     "memory left. The message carries the operating system's reason."},
    {"BH0011", "the operating system refused a request",
     "A system call failed that does not depend on what the user wrote. The message names the call and the reason."},
    {"BH0099", "a bug in benchhost",
     "Something happened that the program holds impossible (exit status 70). What was acknowledged is stored. Please "
     "report "
     "it with the message and the command."},
    // BH01xx: suites
    {"BH0101", "the suite cannot be read",
     "The file is no YAML, or repeats a key. The message carries line and column."},
    {"BH0102", "a suite names something unknown",
     "A benchmark, device, backend, parameter or key of the suite does not exist here. The nearest name is suggested; "
     "`benchhost list` shows what there is."},
    {"BH0103", "a value in a suite has the wrong type or range",
     "The key expects another kind of value. `benchhost suite schema` prints the schema that editors can use."},
    {"BH0104", "a suite expands to too many cases",
     "Crossing the lists of its parameters gives more cases than the limit. Narrow a list, or use zip instead of "
     "cross."},
    {"BH0106", "nothing is selected",
     "The suite, the filter and the tags leave no case, or a case that is asked for by its stored identity is not here "
     "any more. `benchhost suite expand` shows the cases and what was left out (exit status 4)."},
    // BH02xx: plugins and their gates, in the order in which they are asked
    {"BH0201", "gate file: it is no loadable library",
     "The file is empty, cut short, of another format, or no regular file."},
    {"BH0202", "gate note: the file carries no readable note",
     "A plugin says who it is in a note inside its file; benchhost reads it without running anything. Build the plugin "
     "with the BH_PLUGIN macro or emit the bytes that benchhost/note.h describes."},
    {"BH0203", "gate ABI: no common version of the interface",
     "The plugin was built for versions of the plugin interface that this benchhost does not speak. Rebuild it with "
     "the "
     "SDK that the message names."},
    {"BH0204", "gate operating system or architecture",
     "The plugin was built for another operating system or processor architecture."},
    {"BH0205", "gate instruction set",
     "The plugin says that it needs instructions which this machine lacks. Loading it would end in an illegal "
     "instruction. Build it for an older level, or run it elsewhere."},
    {"BH0206", "gate dependencies: a library is missing",
     "The plugin is linked against a library that the loader does not find. The message lists what is missing."},
    {"BH0207", "gate load: the loader refused the file",
     "The operating system's loader could not load the file. The message is the loader's."},
    {"BH0208", "gate entry: the entry symbol is missing or failed",
     "The library has no entry function, or its answer breaks the negotiation."},
    {"BH0209", "gate descriptor: what the plugin publishes is not valid",
     "A descriptor misses something mandatory, exceeds a limit, or contradicts itself. The message names the item."},
    {"BH0210", "gate probe: the plugin crashed while it was read",
     "Reading its descriptors ended the probing process. The host is untouched, and the plugin is not used. After a "
     "fault of its own (SIGSEGV, SIGABRT, SIGILL, SIGFPE, SIGBUS, SIGTRAP, SIGSYS) it is in quarantine (BH0215); after "
     "any other signal, such as that of the system's out-of-memory killer, it is tried again the next time."},
    {"BH0211", "gate probe: the plugin did not answer in time",
     "Reading its descriptors took longer than the deadline. Static initialisers and entry functions must not wait. "
     "The "
     "plugin is tried again the next time, since a loaded machine may have had a part in it; the third time in a row "
     "it is put into quarantine (BH0215)."},
    {"BH0212", "gate trust: the file may be somebody else's work",
     "It was found in a place that is searched by itself, and another user owns it or others may write to it: it would "
     "run with your rights. Take the rights from the others (chmod go-w), or name the file or its folder with "
     "--plugins "
     "or --backends: that is taken as your own word."},
    {"BH0213", "gate identity: two plugins share an id",
     "Two files publish the same plugin or benchmark id. Remove one, or name one search path only."},
    {"BH0214", "gate file: it changed while a run used it",
     "The file was replaced or written to after it had been examined, so that results of two builds would stand in one "
     "run under the name of the first. Install a new build under a new name or between two runs, and run again. A "
     "probe that crashed or hung while its file was written to says so, and is made again the next time."},
    {"BH0215", "gate quarantine: it crashed before and is not started again",
     "A probe that crashed by a fault of the plugin's own, one that three times in a row missed its deadline or called "
     "exit, and a benchmark that crashed in three runs in a row without a pass, are not started again; of one that has "
     "not passed since it was first seen to crash, ten crashes in a row are enough. Its cases end as infra_error (exit "
     "status 5), the "
     "plugin's other benchmarks run. A new build is free; stripping or signing the file makes it no new build. "
     "`benchhost plugin quarantine` lists what crashed, with phase and signal, and `--clear` has it tried again. "
     "`plugin check` and `replay` start it all the same and count nothing. What somebody else may have had a part in "
     "is never counted: KILL, TERM or Ctrl-C, a case's time and memory, a device that fails, a file that is written to "
     "while it is probed. A driver that crashes in a running benchmark cannot be told from it, and counts. All this is "
     "kept in the user's folder of state (--state-dir) and holds on every machine that shares it."},
    // BH03xx: worker and protocol
    {"BH0301", "the worker could not be started",
     "benchhost-worker is missing beside benchhost, is of another version, or the system refused to start it."},
    {"BH0302", "the worker broke the protocol",
     "A frame or record from the worker was not what the protocol allows. A plugin that writes into foreign memory or "
     "descriptors can cause this; the worker was ended and the case is protocol_error."},
    {"BH0303", "the worker crashed",
     "The process that ran the plugin ended by a signal. The message carries the signal; other cases are not "
     "affected."},
    {"BH0304", "the worker did not answer in time",
     "The case exceeded its timeout, or the worker stopped answering, and was ended with all its processes."},
    {"BH0305", "the worker ran out of memory",
     "The worker exceeded the memory that the case may use, or the system had none left."},
    // BH04xx: store
    {"BH0401", "the database cannot be opened",
     "The path is not writable, is no database, or another program holds it locked."},
    {"BH0402", "the database is of a newer version",
     "A newer benchhost wrote this database. Older programs never write to it; use that version, or another file."},
    {"BH0403", "the database is damaged",
     "SQLite's integrity check failed. `benchhost db check` says where; restore a backup."},
    {"BH0404", "a result could not be stored",
     "Writing failed, for instance because the disk is full. The run stops, so that no result is lost in silence."},
    {"BH0405", "the database is locked",
     "Another program holds the database for longer than benchhost waits. End it, or write to another file."},
    {"BH0406", "the database cannot be written",
     "The file or its folder is read-only for this user, or the file system is. Results need a place that is "
     "writable."},
    {"BH0407", "the database could not be brought up to date",
     "An older benchhost wrote this database and its tables must be changed first. `benchhost db migrate` does that "
     "and "
     "keeps a backup; the message says what stopped it."},
    {"BH0408", "there is no such entry in the database",
     "No run, case, result or baseline of this name or number is stored here. `benchhost list runs` shows what is."},
    {"BH0409", "a record cannot be stored as it is",
     "A record misses something mandatory or contradicts what is stored already. The message names it."},
    {"BH0410", "the query is not allowed",
     "The console reads only: one SELECT, without attaching files, changing settings or writing."},
    {"BH0411", "the query exceeded its limits",
     "A query may take a limited time, memory and number of rows, since it runs beside measurements. Narrow it, or "
     "copy "
     "the database and use the sqlite3 shell."},
    {"BH0412", "a run is under way in the database",
     "What changes the whole database would keep a run from storing its results for longer than it waits, and the run "
     "would end. Do it when none is under way: `benchhost list runs` shows them."},
    // BH05xx: devices and backends
    {"BH0501", "no device matches",
     "The selector names no device of this machine. `benchhost list devices` shows them, and why a backend has none."},
    {"BH0502", "a backend cannot be used",
     "The backend module or its vendor runtime could not be loaded. That is a normal answer on a machine without such "
     "hardware; cases that need it are skipped with this reason."},
    {"BH0503", "a device was lost",
     "The device stopped answering or was removed. Its cases end as infra_error and can be repeated."},
    // BH06xx: measurement
    {"BH0601", "the body was optimised away",
     "The time of a batch does not grow with the number of iterations. Keep the result alive, or declare the benchmark "
     "a null benchmark."},
    {"BH0602", "the result is wrong",
     "The benchmark's own check of its results failed. A fast wrong answer is no result."},
    {"BH0603", "the value is implausible",
     "The value exceeds what the device can do, or contradicts the host's clock. It is stored with a flag."},
    {"BH0604", "the wanted precision was not reached",
     "Time and invocations bound a case whatever its --precision, and one of them ended it first. `benchhost show "
     "RUN/CASE` "
     "says what it was planned to take: give it that (--time, --invocations), ask for less, or make the machine "
     "quieter."},
    // From BH0701 on: what of the machine disturbs measurements. They are findings, not errors: none ends a run.
    {"BH0701", "the governor lets the clock follow the load",
     "With a governor other than `performance` a core begins slow and is made faster once it has been busy for some "
     "milliseconds: the same body takes up to three times as long in the first batches as in later ones, and short "
     "benchmarks never see the full clock. Differences of 10 to 50 % between runs are common. `benchhost system tune "
     "--yes` sets `performance` on every CPU but those whose clock is set by hand (`userspace`), and remembers what "
     "was; in a virtual machine it is the host's to set."},
    {"BH0702", "turbo is on",
     "Clocks above the nominal one are granted as long as heat and power allow, and less the more cores are busy. A "
     "case that runs alone is 5 to 40 % faster than beside others, and a run that has heated the machine slower than "
     "the first one. Numbers with turbo are what users will see, numbers without compare better. `benchhost system "
     "tune --yes` switches it off until `benchhost system restore`."},
    {"BH0703", "cores run several threads",
     "Two threads of a core share its units and its first caches. Whatever runs on the other one costs the measured "
     "one 20 to 50 % while it runs; benchhost puts its workers on cores of their own as long as there are enough. "
     "Where only threads of one core may be used, benchhost's own process disturbs what it measures. Give it more "
     "cores, or write `off` to /sys/devices/system/cpu/smt/control."},
    {"BH0704", "the machine is a virtual one",
     "Its CPUs are threads of a host that may do other work, share caches and memory bandwidth with neighbours, and "
     "move. Between two hours 1 to 10 % are common, between two machines of one kind more. Compare A and B in turns "
     "within one run, ask for more invocations, and see what `benchhost system noise` says."},
    {"BH0705", "time was stolen",
     "The hypervisor ran somebody else while this machine had work. Batches get longer by that share on the average, "
     "and single ones by milliseconds: they are flagged `disturbed`. Nothing inside the machine helps; run on a host "
     "of its own, or at another hour."},
    {"BH0706", "other work runs on the machine",
     "It takes CPUs away, heats the machine, and fills caches and memory channels that all cores share. A body that "
     "is bound by memory may take twice as long beside it; one that computes 2 to 15 % longer. The finding names the "
     "busiest processes as far as /proc shows them; in a container those outside are not among them. What "
     "benchhost and its workers used themselves does not count."},
    {"BH0707", "memory is short or was swapped out",
     "What lies in swap is read back when it is touched, which takes as long as a hundred thousand instructions. With "
     "little free memory the same happens to files, plugins among them. Free memory before measuring; `swapoff -a` "
     "and `swapon -a` bring back what was swapped out."},
    {"BH0708", "a control group bounds CPU time",
     "Within each period, mostly 100 ms, the group may use its quota; then all of it stands still until the next one. "
     "A case that uses more CPUs than the quota measures these pauses: some batches take tens of milliseconds longer. "
     "Containers get such a quota by `--cpus` and by limits of Kubernetes. Bind to CPUs instead: `--cpuset-cpus`, or "
     "the static CPU manager."},
    {"BH0709", "this is a container",
     "It costs next to nothing itself. But processes outside of it are not seen, so other work may run that no "
     "finding names, and settings of the machine can mostly not be changed from inside."},
    {"BH0710", "CPUs are shared with whatever runs",
     "The scheduler may put other processes, and the kernel its own work, on the CPU that is measured: an involuntary "
     "switch costs some microseconds and a cache. Where `isolcpus=` keeps CPUs free, start benchhost on them with "
     "`taskset`; then it uses these and no others."},
    {"BH0711", "address randomisation",
     "Where code and data lie decides which of them meet in caches and predictors: the same program differs by 1 to 5 "
     "%, rarely by 30 %, from one layout to another. With randomisation each invocation draws a new layout and the "
     "interval holds the difference; that is what benchhost wants. Without it all invocations share one layout, and "
     "its luck looks like a property of the code."},
    {"BH0712", "huge pages are used without being asked for",
     "With `always` the kernel gives large pages when it happens to have them and merges small ones in the "
     "background. Bodies that walk over much memory are 5 to 30 % faster with them, so processes differ by whether "
     "they got some. With `madvise` a program gets them where it asks. `benchhost system tune --yes` sets that."},
    {"BH0713", "the machine runs on its battery",
     "Firmware and governor then save power: clocks are lower by up to a half, and change with the charge. Plug it "
     "in."},
    {"BH0714", "the machine is hot",
     "Near its limit a processor lowers its clock by itself, 5 to 50 % and for as long as it stays hot. Later cases "
     "of a run are then slower than earlier ones. Let it cool down, look after its cooling, or switch turbo off."},
    {"BH0715", "the clock is slow, coarse or unsteady",
     "A clock that is read through the kernel costs up to a microsecond a reading, and one that steps by more cannot "
     "time what is shorter. benchhost makes batches long against both, so short bodies need more iterations; what "
     "reports its own latencies holds the cost of the clock. A source other than the processor's own counter "
     "mostly means that the kernel found that counter unsteady: `dmesg` says so."},
    // From BH0750 on: settings of the machine.
    {"BH0750", "settings of the machine may not be written",
     "Governor, turbo and their like belong to root. `benchhost system tune` changes all of its plan or nothing: as "
     "long as one of the files may not be written, none is. Run it with sudo, or leave these settings to whoever "
     "runs the machine; in a container they can often not be changed at all."},
    {"BH0751", "the saved settings cannot be used",
     "`benchhost system tune` keeps what settings were in /var/lib/benchhost/tune.json, or in the folder of "
     "--state-dir. That file is damaged, of another machine's root or version, names files that benchhost never "
     "changes, or it or its folder belongs to somebody else or may be written by others, who could so write where only "
     "root may: what root has saved, root restores. Nothing was changed. Look into the file: it is JSON, with "
     "`file` and `before` of each setting. Put back by hand what is wrong, then move the file away; settings below "
     "/sys and /proc also return to their defaults when the machine is started anew."},
    {"BH0752", "the saved settings could not be locked",
     "One `system tune` or `system restore` at a time, or each would take the other's changes for what was there "
     "before. Wait until the other one has ended. The lock ends with its process, so none is left behind."},
});

static_assert(std::ranges::is_sorted(kCodes, {}, &ErrorCode::code), "error codes stand in ascending order");
static_assert(std::ranges::adjacent_find(kCodes, {}, &ErrorCode::code) == kCodes.end(), "an error code stands twice");

}  // namespace

std::span<const ErrorCode> error_codes() { return kCodes; }

const ErrorCode* find_error_code(std::string_view code) {
  const auto same = [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; };
  const auto found =
      std::ranges::find_if(kCodes, [&](const ErrorCode& row) { return std::ranges::equal(code, row.code, same); });
  return found != kCodes.end() ? &*found : nullptr;
}

}  // namespace benchhost
