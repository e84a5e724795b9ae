// Facts about the machine that decide how far its results can be compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/platform/files.h"
#include "common/platform/topology.h"

namespace benchhost::platform {

/// nullopt and empty mean that the system does not tell: never "no", never 0.
struct MachineFacts {
  /// Words of the note: linux, x86_64.
  std::string os;
  std::string arch;
  std::optional<std::string> os_name;  // "Debian GNU/Linux 12 (bookworm)"
  std::optional<std::string> kernel;
  std::optional<std::string> hostname;

  std::optional<std::string> cpu_model;
  std::optional<std::string> cpu_vendor;
  std::optional<unsigned> cpu_family;
  std::optional<unsigned> cpu_model_number;
  std::optional<unsigned> cpu_stepping;
  std::optional<std::string> microcode;
  /// What code may use here, ascending: levels (x86-64-v1 …) and features as Linux spells them, but sse3, lzcnt and
  /// neon. The kernel leaves out features whose registers it does not save, so the system's support is included.
  std::vector<std::string> isa;

  Topology topology;
  /// Of the logical CPUs that this process may use.
  std::optional<unsigned> cores_available;
  std::optional<unsigned> threads_available;
  std::optional<unsigned> nodes_available;

  std::optional<std::uint64_t> memory_bytes;
  /// Page sizes that can be had now, ascending: the ordinary one, and those of which some are reserved.
  std::vector<std::uint64_t> page_bytes;

  std::optional<bool> virtual_machine;
  std::optional<std::string> hypervisor;

  // Soft facts: a change draws a visible break in a series.
  /// Of all CPUs, each once, joined by ','.
  std::optional<std::string> governor;
  std::optional<bool> turbo;
  std::optional<bool> smt;
  /// Levels of the kernel: 0 off, 1, 2 full.
  std::optional<int> address_randomisation;
  std::optional<std::string> transparent_huge_pages;
};

/// Reads the facts below `root` ("/" is this machine; tests give a folder). Never fails: what cannot be read is absent.
/// `topology` and `allowed` come from read_topology() and allowed_cpus().
[[nodiscard]] MachineFacts read_machine(Files& files, Topology topology, std::span<const unsigned> allowed,
                                        const std::filesystem::path& root = "/");

/// The words of `isa` from the feature words of /proc/cpuinfo ("flags" or "Features").
[[nodiscard]] std::vector<std::string> isa_words(std::string_view arch, std::string_view cpuinfo_features);

/// What makes machines incomparable.
struct TestbedKey {
  /// Lines "key=value", the same text for the same machine.
  std::string text;
  /// "sha256:…" of the text.
  std::string digest;
};

/// From OS family, architecture, CPU, topology, memory size and device models (in any order); nothing that varies from
/// boot to boot. The memory size is rounded up to an eighth of its power of two, since what the kernel keeps for itself
/// varies.
[[nodiscard]] TestbedKey testbed_key(const MachineFacts& facts, std::span<const std::string> device_models);

}  // namespace benchhost::platform
