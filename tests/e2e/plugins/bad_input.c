/* A plugin that is right but for what BAD_<kind> puts into its descriptors (tests/e2e/bad_input_test.py). */
#include <benchhost/note.h>
#include <benchhost/plugin.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MANY 1024u

static bh_status_t BH_CALL create(const bh_host_t* host, const bh_create_t* args, void** self) {
  (void)host;
  (void)args;
  *self = NULL;
  return BH_OK;
}
static bh_status_t BH_CALL prepare(void* self, const bh_prepare_t* args) {
  (void)self;
  (void)args;
  return BH_OK;
}
static bh_status_t BH_CALL run(void* self, const bh_batch_t* batch) {
  (void)self;
  (void)batch;
  return BH_OK;
}
static bh_status_t BH_CALL teardown(void* self) {
  (void)self;
  return BH_OK;
}
static void BH_CALL destroy(void* self) { (void)self; }

static const bh_lifecycle_t lifecycle = {BH_STRUCT(bh_lifecycle_t), .create = create,  .prepare = prepare, .run = run,
                                         .teardown = teardown,      .destroy = destroy};

static bh_param_t parameters[MANY] = {{BH_STRUCT(bh_param_t), .type = BH_TYPE_DOUBLE, .name = "ratio",
                                       .description = "of one to the other", .default_value = BH_DOUBLE(1),
                                       .minimum = BH_DOUBLE(0.5), .maximum = BH_DOUBLE(2)}};

static bh_metric_t metrics[] = {
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME, .direction = BH_DIRECTION_LOWER, .domain = BH_DOMAIN_HOST,
     .flags = BH_METRIC_PRIMARY, .id = "time", .title = "Time", .unit = BH_UNIT_NS, .description = "of an iteration"},
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME, .direction = BH_DIRECTION_LOWER, .domain = BH_DOMAIN_SELF,
     .id = "latency", .title = "Latency", .unit = BH_UNIT_NS, .description = "of a request"},
    {BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME, .direction = BH_DIRECTION_LOWER, .domain = BH_DOMAIN_SELF,
     .id = "tail", .title = "Tail", .unit = BH_UNIT_NS, .description = "of requests", .statistic = "p99",
     .source = "latency"}};

static bh_benchmark_t benchmarks[MANY + 1] = {
    {BH_STRUCT(bh_benchmark_t), .category = BH_CATEGORY_OTHER, .flags = BH_BENCHMARK_NULL, .workload_revision = 1,
     .id = "org.benchhost_test.bad_input.first", .title = "First", .description = "does nothing",
     .requirement = "cores >= 1", .parameters = {parameters, 1, sizeof(bh_param_t)}, .metrics = BH_LIST(metrics),
     .lifecycle = &lifecycle}};

static char long_text[1u << 20];
static char names[MANY + 1][64];

/* What a hostile author's descriptors lead to. */
static void spoil(void) {
  bh_benchmark_t* b = &benchmarks[0];
  uint32_t i;
  memset(long_text, 'x', sizeof long_text);
  for (i = 0; i <= MANY; ++i) snprintf(names[i], sizeof names[i], "org.benchhost_test.bad_input.b%u", (unsigned)i);
#if defined(BAD_million_benchmarks) || defined(BAD_gigabytes)
  for (i = 0; i <= MANY; ++i) {
    benchmarks[i] = *b;
    benchmarks[i].id = names[i];
  }
#endif
#if defined(BAD_gigabytes)
  long_text[BH_MAX_TEXT] = '\0';
  for (i = 0; i < MANY; ++i) {
    parameters[i] = parameters[0];
    parameters[i].name = names[i] + strlen("org.benchhost_test.bad_input.");
    parameters[i].description = long_text;
  }
  for (i = 0; i < MANY; ++i) benchmarks[i].parameters.count = MANY;
#elif defined(BAD_lying_count)
  b->metrics.count = 1000000;
#elif defined(BAD_nowhere)
  b->parameters.items = (const bh_param_t*)(uintptr_t)4096; /* a page that no process has */
  b->parameters.count = 3;
#elif defined(BAD_null_title)
  b->title = NULL;
#elif defined(BAD_not_utf8)
  metrics[0].title = "Ti\xc3(me";
#elif defined(BAD_megabyte_text)
  b->description = long_text;
#elif defined(BAD_twice)
  benchmarks[1] = *b;
#elif defined(BAD_circle)
  metrics[1].source = "tail";
#elif defined(BAD_list_of_itself)
  parameters[0].type = parameters[0].default_value.type = BH_TYPE_LIST | BH_TYPE_DOUBLE;
  parameters[0].default_value.count = 1;
  parameters[0].default_value.items = &parameters[0].default_value;
#elif defined(BAD_nan_bound)
  parameters[0].maximum.f = (double)NAN;
#elif defined(BAD_crossed_bounds)
  parameters[0].minimum.f = 4;
#elif defined(BAD_default_outside)
  parameters[0].default_value.f = 2.5;
#elif defined(BAD_unit)
  metrics[0].unit = "ms";
#elif defined(BAD_expression)
  b->requirement = "cores >= && memory_bytes";
#elif defined(BAD_terminal_sequence)
  parameters[0].name = "\x1b[2J\xff";
#endif
}

static const bh_benchmark_t* BH_CALL benchmark(uint32_t index) {
  static int spoilt;
  if (!spoilt) spoil();
  spoilt = 1;
#if defined(BAD_million_benchmarks)
  return index < 1000000 ? &benchmarks[index < MANY ? index : MANY] : NULL;
#elif defined(BAD_gigabytes)
  return index < MANY ? &benchmarks[index] : NULL;
#elif defined(BAD_twice)
  return index < 2 ? &benchmarks[index] : NULL;
#else
  return index < 1 ? &benchmarks[0] : NULL;
#endif
}

static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .benchmark = benchmark};

BH_PLUGIN("org.benchhost_test.bad_input", "1.0.0", "benchhost", "MIT", "https://example.org", &plugin);
