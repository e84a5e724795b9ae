// SPDX-License-Identifier: MIT
//
// benchhost/cpp/validate_text.hpp: what can be wrong with a descriptor, and the rules of ids, units and keys as
// constant expressions. Not for authors. Part of <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_VALIDATE_TEXT_HPP
#define BENCHHOST_CPP_VALIDATE_TEXT_HPP

#include <benchhost/cpp/descriptors.hpp>

#include <cstddef>
#include <string_view>

namespace benchhost::detail {

/// What is wrong with a descriptor. The names are read in the compiler's message.
enum class Fault {
  none,
  about_id_is_no_id,
  about_lacks_title_or_description,
  about_category_batch_or_flags_are_not_known,
  about_tags_are_no_ids_joined_by_commas,
  about_workload_revision_starts_at_1,
  about_batch_min_is_above_batch_max,
  about_batch_min_is_1_for_batch_once,
  about_fresh_process_is_for_batch_once,
  metric_id_is_no_id,
  metric_id_is_there_twice,
  metric_lacks_title_or_description,
  metric_unit_is_not_in_the_registry,
  metric_kind_direction_domain_or_flags_are_not_known,
  metric_noise_floor_or_target_is_negative_or_not_finite,
  metric_is_a_time_and_its_unit_is_not_ns,
  metric_is_a_rate_and_its_unit_is_not_per_second,
  metric_is_a_rate_of_the_host_and_names_no_work,
  metric_is_of_a_kind_or_unit_that_the_host_cannot_take_in_this_domain,
  metric_work_is_for_rates_and_energy_of_domain_host_or_queue,
  metric_work_is_no_work_key,
  metric_statistic_is_not_known,
  metric_source_is_no_other_metric,
  metric_source_is_not_of_domain_self_or_has_another_unit_or_a_source_itself,
  metric_labelled_is_for_self_and_none_and_never_primary,
  metric_of_domain_queue_needs_a_slot,
  metrics_have_no_primary_or_more_than_one,
  param_name_is_no_id_of_one_part,
  param_name_is_a_scope_of_the_expression_grammar,
  param_name_is_there_twice,
  param_lacks_a_description,
  param_unit_is_not_in_the_registry,
  param_range_is_of_another_type_or_upside_down,
  param_default_is_outside_the_range,
  param_path_is_for_strings_only,
  param_type_sweep_or_flags_are_not_known,
  param_counts_are_for_lists_and_least_to_most,
  param_default_has_too_few_or_too_many_elements,
  param_choices_are_missing_or_of_another_type,
  param_choice_is_there_twice,
  param_default_is_none_of_the_choices,
  param_sweep_is_of_another_type,
  param_sweep_of_what_is_not_identity,
  param_sweep_list_is_empty_or_holds_a_value_that_is_not_allowed,
  param_sweep_is_upside_down_or_outside_the_range,
  param_sweep_by_octaves_begins_above_0,
  param_sweep_step_is_missing_or_not_above_0,
  param_sweep_has_too_many_steps,
  slot_id_is_no_id_or_there_twice,
  slot_flags_are_not_known,
  slot_lacks_a_description,
  summary_id_is_no_id_or_that_of_a_metric_or_summary,
  summary_lacks_title_or_description,
  summary_unit_is_not_in_the_registry,
  summary_kind_is_not_known,
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

constexpr bool are_tags(std::string_view text) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (!is_id(text.substr(0, comma))) return false;
    if (comma == text.npos) return true;
    text = text.substr(comma + 1);
    if (text.empty()) return false;
  }
  return true;
}

constexpr bool is_finite(double value) { return value - value == 0; }

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
  if (text.size() < 2 || text[0] != 'p' || text[1] == '.' || text[text.size() - 1] == '.') return false;
  double percentile = 0, place = 1;
  bool fraction = false;
  for (const char c : text.substr(1)) {
    if (c == '.' ? fraction : (c < '0' || c > '9')) return false;
    if (c == '.') {
      fraction = true;
      continue;
    }
    place /= fraction ? 10 : 1;
    percentile = fraction ? percentile + place * (c - '0') : 10 * percentile + (c - '0');
  }
  return percentile > 0 && percentile <= 100;
}

constexpr bool has_texts(const char* title, const char* description) {
  return !view(title).empty() && view(title).size() <= BH_MAX_TITLE && !view(description).empty() &&
         view(description).size() <= BH_MAX_TEXT;
}

}  // namespace benchhost::detail

#endif  // BENCHHOST_CPP_VALIDATE_TEXT_HPP
