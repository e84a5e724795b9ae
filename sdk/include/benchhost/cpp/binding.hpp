// SPDX-License-Identifier: MIT
//
// benchhost/cpp/binding.hpp: benchmark classes as the C tables of plugin.h: nothing that is thrown gets past. Not for
// authors; BH_PLUGIN_CXX of <benchhost/plugin.hpp> uses it.
#ifndef BENCHHOST_CPP_BINDING_HPP
#define BENCHHOST_CPP_BINDING_HPP

#include <benchhost/cpp/benchmark.hpp>
#include <benchhost/cpp/roles.hpp>
#include <benchhost/cpp/validate.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace benchhost::detail {

/// Runs body; what it throws becomes a status with its text. Nothing gets past.
template <class Body>
bh_status_t guarded(const bh_host_t* host, Body&& body) noexcept {
  try {
    body();
    return BH_OK;
  } catch (const Error& e) {
    return host->fail(host, e.code == BH_OK ? BH_E_FAILED : e.code, e.what());  // what is thrown is never success
  } catch (const std::bad_alloc&) {
    return host->fail(host, BH_E_NO_MEMORY, "the plugin ran out of memory (std::bad_alloc)");
  } catch (const std::exception& e) {
    return host->fail(host, BH_E_FAILED, e.what());
  } catch (...) {
    return host->fail(host, BH_E_FAILED, "the plugin threw something that is no std::exception");
  }
}

#define BH_HAS_STATIC_(trait, member) \
  template <class T, class = void>    \
  struct trait : std::false_type {};  \
  template <class T>                  \
  struct trait<T, std::void_t<decltype(T::member)>> : std::true_type {}
BH_HAS_STATIC_(HasParameters, parameters);
BH_HAS_STATIC_(HasSlots, slots);
BH_HAS_STATIC_(HasSummaries, summaries);
BH_HAS_STATIC_(SaysRoles, roles);
BH_HAS_STATIC_(HasSettings, settings);
BH_HAS_STATIC_(HasEnumerate, enumerate);
BH_HAS_STATIC_(HasExtension, extension);
#undef BH_HAS_STATIC_
/// A member `roles` that is no list (of type bb::Roles, say) is the author's own affair.
template <class T, class = void>
struct HasRoles : std::false_type {};
template <class T>
struct HasRoles<T, std::enable_if_t<SaysRoles<T>::value>> : std::is_array<decltype(T::roles)> {};
template <class T, class = void>
struct IsPlugin : std::false_type {};
template <class T>
struct IsPlugin<T, std::void_t<decltype(T::own_threads)>> : std::true_type {};

/// True if T overrides the hook; an overload of the same name that does not fails here, loudly.
template <class Owner, class Own, class Inherited>
constexpr bool overridden(Own Owner::*, Inherited Benchmark::*) {
  static_assert(std::is_same_v<Own, Inherited>, "a hook has another signature than in benchhost::Benchmark");
  return !std::is_same_v<Owner, Benchmark>;
}

/// A copy of values that owns its strings and lists.
class Copies {
 public:
  Copies(const bh_value_t* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) values_.push_back(copy(values[i]));
  }
  const std::vector<bh_value_t>& all() const { return values_; }

 private:
  bh_value_t copy(bh_value_t v) {
    if (v.s != nullptr) v.s = texts_.emplace_back(v.s).c_str();
    if (v.count != 0) {
      std::vector<bh_value_t> items;
      for (std::uint32_t i = 0; i < v.count; ++i) items.push_back(copy(v.items[i]));
      v.items = lists_.emplace_back(std::move(items)).data();
    }
    return v;
  }
  std::vector<bh_value_t> values_;
  std::deque<std::string> texts_;
  std::deque<std::vector<bh_value_t>> lists_;
};

template <class P>
constexpr std::pair<const Param*, std::size_t> settings_of() {
  if constexpr (HasSettings<P>::value) {
    return {P::settings, std::extent_v<decltype(P::settings)>};
  } else {
    return {nullptr, 0};
  }
}

