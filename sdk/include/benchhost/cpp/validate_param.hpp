// SPDX-License-Identifier: MIT
//
// benchhost/cpp/validate_param.hpp: the rules of params.h as constant expressions. Not for authors. Part of
// <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_VALIDATE_PARAM_HPP
#define BENCHHOST_CPP_VALIDATE_PARAM_HPP

#include <benchhost/cpp/validate_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace benchhost::detail {

constexpr bool is_number(std::uint32_t type) {
  return type == BH_TYPE_INT || type == BH_TYPE_UINT || type == BH_TYPE_DOUBLE;
}

constexpr bool is_absent(const bh_value_t& value) { return value.type == BH_TYPE_NONE; }

/// Of two numbers of one type.
constexpr bool not_above(const bh_value_t& low, const bh_value_t& high) {
  if (low.type == BH_TYPE_INT) return low.i <= high.i;
  return low.type == BH_TYPE_UINT ? low.u <= high.u : low.f <= high.f;
}

/// Of a number.
constexpr bool is_positive(const bh_value_t& value) {
  if (value.type == BH_TYPE_INT) return value.i > 0;
  return value.type == BH_TYPE_UINT ? value.u > 0 : value.f > 0;
}

/// Of two values of one type that is no list.
constexpr bool same(const bh_value_t& a, const bh_value_t& b) {
  return a.i == b.i && a.u == b.u && !(a.f < b.f) && !(b.f < a.f) && view(a.s) == view(b.s);
}

/// value: the default, or an element of it.
constexpr Fault fault_of_default(const bh_param_t& p, const bh_value_t& value) {
  if (value.type == BH_TYPE_DOUBLE && !is_finite(value.f)) return Fault::param_default_is_outside_the_range;
  if (!is_absent(p.minimum) && !not_above(p.minimum, value)) return Fault::param_default_is_outside_the_range;
  if (!is_absent(p.maximum) && !not_above(value, p.maximum)) return Fault::param_default_is_outside_the_range;
  bool chosen = p.choices.count == 0;
  for (std::uint32_t i = 0; i < p.choices.count; ++i) chosen = chosen || same(p.choices.items[i], value);
  return chosen ? Fault::none : Fault::param_default_is_none_of_the_choices;
}

/// A whole value: of a list every element, and their number.
constexpr Fault fault_of_value(const bh_param_t& p, const bh_value_t& value) {
  if ((p.type & BH_TYPE_LIST) == 0) return fault_of_default(p, value);
  const std::uint32_t most = p.max_count == 0 ? BH_MAX_ITEMS : p.max_count;
  if (value.count < p.min_count || value.count > most) return Fault::param_default_has_too_few_or_too_many_elements;
  for (std::uint32_t i = 0; i < value.count; ++i) {
    if (const Fault fault = fault_of_default(p, value.items[i]); fault != Fault::none) return fault;
  }
  return Fault::none;
}

constexpr Fault fault_of_choices(const bh_param_t& p) {
  const std::uint32_t element = p.type & ~BH_TYPE_LIST;
  if (element == BH_TYPE_ENUM && p.choices.count == 0) return Fault::param_choices_are_missing_or_of_another_type;
  for (std::uint32_t i = 0; i < p.choices.count; ++i) {
    if (p.choices.items[i].type != element) return Fault::param_choices_are_missing_or_of_another_type;
    for (std::uint32_t k = 0; k < i; ++k) {
      if (same(p.choices.items[k], p.choices.items[i])) return Fault::param_choice_is_there_twice;
    }
  }
  return Fault::none;
}

