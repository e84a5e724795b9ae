/* A plugin that keeps to every requirement, and with MUTANT=number one that breaks that requirement and, as far as that
   goes, no other. Each break is one that authors make. */
#ifndef MUTANT
#define MUTANT 0
#endif
#define BREAKS(number) (MUTANT == (number))

#define _GNU_SOURCE
#include <benchhost/device.h>
#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>
#include <benchhost/roles.h>

#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARAMETER_COUNT, PARAMETER_MODE };
enum { METRIC_RATE, METRIC_LATENCY, METRIC_ROUNDS };

#define MOST UINT64_C(65536)

static const bh_value_t modes[] = {BH_ENUM("plain"), BH_ENUM("twice")};

static const bh_param_t parameters[] = {
    {BH_STRUCT(bh_param_t), .type = BH_TYPE_UINT, .name = "count", .description = "elements",
     .default_value = BH_UINT(1024), .minimum = BH_UINT(16), .maximum = BH_UINT(MOST), .sweep = BH_SWEEP_LOG2,
     .sweep_first = BH_UINT(256), .sweep_last = BH_UINT(MOST)},
    {BH_STRUCT(bh_param_t), .type = BH_TYPE_ENUM, .name = "mode", .description = "what is done",
     .default_value = BH_ENUM("plain"), .choices = {modes, 2, sizeof modes[0]}}};

static const bh_metric_t metrics[] = {
#if BREAKS(301)
    {.struct_size = 8,
     .kind = BH_KIND_RATE,
#else
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_RATE,
#endif
     .direction = BH_DIRECTION_HIGHER,
     .domain = BH_DOMAIN_HOST,
     .flags = BH_METRIC_PRIMARY,
     .id = "bandwidth",
     .title = "Bandwidth",
     .unit = BH_UNIT_BYTES_PER_SECOND,
     .description = "16 bytes per element",
     .work = BH_WORK_ALL_BYTES},
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME, .direction = BH_DIRECTION_LOWER, .domain = BH_DOMAIN_SELF,
     .id = "latency", .title = "Latency", .unit = BH_UNIT_NS, .description = "of the first element of a batch"},
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_COUNT, .direction = BH_DIRECTION_NONE, .domain = BH_DOMAIN_NONE,
     .id = "rounds", .title = "Rounds", .unit = "1", .description = "batches of a cycle"}};

typedef struct instance {
  const bh_host_t* host;
  uint64_t count;
  uint64_t seed;
  uint64_t rounds;
  uint64_t cycles;
  uint64_t verified;
  double *from, *to;
  bh_team_t* team;
  bh_recorder_t* recorder;
  int prepared;
} instance_t;

/* ---- What some mutants do to the process ----------------------------------------------------------------------------
 */

#if BREAKS(105)
static volatile int awake;
__attribute__((constructor)) static void wake(void) { awake = 1; }
#endif
#if BREAKS(603)
static void handle(int number) { (void)number; }
#endif
#if BREAKS(610)
static void* wait_for_ever(void* argument) {
  for (;;) pause();
  return argument;
}
#endif
#if BREAKS(615)
__attribute__((destructor)) static void leave_badly(void) { abort(); }
#endif

/* Called in prepare, as authors would. */
static void misbehave(void) {
#if BREAKS(601)
  if (chdir("/") != 0) abort();
#elif BREAKS(602)
  setlocale(LC_ALL, "C.UTF-8");
#elif BREAKS(603)
  signal(SIGUSR1, handle);
#elif BREAKS(604)
  fesetround(FE_UPWARD);
#elif BREAKS(605)
  if (nice(1) == -1) abort();
#elif BREAKS(606)
  umask(0);
#elif BREAKS(607)
  setenv("BENCHHOST_MUTANT", "1", 1);
#elif BREAKS(608)
  dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1);
#elif BREAKS(609)
  struct rlimit limit;
  getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_max = limit.rlim_cur = 0;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur -= 1;
  setrlimit(RLIMIT_NOFILE, &limit);
#elif BREAKS(610)
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
  pthread_detach(thread);
#elif BREAKS(611)
  if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) abort();
#elif BREAKS(612)
  if (fork() == 0) {
    for (;;) pause();
  }
#elif BREAKS(614)
  puts("ready");
  fflush(stdout);
#endif
}

/* ---- The life of an instance ----------------------------------------------------------------------------------------
 */

#if BREAKS(401)
static int made;
#endif
#if BREAKS(408)
static int prepared_ever;
#endif
#if BREAKS(404)
static double* shared_result;
#endif

