// A plugin whose run does all that must not happen between the two readings of the clock, once a batch: an allocation
// and its release, a lock, a system call, a page touched for the first time. A trace of it that stays empty is a broken
// trace.
#include <benchhost/plugin.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

namespace {

namespace bb = benchhost;

struct Sinner final : bb::Benchmark {
  static constexpr auto about = bb::about("org.benchhost.perf.sinner", "Sinner",
                                          "allocates, locks, calls the system and faults in run", BH_CATEGORY_HOST);
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time", "one iteration").primary()};

  std::mutex mutex;

  explicit Sinner(const bb::Prepare&) {}

  void run(const bb::Batch& batch) override {
    void* memory = std::malloc(100);
    bh_keep(memory);
    std::free(memory);
    const std::lock_guard lock(mutex);
    static_cast<void>(getppid());
    constexpr std::size_t kPage = 4096;
    void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) {
      *static_cast<volatile char*>(page) = 1;
      munmap(page, kPage);
    }
    for (std::uint64_t left = batch.n; left > 0; --left) bh_keep(nullptr);
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.perf", "1.0.0", "The benchhost authors", "MIT", "", Sinner);
