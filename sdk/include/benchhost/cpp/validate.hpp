// SPDX-License-Identifier: MIT
//
// benchhost/cpp/validate.hpp: the rules of metrics.h, params.h and plugin.h about descriptors as constant expressions,
// so that what the host would refuse does not compile. Expressions are left to the host, which has their grammar. Not
// for authors. Part of <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_VALIDATE_HPP
#define BENCHHOST_CPP_VALIDATE_HPP

#include <benchhost/cpp/validate_param.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace benchhost::detail {

constexpr Finding fault_of(const About& about) {
  const bh_benchmark_t& b = about.raw;
  if (!is_id(view(b.id))) return {Fault::about_id_is_no_id, 0};
  if (!has_texts(b.title, b.description)) return {Fault::about_lacks_title_or_description, 0};
  if (b.category > BH_CATEGORY_HOST || b.batch > BH_BATCH_ONCE ||
      (b.flags & ~(BH_BENCHMARK_NULL | BH_BENCHMARK_FRESH_PROCESS | BH_BENCHMARK_EXCLUSIVE | BH_BENCHMARK_SPAWNS |
                   BH_BENCHMARK_ENUMERATED)) != 0)
    return {Fault::about_category_batch_or_flags_are_not_known, 0};
  if (!are_tags(view(b.tags))) return {Fault::about_tags_are_no_ids_joined_by_commas, 0};
  if (b.workload_revision == 0) return {Fault::about_workload_revision_starts_at_1, 0};
  if (b.batch_max != 0 && b.batch_min > b.batch_max) return {Fault::about_batch_min_is_above_batch_max, 0};
  if (b.batch == BH_BATCH_ONCE && b.batch_min > 1) return {Fault::about_batch_min_is_1_for_batch_once, 0};
  if ((b.flags & BH_BENCHMARK_FRESH_PROCESS) != 0 && b.batch != BH_BATCH_ONCE)
    return {Fault::about_fresh_process_is_for_batch_once, 0};
  return {};
}

/// What the host can take by itself in domains HOST and QUEUE.
constexpr bool is_of_the_host(const bh_metric_t& m) {
  const std::string_view unit = view(m.unit);
  const bool host = m.domain == BH_DOMAIN_HOST;
  if (m.kind == BH_KIND_ENERGY) return host && unit.substr(0, 1) == "J";
  if (m.kind == BH_KIND_POWER) return host && unit == "W";
  if (m.kind == BH_KIND_BYTES) return host && unit == "By";
  return m.kind == BH_KIND_TIME || m.kind == BH_KIND_RATE;
}

constexpr Fault fault_of(const bh_metric_t& m, bool has_slots) {
  const bool hosts = m.domain == BH_DOMAIN_HOST || m.domain == BH_DOMAIN_QUEUE;
  const bool rate = m.kind == BH_KIND_RATE;
  const std::string_view unit = view(m.unit), work = view(m.work);
  if (!is_id(view(m.id))) return Fault::metric_id_is_no_id;
  if (!has_texts(m.title, m.description)) return Fault::metric_lacks_title_or_description;
  if (!is_unit(unit)) return Fault::metric_unit_is_not_in_the_registry;
  if (m.kind > BH_KIND_COUNT || m.direction > BH_DIRECTION_TARGET || m.domain > BH_DOMAIN_SELF ||
      (m.flags & ~(BH_METRIC_PRIMARY | BH_METRIC_LABELLED)) != 0)
    return Fault::metric_kind_direction_domain_or_flags_are_not_known;
  if (!is_finite(m.noise_floor_ratio) || m.noise_floor_ratio < 0 ||
      (m.direction == BH_DIRECTION_TARGET && !is_finite(m.target)))
    return Fault::metric_noise_floor_or_target_is_negative_or_not_finite;
  if (m.kind == BH_KIND_TIME && unit != "ns") return Fault::metric_is_a_time_and_its_unit_is_not_ns;
  if (rate && hosts && !is_per_second(unit)) return Fault::metric_is_a_rate_and_its_unit_is_not_per_second;
  if (rate && hosts && work.empty()) return Fault::metric_is_a_rate_of_the_host_and_names_no_work;
  if (hosts && !is_of_the_host(m)) return Fault::metric_is_of_a_kind_or_unit_that_the_host_cannot_take_in_this_domain;
  if (!work.empty() && !(hosts && (rate || m.kind == BH_KIND_ENERGY)))
    return Fault::metric_work_is_for_rates_and_energy_of_domain_host_or_queue;
  if (!work.empty() && !is_work_key(work)) return Fault::metric_work_is_no_work_key;
  if (!view(m.statistic).empty() && !is_statistic(view(m.statistic))) return Fault::metric_statistic_is_not_known;
  if ((m.flags & BH_METRIC_LABELLED) != 0 && (hosts || (m.flags & BH_METRIC_PRIMARY) != 0))
    return Fault::metric_labelled_is_for_self_and_none_and_never_primary;
  if (m.domain == BH_DOMAIN_QUEUE && !has_slots) return Fault::metric_of_domain_queue_needs_a_slot;
  return Fault::none;
}

