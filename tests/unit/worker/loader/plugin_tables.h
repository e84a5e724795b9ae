// A correct plugin as tables that tests break one member at a time.
#pragma once

#include <benchhost/note.h>
#include <benchhost/plugin.h>
#include <benchhost/roles.h>

#include <functional>
#include <string>
#include <vector>

#include "common/protocol/note.h"
#include "worker/loader/plugin_reader.h"

namespace benchhost::loader::test {

/// Everything that the plugin of a test publishes. A table of plain functions leads to the one that is current.
struct Tables {
  Tables();
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  [[nodiscard]] Result<protocol::PluginRecord> read() {
    current() = this;
    return read_plugin(&plugin, BH_ABI_VERSION, note);
  }
  /// Adds what a plugin need not have: a setting, and two roles of the benchmark.
  void publish_everything();
  static Tables*& current() {
    static Tables* tables = nullptr;
    return tables;
  }

  protocol::Note note;
  std::vector<bh_param_t> params, settings;
  std::vector<bh_metric_t> metrics;
  std::vector<bh_slot_t> slots;
  std::vector<bh_summary_t> summaries;
  std::vector<bh_role_t> roles;
  std::vector<bh_value_t> choices, sweep;
  bh_lifecycle_t lifecycle{};
  bh_benchmark_t benchmark{};
  bh_plugin_roles_t role_table{};
  bh_plugin_t plugin{};
  std::vector<const bh_benchmark_t*> published;
};

inline Tables::Tables() {
  note.id = "org.example.tables";
  note.version = "1.0";
  note.vendor = "Example Ltd";
  note.licence = "MIT";

  choices = {BH_ENUM("fp32"), BH_ENUM("fp64")};
  sweep = {BH_UINT(16), BH_UINT(32)};
  bh_param_t n{};
  n.struct_size = sizeof n;
  n.type = BH_TYPE_UINT;
  n.name = "n";
  n.description = "elements";
  n.default_value = BH_UINT(64);
  n.minimum = BH_UINT(16);
  n.maximum = BH_UINT(1024);
  n.sweep = BH_SWEEP_LIST;
  n.constraint = "n % 16 == 0";
  n.sweep_values = {sweep.data(), 2, sizeof(bh_value_t)};
  bh_param_t type{};
  type.struct_size = sizeof type;
  type.type = BH_TYPE_ENUM;
  type.name = "type";
  type.description = "element type";
  type.default_value = BH_ENUM("fp64");
  type.choices = {choices.data(), 2, sizeof(bh_value_t)};
  params = {n, type};

  bh_metric_t bandwidth{};
  bandwidth.struct_size = sizeof bandwidth;
  bandwidth.kind = BH_KIND_RATE;
  bandwidth.direction = BH_DIRECTION_HIGHER;
  bandwidth.domain = BH_DOMAIN_HOST;
  bandwidth.flags = BH_METRIC_PRIMARY;
  bandwidth.id = "bandwidth";
  bandwidth.title = "Bandwidth";
  bandwidth.unit = "By/s";
  bandwidth.description = "bytes over time";
  bandwidth.work = "bytes";
  bh_metric_t latency{};
  latency.struct_size = sizeof latency;
  latency.kind = BH_KIND_TIME;
  latency.direction = BH_DIRECTION_LOWER;
  latency.domain = BH_DOMAIN_SELF;
  latency.id = "latency";
  latency.title = "Latency";
  latency.unit = "ns";
  latency.description = "of a request";
  bh_metric_t tail = latency;
  tail.id = "tail";
  tail.statistic = "p99.9";
  tail.source = "latency";
  metrics = {bandwidth, latency, tail};

  bh_slot_t slot{};
  slot.struct_size = sizeof slot;
  slot.id = "device";
  slot.requirement = "kind == 'cpu' || param.n <= 64";
  slot.description = "where it runs";
  slots = {slot};

  bh_summary_t knee{};
  knee.struct_size = sizeof knee;
  knee.kind = BH_SUMMARY_KNEE;
  knee.id = "knee";
  knee.title = "Knee";
  knee.unit = "1";
  knee.description = "where it bends";
  summaries = {knee};

  lifecycle.struct_size = sizeof lifecycle;
  lifecycle.create = [](const bh_host_t*, const bh_create_t*, void**) { return BH_OK; };
  lifecycle.prepare = [](void*, const bh_prepare_t*) { return BH_OK; };
  lifecycle.run = [](void*, const bh_batch_t*) { return BH_OK; };
  lifecycle.teardown = [](void*) { return BH_OK; };
  lifecycle.destroy = [](void*) {};

  benchmark.struct_size = sizeof benchmark;
  benchmark.category = BH_CATEGORY_HARDWARE;
  benchmark.workload_revision = 1;
  benchmark.id = "org.example.tables.first";
  benchmark.title = "First";
  benchmark.description = "the first one";
  benchmark.tags = "memory,bandwidth";
  benchmark.requirement = "cores >= 1 && param.n > 0";
  benchmark.claim_memory_bytes = "3 * 8 * n";
  benchmark.slots = {slots.data(), 1, sizeof(bh_slot_t)};
  benchmark.parameters = {params.data(), 2, sizeof(bh_param_t)};
  benchmark.metrics = {metrics.data(), 3, sizeof(bh_metric_t)};
  benchmark.summaries = {summaries.data(), 1, sizeof(bh_summary_t)};
  benchmark.lifecycle = &lifecycle;
  published = {&benchmark};

  role_table.struct_size = sizeof role_table;
  role_table.role = [](const char*, std::uint32_t i) -> const bh_role_t* {
    const auto& all = current()->roles;
    return i < all.size() ? &all[i] : nullptr;
  };
  plugin.struct_size = sizeof plugin;
  plugin.own_threads = 2;
  plugin.benchmark = [](std::uint32_t i) -> const bh_benchmark_t* {
    const auto& all = current()->published;
    return i < all.size() ? all[i] : nullptr;
  };
  plugin.extension = [](const char* id) -> const void* {
    return std::string(id) == BH_EXT_ROLES && !current()->roles.empty() ? &current()->role_table : nullptr;
  };
}

inline void Tables::publish_everything() {
  bh_param_t path{};
  path.struct_size = sizeof path;
  path.type = BH_TYPE_STRING;
  path.flags = BH_PARAM_PATH;
  path.name = "path";
  path.description = "where the tests are";
  path.default_value = BH_STRING("");
  settings = {path};
  plugin.settings = {settings.data(), 1, sizeof(bh_param_t)};

  bh_role_t primary{};
  primary.struct_size = sizeof primary;
  primary.id = "primary";
  primary.description = "measures";
  bh_role_t load = primary;
  load.id = "load";
  load.description = "works beside it";
  load.flags = BH_ROLE_LOAD;
  load.count = "n / 16";
  load.claim_cores = "1";
  roles = {primary, load};
}

}  // namespace benchhost::loader::test
