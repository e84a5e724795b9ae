#include "suite/machine_scope.h"

#include <utility>

namespace benchhost::suite {

MachineScope machine_scope(const platform::MachineFacts& facts, std::optional<std::vector<std::string>> can) {
  MachineScope out;
  if (!facts.os.empty()) out.os = facts.os;
  if (!facts.arch.empty()) out.arch = facts.arch;
  if (!facts.isa.empty()) out.isa = facts.isa;
  out.cores = facts.cores_available;
  out.threads = facts.threads_available;
  out.nodes = facts.nodes_available;
  out.memory_bytes = facts.memory_bytes;
  if (!facts.page_bytes.empty()) out.page_bytes = facts.page_bytes;
  out.can = std::move(can);
  return out;
}

}  // namespace benchhost::suite
