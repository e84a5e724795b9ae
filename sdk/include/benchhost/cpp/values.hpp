// SPDX-License-Identifier: MIT
//
// benchhost/cpp/values.hpp: the values of parameters and settings, by name and checked type. Part of
// <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_VALUES_HPP
#define BENCHHOST_CPP_VALUES_HPP

#include <benchhost/cpp/descriptors.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost {

/// Values by name, checked against the declared type: asking for the wrong one throws, it never answers 0.
/// Owns: nothing; lives as long as the values of the host.
class Values {
 public:
  Values(const Param* params, std::size_t declared, const bh_value_t* values, std::size_t given)
      : params_(params), values_(values), count_(declared < given ? declared : given) {}

  /// Errors: throws if there is no such value.
  const bh_value_t& value(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (name == params_[i].raw.name) return values_[i];
    }
    throw Error(BH_E_NOT_FOUND, "no value '" + std::string(name) + "' is declared or given");
  }
  std::int64_t i64(std::string_view name) const { return typed(name, BH_TYPE_INT).i; }
  std::uint64_t u64(std::string_view name) const { return typed(name, BH_TYPE_UINT).u; }
  double f64(std::string_view name) const { return typed(name, BH_TYPE_DOUBLE).f; }
  bool boolean(std::string_view name) const { return typed(name, BH_TYPE_BOOL).u != 0; }
  std::string_view str(std::string_view name) const { return typed(name, BH_TYPE_STRING).s; }
  std::string_view choice(std::string_view name) const { return typed(name, BH_TYPE_ENUM).s; }
  std::vector<std::int64_t> i64s(std::string_view name) const { return elements(name, BH_TYPE_INT, &bh_value_t::i); }
  std::vector<std::uint64_t> u64s(std::string_view name) const { return elements(name, BH_TYPE_UINT, &bh_value_t::u); }
  std::vector<double> f64s(std::string_view name) const { return elements(name, BH_TYPE_DOUBLE, &bh_value_t::f); }
  std::vector<const char*> strs(std::string_view name) const { return elements(name, BH_TYPE_STRING, &bh_value_t::s); }
  std::vector<const char*> choices(std::string_view name) const { return elements(name, BH_TYPE_ENUM, &bh_value_t::s); }

 private:
  const bh_value_t& typed(std::string_view name, std::uint32_t type) const {
    const bh_value_t& v = value(name);
    if (v.type != type) {
      throw Error(BH_E_ARGUMENT, "'" + std::string(name) + "' is of type " + std::to_string(v.type) +
                                     ", asked for as " + std::to_string(type) +
                                     " (BH_TYPE_*): use the accessor of the declared type");
    }
    return v;
  }
  template <class Element>
  std::vector<Element> elements(std::string_view name, std::uint32_t type, Element bh_value_t::*member) const {
    const bh_value_t& v = typed(name, BH_TYPE_LIST | type);
    std::vector<Element> all;
    for (std::uint32_t i = 0; i < v.count; ++i) all.push_back(v.items[i].*member);
    return all;
  }

  const Param* params_;
  const bh_value_t* values_;
  std::size_t count_;
};

}  // namespace benchhost

#endif  // BENCHHOST_CPP_VALUES_HPP
