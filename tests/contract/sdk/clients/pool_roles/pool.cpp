// Recovery after a server was killed: the time until its successor answers.
#include <benchhost/plugin.hpp>

#include <atomic>
#include <cstdint>

namespace bb = benchhost;

namespace {

/// What client and server share: one request at a time.
struct Mailbox {
  std::atomic<std::uint64_t> request, reply, result, served_by;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

/// The "inference": a checksum that the client can do again.
std::uint64_t work_of(std::uint64_t x) {
  for (int i = 0; i < 2000; ++i) x = x * 6364136223846793005u + 1442695040888963407u;
  return x;
}

void stop_if_cancelled(const bh_host_t* host) {
  if (host->cancelled(host) != 0) throw bb::Error(BH_E_CANCELLED, "stopped because the host asked");
}

struct Recovery final : bb::Benchmark {
  static constexpr auto about = bb::about("org.example.pool.recovery", "Recovery of a killed server",
                                          "From the kill of the server to the next right reply.", BH_CATEGORY_POOL)
                                    .batch(BH_BATCH_ONCE);
  static constexpr bb::Metric metrics[] = {
      bb::self_time("recover", "Time to the next right reply", "signal sent to reply seen").primary(),
      bb::self_time("detect", "Time to detect", "signal sent to peer seen dead or replaced"),
      bb::metric("lost", "Requests lost", BH_UNIT_COUNT("request"), BH_KIND_COUNT, BH_DIRECTION_LOWER, BH_DOMAIN_SELF,
                 "sent and never answered")};
  static constexpr bb::Role roles[] = {bb::role("client", "sends, kills, verifies"),
                                       bb::role("server", "answers").load().respawn()};
  static constexpr std::uint32_t kServer = 1;

  const bh_host_t* host;
  bb::Roles peers;
  bb::Sample recover, detect, lost_requests;
  Mailbox* box;
  std::uint64_t checked = 0, wrong = 0;

  explicit Recovery(const bb::Prepare& p)
      : host(p.host),
        peers(p),
        recover(p, "recover"),
        detect(p, "detect"),
        lost_requests(p, "lost"),
        box(peers.share<Mailbox>("mailbox")) {}  // zeroed, which is a valid state of four atomics
  void serve() {
    while (!peers.stop()) {
      host->progress(host, 0, 0, nullptr);
      const std::uint64_t q = box->request.load();
      if (q == box->reply.load()) continue;
      box->result = work_of(q);
      box->served_by = peers.incarnation();
      box->reply = q;
    }
  }
  void send(std::uint64_t q) {
    box->request = q;
    while (box->reply.load() != q) stop_if_cancelled(host);
    ++checked;
    wrong += box->result.load() != work_of(q) ? 1 : 0;
  }
  void run(const bb::Batch&) override {
    if (peers.index() == kServer) return serve();
    std::uint64_t q = box->request.load();
    for (int warm = 0; warm < 1000; ++warm) send(++q);
    const std::uint32_t before = peers.incarnation_of(kServer, 0);
    box->request = ++q;  // one in flight
    std::int64_t detected = 0, sent = host->now_ns(host);
    std::uint64_t lost = 0;
    const std::int64_t killed = peers.kill(kServer, 0);
    for (;;) {
      stop_if_cancelled(host);
      const std::int64_t now = host->now_ns(host);
      const bool gone = peers.state(kServer, 0) == BH_MEMBER_DEAD || peers.incarnation_of(kServer, 0) != before;
      if (detected == 0 && gone) detected = now;
      if (box->reply.load() == q && box->served_by.load() != before && box->result.load() == work_of(q)) {
        ++checked;
        recover(static_cast<double>(now - killed));
        break;
      }
      if (now - sent > 1000000) {  // the request died with its server: ask again after 1 ms
        box->request = ++q;
        sent = now;
        ++lost;
      }
    }
    if (detected != 0) detect(static_cast<double>(detected - killed));
    lost_requests(static_cast<double>(lost));
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = checked;
    verdict.error = static_cast<double>(wrong);
    verdict.tolerance = 0;
    verdict.what = "replies that differ from the client's own sum";
  }
};

}  // namespace

BH_PLUGIN_CXX("org.example.pool", "1.0.0", "Example Ltd", "MIT", "https://example.org/pool", Recovery);
