// SPDX-License-Identifier: MIT
//
// benchhost/cpp/base.hpp: structs with their size, failures as exceptions. Part of <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_BASE_HPP
#define BENCHHOST_CPP_BASE_HPP

#include <benchhost/host.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace benchhost {

/// A zeroed ABI struct with struct_size set.
template <class T>
constexpr T sized() {
  T object{};
  object.struct_size = static_cast<std::uint32_t>(sizeof(T));
  return object;
}

/// A failure with its code; the text says what, which item, and what to do.
class Error : public std::runtime_error {
 public:
  Error(bh_status_t status, const std::string& text) : std::runtime_error(text), code(status) {}
  bh_status_t code;
};

/// Turns a failed call of a host function into an Error with the host's text.
inline void check(const bh_host_t* host, bh_status_t status) {
  if (status != BH_OK) throw Error(status, host->last_error(host));
}

/// The same for a function of a table that has last_error(object): bh_device_api_t with a device.
template <class Api, class Object>
void check(const Api* api, const Object* object, bh_status_t status) {
  if (status != BH_OK) throw Error(status, api->last_error(object));
}

/// A foreign name as one part of an id, by the rule of base.h, section 4: different names stay different.
/// Errors: throws if it would be longer than an id may be.
inline std::string id_of(std::string_view name) {
  constexpr char digits[] = "0123456789abcdef";
  std::string id = "n_";
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      id += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      id += {'_', digits[byte / 16], digits[byte % 16], '_'};
    }
  }
  if (id.size() > BH_MAX_ID) throw Error(BH_E_ARGUMENT, "'" + std::string(name) + "' is too long for an id");
  return id;
}

}  // namespace benchhost

#endif  // BENCHHOST_CPP_BASE_HPP
