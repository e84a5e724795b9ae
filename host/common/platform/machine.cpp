// What follows from the facts: instruction set words and the testbed key. Reading them is in machine_posix.cpp.
#include "common/platform/machine.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>

#include "common/base/digest.h"
#include "common/platform/system_text.h"

namespace benchhost::platform {
namespace {

/// Source: System V ABI, AMD64 supplement 1.0, section 3.1.1; the names are those of /proc/cpuinfo (pni is SSE3, abm
/// holds LZCNT). osxsave is implied: without it the kernel lists no avx.
constexpr std::array<std::string_view, 7> kLevel2 = {"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"};
constexpr std::array<std::string_view, 8> kLevel3 = {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"};
constexpr std::array<std::string_view, 5> kLevel4 = {"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"};

/// Features of x86 that programs are built for; the other flags concern the kernel or erratum handling.
constexpr auto kX86Features = std::to_array<std::string_view>(
    {"adx",      "aes",         "amx_bf16",      "amx_fp16",    "amx_int8",     "amx_tile",    "avx",
     "avx2",     "avx512_bf16", "avx512_bitalg", "avx512_fp16", "avx512_vbmi2", "avx512_vnni", "avx512_vpopcntdq",
     "avx512bw", "avx512cd",    "avx512dq",      "avx512f",     "avx512ifma",   "avx512vbmi",  "avx512vl",
     "avx_ifma", "avx_vnni",    "avx_vnni_int8", "bmi1",        "bmi2",         "f16c",        "fma",
     "gfni",     "movbe",       "movdir64b",     "pclmulqdq",   "popcnt",       "rdrand",      "sha_ni",
     "sse2",     "sse4_1",      "sse4_2",        "ssse3",       "vaes",         "vpclmulqdq"});

template <std::size_t N>
bool has_all(const std::set<std::string_view>& flags, const std::array<std::string_view, N>& wanted) {
  return std::ranges::all_of(wanted, [&](std::string_view flag) { return flags.contains(flag); });
}

void add_x86_words(const std::set<std::string_view>& flags, std::vector<std::string>& words) {
  words.emplace_back("x86-64-v1");  // what the architecture itself means
  if (has_all(flags, kLevel2)) {
    words.emplace_back("x86-64-v2");
    if (has_all(flags, kLevel3)) {
      words.emplace_back("x86-64-v3");
      if (has_all(flags, kLevel4)) words.emplace_back("x86-64-v4");
    }
  }
  for (const std::string_view feature : kX86Features) {
    if (flags.contains(feature)) words.emplace_back(feature);
  }
  if (flags.contains("pni")) words.emplace_back("sse3");
  if (flags.contains("abm")) words.emplace_back("lzcnt");
}

/// Up to the next eighth of the power of two at or below it: 15.4 and 15.6 GiB are both a machine of 16.
std::uint64_t rounded_memory(std::uint64_t bytes) {
  const std::uint64_t step = std::max<std::uint64_t>(1, std::bit_floor(bytes) / 8);
  return (bytes + step - 1) / step * step;
}

/// A line break in a value would forge a line of the key.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace

std::vector<std::string> isa_words(std::string_view arch, std::string_view cpuinfo_features) {
  const std::vector<std::string_view> list = split_blanks(cpuinfo_features);
  const std::set<std::string_view> flags(list.begin(), list.end());
  std::vector<std::string> words;
  if (arch == "x86_64") {
    if (!flags.empty()) add_x86_words(flags, words);
  } else {
    for (const std::string_view flag : flags) words.emplace_back(flag == "asimd" ? "neon" : flag);
  }
  std::ranges::sort(words);
  return words;
}

TestbedKey testbed_key(const MachineFacts& facts, std::span<const std::string> device_models) {
  std::string text = "testbed=1\n";
  const auto line = [&](std::string_view key, std::string_view value) {
    text += std::string(key) + "=" + one_line(value) + "\n";
  };
  const auto number = [](std::optional<unsigned> value) { return value ? std::to_string(*value) : std::string("?"); };
  line("os", facts.os);
  line("arch", facts.arch);
  line("cpu", facts.cpu_model.value_or("?"));
  line("cpu_id",
       facts.cpu_vendor.value_or("?") + "/" + number(facts.cpu_family) + "/" + number(facts.cpu_model_number));
  line("topology", facts.topology.summary());
  line("memory_bytes", facts.memory_bytes ? std::to_string(rounded_memory(*facts.memory_bytes)) : std::string("?"));
  std::vector<std::string> models(device_models.begin(), device_models.end());
  std::ranges::sort(models);
  for (const std::string& model : models) line("device", model);
  std::string digest = digest_text(text);
  return {std::move(text), std::move(digest)};
}

}  // namespace benchhost::platform
