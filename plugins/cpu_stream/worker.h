// One thread's arrays with what was done to them: fills, runs, and checks its own part.
#pragma once

#include <benchhost/plugin.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels.h"
#include "values.h"

namespace stream {

namespace bb = benchhost;

/// What a check found.
struct Check {
  std::uint64_t checked = 0;
  double error = 0;  ///< largest difference; NaN counts as infinite
};

/// Thread: made, run and checked by one member of the team each; `index` keeps their random data apart.
template <class T>
class Worker {
 public:
  /// Takes memory from the calling thread, so that it lies on that thread's node. count: elements of each array.
  Worker(const bb::Prepare& p, Op op, std::uint32_t index, std::size_t count)
      : host_(p.host), op_(op), stream_(4u * index) {
    const Shape shape = shape_of(op);
    // Each array starts some lines after a page boundary and not all at the same offset: equal offsets make stores look
    // like they alias loads (4 KiB aliasing), and a cache's sets fill unevenly.
    constexpr std::size_t kApartBytes = 13 * 64;
    const std::size_t bytes = count * sizeof(T);
    const std::size_t room = (bytes + 4095) / 4096 * 4096 + 4096;
    memory_ = bb::Array<std::byte>(p.host, room * shape.arrays(), 0, BH_NODE_ANY, 4096);
    std::size_t next = 0;
    auto place = [&](bool used) -> T* {
      if (!used) return nullptr;
      std::byte* at = memory_.data() + next * room + next * kApartBytes;
      ++next;
      return reinterpret_cast<T*>(at);
    };
    slices_.a = place(shape.a);
    slices_.b = place(shape.b);
    slices_.c = place(shape.c);
    slices_.count = count;
    for_each_chunk([&](std::size_t begin, const Chunk& chunk) {
      for (std::size_t i = 0; i < chunk.count; ++i) {
        if (slices_.a != nullptr) slices_.a[begin + i] = chunk.a[i];
        if (slices_.b != nullptr) slices_.b[begin + i] = chunk.b[i];
        if (slices_.c != nullptr) slices_.c[begin + i] = chunk.c[i];
        if (op_ == Op::dot) sum_ += static_cast<double>(chunk.a[i]) * static_cast<double>(chunk.b[i]);
        if (op_ == Op::read) sum_ += static_cast<double>(chunk.a[i]);
      }
    });
  }

  /// n iterations. Thread: the one that made it.
  void run(Kernel<T> kernel, std::uint64_t n) {
    for (std::uint64_t left = n; left > 0; --left) {
      const double sum = kernel(slices_, scalar_of<T>(op_, done_));
      // Arrays are memory that somebody may look at; a sum is looked at here, each time.
      bh_keep(slices_.a);
      if (sum != sum_) ++wrong_sums_;
      ++done_;
    }
  }

  [[nodiscard]] std::uint64_t done() const { return done_; }

  /// Compares every element of the result with what it must be, from data drawn again.
  [[nodiscard]] Check check() const {
    Check found;
    if (done_ == 0) return found;
    const Shape shape = shape_of(op_);
    if (shape.written == 0) {
      found.checked = done_;
      found.error = static_cast<double>(wrong_sums_);
      return found;
    }
    const T* result = shape.written == 'a' ? slices_.a : shape.written == 'b' ? slices_.b : slices_.c;
    for_each_chunk([&](std::size_t begin, const Chunk& chunk) {
      for (std::size_t i = 0; i < chunk.count; ++i) {
        const double want = static_cast<double>(expected(op_, chunk.a[i], chunk.b[i], chunk.c[i], done_));
        const double error = std::fabs(static_cast<double>(result[begin + i]) - want);
        if (!(error <= found.error)) found.error = std::isnan(error) ? HUGE_VAL : error;
      }
      found.checked += chunk.count;
    });
    return found;
  }

 private:
  static constexpr std::size_t kChunk = 4096;
  struct Chunk {
    std::size_t count = 0;
    std::array<T, kChunk> a, b, c;
  };

  template <class F>
  void for_each_chunk(F f) const {
    std::array<std::uint8_t, kChunk> bytes[3];
    Chunk chunk;
    for (std::size_t begin = 0; begin < slices_.count; begin += kChunk) {
      chunk.count = std::min(kChunk, slices_.count - begin);
      for (std::uint32_t k = 0; k < 3; ++k) {
        host_->random_fill(host_, stream_ + k, begin, bytes[k].data(), kChunk);
      }
      for (std::size_t i = 0; i < chunk.count; ++i) {
        const auto value = [&](std::uint32_t k) {
          return value_of<T>(static_cast<std::uint8_t>(bytes[k][i] & bits_of(op_)));
        };
        chunk.a[i] = value(0);
        chunk.c[i] = value(2);
        chunk.b[i] = op_ == Op::nstream ? T(-1.5) * chunk.c[i] : value(1);
      }
      f(begin, chunk);
    }
  }

  const bh_host_t* host_;
  Op op_;
  std::uint64_t stream_;
  bb::Array<std::byte> memory_;
  Slices<T> slices_;
  std::uint64_t done_ = 0;
  double sum_ = 0;  ///< of dot and read; 0 for the others, as their kernels return
  std::uint64_t wrong_sums_ = 0;
};

}  // namespace stream
