#include "common/platform/child_registry.h"

namespace benchhost::platform {

ChildRegistry& ChildRegistry::of_process() {
  // Never destroyed: children may be collected while other objects of the program end.
  static ChildRegistry* const registry = new ChildRegistry;  // NOLINT(cppcoreguidelines-owning-memory)
  return *registry;
}

void ChildRegistry::add(pid_t child) {
  const std::lock_guard lock(mutex_);
  running_.insert(child);
  all_.insert(child);
}

void ChildRegistry::collected(pid_t child) {
  const std::lock_guard lock(mutex_);
  running_.erase(child);
}

void ChildRegistry::remove(pid_t child) {
  const std::lock_guard lock(mutex_);
  running_.erase(child);
  all_.erase(child);
}

void ChildRegistry::keep_those_before(const std::vector<pid_t>& children) {
  const std::lock_guard lock(mutex_);
  if (has_before_) return;
  has_before_ = true;
  for (const pid_t child : children) {
    if (running_.count(child) == 0) left_alone_.insert(child);
  }
}

void ChildRegistry::give_up(pid_t stray) {
  const std::lock_guard lock(mutex_);
  left_alone_.insert(stray);
}

bool ChildRegistry::is_known(pid_t child) {
  const std::lock_guard lock(mutex_);
  return running_.count(child) != 0 || left_alone_.count(child) != 0;
}

bool ChildRegistry::is_group_of_child(pid_t group) {
  const std::lock_guard lock(mutex_);
  return all_.count(group) != 0;
}

std::size_t ChildRegistry::children() {
  const std::lock_guard lock(mutex_);
  return all_.size();
}

}  // namespace benchhost::platform
