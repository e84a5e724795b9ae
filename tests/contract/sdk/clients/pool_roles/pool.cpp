// Two cases of several workers: interference between a primary and a load, and recovery after a server was killed.
#include <benchhost/roles.h>
#include <benchhost/plugin.hpp>

#include <atomic>
#include <cstring>
#include <string>
#include <type_traits>

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

const bh_host_roles_t& roles_of(const bb::Prepare& p) {
  const auto* roles = static_cast<const bh_host_roles_t*>(p.host->extension(p.host, BH_ROLES));
  if (roles == nullptr) throw bb::Error(BH_E_UNSUPPORTED, "this host has no " BH_ROLES ": update it");
  return *roles;
}

void stop_if_cancelled(const bh_host_t* host) {
  if (host->cancelled(host) != 0) throw bb::Error(BH_E_CANCELLED, "stopped because the host asked");
}

// ---- Interference: the primary sums an array that fits its cache while the load streams through memory
// -----------------

struct Interference final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.example.pool.interference", "Sum beside a streaming neighbour",
                "Time to sum an array of the primary while the load writes a large one.", BH_CATEGORY_POOL)
          .flags(BH_BENCHMARK_EXCLUSIVE);
  static constexpr bb::Param parameters[] = {
      bb::param("neighbours", bb::u64(1), "workers that stream").range(bb::u64(0), bb::u64(64)),
      bb::param("bytes", bb::u64(256 << 10), "array of the primary")
          .unit(BH_UNIT_BYTES)
          .range(bb::u64(8), bb::u64(1 << 30))};
  static constexpr bb::Metric metrics[] = {
      bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_BYTES_READ, "bytes summed").primary()};
  static constexpr bb::Summary summaries[] = {bb::summary(BH_SUMMARY_SPEEDUP, "loss", "Loss by neighbours",
                                                          BH_UNIT_NONE, BH_DIRECTION_HIGHER, 0, 0,
                                                          "bandwidth with the most neighbours relative to none")};
  static constexpr bh_role_t roles[] = {
      {sizeof(bh_role_t), BH_ROLE_VERIFIES, "primary", "sums its array", nullptr, nullptr},
      {sizeof(bh_role_t), BH_ROLE_LOAD, "neighbour", "streams through memory", "neighbours", nullptr}};

  const bh_host_t* host;
  const bh_host_roles_t* peers;
  bb::Array<std::uint64_t> array;
  std::uint64_t sum = 0;

  explicit Interference(const bb::Prepare& p) : host(p.host), peers(&roles_of(p)) {
    const bool load = peers->role == 1;
    array = p.array<std::uint64_t>(load ? (64u << 20) / sizeof(std::uint64_t) : p.u64("bytes") / sizeof(std::uint64_t));
    for (std::size_t i = 0; i < array.size(); ++i) array[i] = i;
    if (!load) p.work({{BH_WORK_BYTES_READ, 8.0 * static_cast<double>(array.size())}});
  }
  void run(const bb::Batch& batch) override {
    if (peers->role == 1) {
      while (peers->stop(host) == 0) {
        for (std::uint64_t& word : array) ++word;
        bh_keep(array.data());
      }
      return;
    }
    for (std::uint64_t left = batch.n; left > 0; --left) {
      bh_keep(array.data());
      sum = 0;
      for (const std::uint64_t word : array) sum += word;
      bh_keep(&sum);
    }
  }
  void verify(bb::Verdict& verdict) override {
    const std::uint64_t n = array.size();
    verdict.checked = 1;
    verdict.error = sum == n * (n - 1) / 2 ? 0 : 1;
    verdict.tolerance = 0;
    verdict.what = "n (n - 1) / 2, exact";
  }
};

// ---- Recovery: a server that is killed, and the time until its successor answers
// ---------------------------------------

