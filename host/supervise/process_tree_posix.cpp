#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <random>

#include "common/base/digest.h"
#include "supervise/process_tree.h"

namespace benchhost::supervise {
namespace {

/// More processes than a worker may have; bounds the walk over a fork bomb.
constexpr std::size_t kMaxProcesses = 512;
/// How often processes may appear anew while they are being ended.
constexpr int kMaxRounds = 64;

enum class Owner { this_worker, other_worker, nobody };

Owner owner_of(platform::ProcessId id, std::string_view tag) {
  std::ifstream in("/proc/" + std::to_string(id) + "/environ", std::ios::binary);
  const std::string variables((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::string name = std::string(kTagVariable) + "=";
  std::string_view rest = variables;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\0');
    const std::string_view variable = rest.substr(0, end);
    if (variable.starts_with(name)) {
      return variable.substr(name.size()) == tag ? Owner::this_worker : Owner::other_worker;
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return Owner::nobody;
}

}  // namespace

std::optional<std::uint64_t> resident_bytes_of_tree(platform::ProcessId root) {
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::vector<platform::ProcessId> pending = {root};
  std::uint64_t bytes = 0;
  bool any = false;
  for (std::size_t i = 0; i < pending.size() && i < kMaxProcesses; ++i) {
    const std::string folder = "/proc/" + std::to_string(pending[i]);
    std::ifstream statm(folder + "/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    if (statm >> all >> resident) {
      bytes += resident * page_bytes;
      any = true;
    }
    // Children hang on the thread that made them; those of a team's threads are rare, and the first thread's are read.
    std::ifstream children(folder + "/task/" + std::to_string(pending[i]) + "/children");
    for (platform::ProcessId child = 0; children >> child;) pending.push_back(child);
  }
  return any ? std::optional(bytes) : std::nullopt;
}

std::string make_tag() {
  // Not std::random_device: each new one asks the processor for its features, which a virtual machine makes slow.
  std::array<std::uint8_t, 16> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    std::random_device random;
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  }
  return to_hex(bytes);
}

std::size_t end_strays(std::string_view tag) {
  std::size_t ours = 0;
  for (int round = 0; round < kMaxRounds; ++round) {
    std::vector<platform::Orphan> strays = platform::find_orphans();
    // The last worker, and one that runs alone, answers for all that is there: a tag could be forged.
    const bool alone = platform::started_children() <= 1;
    std::size_t ours_now = 0;
    std::erase_if(strays, [&](const platform::Orphan& stray) {
      const Owner owner = alone ? Owner::this_worker : owner_of(stray.id, tag);
      if (owner == Owner::this_worker) ++ours_now;
      return owner == Owner::other_worker;
    });
    ours += ours_now;
    if (strays.empty() || platform::end_orphans(strays) > 0) break;
  }
  return ours;
}

}  // namespace benchhost::supervise