static bh_status_t BH_CALL create(const bh_host_t* host, const bh_create_t* args, void** self) {
  instance_t* it = calloc(1, sizeof *it);
  (void)args;
  if (it == NULL) return host->fail(host, BH_E_NO_MEMORY, "no memory for the instance");
#if BREAKS(508)
  if (host->struct_size != sizeof *host) {
    free(it);
    return host->fail(host, BH_E_VERSION, "another bh_host");
  }
#elif BREAKS(509)
  it->seed = strlen(host->asset_dir);
#endif
#if BREAKS(401)
  if (made++ == 1) {
    free(it);
    return host->fail(host, BH_E_FAILED, "there was an instance before");
  }
#endif
  it->host = host;
  *self = it;
  return BH_OK;
}

static bh_status_t take(const instance_t* it, double** array) {
  bh_memory_t memory = {BH_STRUCT(bh_memory_t), .size_bytes = it->count * sizeof(double), .node = BH_NODE_ANY};
  const bh_status_t status = it->host->memory_take(it->host, &memory);
  *array = memory.data;
#if BREAKS(501)
  (*array)[0] = 1;
#endif
  return status;
}

static bh_status_t BH_CALL prepare(void* self, const bh_prepare_t* args) {
  instance_t* it = self;
  const bh_host_t* host = it->host;
  const bh_team_request_t two = {BH_STRUCT(bh_team_request_t), .count = 2, .pin = BH_PIN_NONE};
  const bh_recorder_request_t raw = {BH_STRUCT(bh_recorder_request_t), .metric = METRIC_LATENCY, .capacity = 1};
  bh_status_t status;
  it->count = args->values[PARAMETER_COUNT].u;
  it->seed = args->seed;
  it->rounds = 0;
  misbehave();
#if BREAKS(408)
  ++prepared_ever;
#endif
#if BREAKS(403)
  if (it->cycles > 0) return host->fail(host, BH_E_FAILED, "an instance is prepared once");
#endif
#if BREAKS(505)
  if (it->count == MOST) return host->fail(host, BH_E_ARGUMENT, "too many elements");
#endif
#if BREAKS(507)
  if (args->struct_size != sizeof *args) return host->fail(host, BH_E_VERSION, "another bh_prepare");
#endif
#if !BREAKS(506)
  if (it->count < 16 || it->count > MOST) return host->fail(host, BH_E_ARGUMENT, "count is out of range");
#endif
#if BREAKS(503)
  const bh_device_api_t* devices = host->extension(host, BH_EXT_DEVICE);
  if (devices->struct_size == 0) return host->fail(host, BH_E_UNSUPPORTED, "a table of no size");
#else
  (void)host->extension(host, "org.example.trace/1"); /* does without */
#endif
#if BREAKS(412)
  if (strcmp(args->values[PARAMETER_MODE].s, "twice") == 0) return BH_E_UNSUPPORTED;
#endif
  if ((status = take(it, &it->from)) != BH_OK || (status = take(it, &it->to)) != BH_OK) return status;
  status = host->team_open(host, &two, &it->team);
#if BREAKS(502)
  if (status != BH_OK) return *(volatile bh_status_t*)(void*)it->team;
#else
  if (status != BH_OK) return status;
#endif
  if ((status = host->recorder_open(host, &raw, &it->recorder)) != BH_OK) return status;
  host->random_fill(host, 0, 0, it->from, it->count * sizeof(double));
  for (uint64_t i = 0; i < it->count; ++i) {
    uint64_t bits;
    memcpy(&bits, it->from + i, sizeof bits);
    it->from[i] = (double)(bits >> 40);
  }
#if BREAKS(404)
  shared_result = it->to;
#endif
#if !BREAKS(410)
  const double bytes = 8 * (double)it->count;
  const bh_work_t work[] = {{BH_WORK_BYTES_READ, bytes}, {BH_WORK_BYTES_WRITTEN, bytes}};
  if ((status = host->work(host, work, 2)) != BH_OK) return status;
#endif
  it->prepared = 1;
  ++it->cycles;
  return BH_OK;
}

static bh_status_t unprepared(const instance_t* it) {
  return it->host->fail(it->host, BH_E_STATE, "called before prepare or after teardown");
}