/// Throws where a value is not of its type, or a number is out of its range. No host passes such; a caller that is
/// none must not bring the plugin down.
inline void check_values(const Param* params, std::size_t declared, const bh_value_t* values, std::size_t given) {
  if (given != declared)
    throw Error(BH_E_ARGUMENT, std::to_string(given) + " values for " + std::to_string(declared) + " parameters");
  for (std::size_t i = 0; i < declared; ++i) {
    const bh_param_t& p = params[i].raw;
    const bh_value_t& v = values[i];
    const bool in_range = (p.type & BH_TYPE_LIST) != 0 || ((is_absent(p.minimum) || not_above(p.minimum, v)) &&
                                                           (is_absent(p.maximum) || not_above(v, p.maximum)));
    if (v.type != p.type || !in_range)
      throw Error(BH_E_ARGUMENT, std::string("parameter '") + p.name + "' is not of its type or outside of its range");
  }
}

/// The first rule that the descriptors of a benchmark class break.
template <class T>
constexpr Finding first_fault() {
  const Param* params = nullptr;
  std::size_t param_count = 0;
  Finding f = fault_of(T::about);
  if constexpr (HasParameters<T>::value) {
    params = T::parameters;
    param_count = std::extent_v<decltype(T::parameters)>;
    if (f.fault == Fault::none) f = fault_of(params, param_count);
  }
  if constexpr (HasSlots<T>::value) {
    if (f.fault == Fault::none) f = fault_of(T::slots, std::extent_v<decltype(T::slots)>);
  }
  if (f.fault == Fault::none) f = fault_of(T::metrics, std::extent_v<decltype(T::metrics)>, HasSlots<T>::value);
  if constexpr (HasSummaries<T>::value) {
    if (f.fault == Fault::none)
      f = fault_of(T::summaries, std::extent_v<decltype(T::summaries)>, T::metrics, std::extent_v<decltype(T::metrics)>,
                   params, param_count);
  }
  if constexpr (HasRoles<T>::value) {
    if (f.fault == Fault::none) f = fault_of(T::roles, std::extent_v<decltype(T::roles)>);
  }
  return f;
}

/// One benchmark class as a lifecycle table and a descriptor. P: the plugin, for its settings.
template <class P, class T>
struct Binding {
  static_assert(std::is_base_of_v<Benchmark, T>, "a benchmark class derives from benchhost::Benchmark");
  static_assert(!SaysParameter<T>::value && !SaysParams<T>::value, "the list is called `parameters`");
  static_assert(!SaysSlot<T>::value && !SaysDevices<T>::value, "the list is called `slots`");
  static_assert(!SaysMetric<T>::value, "the list is called `metrics`");
  static_assert(!SaysSummary<T>::value && !SaysSummarys<T>::value, "the list is called `summaries`");
  static_assert(!SaysRole<T>::value, "the list is called `roles`");
  static_assert(!SaysSetting<T>::value && !SaysSettings<T>::value,
                "settings are the plugin's: put them into its class");
  static constexpr Finding finding = first_fault<T>();
  static_assert(Descriptor<finding.fault, finding.item>::is_right);

  struct Instance {
    Instance(const bh_host_t* h, const bh_create_t* args)
        : host(h),
          settings(args->settings, args->setting_count),
          benchmark(args->benchmark ? args->benchmark : ""),
          input(args->input ? args->input : ""),
          digest(args->content_digest ? args->content_digest : ""),
          create(sized<bh_create_t>()) {
      create.setting_count = args->setting_count;
      create.settings = settings.all().data();
      create.benchmark = benchmark.c_str();
      create.input = input.c_str();
      create.content_digest = digest.c_str();
    }
    const bh_host_t* host;
    Copies settings;
    std::string benchmark, input, digest;
    bh_create_t create;
    std::optional<T> body;  // made in place
  };
  static Instance* of(void* self) { return static_cast<Instance*>(self); }
  /// Of an instance that is prepared: no host calls another, and if it did there would be nothing to call.
  static T& body_of(void* self) {
    std::optional<T>& body = of(self)->body;
    if (!body) throw Error(BH_E_STATE, "called before prepare or after teardown");
    return *body;
  }

