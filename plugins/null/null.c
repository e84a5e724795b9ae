/* SPDX-License-Identifier: MIT
 *
 * The null benchmark: a loop around nothing. Its time is the harness's share of every other result, and how much it
 * varies from invocation to invocation is what this machine can resolve. The host interleaves it with every run. */
#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>

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
  uint64_t left;
  (void)self;
  for (left = batch->n; left > 0; --left) bh_keep(NULL);
  return BH_OK;
}

static bh_status_t BH_CALL teardown(void* self) {
  (void)self;
  return BH_OK;
}

static void BH_CALL destroy(void* self) { (void)self; }

static const bh_lifecycle_t lifecycle = {BH_STRUCT(bh_lifecycle_t), .create = create,  .prepare = prepare, .run = run,
                                         .teardown = teardown,      .destroy = destroy};

static const bh_metric_t metrics[] = {{BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME, .direction = BH_DIRECTION_LOWER,
                                       .domain = BH_DOMAIN_HOST, .flags = BH_METRIC_PRIMARY, .id = "time",
                                       .title = "Time of an empty iteration", .unit = BH_UNIT_NS,
                                       .description = "one turn of a loop that the compiler may not remove"}};

static const bh_benchmark_t empty = {BH_STRUCT(bh_benchmark_t),
                                     .category = BH_CATEGORY_HOST,
                                     .flags = BH_BENCHMARK_NULL,
                                     .workload_revision = 1,
                                     .id = "org.benchhost.null.empty",
                                     .title = "Null",
                                     .description =
                                         "a loop around nothing: what the harness costs, and what differences "
                                         "this machine can resolve",
                                     .tags = "null,harness",
                                     .claim_seconds = "1",
                                     .metrics = BH_LIST(metrics),
                                     .lifecycle = &lifecycle};

static const bh_benchmark_t* BH_CALL benchmark(uint32_t index) { return index == 0 ? &empty : NULL; }

static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .benchmark = benchmark};

BH_PLUGIN("org.benchhost.null", "1.0.0", "The benchhost authors", "MIT", "", &plugin);
