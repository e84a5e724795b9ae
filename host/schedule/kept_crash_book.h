// The count of crashes as it is kept in the user's quarantine: the executor's seam over discover.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/platform/clock.h"
#include "discover/quarantine_file.h"
#include "schedule/crash_book.h"

namespace benchhost::schedule {

/// Of one run.
class KeptCrashBook final : public CrashBook {
 public:
  struct Place {
    std::string database;  ///< where the run is stored, for who wants to look
    std::string machine;   ///< host name; "": not known
  };
  /// known: what was in quarantine when the run was planned. warn: told once if nothing can be kept; the run is counted
  /// for itself then. Owns: nothing of what outlives it: clock.
  KeptCrashBook(discover::QuarantineFile file, discover::Quarantine known, Place place, platform::Clock& clock,
                std::function<void(std::string_view)> warn)
      : file_(std::move(file)),
        known_(std::move(known)),
        place_(std::move(place)),
        clock_(clock),
        warn_(std::move(warn)) {}

  [[nodiscard]] std::string crashed(const Crash& crash) override;
  /// Writes only where a row of crashes is over: a healthy plugin costs nothing.
  void passed(const PlanPlugin& plugin, const std::string& benchmark) override;

 private:
  void change(const std::function<void(discover::Quarantine&)>& how);

  discover::QuarantineFile file_;
  discover::Quarantine known_;
  Place place_;
  platform::Clock& clock_;
  std::function<void(std::string_view)> warn_;
  /// When those passed, by fingerprint and id, that have not crashed since: said with the next crash, for another
  /// process may have counted meanwhile.
  std::map<std::pair<std::string, std::string>, std::int64_t> passed_;
  /// What crashed in this run, by fingerprint and id.
  std::set<std::pair<std::string, std::string>> counted_;
  bool is_warned_ = false;
};

}  // namespace benchhost::schedule
