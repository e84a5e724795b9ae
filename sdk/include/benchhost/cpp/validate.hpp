// SPDX-License-Identifier: MIT
//
// benchhost/cpp/validate.hpp: the rules of metrics.h, params.h and plugin.h about descriptors as constant expressions,
// so that what the host would refuse does not compile. Expressions are left to the host, which has their grammar. Not
// for authors. Part of <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_VALIDATE_HPP
#define BENCHHOST_CPP_VALIDATE_HPP

#include <benchhost/cpp/descriptors.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace benchhost::detail {

/// What is wrong with a descriptor. The names are read in the compiler's message.
enum class Fault {
  none,
  about_id_is_no_id,
  about_lacks_title_or_description,
  about_workload_revision_starts_at_1,
  about_batch_min_is_above_batch_max,
  about_fresh_process_is_for_batch_once,
  metric_id_is_no_id,
  metric_id_is_there_twice,
  metric_lacks_title_or_description,
  metric_unit_is_not_in_the_registry,
  metric_is_a_time_and_its_unit_is_not_ns,
  metric_is_a_rate_and_its_unit_is_not_per_second,
  metric_is_a_rate_of_the_host_and_names_no_work,
  metric_work_is_for_rates_and_energy_of_domain_host_or_queue,
  metric_work_is_no_work_key,
  metric_statistic_is_not_known,
  metric_source_is_no_other_metric,
  metric_source_is_not_of_domain_self_or_has_another_unit_or_a_source_itself,
  metric_labelled_is_for_self_and_none_and_never_primary,
  metric_of_domain_queue_needs_a_slot,
  metrics_have_no_primary_or_more_than_one,
  param_name_is_no_id_of_one_part,
  param_name_is_there_twice,
  param_lacks_a_description,
  param_unit_is_not_in_the_registry,
  param_range_is_of_another_type_or_upside_down,
  param_default_is_outside_the_range,
  param_path_is_for_strings_only,
  param_choices_are_missing_or_of_another_type,
  param_default_is_none_of_the_choices,
  param_sweep_is_of_another_type,
  slot_id_is_no_id_or_there_twice,
  slot_lacks_a_description,
  summary_id_is_no_id_or_that_of_a_metric_or_summary,
  summary_lacks_title_or_description,
  summary_unit_is_not_in_the_registry,
  summary_metric_or_parameter_does_not_exist,
  summary_parameter_is_no_number,
  summary_limit_is_for_max_within_and_mandatory_there,
  role_id_is_no_id_or_there_twice,
  role_lacks_a_description,
  role_0_is_the_primary_and_neither_mortal_nor_load,
};

struct Finding {
  Fault fault = Fault::none;
  std::size_t item = 0;  ///< in its list, from 0
};

/// Instantiated with what was found: the compiler's message names the fault and the item.
template <Fault fault, std::size_t item>
struct Descriptor {
  static_assert(fault == Fault::none,
                "a descriptor is wrong: `fault` here says what, `item` which one of its list, from 0");
  static constexpr bool is_right = true;
};

constexpr std::string_view view(const char* text) { return text == nullptr ? std::string_view() : text; }

constexpr bool is_id(std::string_view text) {
  if (text.empty() || text.size() > BH_MAX_ID) return false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '.') {
      const char c = text[i];
      const bool letter = c >= 'a' && c <= 'z';
      if (!letter && (i == begin || !((c >= '0' && c <= '9') || c == '_'))) return false;
      continue;
    }
    const std::string_view part = text.substr(begin, i - begin);
    if (part.empty() || part == "true" || part == "false" || part == "in") return false;
    begin = i + 1;
  }
  return true;
}

constexpr bool is_annotation(std::string_view text) {
  if (text.size() < 3 || text[0] != '{' || text[text.size() - 1] != '}') return false;
  for (const char c : text.substr(1, text.size() - 2)) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.')) return false;
  }
  return true;
}

constexpr bool is_per_second(std::string_view text) { return text.size() > 2 && text.substr(text.size() - 2) == "/s"; }

