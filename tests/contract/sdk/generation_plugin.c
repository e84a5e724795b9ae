/* The plugin of generations.py: compiled against an older, this, and a newer SDK. One benchmark that counts.
   OLDEST_MINOR: it also speaks older minors; ENTRY_SPEAKS_ONE: only its note says so. */
#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>
#include <stdlib.h>

static const bh_param_t parameters[] = {
    {BH_STRUCT(bh_param_t), .type = BH_TYPE_UINT, .name = "n", .description = "bytes", .default_value = BH_UINT(64)},
    {BH_STRUCT(bh_param_t), .type = BH_TYPE_UINT, .name = "k", .description = "unused", .default_value = BH_UINT(3)}};
static const bh_metric_t metrics[] = {
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME, .domain = BH_DOMAIN_HOST, .flags = BH_METRIC_PRIMARY, .id = "time",
     .title = "Time", .unit = BH_UNIT_NS, .description = "of one count"},
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_COUNT, .domain = BH_DOMAIN_NONE, .id = "seen", .title = "Seen",
     .unit = BH_UNIT_NONE, .description = "iterations"}};

typedef struct counter {
  const bh_host_t* host;
  void* memory;
  uint64_t seen;
} counter_t;

static bh_status_t BH_CALL create(const bh_host_t* host, const bh_create_t* args, void** self) {
  counter_t* c = calloc(1, sizeof *c);
  (void)args;
  if (c == NULL) return host->fail(host, BH_E_NO_MEMORY, "no memory");
  c->host = host;
  *self = c;
  return BH_OK;
}
static bh_status_t BH_CALL prepare(void* self, const bh_prepare_t* args) {
  counter_t* c = self;
  bh_memory_t memory = {BH_STRUCT(bh_memory_t), .size_bytes = args->values[0].u, .node = BH_NODE_ANY};
  const bh_status_t status = c->host->memory_take(c->host, &memory);
  c->memory = memory.data;
  return status;
}
static bh_status_t BH_CALL run(void* self, const bh_batch_t* batch) {
  counter_t* c = self;
  uint64_t i;
  for (i = 0; i < batch->n; ++i) {
    ++c->seen;
    bh_keep(&c->seen);
  }
  return BH_OK;
}
static bh_status_t BH_CALL verify(void* self, bh_verdict_t* verdict) {
  const counter_t* c = self;
  if (!BH_HAS(bh_verdict_t, verdict, tolerance)) return BH_E_ARGUMENT;
  verdict->checked = c->seen;
  verdict->error = 0;
  verdict->tolerance = 0;
#ifndef SDK_OLDER
  BH_SET(bh_verdict_t, verdict, what, "counted");
#endif
  return BH_OK;
}
static bh_status_t BH_CALL process(void* self) {
  const counter_t* c = self;
#ifndef SDK_OLDER
  if (BH_CAN(bh_host_t, c->host, attach)) {
    const bh_status_t status = c->host->attach(c->host, "note.txt", "text/plain", "x", 1);
    if (status != BH_OK) return status;
  }
#endif
  return c->host->report(c->host, 1, (double)c->seen);
}
static bh_status_t BH_CALL teardown(void* self) {
  counter_t* c = self;
  c->host->memory_free(c->host, c->memory);
  return BH_OK;
}
static void BH_CALL destroy(void* self) { free(self); }

static const bh_lifecycle_t lifecycle = {
    BH_STRUCT(bh_lifecycle_t), .create = create,   .prepare = prepare,   .run = run,
    .verify = verify,          .process = process, .teardown = teardown, .destroy = destroy};
static const bh_benchmark_t counting = {BH_STRUCT(bh_benchmark_t),
                                        .workload_revision = 1,
                                        .id = "org.example.generation.count",
                                        .title = "Count",
                                        .description = "counts",
                                        .parameters = BH_LIST(parameters),
                                        .metrics = BH_LIST(metrics),
                                        .lifecycle = &lifecycle};
static const bh_benchmark_t* BH_CALL benchmark(uint32_t i) { return i == 0 ? &counting : NULL; }
static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .benchmark = benchmark};

#ifndef OLDEST_MINOR
BH_PLUGIN("org.example.generation", "1", "Example Ltd", "MIT", "", &plugin);
#else
/* Says in its note that it speaks every minor from an older one on. */
BH_NOTE(BH_NOTE_MAGIC "id=org.example.generation\nversion=1\nvendor=Example Ltd\nlicence=MIT\nabi=" BH_TEXT_OF(
    BH_ABI_MAJOR) "." BH_TEXT_OF(OLDEST_MINOR) "-" BH_ABI_TEXT "\nos=" BH_NOTE_OS "\narch=" BH_NOTE_ARCH
                                               "\nisa=" BH_NOTE_ISA "\n");
BH_EXPORT bh_status_t BH_CALL bh_plugin_entry(const bh_offer_t* offer, bh_answer_t* answer) {
#ifndef ENTRY_SPEAKS_ONE
  const uint32_t oldest = BH_ABI_MAKE(BH_ABI_MAJOR, OLDEST_MINOR);
  if (!BH_HAS(bh_offer_t, offer, host_version) || !BH_HAS(bh_answer_t, answer, reason)) return BH_E_ARGUMENT;
  if (offer->abi_max < BH_ABI_VERSION && offer->abi_max >= oldest) {
    answer->abi = offer->abi_max;
    answer->note = bh_note.text;
    answer->plugin = &plugin;
    return BH_OK;
  }
#endif
  return bh_negotiate(offer, answer, bh_note.text, &plugin);
}
#endif
