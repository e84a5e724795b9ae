// SPDX-License-Identifier: MIT
//
// benchhost/cpp/descriptors.hpp: parameters, metrics, summaries, slots and benchmarks built step by step in constant
// expressions. Each type holds the C struct as `raw`, which may be changed directly. Part of <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_DESCRIPTORS_HPP
#define BENCHHOST_CPP_DESCRIPTORS_HPP

#include <benchhost/plugin.h>
#include <benchhost/roles.h>
#include <benchhost/cpp/base.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace benchhost {

// ---- Values as they stand in descriptors
// -------------------------------------------------------------------------------

constexpr bh_value_t i64(std::int64_t v) { return BH_INT(v); }
constexpr bh_value_t u64(std::uint64_t v) { return BH_UINT(v); }
constexpr bh_value_t f64(double v) { return BH_DOUBLE(v); }
constexpr bh_value_t boolean(bool v) { return BH_BOOL(v); }
constexpr bh_value_t str(const char* v) { return BH_STRING(v); }
constexpr bh_value_t choice(const char* id) { return BH_ENUM(id); }

/// A list value of an array with static storage; its elements say the type.
template <std::size_t N>
constexpr bh_value_t list(const bh_value_t (&values)[N]) {
  return BH_VALUES(values[0].type, values);
}

namespace detail {

/// A copy of a descriptor with one member of its C struct changed.
template <class Item, class Member, class Value>
constexpr Item with(Item item, Member member, Value value) {
  item.raw.*member = value;
  return item;
}

}  // namespace detail

// ---- Parameters
// --------------------------------------------------------------------------------------------------------

/// One parameter of a benchmark, or one setting of a plugin; made by param().
struct Param {
  bh_param_t raw;

  constexpr Param unit(const char* u) const { return detail::with(*this, &bh_param_t::unit, u); }
  constexpr Param constraint(const char* e) const { return detail::with(*this, &bh_param_t::constraint, e); }
  constexpr Param flag(std::uint32_t f) const { return detail::with(*this, &bh_param_t::flags, raw.flags | f); }
  constexpr Param added() const { return flag(BH_PARAM_ADDED); }
  constexpr Param path() const { return flag(BH_PARAM_PATH); }
  constexpr Param apart() const { return flag(BH_PARAM_APART); }
  constexpr Param range(bh_value_t low, bh_value_t high) const {
    return detail::with(detail::with(*this, &bh_param_t::minimum, low), &bh_param_t::maximum, high);
  }
  /// Of a list: how many elements.
  constexpr Param counts(std::uint32_t fewest, std::uint32_t most) const {
    return detail::with(detail::with(*this, &bh_param_t::min_count, fewest), &bh_param_t::max_count, most);
  }
  /// first, first * 2^(octaves / per_octave), … <= last.
  constexpr Param log2(bh_value_t first, bh_value_t last, std::uint32_t per_octave = 1,
                       std::uint64_t octaves = 1) const {
    return detail::with(swept(BH_SWEEP_LOG2, first, last, u64(octaves)), &bh_param_t::sweep_per_octave, per_octave);
  }
  constexpr Param linear(bh_value_t first, bh_value_t last, bh_value_t step) const {
    return swept(BH_SWEEP_LINEAR, first, last, step);
  }
  constexpr Param search(bh_value_t first, bh_value_t last, bh_value_t step) const {
    return swept(BH_SWEEP_SEARCH, first, last, step);
  }
  /// The values of an array with static storage, in order.
  template <std::size_t N>
  constexpr Param sweep(const bh_value_t (&values)[N]) const {
    return detail::with(detail::with(*this, &bh_param_t::sweep, BH_SWEEP_LIST), &bh_param_t::sweep_values,
                        bh_value_list_t BH_LIST(values));
  }
  /// An enum's choices, or the only values that another type may take. An array with static storage.
  template <std::size_t N>
  constexpr Param choices(const bh_value_t (&values)[N]) const {
    return detail::with(*this, &bh_param_t::choices, bh_value_list_t BH_LIST(values));
  }

 private:
  constexpr Param swept(std::uint32_t how, bh_value_t first, bh_value_t last, bh_value_t step) const {
    Param p = *this;
    p.raw.sweep = how;
    p.raw.sweep_first = first;
    p.raw.sweep_last = last;
    p.raw.sweep_step = step;
    return p;
  }
};

