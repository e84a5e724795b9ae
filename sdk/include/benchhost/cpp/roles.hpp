// SPDX-License-Identifier: MIT
//
// benchhost/cpp/roles.hpp: roles.h for C++17: the table of the host with failures as exceptions. A benchmark with a
// static member `roles[]` of bb::Role has them; the plugin's extension is the wrapper's then. Part of
// <benchhost/plugin.hpp>.
//
//   static constexpr bb::Role roles[] = {bb::role("reader", "reads and measures"),
//                                        bb::role("writer", "writes meanwhile").load().count("writers")};
//   bb::Roles peers;                                       // member; constructed with Prepare
//   auto* shared = peers.share<Control>("control");        // zeroed once for all workers
//   if (peers.index() == 1) while (!peers.stop()) …        // in run
#ifndef BENCHHOST_CPP_ROLES_HPP
#define BENCHHOST_CPP_ROLES_HPP

#include <benchhost/cpp/benchmark.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace benchhost {

/// The workers of a case as one of them sees them. Copies freely; owns nothing.
class Roles {
 public:
  /// Errors: throws BH_E_UNSUPPORTED if the host has no roles.
  explicit Roles(const Prepare& p) : Roles(p.host) {}
  explicit Roles(const bh_host_t* h)
      : host(h), api(static_cast<const bh_host_roles_t*>(h->extension(h, BH_EXT_ROLES))) {
    if (api == nullptr) throw Error(BH_E_UNSUPPORTED, "this host does not have " BH_EXT_ROLES ": update it");
  }
  const bh_host_t* host;
  const bh_host_roles_t* api;

  /// Of this worker: the index of its role in `roles`, its number among the members, how often it was respawned.
  std::uint32_t index() const { return api->role; }
  std::uint32_t member() const { return api->member; }
  std::uint32_t incarnation() const { return api->incarnation; }
  std::uint32_t count(std::uint32_t role) const { return api->count(host, role); }
  /// True from when a LOAD member shall return from run.
  bool stop() const { return api->stop(host) != 0; }
  /// BH_MEMBER_*.
  std::uint32_t state(std::uint32_t role, std::uint32_t member_index) const {
    return api->peer(host, role, member_index, nullptr, nullptr);
  }
  /// How often a member was respawned.
  std::uint32_t incarnation_of(std::uint32_t role, std::uint32_t member_index) const {
    std::uint32_t incarnation = 0;
    (void)api->peer(host, role, member_index, &incarnation, nullptr);
    return incarnation;
  }
  void barrier(std::uint64_t generation, std::int64_t timeout_ns = -1) const {
    check(host, api->barrier(host, generation, timeout_ns));
  }
  /// Memory of all workers of the case under a key; zeroed, nothing is constructed: T is valid as zeroes (atomics are).
  template <class T>
  T* share(const char* key, std::uint64_t items = 1) const {
    static_assert(std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T>,
                  "shared memory is seen by several processes: no pointers, nothing that is destroyed");
    void* data = nullptr;
    check(host, api->share(host, key, items * sizeof(T), &data));
    return static_cast<T*>(data);
  }
  template <class T>
  void post(const char* key, const T& value) const {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 4096, "a posted value is bytes, at most 4096");
    check(host, api->post(host, key, &value, sizeof value));
  }
  /// Nothing if nobody has posted it yet.
  template <class T>
  std::optional<T> fetch(const char* key) const {
    static_assert(std::is_trivially_copyable_v<T>, "a posted value is bytes");
    T value{};
    std::uint64_t size = sizeof value;
    const bh_status_t status = api->fetch(host, key, &value, &size);
    if (status == BH_E_NOT_FOUND) return std::nullopt;
    check(host, status);
    if (size != sizeof value) throw Error(BH_E_ARGUMENT, std::string(key) + " was posted with another size");
    return value;
  }
  /// When the signal was sent, on the clock of now_ns.
  std::int64_t kill(std::uint32_t role, std::uint32_t member_index) const {
    std::int64_t when = 0;
    check(host, api->kill(host, role, member_index, &when));
    return when;
  }
};

}  // namespace benchhost

#endif  // BENCHHOST_CPP_ROLES_HPP
