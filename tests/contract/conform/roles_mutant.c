/* A plugin of several roles that keeps to every requirement that one worker can examine, and with MUTANT=number one
   that breaks that requirement; with MUTANT=3020, too, breaks 302, by a count that its parameters can make negative. */
#ifndef MUTANT
#define MUTANT 0
#endif
#define BREAKS(number) (MUTANT == (number))

#include <benchhost/host.h>
#include <benchhost/note.h>
#include <benchhost/plugin.h>
#include <benchhost/roles.h>

#include <stdlib.h>
#include <string.h>

#define BENCHMARK "org.benchhost_test.roles_mutant.hand_off"

typedef struct instance {
  const bh_host_t* host;
  const bh_host_roles_t* roles;
  uint64_t passed;
} instance_t;

static bh_status_t BH_CALL create(const bh_host_t* host, const bh_create_t* args, void** self) {
  instance_t* it;
  const bh_host_roles_t* roles = host->extension(host, BH_EXT_ROLES);
  (void)args;
#if BREAKS(503)
  if (roles->role > 1) return host->fail(host, BH_E_ARGUMENT, "a role of others");
#else
  if (roles == NULL) return host->fail(host, BH_E_UNSUPPORTED, "the host has no benchhost.roles/1");
#endif
  it = calloc(1, sizeof *it);
  if (it == NULL) return host->fail(host, BH_E_NO_MEMORY, "no memory for the instance");
  it->host = host;
  it->roles = roles;
  *self = it;
  return BH_OK;
}

static bh_status_t BH_CALL prepare(void* self, const bh_prepare_t* args) {
  instance_t* it = self;
  it->passed = args->seed;
  return BH_OK;
}

static bh_status_t BH_CALL run(void* self, const bh_batch_t* batch) {
  instance_t* it = self;
  uint64_t i;
  for (i = 0; i < batch->n; ++i) {
    const bh_status_t status = it->roles->barrier(it->host, i, -1);
    if (status != BH_OK) return status;
    ++it->passed;
  }
  return BH_OK;
}

static bh_status_t BH_CALL verify(void* self, bh_verdict_t* verdict) {
  const instance_t* it = self;
  BH_SET(bh_verdict_t, verdict, checked, it->passed > 0 ? 1 : 0);
  return BH_OK;
}

static bh_status_t BH_CALL teardown(void* self) {
  (void)self;
  return BH_OK;
}

static void BH_CALL destroy(void* self) { free(self); }

static const bh_lifecycle_t lifecycle = {
    BH_STRUCT(bh_lifecycle_t), .create = create,     .prepare = prepare, .run = run,
    .verify = verify,          .teardown = teardown, .destroy = destroy};

static const bh_param_t parameters[] = {{BH_STRUCT(bh_param_t), .type = BH_TYPE_UINT, .name = "peers",
                                         .description = "members beside the primary", .default_value = BH_UINT(1),
                                         .minimum = BH_UINT(0), .maximum = BH_UINT(16)}};

static const bh_metric_t metrics[] = {{BH_STRUCT(bh_metric_t), .kind = BH_KIND_TIME, .direction = BH_DIRECTION_LOWER,
                                       .domain = BH_DOMAIN_HOST, .flags = BH_METRIC_PRIMARY, .id = "time",
                                       .title = "Time", .unit = BH_UNIT_NS,
                                       .description = "of a meeting of all members"}};

static const bh_role_t all_roles[] = {{BH_STRUCT(bh_role_t), .id = "primary", .description = "measures",
#if BREAKS(302)
                                       .flags = BH_ROLE_MORTAL
#endif
                                      },
                                      {BH_STRUCT(bh_role_t), .id = "peer", .description = "comes to every meeting",
#if BREAKS(3020)
                                       .count = "peers - 2"
#else
     .count = "peers"
#endif
                                      }};

static const bh_role_t* BH_CALL role(const char* benchmark, uint32_t index) {
#if BREAKS(306)
  (void)benchmark;
#else
  if (strcmp(benchmark, BENCHMARK) != 0) return NULL;
#endif
  return index < 2 ? &all_roles[index] : NULL;
}

static const void* BH_CALL extension(const char* id) {
  static const bh_plugin_roles_t roles = {BH_STRUCT(bh_plugin_roles_t), .role = role};
  return strcmp(id, BH_EXT_ROLES) == 0 ? &roles : NULL;
}

static const bh_benchmark_t hand_off = {BH_STRUCT(bh_benchmark_t),
                                        .category = BH_CATEGORY_OTHER,
                                        .workload_revision = 1,
                                        .id = BENCHMARK,
                                        .title = "Hand-off",
                                        .description = "members meet at a barrier of the plugin's",
                                        .parameters = BH_LIST(parameters),
                                        .metrics = BH_LIST(metrics),
                                        .lifecycle = &lifecycle};

static const bh_benchmark_t* BH_CALL benchmark(uint32_t index) { return index == 0 ? &hand_off : NULL; }

static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .benchmark = benchmark, .extension = extension};

BH_PLUGIN("org.benchhost_test.roles_mutant", "1.0.0", "benchhost", "MIT", "https://example.org", &plugin);
