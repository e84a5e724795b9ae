// One thread's arrays with what was done to them: fills, runs, and checks its own part. The oracle compares with data
// drawn again, not with what the kernels read.
#pragma once

#include <benchhost/plugin.hpp>

#include <algorithm>
#include <array>

#include "kernels.h"

namespace cache {

namespace bb = benchhost;

/// What a check found.
struct Check {
  std::uint64_t checked = 0;
  std::uint64_t wrong = 0;
};

/// Thread: made, run and checked by one member of the team each; `index` keeps their random data apart.
class Worker {
 public:
  /// Takes memory from the calling thread, so that it lies on that thread's node. count: words of each array.
  Worker(const bb::Prepare& p, Op op, std::uint32_t index, std::size_t count) : host_(p.host), op_(op), stream_(index) {
    // Arrays do not begin at one offset in their pages: stores would look as if they hit the loads that follow.
    constexpr std::size_t kApartBytes = 13 * kLineBytes;
    constexpr std::size_t kPageBytes = 4096;
    const std::size_t room = (count * sizeof(std::uint64_t) + kPageBytes - 1) / kPageBytes * kPageBytes + kPageBytes;
    const std::size_t used = op == Op::copy ? 2 : 1;
    memory_ = bb::Array<std::byte>(p.host, room * used, 0, BH_NODE_ANY, kPageBytes);
    const auto place = [&](std::size_t i) {
      return reinterpret_cast<std::uint64_t*>(memory_.data() + i * (room + kApartBytes));
    };
    arrays_.count = count;
    if (op != Op::write) arrays_.from = place(0);
    if (op != Op::read) arrays_.to = place(used - 1);
    if (op == Op::write) return;
    for_each_chunk([&](std::size_t begin, const std::uint64_t* words, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) {
        arrays_.from[begin + i] = words[i];
        sum_ += words[i];
      }
    });
  }

  /// n passes. Thread: the one that made it.
  void run(Kernel kernel, std::uint64_t n) {
    total_ += kernel(arrays_, done_, n);
    done_ += n;
  }

  /// Compares the total of read, or every word of what write and copy left.
  [[nodiscard]] Check check() const {
    Check found;
    if (done_ == 0) return found;
    if (op_ == Op::read) {
      found.checked = done_;
      found.wrong = total_ == done_ * sum_ ? 0 : 1;
      return found;
    }
    found.checked = arrays_.count;
    const std::uint64_t last = stamp_of(done_ - 1);
    if (op_ == Op::write) {
      found.wrong =
          arrays_.count - static_cast<std::uint64_t>(std::count(arrays_.to, arrays_.to + arrays_.count, last));
      return found;
    }
    for_each_chunk([&](std::size_t begin, const std::uint64_t* words, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) {
        const bool stamped = begin + i >= arrays_.count - kLineWords;
        if (arrays_.to[begin + i] != (stamped ? last : words[i])) ++found.wrong;
      }
    });
    return found;
  }

 private:
  static constexpr std::size_t kChunkWords = 4096;

  template <class F>
  void for_each_chunk(F f) const {
    std::array<std::uint64_t, kChunkWords> words;
    for (std::size_t begin = 0; begin < arrays_.count; begin += kChunkWords) {
      const std::size_t n = std::min(kChunkWords, arrays_.count - begin);
      host_->random_fill(host_, stream_, begin * sizeof(std::uint64_t), words.data(), n * sizeof(std::uint64_t));
      f(begin, words.data(), n);
    }
  }

  const bh_host_t* host_;
  Op op_;
  std::uint64_t stream_;
  bb::Array<std::byte> memory_;
  Arrays arrays_;
  std::uint64_t done_ = 0;
  std::uint64_t sum_ = 0;    ///< of what was drawn
  std::uint64_t total_ = 0;  ///< of what the kernel returned
};

}  // namespace cache