constexpr Finding fault_of(const Metric* metrics, std::size_t count, bool has_slots) {
  std::size_t primaries = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const bh_metric_t& m = metrics[i].raw;
    if (const Fault fault = fault_of(m, has_slots); fault != Fault::none) return {fault, i};
    primaries += (m.flags & BH_METRIC_PRIMARY) != 0 ? 1 : 0;
    std::size_t source = count;
    for (std::size_t k = 0; k < count; ++k) {
      if (k < i && view(metrics[k].raw.id) == view(m.id)) return {Fault::metric_id_is_there_twice, i};
      if (k != i && view(metrics[k].raw.id) == view(m.source)) source = k;
    }
    if (view(m.source).empty()) continue;
    if (source == count) return {Fault::metric_source_is_no_other_metric, i};
    const bh_metric_t& from = metrics[source].raw;
    if (from.domain != BH_DOMAIN_SELF || m.domain != BH_DOMAIN_SELF || view(from.unit) != view(m.unit) ||
        !view(from.source).empty())
      return {Fault::metric_source_is_not_of_domain_self_or_has_another_unit_or_a_source_itself, i};
  }
  return {primaries == 1 ? Fault::none : Fault::metrics_have_no_primary_or_more_than_one, 0};
}

constexpr Finding fault_of(const Slot* slots, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_id(view(slots[i].raw.id))) return {Fault::slot_id_is_no_id_or_there_twice, i};
    if ((slots[i].raw.flags & ~(BH_SLOT_OPTIONAL | BH_SLOT_SHARED | BH_SLOT_SHAREABLE)) != 0)
      return {Fault::slot_flags_are_not_known, i};
    if (view(slots[i].raw.description).empty()) return {Fault::slot_lacks_a_description, i};
    for (std::size_t k = 0; k < i; ++k) {
      if (view(slots[k].raw.id) == view(slots[i].raw.id)) return {Fault::slot_id_is_no_id_or_there_twice, i};
    }
  }
  return {};
}

constexpr Finding fault_of(const Summary* summaries, std::size_t count, const Metric* metrics, std::size_t metric_count,
                           const Param* params, std::size_t param_count) {
  for (std::size_t i = 0; i < count; ++i) {
    const bh_summary_t& s = summaries[i].raw;
    bool taken = !is_id(view(s.id));
    for (std::size_t k = 0; k < i; ++k) taken = taken || view(summaries[k].raw.id) == view(s.id);
    for (std::size_t k = 0; k < metric_count; ++k) taken = taken || view(metrics[k].raw.id) == view(s.id);
    if (taken) return {Fault::summary_id_is_no_id_or_that_of_a_metric_or_summary, i};
    if (!has_texts(s.title, s.description)) return {Fault::summary_lacks_title_or_description, i};
    if (!is_unit(view(s.unit))) return {Fault::summary_unit_is_not_in_the_registry, i};
    if (s.kind > BH_SUMMARY_BEST) return {Fault::summary_kind_is_not_known, i};
    if (s.metric >= metric_count || s.parameter >= param_count)
      return {Fault::summary_metric_or_parameter_does_not_exist, i};
    if (!is_number(params[s.parameter].raw.type)) return {Fault::summary_parameter_is_no_number, i};
    if ((s.kind == BH_SUMMARY_MAX_WITHIN) == view(s.limit).empty())
      return {Fault::summary_limit_is_for_max_within_and_mandatory_there, i};
  }
  return {};
}

constexpr Finding fault_of(const Role* roles, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_id(view(roles[i].raw.id))) return {Fault::role_id_is_no_id_or_there_twice, i};
    if (view(roles[i].raw.description).empty()) return {Fault::role_lacks_a_description, i};
    for (std::size_t k = 0; k < i; ++k) {
      if (view(roles[k].raw.id) == view(roles[i].raw.id)) return {Fault::role_id_is_no_id_or_there_twice, i};
    }
  }
  const bool primary =
      count == 0 || ((roles[0].raw.flags & (BH_ROLE_MORTAL | BH_ROLE_LOAD)) == 0 && view(roles[0].raw.count).empty());
  return {primary ? Fault::none : Fault::role_0_is_the_primary_and_neither_mortal_nor_load, 0};
}

/// True if a member is a list of descriptors: one under a name that nobody reads would vanish without a word.
template <class Array>
constexpr bool is_descriptor_list() {
  using Item = std::remove_cv_t<std::remove_extent_t<Array>>;
  return std::is_array_v<Array> &&
         (std::is_same_v<Item, Param> || std::is_same_v<Item, Metric> || std::is_same_v<Item, Slot> ||
          std::is_same_v<Item, Summary> || std::is_same_v<Item, Role>);
}
#define BH_MISSPELT_(trait, member)  \
  template <class T, class = void>   \
  struct trait : std::false_type {}; \
  template <class T>                 \
  struct trait<T, std::void_t<decltype(T::member)>> : std::bool_constant<is_descriptor_list<decltype(T::member)>()> {}
BH_MISSPELT_(SaysParameter, parameter);
BH_MISSPELT_(SaysParams, params);
BH_MISSPELT_(SaysMetric, metric);
BH_MISSPELT_(SaysSlot, slot);
BH_MISSPELT_(SaysDevices, devices);
BH_MISSPELT_(SaysSummary, summary);
BH_MISSPELT_(SaysSummarys, summarys);
BH_MISSPELT_(SaysRole, role);
BH_MISSPELT_(SaysSetting, setting);
BH_MISSPELT_(SaysSettings, settings);
#undef BH_MISSPELT_

}  // namespace benchhost::detail

#endif  // BENCHHOST_CPP_VALIDATE_HPP