constexpr Fault fault_of_sweep(const bh_param_t& p) {
  constexpr std::uint32_t most_per_octave = 1000;
  constexpr std::uint64_t most_octaves = 64;
  if (p.sweep > BH_SWEEP_SEARCH) return Fault::param_type_sweep_or_flags_are_not_known;
  for (std::uint32_t i = 0; i < p.sweep_values.count; ++i) {
    if (p.sweep_values.items[i].type != p.type) return Fault::param_sweep_is_of_another_type;
  }
  if (p.sweep == BH_SWEEP_NONE) return Fault::none;
  if ((p.flags & BH_PARAM_APART) != 0) return Fault::param_sweep_of_what_is_not_identity;
  if (p.sweep == BH_SWEEP_LIST) {
    bool allowed = p.sweep_values.count > 0;
    for (std::uint32_t i = 0; i < p.sweep_values.count; ++i) {
      allowed = allowed && fault_of_value(p, p.sweep_values.items[i]) == Fault::none;
    }
    return allowed ? Fault::none : Fault::param_sweep_list_is_empty_or_holds_a_value_that_is_not_allowed;
  }
  if (!is_number(p.type) || p.sweep_first.type != p.type || p.sweep_last.type != p.type)
    return Fault::param_sweep_is_of_another_type;
  if (!not_above(p.sweep_first, p.sweep_last)) return Fault::param_sweep_is_upside_down_or_outside_the_range;
  if ((!is_absent(p.minimum) && !not_above(p.minimum, p.sweep_first)) ||
      (!is_absent(p.maximum) && !not_above(p.sweep_last, p.maximum)))
    return Fault::param_sweep_is_upside_down_or_outside_the_range;
  if (p.sweep == BH_SWEEP_LOG2) {
    const std::uint32_t per_octave = p.sweep_per_octave == 0 ? 1 : p.sweep_per_octave;
    if (!is_positive(p.sweep_first)) return Fault::param_sweep_by_octaves_begins_above_0;
    if (per_octave > most_per_octave) return Fault::param_sweep_has_too_many_steps;
    if (is_absent(p.sweep_step)) return Fault::none;
    if (p.sweep_step.type != BH_TYPE_UINT || p.sweep_step.u == 0)
      return Fault::param_sweep_step_is_missing_or_not_above_0;
    return p.sweep_step.u <= most_octaves * per_octave ? Fault::none : Fault::param_sweep_has_too_many_steps;
  }
  if (is_absent(p.sweep_step)) {
    return p.sweep == BH_SWEEP_SEARCH && p.type != BH_TYPE_DOUBLE ? Fault::none
                                                                  : Fault::param_sweep_step_is_missing_or_not_above_0;
  }
  if (p.sweep_step.type != p.type) return Fault::param_sweep_is_of_another_type;
  return is_positive(p.sweep_step) ? Fault::none : Fault::param_sweep_step_is_missing_or_not_above_0;
}

constexpr Fault fault_of(const bh_param_t& p) {
  constexpr std::uint32_t known_flags = BH_PARAM_ADDED | BH_PARAM_PATH | BH_PARAM_APART;
  const bool list = (p.type & BH_TYPE_LIST) != 0;
  const std::uint32_t element = p.type & ~BH_TYPE_LIST;
  const std::string_view name = view(p.name);
  if (!is_id(name) || name.find('.') != std::string_view::npos) return Fault::param_name_is_no_id_of_one_part;
  if (name == "param" || name == "device" || name == "machine" || name == "benchmark")
    return Fault::param_name_is_a_scope_of_the_expression_grammar;
  if (view(p.description).empty() || view(p.description).size() > BH_MAX_TEXT) return Fault::param_lacks_a_description;
  if (!view(p.unit).empty() && !is_unit(view(p.unit))) return Fault::param_unit_is_not_in_the_registry;
  if (element < BH_TYPE_INT || element > BH_TYPE_ENUM || (p.flags & ~known_flags) != 0)
    return Fault::param_type_sweep_or_flags_are_not_known;
  if ((p.flags & BH_PARAM_PATH) != 0 && p.type != BH_TYPE_STRING) return Fault::param_path_is_for_strings_only;
  if (!list && (p.min_count != 0 || p.max_count != 0)) return Fault::param_counts_are_for_lists_and_least_to_most;
  if (p.max_count > BH_MAX_ITEMS || (p.max_count != 0 && p.min_count > p.max_count))
    return Fault::param_counts_are_for_lists_and_least_to_most;
  for (const bh_value_t* bound : {&p.minimum, &p.maximum}) {
    if (!is_absent(*bound) && (bound->type != element || !is_number(element)))
      return Fault::param_range_is_of_another_type_or_upside_down;
  }
  if (!is_absent(p.minimum) && !is_absent(p.maximum) && !not_above(p.minimum, p.maximum))
    return Fault::param_range_is_of_another_type_or_upside_down;
  if (const Fault fault = fault_of_choices(p); fault != Fault::none) return fault;
  if (const Fault fault = fault_of_value(p, p.default_value); fault != Fault::none) return fault;
  return fault_of_sweep(p);
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

}  // namespace benchhost::detail

#endif  // BENCHHOST_CPP_VALIDATE_PARAM_HPP