struct Recovery final : bb::Benchmark {
  static constexpr auto about = bb::about("org.example.pool.recovery", "Recovery of a killed server",
                                          "From the kill of the server to the next right reply.", BH_CATEGORY_POOL)
                                    .batch(BH_BATCH_ONCE);
  static constexpr bb::Metric metrics[] = {
      bb::metric("recover", "Time to the next right reply", BH_UNIT_NS, BH_KIND_TIME, BH_DIRECTION_LOWER,
                 BH_DOMAIN_SELF, "signal sent to reply seen")
          .primary(),
      bb::metric("detect", "Time to detect", BH_UNIT_NS, BH_KIND_TIME, BH_DIRECTION_LOWER, BH_DOMAIN_SELF,
                 "signal sent to peer seen dead or replaced"),
      bb::metric("lost", "Requests lost", BH_UNIT_COUNT("request"), BH_KIND_COUNT, BH_DIRECTION_LOWER, BH_DOMAIN_SELF,
                 "sent and never answered")};
  static constexpr bh_role_t roles[] = {
      {sizeof(bh_role_t), BH_ROLE_VERIFIES, "client", "sends, kills, verifies", nullptr, nullptr},
      {sizeof(bh_role_t), BH_ROLE_MORTAL | BH_ROLE_RESPAWN | BH_ROLE_LOAD, "server", "answers", nullptr, nullptr}};

  const bb::Prepare p;
  const bh_host_t* host;
  const bh_host_roles_t* peers;
  Mailbox* box = nullptr;
  std::uint64_t checked = 0, wrong = 0;

  explicit Recovery(const bb::Prepare& prepare) : p(prepare), host(p.host), peers(&roles_of(p)) {
    void* shared = nullptr;
    p.check(peers->share(host, "mailbox", sizeof(Mailbox), &shared));
    box = static_cast<Mailbox*>(shared);  // zeroed, which is a valid state of four atomics
  }
  void serve() {
    while (peers->stop(host) == 0) {
      const std::uint64_t q = box->request.load();
      if (q == box->reply.load()) continue;
      box->result = work_of(q);
      box->served_by = peers->incarnation;
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
    if (peers->role == 1) return serve();
    std::uint64_t q = box->request.load();
    for (int warm = 0; warm < 1000; ++warm) send(++q);
    std::uint32_t before = 0, now_is = 0;
    (void)peers->peer(host, 1, 0, &before, nullptr);
    box->request = ++q;  // one in flight
    std::int64_t killed = 0, detected = 0, sent = host->now_ns(host);
    std::uint64_t lost = 0;
    p.check(peers->kill(host, 1, 0, &killed));
    for (;;) {
      stop_if_cancelled(host);
      const std::int64_t now = host->now_ns(host);
      if (detected == 0 && (peers->peer(host, 1, 0, &now_is, nullptr) == BH_PEER_DEAD || now_is != before))
        detected = now;
      if (box->reply.load() == q && box->served_by.load() != before && box->result.load() == work_of(q)) {
        ++checked;
        p.report("recover", static_cast<double>(now - killed));
        break;
      }
      if (now - sent > 1000000) {  // the request died with its server: ask again after 1 ms
        box->request = ++q;
        sent = now;
        ++lost;
      }
    }
    if (detected != 0) p.report("detect", static_cast<double>(detected - killed));
    p.report("lost", static_cast<double>(lost));
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = checked;
    verdict.error = static_cast<double>(wrong);
    verdict.tolerance = 0;
    verdict.what = "replies that differ from the client's own sum";
  }
};

const bh_role_t* BH_CALL role(const char* benchmark, std::uint32_t index) noexcept {
  if (std::strcmp(benchmark, Interference::about.raw.id) == 0) return index < 2 ? &Interference::roles[index] : nullptr;
  if (std::strcmp(benchmark, Recovery::about.raw.id) == 0) return index < 2 ? &Recovery::roles[index] : nullptr;
  return nullptr;
}
constexpr bh_plugin_roles_t kRoles = {sizeof(bh_plugin_roles_t), 0, role};

struct Pool : bb::Plugin<Interference, Recovery> {
  static const void* BH_CALL extension(const char* id) noexcept {
    return std::strcmp(id, BH_ROLES) == 0 ? &kRoles : nullptr;
  }
};

}  // namespace

BH_PLUGIN_CXX("org.example.pool", "1.0.0", "Example Ltd", "MIT", "https://example.org/pool", Pool);