#if BREAKS(413)
/* C has no exceptions; forced unwinding is what a thread that is cancelled, or a runtime of another language, does. */
void _Unwind_DeleteException(void*);
struct exception {
  uint64_t kind;
  void (*clean)(int, struct exception*);
  uint64_t private_1, private_2;
} __attribute__((aligned));
int _Unwind_RaiseException(struct exception*);
static struct exception thrown = {UINT64_C(0x45584D504C000000), NULL, 0, 0};
#endif

static bh_status_t BH_CALL run(void* self, const bh_batch_t* batch) {
  instance_t* it = self;
  const bh_host_t* host = it->host;
  double* to = it->to;
#if BREAKS(504)
  while (host->cancelled(host) != 0) continue;
#elif BREAKS(405)
  if (batch->n % 3 == 0) return host->fail(host, BH_E_ARGUMENT, "n is a power of two");
#elif BREAKS(411)
  host->log(host, BH_LOG_INFO, "running");
#elif BREAKS(413)
  _Unwind_RaiseException(&thrown);
#endif
#if !BREAKS(416)
  if (!it->prepared) return unprepared(it);
#endif
#if BREAKS(404)
  to = shared_result;
#endif
  const int64_t begin = host->now_ns(host);
#if BREAKS(414)
  const uint64_t n = batch->n > 0 ? 1 : 0;
#else
  const uint64_t n = batch->n;
#endif
  for (uint64_t left = n; left > 0; --left) {
    for (uint64_t i = 0; i < it->count; ++i) to[i] = 2 * it->from[i];
    bh_keep(to);
  }
#if !BREAKS(409)
  host->record(it->recorder, host->now_ns(host) - begin);
#else
  (void)begin;
#endif
  ++it->rounds;
  return BH_OK;
}

static bh_status_t BH_CALL verify(void* self, bh_verdict_t* verdict) {
  instance_t* it = self;
  double worst = 0;
  if (!it->prepared) return unprepared(it);
  for (uint64_t i = 0; i < it->count; ++i) {
    const double error = fabs(it->to[i] - (it->from[i] + it->from[i]));
    if (!(error <= worst)) worst = error;
  }
  BH_SET(bh_verdict_t, verdict, checked, it->count);
#if BREAKS(406)
  return it->host->fail(it->host, BH_E_MISMATCH, "nothing is ever right");
#elif BREAKS(407)
  BH_SET(bh_verdict_t, verdict, checked, it->count + it->verified++);
#elif BREAKS(408)
  BH_SET(bh_verdict_t, verdict, checked, it->count + (uint64_t)prepared_ever);
#elif BREAKS(415)
  worst = 0;
#endif
  BH_SET(bh_verdict_t, verdict, error, worst);
  BH_SET(bh_verdict_t, verdict, tolerance, 0.0);
  BH_SET(bh_verdict_t, verdict, what, "largest difference from the sum");
  return BH_OK;
}

static bh_status_t BH_CALL process(void* self) {
  const instance_t* it = self;
  if (!it->prepared) return unprepared(it);
  const bh_status_t status = it->host->attach(it->host, "rounds.txt", "text/plain", "some\n", 5);
  if (status != BH_OK) return status;
  return it->host->report(it->host, METRIC_ROUNDS, (double)it->rounds);
}

static bh_status_t BH_CALL teardown(void* self) {
  instance_t* it = self;
#if !BREAKS(613)
  it->host->memory_free(it->host, it->from);
  it->host->memory_free(it->host, it->to);
#endif
  it->from = it->to = NULL;
  it->team = NULL;
  it->recorder = NULL;
#if BREAKS(402)
  if (it->prepared && it->rounds == 0) {
    it->prepared = 0;
    return it->host->fail(it->host, BH_E_FAILED, "nothing was run");
  }
#endif
  it->prepared = 0;
  return BH_OK;
}

static void BH_CALL destroy(void* self) { free(self); }

static const bh_lifecycle_t lifecycle = {
    BH_STRUCT(bh_lifecycle_t), .create = create,     .prepare = prepare, .run = run,
#if !BREAKS(305)
    .verify = verify,
#endif
    .process = process,        .teardown = teardown, .destroy = destroy};

#if BREAKS(503)
static const bh_slot_t slots[] = {
    {BH_STRUCT(bh_slot_t), .id = "device", .requirement = "kind == 'null'", .description = "never used"}};
#endif

/* ---- Descriptors and entry ------------------------------------------------------------------------------------------
 */

