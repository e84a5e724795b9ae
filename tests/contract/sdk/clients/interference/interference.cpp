// How much slower does one worker read memory while others write it? Solo and contended passes alternate.
#include <benchhost/plugin.hpp>

#include <atomic>
#include <cstdint>
#include <string>

namespace bb = benchhost;

namespace {

/// In memory of all workers, zeroed when it is made.
struct Control {
  std::atomic<std::uint32_t> go;       // 1: writers write
  std::atomic<std::uint32_t> writing;  // how many do
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "shared between processes");

struct ReadWrite final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.example.interference.read_write", "Reading beside writers",
                "sums an array, alternately alone and while other processes write arrays of the same size",
                BH_CATEGORY_HARDWARE)
          .tags("memory,interference")
          .claim_memory_bytes("bytes * (1 + writers)")
          .flags(BH_BENCHMARK_EXCLUSIVE);
  static constexpr bb::Param parameters[] = {bb::param("bytes", bb::u64(64 << 20), "size of each worker's array")
                                                 .unit(BH_UNIT_BYTES)
                                                 .range(bb::u64(4096), bb::u64(1ull << 34))
                                                 .constraint("bytes % 8 == 0")
                                                 .log2(bb::u64(1 << 16), bb::u64(1 << 28), 1, 2),
                                             bb::param("writers", bb::u64(1), "co-runners")
                                                 .range(bb::u64(1), bb::u64(256))
                                                 .linear(bb::u64(1), bb::u64(4), bb::u64(1))};
  static constexpr bb::Metric metrics[] = {
      bb::metric("slowdown", "Slowdown", BH_UNIT_NONE, BH_KIND_RATIO, BH_DIRECTION_LOWER, BH_DOMAIN_SELF,
                 "time of a contended pass / time of the solo pass before it")
          .primary(),
      bb::self_rate("solo", "Read alone", BH_UNIT_BYTES_PER_SECOND, "reading, writers paused"),
      bb::self_rate("contended", "Read contended", BH_UNIT_BYTES_PER_SECOND, "reading, writers writing"),
      bb::self_rate("written", "Written", BH_UNIT_BYTES_PER_SECOND, "by one writer, while it writes")};
  static constexpr bb::Summary summaries[] = {
      bb::summary(BH_SUMMARY_RATIO, "growth", "Growth of the slowdown", BH_UNIT_NONE, BH_DIRECTION_LOWER, metrics,
                  "slowdown", parameters, "writers", "slowdown with the most writers / with the fewest")};
  static constexpr bb::Role roles[] = {
      bb::role("reader", "reads its array and measures"),
      bb::role("writer", "writes its array while the reader says so").load().count("writers")};
  static constexpr std::uint32_t kWriter = 1;

  const bh_host_t* host;
  bb::Roles peers;
  Control* control;
  bb::Array<std::uint64_t> data;
  bb::Sample slowdown, solo, contended, written;
  std::uint64_t expected = 0, checked = 0, wrong = 0;

  explicit ReadWrite(const bb::Prepare& p)
      : host(p.host),
        peers(p),
        control(peers.share<Control>("control")),
        data(p.array<std::uint64_t>(p.u64("bytes") / 8)),
        slowdown(p, "slowdown"),
        solo(p, "solo"),
        contended(p, "contended"),
        written(p, "written") {
    p.random(peers.index() * 1000u + peers.member(), data.data(), data.size() * 8);
    for (const std::uint64_t word : data) expected += word;
  }
  ~ReadWrite() override {
    if (peers.index() != kWriter) control->go.store(0);
  }

  void run(const bb::Batch& batch) override {
    if (peers.index() == kWriter) return write();
    const double bytes = static_cast<double>(data.size() * 8);
    for (std::uint64_t left = batch.n; left > 0; --left) {
      host->progress(host, batch.n - left, batch.n, nullptr);
      switch_writers(false);
      const auto alone = static_cast<double>(pass());
      switch_writers(true);
      const auto beside = static_cast<double>(pass());
      solo.rate(bytes, alone);
      contended.rate(bytes, beside);
      slowdown(beside / alone);
    }
    switch_writers(false);
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = checked;
    verdict.error = static_cast<double>(wrong);
    verdict.tolerance = 0;
    verdict.what = "passes whose sum differs from that taken before";
  }

 private:
  std::int64_t pass() {
    const std::int64_t begin = host->now_ns(host);
    bh_keep(data.data());
    std::uint64_t sum = 0;
    for (const std::uint64_t word : data) sum += word;
    bh_keep(&sum);
    const std::int64_t end = host->now_ns(host);
    ++checked;
    wrong += sum != expected ? 1 : 0;
    return end > begin ? end - begin : 1;
  }
  void switch_writers(bool on) {
    control->go.store(on ? 1u : 0u);
    const std::uint32_t all = on ? peers.count(kWriter) : 0u;
    while (control->writing.load() != all) {
      if (host->cancelled(host) != 0) throw bb::Error(BH_E_CANCELLED, "cancelled while waiting for the writers");
      for (std::uint32_t m = 0; on && m < all; ++m) {
        if (peers.state(kWriter, m) == BH_MEMBER_DEAD)
          throw bb::Error(BH_E_FAILED, "writer " + std::to_string(m) + " died");
      }
    }
  }
  void write() {
    constexpr std::size_t kChunk = 4096 / 8;
    std::uint64_t value = 0, bytes = 0;
    std::int64_t spent = 0;
    std::size_t at = 0;
    while (!peers.stop()) {
      host->progress(host, 0, 0, "between writes");
      if (control->go.load() == 0) continue;
      const std::int64_t begin = host->now_ns(host);
      control->writing.fetch_add(1);
      ++value;
      while (control->go.load(std::memory_order_relaxed) != 0 && !peers.stop()) {
        const std::size_t end = at + kChunk < data.size() ? at + kChunk : data.size();
        for (std::size_t i = at; i < end; ++i) data[i] = value;
        bh_keep(data.data());
        bytes += (end - at) * 8;
        at = end < data.size() ? end : 0;
      }
      control->writing.fetch_sub(1);
      spent += host->now_ns(host) - begin;
    }
    if (spent > 0) written.rate(static_cast<double>(bytes), static_cast<double>(spent));
  }
};

}  // namespace

BH_PLUGIN_CXX("org.example.interference", "1.0.0", "Example Ltd", "MIT", "https://example.org/interference", ReadWrite);
