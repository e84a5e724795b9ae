// One thread's chains with what was done to them: fills, runs, and checks its own.
#pragma once

#include <benchhost/plugin.hpp>

#include <cstring>
#include <vector>

#include "common/chain_data.h"
#include "common/chain_kernels.h"

namespace chains {

/// One kernel, and what it needs to know of itself.
struct Choice {
  Type type = Type::fp64;
  cpu::Level level = cpu::Level::sse2;
  bool is_fused = false;
  std::uint32_t bits = 0;  ///< of a vector
  std::uint32_t chains = 0;
  Kernel kernel = nullptr;

  [[nodiscard]] std::uint32_t lanes() const { return bits / lane_bits(type); }
  [[nodiscard]] double operations() const { return iteration_operations(type, bits, chains); }
};

/// Thread: made, run and checked by one member of the team each; `index` keeps their random data apart.
class Worker {
 public:
  /// Takes memory from the calling thread, so that it lies on that thread's node.
  Worker(const bh_host_t* host, const Choice& choice, std::uint32_t index)
      : host_(host),
        choice_(choice),
        stream_(index),
        inputs_(host, (kStarts * choice.chains + 3) * kVectorBytes, 0, BH_NODE_ANY, kVectorBytes),
        sums_(host, choice.chains * kVectorBytes, 0, BH_NODE_ANY, kVectorBytes) {
    std::byte* operands = inputs_.data() + kStarts * choice_.chains * kVectorBytes;
    for (std::uint32_t lane = 0; lane < choice_.lanes(); ++lane) {
      const Operands both = operands_of_lane(lane);
      put(operands, lane, both.p);
      put(operands + kVectorBytes, lane, both.q);
    }
    for_each_start([&](std::uint32_t start, std::uint32_t chain, std::uint32_t lane, Lane value) {
      put(inputs_.data() + (start * choice_.chains + chain) * kVectorBytes, lane, value);
    });
    state_ = {inputs_.data(), operands, sums_.data()};
  }

  void run(std::uint64_t n) {
    choice_.kernel(state_, done_, n);
    bh_keep(state_.sums);
    done_ += n;
  }

  /// Calls f, which may run iterations, and forgets these: sums are as before.
  template <class F>
  auto aside(F f) {
    const std::vector<std::byte> sums(sums_.begin(), sums_.end());
    const std::uint64_t done = done_;
    auto result = f();
    std::memcpy(sums_.data(), sums.data(), sums.size());
    done_ = done;
    return result;
  }

  /// Lanes of all chains together.
  [[nodiscard]] std::uint64_t lanes() const { return std::uint64_t{choice_.chains} * choice_.lanes(); }

  /// Lanes whose sum is not what it must be, from data drawn again.
  [[nodiscard]] std::uint64_t wrong() const {
    std::vector<Lane> ends(kStarts * lanes());
    std::vector<Operands> operands;
    for (std::uint32_t lane = 0; lane < choice_.lanes(); ++lane) operands.push_back(operands_of_lane(lane));
    for_each_start([&](std::uint32_t start, std::uint32_t chain, std::uint32_t lane, Lane value) {
      ends[(chain * choice_.lanes() + lane) * kStarts + start] =
          replay(choice_.type, choice_.is_fused, value, operands[lane]);
    });
    std::uint64_t wrong = 0;
    for (std::uint32_t chain = 0; chain < choice_.chains; ++chain) {
      for (std::uint32_t lane = 0; lane < choice_.lanes(); ++lane) {
        Lane of_lane[kStarts];
        std::memcpy(of_lane, &ends[(chain * choice_.lanes() + lane) * kStarts], sizeof of_lane);
        if (get(sums_.data() + chain * kVectorBytes, lane) != sum_after(choice_.type, of_lane, done_)) ++wrong;
      }
    }
    return wrong;
  }

  [[nodiscard]] std::uint64_t done() const { return done_; }

 private:
  void put(std::byte* vector, std::uint32_t lane, Lane value) const {
    const std::size_t size = lane_bits(choice_.type) / 8;
    std::memcpy(vector + lane * size, &value, size);
  }
  [[nodiscard]] Lane get(const std::byte* vector, std::uint32_t lane) const {
    const std::size_t size = lane_bits(choice_.type) / 8;
    Lane value = 0;
    std::memcpy(&value, vector + lane * size, size);
    return value;
  }
  [[nodiscard]] std::uint64_t random_word(std::uint64_t index) const {
    std::uint64_t word = 0;
    host_->random_fill(host_, stream_, index * sizeof word, &word, sizeof word);
    return word;
  }
  [[nodiscard]] Operands operands_of_lane(std::uint32_t lane) const {
    return operands_of(choice_.type, random_word(lane));
  }
  template <class F>
  void for_each_start(F f) const {
    std::uint64_t index = choice_.lanes();
    for (std::uint32_t start = 0; start < kStarts; ++start) {
      for (std::uint32_t chain = 0; chain < choice_.chains; ++chain) {
        for (std::uint32_t lane = 0; lane < choice_.lanes(); ++lane) {
          f(start, chain, lane, start_of(choice_.type, random_word(index++)));
        }
      }
    }
  }

  const bh_host_t* host_;
  Choice choice_;
  std::uint64_t stream_;
  benchhost::Array<std::byte> inputs_;
  benchhost::Array<std::byte> sums_;
  State state_;
  std::uint64_t done_ = 0;
};

}  // namespace chains