/// A parameter of the type of its default.
constexpr Param param(const char* name, bh_value_t fallback, const char* description) {
  Param p{sized<bh_param_t>()};
  p.raw.type = fallback.type;
  p.raw.name = name;
  p.raw.default_value = fallback;
  p.raw.description = description;
  return p;
}

// ---- Metrics
// -----------------------------------------------------------------------------------------------------------

/// One metric; made by metric(), time() or rate().
struct Metric {
  bh_metric_t raw;

  constexpr Metric flag(std::uint32_t f) const { return detail::with(*this, &bh_metric_t::flags, raw.flags | f); }
  constexpr Metric primary() const { return flag(BH_METRIC_PRIMARY); }
  constexpr Metric labelled() const { return flag(BH_METRIC_LABELLED); }
  constexpr Metric domain(std::uint32_t d) const { return detail::with(*this, &bh_metric_t::domain, d); }
  constexpr Metric work(const char* key) const { return detail::with(*this, &bh_metric_t::work, key); }
  constexpr Metric statistic(const char* s) const { return detail::with(*this, &bh_metric_t::statistic, s); }
  constexpr Metric source(const char* id) const { return detail::with(*this, &bh_metric_t::source, id); }
  constexpr Metric noise_floor(double r) const { return detail::with(*this, &bh_metric_t::noise_floor_ratio, r); }
  constexpr Metric target(double t) const { return detail::with(*this, &bh_metric_t::target, t); }
};

constexpr Metric metric(const char* id, const char* title, const char* unit, std::uint32_t kind,
                        std::uint32_t direction, std::uint32_t domain, const char* description) {
  Metric m{sized<bh_metric_t>()};
  m.raw.id = id;
  m.raw.title = title;
  m.raw.unit = unit;
  m.raw.kind = kind;
  m.raw.direction = direction;
  m.raw.domain = domain;
  m.raw.description = description;
  return m;
}

/// Host time per iteration, lower is better.
constexpr Metric time(const char* id, const char* title, const char* description) {
  return metric(id, title, BH_UNIT_NS, BH_KIND_TIME, BH_DIRECTION_LOWER, BH_DOMAIN_HOST, description);
}

/// Work per host second, higher is better.
constexpr Metric rate(const char* id, const char* title, const char* unit, const char* work, const char* description) {
  return metric(id, title, unit, BH_KIND_RATE, BH_DIRECTION_HIGHER, BH_DOMAIN_HOST, description).work(work);
}

/// The same by the device's clock.
constexpr Metric queue_time(const char* id, const char* title, const char* description) {
  return time(id, title, description).domain(BH_DOMAIN_QUEUE);
}
constexpr Metric queue_rate(const char* id, const char* title, const char* unit, const char* work,
                            const char* description) {
  return rate(id, title, unit, work, description).domain(BH_DOMAIN_QUEUE);
}

/// Times and rates that the plugin reports or records itself; see Sample.
constexpr Metric self_time(const char* id, const char* title, const char* description) {
  return time(id, title, description).domain(BH_DOMAIN_SELF);
}
constexpr Metric self_rate(const char* id, const char* title, const char* unit, const char* description) {
  return rate(id, title, unit, nullptr, description).domain(BH_DOMAIN_SELF);
}

// ---- Summaries over a sweep
// --------------------------------------------------------------------------------------------

struct Summary {
  bh_summary_t raw;

  constexpr Summary basis(std::uint32_t b) const { return detail::with(*this, &bh_summary_t::basis, b); }
  constexpr Summary limit(const char* e) const { return detail::with(*this, &bh_summary_t::limit, e); }
};

constexpr Summary summary(std::uint32_t kind, const char* id, const char* title, const char* unit,
                          std::uint32_t direction, std::uint32_t metric_index, std::uint32_t parameter_index,
                          const char* description) {
  Summary s{sized<bh_summary_t>()};
  s.raw.kind = kind;
  s.raw.id = id;
  s.raw.title = title;
  s.raw.unit = unit;
  s.raw.direction = direction;
  s.raw.metric = metric_index;
  s.raw.parameter = parameter_index;
  s.raw.description = description;
  return s;
}

