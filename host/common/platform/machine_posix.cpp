#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#if defined(__x86_64__)
#include <cpuid.h>

#include <cstring>
#endif

#include "common/platform/affinity.h"
#include "common/platform/machine.h"
#include "common/platform/system_text.h"

namespace benchhost::platform {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

void read_cpu(Files& files, const fs::path& root, MachineFacts& facts) {
  const std::string cpuinfo = read_system_text(files, root / "proc/cpuinfo").value_or("");
  const auto number = [&](std::string_view key) -> std::optional<unsigned> {
    const auto text = field_of(cpuinfo, key);
    return text ? read_number<unsigned>(*text) : std::nullopt;
  };
  facts.cpu_model = owned(field_of(cpuinfo, "model name"));
  facts.cpu_vendor = owned(field_of(cpuinfo, "vendor_id"));
  facts.cpu_family = number("cpu family");
  facts.cpu_model_number = number("model");
  facts.cpu_stepping = number("stepping");
  facts.microcode = owned(field_of(cpuinfo, "microcode"));
  std::optional<std::string_view> features = field_of(cpuinfo, "flags");
  if (!features) features = field_of(cpuinfo, "Features");
  if (!features) return;
  facts.isa = isa_words(facts.arch, *features);
  if (facts.arch == "x86_64") {
    const std::vector<std::string_view> flags = split_blanks(*features);
    facts.virtual_machine = std::ranges::find(flags, "hypervisor") != flags.end();
  }
}

/// The name that a hypervisor gives itself to its guests, "KVMKVMKVM"; nullopt if it gives none.
std::optional<std::string> hypervisor_signature() {
#if defined(__x86_64__)
  constexpr unsigned kHypervisorLeaf = 0x40000000;
  unsigned eax = 0;
  unsigned words[3] = {};
  __cpuid(kHypervisorLeaf, eax, words[0], words[1], words[2]);
  char text[sizeof words + 1] = {};
  std::memcpy(text, words, sizeof words);
  std::string name(text);
  const bool printable = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  if (eax >= kHypervisorLeaf && printable && !name.empty()) return std::string(trim(name));
#endif
  return std::nullopt;
}

void read_memory(Files& files, const fs::path& root, MachineFacts& facts) {
  const std::string meminfo = read_system_text(files, root / "proc/meminfo").value_or("");
  if (const auto total = field_of(meminfo, "MemTotal")) {
    if (const auto kib = read_number<std::uint64_t>(total->substr(0, total->find(' '))))
      facts.memory_bytes = *kib * 1024;
  }
  if (const long page = sysconf(_SC_PAGESIZE); page > 0) facts.page_bytes.push_back(static_cast<std::uint64_t>(page));
  const fs::path folder = root / "sys/kernel/mm/hugepages";
  const auto entries = files.list(folder);
  if (!entries.ok()) return;
  for (const DirectoryEntry& entry : *entries) {
    std::string_view size = entry.name;  // "hugepages-2048kB"
    if (!size.starts_with("hugepages-") || !size.ends_with("kB")) continue;
    size = size.substr(10, size.size() - 12);
    const auto kib = read_number<std::uint64_t>(size);
    const auto reserved = read_system_text(files, folder / entry.name / "nr_hugepages");
    if (kib && reserved && read_number<std::uint64_t>(*reserved).value_or(0) > 0)
      facts.page_bytes.push_back(*kib * 1024);
  }
  std::ranges::sort(facts.page_bytes);
}

std::optional<bool> read_switch(Files& files, const fs::path& path) {
  const auto text = read_system_text(files, path);
  if (text == "1") return true;
  if (text == "0") return false;
  return std::nullopt;
}

std::optional<bool> negated(std::optional<bool> value) { return value ? std::optional(!*value) : std::nullopt; }

void read_settings(Files& files, const fs::path& root, MachineFacts& facts) {
  const fs::path cpu = root / "sys/devices/system/cpu";
  std::set<std::string> governors;
  for (const HardwareThread& thread : facts.topology.threads) {
    const fs::path file = cpu / ("cpu" + std::to_string(thread.cpu)) / "cpufreq/scaling_governor";
    if (const auto governor = read_system_text(files, file)) governors.insert(*governor);
  }
  for (const std::string& governor : governors)
    facts.governor = facts.governor ? *facts.governor + "," + governor : governor;
  facts.turbo = negated(read_switch(files, cpu / "intel_pstate/no_turbo"));
  if (!facts.turbo) facts.turbo = read_switch(files, cpu / "cpufreq/boost");
  facts.smt = read_switch(files, cpu / "smt/active");
  if (const auto level = read_system_text(files, root / "proc/sys/kernel/randomize_va_space")) {
    facts.address_randomisation = read_number<int>(*level);
  }
  // "always [madvise] never": the one in brackets holds.
  if (const auto text = read_system_text(files, root / "sys/kernel/mm/transparent_hugepage/enabled")) {
    const std::size_t open = text->find('[');
    const std::size_t close = text->find(']', open == std::string::npos ? 0 : open);
    if (open != std::string::npos && close != std::string::npos) {
      facts.transparent_huge_pages = text->substr(open + 1, close - open - 1);
    }
  }
}

std::optional<std::string> read_os_name(Files& files, const fs::path& root) {
  constexpr std::string_view kKey = "PRETTY_NAME=";
  const auto text = read_system_text(files, root / "etc/os-release");
  if (!text) return std::nullopt;
  std::size_t at = text->starts_with(kKey) ? 0 : text->find("\n" + std::string(kKey));
  if (at == std::string::npos) return std::nullopt;
  at = text->find('=', at) + 1;
  std::string_view value = trim(std::string_view(*text).substr(at, text->find('\n', at) - at));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return value.empty() ? std::nullopt : std::optional(std::string(value));
}

std::string os_word() {
#if defined(__ANDROID__)
  return "android";
#elif defined(__linux__)
  return "linux";
#elif defined(__FreeBSD__)
  return "freebsd";
#else
  return "macos";
#endif
}

std::string arch_word() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__riscv)
  return "riscv64";
#elif defined(__powerpc64__)
  return "ppc64le";
#else
  return "loongarch64";
#endif
}

}  // namespace

MachineFacts read_machine(Files& files, Topology topology, std::span<const unsigned> allowed, const fs::path& root) {
  MachineFacts facts;
  facts.os = os_word();
  facts.arch = arch_word();
  facts.os_name = read_os_name(files, root);
  utsname name{};
  if (uname(&name) == 0) {
    facts.kernel = name.release;
    facts.hostname = name.nodename;
  }
  facts.topology = std::move(topology);
  unsigned threads = 0;
  for (const HardwareThread& thread : facts.topology.threads) {
    if (std::ranges::find(allowed, thread.cpu) != allowed.end()) ++threads;
  }
  if (threads > 0) {
    facts.threads_available = threads;
    facts.cores_available = count_cores(facts.topology, allowed);
    facts.nodes_available = count_nodes(facts.topology, allowed);
  }
  read_cpu(files, root, facts);
  read_memory(files, root, facts);
  read_settings(files, root, facts);
  facts.hypervisor = read_system_text(files, root / "sys/hypervisor/type");
  if (facts.hypervisor) facts.virtual_machine = true;
  if (!facts.hypervisor && facts.virtual_machine == true && root == "/") facts.hypervisor = hypervisor_signature();
  return facts;
}

}  // namespace benchhost::platform
