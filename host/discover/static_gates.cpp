#include "discover/static_gates.h"

#include <algorithm>

namespace benchhost::discover {
namespace {

using protocol::ObjectFormat;

constexpr std::string_view kLevelPrefix = "x86-64-v";

/// 3 of "x86-64-v3"; 0 of any other word.
int level_of(std::string_view word) {
  const bool is_level = word.size() == kLevelPrefix.size() + 1 && word.starts_with(kLevelPrefix) &&
                        word.back() >= '1' && word.back() <= '4';
  return is_level ? word.back() - '0' : 0;
}

bool has_word(const std::vector<std::string>& isa, std::string_view word) {
  if (word == "base" || level_of(word) == 1) return true;
  return std::any_of(isa.begin(), isa.end(), [&](const std::string& have) {
    return have == word || (level_of(word) > 0 && level_of(have) >= level_of(word));
  });
}

std::string missing_words(const std::string& needed, const std::vector<std::string>& isa) {
  std::string missing;
  std::string_view rest = needed;
  while (!rest.empty()) {
    const std::size_t end = rest.find(',');
    const std::string_view word = rest.substr(0, end);
    if (!has_word(isa, word)) missing += (missing.empty() ? "" : ", ") + std::string(word);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return missing;
}

}  // namespace

HostFacts host_facts(std::vector<std::string> isa) {
  HostFacts facts;
#if defined(__ANDROID__)
  facts.os = "android";
#elif defined(__linux__)
  facts.os = "linux";
#elif defined(__FreeBSD__)
  facts.os = "freebsd";
#elif defined(_WIN32)
  facts.os = "windows";
#elif defined(__APPLE__)
  facts.os = "macos";
#endif
#if defined(__x86_64__) || defined(_M_X64)
  facts.arch = "x86_64";
#elif defined(__aarch64__) || defined(_M_ARM64)
  facts.arch = "aarch64";
#elif defined(__riscv)
  facts.arch = "riscv64";
#elif defined(__powerpc64__)
  facts.arch = "ppc64le";
#elif defined(__loongarch64)
  facts.arch = "loongarch64";
#endif
  facts.isa = std::move(isa);
  return facts;
}

Refusal refuse(std::string_view gate, const Error& error) {
  const std::string place = error.place.empty() ? "" : error.place + ": ";
  return {std::string(gate), error.code, place + error.message, error.help};
}

std::optional<Refusal> check_format(const protocol::ObjectFacts& facts, const HostFacts& host) {
  const ObjectFormat wanted = host.os == "windows" ? ObjectFormat::pe
                              : host.os == "macos" ? ObjectFormat::mach_o
                                                   : ObjectFormat::elf;
  // A file of another system is named as that: its note, which is read next, says more.
  if (facts.format == wanted && !facts.is_shared && facts.arch == host.arch) {
    return Refusal{"format", "BH0201", "it is a program or an object file, no shared library", ""};
  }
  return std::nullopt;
}

std::optional<Refusal> check_note(const protocol::Note& note, const HostFacts& host) {
  if (note.os != host.os) {
    return Refusal{"os", "BH0204", "built for " + note.os + "; this is " + host.os, "build it for " + host.os};
  }
  if (note.arch != host.arch) {
    return Refusal{"arch", "BH0204", "built for " + note.arch + "; this is " + host.arch, "build it for " + host.arch};
  }
  if (!host.isa.empty()) {
    if (const std::string missing = missing_words(note.isa, host.isa); !missing.empty()) {
      return Refusal{"isa", "BH0205", "its code uses " + missing + ", which this processor does not have",
                     "build it for an older level, with run-time dispatch for what is newer"};
    }
  }
  if (note.abi_max < host.abi_min || note.abi_min > host.abi_max) {
    const bool old = note.abi_max < host.abi_min;
    return Refusal{"abi", "BH0203",
                   "it speaks ABI " + protocol::abi_range_text(note.abi_min, note.abi_max) + ", this host " +
                       protocol::abi_range_text(host.abi_min, host.abi_max),
                   old ? "rebuild the plugin with this host's SDK" : "update the host, or build with an older SDK"};
  }
  return std::nullopt;
}

std::optional<Refusal> check_machine(const protocol::ObjectFacts& facts, const HostFacts& host) {
  if (facts.arch == host.arch) return std::nullopt;
  return Refusal{"arch", "BH0204", "built for " + facts.arch + "; this is " + host.arch, ""};
}

}  // namespace benchhost::discover
