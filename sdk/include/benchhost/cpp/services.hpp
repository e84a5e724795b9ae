// SPDX-License-Identifier: MIT
//
// benchhost/cpp/services.hpp: host services with an owner or a callable: memory, teams, schedules. Part of
// <benchhost/plugin.hpp>.
#ifndef BENCHHOST_CPP_SERVICES_HPP
#define BENCHHOST_CPP_SERVICES_HPP

#include <benchhost/arrivals.h>
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

/// Requests by a schedule, of one thread; their latency counts from the intended start (arrivals.h says why).
///   bb::Arrivals arrivals;                                  // member
///   arrivals(p.host, 1000.0, p.args->seed)                  // in the constructor's list: 1000 a second
///   arrivals.run(batch.n, recorder, [&] { request(); });    // in run
class Arrivals {
 public:
  /// seed 0: at equal distances; else at random ones (bh_arrivals).
  Arrivals(const bh_host_t* host, double per_second, std::uint64_t seed)
      : schedule_(bh_arrivals(host, per_second, seed)) {}

  /// Calls request() n times, each when its time has come and the one before has returned, and records how long after
  /// its intended start it was done. Errors: throws BH_E_CANCELLED when the host wants the case to end.
  template <class F>
  void run(std::uint64_t n, bh_recorder_t* recorder, F&& request) {
    begin();
    for (; n > 0; --n) {
      const std::int64_t intended = next();
      request();
      done(recorder, intended);
    }
  }

  /// The parts of run, for requests that complete out of order.
  void begin() { bh_arrivals_begin(&schedule_); }
  std::int64_t next() {
    const std::int64_t intended = bh_arrivals_next(&schedule_);
    if (schedule_.host->cancelled(schedule_.host) != 0) throw Error(BH_E_CANCELLED, "stopped because the host asked");
    return intended;
  }
  std::int64_t done(bh_recorder_t* recorder, std::int64_t intended_ns) const {
    return bh_arrivals_done(&schedule_, recorder, intended_ns);
  }

 private:
  bh_arrivals_t schedule_;
};

}  // namespace benchhost

#endif  // BENCHHOST_CPP_SERVICES_HPP
