// SPDX-License-Identifier: MIT
//
// cpu_atomics: what an atomic read-modify-write costs, alone and against other threads.
#include <benchhost/plugin.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

#include "ledger.h"
#include "operations.h"

namespace {

namespace bb = benchhost;
using atomics::Addresses;
using atomics::Op;

constexpr bh_value_t kBits[] = {BH_UINT(32), BH_UINT(64)};
constexpr bh_value_t kAddresses[] = {BH_ENUM("one"), BH_ENUM("several"), BH_ENUM("neighbours"), BH_ENUM("own")};
constexpr bh_value_t kThreads[] = {BH_UINT(1),  BH_UINT(2),  BH_UINT(4), BH_UINT(8),
                                   BH_UINT(16), BH_UINT(32), BH_UINT(64)};

Addresses addresses_of(std::string_view name) {
  if (name == "several") return Addresses::several;
  if (name == "neighbours") return Addresses::neighbours;
  return name == "own" ? Addresses::own : Addresses::one;
}

constexpr bb::About about(const char* id, const char* title, const char* text) {
  return bb::about(id, title, text, BH_CATEGORY_HARDWARE)
      .tags("atomics,threads,contention")
      .requirement("machine.threads >= param.threads")
      .claim_cores("threads")
      .claim_memory_bytes("1 MiB + 1 KiB * threads");
}

constexpr bb::Metric kLatency =
    bb::time("latency", "Latency", "one operation of each thread: how long a thread waits for one of its own")
        .primary();
constexpr bb::Metric kRate =
    bb::rate("operations", "Operations", BH_UNIT_RATE("op"), BH_WORK_ITEMS, "operations of all threads together");

/// All but what an operation is called. Thread: as Benchmark.
template <Op op>
class Atomic : public bb::Benchmark {
 public:
  static constexpr bb::Param parameters[] = {
      bb::param("bits", bb::u64(64), "width of a word").choices(kBits).sweep(kBits),
      bb::param("addresses", bb::choice("one"),
                "one word for all threads; several: 8 words on lines of their own, and every thread goes round all of "
                "them; neighbours: a word for each thread, side by side on shared lines; own: on lines of its own")
          .choices(kAddresses),
      bb::param("threads", bb::u64(1), "threads, each pinned to a logical CPU of its own: cores first")
          .range(bb::u64(1), bb::u64(1024))
          .sweep(kThreads)};
  static constexpr bb::Metric metrics[] = {kLatency, kRate};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_RATIO, "slowdown", "Slowdown", BH_UNIT_NONE, BH_DIRECTION_LOWER, 0, 2,
                  "latency with the most threads over that with the fewest: what they cost each other"),
      bb::summary(BH_SUMMARY_SPEEDUP, "speedup", "Speed-up", BH_UNIT_NONE, BH_DIRECTION_HIGHER, 1, 2,
                  "operations per second of the most threads over those of the fewest")};

  explicit Atomic(const bb::Prepare& p)
      : host_(p.host),
        bits_(p.u64("bits")),
        operation_(atomics::operation(op, bits_)),
        members_(p.u64("threads")),
        memory_(p.host, atomics::room_bytes(addresses_of(p.choice("addresses")), members_.size(), bits_), 0,
                BH_NODE_ANY, atomics::kApartBytes),
        team_(p.team(static_cast<std::uint32_t>(members_.size()))) {
    if (operation_ == nullptr) throw bb::Error(BH_E_ARGUMENT, "there are operations of 32 and of 64 bits");
    for (std::size_t i = 0; i < members_.size(); ++i) {
      members_[i].share = atomics::share_of(memory_.data(), addresses_of(p.choice("addresses")), i, bits_);
    }
    p.work({{BH_WORK_ITEMS, static_cast<double>(members_.size())}});
  }

  void run(const bb::Batch& batch) override {
    bb::run_team(host_, team_, [&](std::uint32_t i) {
      Member& member = members_[i];
      const atomics::Given given = operation_(member.share, batch.n);
      member.share.first += batch.n;
      member.replaced += given.replaced;
      member.failed += given.failed;
    });
  }

  // What all operations brought must be in the words, or must have been taken out of them by an exchange.
  void verify(bb::Verdict& verdict) override {
    std::uint64_t brought = 0, found = sum_of_words();
    for (const Member& member : members_) {
      brought += atomics::amounts(member.share.member, member.share.first);
      if (op == Op::exchange) found += member.replaced;
      verdict.checked += member.share.first;
    }
    verdict.error = atomics::truncated(brought, bits_) == atomics::truncated(found, bits_) ? 0 : 1;
    verdict.tolerance = 0;
    verdict.what = op == Op::exchange
                       ? "1 if what was taken and what is left do not add up to what was put in, modulo the width"
                       : "1 if the words do not add up to what was added, modulo the width";
  }

 protected:
  /// Attempts of all threads that failed since the last call, and the operations that came of them.
  std::uint64_t take_failed() {
    std::uint64_t all = 0;
    for (Member& member : members_) {
      all += member.failed;
      member.failed = 0;
    }
    return all;
  }
  [[nodiscard]] std::size_t threads() const { return members_.size(); }

 private:
  // Threads write theirs when a batch is over: on lines of its own, so that this is not what they contend for.
  struct alignas(atomics::kApartBytes) Member {
    atomics::Share share;
    std::uint64_t replaced = 0;
    std::uint64_t failed = 0;
  };

  // What is no word of a layout is zero.
  [[nodiscard]] std::uint64_t sum_of_words() const {
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < memory_.size(); at += bits_ / 8) {
      std::uint64_t wide = 0;
      std::uint32_t narrow = 0;
      if (bits_ == 64) {
        std::memcpy(&wide, memory_.data() + at, sizeof wide);
      } else {
        std::memcpy(&narrow, memory_.data() + at, sizeof narrow);
      }
      sum += bits_ == 64 ? wide : narrow;
    }
    return sum;
  }

  const bh_host_t* host_;
  std::uint64_t bits_;
  atomics::Operation operation_;
  std::vector<Member> members_;
  bb::Array<std::byte> memory_;
  bh_team_t* team_;
};

struct Add final : Atomic<Op::add> {
  static constexpr auto about = ::about("org.benchhost.cpu_atomics.add", "Atomic add",
                                        "fetch-and-add, sequentially consistent; the old value is used");
  using Atomic::Atomic;
};

struct Exchange final : Atomic<Op::exchange> {
  static constexpr auto about = ::about("org.benchhost.cpu_atomics.exchange", "Atomic exchange",
                                        "a value in place of another, sequentially consistent; the old value is used");
  using Atomic::Atomic;
};

struct Cas final : Atomic<Op::cas> {
  static constexpr auto about =
      ::about("org.benchhost.cpu_atomics.cas", "Compare and swap",
              "an addition by load and compare-exchange, again until no other thread came between; an operation is one "
              "that succeeded, attempts that failed are part of its time");
  static constexpr bb::Metric metrics[] = {
      kLatency, kRate,
      bb::metric("retries", "Failed attempts", BH_UNIT_NONE, BH_KIND_RATIO, BH_DIRECTION_LOWER, BH_DOMAIN_SELF,
                 "attempts that found another value than they had loaded, per operation that succeeded")};

  bb::Sample retries;

  explicit Cas(const bb::Prepare& p) : Atomic(p), retries(p, "retries") {}
  void finish_batch(const bb::Batch& batch) override {
    retries(static_cast<double>(take_failed()) / (static_cast<double>(batch.n) * static_cast<double>(threads())));
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_atomics", "1.0.0", "The benchhost authors", "MIT", "", Add, Cas, Exchange);