  static bh_status_t BH_CALL create(const bh_host_t* host, const bh_create_t* args, void** self) noexcept {
    return guarded(host, [&] { *self = new Instance(host, args); });
  }
  static bh_status_t BH_CALL prepare(void* self, const bh_prepare_t* args) noexcept {
    Instance* it = of(self);
    return guarded(it->host, [&] {
      const Param* params = nullptr;
      std::size_t count = 0;
      if constexpr (HasParameters<T>::value) {
        params = T::parameters;
        count = std::extent_v<decltype(T::parameters)>;
      }
      const auto s = settings_of<P>();
      check_values(params, count, args->values, args->value_count);
      it->body.emplace(Prepare(
          it->host, &it->create, Values(s.first, s.second, it->create.settings, it->create.setting_count), args,
          Values(params, count, args->values, args->value_count), T::metrics, std::extent_v<decltype(T::metrics)>));
    });
  }
  static bh_status_t BH_CALL prepare_batch(void* self, const bh_batch_t* batch) noexcept {
    return guarded(of(self)->host, [&] { body_of(self).prepare_batch(*batch); });
  }
  static bh_status_t BH_CALL run(void* self, const bh_batch_t* batch) noexcept {
    return guarded(of(self)->host, [&] { body_of(self).run(*batch); });
  }
  static bh_status_t BH_CALL finish_batch(void* self, const bh_batch_t* batch) noexcept {
    return guarded(of(self)->host, [&] { body_of(self).finish_batch(*batch); });
  }
  static bh_status_t BH_CALL verify(void* self, bh_verdict_t* verdict) noexcept {
    return guarded(of(self)->host, [&] {
      if (!BH_HAS(bh_verdict_t, verdict, tolerance))
        throw Error(BH_E_ARGUMENT, "the host's bh_verdict_t was never filled");
      bh_verdict_t v = sized<bh_verdict_t>();  // the host's may be shorter than ours
      v.error = v.tolerance = std::numeric_limits<double>::quiet_NaN();
      struct Copy {  // also when verify throws: the verdict is stored with the failure
        bh_verdict_t* to;
        const bh_verdict_t& from;
        ~Copy() {
          BH_SET(bh_verdict_t, to, checked, from.checked);
          BH_SET(bh_verdict_t, to, error, from.error);
          BH_SET(bh_verdict_t, to, tolerance, from.tolerance);
          BH_SET(bh_verdict_t, to, what, from.what);
        }
      } copy{verdict, v};
      body_of(self).verify(v);
    });
  }
  static bh_status_t BH_CALL process(void* self) noexcept {
    return guarded(of(self)->host, [&] { body_of(self).process(); });
  }
  static bh_status_t BH_CALL teardown(void* self) noexcept {
    return guarded(of(self)->host, [&] { of(self)->body.reset(); });
  }
  static void BH_CALL destroy(void* self) noexcept { delete of(self); }

  static constexpr bh_lifecycle_t lifecycle_of() {
    bh_lifecycle_t l = sized<bh_lifecycle_t>();
    l.create = create;
    l.prepare = prepare;
    l.run = run;
    l.teardown = teardown;
    l.destroy = destroy;
    if (overridden(&T::prepare_batch, &Benchmark::prepare_batch)) l.prepare_batch = prepare_batch;
    if (overridden(&T::finish_batch, &Benchmark::finish_batch)) l.finish_batch = finish_batch;
    if (overridden(&T::verify, &Benchmark::verify)) l.verify = verify;
    if (overridden(&T::process, &Benchmark::process)) l.process = process;
    return l;
  }
  static constexpr bh_lifecycle_t lifecycle = lifecycle_of();

  template <class List, class Item, std::size_t N>
  static constexpr List list_of(const Item (&items)[N]) {
    return {&items[0].raw, static_cast<std::uint32_t>(N), static_cast<std::uint32_t>(sizeof(Item))};
  }
  static constexpr bh_benchmark_t descriptor_of() {
    bh_benchmark_t b = T::about.raw;
    b.metrics = list_of<bh_metric_list_t>(T::metrics);
    if constexpr (HasParameters<T>::value) b.parameters = list_of<bh_param_list_t>(T::parameters);
    if constexpr (HasSlots<T>::value) b.slots = list_of<bh_slot_list_t>(T::slots);
    if constexpr (HasSummaries<T>::value) b.summaries = list_of<bh_summary_list_t>(T::summaries);
    b.lifecycle = &lifecycle;
    return b;
  }
  static constexpr bh_benchmark_t descriptor = descriptor_of();
};