constexpr bool is_unit(std::string_view text) {
  constexpr std::string_view plain[] = {"1", "ns", "By", "By/s", "1/s", "J", "W", "Cel", "Hz"};
  for (const std::string_view one : plain) {
    if (text == one) return true;
  }
  if (is_annotation(text)) return true;
  if (is_per_second(text)) return is_annotation(text.substr(0, text.size() - 2));
  if (text.substr(0, 3) == "By/") return is_annotation(text.substr(3));
  return text.substr(0, 2) == "J/" && is_annotation(text.substr(2));
}

constexpr bool is_work_key(std::string_view text) {
  constexpr std::string_view keys[] = {"items", "bytes.read", "bytes.written", "bytes.moved", "bytes", "ops"};
  constexpr std::string_view types[] = {"fp64",  "fp32",  "tf32",  "fp16", "bf16", "fp8",
                                        "int64", "int32", "int16", "int8", "int4", "bool"};
  for (const std::string_view key : keys) {
    if (text == key) return true;
  }
  if (text.substr(0, 6) == "items.") return is_id(text.substr(6)) && text.substr(6).find('.') == text.npos;
  for (const std::string_view type : types) {
    if (text.substr(0, 4) == "ops." && text.substr(4) == type) return true;
  }
  return false;
}

constexpr bool is_statistic(std::string_view text) {
  constexpr std::string_view names[] = {"mean", "median", "min", "max", "sum"};
  for (const std::string_view name : names) {
    if (text == name) return true;
  }
  bool digit = false;
  std::size_t points = 0;
  for (const char c : text.substr(text.empty() ? 0 : 1)) {
    digit = c != '.';
    points += c == '.' ? 1 : 0;
    if (digit && (c < '0' || c > '9')) return false;
  }
  return text.size() > 1 && text[0] == 'p' && text[1] != '.' && digit && points <= 1;
}

constexpr bool has_texts(const char* title, const char* description) {
  return !view(title).empty() && view(title).size() <= BH_MAX_TITLE && !view(description).empty() &&
         view(description).size() <= BH_MAX_TEXT;
}

constexpr Finding fault_of(const About& about) {
  const bh_benchmark_t& b = about.raw;
  if (!is_id(view(b.id))) return {Fault::about_id_is_no_id, 0};
  if (!has_texts(b.title, b.description)) return {Fault::about_lacks_title_or_description, 0};
  if (b.workload_revision == 0) return {Fault::about_workload_revision_starts_at_1, 0};
  if (b.batch_max != 0 && b.batch_min > b.batch_max) return {Fault::about_batch_min_is_above_batch_max, 0};
  if ((b.flags & BH_BENCHMARK_FRESH_PROCESS) != 0 && b.batch != BH_BATCH_ONCE)
    return {Fault::about_fresh_process_is_for_batch_once, 0};
  return {};
}

