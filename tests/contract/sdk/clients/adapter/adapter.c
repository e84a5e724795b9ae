/* Cases that lie in another executable: `EXE --list` prints names, `EXE --run NAME` prints "time_ns VALUE" and counters
   "NAME VALUE". C99 and POSIX. */
#define _POSIX_C_SOURCE 200809L
#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SETTING_EXECUTABLE };
enum { METRIC_TIME, METRICS };
enum { MAX_COUNTERS = 16 };

static const bh_param_t settings[] = {{BH_STRUCT(bh_param_t), .type = BH_TYPE_STRING, .flags = BH_PARAM_PATH,
                                       .name = "executable", .description = "the program whose cases are run",
                                       .default_value = BH_STRING("")}};
static const bh_metric_t metrics[METRICS] = {{BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME,
                                              .direction = BH_DIRECTION_LOWER, .domain = BH_DOMAIN_SELF,
                                              .flags = BH_METRIC_PRIMARY, .id = "time", .title = "Time",
                                              .unit = BH_UNIT_NS, .description = "as the program says"}};

typedef struct counter {
  char id[BH_MAX_ID + 1];
  uint32_t index;
} counter_t;
typedef struct adapter {
  const bh_host_t* host;
  char executable[BH_MAX_VALUE + 1];
  char name[BH_MAX_VALUE + 1];
  char output[8192];
  counter_t counters[MAX_COUNTERS];
  uint32_t counter_count;
  uint64_t values_seen;
} adapter_t;

/* Runs executable with two arguments and keeps what it prints; waits for this child alone. */
static bh_status_t capture(const bh_host_t* host, const char* executable, const char* option, const char* name,
                           char* out, size_t room) {
  char* arguments[] = {(char*)(uintptr_t)executable, (char*)(uintptr_t)option, (char*)(uintptr_t)name, NULL};
  char* environment[] = {NULL};
  posix_spawn_file_actions_t actions;
  int ends[2], status, error;
  size_t used = 0;
  ssize_t got;
  pid_t child;
  if (pipe(ends) != 0) return bh_failf(host, BH_E_IO, "pipe: %s", strerror(errno));
  (void)posix_spawn_file_actions_init(&actions);
  (void)posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  (void)posix_spawn_file_actions_addclose(&actions, ends[0]);
  error = posix_spawn(&child, executable, &actions, NULL, arguments, environment);
  (void)posix_spawn_file_actions_destroy(&actions);
  (void)close(ends[1]);
  if (error != 0) {
    (void)close(ends[0]);
    return bh_failf(host, BH_E_NOT_FOUND, "%s cannot be started: %s", executable, strerror(error));
  }
  while (used + 1 < room && (got = read(ends[0], out + used, room - 1 - used)) > 0) used += (size_t)got;
  out[used] = '\0';
  (void)close(ends[0]);
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return bh_failf(host, BH_E_IO, "waitpid: %s", strerror(errno));
  if (WIFSIGNALED(status)) return bh_failf(host, BH_E_CRASHED, "%s %s: signal %d", executable, name, WTERMSIG(status));
  if (WEXITSTATUS(status) != 0)
    return bh_failf(host, BH_E_FAILED, "%s %s: exit status %d", executable, name, WEXITSTATUS(status));
  return BH_OK;
}

static bh_status_t BH_CALL adapter_create(const bh_host_t* host, const bh_create_t* args, void** self) {
  adapter_t* a = NULL;
  if (args->input == NULL || args->setting_count == 0)
    return host->fail(host, BH_E_ARGUMENT, "cases come from enumerate: set 'executable' for the plugin");
  a = calloc(1, sizeof *a);
  if (a == NULL) return host->fail(host, BH_E_NO_MEMORY, "no memory for the instance");
  a->host = host;
  (void)snprintf(a->executable, sizeof a->executable, "%s", args->settings[SETTING_EXECUTABLE].s);
  /* The input is "collection/name"; the program knows the name. */
  (void)snprintf(a->name, sizeof a->name, "%s",
                 strchr(args->input, '/') == NULL ? args->input : strchr(args->input, '/') + 1);
  *self = a;
  return BH_OK;
}