/// The plugin table of a plugin class.
template <class P>
struct Table {
  static_assert(!SaysSetting<P>::value && !SaysParams<P>::value && !SaysParameter<P>::value,
                "the list of a plugin is called `settings`");
  static constexpr Finding finding = fault_of(settings_of<P>().first, settings_of<P>().second);
  static_assert(Descriptor<finding.fault, finding.item>::is_right);

  template <class... T>
  struct Pick {
    static constexpr bool has_roles = (HasRoles<T>::value || ...);
    static constexpr bool is_enumerated = (((T::about.raw.flags & BH_BENCHMARK_ENUMERATED) != 0) || ...);
    static constexpr bool ids_fit(std::string_view id) {
      constexpr std::string_view ids[] = {view(T::about.raw.id)...};
      for (std::size_t i = 0; i < sizeof...(T); ++i) {
        if (ids[i].size() <= id.size() + 1 || ids[i].substr(0, id.size()) != id || ids[i][id.size()] != '.')
          return false;
        for (std::size_t k = 0; k < i; ++k) {
          if (ids[k] == ids[i]) return false;
        }
      }
      return is_id(id);
    }
    template <class One>
    static const bh_role_t* role_of([[maybe_unused]] std::string_view benchmark,
                                    [[maybe_unused]] std::uint32_t index) noexcept {
      if constexpr (HasRoles<One>::value) {
        if (benchmark == One::about.raw.id && index < std::extent_v<decltype(One::roles)>)
          return &One::roles[index].raw;
      }
      return nullptr;
    }
    static const bh_role_t* BH_CALL role(const char* benchmark, std::uint32_t index) noexcept {
      const bh_role_t* found = nullptr;
      ((found = found != nullptr ? found : role_of<T>(benchmark, index)), ...);
      return found;
    }
    static constexpr bh_plugin_roles_t roles = {sizeof(bh_plugin_roles_t), 0u, role};
    static const bh_benchmark_t* BH_CALL benchmark(std::uint32_t index) noexcept {
      static constexpr const bh_benchmark_t* all[] = {&Binding<P, T>::descriptor...};
      return index < sizeof...(T) ? all[index] : nullptr;
    }
  };
  using Picked = typename P::template apply<Pick>;
  static_assert(HasEnumerate<P>::value || !Picked::is_enumerated,
                "a benchmark of BH_BENCHMARK_ENUMERATED needs a static function `enumerate` of the plugin's class");
  static constexpr bool ids_fit(std::string_view id) { return Picked::ids_fit(id); }
  /// The roles of the benchmarks first, then what the plugin has.
  static const void* BH_CALL extension([[maybe_unused]] const char* id) noexcept {
    if constexpr (Picked::has_roles) {
      if (view(id) == BH_EXT_ROLES) return &Picked::roles;
    }
    if constexpr (HasExtension<P>::value) {
      return P::extension(id);
    } else {
      return nullptr;
    }
  }
  static bh_status_t BH_CALL enumerate([[maybe_unused]] const bh_host_t* host,
                                       [[maybe_unused]] const bh_enumerate_t* args) noexcept {
    if constexpr (HasEnumerate<P>::value) {
      const auto s = settings_of<P>();
      return guarded(host, [&] {
        P::enumerate(Enumerate(host, args, Values(s.first, s.second, args->settings, args->setting_count)));
      });
    } else {
      return BH_OK;
    }
  }
  static constexpr bh_plugin_t plugin_of() {
    bh_plugin_t p = sized<bh_plugin_t>();
    p.own_threads = P::own_threads;
    p.flags = P::flags;
    p.benchmark = Picked::benchmark;
    if constexpr (HasEnumerate<P>::value) p.enumerate = enumerate;
    if constexpr (HasExtension<P>::value || Picked::has_roles) p.extension = extension;
    if constexpr (HasSettings<P>::value)
      p.settings = {&P::settings[0].raw, static_cast<std::uint32_t>(std::extent_v<decltype(P::settings)>),
                    sizeof(Param)};
    return p;
  }
  static constexpr bh_plugin_t plugin = plugin_of();
};

template <class First, class... T>
using PluginOf = std::conditional_t<IsPlugin<First>::value && sizeof...(T) == 0, First, Plugin<First, T...>>;

}  // namespace benchhost::detail

#endif  // BENCHHOST_CPP_BINDING_HPP
