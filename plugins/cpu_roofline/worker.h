// One thread's part of the array with what was done to it: fills, runs, and checks its own.
#pragma once

#include <benchhost/plugin.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels.h"
#include "values.h"

namespace roofline {

namespace bb = benchhost;

/// Thread: made, run and checked by one member of the team each; `index` keeps their random data apart.
template <class T>
class Worker {
 public:
  /// Takes memory from the calling thread, so that it lies on that thread's node. fmas 0: touches only.
  Worker(const bh_host_t* host, const Kernels<T>& kernels, std::uint32_t fmas, std::uint32_t index, std::size_t count)
      : host_(host), kernels_(kernels), fmas_(fmas), stream_(index), array_(host, count, 0, BH_NODE_ANY, 4096) {
    for_each_chunk([&](std::size_t begin, const std::uint8_t* bytes, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) array_[begin + i] = static_cast<T>(value_of(bytes[i]));
    });
  }

  /// n passes.
  void run(std::uint64_t n) {
    for (std::uint64_t left = n; left > 0; --left, ++done_) {
      if (fmas_ == 0) {
        kernels_.touch(array_.data(), array_.size(), mask_of(done_));
      } else {
        kernels_.compute(array_.data(), array_.size(), pass_of<T>(fmas_, done_));
      }
      bh_keep(array_.data());
    }
  }

  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] std::size_t size() const { return array_.size(); }

  /// Elements that are not what they must be, from data drawn again.
  [[nodiscard]] std::uint64_t check() const {
    const Affine map = map_after(fmas_, done_);
    const std::uint32_t flipped = flipped_after(done_);
    std::uint64_t wrong = 0;
    for_each_chunk([&](std::size_t begin, const std::uint8_t* bytes, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) {
        T want = static_cast<T>(value_of(bytes[i]));
        if (fmas_ == 0) {
          std::uint32_t low = 0;
          std::memcpy(&low, &want, sizeof low);  // little-endian, as everywhere (base.h)
          low ^= flipped;
          std::memcpy(&want, &low, sizeof low);
        } else {
          want = static_cast<T>(map.turn * value_of(bytes[i]) + map.shift);
        }
        if (bits_of(want) != bits_of(array_[begin + i])) ++wrong;
      }
    });
    return wrong;
  }

 private:
  static constexpr std::size_t kChunk = 4096;
  using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

  /// All of a value: 0 and -0 are two, and a NaN equals itself.
  static Bits bits_of(T value) {
    Bits bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }

  template <class F>
  void for_each_chunk(F f) const {
    std::array<std::uint8_t, kChunk> bytes;
    for (std::size_t begin = 0; begin < array_.size(); begin += kChunk) {
      host_->random_fill(host_, stream_, begin, bytes.data(), kChunk);
      f(begin, bytes.data(), std::min(kChunk, array_.size() - begin));
    }
  }

  const bh_host_t* host_;
  Kernels<T> kernels_;
  std::uint32_t fmas_;
  std::uint64_t stream_;
  bb::Array<T> array_;
  std::uint64_t done_ = 0;
};

}  // namespace roofline
