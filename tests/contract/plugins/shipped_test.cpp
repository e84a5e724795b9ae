// One contract for every plugin that is shipped: whole lives under a strict host, the same data from the same seed,
// work stated, and words for what is not supported.
#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/levels.h"
#include "common/platform/affinity.h"
#include "common/platform/temp_folder.h"
#include "contract/sdk/driver/drive.h"
#include "contract/sdk/driver/note_file.h"

using namespace benchhost::contract;

namespace {

const std::vector<std::string> kShipped = {"null",         "cpu_stream",    "cpu_latency", "cpu_cache",
                                           "cpu_scaling",  "cpu_atomics",   "cpu_peak",    "cpu_isa",
                                           "cpu_roofline", "cpu_sustained", "sys"};
/// Those whose data come from the seed. Not cpu_sustained, which does what it can in a time.
const std::vector<std::string> kSeeded = {"cpu_stream", "cpu_latency", "cpu_cache",
                                          "cpu_peak",   "cpu_isa",     "cpu_roofline"};

std::string file_of(const std::string& name) { return SHIPPED_PLUGINS "/" + name + SHIPPED_SUFFIX; }

const bh_plugin_t& plugin(const std::string& name) {
  const Negotiated n = negotiate(file_of(name), BH_ABI_VERSION, BH_ABI_VERSION);
  REQUIRE_MESSAGE(n.plugin != nullptr, n.reason);
  return *n.plugin;
}

/// A place for what a plugin writes, and the one CPU on which switching is measured, until the end of the scope. The
/// test's host pins no threads.
struct Surroundings {
  Surroundings(TestHost& host, const std::string& id) {
    host.set_scratch_dir(scratch->path().string());
    if (id.find(".sys.switch_") == std::string::npos) return;
    all = *benchhost::platform::allowed_cpus();
    REQUIRE(benchhost::platform::pin_this_thread(std::array{all.front()}).ok());
  }
  ~Surroundings() {
    if (!all.empty()) CHECK(benchhost::platform::pin_this_thread(all).ok());
  }
  benchhost::Result<benchhost::platform::TempFolder> scratch =
      benchhost::platform::TempFolder::make(std::filesystem::temp_directory_path());
  std::vector<unsigned> all;
};

Plan plan(std::uint32_t cycles, std::vector<std::uint64_t> batches) {
  Plan p;
  p.cycles = cycles;
  p.batches = std::move(batches);
  return p;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

/// Small cases that reach every path of a plugin: by benchmark, values by parameter.
std::vector<Case> cases_of(const std::string& name, const bh_plugin_t& p) {
  std::vector<Case> cases;
  for (std::uint32_t i = 0; p.benchmark(i) != nullptr; ++i) {
    const std::string id = p.benchmark(i)->id;
    Case c;
    c.benchmark = i;
    if (name == "cpu_stream") {
      const bool stores = !id.ends_with(".dot") && !id.ends_with(".read");
      for (const char* type : {"fp64", "fp32"}) {
        for (const std::uint64_t threads : {1u, 3u}) {
          for (const char* store : {"ordinary", "streaming"}) {
            if (!stores && std::strcmp(store, "streaming") == 0) continue;
            c.values = {{"type", BH_ENUM(type)},
                        {"bytes", BH_UINT(100'000)},
                        {"threads", BH_UINT(threads)},
                        {"stores", BH_ENUM(store)}};
            cases.push_back(c);
          }
        }
      }
    } else if (name == "cpu_latency") {
      for (const char* pattern : {"random", "linear", "page"}) {
        for (const std::uint64_t chains : {1u, 2u, 32u}) {
          c.values = {{"bytes", BH_UINT(512 << 10)}, {"pattern", BH_ENUM(pattern)}, {"chains", BH_UINT(chains)}};
          cases.push_back(c);
        }
      }
    } else if (name == "cpu_cache") {
      for (const std::uint64_t threads : {0u, 1u, 3u}) {
        c.values = {{"bytes", BH_UINT(100'000)}, {"threads", BH_UINT(threads)}};
        cases.push_back(c);
      }
    } else if (name == "cpu_scaling") {
      for (const char* pinning : {"cores", "compact", "spread", "none"}) {
        for (const std::uint64_t threads : {1u, 3u}) {
          c.values = {{"pinning", BH_ENUM(pinning)}, {"threads", BH_UINT(threads)}};
          if (id.ends_with(".memory")) c.values["bytes"] = BH_UINT(3 << 20);
          cases.push_back(c);
        }
      }
    } else if (name == "cpu_atomics") {
      for (const char* addresses : {"one", "several", "neighbours", "own"}) {
        for (const std::uint64_t bits : {32u, 64u}) {
          for (const std::uint64_t threads : {1u, 3u}) {
            c.values = {{"addresses", BH_ENUM(addresses)}, {"bits", BH_UINT(bits)}, {"threads", BH_UINT(threads)}};
            cases.push_back(c);
          }
        }
      }
    } else if (name == "cpu_peak") {
      for (const char* type : {"fp64", "fp32", "int32"}) {
        for (const std::uint64_t bits : {0u, 128u}) {
          for (const std::uint64_t threads : {1u, 3u, 0u}) {
            c.values = {{"type", BH_ENUM(type)},
                        {"bits", BH_UINT(bits)},
                        {"threads", BH_UINT(threads)},
                        {"chains", BH_UINT(4)}};
            cases.push_back(c);
          }
        }
      }
    } else if (id.ends_with(".sys.clock")) {
      for (const char* clock : {"monotonic", "monotonic_raw", "thread_cpu", "process_cpu"}) {
        c.values = {{"clock", BH_ENUM(clock)}};
        cases.push_back(c);
      }
    } else if (id.ends_with(".sys.file")) {
      for (const char* sync : {"fsync", "fdatasync", "none"}) {
        c.values = {{"sync", BH_ENUM(sync)}};
        cases.push_back(c);
      }
    } else if (name == "cpu_isa") {
      for (const char* type : {"fp64", "fp32", "bf16", "int8"}) {
        for (const std::uint64_t rung : {0u, 1u}) {
          c.values = {{"type", BH_ENUM(type)}, {"rung", BH_UINT(rung)}};
          cases.push_back(c);
        }
      }
    } else if (name == "cpu_roofline") {
      for (const char* type : {"fp64", "fp32"}) {
        for (const std::uint64_t threads : {1u, 3u, 0u}) {
          for (const std::uint64_t fmas : {1u, 2u, 100u}) {
            c.values = {{"type", BH_ENUM(type)}, {"bytes", BH_UINT(1'000'000)}, {"threads", BH_UINT(threads)}};
            if (id.ends_with(".point")) c.values["fmas"] = BH_UINT(fmas);
            cases.push_back(c);
          }
        }
      }
    } else if (name == "cpu_sustained") {
      c.values = {{"duration", BH_UINT(100'000'000)}, {"window", BH_UINT(5'000'000)}, {"threads", BH_UINT(2)}};
      cases.push_back(c);
    } else {
      cases.push_back(c);
    }
  }
  return cases;
}

/// What plugins left in the host's memory when they gave it back, as one number. Addresses inside a block count by
/// their offset, so that the number is the same wherever the block lay. Thread: blocks are taken by team members as
/// well, so the sum does not depend on their order.
struct Contents {
  static inline Contents* watching = nullptr;

  explicit Contents(TestHost& host) {
    watching = this;
    auto* table = const_cast<bh_host_t*>(host.table());
    take = table->memory_take;
    free = table->memory_free;
    table->memory_take = [](const bh_host_t* h, bh_memory_t* memory) {
      const bh_status_t status = watching->take(h, memory);
      const std::lock_guard lock(watching->mutex);
      if (status == BH_OK) watching->blocks[memory->data] = memory->size_bytes;
      return status;
    };
    table->memory_free = [](const bh_host_t* h, void* data) {
      watching->add(data);
      watching->free(h, data);
    };
  }

  void add(void* data) {
    const std::lock_guard lock(mutex);
    const std::uint64_t begin = reinterpret_cast<std::uint64_t>(data);
    const std::uint64_t size = blocks[data];
    std::uint64_t hash = 14695981039346656037u;
    for (std::uint64_t at = 0; at + 8 <= size; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, static_cast<char*>(data) + at, sizeof word);
      if (word >= begin && word < begin + size) word -= begin;
      hash = (hash ^ word) * 1099511628211u;
    }
    sum += hash;
    ++count;
  }

  bh_status_t(BH_CALL* take)(const bh_host_t*, bh_memory_t*) = nullptr;
  void(BH_CALL* free)(const bh_host_t*, void*) = nullptr;
  std::mutex mutex;
  std::map<void*, std::uint64_t> blocks;
  std::uint64_t sum = 0;
  int count = 0;
};

std::pair<std::uint64_t, int> contents(const bh_plugin_t& p, const Case& c, std::uint64_t seed) {
  TestHost host(seed);
  Contents seen(host);
  const Outcome out = drive(host, p, c, plan(1, {3}));
  CHECK_MESSAGE(out.status == BH_OK, out.reason);
  return {seen.sum, seen.count};
}

/// Whether the host divides work by time for it.
bool has_rate(const bh_benchmark_t& benchmark) {
  for (std::uint32_t i = 0; i < benchmark.metrics.count; ++i) {
    const auto* metric = reinterpret_cast<const bh_metric_t*>(reinterpret_cast<const char*>(benchmark.metrics.items) +
                                                              std::size_t{i} * benchmark.metrics.stride);
    if (metric->kind == BH_KIND_RATE && metric->domain == BH_DOMAIN_HOST) return true;
  }
  return false;
}

std::string text_of(const Case& c) {
  std::string text = std::to_string(c.benchmark);
  for (const auto& [name, value] : c.values) {
    text += " " + name + "=" + (value.s != nullptr ? value.s : std::to_string(value.u));
  }
  return text;
}

}  // namespace

TEST_CASE("the descriptors of every shipped plugin are complete") {
  for (const std::string& name : kShipped) {
    CAPTURE(name);
    const auto faults = descriptor_faults(plugin(name), note_of_file(file_of(name)));
    CHECK_MESSAGE(faults.empty(), joined(faults));
  }
}

TEST_CASE("every shipped plugin lives twice, in batches of one and of two, and is right after each") {
  for (const std::string& name : kShipped) {
    const bh_plugin_t& p = plugin(name);
    for (const Case& c : cases_of(name, p)) {
      const std::string what = name + " " + text_of(c);
      CAPTURE(what);
      for (const std::vector<std::uint64_t>& batches : std::vector<std::vector<std::uint64_t>>{{1}, {2}, {1, 2, 64}}) {
        TestHost host;
        const Surroundings surroundings(host, p.benchmark(c.benchmark)->id);
        const Outcome out = drive(host, p, c, plan(2, batches));
        CHECK_MESSAGE(out.status == BH_OK, out.phase << ": " << out.reason);
        CHECK(out.cycles == 2);
        const bool is_null = (p.benchmark(c.benchmark)->flags & BH_BENCHMARK_NULL) != 0;
        CHECK(out.verified == !is_null);
        CHECK(host.leaked == 0);
        CHECK_MESSAGE(host.violations.empty(), joined(host.violations));
        for (const auto& [key, amount] : host.work) CHECK(amount >= 0);
        if (is_null) CHECK(host.work.empty());
        if (has_rate(*p.benchmark(c.benchmark))) CHECK(!host.work.empty());
      }
    }
  }
}

TEST_CASE("one seed gives the same data, another seed other data") {
  for (const std::string& name : kSeeded) {
    const bh_plugin_t& p = plugin(name);
    for (const Case& c : cases_of(name, p)) {
      const std::string what = name + " " + text_of(c);
      CAPTURE(what);
      const auto one = contents(p, c, 11);
      CHECK(one.second > 0);
      CHECK(one == contents(p, c, 11));
      // Two have nothing random in what they leave: a line after the other, and one value everywhere.
      const auto pattern = c.values.find("pattern");
      const bool linear = pattern != c.values.end() && std::strcmp(pattern->second.s, "linear") == 0;
      const bool write = std::string(p.benchmark(c.benchmark)->id).ends_with(".write");
      if (!linear && !write) CHECK(one != contents(p, c, 12));
    }
  }
}

TEST_CASE("the bytes that are stated are those that a kernel must move") {
  const bh_plugin_t& p = plugin("cpu_stream");
  // Words read and written per element, and all arrays of 100,000 bytes in whole vectors of one thread.
  const std::map<std::string, std::pair<int, int>> words = {{"copy", {1, 1}},  {"mul", {1, 1}},     {"add", {2, 1}},
                                                            {"triad", {2, 1}}, {"nstream", {3, 1}}, {"dot", {2, 0}},
                                                            {"read", {1, 0}},  {"write", {0, 1}}};
  const std::map<std::string, int> arrays = {{"copy", 2},    {"mul", 2}, {"add", 3},  {"triad", 3},
                                             {"nstream", 3}, {"dot", 2}, {"read", 1}, {"write", 1}};
  for (std::uint32_t i = 0; p.benchmark(i) != nullptr; ++i) {
    const std::string id = p.benchmark(i)->id;
    const std::string op = id.substr(id.rfind('.') + 1);
    CAPTURE(op);
    Case c;
    c.benchmark = i;
    c.values = {{"bytes", BH_UINT(100'000)}};
    TestHost host;
    REQUIRE(drive(host, p, c, plan(1, {1})).status == BH_OK);
    const double array = 100'000 / arrays.at(op) / 256 * 256;
    CHECK(host.work.at("bytes.read") == words.at(op).first * array);
    CHECK(host.work.at("bytes.written") == words.at(op).second * array);
  }
}

TEST_CASE("the checksum of cpu_scaling is the same for every number of threads and every way of pinning") {
  // From a Python program: the upper 32 bits of the sums over one pass.
  const std::map<std::string, double> known = {{"org.benchhost.cpu_scaling.compute", 0x9433eaf1},
                                               {"org.benchhost.cpu_scaling.memory", 0x784e7774}};
  const bh_plugin_t& p = plugin("cpu_scaling");
  for (Case c : cases_of("cpu_scaling", p)) {
    const std::string id = p.benchmark(c.benchmark)->id;
    if (c.values.contains("bytes")) c.values["bytes"] = BH_UINT(1 << 20);
    const std::string what = text_of(c);
    CAPTURE(what);
    TestHost host;
    REQUIRE(drive(host, p, c, plan(1, {2})).status == BH_OK);
    CHECK(host.reported.at("checksum").back() == known.at(id));
  }
}

TEST_CASE("threads of cpu_scaling that are more than the processors they may use are said") {
  const bh_plugin_t& p = plugin("cpu_scaling");
  Case c;
  c.values = {{"threads", BH_UINT(1)}, {"pinning", BH_ENUM("none")}};
  TestHost few;
  REQUIRE(drive(few, p, c, plan(1, {1})).status == BH_OK);
  CHECK(joined(few.logs).find("take turns") == std::string::npos);
  const auto cpus = std::thread::hardware_concurrency();
  c.values["threads"] = BH_UINT(cpus + 1u);
  TestHost many;
  REQUIRE(drive(many, p, c, plan(1, {1})).status == BH_OK);
  CHECK(joined(many.logs).find(std::to_string(cpus + 1) + " threads take turns on " + std::to_string(cpus)) !=
        std::string::npos);
}

TEST_CASE("operations that are not atomic lose what another thread brings, and the oracle notices") {
  const std::string file = MUTANT_FOLDER "/atomics_4/mutant_atomics_4" SHIPPED_SUFFIX;
  const Negotiated n = negotiate(file, BH_ABI_VERSION, BH_ABI_VERSION);
  REQUIRE_MESSAGE(n.plugin != nullptr, n.reason);
  for (std::uint32_t i = 0; n.plugin->benchmark(i) != nullptr; ++i) {
    const std::string id = n.plugin->benchmark(i)->id;
    CAPTURE(id);
    Case c;
    c.benchmark = i;
    // Alone nothing is lost.
    TestHost alone;
    CHECK(drive(alone, *n.plugin, c, plan(1, {1000})).status == BH_OK);
    // Together something is as soon as one is interrupted between its load and its store: again until that was so.
    c.values = {{"threads", BH_UINT(2)}};
    bool noticed = false;
    for (int attempt = 0; attempt < 1000 && !noticed; ++attempt) {
      TestHost host;
      const Outcome out = drive(host, *n.plugin, c, plan(1, {1'000'000}));
      noticed = out.status == BH_E_MISMATCH && out.phase == "verify";
    }
    CHECK(noticed);
  }
}

TEST_CASE("a walk that ends where it began is checked all the same") {
  // 64 nodes, and whole rounds only.
  const bh_plugin_t& p = plugin("cpu_latency");
  Case c;
  c.values = {{"bytes", BH_UINT(4096)}};
  TestHost host;
  const Outcome out = drive(host, p, c, plan(2, {64, 128, 4096}));
  CHECK(out.status == BH_OK);
  CHECK(out.verified);
  CHECK(out.checked == 64);
}

TEST_CASE("a walk that takes too few hops is noticed although it ends where it should") {
  // 64 nodes, and 63 more hops in verify, 31 of them if every second is left out. Of 4224 all, half and none are whole
  // rounds; of 64 and 4288 half lack 32, just what the check lacks.
  for (const char* mutant : {"latency_1", "latency_2", "latency_3"}) {
    CAPTURE(mutant);
    const std::string file = std::string(MUTANT_FOLDER "/") + mutant + "/mutant_" + mutant + SHIPPED_SUFFIX;
    const Negotiated n = negotiate(file, BH_ABI_VERSION, BH_ABI_VERSION);
    REQUIRE_MESSAGE(n.plugin != nullptr, n.reason);
    Case c;
    c.values = {{"bytes", BH_UINT(4096)}};
    TestHost host;
    for (const std::vector<std::uint64_t>& batches :
         std::vector<std::vector<std::uint64_t>>{{128, 4096}, {64}, {4288}}) {
      const Outcome out = drive(host, *n.plugin, c, plan(1, batches));
      CHECK(out.status == BH_E_MISMATCH);
      CHECK(out.phase == "verify");
    }
  }
}

TEST_CASE("what is not supported is answered with words, and nothing is left behind") {
  struct Refused {
    std::string plugin, id;
    Case c;
  };
  std::vector<Refused> all;
  const auto add = [&](std::string name, const std::string& id, std::map<std::string, bh_value_t> values) {
    Case c;
    c.values = std::move(values);
    all.push_back({std::move(name), id, c});
  };
  add("cpu_stream", "org.benchhost.cpu_stream.dot", {{"stores", BH_ENUM("streaming")}});
  add("cpu_stream", "org.benchhost.cpu_stream.read", {{"stores", BH_ENUM("streaming")}});
  add("cpu_stream", "org.benchhost.cpu_stream.triad", {{"bytes", BH_UINT(4096)}, {"threads", BH_UINT(16)}});
  add("cpu_latency", "org.benchhost.cpu_latency.chase", {{"bytes", BH_UINT(4096)}, {"pattern", BH_ENUM("page")}});
  add("cpu_latency", "org.benchhost.cpu_latency.chase",
      {{"bytes", BH_UINT(65536)}, {"pattern", BH_ENUM("page")}, {"chains", BH_UINT(32)}});
  add("cpu_cache", "org.benchhost.cpu_cache.copy", {{"bytes", BH_UINT(4096)}, {"threads", BH_UINT(16)}});
  add("cpu_atomics", "org.benchhost.cpu_atomics.add", {{"bits", BH_UINT(16)}});
  // Where the host gives no scratch folder.
  add("sys", "org.benchhost.sys.file", {});
  for (Refused& r : all) {
    CAPTURE(r.id);
    const bh_plugin_t& p = plugin(r.plugin);
    for (std::uint32_t i = 0; p.benchmark(i) != nullptr; ++i) {
      if (p.benchmark(i)->id == r.id) r.c.benchmark = i;
    }
    TestHost host;
    host.set_scratch_dir("");
    const Outcome out = drive(host, p, r.c);
    CHECK((out.status == BH_E_UNSUPPORTED || out.status == BH_E_ARGUMENT));
    CHECK(out.phase == "prepare");
    CHECK(out.reason.size() > 10);
    CHECK(host.leaked == 0);
    CHECK_MESSAGE(host.violations.empty(), joined(host.violations));
  }
}

TEST_CASE("an instruction set that the processor lacks is a case that is skipped because of it") {
  const cpu::Registers here = cpu::read_registers();
  int skipped = 0;
  for (std::uint32_t k = 0; k < cpu::kLevels; ++k) {
    const auto level = static_cast<cpu::Level>(k);
    const std::string name = cpu::name_of(level);
    CAPTURE(name);
    const bool dot = name.find("vnni") != std::string::npos || name == "neon_dot";
    const bool half = name.find("fp16") != std::string::npos;
    const bool brain = name == "avx512_bf16";
    if (level == cpu::Level::amx_int8 || level == cpu::Level::amx_bf16) continue;  // below
    Case c;
    c.values = {{"isa", BH_ENUM(name.c_str())},
                {"type", BH_ENUM(dot     ? "int8"
                                 : half  ? "fp16"
                                 : brain ? "bf16"
                                         : "fp32")}};
    for (const std::string file : {"cpu_peak", "cpu_sustained", "cpu_roofline"}) {
      if (file == "cpu_roofline" && (dot || half || brain)) continue;
      if (file == "cpu_sustained") {
        c.values["duration"] = BH_UINT(100'000'000);
        c.values["window"] = BH_UINT(5'000'000);
      }
      TestHost host;
      const Outcome out = drive(host, plugin(file), c, plan(1, {1}));
      const std::string why = cpu::missing(level, here);
      if (why.empty()) continue;  // it runs, or the compiler did not know it: other tests see to both
      CHECK(out.status == BH_E_UNSUPPORTED);
      CHECK(out.phase == "prepare");
      CHECK(out.reason == why);
      CHECK(host.leaked == 0);
      ++skipped;
    }
  }
  CHECK(skipped > 0);
  for (const char* type : {"int8", "bf16"}) {
    const cpu::Level tiles = std::string(type) == "int8" ? cpu::Level::amx_int8 : cpu::Level::amx_bf16;
    if (cpu::missing(tiles, here).empty()) continue;
    Case c;
    c.values = {{"type", BH_ENUM(type)}, {"rung", BH_UINT(5)}};
    TestHost host;
    const Outcome out = drive(host, plugin("cpu_isa"), c, plan(1, {1}));
    CHECK(out.status == BH_E_UNSUPPORTED);
    CHECK(out.reason == cpu::missing(tiles, here));
  }
}

TEST_CASE("the operations that are stated are those that a kernel must do") {
  const auto work_of = [](const std::string& name, std::uint32_t benchmark, const Case& values) {
    Case c = values;
    c.benchmark = benchmark;
    TestHost host;
    REQUIRE(drive(host, plugin(name), c, plan(1, {1})).status == BH_OK);
    return host.work;
  };
  Case c;
  // 4096 multiply-adds of two operations in each of 4 chains of 128 bits, by 3 threads.
  c.values = {{"bits", BH_UINT(128)}, {"chains", BH_UINT(4)}, {"threads", BH_UINT(3)}};
  CHECK(work_of("cpu_peak", 0, c).at("ops.fp64") == 4096.0 * 2 * 4 * 2 * 3);
  c.values["type"] = BH_ENUM("fp32");
  CHECK(work_of("cpu_peak", 0, c).at("ops.fp32") == 4096.0 * 2 * 4 * 4 * 3);
  // 100,000 bytes are 130 blocks of 768.
  c.values = {{"bytes", BH_UINT(100'000)}, {"fmas", BH_UINT(5)}};
  auto work = work_of("cpu_roofline", 0, c);
  CHECK(work.at("ops.fp32") == 130.0 * 768 / 4 * 10);
  CHECK(work.at("bytes.read") == 130.0 * 768);
  CHECK(work.at("bytes.written") == 130.0 * 768);
  c.values = {{"bytes", BH_UINT(100'000)}, {"type", BH_ENUM("fp64")}};
  work = work_of("cpu_roofline", 1, c);
  CHECK(work.at("ops.fp64") == 0);
  CHECK(work.at("bytes.read") == 130.0 * 768);
  c.values = {{"type", BH_ENUM("int8")}};
  CHECK(work_of("cpu_isa", 0, c).at("ops.int8") == 2.0 * 16 * 32 * 64);
}

TEST_CASE("cpu_peak reports cycles, or says why there are none, and no share of a peak above 1.02") {
  TestHost host;
  Case c;
  REQUIRE(drive(host, plugin("cpu_peak"), c, plan(1, {8})).status == BH_OK);
  for (const std::string metric : {"per_cycle", "clock", "peak_share"}) {
    CAPTURE(metric);
    const bool reported = host.reported.count(metric) != 0;
    CHECK(reported != (host.withheld.count(metric) != 0));
    if (reported) CHECK(host.reported.at(metric).back() > 0);
    if (reported && metric == "peak_share") CHECK(host.reported.at(metric).back() <= 1.02);
  }
}

TEST_CASE("cpu_sustained reports its windows, ten parts of them, and the last by the first") {
  TestHost host;
  Case c;
  c.values = {{"duration", BH_UINT(100'000'000)}, {"window", BH_UINT(5'000'000)}, {"threads", BH_UINT(1)}};
  Plan once = plan(1, {1});
  once.warm_up = false;
  REQUIRE(drive(host, plugin("cpu_sustained"), c, once).status == BH_OK);
  CHECK(!host.reported.at("rate").empty());
  CHECK(host.labelled.at("by_tenth").size() == 10);
  const double ratio = host.labelled.at("by_tenth").at("tenth 10") / host.labelled.at("by_tenth").at("tenth 1");
  CHECK(host.reported.at("last_first").back() == doctest::Approx(ratio));
}

/// Whether it asks the host for memory while it prepares.
bool takes_memory(std::string_view id) {
  const bool memory = id.find(".cpu_") != std::string_view::npos && !id.ends_with(".compute");
  return memory || id.ends_with(".sys.pipe");
}

TEST_CASE("a preparation that runs out of memory gives back what it has") {
  for (const std::string& name : kShipped) {
    const bh_plugin_t& p = plugin(name);
    for (const Case& c : cases_of(name, p)) {
      const std::string id = p.benchmark(c.benchmark)->id;
      if (!takes_memory(id)) continue;
      CAPTURE(id);
      TestHost host;
      host.fail_memory_at(1);
      const Outcome out = drive(host, p, c);
      CHECK(out.status == BH_E_NO_MEMORY);
      CHECK(out.phase == "prepare");
      CHECK(!out.reason.empty());
      CHECK(host.leaked == 0);
    }
  }
}