constexpr Fault fault_of(const bh_metric_t& m, bool has_slots) {
  const bool hosts = m.domain == BH_DOMAIN_HOST || m.domain == BH_DOMAIN_QUEUE;
  const bool rate = m.kind == BH_KIND_RATE;
  const std::string_view unit = view(m.unit), work = view(m.work);
  if (!is_id(view(m.id))) return Fault::metric_id_is_no_id;
  if (!has_texts(m.title, m.description)) return Fault::metric_lacks_title_or_description;
  if (!is_unit(unit)) return Fault::metric_unit_is_not_in_the_registry;
  if (m.kind == BH_KIND_TIME && unit != "ns") return Fault::metric_is_a_time_and_its_unit_is_not_ns;
  if (rate && hosts && !is_per_second(unit)) return Fault::metric_is_a_rate_and_its_unit_is_not_per_second;
  if (rate && hosts && work.empty()) return Fault::metric_is_a_rate_of_the_host_and_names_no_work;
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

constexpr bool is_number(std::uint32_t type) {
  return type == BH_TYPE_INT || type == BH_TYPE_UINT || type == BH_TYPE_DOUBLE;
}

/// Of two numbers of one type.
constexpr bool not_above(const bh_value_t& low, const bh_value_t& high) {
  if (low.type == BH_TYPE_INT) return low.i <= high.i;
  return low.type == BH_TYPE_UINT ? low.u <= high.u : low.f <= high.f;
}

/// Of two values of one type that is no list.
constexpr bool same(const bh_value_t& a, const bh_value_t& b) {
  return a.i == b.i && a.u == b.u && !(a.f < b.f) && !(b.f < a.f) && view(a.s) == view(b.s);
}

/// value: the default, or an element of it.
constexpr Fault fault_of_default(const bh_param_t& p, const bh_value_t& value) {
  if (p.minimum.type != BH_TYPE_NONE && !not_above(p.minimum, value)) return Fault::param_default_is_outside_the_range;
  if (p.maximum.type != BH_TYPE_NONE && !not_above(value, p.maximum)) return Fault::param_default_is_outside_the_range;
  bool chosen = p.choices.count == 0;
  for (std::uint32_t i = 0; i < p.choices.count; ++i) chosen = chosen || same(p.choices.items[i], value);
  return chosen ? Fault::none : Fault::param_default_is_none_of_the_choices;
}

constexpr Fault fault_of(const bh_param_t& p) {
  const bool list = (p.type & BH_TYPE_LIST) != 0;
  const std::uint32_t element = p.type & ~BH_TYPE_LIST;
  if (!is_id(view(p.name)) || view(p.name).find('.') != std::string_view::npos)
    return Fault::param_name_is_no_id_of_one_part;
  if (view(p.description).empty()) return Fault::param_lacks_a_description;
  if (!view(p.unit).empty() && !is_unit(view(p.unit))) return Fault::param_unit_is_not_in_the_registry;
  if ((p.flags & BH_PARAM_PATH) != 0 && p.type != BH_TYPE_STRING) return Fault::param_path_is_for_strings_only;
  for (const bh_value_t* bound : {&p.minimum, &p.maximum}) {
    if (bound->type != BH_TYPE_NONE && (bound->type != element || !is_number(element)))
      return Fault::param_range_is_of_another_type_or_upside_down;
  }
  if (p.minimum.type != BH_TYPE_NONE && p.maximum.type != BH_TYPE_NONE && !not_above(p.minimum, p.maximum))
    return Fault::param_range_is_of_another_type_or_upside_down;
  if (element == BH_TYPE_ENUM && p.choices.count == 0) return Fault::param_choices_are_missing_or_of_another_type;
  for (std::uint32_t i = 0; i < p.choices.count; ++i) {
    if (p.choices.items[i].type != element) return Fault::param_choices_are_missing_or_of_another_type;
  }
  for (std::uint32_t i = 0; i < p.sweep_values.count; ++i) {
    if (p.sweep_values.items[i].type != p.type) return Fault::param_sweep_is_of_another_type;
  }
  if (p.sweep == BH_SWEEP_LINEAR || p.sweep == BH_SWEEP_LOG2 || p.sweep == BH_SWEEP_SEARCH) {
    if (!is_number(p.type) || p.sweep_first.type != p.type || p.sweep_last.type != p.type)
      return Fault::param_sweep_is_of_another_type;
    if (p.sweep == BH_SWEEP_LINEAR && p.sweep_step.type != p.type) return Fault::param_sweep_is_of_another_type;
  }
  if (!list) return fault_of_default(p, p.default_value);
  for (std::uint32_t i = 0; i < p.default_value.count; ++i) {
    if (const Fault fault = fault_of_default(p, p.default_value.items[i]); fault != Fault::none) return fault;
  }
  return Fault::none;
}

constexpr Finding fault_of(const Param* params, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (const Fault fault = fault_of(params[i].raw); fault != Fault::none) return {fault, i};
    for (std::size_t k = 0; k < i; ++k) {
      if (view(params[k].raw.name) == view(params[i].raw.name)) return {Fault::param_name_is_there_twice, i};
    }
  }
  return {};
}

constexpr Finding fault_of(const Slot* slots, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_id(view(slots[i].raw.id))) return {Fault::slot_id_is_no_id_or_there_twice, i};
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
