// Which children of this process were started by spawn. Private to this folder.
//
// The children of a process are one set, whoever in it asks; so this is the one object of the program that exists once.
// Without it nobody could tell a child that another thread has just started from a stray.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <set>
#include <shared_mutex>
#include <vector>

namespace benchhost::platform {

/// Thread: any.
class ChildRegistry {
 public:
  [[nodiscard]] static ChildRegistry& of_process();

  ChildRegistry(const ChildRegistry&) = delete;
  ChildRegistry& operator=(const ChildRegistry&) = delete;

  /// Held from before a child exists until it has been added, and while one is collected: nobody looks for strays
  /// meanwhile.
  [[nodiscard]] std::shared_lock<std::shared_mutex> starting() { return std::shared_lock(starting_); }
  /// Held while strays are looked for.
  [[nodiscard]] std::unique_lock<std::shared_mutex> looking() { return std::unique_lock(starting_); }

  void add(pid_t child);
  /// It has been collected: its number may become another's. Its group stays its own until it is removed.
  void collected(pid_t child);
  void remove(pid_t child);

  /// Children that were there before anybody looked for strays: they came with the program (exec) and are no strays.
  void keep_those_before(const std::vector<pid_t>& children);

  /// The system could not end it: it is none of anybody's strays any more.
  void give_up(pid_t stray);

  /// Started and not collected, there before, or given up.
  [[nodiscard]] bool is_known(pid_t child);
  /// The group of a child whose object lives: its strays are ended by who holds that.
  [[nodiscard]] bool is_group_of_child(pid_t group);
  [[nodiscard]] std::size_t children();

 private:
  ChildRegistry() = default;
  ~ChildRegistry() = default;

  std::shared_mutex starting_;
  std::mutex mutex_;
  std::set<pid_t> running_;
  std::set<pid_t> all_;
  std::set<pid_t> left_alone_;
  bool has_before_ = false;
};

}  // namespace benchhost::platform
