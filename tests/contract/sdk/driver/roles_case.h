#pragma once
// A case of several workers in one process: a thread for each member. What needs a process of its own is played: a
// member that is killed is told to stop and is waited for, and its successor starts anew.

#include "contract/sdk/driver/drive.h"

#include <benchhost/roles.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace benchhost::contract {

/// Thread: made, run and read on one thread.
class RolesCase {
 public:
  /// counts: members of each role; the first is the primary, with one.
  RolesCase(const bh_plugin_t& plugin, Case what, std::vector<std::uint32_t> counts);
  RolesCase(const RolesCase&) = delete;
  RolesCase& operator=(const RolesCase&) = delete;
  ~RolesCase();

  /// Starts all members but the primary, drives it, then stops the others. The primary's outcome.
  Outcome run(const Plan& plan);

  TestHost& host(std::uint32_t role, std::uint32_t member);
  /// Of the last life of a member.
  const Outcome& outcome(std::uint32_t role, std::uint32_t member) const;
  std::uint32_t incarnation(std::uint32_t role, std::uint32_t member) const;

  struct Member;
  struct Body;

 private:
  std::unique_ptr<Body> body_;
};

}  // namespace benchhost::contract