namespace detail {

/// Place of a name in a list. Not found: no constant expression, so it does not compile.
template <class Item, std::size_t N, class Name>
constexpr std::uint32_t place_of(const Item (&items)[N], std::string_view wanted, Name name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (wanted == items[i].raw.*name) return static_cast<std::uint32_t>(i);
  }
  throw std::logic_error("a summary names a metric or parameter that is not in the list");
}

}  // namespace detail

/// The same with metric and parameter by name: summary(…, metrics, "p99", parameters, "rate", "…").
template <std::size_t M, std::size_t P>
constexpr Summary summary(std::uint32_t kind, const char* id, const char* title, const char* unit,
                          std::uint32_t direction, const Metric (&metrics)[M], std::string_view metric,
                          const Param (&parameters)[P], std::string_view parameter, const char* description) {
  return summary(kind, id, title, unit, direction, detail::place_of(metrics, metric, &bh_metric_t::id),
                 detail::place_of(parameters, parameter, &bh_param_t::name), description);
}

// ---- Device slots
// ------------------------------------------------------------------------------------------------------

struct Slot {
  bh_slot_t raw;
};

constexpr Slot slot(const char* id, const char* requirement, const char* description, std::uint32_t flags = 0) {
  Slot s{sized<bh_slot_t>()};
  s.raw.id = id;
  s.raw.requirement = requirement;
  s.raw.description = description;
  s.raw.flags = flags;
  return s;
}

// ---- Roles
// -----------------------------------------------------------------------------------------------------------

/// One role of a case of several workers; made by role(). The first of a list is the primary.
struct Role {
  bh_role_t raw;

  constexpr Role flag(std::uint32_t f) const { return detail::with(*this, &bh_role_t::flags, raw.flags | f); }
  constexpr Role load() const { return flag(BH_ROLE_LOAD); }
  constexpr Role mortal() const { return flag(BH_ROLE_MORTAL); }
  constexpr Role respawn() const { return flag(BH_ROLE_MORTAL | BH_ROLE_RESPAWN); }
  constexpr Role devices() const { return flag(BH_ROLE_DEVICES); }
  constexpr Role verifies() const { return flag(BH_ROLE_VERIFIES); }
  constexpr Role count(const char* e) const { return detail::with(*this, &bh_role_t::count, e); }
  constexpr Role claim_cores(const char* e) const { return detail::with(*this, &bh_role_t::claim_cores, e); }
};

constexpr Role role(const char* id, const char* description) {
  Role r{sized<bh_role_t>()};
  r.raw.id = id;
  r.raw.description = description;
  return r;
}

// ---- Benchmarks
// --------------------------------------------------------------------------------------------------------

/// What a benchmark is, apart from its lists and functions; made by about().
struct About {
  bh_benchmark_t raw;

  constexpr About revision(std::uint64_t r) const { return detail::with(*this, &bh_benchmark_t::workload_revision, r); }
  constexpr About batch(std::uint32_t policy, std::uint64_t least = 0, std::uint64_t most = 0) const {
    About a = *this;
    a.raw.batch = policy;
    a.raw.batch_min = least;
    a.raw.batch_max = most;
    return a;
  }
  constexpr About flags(std::uint32_t f) const { return detail::with(*this, &bh_benchmark_t::flags, raw.flags | f); }
  constexpr About tags(const char* t) const { return detail::with(*this, &bh_benchmark_t::tags, t); }
  constexpr About requirement(const char* e) const { return detail::with(*this, &bh_benchmark_t::requirement, e); }
  constexpr About claim_cores(const char* e) const { return detail::with(*this, &bh_benchmark_t::claim_cores, e); }
  constexpr About claim_memory_bytes(const char* e) const {
    return detail::with(*this, &bh_benchmark_t::claim_memory_bytes, e);
  }
  constexpr About claim_seconds(const char* e) const { return detail::with(*this, &bh_benchmark_t::claim_seconds, e); }
};

constexpr About about(const char* id, const char* title, const char* description, std::uint32_t category) {
  About a{sized<bh_benchmark_t>()};
  a.raw.id = id;
  a.raw.title = title;
  a.raw.description = description;
  a.raw.category = category;
  a.raw.workload_revision = 1;
  return a;
}

}  // namespace benchhost

#endif  // BENCHHOST_CPP_DESCRIPTORS_HPP
