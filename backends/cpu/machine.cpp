#include "cpu/machine.h"

#include <hwloc.h>

#if defined(__linux__)
#include <sched.h>
#endif

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string_view>
#include <thread>

namespace benchhost::cpu {
namespace {

/// A short file of the system; "" if it cannot be read.
std::string read_file(const char* path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "re"), std::fclose);
  std::string text;
  if (file == nullptr) return text;
  std::array<char, 4096> block;
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), file.get())) {
    text.append(block.data(), size);
    if (text.size() > (std::size_t{1} << 22)) break;  // hundreds of CPUs fit; the first is enough
  }
  return text;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

/// Value of the first line `key : value`.
std::string_view field(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && trim(line.substr(0, colon)) == key) return trim(line.substr(colon + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trim(text)).empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<std::uint64_t> number(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop == text.data()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> number_in(const char* path) { return number(read_file(path)); }

void read_identity(Machine& machine) {
  const std::string text = read_file("/proc/cpuinfo");
  machine.name = field(text, "model name");
  machine.vendor = field(text, "vendor_id");
  if (machine.vendor == "GenuineIntel") machine.vendor = "Intel";
  if (machine.vendor == "AuthenticAMD") machine.vendor = "AMD";
  std::string_view flags = field(text, "flags");
  if (flags.empty()) flags = field(text, "Features");  // Arm
  machine.isa = isa_words(split(flags));
  if (const auto khz = number_in("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")) {
    machine.clock_hz = static_cast<std::int64_t>(*khz) * 1000;
  }
  if (const auto kib = number(field(read_file("/proc/meminfo"), "MemTotal"))) {
    machine.memory_bytes = static_cast<std::int64_t>(*kib) * 1024;
  }
}

struct TopologyDeleter {
  void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, TopologyDeleter>;

Topology load_topology() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return nullptr;
  Topology topology(raw);
  if (hwloc_topology_load(raw) != 0) return nullptr;
#if defined(__linux__)
  cpu_set_t mine;
  if (sched_getaffinity(0, sizeof mine, &mine) == 0) {
    hwloc_bitmap_t keep = hwloc_bitmap_alloc();
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &mine)) hwloc_bitmap_set(keep, cpu);
    }
    // Fails if nothing would be left, and then the whole machine stays: the better of two wrong answers.
    (void)hwloc_topology_restrict(raw, keep, 0);
    hwloc_bitmap_free(keep);
  }
#endif
  return topology;
}

std::optional<std::int64_t> cache_bytes(hwloc_topology_t topology, hwloc_obj_type_t type, bool together) {
  std::int64_t sum = 0;
  for (hwloc_obj_t cache = nullptr; (cache = hwloc_get_next_obj_by_type(topology, type, cache)) != nullptr;) {
    sum += static_cast<std::int64_t>(cache->attr->cache.size);
    if (!together) break;
  }
  return sum > 0 ? std::optional(sum) : std::nullopt;
}

void read_caches(hwloc_topology_t topology, Machine& machine) {
  machine.l1_bytes = cache_bytes(topology, HWLOC_OBJ_L1CACHE, false);
  machine.l2_bytes = cache_bytes(topology, HWLOC_OBJ_L2CACHE, true);
  for (const hwloc_obj_type_t level :
       {HWLOC_OBJ_L5CACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L1CACHE}) {
    machine.last_bytes = cache_bytes(topology, level, true);
    if (machine.last_bytes) break;
  }
  if (hwloc_obj_t l1 = hwloc_get_obj_by_type(topology, HWLOC_OBJ_L1CACHE, 0);
      l1 != nullptr && l1->attr->cache.linesize > 0) {
    machine.line_bytes = l1->attr->cache.linesize;
  }
}

void read_topology(Machine& machine) {
  const Topology topology = load_topology();
  if (topology == nullptr) return;
  for (hwloc_obj_t core = nullptr;
       (core = hwloc_get_next_obj_by_type(topology.get(), HWLOC_OBJ_CORE, core)) != nullptr;) {
    machine.cores.push_back(static_cast<std::uint32_t>(hwloc_bitmap_first(core->cpuset)));
  }
  if (machine.cores.empty()) {  // a hypervisor that hides cores
    for (hwloc_obj_t unit = nullptr;
         (unit = hwloc_get_next_obj_by_type(topology.get(), HWLOC_OBJ_PU, unit)) != nullptr;) {
      machine.cores.push_back(unit->os_index);
    }
  }
  const int nodes = hwloc_get_nbobjs_by_type(topology.get(), HWLOC_OBJ_NUMANODE);
  if (nodes == 1) {
    machine.numa_node = hwloc_get_obj_by_type(topology.get(), HWLOC_OBJ_NUMANODE, 0)->os_index;
  }
  read_caches(topology.get(), machine);
}

