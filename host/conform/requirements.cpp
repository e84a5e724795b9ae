#include "conform/requirements.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace benchhost::conform {
namespace {

using R = protocol::Requirement;

constexpr auto kRequirements = std::to_array<RequirementText>({
    // ---- the file
    {R::one_export, 1, true, "It exports its entry and nothing else",
     "bh_plugin_entry is the one symbol that other files can bind to.",
     "Two plugins, or a plugin and a library, bind to each other's functions of the same name, and the wrong one runs.",
     "Link with the version script of the SDK (link/benchhost.map); hidden visibility alone leaves weak symbols of the "
     "C++ and Rust libraries visible.",
     "The table of dynamic symbols is read from the file."},
    {R::has_note, 1, true, "It has one note that can be read",
     "The file carries one well-formed note (note.h) with identity, ABI range and needs.",
     "The host refuses the file without running it.", "Use BH_PLUGIN or BH_PLUGIN_CXX once in the plugin.",
     "The note is read as bytes."},
    {R::note_fits_file, 1, true, "The note fits the file",
     "Operating system and architecture of the note are those of the file's own header.",
     "The file is refused on the machines that it is for, or tried on others.",
     "Leave BH_NOTE_OS and BH_NOTE_ARCH to the headers.", "The note is compared with the header of the file."},
    {R::loads, 1, true, "It loads", "The loader finds every symbol and library when the file is opened (RTLD_NOW).",
     "The plugin is refused where it is used.",
     "Link with -Wl,-z,now -Wl,--no-undefined; link what it needs statically, or ship it beside the file.",
     "The file is loaded in a process of its own."},
    {R::nothing_at_load, 1, true, "Nothing runs when it is loaded",
     "The file has no initialisers beyond those of its language's runtime, unless its note says init=register.",
     "An instruction that the machine lacks kills the probe before the plugin can say so; time and side effects fall "
     "into every process that looks at the plugin.",
     "Make global objects constant-initialised, or build them in create.",
     "The initialisers of the file are counted; what the process is like before and after loading is compared."},
    {R::own_libraries, 1, true, "It links no vendor's runtime",
     "Drivers and their runtimes (OpenCL, CUDA, Vulkan, …) are opened when they are used and never linked.",
     "The plugin does not load on a machine without that driver, and cannot say why.",
     "Open the library in prepare and answer BH_E_UNSUPPORTED without it; or use the host's devices.",
     "The libraries that the file names are compared with a list."},
    // ---- negotiation
    {R::agrees, 1, true, "It agrees with this host",
     "The entry accepts an offer that includes a version of its note, and answers the note of the file and a plugin.",
     "Nothing of the plugin can run.", "Let BH_PLUGIN write the entry.", "The entry is called as a run calls it."},
    {R::refuses_older_hosts, 1, true, "It refuses hosts that are too old",
     "An offer of older versions alone is answered with BH_E_VERSION and a reason.",
     "The plugin calls functions that an older host does not have, and crashes.",
     "Compare the offer with the versions that you were built for; bh_negotiate does.",
     "The entry gets an offer that ends before the note's range."},
    {R::refuses_newer_hosts, 1, true, "It refuses hosts that are too new",
     "An offer of newer versions alone is answered with BH_E_VERSION and a reason.",
     "Host and plugin read each other's structs differently.", "As for older hosts.",
     "The entry gets an offer that begins behind the note's range."},
    {R::answers_within_offer, 1, true, "It answers a version that both speak",
     "Of a wide offer the entry answers a version of its own range.", "The host refuses the answer.",
     "Answer the highest version that both sides name.", "The entry gets an offer of every version."},
    {R::keeps_to_short_structs, 1, true, "It touches no member that is not there",
     "An offer or answer that is shorter than it was at its first publication is refused, and no byte beyond "
     "struct_size is written.",
     "Memory of the host is overwritten.", "Test with BH_HAS before reading, store with BH_SET.",
     "The entry gets short structs with guarded bytes behind them."},
    {R::takes_longer_structs, 1, true, "It takes structs that have grown",
     "An offer or answer that is longer than the plugin knows is used as far as it knows it.",
     "The plugin stops working with the next host.", "Never compare struct_size for equality.",
     "The entry gets longer structs."},
    // ---- descriptors
    {R::readable_descriptors, 1, true, "Its descriptors can be read",
     "Sizes, counts, strides, texts, ids, units and types of every descriptor are as base.h, params.h and metrics.h "
     "say.",
     "The plugin is refused with BH0209.", "The message names benchmark, member and rule.",
     "Every descriptor is read within bounds, in a process of its own."},
    {R::sound_descriptors, 1, true, "Its descriptors make sense",
     "Defaults and sweeps lie within their ranges, expressions parse and name what exists, there is one primary "
     "metric, ids are unique.",
     "The plugin is refused with BH0209.", "The message names benchmark, member and rule.",
     "The descriptors are examined by the rules that the host uses."},
    {R::constant_descriptors, 1, true, "Its descriptors are constants",
     "The same descriptors are published in every process, folder, locale and environment.",
     "Results of one benchmark do not compare; a case whose descriptors changed since the probe is refused.",
     "Say what depends on the machine as a requirement, or in prepare.",
     "The descriptors are read again elsewhere, and in other processes, and compared."},
    {R::ordered_benchmarks, 1, true, "benchmark(i) answers by index",
     "The same pointer for the same index, in any order of asking; NULL for every index that does not exist.",
     "A host that asks in another order reads memory that is no descriptor.",
     "Compare the index with the number of benchmarks, and return the address of a constant.",
     "Benchmarks are asked for backwards, twice, and beyond the end."},
    {R::has_oracle, 2, false, "Its results can be verified", "Every benchmark has a verify that compares something.",
     "Every result is stored and shown as unverified.",
     "Compare with a closed form, other code, or higher precision; set checked.",
     "The descriptors are asked, and verify is called."},
    {R::answers_extensions, 1, true, "Its extensions answer by id",
     "extension(id) answers the same pointer for an id that the plugin implements, and NULL for every other one; "
     "role(benchmark, i) of benchhost.roles/1 likewise answers by benchmark and index.",
     "A host takes a struct for another one, and reads beyond it.",
     "Compare the whole id, its revision included; answer NULL for what you do not know.",
     "Ids that nobody has are asked for; roles are asked for backwards, twice, beyond the end, and of no benchmark."},
    // ---- the life of an instance
    {R::creates_and_destroys, 2, true, "An instance can be made and destroyed",
     "create and destroy work in pairs, any number of times, without a prepare between them.",
     "Listing and planning hosts crash.", "Leave devices and large memory to prepare.", "Three times over."},
    {R::prepares, 2, true, "It can be prepared and torn down",
     "prepare with any declared parameters works or says why not, and teardown undoes it without a run.",
     "A case that is stopped early fails, or leaks.", "teardown must cope with every state of a preparation.",
     "prepare and teardown without a batch."},
    {R::repeats_cycles, 2, true, "Cycles can be repeated",
     "An instance goes through any number of cycles, each with other data.",
     "ONCE benchmarks and repeated measurements fail, or verify results of an earlier cycle.",
     "Keep nothing of a cycle behind teardown.", "Three cycles with three seeds."},
    {R::lives_side_by_side, 2, true, "Instances live side by side",
     "Several instances exist in one process and are called in turn.",
     "Co-runners and comparisons in one process disturb each other's data.", "Keep state in self, not in globals.",
     "Two instances, with different seeds, step by step in turn."},
    {R::runs_any_n, 2, true, "run takes any n that its policy allows",
     "Every n from batch_min to batch_max works, in any order, any number of times, and leaves results that verify.",
     "Calibration, which varies n, ends the case.", "Do not count calls; take n from the batch.",
     "Batches of six different n, verified one by one."},
    {R::results_right, 2, true, "Its results are right", "verify accepts what run left.",
     "The case fails with BH_E_MISMATCH: a fast wrong answer is worth nothing.", "Mend run, or the oracle.",
     "verify is called after a batch."},
    {R::verify_repeats, 2, true, "verify can be repeated", "verify changes nothing that it compares.",
     "What is verified is not what was measured.", "Work on copies.", "verify is called twice after one batch."},
    {R::seed_decides, 2, true, "The seed decides the data",
     "The same seed gives the same data, hence the same verdict, in every instance.",
     "A failure cannot be repeated, and two machines measure different data.",
     "Fill buffers with random_fill, or with a generator seeded by bh_prepare.seed.",
     "Two instances with one seed; errors are compared exactly where one thread works."},
    {R::reports_metrics, 2, true, "It reports what it publishes",
     "Every SELF and NONE metric has a value after a cycle, or is withheld with a reason; the primary always.",
     "The metric is stored as NULL without anybody knowing why.", "report it, record it, or withhold it.",
     "One cycle; what was reported is compared with what is published."},
    {R::states_work, 2, true, "It states the work of an iteration",
     "Every rate that the host derives has its work stated, and the same for the same parameters.",
     "The rate is NULL, or its history jumps.", "Call work in prepare with every key that a metric divides.",
     "Two cycles with the same parameters."},
    {R::calls_where_allowed, 2, true, "It calls services where they are allowed",
     "Functions of the host and of devices are called on the thread and in the state that their tags name.",
     "The function does nothing, and the case ends as protocol_error.", "See base.h, section 6.",
     "Every call of every trial is watched."},
    {R::failures_have_reasons, 2, true, "It says why it fails",
     "Every status but BH_OK comes with a text, through bh_host.fail or from the function that failed.",
     "The user reads \"no reason given\".", "return host->fail(host, code, \"what, which, what to do\").",
     "Every failure of every trial."},
    {R::nothing_unwinds, 2, true, "Nothing unwinds out of it",
     "No exception, panic or longjmp leaves a function of the plugin.",
     "The case ends as protocol_error; with another compiler's runtime the process dies.",
     "Catch at the boundary; bb::Benchmark and the Rust wrapper do.", "Every call of every trial."},
    {R::work_grows_with_n, 3, true, "A batch of n does the work of n",
     "run(2n) takes about twice the time of run(n), unless the benchmark is declared null.",
     "The case fails as elided: what was measured is an empty loop.",
     "Loop over batch->n, and use results with bh_keep.",
     "Batches of n and 2n in turn, until they last long enough; the least time of each is compared."},
    {R::oracle_notices, 3, false, "The oracle notices wrong results",
     "verify does not accept results of which every byte was changed.", "A benchmark that computes nonsense passes.",
     "Compare what run wrote, and not a copy or the input.",
     "Each block of the host's memory and each buffer of a device that run wrote is spoilt before verify. Memory of "
     "the plugin's own cannot be reached."},
    {R::refuses_disorder, 4, false, "Calls out of order do no harm",
     "A call that the state machine does not have answers BH_E_STATE.",
     "None with this host, which never makes such calls; a crash with one that has a bug.",
     "Test whether the instance is prepared.", "Seven orders, each with an instance of its own."},
    // ---- a host that refuses
    {R::survives_no_memory, 3, true, "It survives the end of memory",
     "When memory_take fails, prepare answers an error, teardown copes with half a preparation, and the next cycle "
     "works.",
     "A full machine turns into a crash.", "Test every answer of memory_take.",
     "Each memory_take of a cycle is refused in turn."},
    {R::survives_refused_services, 3, true, "It survives services that are refused",
     "The same for team_open, recorder_open, metric_declare and attach.", "As above.", "Test every answer.",
     "Each service that the benchmark uses is refused."},
    {R::survives_missing_extensions, 3, true, "It survives extensions that are not there",
     "An extension that answers NULL ends in BH_E_UNSUPPORTED or in doing without.",
     "The plugin crashes on hosts without the extension.", "Test the pointer.", "extension answers NULL."},
    {R::ends_when_cancelled, 3, true, "It ends when asked to",
     "When cancelled is 1, calls return soon, with BH_OK or BH_E_CANCELLED.",
     "The worker is killed after the grace period, and nothing of the case is kept.",
     "Ask cancelled in long loops, about every 10 ms.", "One cycle with cancelled set from its start."},
    {R::takes_declared_parameters, 3, true, "It takes every parameter that it declares",
     "Values at the ends of ranges, choices and sweeps work, or are declined with BH_E_UNSUPPORTED or BH_E_NO_MEMORY.",
     "A suite that sweeps the parameter ends in failures.", "Narrow the range, or add a constraint.",
     "One cycle for each end of each parameter, the others at their smallest."},
    {R::refuses_other_parameters, 5, false, "It refuses parameters that it does not declare",
     "A value outside of what is declared is answered with BH_E_ARGUMENT.",
     "None with this host, which never passes such values.", "Check in prepare what would do harm.",
     "One cycle for a value beyond each end of each range."},
    {R::takes_longer_arguments, 3, true, "It takes arguments that have grown",
     "Structs given to the life-cycle functions may be longer than the plugin knows, with anything in the part that "
     "it does not know.",
     "The plugin stops working with the next host.", "Never compare struct_size for equality; never copy by it.",
     "One cycle with longer structs, whose ends are guarded."},
    {R::takes_longer_tables, 3, true, "It takes a host that has grown",
     "The tables of the host and of its devices may be longer than the plugin knows; a plugin calls what it knows.",
     "The plugin stops working with the next host.", "Never compare struct_size for equality; never copy a table.",
     "One cycle with longer tables."},
    {R::does_without, 3, true, "It does without what may be absent",
     "Of the host every function of the negotiated version is there; absent may be asset_dir, and the device "
     "of an optional slot. Without them a case runs right, or create or prepare says why it cannot.",
     "The plugin crashes on the machine that lacks the device, or in the folder that lacks the files.",
     "Test each of them against NULL.", "One cycle without any of those that the case has."},
    // ---- what belongs to the process
    {R::keeps_working_folder, 2, true, "It leaves the working folder alone", "The current folder stays as it was.",
     "Relative paths of others lead elsewhere.", "Use absolute paths: scratch_dir and asset_dir.",
     "The process is compared before and after."},
    {R::keeps_locale, 2, true, "It leaves the locale alone", "setlocale is not called with a locale.",
     "Numbers are read and written with other decimal points.", "Use uselocale or locale-free functions.", "As above."},
    {R::keeps_signals, 2, true, "It leaves signal handling alone",
     "Handlers and the mask of blocked signals stay as they were.",
     "The host cannot end the worker, or does not learn how it died.", "Do not install handlers.", "As above."},
    {R::keeps_floating_point, 2, true, "It leaves the floating-point mode alone",
     "Rounding, exceptions and flush-to-zero are as before when a call returns.",
     "Later computations, the host's statistics among them, round differently.",
     "Restore the mode before returning; do not link with -ffast-math's start-up code.", "As above."},
    {R::keeps_affinity, 2, true, "It leaves scheduling alone",
     "Affinity, policy and priority of the control thread are as before when a call returns.",
     "The next batch runs elsewhere.", "Use team_open, or threads of your own.", "As above."},
    {R::keeps_umask, 2, true, "It leaves the file mode mask alone", "umask is not called.",
     "Files of others get other rights.", "Give modes when opening files.", "As above."},
    {R::keeps_environment, 2, true, "It leaves the environment alone", "setenv and putenv are not called.",
     "Libraries that read the environment later behave differently; setenv races with getenv.",
     "Pass an environment to the processes that you start.", "As above."},
    {R::keeps_streams, 2, true, "It leaves the standard streams alone", "Descriptors 0, 1 and 2 lead where they led.",
     "Output of the worker is lost.", "Use log; give child processes streams of their own.", "As above."},
    {R::keeps_limits, 2, true, "It leaves resource limits alone", "setrlimit is not called.",
     "Limits that the host set do not hold.", "Work within the limits, or answer BH_E_UNSUPPORTED.", "As above."},
    {R::leaves_no_threads, 2, true, "It leaves no threads behind",
     "Threads that were started have ended by destroy, but for as many as own_threads declares.",
     "They take processor time from what is measured next.", "Join them in teardown; use teams.",
     "Threads are counted before and after; those about to end are waited for."},
    {R::leaves_no_descriptors, 2, true, "It leaves no descriptors open",
     "Files and pipes that were opened are closed by destroy, and none of others'.",
     "The worker runs out of descriptors; or writes into somebody else's file.", "Close them in teardown.",
     "Open descriptors are compared before and after."},
    {R::leaves_no_children, 2, true, "It leaves no child processes",
     "Processes that were started have ended by teardown.", "The host kills them, and the case becomes protocol_error.",
     "Wait for each by its id.", "Child processes are compared before and after."},
    {R::returns_memory, 2, false, "It gives memory back", "What memory_take gave is given back by teardown.",
     "The host takes it back and flags the case as leaked.", "memory_free in teardown.",
     "What teardown left is counted."},
    {R::prints_nothing, 2, false, "It writes nothing to the standard streams", "Messages go through log.",
     "They are captured, cut off, and stored as output of the case.", "bh_host.log; attach for files.",
     "Captured output of every trial."},
    {R::ends_in_order, 2, true, "It lets the process end in order",
     "A worker that has done its work ends by itself with status 0.",
     "Crashes and hangs at exit turn passed cases into protocol_error.",
     "No atexit functions and no destructors of globals that need others.", "Every trial ends its process."},
});

std::string_view level_text(std::uint32_t strictness) {
  constexpr std::array<std::string_view, 6> kTexts = {"", "1 (file and descriptors)", "2 (life)", "3 (default)", "4",
                                                      "5"};
  return kTexts[std::min<std::size_t>(strictness, kTexts.size() - 1)];
}

std::string_view chapter(std::uint32_t number) {
  switch (number / 100) {
    case 1:
      return "The file";
    case 2:
      return "Negotiation";
    case 3:
      return "Descriptors";
    case 4:
      return "The life of an instance";
    case 5:
      return "A host that refuses";
    default:
      return "What belongs to the process";
  }
}

}  // namespace

std::span<const RequirementText> requirements() { return kRequirements; }

const RequirementText* find_requirement(std::uint32_t number) {
  const auto found = std::ranges::find(kRequirements, number, [](const RequirementText& r) { return r.number(); });
  return found == kRequirements.end() ? nullptr : &*found;
}

std::string requirements_document() {
  std::string text =
      "# What a plugin must keep to\n\n"
      "`benchhost plugin check FILE` examines each of these and reports by number. This page is printed by\n"
      "`benchhost plugin requirements`; a test compares the two. A number is never given another meaning.\n\n"
      "A broken *must* is FAIL, a broken *should* is WARN. The level is the strictness from which on it is examined.\n";
  std::string_view current;
  for (const RequirementText& r : requirements()) {
    if (chapter(r.number()) != current) {
      current = chapter(r.number());
      text += fmt::format("\n## {}\n", current);
    }
    text += fmt::format("\n### {} {}\n\n{} *({}, level {})*\n\n- Otherwise: {}\n- What to do: {}\n- Examined by: {}\n",
                        r.number(), r.title, r.rule, r.must ? "must" : "should", level_text(r.strictness),
                        r.consequence, r.change, r.check);
  }
  return text;
}

}  // namespace benchhost::conform
