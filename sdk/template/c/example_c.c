/* A plugin in C99 with one benchmark: change the names, the loop and the oracle. */
#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>

#include <stdlib.h>

/* Indices of the parameters in the list below: that is how prepare finds their values. */
enum { PARAMETER_N };

static const bh_param_t parameters[] = {
    {BH_STRUCT(bh_param_t), .type = BH_TYPE_UINT, .name = "n", .description = "elements per array",
     .default_value = BH_UINT(1u << 20), .minimum = BH_UINT(1), .maximum = BH_UINT(UINT64_C(1) << 32),
     .sweep = BH_SWEEP_LOG2, .sweep_first = BH_UINT(1u << 10), .sweep_last = BH_UINT(1u << 24)}};

static const bh_metric_t metrics[] = {
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_RATE, .direction = BH_DIRECTION_HIGHER, .domain = BH_DOMAIN_HOST,
     .flags = BH_METRIC_PRIMARY, .id = "bandwidth", .title = "Bandwidth", .unit = BH_UNIT_BYTES_PER_SECOND,
     .description = "24 bytes per element, write-allocate not counted", .work = BH_WORK_ALL_BYTES}};

typedef struct triad {
  const bh_host_t *host;
  uint64_t n;
  double *a, *b, *c;
} triad_t;

static bh_status_t BH_CALL triad_create(const bh_host_t *host, const bh_create_t *args, void **self) {
  triad_t *t = calloc(1, sizeof *t);
  (void)args;
  if (t == NULL) return host->fail(host, BH_E_NO_MEMORY, "no memory for the instance");
  t->host = host;
  *self = t;
  return BH_OK;
}

static bh_status_t take(const triad_t *t, double **array) {
  bh_memory_t memory = {BH_STRUCT(bh_memory_t), .size_bytes = t->n * sizeof(double), .node = BH_NODE_ANY};
  const bh_status_t status = t->host->memory_take(t->host, &memory);
  *array = memory.data;
  return status; /* the host knows the text */
}

static bh_status_t BH_CALL triad_prepare(void *self, const bh_prepare_t *args) {
  triad_t *t = self;
  bh_status_t status;
  t->n = args->values[PARAMETER_N].u;
  if ((status = take(t, &t->a)) != BH_OK || (status = take(t, &t->b)) != BH_OK || (status = take(t, &t->c)) != BH_OK)
    return status;
  for (uint64_t i = 0; i < t->n; ++i) {
    t->b[i] = (double)i;
    t->c[i] = 2.0;
  }
  const double n = (double)t->n;
  const bh_work_t work[] = {{BH_WORK_BYTES_READ, 16 * n}, {BH_WORK_BYTES_WRITTEN, 8 * n}, {BH_WORK_OPS("fp64"), 2 * n}};
  return t->host->work(t->host, work, 3);
}

/* No host calls so; one that has a bug learns of it. */
static bh_status_t not_prepared(const triad_t *t) {
  return t->host->fail(t->host, BH_E_STATE, "called before prepare or after teardown");
}

static bh_status_t BH_CALL triad_run(void *self, const bh_batch_t *batch) {
  const triad_t *t = self;
  if (t->c == NULL) return not_prepared(t);
  for (uint64_t left = batch->n; left > 0; --left) {
    for (uint64_t i = 0; i < t->n; ++i) t->a[i] = t->b[i] + 3.0 * t->c[i];
    bh_keep(t->a);
  }
  return BH_OK;
}

static bh_status_t BH_CALL triad_verify(void *self, bh_verdict_t *verdict) {
  const triad_t *t = self;
  double worst = 0;
  if (t->c == NULL) return not_prepared(t);
  for (uint64_t i = 0; i < t->n; ++i) {
    const double difference = t->a[i] - ((double)i + 6.0);
    const double error = difference < 0 ? -difference : difference;
    if (!(error <= worst)) worst = error; /* also when it is a NaN */
  }
  BH_SET(bh_verdict_t, verdict, checked, t->n);
  BH_SET(bh_verdict_t, verdict, error, worst);
  BH_SET(bh_verdict_t, verdict, tolerance, 0.0);
  BH_SET(bh_verdict_t, verdict, what, "largest difference from i + 6, which is exact");
  return BH_OK; /* an error above the tolerance fails the case by itself */
}

static bh_status_t BH_CALL triad_teardown(void *self) {
  triad_t *t = self;
  t->host->memory_free(t->host, t->a);
  t->host->memory_free(t->host, t->b);
  t->host->memory_free(t->host, t->c);
  t->a = t->b = t->c = NULL;
  return BH_OK;
}

static void BH_CALL triad_destroy(void *self) { free(self); }

static const bh_lifecycle_t lifecycle = {BH_STRUCT(bh_lifecycle_t), .create = triad_create, .prepare = triad_prepare,
                                         .run = triad_run,          .verify = triad_verify, .teardown = triad_teardown,
                                         .destroy = triad_destroy};

static const bh_benchmark_t triad = {BH_STRUCT(bh_benchmark_t),
                                     .category = BH_CATEGORY_HARDWARE,
                                     .workload_revision = 1,
                                     .id = "org.example.example_c.triad",
                                     .title = "Triad",
                                     .description = "a[i] = b[i] + 3 c[i], arrays of n doubles, one thread",
                                     .tags = "memory,bandwidth",
                                     .claim_memory_bytes = "3 * 8 * n",
                                     .parameters = BH_LIST(parameters),
                                     .metrics = BH_LIST(metrics),
                                     .lifecycle = &lifecycle};

static const bh_benchmark_t *BH_CALL benchmark(uint32_t index) { return index == 0 ? &triad : NULL; }

static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .benchmark = benchmark};

BH_PLUGIN("org.example.example_c", "1.0.0", "Example Ltd", "MIT", "https://example.org/example_c", &plugin);
