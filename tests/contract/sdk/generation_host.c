/* The host of generations.py: compiled against an older, this, and a newer SDK. It gives structs of exactly its own
   size, on the heap, so that a sanitizer sees whoever reads or writes past them. usage: host PLUGIN
   OLDEST_MINOR: it also speaks older minors. Exit status 3: the plugin refused. */
#define _POSIX_C_SOURCE 200809L
#include <benchhost/host.h>
#include <benchhost/plugin.h>
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef bh_status_t(BH_CALL* entry_t)(const bh_offer_t*, bh_answer_t*);

static double reported = -1;
static bh_status_t BH_CALL fail(const bh_host_t* host, bh_status_t code, const char* text) {
  (void)host;
  printf("fail %d: %s\n", code, text);
  return code;
}
static bh_status_t BH_CALL report(const bh_host_t* host, uint32_t metric, double value) {
  (void)host;
  if (metric == 1) reported = value;
  return BH_OK;
}
static bh_status_t BH_CALL memory_take(const bh_host_t* host, bh_memory_t* memory) {
  (void)host;
  if (!BH_HAS(bh_memory_t, memory, data)) return BH_E_ARGUMENT;
  memory->data = calloc(1, memory->size_bytes);
  return memory->data == NULL ? BH_E_NO_MEMORY : BH_OK;
}
static void BH_CALL memory_free(const bh_host_t* host, void* data) {
  (void)host;
  free(data);
}
#ifndef SDK_OLDER
static bh_status_t BH_CALL attach(const bh_host_t* host, const char* name, const char* type, const void* data,
                                  uint64_t size) {
  (void)host, (void)name, (void)type, (void)data, (void)size;
  return BH_OK;
}
#endif

static void* made(size_t size) {
  uint32_t* object = calloc(1, size);
  if (object == NULL) exit(2);
  *object = (uint32_t)size;
  return object;
}
#define MADE(type) ((type*)made(sizeof(type)))

static int broken(const char* what) {
  printf("broken: %s\n", what);
  return 1;
}

int main(int argc, char** argv) {
  void* library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW | RTLD_LOCAL);
  entry_t entry;
  bh_offer_t* offer = MADE(bh_offer_t);
  bh_answer_t* answer = MADE(bh_answer_t);
  bh_host_t* host;
  bh_create_t* create;
  bh_prepare_t* prepare;
  bh_batch_t* batch;
  bh_verdict_t* verdict;
  const bh_benchmark_t* b;
  const bh_lifecycle_t* life;
  bh_value_t* values;
  uint32_t i;
  void* self = NULL;
  if (library == NULL) return broken(dlerror());
  *(void**)&entry = dlsym(library, BH_ENTRY_NAME);
  if (entry == NULL) return broken("no entry");
#ifdef OLDEST_MINOR
  offer->abi_min = BH_ABI_MAKE(BH_ABI_MAJOR, OLDEST_MINOR);
#else
  offer->abi_min = BH_ABI_VERSION;
#endif
  offer->abi_max = BH_ABI_VERSION;
  if (entry(offer, answer) != BH_OK || answer->plugin == NULL) {
    printf("refused: %s\n", answer->reason == NULL ? "no reason" : answer->reason);
    free(offer), free(answer);
    return 3;
  }
  if (answer->abi < offer->abi_min || answer->abi > offer->abi_max) return broken("outside the offer");
  printf("abi %u.%u\n", BH_ABI_GET_MAJOR(answer->abi), BH_ABI_GET_MINOR(answer->abi));
  b = answer->plugin->benchmark(0);
  if (b == NULL || b->parameters.count != 2 || b->metrics.count != 2) return broken("descriptor");
  for (i = 0; i < b->metrics.count; ++i) {
    const bh_metric_t* m = BH_AT(bh_metric_t, &b->metrics, i);
    if (strcmp(m->id, i == 0 ? "time" : "seen") != 0) return broken("metric");
#ifndef SDK_OLDER
    if (BH_HAS(bh_metric_t, m, target) && fabs(m->target) > 0) return broken("target");
#endif
  }
  values = calloc(b->parameters.count, sizeof *values);
  if (values == NULL) return 2;
  for (i = 0; i < b->parameters.count; ++i) values[i] = BH_AT(bh_param_t, &b->parameters, i)->default_value;
  if (values[1].u != 3) return broken("stride of parameters");

  host = MADE(bh_host_t);
  create = MADE(bh_create_t);
  prepare = MADE(bh_prepare_t);
  batch = MADE(bh_batch_t);
  verdict = MADE(bh_verdict_t);
  host->abi = answer->abi;
  host->fail = fail;
  host->report = report;
  host->memory_take = memory_take;
  host->memory_free = memory_free;
#ifndef SDK_OLDER
  host->attach = attach;
#endif
  create->benchmark = b->id;
  prepare->values = values;
  prepare->value_count = b->parameters.count;
  batch->n = 5;
  life = b->lifecycle;
  if (life->create(host, create, &self) != BH_OK || life->prepare(self, prepare) != BH_OK) return broken("prepare");
  if (life->run(self, batch) != BH_OK) return broken("run");
  if (!BH_CAN(bh_lifecycle_t, life, verify) || life->verify(self, verdict) != BH_OK) return broken("verify");
  if (verdict->checked != 5) return broken("verdict");
  if (!BH_CAN(bh_lifecycle_t, life, process) || life->process(self) != BH_OK) return broken("process");
  if (reported < 5 || reported > 5) return broken("report");
  if (life->teardown(self) != BH_OK) return broken("teardown");
  life->destroy(self);
  free(offer), free(answer), free(host), free(create), free(prepare), free(batch), free(verdict), free(values);
  puts("ran; verdict ok");
  return 0;
}
