#include "common/platform/machine.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/platform/affinity.h"
#include "support/planted_tree.h"

using namespace benchhost;
using namespace benchhost::platform;
namespace fs = std::filesystem;

namespace {

constexpr const char* kZen4Flags =
    "fpu cx16 lahf_lm popcnt pni sse2 sse4_1 sse4_2 ssse3 abm avx avx2 bmi1 bmi2 f16c fma movbe avx512f avx512bw "
    "avx512cd avx512dq avx512vl aes sha_ni hypervisor";

struct Root : test::PlantedTree {
  Root& put(const std::string& path, std::string_view content) {
    PlantedTree::put(path, content);
    return *this;
  }
  [[nodiscard]] MachineFacts read(const Topology& topology = {}, std::vector<unsigned> allowed = {}) {
    return read_machine(files, topology, allowed, folder.path());
  }
};

Topology two_cores() {
  Topology topology;
  topology.threads = {{0, 0, 0, 0, 0}, {1, 1, 0, 0, 0}};
  topology.cores = 2;
  topology.packages = 1;
  topology.nodes = 1;
  return topology;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

MachineFacts known_machine() {
  MachineFacts facts;
  facts.os = "linux";
  facts.arch = "x86_64";
  facts.cpu_model = "AMD EPYC 9R14";
  facts.cpu_vendor = "AuthenticAMD";
  facts.cpu_family = 25;
  facts.cpu_model_number = 17;
  facts.topology = two_cores();
  facts.memory_bytes = std::uint64_t{16533000000};
  return facts;
}

}  // namespace

TEST_CASE("facts are read from the files of the system") {
  Root root;
  root.put("proc/cpuinfo",
           std::string("processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n"
                       "model name\t: AMD EPYC 9R14\nstepping\t: 1\nmicrocode\t: 0xa101148\nflags\t\t: ") +
               kZen4Flags + "\n")
      .put("proc/meminfo", "MemTotal:       24607736 kB\nMemFree: 1 kB\n")
      .put("proc/sys/kernel/randomize_va_space", "2\n")
      .put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n")
      .put("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave\n")
      .put("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n")
      .put("sys/devices/system/cpu/smt/active", "0\n")
      .put("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
      .put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "4\n")
      .put("sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0\n")
      .put("etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
  const MachineFacts facts = root.read(two_cores(), {1});
  CHECK(facts.cpu_model == "AMD EPYC 9R14");
  CHECK(facts.cpu_vendor == "AuthenticAMD");
  CHECK(facts.cpu_family == 25u);
  CHECK(facts.cpu_model_number == 17u);
  CHECK(facts.cpu_stepping == 1u);
  CHECK(facts.microcode == "0xa101148");
  CHECK(facts.memory_bytes == std::uint64_t{24607736} * 1024);
  CHECK(facts.governor == "performance,powersave");
  CHECK(facts.turbo == false);
  CHECK(facts.smt == false);
  CHECK(facts.address_randomisation == 2);
  CHECK(facts.transparent_huge_pages == "madvise");
  CHECK(facts.page_bytes.back() == 2097152u);
  CHECK(facts.page_bytes.size() == 2);
  CHECK(facts.os_name == "Debian GNU/Linux 12");
  CHECK(facts.threads_available == 1u);
  CHECK(facts.cores_available == 1u);
  CHECK(facts.nodes_available == 1u);
#if defined(__x86_64__)
  CHECK(facts.virtual_machine == true);
  CHECK(has(facts.isa, "x86-64-v4"));
#endif
}

TEST_CASE("what the system does not tell is absent, not 0 and not false") {
  Root root;
  const MachineFacts facts = root.read();
  CHECK_FALSE(facts.cpu_model);
  CHECK_FALSE(facts.cpu_family);
  CHECK_FALSE(facts.memory_bytes);
  CHECK_FALSE(facts.governor);
  CHECK_FALSE(facts.turbo);
  CHECK_FALSE(facts.smt);
  CHECK_FALSE(facts.address_randomisation);
  CHECK_FALSE(facts.transparent_huge_pages);
  CHECK_FALSE(facts.virtual_machine);
  CHECK_FALSE(facts.hypervisor);
  CHECK_FALSE(facts.threads_available);
  CHECK_FALSE(facts.cores_available);
  CHECK_FALSE(facts.os_name);
  CHECK(facts.isa.empty());
}

TEST_CASE("files with nonsense in them give no facts") {
  Root root;
  root.put("proc/cpuinfo", "model name\ncpu family : twelve\nmodel : -1\n\n:::\nmodel name :   \n")
      .put("proc/meminfo", "MemTotal: lots kB\n")
      .put("proc/sys/kernel/randomize_va_space", "2x")
      .put("sys/devices/system/cpu/smt/active", "maybe")
      .put("sys/kernel/mm/transparent_hugepage/enabled", "always madvise never")
      .put("sys/kernel/mm/hugepages/hugepages-manykB/nr_hugepages", "4")
      .put("sys/kernel/mm/hugepages/other/nr_hugepages", "4")
      .put("etc/os-release", "PRETTY_NAME=");
  const MachineFacts facts = root.read();
  CHECK_FALSE(facts.cpu_model);
  CHECK_FALSE(facts.cpu_family);
  CHECK_FALSE(facts.cpu_model_number);
  CHECK_FALSE(facts.memory_bytes);
  CHECK_FALSE(facts.address_randomisation);
  CHECK_FALSE(facts.smt);
  CHECK_FALSE(facts.transparent_huge_pages);
  CHECK(facts.page_bytes.size() == 1);
  CHECK_FALSE(facts.os_name);
}

TEST_CASE("the facts of this machine are there") {
  SystemFiles files;
  const auto topology = read_topology();
  const auto allowed = allowed_cpus();
  REQUIRE(topology.ok());
  REQUIRE(allowed.ok());
  const MachineFacts facts = read_machine(files, *topology, *allowed);
  CHECK_FALSE(facts.os.empty());
  CHECK_FALSE(facts.arch.empty());
  CHECK(facts.kernel);
  CHECK(facts.threads_available == static_cast<unsigned>(allowed->size()));
  REQUIRE(facts.memory_bytes);
  CHECK(*facts.memory_bytes > 1'000'000);
  CHECK_FALSE(facts.page_bytes.empty());
#if defined(__x86_64__)
  // The compiler's own view of the processor it runs on agrees with the kernel's.
  CHECK(has(facts.isa, "x86-64-v1"));
  CHECK(has(facts.isa, "avx2") == (__builtin_cpu_supports("avx2") != 0));
  CHECK(has(facts.isa, "avx512f") == (__builtin_cpu_supports("avx512f") != 0));
  CHECK(has(facts.isa, "sse4_2") == (__builtin_cpu_supports("sse4.2") != 0));
#endif
}

TEST_CASE("levels of x86 need all their features and each level the one below") {
  CHECK(isa_words("x86_64", "").empty());
  CHECK(isa_words("x86_64", "fpu") == std::vector<std::string>{"x86-64-v1"});
  const auto zen4 = isa_words("x86_64", kZen4Flags);
  for (const char* level : {"x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4", "sse3", "lzcnt", "sha_ni", "avx512f"}) {
    CAPTURE(std::string(level));
    CHECK(has(zen4, level));
  }
  CHECK_FALSE(has(zen4, "hypervisor"));
  CHECK(std::ranges::is_sorted(zen4));
  std::string without(kZen4Flags);
  without.replace(without.find("movbe"), 5, "xxxxx");
  CHECK(has(isa_words("x86_64", without), "x86-64-v2"));
  CHECK_FALSE(has(isa_words("x86_64", without), "x86-64-v3"));
  CHECK_FALSE(has(isa_words("x86_64", without), "x86-64-v4"));
  CHECK(isa_words("aarch64", "fp asimd sve2 sve") == std::vector<std::string>{"fp", "neon", "sve", "sve2"});
}

TEST_CASE("the testbed key has a fixed form") {
  const std::vector<std::string> devices = {"NVIDIA H200", "AMD Instinct MI300X"};
  const TestbedKey key = testbed_key(known_machine(), devices);
  CHECK(key.text ==
        "testbed=1\nos=linux\narch=x86_64\ncpu=AMD EPYC 9R14\ncpu_id=AuthenticAMD/25/17\n"
        "topology=1 package, 1 node, 2 cores, 2 threads\nmemory_bytes=17179869184\n"
        "device=AMD Instinct MI300X\ndevice=NVIDIA H200\n");
  CHECK(key.digest.starts_with("sha256:"));
  CHECK(key.digest.size() == 71);
}

TEST_CASE("the testbed key ignores what varies from boot to boot and keeps what makes machines incomparable") {
  const std::string before = testbed_key(known_machine(), {}).digest;
  MachineFacts facts = known_machine();
  facts.kernel = "6.1";
  facts.hostname = "elsewhere";
  facts.microcode = "0x2";
  facts.governor = "powersave";
  facts.smt = true;
  facts.cpu_stepping = 2;
  facts.threads_available = 1;
  facts.memory_bytes = *facts.memory_bytes - 200'000'000;
  CHECK(testbed_key(facts, {}).digest == before);

  const auto differs = [&](auto change) {
    MachineFacts other = known_machine();
    change(other);
    return testbed_key(other, {}).digest != before;
  };
  CHECK(differs([](MachineFacts& m) { m.os = "windows"; }));
  CHECK(differs([](MachineFacts& m) { m.cpu_model = "another"; }));
  CHECK(differs([](MachineFacts& m) { m.cpu_model.reset(); }));
  CHECK(differs([](MachineFacts& m) { m.topology.cores = 1; }));
  CHECK(differs([](MachineFacts& m) { m.memory_bytes = *m.memory_bytes * 2; }));
  CHECK(differs([](MachineFacts& m) { m.memory_bytes.reset(); }));
  const std::vector<std::string> device = {"NVIDIA H200"};
  CHECK(testbed_key(known_machine(), device).digest != before);
}

TEST_CASE("the order of devices does not matter and a line break cannot forge a line") {
  const std::vector<std::string> ab = {"a", "b"};
  const std::vector<std::string> ba = {"b", "a"};
  const std::vector<std::string> forged = {"a\ndevice=b"};
  CHECK(testbed_key(known_machine(), ab).digest == testbed_key(known_machine(), ba).digest);
  CHECK(testbed_key(known_machine(), forged).digest != testbed_key(known_machine(), ab).digest);
}
