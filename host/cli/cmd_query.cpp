// benchhost query: SQL over the results, in a child process that can be killed: a statement that eats memory or time
// takes the child and nothing else.
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "cli/cmd_report.h"
#include "cli/workplace.h"
#include "common/base/terminal_text.h"
#include "report/table.h"
#include "store/query.h"

namespace benchhost::cli {

namespace {

// More than any answer of 64 MB needs, and less than what makes a machine swap.
constexpr rlim_t kChildMemoryBytes = rlim_t{512} << 20;

// The sanitizers reserve terabytes of address space for their shadow: a limit would end the child at its first line.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitMemory = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kLimitMemory = false;
#else
constexpr bool kLimitMemory = true;
#endif
#else
constexpr bool kLimitMemory = true;
#endif

std::string cell_text(const store::SqlValue& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *i);
  if (const auto* d = std::get_if<double>(&value)) return fmt::format("{}", *d);
  if (const auto* s = std::get_if<std::string>(&value)) return escape_for_terminal(*s);
  if (const auto* b = std::get_if<store::BlobValue>(&value)) return fmt::format("({} bytes)", b->bytes.size());
  return "";
}

Json cell_json(const store::SqlValue& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return *i;
  if (const auto* d = std::get_if<double>(&value)) return *d;
  if (const auto* s = std::get_if<std::string>(&value)) return *s;
  if (const auto* b = std::get_if<store::BlobValue>(&value)) return Json().set("bytes", b->bytes.size());
  return nullptr;
}

std::string answer_text(const store::QueryAnswer& answer, const Console& console, bool json) {
  if (json) {
    Json columns{JsonArray{}};
    for (const std::string& c : answer.columns) columns.push(c);
    Json rows{JsonArray{}};
    for (const auto& row : answer.rows) {
      Json cells{JsonArray{}};
      for (const auto& cell : row) cells.push(cell_json(cell));
      rows.push(std::move(cells));
    }
    Json all;
    all.set("format", "benchhost.query").set("version", 1);
    all.set("columns", std::move(columns))
        .set("rows", std::move(rows))
        .set("truncated", answer.cut != store::QueryCut::none);
    return to_pretty_text(all) + '\n';
  }
  report::Table table;
  for (const std::string& c : answer.columns)
    table.columns.push_back({escape_for_terminal(c), report::Align::left, true});
  for (const auto& row : answer.rows) {
    std::vector<std::string> cells;
    for (const auto& cell : row) cells.push_back(cell_text(cell));
    table.rows.push_back(std::move(cells));
  }
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    bool numbers = !answer.rows.empty();
    for (const auto& row : answer.rows) {
      numbers = numbers && (std::holds_alternative<std::int64_t>(row[c]) || std::holds_alternative<double>(row[c]) ||
                            std::holds_alternative<std::monostate>(row[c]));
    }
    if (!numbers) continue;
    table.columns[c].align = report::Align::right;
    table.columns[c].may_shrink = false;
  }
  // Only eyes at a terminal want cells cut to its width; a program that reads on wants them whole.
  const std::size_t width = console.out_facts().terminal ? console.out_facts().width : std::string::npos;
  return report::draw_console(table, width, !console.out_facts().utf8);
}

// What was left out, for people; JSON says it within.
std::string cut_note(const store::QueryAnswer& answer, const store::QueryLimits& limits) {
  if (answer.cut == store::QueryCut::none) return "";
  const std::string most = answer.cut == store::QueryCut::rows ? fmt::format("{} rows", limits.rows)
                                                               : fmt::format("{} MB", limits.total_bytes / 1'000'000);
  return fmt::format("the first {} rows of more: an answer has at most {}; narrow it with WHERE, or LIMIT\n",
                     answer.rows.size(), most);
}

// In the child: answers on standard output, errors on standard error. `done` is closed once the answer is known: laying
// it out is bounded by its size, and how long it takes to be read is the reader's business. Never returns.
[[noreturn]] void answer_and_exit(CommandContext& context, const std::string& path, const store::QueryLimits& limits,
                                  int done) {
  const rlimit memory{kChildMemoryBytes, kChildMemoryBytes};
  const rlimit core{0, 0};
  if (kLimitMemory) setrlimit(RLIMIT_AS, &memory);
  setrlimit(RLIMIT_CORE, &core);
  int status = static_cast<int>(ExitStatus::ok);
  try {
    const auto answer = store::query_database(path, context.args.operands().front(), limits);
    close(done);
    if (answer.ok()) {
      context.console.out(answer_text(*answer, context.console, context.json));
      if (!context.json) context.console.say(cut_note(*answer, limits));
    } else {
      status = static_cast<int>(error_status(answer.error()));
      report_error(context.console, answer.error(), context.json, error_status(answer.error()));
    }
  } catch (const std::bad_alloc&) {
    status = static_cast<int>(ExitStatus::usage);
    report_error(context.console,
                 make_error("BH0411", "the query needs more memory than queries get", "select less at a time"),
                 context.json, ExitStatus::usage);
  }
  // No handlers or destructors of the parent's run twice.
  _exit(status);
}

// Waits until nobody holds the other end of the pipe: the child has its answer, or is gone. False: not by then.
bool closed_by(int pipe_end, std::int64_t deadline_ns, platform::Clock& clock) {
  for (;;) {
    const std::int64_t left_ms = (deadline_ns - clock.now_ns()) / 1'000'000;
    pollfd end{pipe_end, POLLIN, 0};
    if (left_ms <= 0) return false;
    if (poll(&end, 1, static_cast<int>(left_ms)) > 0) return true;
  }
}

Result<ExitStatus> run_query(CommandContext& context) {
  Workplace workplace;
  const std::string path = database_path(context.args, workplace);
  const store::QueryLimits limits;
  std::fflush(nullptr);
  std::array<int, 2> done{};
  if (pipe(done.data()) != 0) return make_error("BH0010", "no pipe could be made for the query");
  const pid_t child = fork();
  if (child < 0) {
    for (const int end : done) close(end);
    return make_error("BH0010", "no process could be started for the query");
  }
  if (child == 0) {
    close(done[0]);
    answer_and_exit(context, path, limits, done[1]);
  }
  close(done[1]);
  // SQLite's own deadline comes first; this one is for what it cannot interrupt.
  const std::int64_t give_up =
      workplace.clock.now_ns() + limits.deadline_ns + limits.busy_wait_ms * 1'000'000 + 2'000'000'000;
  const bool in_time = closed_by(done[0], give_up, workplace.clock);
  close(done[0]);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return make_error("BH0411", "the query took too long and was ended", "select less at a time");
  if (WIFEXITED(status)) return static_cast<ExitStatus>(WEXITSTATUS(status));
  return make_error("BH0411", fmt::format("the query was ended by signal {}", WTERMSIG(status)),
                    "select less at a time");
}

}  // namespace

Command query_command() {
  CommandSpec spec;
  spec.name = "query";
  spec.operands = "\"SQL\"";
  spec.summary = "Answers a SELECT over the results; nothing can be changed by it.";
  spec.options = {db_option()};
  spec.examples = {"query \"SELECT id, suite_name FROM runs ORDER BY id DESC LIMIT 5\""};
  spec.min_operands = spec.max_operands = 1;
  return {std::move(spec), run_query};
}

}  // namespace benchhost::cli