void erase_all(std::string& text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part))
    text.replace(at, part.size(), " ");
}

std::optional<std::uint64_t> group_room(const char* limit_path, const char* use_path) {
  const auto limit = number_in(limit_path);
  const auto use = number_in(use_path);
  // Version 1 says "no limit" by a number near 2^63; "max" of version 2 is no number.
  if (!limit || !use || *limit >= (std::uint64_t{1} << 62)) return std::nullopt;
  return *limit > *use ? *limit - *use : 0;
}

}  // namespace

std::string clean_model(const std::string& name) {
  std::string text = name.substr(0, name.find('@'));
  for (const std::string_view part : {"(R)", "(TM)", "(r)", "(tm)", "\u00ae", "\u2122"}) erase_all(text, part);
  std::string model;
  for (const std::string& word : split(text)) {
    if (word == "CPU" || word == "Processor" || word == "processor") continue;
    if (!model.empty()) model += ' ';
    model += word;
  }
  return model;
}

std::vector<std::string> isa_words(const std::vector<std::string>& flags) {
  // The system's spelling, and ours; the kernel leaves out what it does not save at a context switch.
  struct Word {
    std::string_view flag;
    std::string_view word;
  };
  constexpr Word kWords[] = {
      {"sse2", "sse2"},
      {"pni", "sse3"},
      {"ssse3", "ssse3"},
      {"sse4_1", "sse4_1"},
      {"sse4_2", "sse4_2"},
      {"popcnt", "popcnt"},
      {"aes", "aes"},
      {"avx", "avx"},
      {"f16c", "f16c"},
      {"fma", "fma"},
      {"avx2", "avx2"},
      {"bmi2", "bmi2"},
      {"avx_vnni", "avx_vnni"},
      {"avx512f", "avx512f"},
      {"avx512bw", "avx512bw"},
      {"avx512dq", "avx512dq"},
      {"avx512vl", "avx512vl"},
      {"avx512_vnni", "avx512_vnni"},
      {"avx512_bf16", "avx512_bf16"},
      {"avx512_fp16", "avx512_fp16"},
      {"amx_tile", "amx_tile"},
      {"amx_int8", "amx_int8"},
      {"amx_bf16", "amx_bf16"},
      {"asimd", "neon"},
      {"asimdhp", "neon_fp16"},
      {"asimddp", "dotprod"},
      {"i8mm", "i8mm"},
      {"bf16", "bf16"},
      {"sve", "sve"},
      {"sve2", "sve2"},
  };
  std::vector<std::string> words;
  for (const Word& word : kWords) {
    if (std::find(flags.begin(), flags.end(), word.flag) != flags.end()) words.emplace_back(word.word);
  }
  return words;
}

std::optional<std::int64_t> lanes_of(const std::vector<std::string>& isa) {
  const auto has = [&](std::string_view word) { return std::find(isa.begin(), isa.end(), word) != isa.end(); };
  if (has("avx512f")) return 16;
  if (has("avx")) return 8;
  if (has("sse2") || has("neon")) return 4;
  return std::nullopt;
}

Machine read_machine() {
  Machine machine;
  read_identity(machine);
  read_topology(machine);
  if (machine.cores.empty()) {
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < threads; ++i) machine.cores.push_back(i);
  }
  if (machine.name.empty()) machine.name = "host processor";
  machine.model = clean_model(machine.name);
  if (machine.model.empty()) machine.model = machine.name;
  return machine;
}

std::optional<std::uint64_t> available_bytes() {
  std::optional<std::uint64_t> room;
  if (const auto kib = number(field(read_file("/proc/meminfo"), "MemAvailable"))) room = *kib * 1024;
  for (const auto& group :
       {group_room("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        group_room("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes")}) {
    if (group && (!room || *group < *room)) room = group;
  }
  return room;
}

}  // namespace benchhost::cpu