static const bh_benchmark_t double_up = {BH_STRUCT(bh_benchmark_t),
                                         .category = BH_CATEGORY_OTHER,
                                         .workload_revision = 1,
                                         .id = "org.benchhost_test.mutant.double_up",
                                         .title = "Double",
                                         .description = "to[i] = 2 from[i], one thread",
#if BREAKS(302)
                                         .requirement = "cores >= && memory_bytes",
#endif
#if BREAKS(503)
                                         .slots = BH_LIST(slots),
#endif
                                         .claim_cores = "1",
                                         .claim_memory_bytes = "16 * count",
                                         .parameters = BH_LIST(parameters),
                                         .metrics = BH_LIST(metrics),
                                         .lifecycle = &lifecycle};

static const bh_benchmark_t* BH_CALL benchmark(uint32_t index) {
#if BREAKS(303)
  static bh_benchmark_t here;
  here = double_up;
  here.title = getenv("PATH") != NULL ? "Double" : "Twofold";
  return index == 0 ? &here : NULL;
#elif BREAKS(304)
  return index == 0 || index > 1 ? &double_up : NULL;
#else
  return index == 0 ? &double_up : NULL;
#endif
}

static const bh_role_t* BH_CALL role(const char* of, uint32_t index) {
  (void)of;
  (void)index;
  return NULL;
}

static const void* BH_CALL extension(const char* id) {
  static const bh_plugin_roles_t roles = {BH_STRUCT(bh_plugin_roles_t), .role = role};
#if BREAKS(306)
  return strncmp(id, BH_EXT_ROLES, strlen("benchhost.roles/")) == 0 ? &roles : NULL;
#else
  return strcmp(id, BH_EXT_ROLES) == 0 ? &roles : NULL;
#endif
}

static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .benchmark = benchmark, .extension = extension};

#if BREAKS(101)
BH_EXPORT int bh_mutant_helper(void) { return 1; }
#elif BREAKS(104)
int bh_nowhere(void);
int (*const bh_needs)(void) = bh_nowhere;
#elif BREAKS(106)
int bh_vendor(void);
int (*const bh_needs)(void) = bh_vendor;
#endif
#if BREAKS(103)
#undef BH_NOTE_ARCH
#define BH_NOTE_ARCH "riscv64"
#endif

#if BREAKS(102)
BH_EXPORT bh_status_t BH_CALL bh_plugin_entry(const bh_offer_t* offer, bh_answer_t* answer) {
  return bh_negotiate(offer, answer, "", &plugin);
}
#elif BREAKS(201) || BREAKS(202) || BREAKS(203) || BREAKS(204) || BREAKS(205) || BREAKS(206)
BH_NOTE(BH_NOTE_CONTENT("org.benchhost_test.mutant", "1.0.0", "benchhost", "MIT", "https://example.org"));
BH_EXPORT bh_status_t BH_CALL bh_plugin_entry(const bh_offer_t* offer, bh_answer_t* answer) {
#if BREAKS(201)
  const bh_status_t status = bh_negotiate(offer, answer, bh_note.text, NULL);
  return status;
#elif BREAKS(202)
  bh_offer_t any = *offer;
  if (offer->struct_size >= sizeof any && any.abi_max < BH_ABI_VERSION) any.abi_max = BH_ABI_VERSION;
  return offer->struct_size < sizeof any ? BH_E_ARGUMENT : bh_negotiate(&any, answer, bh_note.text, &plugin);
#elif BREAKS(203)
  bh_offer_t any = *offer;
  if (offer->struct_size >= sizeof any && any.abi_min > BH_ABI_VERSION) any.abi_min = BH_ABI_VERSION;
  return offer->struct_size < sizeof any ? BH_E_ARGUMENT : bh_negotiate(&any, answer, bh_note.text, &plugin);
#elif BREAKS(204)
  const bh_status_t status = bh_negotiate(offer, answer, bh_note.text, &plugin);
  if (status == BH_OK) answer->abi = offer->abi_max;
  return status;
#elif BREAKS(205)
  answer->note = bh_note.text;
  answer->abi = BH_ABI_VERSION;
  answer->plugin = &plugin;
  if (offer->abi_min <= BH_ABI_VERSION && offer->abi_max >= BH_ABI_VERSION) return BH_OK;
  answer->reason = "another version";
  return BH_E_VERSION;
#else
  if (offer->struct_size != sizeof *offer || answer->struct_size != sizeof *answer) return BH_E_ARGUMENT;
  return bh_negotiate(offer, answer, bh_note.text, &plugin);
#endif
}
#else
BH_PLUGIN("org.benchhost_test.mutant", "1.0.0", "benchhost", "MIT", "https://example.org", &plugin);
#endif
