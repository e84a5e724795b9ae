// SPDX-License-Identifier: MIT
//
// benchhost/cpp/services.hpp: host services with an owner or a callable: memory, teams. Part of <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_SERVICES_HPP
#define BENCHHOST_CPP_SERVICES_HPP

#include <benchhost/cpp/base.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

namespace benchhost {

/// count zeroed items of T in memory of the host (bh_host.memory_take), given back with their owner. Moves; empty after
/// that. Make it in the constructor of a benchmark; it counts against the case's claim.
/// Errors: throws BH_E_NO_MEMORY or BH_E_UNSUPPORTED with the host's text.
template <class T>
class Array {
  static_assert(std::is_trivial_v<T>,
                "memory of the host holds trivial types: it comes zeroed, nothing is constructed");

 public:
  Array() = default;
  /// flags: BH_MEMORY_*. node: a NUMA node or BH_NODE_ANY.
  Array(const bh_host_t* host, std::size_t count, std::uint32_t flags = 0, std::int32_t node = BH_NODE_ANY,
        std::size_t alignment_bytes = 0)
      : host_(host), size_(count) {
    if (count > SIZE_MAX / sizeof(T)) throw Error(BH_E_NO_MEMORY, "the size of an array is beyond the address space");
    granted_.flags = flags;
    granted_.size_bytes = count * sizeof(T);
    granted_.alignment_bytes = alignment_bytes;
    granted_.node = node;
    check(host, host->memory_take(host, &granted_));
  }
  Array(Array&& other) noexcept { swap(other); }
  Array& operator=(Array&& other) noexcept {
    Array(std::move(other)).swap(*this);
    return *this;
  }
  ~Array() {
    if (host_ != nullptr && granted_.data != nullptr) host_->memory_free(host_, granted_.data);
  }

  T* data() const { return static_cast<T*>(granted_.data); }
  std::size_t size() const { return size_; }
  T* begin() const { return data(); }
  T* end() const { return data() + size_; }
  T& operator[](std::size_t i) const { return data()[i]; }
  /// What was granted: size of the pages, node.
  const bh_memory_t& granted() const { return granted_; }

 private:
  void swap(Array& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(size_, other.size_);
    std::swap(granted_, other.granted_);
  }
  const bh_host_t* host_ = nullptr;
  std::size_t size_ = 0;
  bh_memory_t granted_ = sized<bh_memory_t>();
};

/// bh_host.team_run with any callable f(index); the first exception of a member is thrown again here, after all
/// returned.
template <class F>
void run_team(const bh_host_t* host, bh_team_t* team, F&& f) {
  struct Call {
    std::remove_reference_t<F>* f;
    std::atomic_flag taken = ATOMIC_FLAG_INIT;
    std::exception_ptr first;
  } call{&f, {}, {}};
  host->team_run(
      team,
      [](void* argument, std::uint32_t index) noexcept {
        auto* c = static_cast<Call*>(argument);
        try {
          (*c->f)(index);
        } catch (...) {
          if (!c->taken.test_and_set()) c->first = std::current_exception();
        }
      },
      &call);
  if (call.first) std::rethrow_exception(call.first);
}

}  // namespace benchhost

#endif  // BENCHHOST_CPP_SERVICES_HPP