/* Calls each for every line "id value"; stops at the first failure. */
static bh_status_t lines(adapter_t* a, bh_status_t (*each)(adapter_t*, const char*, double)) {
  const char* at = a->output;
  while (*at != '\0') {
    char id[BH_MAX_ID + 1];
    double value = 0;
    bh_status_t status;
    if (sscanf(at, "%127s %lf", id, &value) != 2)
      return bh_failf(a->host, BH_E_FAILED, "%s printed a line that is no 'name value'", a->executable);
    if ((status = each(a, id, value)) != BH_OK) return status;
    at = strchr(at, '\n');
    if (at == NULL) break;
    ++at;
  }
  return BH_OK;
}
static bh_status_t declare(adapter_t* a, const char* id, double value) {
  bh_metric_t metric = {BH_STRUCT(bh_metric_t), .kind = BH_KIND_OTHER, .domain = BH_DOMAIN_SELF,
                        .title = "Counter",     .unit = BH_UNIT_NONE,  .description = "a counter of the program"};
  (void)value;
  if (strcmp(id, "time_ns") == 0) return BH_OK;
  if (a->counter_count == MAX_COUNTERS) return a->host->fail(a->host, BH_E_UNSUPPORTED, "more than 16 counters");
  (void)snprintf(a->counters[a->counter_count].id, sizeof a->counters[0].id, "%s", id);
  metric.id = a->counters[a->counter_count].id;
  return a->host->metric_declare(a->host, &metric, &a->counters[a->counter_count++].index);
}
static bh_status_t report(adapter_t* a, const char* id, double value) {
  uint32_t i;
  ++a->values_seen;
  if (strcmp(id, "time_ns") == 0) return a->host->report(a->host, METRIC_TIME, value);
  for (i = 0; i < a->counter_count; ++i)
    if (strcmp(id, a->counters[i].id) == 0) return a->host->report(a->host, a->counters[i].index, value);
  return bh_failf(a->host, BH_E_FAILED, "counter %s was not there before", id);
}

/* One run to see the counters, before anything is measured. */
static bh_status_t BH_CALL adapter_prepare(void* self, const bh_prepare_t* args) {
  adapter_t* a = self;
  bh_status_t status = capture(a->host, a->executable, "--run", a->name, a->output, sizeof a->output);
  (void)args;
  a->counter_count = 0;
  return status != BH_OK ? status : lines(a, declare);
}
static bh_status_t BH_CALL adapter_run(void* self, const bh_batch_t* batch) {
  adapter_t* a = self;
  (void)batch; /* ONCE: n is 1 */
  return capture(a->host, a->executable, "--run", a->name, a->output, sizeof a->output);
}
static bh_status_t BH_CALL adapter_finish_batch(void* self, const bh_batch_t* batch) {
  (void)batch;
  return lines(self, report);
}
static bh_status_t BH_CALL adapter_verify(void* self, bh_verdict_t* verdict) {
  const adapter_t* a = self;
  BH_SET(bh_verdict_t, verdict, checked, a->values_seen);
  BH_SET(bh_verdict_t, verdict, what, "lines that the program printed as announced");
  return BH_OK;
}
static bh_status_t BH_CALL adapter_teardown(void* self) {
  (void)self;
  return BH_OK;
}
static void BH_CALL adapter_destroy(void* self) { free(self); }

static const bh_lifecycle_t lifecycle = {BH_STRUCT(bh_lifecycle_t),
                                         .create = adapter_create,
                                         .prepare = adapter_prepare,
                                         .run = adapter_run,
                                         .finish_batch = adapter_finish_batch,
                                         .verify = adapter_verify,
                                         .teardown = adapter_teardown,
                                         .destroy = adapter_destroy};
static const bh_benchmark_t foreign = {
    BH_STRUCT(bh_benchmark_t),    .category = BH_CATEGORY_OTHER,
    .flags = BH_BENCHMARK_SPAWNS, .batch = BH_BATCH_ONCE,
    .workload_revision = 1,       .id = "org.example.adapter.foreign",
    .title = "Foreign case",      .description = "a case of another program, with the time that it reports",
    .metrics = BH_LIST(metrics),  .lifecycle = &lifecycle};
static const bh_benchmark_t* BH_CALL benchmark(uint32_t index) { return index == 0 ? &foreign : NULL; }

static bh_status_t BH_CALL enumerate(const bh_host_t* host, const bh_enumerate_t* args) {
  const char* executable = args->settings[SETTING_EXECUTABLE].s;
  const char* slash = strrchr(executable, '/');
  char output[8192], input[BH_MAX_VALUE + 1], *line, *next;
  bh_status_t status = capture(host, executable, "--list", "", output, sizeof output);
  for (line = output; status == BH_OK && *line != '\0'; line = next) {
    bh_case_t found = {BH_STRUCT(bh_case_t), .benchmark = 0};
    next = strchr(line, '\n');
    if (next == NULL)
      next = line + strlen(line);
    else
      *next++ = '\0';
    (void)snprintf(input, sizeof input, "%.1024s/%.2048s", slash == NULL ? executable : slash + 1, line);
    found.input = input;
    status = args->add(args, &found);
  }
  return status;
}

static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .flags = BH_PLUGIN_SPAWNS, .benchmark = benchmark,
                                   .enumerate = enumerate, .settings = BH_LIST(settings)};

BH_PLUGIN("org.example.adapter", "1.0.0", "Example Ltd", "MIT", "https://example.org/adapter", &plugin);
